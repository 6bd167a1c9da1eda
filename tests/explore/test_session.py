"""What the page is told, without a browser: lines, sentences, questions, files."""

import dataclasses
import io
from threading import Event

import numpy as np
import pytest
import xarray as xr
from PIL import Image

import featsim
from featsim._explore import compute, diagram, downloads, overlays, process
from featsim._explore.panels import Panel, Series
from featsim._explore.reply import Reply, unpack
from featsim._explore.session import Session
from featsim._explore.state import State
from featsim.inits import resolve
from featsim.plotting import three_panels

SMALL = featsim.Config(
    features=6, points_per_chunk=40, experiments=4, gamma=3, tau=2, test_points=20
)


@pytest.fixture
def session(monkeypatch):
    monkeypatch.setattr("featsim._explore.session.PATIENCE", 0.0)
    return Session(State())


def ask(session, state, newer=None, **more):
    replies = []
    request = {"number": 1, "texts": state.texts() if isinstance(state, State) else state, **more}
    session.answer(request, replies.append, newer or Event())
    return replies


def test_the_lines_are_those_of_simulate_and_follow_the_setting(session):
    for gamma in (3.0, 8.0):
        state = State(config=SMALL.replace(gamma=gamma), seeds=3, init=("warm", "keep:1,0.5"))
        ask(session, state)
        result = featsim.simulate(state.config, inits=state.init, seeds=3)
        for variable in ("test_accuracy", "learned_features", "nonzero_gradient_points"):
            scale = 100.0 if variable == "test_accuracy" else 1.0
            drawn = session.panels[variable].artists
            assert list(drawn) == list(state.init)
            for name, artists in drawn.items():
                values = scale * result[variable].sel(init=name)
                np.testing.assert_array_equal(artists.line.get_xdata(), [1, 2, 3, 4])
                np.testing.assert_allclose(artists.line.get_ydata(), values.mean("seed"))
                top = artists.band.get_paths()[0].vertices[:, 1].max()
                band = (values.mean("seed") + values.std("seed", ddof=1)).max()
                assert top == pytest.approx(float(band))


def test_a_panel_moves_its_artists_and_keeps_its_axes():
    panel = Panel("learned_features")
    panel.update({"warm": Series(np.array([[1.0, 20.0]]))})
    line, first, axes = panel.artists["warm"].line, panel.png(), panel.background
    panel.update({"warm": Series(np.array([[2.0, 19.0]]))})
    second = panel.png()
    assert panel.artists["warm"].line is line
    assert panel.background is axes
    assert first != second
    assert not panel.artists["warm"].band.get_visible()
    panel.update({"warm": Series(np.array([[2.0, 190.0]]))})
    assert panel.background is None
    assert Image.open(io.BytesIO(second)).size == (390, 325)


def test_the_first_picture_and_a_repeated_one_are_equal():
    series = {"warm": Series(np.array([[1.0, 20.0]]))}
    panel = Panel("learned_features")
    panel.update(series)
    first = panel.png()
    panel.update({"random": Series(np.array([[2.0, 500.0]]))})
    panel.png()
    panel.update(series)
    assert panel.png() == first


@pytest.mark.parametrize(
    ("changes", "place", "sentence"),
    [
        ({"gamma": ["x"]}, "gamma", "gamma must be a finite number above 0, not 'x'"),
        ({"points_per_chunk": ["7"]}, "points_per_chunk", "must be a multiple of classes = 2"),
        ({"init": []}, "init", "inits must name at least one"),
        ({"seeds": ["0"]}, "seeds", "seeds must be an integer of at least 1"),
    ],
)
def test_a_sentence_stands_beside_its_field(session, changes, place, sentence):
    state = State(config=SMALL, seeds=2)
    ask(session, state)
    before = session.result
    (reply,) = ask(session, {**state.texts(), **changes})
    assert list(reply.parts["errors"]) == [place]
    assert sentence in reply.parts["errors"][place]
    assert not reply.blobs
    assert session.result is before


