"""The command ``featsim explore`` and the function for a notebook, without a browser."""

import builtins
import socket
import subprocess
import sys
import warnings
import webbrowser

import pytest

import featsim
from featsim.__main__ import main

pn = pytest.importorskip("panel", reason="needs the extra explore")


@pytest.mark.parametrize(
    ("flags", "sentence"),
    [
        (["--port", "70000"], "port must be an integer in 0 … 65535, not 70000"),
        (["--address", "here"], "address must be localhost or an address such as 127.0.0.1"),
        (["--config", "nowhere.json"], "config must be a file that can be read"),
    ],
)
def test_a_sentence_for_what_is_not_allowed(flags, sentence, capsys):
    assert main(["explore", *flags]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"featsim explore: error: {sentence}")
    assert err.count("\n") == 1


def test_a_port_in_use(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["explore", "--port", str(port), "--no-browser"]) == 2
    err = capsys.readouterr().err
    assert f"port must be one that can be opened on 127.0.0.1, not {port}" in err
    assert err.count("\n") == 1


def test_a_missing_panel(monkeypatch, capsys):
    real = builtins.__import__

    def without(name, *args, **kwargs):
        if name.partition(".")[0] == "panel":
            raise ModuleNotFoundError("No module named 'panel'", name="panel")
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", without)
    assert main(["explore"]) == 2
    sentence = "explore needs panel: pip install 'featsim[explore]'"
    assert capsys.readouterr().err == f"featsim explore: error: {sentence}\n"
    with pytest.raises(ModuleNotFoundError, match=r"needs panel: pip install 'featsim\[explore\]'"):
        featsim.explore()


class Server:
    """A server that ends as it starts, by Ctrl-C."""

    def stop(self, wait):
        """End."""


@pytest.fixture
def served(monkeypatch):
    monkeypatch.setattr(
        "featsim._explore.serve.start", lambda *_: (Server(), "http://127.0.0.1:1/")
    )

    def interrupt(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr("featsim._commands.explore._wait", interrupt)


@pytest.mark.parametrize("error", [True, False])
def test_no_browser_and_an_interrupt(served, error, monkeypatch, capsys):
    def no_browser(url):
        if error:
            raise webbrowser.Error("could not locate runnable browser")
        return False

    monkeypatch.setattr(webbrowser, "open", no_browser)
    assert main(["explore"]) == 0
    out, err = capsys.readouterr()
    assert "no browser was found: open http://127.0.0.1:1/ in one" in out
    assert out.endswith("featsim explore: ended\n")
    assert err == ""


@pytest.mark.filterwarnings("default")
def test_another_address_is_warned_of(served, capsys):
    assert main(["explore", "--address", "0.0.0.0", "--no-browser"]) == 0
    assert capsys.readouterr().err == (
        "featsim explore: warning: everyone who reaches 0.0.0.0 can use the page, and the "
        "processors of this machine\n"
    )


def test_importing_the_package_leaves_panel_alone():
    code = "import featsim, sys; featsim.explore; assert 'panel' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_explore_in_a_notebook():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        shown = featsim.explore(featsim.Config(gamma=20))
        model = shown.get_root()
    assert '"gamma": ["20"]' in model.data.form
    assert '"alone": false' in model.data.form
    with pytest.raises(TypeError, match="config must be a Config, not 3"):
        featsim.explore(3)
