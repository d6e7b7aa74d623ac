"""The computer stays awake while something trains, and nobody hears of it where that cannot be."""

import pytest
import wakepy

from ganstudio.engine.training.awake import MAY_SLEEP, awake
from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Started, from_json, to_json


def test_it_is_kept_awake_inside_and_only_there(monkeypatch):
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "yes")
    with awake() as kept:
        assert kept
        assert wakepy.global_modes()
    assert not wakepy.global_modes()


def test_a_fault_inside_comes_out_as_it_is(monkeypatch):
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "yes")
    with pytest.raises(ZeroDivisionError), awake():
        raise ZeroDivisionError
    assert not wakepy.global_modes()


def test_who_lets_it_sleep_is_asked_nothing(monkeypatch):
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "yes")
    monkeypatch.setenv(MAY_SLEEP, "1")
    with awake() as kept:
        assert not kept
        assert not wakepy.global_modes()


def test_where_it_cannot_be_nothing_happens(monkeypatch):
    monkeypatch.setenv("WAKEPY_FORCE_FAILURE", "yes")
    with awake() as kept:
        assert not kept


@pytest.mark.parametrize("fault", [OSError("no bus"), RuntimeError("odd"), ImportError("none")])
def test_a_library_that_breaks_does_not_break_the_training(monkeypatch, fault):
    def broken(**_):
        raise fault

    monkeypatch.setattr(wakepy.keep, "running", broken)
    with awake() as kept:
        assert not kept


def test_a_training_says_whether_it_keeps_the_computer_awake(tmp_path, recipe, monkeypatch):
    monkeypatch.setenv("WAKEPY_FAKE_SUCCESS", "yes")
    training = train(Run.create(tmp_path / "run", recipe))
    started = next(event for event in training if isinstance(event, Started))
    assert started.awake
    assert wakepy.global_modes()
    training.close()
    assert not wakepy.global_modes()


def test_a_start_from_before_this_was_known_still_opens():
    line = to_json(Started(0, 1, "cyclegan", "CPU", "fp32", {})).replace(', "awake": false', "")
    assert "awake" not in line
    assert from_json(line) == Started(0, 1, "cyclegan", "CPU", "fp32", {})
