"""The commands of ``python -m paper_repro``, a class each."""

import dataclasses
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, get_args

import tyro
from matplotlib.figure import Figure

from featsim import plotting
from featsim._commands.ending import checking
from paper_repro import authors, campaign, check, claims, report
from paper_repro.catalog import RESULTS, Kind, find, numbers
from paper_repro.errors import Mendable
from paper_repro.jobs import run_all
from paper_repro.machine import Machine
from paper_repro.networks import last_batch, noise, page, rate, shown
from paper_repro.records import load_records
from paper_repro.run import Run
from paper_repro.scales import Scale
from paper_repro.tables.text import markdown, terminal


@dataclass(frozen=True, kw_only=True)
class Common:
    """Where results are and runs are computed."""

    root: Path = RESULTS
    """Folder of the results."""
    machine: Machine = field(default_factory=Machine)
    """Device, data and reading processes."""

    def run_seeds(self, runs: Callable[[int], Mapping[str, Run]], seeds: Iterable[int]) -> None:
        """Run what is missing of the runs of each seed."""
        with checking():
            wanted = [run for seed in seeds for run in runs(seed).values()]
        self.run_on_one_thread(wanted)

    def run_on_one_thread(self, runs: Sequence[Run]) -> None:
        """Run what is missing of these, on one thread each unless told otherwise."""
        machine = dataclasses.replace(self.machine, threads=self.machine.threads or 1)
        run_all(runs, self.root, machine)


@dataclass(frozen=True, kw_only=True)
class Train(Common):
    """Train one run by the protocol; print a sentence for each experiment."""

    run: Run
    """The settings."""
    resume: bool = False
    """Go on with a run that was begun."""

    def __call__(self) -> None:
        """Execute the run."""
        from paper_repro.protocol import execute

        done = load_records(self.run, self.root)
        folder = self.root / self.run.name
        if done.header is not None and not done.complete and not self.resume:
            raise Mendable(f"{folder} has a run that was begun: add --resume, or remove it")
        execute(self.run, self.root, self.machine)
        print(f"records: {folder / 'records.jsonl'}")


@dataclass(frozen=True, kw_only=True)
class Numbered(Common):
    """A figure or table of the paper at a scale."""

    number: tyro.conf.Positional[int]
    """Number in the paper."""
    scale: Scale
    """smoke: a minute, on digits; cpu: an hour or two on two cores; paper: for a GPU."""


@dataclass(frozen=True, kw_only=True)
class Draw(Numbered):
    """Draw a figure of the paper, after running what is missing for it."""

    def __call__(self) -> None:
        """Run, draw and save."""
        figure = find("figure", self.number)
        records = run_all(figure.runs(self.scale), self.root, self.machine)
        path = self.root / f"figure_{self.number:02d}-{self.scale}.png"
        with plotting.style():
            drawn = figure.show(records)
            assert isinstance(drawn, Figure)
            plotting.save_figure(drawn, path)
        print(path)


@dataclass(frozen=True, kw_only=True)
class Print(Numbered):
    """Print a table of the paper, after running what is missing for it."""

    def __call__(self) -> None:
        """Run and print."""
        table = find("table", self.number)
        print(table.show(run_all(table.runs(self.scale), self.root, self.machine)))


@dataclass(frozen=True, kw_only=True)
class Check(Common):
    """Compare theory, simulator and network, claim by claim, after running what is missing."""

    scale: Scale
    """smoke: a minute, on digits; cpu: an hour or two on two cores; paper: for a GPU."""

    def __call__(self) -> None:
        """Run, compare and print."""
        for name, runs in claims.settings(self.scale).items():
            records = run_all(runs, self.root, self.machine)
            rows = [finding.row() for finding in check.findings(records, self.scale)]
            print(f"{name}: {check.describe(records)}", terminal(check.HEADER, rows), sep="\n")


@dataclass(frozen=True, kw_only=True)
class Report:
    """Write the page of claims and verdicts from the records; runs nothing."""

    scale: Scale = "cpu"
    """The scale whose records are read."""
    root: Path = RESULTS
    """Folder of the results."""
    page: Path = report.PAGE
    """The page."""

    def __call__(self) -> None:
        """Write the page."""
        report.write(self.scale, self.root, self.page)
        print(self.page)


