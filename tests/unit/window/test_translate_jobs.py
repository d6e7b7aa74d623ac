"""What stays open between two jobs that translate: the last model, and of a mixture its ends."""

import os

import pytest

from ganstudio.engine.exchange.mixing import Mixture
from ganstudio.engine.translating.translator import Translator
from ganstudio.window import translate_jobs
from ganstudio.words.mix import Mix


@pytest.fixture
def files(tmp_path):
    made = tmp_path / "a.safetensors", tmp_path / "b.safetensors"
    for file in made:
        file.write_bytes(b"weights")
    return made


@pytest.fixture
def openings(monkeypatch):
    """What was opened, in order."""
    found = []

    class Ends:
        def translator(self, mix, _device):
            found.append(mix.share)
            return object()

    monkeypatch.setattr(Mixture, "open", lambda one, other: found.append((one.stem, other.stem)) or Ends())
    monkeypatch.setattr(Translator, "open", lambda model, **_: found.append(model.stem) or object())
    translate_jobs._opened.cache_clear()
    translate_jobs._ends.cache_clear()
    yield found
    translate_jobs._opened.cache_clear()
    translate_jobs._ends.cache_clear()


def test_the_last_model_stays_open_until_its_weights_are_new(files, openings):
    one, _ = files
    assert translate_jobs.opened(one, "cpu") is translate_jobs.opened(one, "cpu")
    os.utime(one, ns=(1, 1))
    translate_jobs.opened(one, "cpu")
    assert openings == ["a", "a"]


def test_for_the_next_share_the_ends_stay_open_and_they_go_with_the_mixture(files, openings):
    one, other = files
    for share in (0.25, 0.25, 0.5):
        translate_jobs.opened(Mix(one, other, share), "cpu")
    assert openings == [("a", "b"), 0.25, 0.5]
    translate_jobs.opened(one, "cpu")
    assert translate_jobs._ends.cache_info().currsize == 0


def test_what_is_no_model_is_said(tmp_path):
    with pytest.raises(ValueError, match="There is no model at"):
        translate_jobs.opened(tmp_path / "gone.safetensors", "cpu")
