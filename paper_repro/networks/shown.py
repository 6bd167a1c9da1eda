"""Figures 2, 6, 13, 14 and 17 of the paper in regimes of the campaign, with their claims.

Figure 7 and its claims are told with each regime. Settings, seeds and claims were fixed before any
of these runs, but for those that the page names; the claims are those of `observations`, which
judges the figures at their own scales.
"""

import dataclasses
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from matplotlib.figure import Figure

from featsim import plotting
from paper_repro.campaign import REGIMES
from paper_repro.catalog import find
from paper_repro.errors import Mendable
from paper_repro.figures.drawing import new_figure
from paper_repro.figures.figure_02 import add_legend, draw_network
from paper_repro.figures.figure_13 import METHODS as KEEPING
from paper_repro.networks import evidence
from paper_repro.networks.part import Part, Progress
from paper_repro.observations import Observation, of_paper, pretraining
from paper_repro.records import Records
from paper_repro.run import Run
from paper_repro.scales import grid
from paper_repro.tables.text import listed, markdown

SEEDS = (100, 101, 102)
NUMBERS = (2, 6, 13, 14, 17)
_PRETRAINED, _EPOCHS_ON_ALL, _IMAGES = (1, 3, 10, 30, 100), 100, 4096
_LAM_ON_OLD_DATA = 0.05
_ALPHAS, _LAMS = (0.1, 0.3, 1.0), (0.05, 0.3, 0.6)

_TEXT = """## Figures of the paper in these regimes

Runs of their own, on the regime's images, chunks and rate. Figure 2 trains for {epochs} epochs
on half of {images:,} images and then for {on_all} on all, whatever the accuracy; the MLP has as
many images here as the CNN. Figure 13 has λ = {lam}, as in the paper. Figure 17 has α among
{alphas} and λ among {lams}. Figure 6 was first judged over cold and warm starts together, as its
points are drawn; the authors' own ρ are within a run, and so are the claims of one start, which,
like those of Figure 7 above, were written down after the runs. Its legends have these ρ. In Figure
14, filters of a single weight, as the ResNet's 1×1 convolutions have, count too: their cosine is 1
or −1.
"""


@dataclass(frozen=True)
class Shown:
    """A figure in a regime: its runs, its claims and how it is drawn."""

    number: int
    regime: str
    runs: Callable[[Run], list[Run]]
    """The runs, from the plain one of the regime and seed."""
    claims: tuple[Observation, ...]
    draw: Callable[[Sequence[Records]], Figure | str]

    def of_seed(self, seed: int) -> list[Run]:
        """Return the runs of a seed."""
        return self.runs(dataclasses.replace(REGIMES[self.regime].base, seed=seed))

    def whole_seeds(self, root: Path) -> list[list[Records]]:
        """Return the records of each seed whose runs are all finished."""
        found = evidence.whole_seeds(
            lambda seed: {run.name: run for run in self.of_seed(seed)}, SEEDS, root
        )
        return [list(by_name.values()) for by_name in found.values()]


def _half_then_all(plain: Run) -> list[Run]:
    plain = dataclasses.replace(
        plain, chunks=2, train_size=_IMAGES, stop=None, epochs=_EPOCHS_ON_ALL
    )
    warm = grid(plain, first_epochs=_PRETRAINED)
    return [*warm, dataclasses.replace(plain, method="cold", first_epochs=1)]


def _norms(plain: Run) -> list[Run]:
    return grid(plain, method=("cold", "warm"), probes=[("gradient_norms",)])


def _old_data(plain: Run) -> list[Run]:
    return grid(plain, method=KEEPING, lam=(_LAM_ON_OLD_DATA,), probes=[("old_accuracy_by_epoch",)])


def _cosines(plain: Run) -> list[Run]:
    return grid(plain, method=("cold",), probes=[("test_cosines",)])


def _factors(plain: Run) -> list[Run]:
    return grid(plain, method=("dash",), alpha=_ALPHAS, lam=_LAMS)


def _one_network(records: Sequence[Records]) -> Figure:
    figure, (axes,) = new_figure(1)
    draw_network(axes, records)
    axes.set_ylabel("test accuracy (%)")
    add_legend(figure, columns=2)
    return figure


def _by_regime(number: int, runs: Callable[[Run], list[Run]]) -> list[Shown]:
    claims, draw = of_paper("figure", number), find("figure", number).show
    return [Shown(number, regime, runs, claims, draw) for regime in ("C16", "R16")]


SHOWN: tuple[Shown, ...] = (
    Shown(2, "C16", _half_then_all, pretraining("cnn", "the CNN"), _one_network),
    Shown(2, "MLP", _half_then_all, pretraining("mlp", "the MLP"), _one_network),
    *_by_regime(6, _norms),
    *_by_regime(13, _old_data),
    *_by_regime(14, _cosines),
    *_by_regime(17, _factors),
)
"""Each figure in each regime."""
SHOWN_IN = tuple(dict.fromkeys(shown.regime for shown in SHOWN))
"""The regimes that have figures."""


def planned(numbers: Iterable[int], regimes: Iterable[str], seeds: Iterable[int]) -> list[Run]:
    """Return the runs of these figures in these regimes, a seed after the other."""
    if odd := sorted(set(numbers) - set(NUMBERS)):
        raise Mendable(f"figures must be among {', '.join(map(str, NUMBERS))}; they have {odd}")
    if unknown := sorted(set(regimes) - set(SHOWN_IN)):
        raise Mendable(f"regimes must be among {', '.join(SHOWN_IN)}; they have {unknown}")
    chosen = [s for s in SHOWN if s.number in set(numbers) and s.regime in set(regimes)]
    if not chosen:
        pairs = ", ".join(f"{s.number} in {s.regime}" for s in SHOWN)
        raise Mendable(f"figures and regimes must have one of {pairs} among them")
    return [run for shown in chosen for seed in seeds for run in shown.of_seed(seed)]


def part(root: Path, pictures: Path) -> Part:
    """Return the page's part on the records under `root`, and draw its pictures."""
    judged, rows, links, used, progress = [], [], [], [], []
    for shown in SHOWN:
        seeds = shown.whole_seeds(root)
        title = f"Figure {shown.number} in {shown.regime}"
        command = f"figures-in-regimes --figures {shown.number} --regimes {shown.regime}"
        progress.append(Progress(title, len(seeds), len(SEEDS), command))
        records = [r for seed in seeds for r in seed]
        if not records:
            continue
        used += records
        name = f"figure_{shown.number:02d}-{shown.regime}.png"
        drawn = shown.draw(records)
        assert isinstance(drawn, Figure)
        plotting.save_figure(drawn, pictures / name)
        links.append(f"![{title}]({pictures.name}/{name})")
        for claim in shown.claims:
            found = claim.judge(records)
            judged.append(found)
            cells = [claim.text, claim.what, *claim.cells(found, records)]
            rows.append([str(shown.number), shown.regime, *cells])
    if not rows:
        return Part("", [], [], progress)
    epochs, alphas, lams = (
        listed([f"{x:g}" for x in values]) for values in (_PRETRAINED, _ALPHAS, _LAMS)
    )
    text = _TEXT.format(
        epochs=epochs,
        images=_IMAGES,
        on_all=_EPOCHS_ON_ALL,
        lam=_LAM_ON_OLD_DATA,
        alphas=alphas,
        lams=lams,
    )
    table = markdown(["figure", "regime", "claim", "measured", "ours", "verdict"], rows)
    return Part("\n\n".join([text.strip("\n"), table, *links]), judged, used, progress)
