"""The methods by name: a file each, which holds one or more of three functions.

- ``act(learner, chunks, seed)``: what is done to the network when a chunk has arrived, before
  training on it. `chunks` are the batches of each chunk that is there, oldest first.
- ``penalty(learner)``: what is added to the loss of each step.
- ``after_step(learner, inputs, generator)``: what is done after each step of the optimizer;
  `inputs` is the step's batch, `generator` starts anew in each experiment, and what must outlive
  the step lies in ``learner.memory``.

A new method is one new file here; its name is the method's.
"""

import importlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from torch import Generator, Tensor

from paper_repro.learner import Batches, Learner

Act = Callable[[Learner, Iterable[Batches], int], None]
Penalty = Callable[[Learner], Tensor]
AfterStep = Callable[[Learner, Tensor, Generator], None]


@dataclass(frozen=True)
class Method:
    """The functions of a method; none where its file has no such function."""

    act: Act | None
    penalty: Penalty | None
    after_step: AfterStep | None


def find(name: str) -> Method:
    """Return the method of this name, one of `run.METHODS`."""
    module = importlib.import_module(f"paper_repro.methods.{name}")
    return Method(*(getattr(module, part, None) for part in ("act", "penalty", "after_step")))
