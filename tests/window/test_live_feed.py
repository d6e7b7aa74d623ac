"""A camera is open while one looks, lets go at once, and one that hangs holds nothing up."""

import queue
import threading

import numpy as np
import pytest

from ganstudio.window import live_feed
from ganstudio.window.live_feed import Feed

ROW = np.arange(12, dtype=np.uint8).reshape(1, 4, 3)


class Eye:
    """A camera that sees what it is shown."""

    def __init__(self):
        self.views, self.log = queue.Queue(), []

    def frames(self, name="eye"):
        self.log.append(f"{name} opened")
        try:
            while True:
                try:
                    view = self.views.get(timeout=0.01)
                except queue.Empty:
                    view = None
                if isinstance(view, Exception):
                    raise view
                yield view
        finally:
            self.log.append(f"{name} closed")


@pytest.fixture
def eye():
    return Eye()


@pytest.fixture
def feeds():
    """Feeds of a test, which have let go after it."""
    made = []
    yield made
    for feed in made:
        feed.stop()
        feed.wait()
        assert not feed.active


def begun(feeds, *args, **more):
    feeds.append(Feed(*args, **more))
    feeds[-1].begin()
    return feeds[-1]


def test_the_newest_frame_lies_there(qtbot, eye, feeds):
    feed = begun(feeds, eye.frames)
    eye.views.put(ROW)
    shot = feed.newest.take(60)
    assert np.array_equal(shot.pixels, ROW)
    assert feed.newest.take() is None
    assert feed.last is shot


def test_a_mirror_swaps_left_and_right_from_now_on(qtbot, eye, feeds):
    feed = begun(feeds, eye.frames, mirrored=True)
    eye.views.put(ROW)
    assert np.array_equal(feed.newest.take(60).pixels, ROW[:, ::-1])
    feed.mirrored = False
    eye.views.put(ROW)
    assert np.array_equal(feed.newest.take(60).pixels, ROW)


def test_stopped_it_lets_go_and_says_nothing(qtbot, eye, feeds):
    feed = begun(feeds, eye.frames)
    said = []
    feed.ended.connect(lambda *words: said.append(words))
    qtbot.waitUntil(lambda: eye.log == ["eye opened"])
    feed.stop()
    feed.wait()
    assert not feed.active
    assert eye.log == ["eye opened", "eye closed"]
    assert said == []


def test_the_next_waits_until_the_last_has_let_go(qtbot, eye, feeds):
    first = begun(feeds, lambda: eye.frames("first"))
    qtbot.waitUntil(lambda: bool(eye.log))
    first.stop()
    second = Feed(lambda: eye.frames("second"))
    feeds.append(second)
    second.after = first
    second.begin()
    qtbot.waitUntil(lambda: "second opened" in eye.log)
    assert eye.log[:3] == ["first opened", "first closed", "second opened"]


def test_what_goes_wrong_is_a_sentence(qtbot, eye, feeds):
    feed = Feed(eye.frames)
    feeds.append(feed)
    eye.views.put(ValueError("Eye is not there any more."))
    with qtbot.waitSignal(feed.ended) as told:
        feed.begin()
    assert told.args == [feed, "Eye is not there any more."]
    assert eye.log[-1] == "eye closed"


def test_the_end_of_a_film_is_no_fault(qtbot, feeds):
    feed = Feed(lambda: iter_of(ROW))
    feeds.append(feed)
    with qtbot.waitSignal(feed.ended) as told:
        feed.begin()
    assert told.args == [feed, ""]


def iter_of(*frames):
    yield from frames


def test_a_camera_that_hangs_holds_nothing_up(monkeypatch, feeds, caplog):
    monkeypatch.setattr(live_feed, "PATIENCE", 0.05)
    free = threading.Event()

    def hangs():
        free.wait(60)
        yield ROW

    feed = begun(feeds, hangs)
    feed.stop()
    feed.wait()
    assert feed.active
    assert "does not let go" in caplog.text
    free.set()
    feed._thread.join(60)
    assert feed.newest.take() is None
