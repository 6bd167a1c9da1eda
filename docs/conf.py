"""The site: ``sphinx-build -n -W -c docs . build/site``, in the folder of the repository.

The repository itself is the source, so that pages, notebooks and the changelog stay where they
are, and every link between them holds on the site as it does in a checkout.
"""

import importlib.util
import re
import shutil
from pathlib import Path
from types import GenericAlias
from typing import Any

import numpy.typing
from docutils import nodes
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment

HERE = Path(__file__).parent

# Signatures name these as the code does, in place of the unions that they stand for.
for alias in ("ArrayLike", "NDArray"):
    members = {"__module__": "numpy.typing", "__class_getitem__": classmethod(GenericAlias)}
    setattr(numpy.typing, alias, type(alias, (), members))

import featsim  # noqa: E402

project = "featsim"
author = "The featsim developers"
version = release = featsim.__version__

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.intersphinx",
    "sphinx.ext.mathjax",
    "numpydoc",
    "myst_nb",
]
root_doc = "docs/index"
include_patterns = ["docs/*", "docs/api/*", "notebooks/*.ipynb", "CHANGELOG.md", "CONTRIBUTING.md"]
exclude_patterns = [".*", "[a-z]*_*", "build", "data", "dist", "featsim", "figures", "results"]
exclude_patterns += ["benchmarks", "docs/[!a]*/*", "docs/_*", "paper_repro", "pictures", "tests"]

# Pages in Markdown, and notebooks with the outputs that the tests have found to be theirs.
myst_enable_extensions = ["dollarmath"]
myst_dmath_double_inline = True  # a formula of its own line within a paragraph
myst_heading_anchors = 3
nb_execution_mode = "off"

# The reference, from docstrings.
autosummary_generate = True
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
numpydoc_show_class_members = False
python_maximum_signature_line_length = 88
templates_path = [str(HERE / "_templates")]

# Names of other packages: readable inventories of those that signatures use, and nothing fetched.
DOCUMENTED = {
    "matplotlib": "https://matplotlib.org/stable",
    "numpy": "https://numpy.org/doc/stable",
    "pandas": "https://pandas.pydata.org/docs",
    "python": "https://docs.python.org/3",
    "torch": "https://docs.pytorch.org/docs/stable",
    "xarray": "https://docs.xarray.dev/en/stable",
}
intersphinx_mapping = {
    name: (f"{url}/", str(HERE / "inventories" / f"{name}.txt")) for name, url in DOCUMENTED.items()
}
ELSEWHERE = {
    "concurrent.futures._base.Executor": "concurrent.futures.Executor",
    "matplotlib.axes._axes.Axes": "matplotlib.axes.Axes",
    "pd.DataFrame": "pandas.DataFrame",
    "torch._C.Generator": "torch.Generator",
    "torch.nn.modules.module.Module": "torch.nn.Module",
    "xarray.core.dataarray.DataArray": "xarray.DataArray",
    "xarray.core.dataset.Dataset": "xarray.Dataset",
    "xr.DataArray": "xarray.DataArray",
    "xr.Dataset": "xarray.Dataset",
}
"""Where another package documents what it names in one of its modules."""

# What has no page: fields of a fit and of packed points, and the view that ``explore`` returns.
nitpick_ignore_regex = [("py:class", r"featsim\.(_\w+|calibration)\..*|Explorer")]

html_theme = "pydata_sphinx_theme"
html_title = "featsim"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_extra_path = ["_root"]
html_sidebars: dict[str, list[str]] = {"docs/framework": [], "docs/getting_started": []}
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "show_toc_level": 2,
    "header_links_before_dropdown": 6,
    "navbar_align": "left",
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}
mathjax_path = "mathjax/tex-chtml.js"
MATHJAX_PARTS = ("tex-chtml.js", "output/chtml/fonts/woff-v2")


def copy_mathjax(app: Sphinx, error: Exception | None) -> None:
    """Put MathJax, which an installed package brings along, into the site."""
    found = importlib.util.find_spec("sphinx-mathjax-offline")
    if error is None and found is not None and found.origin is not None:
        origin = Path(found.origin).parent / "static" / "mathjax"
        for part in MATHJAX_PARTS:
            target = Path(app.outdir) / "_static" / "mathjax" / part
            target.parent.mkdir(parents=True, exist_ok=True)
            if (origin / part).is_dir():
                shutil.copytree(origin / part, target, dirs_exist_ok=True)
            else:
                shutil.copyfile(origin / part, target)


def resolve_name(
    app: Sphinx, env: BuildEnvironment, node: pending_xref, content: nodes.Element
) -> nodes.Node | None:
    """Lead a name that a signature takes from its module to where a reference has it."""
    target = node.get("reftarget", "")
    if not target.startswith("featsim."):
        node["reftarget"] = ELSEWHERE.get(target, target)
        return None
    public: Any = env.domains.python_domain
    ending = "." + target.rpartition(".")[2]
    names = [name for name in public.objects if name.endswith(ending)]
    if len(names) != 1:
        return None
    return public.resolve_xref(env, node["refdoc"], app.builder, "obj", names[0], node, content)


def keep_bars(app: Sphinx, what: str, name: str, obj: Any, options: Any, lines: list[str]) -> None:
    """Let ``|A|`` in a docstring be the number of members of A, outside of code."""
    for i, line in enumerate(lines):
        lines[i] = re.sub(r"(`+[^`]*`+)|\|", lambda found: found[1] or r"\|", line)


def setup(app: Sphinx) -> None:
    """Connect the functions above."""
    app.connect("missing-reference", resolve_name, priority=400)  # before the inventories
    app.connect("autodoc-process-docstring", keep_bars)
    app.connect("build-finished", copy_mathjax)
