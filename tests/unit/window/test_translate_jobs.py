"""What stays open between two jobs that translate: the last model, and of a mixture its ends."""

import os
import threading
import weakref

import pytest

from ganstudio.engine.exchange.mixing import Mixture
from ganstudio.engine.translating.translator import Translator
from ganstudio.window.translate_jobs import Kept
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
    return found


def test_the_last_model_stays_open_until_its_weights_are_new(files, openings):
    kept, (one, _) = Kept(), files
    assert kept.opened(one, "cpu") is kept.opened(one, "cpu")
    os.utime(one, ns=(1, 1))
    kept.opened(one, "cpu")
    assert openings == ["a", "a"]


def test_for_the_next_share_the_ends_stay_open_and_they_go_with_the_mixture(files, openings):
    kept, (one, other) = Kept(), files
    for share in (0.25, 0.25, 0.5):
        kept.opened(Mix(one, other, share), "cpu")
    assert openings == [("a", "b"), 0.25, 0.5]
    kept.opened(one, "cpu")
    kept.opened(Mix(one, other, 0.5), "cpu")
    assert openings[3:] == ["a", ("a", "b"), 0.5]


def test_one_model_is_let_go_before_another_is_opened(files, monkeypatch):
    kept, there = Kept(), []

    class Opened:
        """A translator that can be seen to end."""

    def opens(model, **_):
        there.append([one() for one in seen])
        made = Opened()
        seen.append(weakref.ref(made))
        return made

    seen = []
    monkeypatch.setattr(Translator, "open", opens)
    for file in files:
        kept.opened(file, "cpu")
    assert there == [[], [None]]


def test_each_thread_has_its_own(files, openings):
    kept, (one, _) = Kept(), files
    kept.opened(one, "cpu")
    other = threading.Thread(target=lambda: kept.opened(one, "cpu"))
    other.start()
    other.join()
    assert openings == ["a", "a"]


def test_what_is_no_model_is_said(tmp_path):
    with pytest.raises(ValueError, match="There is no model at"):
        Kept().opened(tmp_path / "gone.safetensors", "cpu")
