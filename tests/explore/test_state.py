"""The state of the page: a form, a link, a command and a call say the same setting."""

import dataclasses
import shlex

import pytest
import xarray as xr

import featsim
from featsim._commands.run import parse
from featsim._explore import fields
from featsim._explore.presets import PRESETS
from featsim._explore.state import State, read_query, read_texts
from featsim._explore.texts import command_line, python_call
from featsim.inits import resolve

ODD = State(
    config=featsim.Config(
        classes=2,
        features=3,
        tau=2,
        experiments=2,
        points_per_chunk=4,
        test_points=2,
        gamma=0.1,
        frequencies=((0.1, 0.25, 1.0), (0.5, 0.0, 1 / 3)),
        strengths=((1, 2, 3), (1, 1, 4)),
        noise_levels=((0.5, 0.5), (1.5, 0.5)),
        points_by_chunk=(4, 6),
        window=2,
    ),
    init=("warm", "keep:0.3,0.7", "keep:1,0@every:2"),
    seeds=2,
    seed=3,
    mean_field=True,
    view="process",
    label=2,
    policy="warm",
)
STATES = {**{one.name: one.state for one in PRESETS}, "odd": ODD}


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_a_link_and_the_form_hold_the_state(state):
    assert read_query("?" + state.query()) == state
    assert read_texts(state.texts()) == state


def test_a_link_holds_only_what_differs():
    assert State().query() == ""
    assert State(config=featsim.Config(gamma=20), init=("warm",)).query() == "gamma=20&init=warm"


@pytest.mark.parametrize("state", STATES.values(), ids=STATES)
def test_the_command_line_says_the_setting(state):
    words = shlex.split(command_line(state))
    assert words[:2] == ["featsim", "run"]
    config, options = parse(words[2:])
    assert config == state.config
    assert resolve(options.init if options.init != ("all",) else state.init) == resolve(state.init)
    assert options.init != ("all",) or state.init == State().init
    assert (options.seeds, options.seed) == (state.seeds, state.seed)


def test_the_call_gives_the_result():
    names: dict = {}
    exec(python_call(ODD), names)
    own = featsim.simulate(ODD.config, inits=ODD.init, seeds=ODD.all_seeds)
    xr.testing.assert_identical(names["result"], own)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("gamma=x", "gamma must be a finite number above 0, not 'x'"),
        ("tau=50", r"tau must be an integer in 1 … 49, not 50"),
        ("tau=3.5", "tau must be an integer"),
        ("colour=red", "a link has no part 'colour'"),
        ("init=hot", "inits must be among"),
        ("seeds=0", "seeds must be an integer of at least 1, not 0"),
        ("view=moon", "view must be among"),
        ("mean_field=true", "mean_field must be among yes, no, not 'true'"),
        ("theorems=", "theorems must be among yes, no, not ''"),
        ("x=foo", "x must be among features, .*, not 'foo'"),
        ("y=classes", "y must be among features, .*, not 'classes'"),
        ("noise_levels=[[1", "noise_levels must be"),
    ],
)
def test_a_link_that_is_not_allowed(query, sentence):
    with pytest.raises((ValueError, TypeError), match=sentence):
        read_query(query)


def test_controls_follow_the_fields():
    made = {field.name: field for field in fields.page_fields()}
    assert set(made) == {field.name for field in dataclasses.fields(featsim.Config)}
    assert [name for name, field in made.items() if not field.beyond] == list(fields.PAPER)
    assert made["gamma"].kind == "float"
    assert made["gamma"].symbol == "γ"
    assert made["window"].optional
    assert made["frequency_law"].choices == ("uniform", "zipf")
    assert made["strengths"].kind == "table"


def test_a_new_field_appears_by_itself(monkeypatch):
    @dataclasses.dataclass(frozen=True, kw_only=True)
    class Wider(featsim.Config):
        """A setting with one more field."""

        warmth: float = 2.0

    texts = {**fields.field_texts(), "warmth": "How warm, w: at least 0."}
    monkeypatch.setattr("featsim._explore.fields.field_texts", lambda: texts)
    monkeypatch.setattr("featsim._commands.flags.Config", Wider)
    monkeypatch.setattr("featsim._explore.fields.Config", Wider)
    field = next(field for field in fields.page_fields() if field.name == "warmth")
    assert (field.kind, field.low, field.high, field.beyond) == ("float", 0, 8.0, True)
    assert (field.symbol, field.start) == ("w", "2")


def test_the_defaults_lie_within_the_sliders():
    for field in fields.page_fields():
        value = getattr(featsim.Config(), field.name)
        if field.kind in ("int", "float") and value is not None:
            assert field.low <= value <= field.high


@pytest.mark.parametrize("name", ["gamma", "tau", "features", "max_frequency", "window"])
def test_an_axis_rises_from_end_to_end(name):
    values = fields.grid(name)
    assert values == sorted(set(values))
    assert len(values) >= 10
    assert {type(value) for value in values} == {
        float if name in ("gamma", "max_frequency") else int
    }
