"""The command: its flags, its tables, and what it refuses."""

import json
import re
import subprocess
import sys

import numpy as np
import pytest

import featsim
from featsim import run
from featsim._commands.run import parse

SETTING = featsim.Config(
    features=8, points_per_chunk=60, experiments=6, gamma=5, tau=2, test_points=80
)
SMALL = [
    *("--features", "8", "--points-per-chunk", "60", "--experiments", "6"),
    *("--gamma", "5", "--tau", "2", "--test-points", "80", "--seeds", "3"),
]


def printed(capsys, *arguments):
    assert run.main([*SMALL, *arguments]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return out


def spread(values, form):
    return f"{values.mean():{form}} ± {values.std(ddof=1):{form}}"


def rows(table):
    return [re.split(r"\s{2,}", line.strip()) for line in table.splitlines()]


def test_table_of_one_init(capsys):
    setting, table, time = printed(capsys, "--init", "warm").rstrip().split("\n\n")
    assert "6 experiments, C = 2 classes, K = 8 features a class" in setting
    assert "60 points a chunk, γ = 5, τ = 2, 80 test points, 3 seeds (0 … 2)" in setting
    others = ("--frequency-law", "zipf", "--points-by-chunk", "40", "90", "60", "60", "60", "60")
    setting, *_ = printed(capsys, "--init", "warm", *others).split("\n\n")
    assert "frequencies 0.2 · k^−1" in setting
    assert "40 … 90 points a chunk" in setting
    out = featsim.simulate(SETTING, inits="warm", seeds=3).sel(init="warm")
    name, header, *body = rows(table)
    assert name == ["init warm"]
    assert [row[0] for row in body] == ["1", "2", "5", "6"]
    metrics = {
        "test accuracy (%)": (100 * out.test_accuracy, ".2f"),
        "learned features": (out.learned_features, ",.1f"),
        "points with non-zero gradient": (out.nonzero_gradient_points, ",.0f"),
        "memorized points": (out.memorized_points, ",.0f"),
    }
    assert header == ["experiment", *metrics]
    for row in body:
        at = {"experiment": int(row[0])}
        assert row[1:] == [spread(v.sel(at).values, form) for v, form in metrics.values()]
    total = out.nonzero_gradient_points.sum("experiment").values
    assert rows(time)[1:] == [["warm"], ["T", spread(total, ",.0f")]]


def test_tables_of_all_inits_and_the_predictions(capsys):
    text = printed(capsys)
    _, accuracy, *_, time, theory = text.rstrip().split("\n\n")
    out = featsim.simulate(SETTING, seeds=3)
    assert rows(accuracy)[1] == ["experiment", "random", "warm", "ideal"]
    last = 100 * out.test_accuracy.sel(experiment=6)
    assert rows(accuracy)[-1] == ["6", *(spread(last[:, i].values, ".2f") for i in range(3))]
    T = out.nonzero_gradient_points.sum("experiment")
    assert rows(time)[-1] == ["T", *(spread(T[:, i].values, ",.0f") for i in range(3))]
    random, warm, ideal = (last[:, i].values for i in range(3))
    for line, gap, holds in (
        (-3, warm - random, warm < random),
        (-2, ideal - random, ideal == random),
    ):
        measured, share = rows(theory)[line][2:]
        assert measured == f"{gap.mean():+.2f} ± {gap.std(ddof=1):.2f}"
        assert share == f"{np.count_nonzero(holds)} of 3 seeds"
    rising = (T[:, 1] < T[:, 2]) & (T[:, 2] < T[:, 0])
    ratios = " : ".join(f"{(T[:, i] / T[:, 0]).mean().item():.3f}" for i in (1, 2, 0))
    assert rows(theory)[-1][1:] == ["rising", ratios, f"{int(rising.sum())} of 3 seeds"]


def test_forms_of_init(capsys):
    every = printed(capsys)
    assert printed(capsys, "--init", "all") == every
    assert printed(capsys, "--init", "random", "warm", "ideal") == every
    cold, random = (rows(printed(capsys, "--init", name)) for name in ("cold", "random"))
    assert ["init cold"] in cold
    assert cold[6:9] == random[6:9]
    two = printed(capsys, "--init", "ideal", "cold")
    assert ["experiment", "ideal", "cold"] in rows(two)
    assert "Theorems" not in two  # they speak of warm
    assert "Theorems" not in printed(capsys, "--experiments", "1")  # nor of a first experiment
    assert "ideal − random" not in printed(capsys, "--init", "warm", "random")


def test_inits_that_forget_in_part_and_at_times(capsys):
    names = ["doubling", "every:2", "keep:0.3,0.3", "all"]
    table = rows(printed(capsys, "--init", *names))
    assert ["experiment", *names[:3], "random", "warm", "ideal"] in table
    out = featsim.simulate(SETTING, inits=names[:3], seeds=3)
    learned = [spread(out.learned_features[:, i, -1].values, ",.1f") for i in range(3)]
    assert ["6", *learned] in [row[:4] for row in table]


def test_bounds_of_doubling(capsys):
    names = ["random", "warm", "doubling", "doubling:1.5", "keep:0.5,0@doubling"]
    bounds = rows(printed(capsys, "--init", *names).rstrip().split("\n\n")[-1])
    assert bounds[0] == ["what forgetting at growth promises where chunks are equal"]
    out = featsim.simulate(SETTING, inits=names, seeds=3)
    T = out.nonzero_gradient_points.sum("experiment")
    accuracy = 100 * out.test_accuracy
    expected = []
    settings = [(3, "half", [1, 1, 2, 2, 3, 3]), (4, "1/1.5", [1, 2, 2, 3, 4, 4])]
    for name, (most, part, earlier) in zip(names[2:4], settings, strict=True):
        price = (T.sel(init=name) / T.sel(init="warm")).values
        cold = accuracy.sel(init="random", experiment=earlier).values
        gap = (accuracy.sel(init=name).values - cold).min(axis=1)
        label = f"accuracy, {name} − random on {part} of the data, at worst"
        expected += [
            [f"T / T_warm, {name}", f"≤ {most}", spread(price, ".2f"),
             f"{np.count_nonzero(price <= most)} of 3 seeds"],
            [label, "≥ 0", f"{gap.mean():+.2f} ± {gap.std(ddof=1):.2f}",
             f"{np.count_nonzero(gap >= 0)} of 3 seeds"],
        ]  # fmt: skip
    assert bounds[2:] == expected
    for others in (["--init", "warm", "doubling"], ["--window", "2", "--init", *names]):
        assert "promises" not in printed(capsys, *others)  # cold is missing, or they do not hold
    assert "promises" not in printed(capsys)


def test_seeds(capsys):
    text = printed(capsys, "--seed", "7", "--seeds", "1", "--init", "ideal")
    out = featsim.simulate(SETTING, inits="ideal", seeds=[7]).squeeze()
    assert "80 test points, seed 7\n" in text
    accuracy, count = 100 * out.test_accuracy[-1].item(), out.learned_features[-1].item()
    assert ["6", f"{accuracy:.2f}", f"{count:.1f}"] in [row[:3] for row in rows(text)]


def test_what_the_paper_leaves_out_is_told(capsys):
    plain = printed(capsys, "--init", "warm")
    assert plain.splitlines()[2] == "mean ± standard deviation over the seeds"
    flags = ["--window", "3", "--label-noise", "0.1", "--noise-levels", "1", "0.5", "2", "0.5"]
    told = printed(capsys, "--init", "warm", *flags)
    assert told.splitlines()[2] == "label_noise = 0.1, window = 3, noise_levels given"
    assert told.splitlines()[3] == "mean ± standard deviation over the seeds"


def test_exact_accuracy_where_there_are_no_test_points(capsys):
    text = printed(capsys, "--test-points", "0", "--init", "warm")
    exact = featsim.simulate(SETTING, inits="warm", seeds=3).exact_accuracy[:, 0, -1].values
    assert "test accuracy" not in text
    assert ["6", spread(100 * exact, ".2f")] in [row[:2] for row in rows(text)]


def test_quiet_and_version(capsys):
    assert printed(capsys, "--quiet") == ""
    assert printed(capsys, "--version") == f"featsim {featsim.__version__}\n"


def test_config_file_and_flags_over_it(capsys, tmp_path):
    file = tmp_path / "setting.json"
    file.write_text(SETTING.to_json())
    assert run.main(["--config", str(file), "--seeds", "3"]) == 0
    assert capsys.readouterr().out == printed(capsys)
    file.write_text(SETTING.to_json(), encoding="utf-8-sig")  # with a byte order mark
    assert run.main(["--config", str(file), "--seeds", "3"]) == 0
    assert capsys.readouterr().out == printed(capsys)
    assert run.main([f"--config={file}", "--tau", "3", "--seeds", "3"]) == 0
    assert capsys.readouterr().out == printed(capsys, "--tau", "3")
    table = np.linspace(0, 0.5, 16).reshape(2, 8).tolist()
    file.write_text(SETTING.replace(frequencies=table).to_json())
    assert parse(["--config", str(file)])[0] == SETTING.replace(frequencies=table)


FIELDS = [
    {
        "classes": 1,
        "features": 3,
        "points_per_chunk": 7,
        "experiments": 2,
        "gamma": 2.5,
        "tau": 1,
        "max_frequency": 0.75,
        "test_points": 9,
        "frequencies": ((0.5, 0.25, 1.0),),
        "strengths": ((1, 2, 3),),
        "points_by_chunk": (7, 8),
        "noise_levels": ((0.5, 0.25), (2.0, 0.75)),
        "window": 1,
        "class_arrival": 1,
        "label_noise": 0.25,
    },
    {
        "frequency_law": "zipf",
        "frequency_exponent": 0.5,
        "drift": 0.125,
        "max_strength": 4,
    },
    {"features": 2, "experiments": 2, "tau": 1, "frequencies": (((0.5, 0.25),) * 2,) * 2},
]


def test_every_field_is_a_flag():
    given = {name for fields in FIELDS for name in fields}
    assert given == set(json.loads(SETTING.to_json()))
    for fields in FIELDS:
        flags = []
        for name, value in fields.items():
            flags += [f"--{name.replace('_', '-')}", *(str(v) for v in np.ravel(value))]
        assert parse(flags)[0] == featsim.Config(**fields)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--tau", "8"], "tau must be an integer in 1 … 7, not 8"),
        (["--tau", "2.5"], "--tau: invalid .* '2.5'"),
        (["--gamma", "-1"], r"gamma must be a finite number above 0, not -1\.0"),
        (["--classes", "7"], "points_per_chunk must be a multiple of classes = 7, not 60"),
        (["--max-frequency", "1.5"], r"max_frequency must be a number in \[0, 1\], not 1\.5"),
        (
            ["--frequencies", "0.1"],
            r"frequencies must have the shape .* \(2, 8\) or .*, not \(1, 1\)",
        ),
        (["--init", "hot"], "inits must be among random, cold, .*, not 'hot'"),
        (
            ["--init", "keep:1,2"],
            r"in inits 'keep:1,2', keep_memorized must be a number in \[0, 1\]",
        ),
        (["--init"], "inits must name at least one of random, cold, warm, ideal"),
        (["--seeds", "0"], "seeds must be an integer of at least 1, not 0"),
        (["--seed", "-1"], "seed must be an integer in 0 … 2147483647, not -1"),
        (["--seed", str(2**31 - 1), "--seeds", "2"], "seed must be .*, not 2147483648"),
        (["--workers", "0"], "workers must be an integer of at least 1, not 0"),
        (["--points-per-chunk", "2" + 18 * "0"], "the setting needs .* GiB of memory"),
        (["--unknown", "1"], "--unknown"),
        (["--config"], "--config"),
        (["--config", "absent.json"], "config must be a file that can be read: .*absent.json"),
        (["--config", "."], r"config must be a file that can be read: .*directory"),
        (["--config", "latin.json"], "config must be a file that can be read: .*utf-8"),
        (["--config", "text.json"], "a configuration must be a JSON object"),
        (["--config", "other.json"], "a configuration has no field 'taus'"),
        (["--config", "wrong.json"], "tau must be an integer in 1 … 49, not '3'"),
    ],
)
def test_bad_input(arguments, message, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name, content in {
        "latin.json": b"\xe9",
        "text.json": b"tau: 3",
        "other.json": b'{"taus": 3}',
        "wrong.json": b'{"tau": "3"}',
    }.items():
        (tmp_path / name).write_bytes(content)
    before = sorted(tmp_path.iterdir())
    try:
        status = run.main([*SMALL, "--output", "new.nc", "--plot", "new.png", *arguments])
    except SystemExit as end:
        status = end.code
    assert status == 2
    out, err = capsys.readouterr()
    text = " ".join(re.sub("[│╭╰─╮╯]", " ", err).split())
    assert out == ""
    assert re.search(message, text)
    assert "Traceback" not in text
    assert sorted(tmp_path.iterdir()) == before


def test_as_a_process():
    command = [sys.executable, "-m", "featsim.run", *SMALL]
    done = subprocess.run([*command, "--init", "warm"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith(f"featsim {featsim.__version__}: 6 experiments")
    assert done.stderr == ""
    failed = subprocess.run(
        [*command, "--seeds", "-1"], capture_output=True, text=True, check=False
    )
    assert (failed.returncode, failed.stdout) == (2, "")
    assert failed.stderr == "featsim: error: seeds must be an integer of at least 1, not -1\n"