@dataclass(frozen=True, kw_only=True)
class Authors:
    """Compare what is cited of the authors' own runs with their table; print the table's runs."""

    file: tyro.conf.Positional[Path]
    """The table, a row an experiment."""

    def __call__(self) -> None:
        """Read, compare and print."""
        print(authors.compared(authors.read(self.file)))


@dataclass(frozen=True, kw_only=True)
class Campaign(Common):
    """Run what is missing of the campaign, one thread a run, in the order of its plan."""

    regimes: tuple[str, ...] = tuple(campaign.REGIMES)
    """The regimes to run."""

    def __call__(self) -> None:
        """Run."""
        self.run_on_one_thread(campaign.planned(self.regimes))


@dataclass(frozen=True, kw_only=True)
class Noise(Common):
    """Run what is missing of samples without gradient and curvature, one thread a run."""

    seeds: tuple[int, ...] = noise.SEEDS
    """The seeds to run."""

    def __call__(self) -> None:
        """Run."""
        self.run_seeds(noise.runs, self.seeds)


@dataclass(frozen=True, kw_only=True)
class Rates(Common):
    """Run what is missing of the cold start at higher rates, one thread a run."""

    seeds: tuple[int, ...] = rate.SEEDS
    """The seeds to run."""

    def __call__(self) -> None:
        """Run."""
        self.run_seeds(rate.runs, self.seeds)


@dataclass(frozen=True, kw_only=True)
class LastBatch(Common):
    """Run what is missing of the MLP with and without a small last batch, one thread a run."""

    seeds: tuple[int, ...] = last_batch.SEEDS
    """The seeds to run."""

    def __call__(self) -> None:
        """Run."""
        self.run_seeds(last_batch.runs, self.seeds)


@dataclass(frozen=True, kw_only=True)
class InRegimes(Common):
    """Run what is missing of the paper's figures in regimes of the campaign, one thread a run."""

    figures: tuple[int, ...] = shown.NUMBERS
    """Their numbers in the paper."""
    regimes: tuple[str, ...] = shown.SHOWN_IN
    """The regimes."""
    seeds: tuple[int, ...] = shown.SEEDS
    """The seeds to run."""

    def __call__(self) -> None:
        """Run."""
        with checking():
            wanted = shown.planned(self.figures, self.regimes, self.seeds)
        self.run_on_one_thread(wanted)


@dataclass(frozen=True, kw_only=True)
class Networks:
    """Write the page and the picture of the campaign from its records; runs nothing."""

    root: Path = RESULTS
    """Folder of the results."""
    page: Path = page.PAGE
    """The page; its picture lies in a folder of its name."""

    def __call__(self) -> None:
        """Write the page."""
        page.write(self.root, self.page)
        print(self.page)


@dataclass(frozen=True, kw_only=True)
class Status(Common):
    """Say what has been run at which scale: finished runs of those needed."""

    def __call__(self) -> None:
        """Print the table."""
        scales: tuple[Scale, ...] = get_args(Scale)
        rows = []
        for kind in get_args(Kind):
            for number in numbers(kind):
                cells = [self._finished(kind, number, scale) for scale in scales]
                rows.append([f"{kind} {number}", *cells])
        print(markdown(["", *scales], rows))

    def _finished(self, kind: Kind, number: int, scale: Scale) -> str:
        try:
            runs = find(kind, number).runs(scale)
        except Mendable:
            return "-"
        done = sum(load_records(run, self.root).complete for run in runs)
        return f"{done} of {len(runs)}" if runs else "no runs"


COMMANDS = (
    Annotated[Train, tyro.conf.subcommand("train")]
    | Annotated[Draw, tyro.conf.subcommand("figure")]
    | Annotated[Print, tyro.conf.subcommand("table")]
    | Annotated[Check, tyro.conf.subcommand("check")]
    | Annotated[Report, tyro.conf.subcommand("report")]
    | Annotated[Authors, tyro.conf.subcommand("authors")]
    | Annotated[Campaign, tyro.conf.subcommand("campaign")]
    | Annotated[Noise, tyro.conf.subcommand("noise")]
    | Annotated[Rates, tyro.conf.subcommand("rates")]
    | Annotated[LastBatch, tyro.conf.subcommand("last-batch")]
    | Annotated[InRegimes, tyro.conf.subcommand("figures-in-regimes")]
    | Annotated[Networks, tyro.conf.subcommand("networks")]
    | Annotated[Status, tyro.conf.subcommand("status")]
)
