"""What the pages share: the engine is told ready when it is, whichever job ends first."""

import itertools

import pytest

from ganstudio.window import jobs
from ganstudio.words.cards import MethodCard
from ganstudio.words.routes import Needs

CARD = MethodCard("m", "M", "Makes.", "task", Needs.FOLDER, (), {})
DEVICES = (("cpu", "CPU, 2 cores"),)


def ending_after(turns, result):
    """A job that ends in its turn number `turns` + 1."""

    def job():
        yield from itertools.repeat(None, turns)
        return result

    return job


@pytest.mark.parametrize(("first", "second"), [(1, 5), (5, 1)], ids=["catalogue first", "devices first"])
def test_the_engine_is_ready_when_methods_and_devices_are_known(studio, qtbot, monkeypatch, first, second):
    monkeypatch.setattr(jobs, "catalogue", ending_after(first, (CARD,)))
    monkeypatch.setattr(jobs, "devices", ending_after(second, DEVICES))
    seen = []
    studio.catalogue_ready.connect(lambda: seen.append((studio.catalogue, studio.devices)))
    studio.load_catalogue()
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [((CARD,), DEVICES)]


def test_devices_that_cannot_be_listed_leave_the_processor(studio, qtbot, monkeypatch):
    def broken():
        yield None
        raise ValueError("No driver.")

    monkeypatch.setattr(jobs, "catalogue", ending_after(1, (CARD,)))
    monkeypatch.setattr(jobs, "devices", broken)
    with qtbot.waitSignal(studio.catalogue_ready):
        studio.load_catalogue()
    assert studio.devices == (("cpu", "CPU"),)