def test_too_much_memory_is_told(session):
    (reply,) = ask(session, {**State().texts(), "points_per_chunk": [str(10**13)]})
    assert "of memory" in reply.parts["sentence"]
    assert reply.parts["errors"] == {}


def test_what_takes_long_asks_first(session, monkeypatch):
    state = State(config=SMALL, seeds=2)
    monkeypatch.setattr(compute, "cost", lambda _: 12.0)
    (reply,) = ask(session, state)
    assert reply.parts["ask"] == "This setting takes about 12 s."
    assert session.result is None
    replies = ask(session, state, confirmed=True)
    assert [reply.parts.get("working") for reply in replies[:2]] == ["0 of 2 seeds", "1 of 2 seeds"]
    assert replies[2].blobs
    own = featsim.simulate(SMALL, seeds=2)
    xr.testing.assert_identical(session.result.label(), own)


def test_the_time_of_the_first_seed_asks_too(monkeypatch):
    monkeypatch.setattr(compute, "LONG_SECONDS", 1e-9)
    with pytest.raises(compute.TakesLong):
        compute.simulate(State(config=SMALL), 1.0, lambda _: None, Event(), asked=False)
    monkeypatch.setattr(compute, "SHORT_SECONDS", 0.0)
    with pytest.raises(compute.TakesLong):
        compute.simulate(State(config=SMALL), 0.0, lambda _: None, Event(), asked=False)


def test_a_newer_request_ends_what_is_long(session, monkeypatch):
    monkeypatch.setattr(compute, "cost", lambda _: 12.0)
    newer = Event()
    newer.set()
    assert ask(session, State(config=SMALL), newer, confirmed=True) == []
    assert session.result is None


@pytest.mark.parametrize("view", ["learned", "process", "diagram", "numbers", "take"])
def test_each_view(session, view):
    state = State(config=SMALL.replace(points_per_chunk=4, gamma=2), seeds=2, view=view, label=2)
    parts = ask(session, state)[-1].parts["view"]
    assert parts["name"] == view
    assert "sentence" not in parts


def test_a_large_process_is_refused_in_a_sentence(session):
    large = State(config=SMALL.replace(points_per_chunk=100), view="process")
    parts = ask(session, large)[-1].parts["view"]
    assert "at most 16 features and 40 points" in parts["sentence"]


@pytest.mark.parametrize("init", ["random", "warm", "ideal", "keep:0.5,0.5", "doubling"])
@pytest.mark.parametrize("label", [1, 2])
def test_the_process_of_a_class_is_that_of_the_simulation(init, label):
    config = SMALL.replace(points_per_chunk=12, gamma=2, max_frequency=0.5)
    result = featsim.simulate(config, inits=init, seeds=[5])
    for experiment in (1, 4):
        told = process.class_trace(config, resolve(init)[0], 5, label, experiment)
        own = result["learned"].isel(seed=0, init=0).sel(experiment=experiment)
        np.testing.assert_array_equal(told.runs[-1].learned[0], own[label - 1])
        assert len(process.steps(told)) == len(told.runs[-1].steps) + 1


def test_the_mean_field_and_the_theorems_are_drawn_over(session):
    init = ("random", "warm", "keep:1,0.5")
    state = State(config=SMALL, seeds=2, init=init, mean_field=True, theorems=True)
    reply = ask(session, state)[0]
    assert "No theorem predicts keep:1,0.5." in reply.parts["notes"]
    limit = featsim.theory.mean_field(
        SMALL, featsim.simulate(SMALL, seeds=2)["frequencies"], inits="warm"
    )
    artists = session.panels["learned_features"].artists
    expected = limit["learned_features"].isel(init=0).mean("seed")
    np.testing.assert_allclose(artists["warm"].mean_field.get_ydata(), expected)
    assert artists["random"].theorems.get_visible()
    assert not artists["keep:1,0.5"].theorems.get_visible()


