"""Only the newest counts."""

import threading

from ganstudio.words.newest import Newest


def test_what_is_taken_is_the_newest_and_only_once():
    place = Newest()
    for thing in "abc":
        place.put(thing)
    assert place.take() == "c"
    assert place.take() is None
    assert place.dropped == 2
    place.put("d")
    assert place.take(100_000) == "d", "without waiting"


def test_who_waits_is_woken():
    place, found = Newest(), []
    waiting = threading.Thread(target=lambda: found.append(place.take(60)))
    waiting.start()
    place.put("a")
    waiting.join(60)
    assert found == ["a"]


def test_cleared_is_empty():
    place = Newest()
    place.put("a")
    place.clear()
    assert place.take(0.001) is None
