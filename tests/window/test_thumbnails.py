"""Thumbnails: right picture, bounded memory, newest wish first, an answer for what cannot be read."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from ganstudio.pictures import reading
from ganstudio.window import thumbnails
from ganstudio.window.thumbnails import Thumbnails, to_image


@pytest.fixture
def made(qtbot) -> Iterator[Thumbnails]:
    made = Thumbnails(32)
    yield made
    made.shut()


def test_an_image_keeps_its_pixels_in_their_order_at_widths_that_qt_would_pad():
    picture = Image.new("RGB", (3, 2))
    picture.putpixel((2, 1), (10, 20, 30))
    image = to_image(picture)
    assert image.pixelColor(2, 1).getRgb()[:3] == (10, 20, 30)
    assert image.pixelColor(0, 0).getRgb()[:3] == (0, 0, 0)


def test_a_wished_picture_comes_as_a_square(made, draw, qtbot):
    path = next(draw("summer", 1).iterdir())
    with qtbot.waitSignal(made.ready) as ready:
        assert made.pixmap(path) is None
    assert ready.args == [str(path)]
    assert (made.pixmap(path).width(), made.pixmap(path).height()) == (32, 32)


def test_an_unreadable_file_gives_an_empty_picture_and_is_tried_once(made, tmp_path, qtbot):
    path = tmp_path / "broken.png"
    path.write_bytes(b"no picture")
    with qtbot.waitSignal(made.ready):
        made.pixmap(path)
    assert made.pixmap(path).isNull()


def test_memory_is_bounded(draw, qtbot):
    made = Thumbnails(32, most_bytes=3 * 4400)
    for path in draw("many", 8).iterdir():
        with qtbot.waitSignal(made.ready):
            made.pixmap(path)
    made.shut()
    assert len(made._kept) == 3
    assert made._bytes <= 3 * 4400


def test_what_is_in_sight_comes_first_and_each_asker_in_turn(made, tmp_path, monkeypatch):
    monkeypatch.setattr(made._pool, "start", lambda _: None)
    made.pixmap(tmp_path / "card")
    made.want("left", [tmp_path / "old"])
    made.want("left", [tmp_path / "a", tmp_path / "b"])
    made.want("right", [tmp_path / "c", tmp_path / "a"])
    order = [made.next_wish() for _ in range(5)]
    assert [key and key[-1] for key in order] == ["a", "c", "b", "d", None]
    made.want("left", [])
    assert made.next_wish() is None


def test_what_was_wanted_again_while_it_was_in_hand_is_decoded_once(made, draw, qtbot, monkeypatch):
    first, second = sorted(draw("two", 2).iterdir())
    monkeypatch.setattr(made._pool, "start", lambda _: None)
    made.want("gallery", [first])
    assert made.next_wish() == str(first)
    made.want("gallery", [first, second])
    with qtbot.waitSignal(made.ready):
        made.decode(str(first))
    assert made.next_wish() == str(second)


def test_a_picture_seen_once_is_not_decoded_again_until_it_changes(draw, qtbot, tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))
    path = next(draw("summer", 1).iterdir())
    decoded: list[Path] = []
    read = reading.read
    monkeypatch.setattr(reading, "read", lambda path, **wishes: decoded.append(path) or read(path, **wishes))

    def colour() -> tuple[int, int, int]:
        made = Thumbnails(32, kept=True)
        with qtbot.waitSignal(made.ready):
            made.pixmap(path)
        made.shut()
        return made.pixmap(path).toImage().pixelColor(16, 16).getRgb()[:3]

    first, again = colour(), colour()
    assert len(decoded) == 1
    assert max(abs(one - other) for one, other in zip(first, again, strict=True)) < 8
    Image.new("RGB", (40, 40), "red").save(path)
    changed = colour()
    assert len(decoded) == 2
    assert max(abs(one - other) for one, other in zip(changed, (255, 0, 0), strict=True)) < 8


def test_rows_that_scrolled_away_are_forgotten_and_the_newest_comes_first(made, tmp_path, monkeypatch):
    monkeypatch.setattr(thumbnails, "WAITING", 4)
    monkeypatch.setattr(made._pool, "start", lambda _: None)
    for number in range(10):
        made.pixmap(tmp_path / str(number))
    order = [made.next_wish() for _ in range(5)]
    assert [path and path[-1] for path in order] == ["9", "8", "7", "6", None]


def test_shutting_ends_the_threads(made, draw):
    for path in draw("many", 30).iterdir():
        made.pixmap(path)
    made.shut()
    assert made._pool.activeThreadCount() == 0


def test_while_one_scrolls_fewer_decode_and_afterwards_all_comes(made, draw, qtbot, monkeypatch):
    monkeypatch.setattr(thumbnails, "THREADS_WHILE_MOVING", 1)
    made._moving.setInterval(60_000)
    paths = sorted(draw("many", 12).iterdir())
    at_work, most, lock = 0, [], threading.Lock()
    two, go_on = threading.Barrier(2, timeout=30), threading.Event()

    def small(path):
        nonlocal at_work
        with lock:
            at_work += 1
            most.append(at_work)
            first = len(most) <= 2
        if first:
            two.wait()  # Two work side by side before it begins.
            go_on.wait(30)
        with lock:
            at_work -= 1
        return Image.new("RGB", (32, 32))

    monkeypatch.setattr(made, "_small", small)
    monkeypatch.setattr(thumbnails, "THREADS", 2)
    made._most = 2
    made.want("gallery", paths[:8])
    qtbot.waitUntil(lambda: len(most) == 2)
    made.give_way()
    go_on.set()
    qtbot.waitUntil(lambda: all(made.look(path) is not None for path in paths[:8]))
    assert set(most[2:]) <= {1, 2}
    assert most[3:] == [1] * 5, "one goes on alone"
    made._most = 0  # As if nobody was left when it is over.
    made.want("gallery", paths)
    made._moving.timeout.emit()
    qtbot.waitUntil(lambda: all(made.look(path) is not None for path in paths))