def test_the_theorems_hold_for_a_chunk_that_comes_again():
    result = compute.simulate(State(config=SMALL), 0.0, lambda _: None, Event(), asked=False)
    told = overlays.theorems(SMALL, result)
    first = featsim.sample_stream(SMALL.replace(experiments=1), 0)
    rows = np.tile(np.arange(len(first)), 4)
    chunks = np.repeat(np.arange(4), len(first))
    again = featsim.FeatureStream(first.features[rows], first.labels[rows], chunks)
    own = featsim.simulate_stream(again, gamma=3, tau=2)
    for name, values in told.values.items():
        for variable in ("learned_features", "nonzero_gradient_points"):
            np.testing.assert_array_equal(values[variable], own[variable].sel(init=name))


def test_why_a_prediction_is_missing():
    config = SMALL.replace(window=2)
    result = compute.simulate(State(config=config), 0.0, lambda _: None, Event(), asked=False)
    assert overlays.theorems(config, result).missing == (
        "window must be None for the theorems, not 2.",
    )
    for changes, sentence in (
        ({"points_by_chunk": (0, 6, 6, 6)}, "The first chunk must have points for the theorems"),
        ({"frequencies": np.full((4, 2, 6), 0.5)}, "Frequencies must not change for the theorems"),
    ):
        config = SMALL.replace(experiments=4, classes=2, features=6, **changes)
        assert overlays.theorems(config, result).missing[0].startswith(sentence)


def test_the_diagram_fills_row_by_row(session, monkeypatch):
    monkeypatch.setattr(diagram, "grid", lambda name: {"gamma": [2.0, 9.0], "tau": [1, 2, 9]}[name])
    state = State(config=SMALL, seeds=2, view="diagram")
    ask(session, state)
    replies = []
    session.fill_diagram(replies.append, Event())
    assert [reply.parts["view"]["cells"]["x"] for reply in replies] == [(2.0, 9.0)] * 3
    gap = session.cells.gap
    assert np.isnan(gap[2]).all()  # τ = 9 of 6 features
    assert "tau must be an integer in 1 … 5, not 9" in replies[-1].parts["view"]["caption"]
    own = featsim.simulate(SMALL.replace(gamma=9.0, tau=2, test_points=0), seeds=2)
    last = 100 * own["exact_accuracy"].isel(experiment=-1).mean("seed")
    assert gap[1, 1] == pytest.approx(float(last.sel(init="random") - last.sel(init="warm")))


def test_a_diagram_that_is_stopped(session):
    stop = Event()
    stop.set()
    session.state = State(config=SMALL)
    replies = []
    session.fill_diagram(replies.append, stop)
    assert replies == []


def test_equal_axes_are_refused():
    with pytest.raises(ValueError, match="the axes must be different fields, not 'tau' twice"):
        diagram.make(State(x="tau"))


def test_downloads():
    dataset = featsim.simulate(SMALL, seeds=2)
    file = downloads.netcdf(dataset)
    assert file.name == "result.nc"
    with xr.open_dataset(io.BytesIO(file.content), engine="scipy") as read:
        xr.testing.assert_equal(read.load(), dataset)
        assert read.attrs["config"] == SMALL.to_json()
    for ending, start in (("png", b"\x89PNG"), ("pdf", b"%PDF")):
        picture = downloads.picture(dataset, ending)
        assert picture.content.startswith(start)
        assert picture == downloads.picture(dataset, ending)
        if ending == "png":
            size = Image.open(io.BytesIO(picture.content)).size
            assert size == tuple((200 * three_panels(dataset).get_size_inches()).astype(int))


def test_a_reply_is_unpacked_as_it_was_packed():
    reply = Reply({"a": [1, "γ"]}, {"x": b"\x00\x01", "y": b""})
    assert unpack(reply.pack()) == reply
    assert dataclasses.asdict(unpack(Reply({}).pack())) == {"parts": {}, "blobs": {}}
