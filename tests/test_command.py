"""The one command and how commands end: by a sentence, a traceback for a bug, or an interrupt."""

import errno
import importlib
import io
import os
import re
import signal
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

import featsim
from featsim import run
from featsim.__main__ import COMMANDS, main

ROOT = Path(__file__).parents[1]
SMALL = [
    *("--features", "4", "--points-per-chunk", "20", "--experiments", "2", "--gamma", "2"),
    *("--seeds", "2", "--init", "warm"),
]


def process(*arguments, **options):
    return subprocess.run(
        [sys.executable, *arguments], stderr=subprocess.PIPE, check=False, **options
    )


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="descriptors are closed as POSIX has it")
def test_streams_that_are_not_there_lose_nothing(tmp_path):
    for closed in ("2>&-", ">&-", ">&- 2>&-"):
        output = tmp_path / "out.nc"
        command = f'"{sys.executable}" -m featsim "$@" {closed}'
        arguments = [*SMALL, "--output", str(output)]
        subprocess.run(["sh", "-c", command, "sh", *arguments], check=True, timeout=60)
        output.unlink()
        assert subprocess.run(["sh", "-c", command, "sh", "--help"], timeout=60).returncode == 0


def test_run_with_and_without_its_name(capsys):
    for arguments in (SMALL, ["run", *SMALL]):
        assert main(arguments) == 0
    assert run.main(SMALL) == 0
    first, second, third = capsys.readouterr().out.split("featsim ")[1:]
    assert first == second == third
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"featsim {featsim.__version__}\n"


def test_help_lists_the_commands_and_their_extras(capsys):
    assert main(["--help"]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, (what, extra) in COMMANDS.items():
        assert f"{name} {what} {extra}".strip() in [" ".join(line.split()) for line in lines]
    assert "distributed" in COMMANDS["sweep"][1]
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    extras = settings["project"]["optional-dependencies"]
    for name, (_, extra) in COMMANDS.items():
        assert callable(importlib.import_module(f"featsim._commands.{name}").execute)
        assert not extra or extra.partition(",")[0] in extras


@pytest.mark.parametrize(("command", "last"), [("run", "version"), ("sweep", "quiet")])
def test_help_has_the_setting_first_and_plain_words(capsys, command, last):
    with pytest.raises(SystemExit) as end:
        main([command, "--help"])
    assert end.value.code == 0
    text = capsys.readouterr().out
    flags = re.findall(r"^[│ ] --([a-z][a-z-]*)", text, re.MULTILINE)
    fields = ["classes", "features", "points-per-chunk", "experiments", "gamma", "tau"]
    assert flags[: len(fields)] == fields
    assert flags[-1] == last
    assert "--workers INT" in text
    assert "None" not in text
    for spelling in ("doubling", "every:K", "at:J,J", "WHAT@WHEN"):
        assert spelling in text


@pytest.mark.parametrize("command", [[], ["run"]])
def test_what_is_unknown_to_run_names_its_help(capsys, command):
    with pytest.raises(SystemExit) as end:
        main([*command, "--tau", "4", "5"])
    assert end.value.code == 2
    assert "run featsim run --help" in capsys.readouterr().err


def test_help_of_check_and_an_unknown_command(capsys):
    with pytest.raises(SystemExit):
        main(["check", "--help"])
    assert "None" not in capsys.readouterr().out
    assert main(["walk", "--seeds", "1"]) == 2
    error = capsys.readouterr().err
    names = "run, sweep, fit, check, explore"
    assert error == f"featsim: error: a command must be among {names}, not 'walk'\n"


@pytest.mark.parametrize("encoding", ["ascii", "cp1252"])
@pytest.mark.parametrize("arguments", [SMALL, ["--help"], [*SMALL, "--tau", "9"]])
def test_encodings_without_greek(encoding, arguments, monkeypatch):
    streams = {name: io.TextIOWrapper(io.BytesIO(), encoding) for name in ("stdout", "stderr")}
    for name, stream in streams.items():
        monkeypatch.setattr(sys, name, stream)
    try:
        status = run.main(arguments)
    except SystemExit as end:  # of the library that reads the flags
        status = end.code
    monkeypatch.undo()
    out, error = (stream.detach().getvalue() for stream in streams.values())
    assert status == (2 if "9" in arguments else 0)
    assert b"Traceback" not in error
    if arguments == SMALL:
        text = out.decode(encoding)
        assert "? = 2, ? = 3" in text
        assert ("±" if encoding == "cp1252" else "?") in text
        assert error == b""


def test_a_bug_keeps_its_traceback(monkeypatch):
    def broken(*arguments, **options):
        raise TypeError("a bug")

    monkeypatch.setattr("featsim.simulation.run_simulation", broken)
    with pytest.raises(TypeError, match=r"^a bug$"):
        main(SMALL)


def test_a_wrong_import_is_a_bug_and_a_missing_extra_is_not(monkeypatch, tmp_path, capsys):
    flags = ["sweep", "--output", str(tmp_path / "a.nc"), "--scheduler", "tcp://127.0.0.1:9"]
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert main(flags) == 2
    assert capsys.readouterr().err == (
        "featsim sweep: error: scheduler needs distributed: pip install 'featsim[distributed]'\n"
    )
    monkeypatch.delattr("featsim.simulation.run_simulation")
    with pytest.raises(ImportError, match="cannot import name 'run_simulation'"):
        main(SMALL)


def test_what_the_machine_says_is_a_sentence(monkeypatch, capsys):
    def full(*arguments, **options):
        raise OSError(errno.ENOSPC, "No space left\non device")

    monkeypatch.setattr("featsim.simulation.run_simulation", full)
    assert main(SMALL) == 2
    assert capsys.readouterr().err == "featsim: error: [Errno 28] No space left on device\n"


@pytest.mark.skipif(os.name != "posix", reason="sends a signal of POSIX")
@pytest.mark.parametrize(
    ("command", "module"), [("featsim", "numpy"), ("featsim", "numba"), ("figures", "matplotlib")]
)
def test_an_interrupt_during_the_imports_is_quiet(command, module, tmp_path):
    # A module of that name waits in the place of the real one, which is too quick to be hit.
    (tmp_path / f"{module}.py").write_text("print('here', flush=True)\nimport time; time.sleep(60)")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    child = subprocess.Popen(
        [sys.executable, "-m", command, *(SMALL if command == "featsim" else ["--list"])],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    with child:
        line = child.stdout.readline()
        while line and line != "here\n":
            line = child.stdout.readline()
        child.send_signal(signal.SIGINT)
        start = time.monotonic()
        _, error = child.communicate(timeout=20)
    assert time.monotonic() - start < 5
    assert (child.returncode, error) == (130, f"{command}: interrupted\n")
