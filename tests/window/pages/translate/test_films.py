"""Films of the queue: a frame and its facts are seen, and all of it is saved."""

import threading
import time
from pathlib import Path

import pytest
from PIL import Image, ImageOps
from PySide6.QtWidgets import QFileDialog

from ganstudio.pictures.reading import Unreadable
from ganstudio.window import jobs
from ganstudio.words.events import Advanced
from ganstudio.words.look import Look
from tests.window.pages.translate.acts import choose_file, current, picture

pytestmark = pytest.mark.usefixtures("engine")


def test_a_film_shows_a_frame_and_its_facts_and_is_saved_with_calm(qtbot, desk, studio, engine, tmp_path, monkeypatch):
    film = tmp_path / "walk.mov"
    film.write_bytes(b"film")
    desk.add([film])
    qtbot.waitUntil(lambda: current(desk).first is not None)
    for word in ("320 × 180", "12 s", "25 frames a second", "with sound"):
        assert word in desk.status.text()
    assert desk.film.isVisible()
    desk.film.slider.setValue(30)
    desk.look.strength.setValue(80)
    choose_file(monkeypatch, tmp_path / "walk winter.mp4")
    with qtbot.waitSignal(studio.said) as said:
        desk.save.click()
    assert engine.films == [("summer → winter", film, tmp_path / "walk winter.mp4", Look(0.8), 0.3)]
    assert said.args[0] == "Saved walk winter.mp4. It has no sound now."
    assert desk.compare._note == "All of it is saved: walk winter.mp4"
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).kind == "picture")
    assert not desk.film.isVisible()


def test_of_a_film_whose_first_frame_is_translated_it_is_not_said_that_all_is(qtbot, desk, monkeypatch, tmp_path):
    free = threading.Event()

    def slowly(model, to, picture, **_):
        while not free.is_set():
            time.sleep(0.01)
            yield Advanced("", 0.9, 1.0)
        return ImageOps.invert(picture)

    monkeypatch.setattr(jobs, "translate", slowly)
    film = tmp_path / "walk.mp4"
    film.write_bytes(b"film")
    desk.add([film])
    qtbot.waitUntil(lambda: current(desk) is not None and current(desk).share == 0.9)
    assert desk.compare._note == "Translating…"
    free.set()
    qtbot.waitUntil(lambda: desk.compare._note == "One frame. Save to translate the film.")


def test_a_film_that_cannot_be_read_offers_nothing_that_moves(qtbot, desk, tmp_path, monkeypatch):
    def broken(file, share=0.0):
        yield None
        raise Unreadable("The video is damaged.")

    monkeypatch.setattr(jobs, "film_frame", broken)
    film = tmp_path / "walk.mp4"
    film.write_bytes(b"film")
    desk.add([film])
    qtbot.waitUntil(lambda: current(desk).state == "failed")
    assert not desk.film.isVisible()


def test_a_picture_that_moves_is_a_film_and_is_saved_as_one(qtbot, desk, studio, engine, tmp_path, monkeypatch):
    moves, still = tmp_path / "moves.gif", tmp_path / "still.gif"
    frames = [Image.new("RGB", (32, 24), colour) for colour in ("red", "green", "blue")]
    frames[0].save(moves, save_all=True, append_images=frames[1:], duration=100)
    frames[0].save(still)
    desk.add([moves])
    qtbot.waitUntil(lambda: current(desk).first is not None)
    assert current(desk).kind == "film"
    assert desk.film.isVisible()
    monkeypatch.setattr(
        QFileDialog, "getSaveFileName", lambda _, __, start, ___: (str(tmp_path / Path(start).name), "")
    )
    with qtbot.waitSignal(studio.said):
        desk.save.click()
    assert engine.films[0][1:3] == (moves, tmp_path / "moves winter.gif")
    desk.add([still])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert current(desk).kind == "picture"
