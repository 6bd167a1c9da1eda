"""Parts of kernels, compiled with the kernels that they are in and not for themselves.

Numba optimizes every function and makes machine code of it, and does both again in each function
that calls it. Parts are called by kernels alone, so that the first time is for nothing: about a
fifth of the time of a first run.
"""

from typing import Any

from numba import _dynfunc  # type: ignore[attr-defined]
from numba.core import codegen, compiler, compiler_machinery, typed_passes

Library: Any = codegen.JITCodeLibrary
Lowering: Any = typed_passes.NativeLowering
Compiler: Any = compiler.CompilerBase
Passes: Any = compiler.DefaultPassBuilder
register: Any = compiler_machinery.register_pass


class PartLibrary(Library):  # type: ignore[misc]
    """The code of a part, which waits to be linked into that of a kernel."""

    def _optimize_functions(self, _: Any) -> None:
        pass

    def _optimize_final_module(self) -> None:
        pass

    def _finalize_final_module(self) -> None:
        self._finalize_dynamic_globals()
        self._verify_declare_only_symbols()
        self._finalized = True


@register(mutates_CFG=True, analysis_only=False)
class PartLowering(Lowering):  # type: ignore[misc]
    """Lower a part as Numba does, but into a library without machine code."""

    _name = "part_lowering"

    def run_pass(self, state: Any) -> bool:
        """Lower the function, and make it known to those that call it."""
        state.library = PartLibrary(state.targetctx.codegen(), state.func_id.func_qualname)
        state.flags.no_compile = True
        super().run_pass(state)
        lowered = state["cr"]
        described = lowered.fndesc
        # Numba knows a function that is called by an object of this type.
        name = _dynfunc.make_function(
            described.lookup_module(), described.qualname, described.doc, 0, lowered.env, ()
        )
        state["cr"] = lowered._replace(cfunc=name)
        state.targetctx.insert_user_function(name, described, [state.library])
        return True


class PartCompiler(Compiler):  # type: ignore[misc]
    """Numba's passes, with that one in place of its own."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes."""
        passes = Passes.define_nopython_pipeline(self.state)
        passes.passes = [
            (PartLowering if step is typed_passes.NativeLowering else step, text)
            for step, text in passes.passes
        ]
        passes.finalize()
        return [passes]
