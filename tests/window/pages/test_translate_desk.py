"""The desk for pictures and films: a first look soon, no stale work, large pictures, films and folders into files."""

import threading
import time
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from ganstudio.pictures.blending import blended, read_mask
from ganstudio.pictures.reading import Unreadable
from ganstudio.pictures.writing.painted import Painted
from ganstudio.runs.run import MODEL, Run
from ganstudio.window import jobs
from ganstudio.window.pages import translate, translate_work
from ganstudio.window.pages.translate import TranslatePage
from ganstudio.window.pages.translate_work import FIRST, to_picture
from ganstudio.window.parts.folder_sheet import FolderSheet
from ganstudio.window.parts.reasons_sheet import ReasonsSheet
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Advanced, Finished, Made, Progress, Skipped, Warned
from ganstudio.words.films import FilmFacts
from ganstudio.words.look import Look
from ganstudio.words.making import Making
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Route
from tests.small_shards import pack

WAYS = (Route("winter", "summer"), Route("summer", "winter"))
LARGER = (900, 600)  # More than twice the pixels of a first look.


class Engine:
    """Inverts in place of translating. Whole pictures wait until they may be finished, and say how far they are."""

    def __init__(self):
        self.asked, self.cancelled, self.files, self.films = [], [], [], []
        self.free = True

    def translate(self, model, to, picture, *, quality="exact", memory=None, device="auto"):
        self.asked.append((to, picture.size, quality, memory))
        small = picture.width * picture.height <= FIRST
        try:
            yield None
            while not self.free and not small:
                time.sleep(0.01)
                yield Advanced("", 0.42, 90.0)
        except GeneratorExit:
            self.cancelled.append((to, picture.size))
            raise
        return ImageOps.invert(picture)

    def way(self, model, to, size, **_):
        yield None
        return "exact"

    def translate_file(self, model, to, file, target, order, **manner):
        self.files.append((to, file, target, order, manner))
        for share in (0.0, 0.5):
            yield Advanced(str(file), share, 60.0, "exact, in bands")
        while not self.free:
            time.sleep(0.01)
            yield Advanced(str(file), 0.5, 60.0, "exact, in bands")
        ImageOps.invert(Image.open(file).convert("RGB")).save(target)
        yield Made(str(target), str(file))
        yield Finished(1)

    def film_frame(self, file, share=0.0):
        yield None
        facts = FilmFacts("video", 320, 180, 12.0, 300, 25.0, "h264", ("aac, 2 channels",))
        return Image.new("RGB", (320, 180), "red"), facts

    def translate_video(self, model, to, file, target, look, *, smooth=0, device="auto"):
        self.films.append((to, file, target, look, smooth))
        yield Advanced(str(file), 0.5, 5.0, "frame 150 of 300")
        yield Warned("It has no sound now.")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(b"film")
        yield Made(str(target), str(file))
        yield Finished(1)


@pytest.fixture
def engine(monkeypatch):
    made = Engine()
    for name in ("translate", "way", "translate_file", "film_frame", "translate_video"):
        monkeypatch.setattr(jobs, name, getattr(made, name))
    yield made
    made.free = True


@pytest.fixture
def page(qtbot, studio, project, engine, monkeypatch):
    run = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", project.domains))
    (run.path / MODEL).write_bytes(b"weights")
    monkeypatch.setattr(
        translate, "card", lambda path: ModelCard(str(path), path.name, "x", WAYS, 64, 10, 10, 0.0, 7, {})
    )
    made = TranslatePage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.shown(run.path)
    return made


@pytest.fixture
def desk(page):
    return page.pictures


def picture(folder, name="photo.png", size=LARGER):
    pixels = np.random.default_rng(len(name)).integers(0, 256, (size[1] // 10, size[0] // 10, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST).save(folder / name)
    return folder / name


def current(desk):
    return desk._current


def choose_file(monkeypatch, target):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))


# A first look


def test_a_small_copy_is_shown_first_and_marked_and_the_whole_replaces_it(qtbot, desk, engine, tmp_path):
    engine.free = False
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    assert desk.compare.after.size.width() * desk.compare.after.size.height() <= FIRST
    assert desk.compare._note.startswith("A first look")
    assert "2 min left" in desk.compare._note
    assert current(desk).state == "working"
    assert not desk.save.isEnabled()
    assert not desk.copy.isEnabled()
    assert desk.look.isEnabled()
    engine.free = True
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert desk.compare.after.size == QSize(*LARGER)
    assert desk.compare._note == ""
    assert desk.save.isEnabled()


def test_a_small_picture_needs_no_first_look(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, size=(300, 200))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert [size for _, size, *_ in engine.asked] == [(300, 200)]


def test_another_direction_cancels_what_is_stale(qtbot, page, desk, engine, tmp_path):
    engine.free = False
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    page.group.buttons()[1].click()
    qtbot.waitUntil(lambda: engine.cancelled == [("summer → winter", LARGER)])
    assert current(desk).first is None or engine.asked[-1][0] == "winter → summer"
    engine.free = True
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert engine.asked[-1][:2] == ("winter → summer", LARGER)


def test_only_what_is_looked_at_is_translated_whole(qtbot, desk, engine, tmp_path):
    paths = [picture(tmp_path, f"{number}.png") for number in range(3)]
    desk.add(paths)
    qtbot.waitUntil(lambda: [piece.state for piece in desk.queue.pieces] == ["done", "first", "first"])
    assert [size for _, size, *_ in engine.asked].count(LARGER) == 1
    engine.free = False
    desk.list.setCurrentIndex(desk.queue.index(1))
    qtbot.waitUntil(lambda: desk.queue.pieces[1].share is not None)
    desk.list.setCurrentIndex(desk.queue.index(2))  # Nobody waits for the second one any more.
    qtbot.waitUntil(lambda: len(engine.cancelled) == 1)
    qtbot.waitUntil(lambda: desk.queue.pieces[2].state == "working")
    assert desk.queue.pieces[1].state == "first"


def test_the_look_is_mixed_without_the_network(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, size=(300, 200))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    asked = len(engine.asked)
    desk.look.strength.setValue(40)
    desk.look.blend.setCurrentIndex(1)
    desk.look.colours.setChecked(True)
    assert desk.compare._look == Look(0.4, "luminance", keep_colours=True)
    assert len(engine.asked) == asked


def test_what_failed_says_why_and_can_be_tried_again(qtbot, desk, engine, tmp_path, monkeypatch):
    def fails(*_, **__):
        yield None
        raise ValueError("There is not enough memory for this.")

    monkeypatch.setattr(jobs, "translate", fails)
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).state == "failed")
    assert "not enough memory" in desk.compare._message
    assert desk.retry.isVisible()
    monkeypatch.setattr(jobs, "translate", engine.translate)
    desk.retry.click()
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert not desk.retry.isVisible()


def test_exact_or_fast_and_memory_are_asked_for_and_remembered(qtbot, desk, studio, engine, tmp_path):
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    fast = next(action for action in desk.manner.actions() if action.data() == "fast")
    two = next(action for action in desk.manner.actions() if action.data() == 2)
    fast.trigger()
    two.trigger()
    qtbot.waitUntil(lambda: current(desk).state == "done" and engine.asked[-1][2:] == ("fast", 2 << 30))
    assert studio.settings.value("translate/quality") == "fast"


# Masks


def test_a_mask_belongs_to_its_picture_and_is_saved_with_it(qtbot, desk, engine, tmp_path, monkeypatch):
    path, target = picture(tmp_path, size=(300, 200)), tmp_path / "out.png"
    desk.add([path])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert desk.brush.isHidden()
    desk.look.paint.click()
    assert desk.brush.isVisible()
    mask = current(desk).mask
    mask.begin(QPointF(0.5, 0.5), 0.2, 0.5, erases=False)
    mask.end()
    choose_file(monkeypatch, target)
    desk.save.click()
    qtbot.waitUntil(target.exists)
    before = np.asarray(Image.open(path))
    made = blended(before, 255 - before, Look(), mask.pixels(300, 200))
    assert np.array_equal(np.asarray(Image.open(target)), made)
    desk.add([picture(tmp_path, "other.png", (300, 200))])
    qtbot.waitUntil(lambda: current(desk).name == "other.png" and current(desk).state == "done")
    assert current(desk).mask is None or current(desk).mask.is_blank
    qtbot.keyClick(desk.compare, Qt.Key.Key_Escape)
    assert desk.brush.isHidden()


def test_a_mask_is_loaded_from_a_picture_and_a_bad_one_is_named(qtbot, desk, studio, engine, tmp_path, monkeypatch):
    desk.add([picture(tmp_path, size=(300, 200))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    desk.look.paint.click()
    half = Image.new("L", (30, 20))
    half.paste(255, (15, 0, 30, 20))
    half.save(tmp_path / "mask.png")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(tmp_path / "mask.png"), ""))
    desk.brush.load.click()
    qtbot.waitUntil(lambda: not current(desk).mask.is_blank)
    assert np.array_equal(current(desk).mask.pixels(300, 200), read_mask(tmp_path / "mask.png", (300, 200)))
    (tmp_path / "mask.png").write_bytes(b"no picture")
    with qtbot.waitSignal(studio.said):
        desk.brush.load.click()


# Large and deep pictures


@pytest.fixture
def small_limit(monkeypatch):
    monkeypatch.setattr(translate_work, "LARGE", 500_000)


def test_a_large_picture_is_translated_into_a_file_and_shown_from_there(
    qtbot, desk, studio, engine, small_limit, tmp_path, monkeypatch
):
    target = tmp_path / "large winter.png"
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).state == "first" and current(desk).way == "exact")
    assert "Save to translate all" in desk.compare._note
    assert "exact, in bands" in desk.status.text()
    assert all(size != LARGER for _, size, *_ in engine.asked)  # Never as a whole in the window.
    choose_file(monkeypatch, target)
    desk.save.click()
    qtbot.waitUntil(lambda: current(desk).after is not None)
    ((to, source, written, order, manner),) = engine.files
    assert (to, written, order.look) == ("summer → winter", target, Look())
    assert manner == {"quality": "exact", "memory": None, "device": studio.device}
    assert "saved as large winter.png" in desk.status.text()
    shown = np.asarray(to_picture(desk.compare.after.images[0]))
    assert np.array_equal(shown, 255 - np.asarray(Image.open(source)))


def test_a_large_picture_can_be_paused_gone_on_with_and_cancelled(
    qtbot, desk, engine, small_limit, tmp_path, monkeypatch
):
    engine.free = False
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: current(desk).state == "first")
    choose_file(monkeypatch, tmp_path / "out.png")
    desk.save.click()
    row = desk.saving_row
    qtbot.waitUntil(lambda: row.isVisible() and "exact, in bands" in row.note.text())
    assert "1 min left" in row.note.text()
    assert not desk.save.isEnabled()
    row.pause.click()
    qtbot.waitUntil(lambda: row.note.text() == "Paused")
    row.pause.click()
    qtbot.waitUntil(lambda: "left" in row.note.text())
    row.cancel.click()
    qtbot.waitUntil(lambda: row.title.text() == "Stopped.")
    assert desk.save.isEnabled()
    assert not (tmp_path / "out.png").exists()
    engine.free = True
    assert row.note.text() == "Nothing was written."
    row.again.click()
    qtbot.waitUntil((tmp_path / "out.png").exists)


def test_a_deep_picture_is_saved_from_its_file_at_its_depth(qtbot, desk, engine, tmp_path, monkeypatch):
    with Painted(30, 20, np.uint16) as painted:
        painted.write(0, np.random.default_rng(0).integers(0, 65536, (20, 30, 3), dtype=np.uint16))
        painted.save(tmp_path / "deep.png")
    desk.add([tmp_path / "deep.png"])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    choose_file(monkeypatch, tmp_path / "out.png")
    desk.save.click()
    qtbot.waitUntil(lambda: len(engine.files) == 1)


def test_in_the_smallest_window_no_word_of_the_look_is_cut(qtbot, page, desk, tmp_path):
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    page.resize(960 - 104, 640 - 80)  # Beside the rail, above the bar.
    QApplication.processEvents()
    desk.look.paint.click()
    QApplication.processEvents()
    assert page.width() == 960 - 104  # Else the window would give it less than it needs.
    for part in (desk.look.colours, desk.look.paint, desk.look.percent):
        assert part.width() >= part.sizeHint().width()
    assert desk.look.blend.shown_text() == "Everything"


# Painting


def test_a_mask_that_is_wanted_of_a_picture_before_it_is_there_is_painted_once_it_is(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    desk.look.paint.click()
    assert desk.brush.isVisible()
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    desk.add([broken])
    qtbot.waitUntil(lambda: current(desk).state == "failed")
    assert not desk.brush.isVisible()
    desk.list.setCurrentIndex(desk.queue.index(0))
    assert desk.look.paint.isChecked()
    assert desk.brush.isVisible()


def test_the_key_for_a_mask_does_nothing_where_its_button_does_nothing(qtbot, desk):
    desk.drop.setFocus()
    qtbot.keyClick(desk.drop, Qt.Key.Key_M)
    assert not desk.look.paint.isChecked()


# Films


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


def test_the_sheet_shows_how_a_picture_will_be_called_and_a_film_where_there_are_only_films(
    qtbot, desk, engine, filling, tmp_path
):
    film = tmp_path / "walk.mov"
    film.write_bytes(b"film")
    desk.add([film])
    qtbot.waitUntil(lambda: current(desk).first is not None)
    sheet = sheet_of(desk)
    assert sheet.sample.text() == "walk.mov → walk.mp4"
    sheet.close()
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    sheet = sheet_of(desk)
    assert sheet.sample.text() == "photo.png → photo.png"
    sheet.close()


# Folders


def test_a_film_among_pictures_lets_the_time_left_grow(qtbot, desk, studio, tmp_path, monkeypatch):
    free = threading.Event()

    def files(model, to, inputs, out, order, **manner):
        yield Progress(1, 3, "translating", eta_seconds=6.0)
        while not free.is_set():
            time.sleep(0.01)
            yield Advanced(str(inputs[0]), 0.2, 600.0, "frame 20 of 100")
        yield Made(str(out / "photo.png"), str(inputs[0]))
        yield Progress(2, 3, "translating", eta_seconds=3.0)
        yield Finished(3)

    monkeypatch.setattr(jobs, "translate_files", files)
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    save_all(desk, tmp_path / "out")
    note = desk.saving_row.note
    qtbot.waitUntil(lambda: "10 min left" in note.text())
    assert "frame 20 of 100" in note.text()
    assert note.fontMetrics().horizontalAdvance(note.text()) <= note.contentsRect().width()
    free.set()
    qtbot.waitUntil(lambda: not desk._saving.busy)


def test_a_button_that_can_be_pressed_no_more_leaves_the_keyboard_to_the_list(qtbot, desk, engine, writing, tmp_path):
    engine.free = False
    desk.add([picture(tmp_path, size=(30, 20))])
    desk.save_all.setFocus()
    assert desk.window().focusWidget() is desk.save_all
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(lambda: not desk.save_all.isEnabled())
    assert desk.window().focusWidget() is desk.list
    engine.free = True
    qtbot.waitUntil(lambda: not desk._saving.busy)
    desk.clear.setFocus()
    desk.clear.click()
    assert desk.window().focusWidget() is desk.drop


@pytest.fixture
def filling(monkeypatch):
    """What a folder was asked to be filled with; the first picture is there, and a broken one is left out."""
    asked = []

    def files(model, to, inputs, out, order, **manner):
        asked.append((list(inputs), out, order))
        found = sorted(path for one in inputs for path in ([one] if one.is_file() else one.iterdir()))
        yield Progress(0, len(found), "translating")
        for number, path in enumerate(found):
            if path.name == "broken.png":
                yield Skipped(str(path), "It is no picture.")
            else:
                yield Made(str(out / path.name), str(path), kept=path.name == "000.png")
            yield Progress(number + 1, len(found), "translating", eta_seconds=3.0)
        yield Finished(len(found))

    monkeypatch.setattr(jobs, "translate_files", files)
    return asked


def sheet_of(desk):
    desk.save_all.click()
    return next(child for child in desk.children() if isinstance(child, FolderSheet) and child.isVisible())


def heading(sheet):
    return next(label.text() for label in sheet.findChildren(QLabel) if label.property("role") == "heading")


def test_a_folder_is_filled_as_the_sheet_says_and_failures_are_listed(qtbot, desk, studio, filling, draw, tmp_path):
    folder, alone = draw("walk", 3), picture(tmp_path, size=(30, 20))
    (folder / "broken.png").write_bytes(b"no picture")
    desk.add([folder, alone])
    qtbot.waitUntil(lambda: len(desk.queue.pieces) == 5)
    qtbot.waitUntil(lambda: all(piece.state in {"done", "failed"} for piece in desk.queue.pieces))
    sheet = sheet_of(desk)
    assert heading(sheet) == "Save 4 pictures"  # The broken one is none.
    sheet.folder.setText(str(tmp_path / "out"))
    sheet.template.setText("{stem} in {to}")
    sheet.format.setCurrentIndex(sheet.format.findData("jpg"))
    sheet.quality.setValue(80)
    assert "in winter.jpg" in sheet.sample.text()
    with qtbot.waitSignal(studio.said) as said:
        sheet.save.click()
    ((inputs, out, order),) = filling
    assert (inputs, out) == ([folder, alone], tmp_path / "out")  # The folder as one, so that its shape is kept.
    assert (order.naming.template, order.naming.format, order.file_quality) == ("{stem} in {to}", "jpg", 80)
    assert said.args[0] == "Saved 3 pictures. 1 was there already. 1 could not be translated."
    row = desk.saving_row
    assert row.isVisible()
    assert row.reasons.isVisible()
    row.reasons.click()
    listed = next(child for child in desk.children() if isinstance(child, ReasonsSheet))
    assert listed.list.topLevelItem(0).text(1) == "It is no picture."
    listed.close()
    row.again.click()
    qtbot.waitUntil(lambda: len(filling) == 2)
    qtbot.waitUntil(lambda: not desk._saving.busy)
    again = sheet_of(desk)
    assert again.template.text() == "{stem} in {to}"  # Remembered.
    again.close()


def test_films_of_a_queue_are_saved_with_its_pictures(qtbot, desk, studio, engine, filling, tmp_path):
    folder = tmp_path / "trip"
    folder.mkdir()
    film = folder / "walk.mp4"
    film.write_bytes(b"film")
    desk.add([folder, picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: len(desk.queue.pieces) == 2 and all(one.shown is not None for one in desk.queue.pieces))
    sheet = sheet_of(desk)
    sheet.folder.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(studio.said) as said:
        sheet.save.click()
    ((inputs, _, order),) = filling
    assert inputs == [folder, tmp_path / "photo.png"]
    assert order.film == "auto"
    assert said.args[0].startswith("Saved 2 files.")
    assert [piece.saved is not None for piece in desk.queue.pieces] == [True, True]
    assert not desk._saving.failures


def test_a_file_that_cannot_be_read_is_neither_counted_nor_asked_for(qtbot, desk, filling, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    desk.add([broken])
    qtbot.waitUntil(lambda: current(desk).state == "failed")
    assert not desk.save_all.isEnabled()
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    sheet = sheet_of(desk)
    assert heading(sheet) == "Save 1 picture"
    sheet.save.click()
    qtbot.waitUntil(lambda: bool(filling))
    assert filling[0][0] == [tmp_path / "photo.png"]


@pytest.fixture
def writing(engine, monkeypatch):
    """Writes inverted pictures into the folder, each when the engine is free; tells which were begun."""
    begun = []

    def files(model, to, inputs, out, order, **manner):
        out.mkdir(exist_ok=True)
        for number, path in enumerate(inputs):
            begun.append(path)
            yield Progress(number, len(inputs), "translating")
            while not engine.free:
                time.sleep(0.01)
                yield Advanced(str(path), 0.1, 9.0)
            ImageOps.invert(Image.open(path).convert("RGB")).save(out / path.name)
            yield Made(str(out / path.name), str(path))
        yield Finished(len(inputs))

    monkeypatch.setattr(jobs, "translate_files", files)
    return begun


def save_all(desk, out):
    sheet = sheet_of(desk)
    sheet.folder.setText(str(out))
    sheet.save.click()


def wholes(engine):
    return [size for _, size, *_ in engine.asked].count(LARGER)


def test_what_is_being_saved_is_not_translated_a_second_time(qtbot, desk, engine, writing, tmp_path):
    engine.free = False
    paths = [picture(tmp_path, name) for name in ("a.png", "an other.png")]
    desk.add(paths)
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(lambda: engine.cancelled == [("summer → winter", LARGER)])  # What had begun for the view.
    qtbot.waitUntil(lambda: bool(writing))
    engine.free = True
    qtbot.waitUntil(lambda: not desk._saving.busy and current(desk).state == "done")
    assert wholes(engine) == 1
    shown = np.asarray(to_picture(desk.compare.after.images[0]))
    assert np.array_equal(shown, 255 - np.asarray(Image.open(paths[0])))
    desk.list.setCurrentIndex(desk.queue.index(1))
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert wholes(engine) == 1
    assert desk.save.isEnabled()


def test_what_was_saved_with_a_look_is_translated_for_the_view_afterwards(qtbot, desk, engine, writing, tmp_path):
    engine.free = False
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: "42 %" in desk.compare._note)
    desk.look.strength.setValue(80)
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(lambda: len(engine.cancelled) == 1)
    engine.free = True
    qtbot.waitUntil(lambda: not desk._saving.busy and current(desk).state == "done")
    assert wholes(engine) == 2


def test_what_the_saving_comes_to_much_later_is_translated_for_who_looks(qtbot, desk, engine, writing, tmp_path):
    engine.free = False
    paths = [picture(tmp_path, f"{number}.png") for number in range(5)]
    desk.add(paths)
    save_all(desk, tmp_path / "out")
    qtbot.waitUntil(lambda: bool(writing))
    desk.list.setCurrentIndex(desk.queue.index(4))
    qtbot.waitUntil(lambda: current(desk).state == "working" and wholes(engine) >= 1)
    desk.saving_row.cancel.click()
    qtbot.waitUntil(lambda: not desk._saving.busy)


# Shards


@pytest.fixture
def shards(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))
    pack(tmp_path / "warm", 2, 3, side=20)
    return tmp_path / "warm"


def test_a_folder_of_shards_shows_its_first_picture_and_is_saved_into_a_folder(
    qtbot, desk, studio, engine, shards, tmp_path, monkeypatch
):
    asked = []

    def files(model, to, inputs, out, order, **manner):
        asked.append((list(inputs), out))
        yield Made(str(out / "00000000.png"), str(shards / "s-000.tar" / "00000000.png"))
        yield Finished(1)

    monkeypatch.setattr(jobs, "translate_files", files)
    desk.add([shards])
    # WebDataset brings torch, which takes its time where no test before has loaded it.
    qtbot.waitUntil(lambda: bool(desk.queue.pieces) and current(desk).first is not None, timeout=60_000)
    (piece,) = desk.queue.pieces
    assert (piece.name, piece.kind) == ("warm", "set")
    assert np.array_equal(np.asarray(to_picture(desk.compare.levels.images[0]))[0, 0], (0, 0, 0))
    assert desk.compare._note == "The first picture. Save to translate all of them."
    for words in ("warm", "6 pictures", "2 shards"):
        assert words in desk.status.text()
    assert not desk.copy.isEnabled()
    desk.save.click()
    sheet = next(child for child in desk.children() if isinstance(child, FolderSheet) and child.isVisible())
    assert heading(sheet).endswith("6 pictures")
    assert "warm" not in sheet.sample.text()  # They are called by their keys.
    with qtbot.waitSignal(studio.said):
        sheet.save.click()
    assert asked == [([shards], tmp_path / "warm translated")]
    assert "saved in warm translated" in desk.status.text()


def test_a_shard_among_pictures_is_saved_with_them_and_a_packed_one_is_refused(
    qtbot, desk, engine, filling, shards, tmp_path
):
    packed = tmp_path / "cold.tar.gz"
    packed.write_bytes(b"packed")
    desk.add([picture(tmp_path, size=(30, 20)), shards / "s-000.tar", packed])
    states = ["done", "first", "failed"]
    qtbot.waitUntil(lambda: [piece.state for piece in desk.queue.pieces] == states, timeout=60_000)
    assert "is compressed" in desk.queue.pieces[2].reason
    sheet = sheet_of(desk)
    assert heading(sheet).endswith("4 pictures")
    sheet.close()


@pytest.mark.parametrize("wrong", ["{colour}", "a/b", "{stem", ""])
def test_a_name_that_cannot_be_is_said_while_it_is_typed(qtbot, desk, engine, tmp_path, wrong):
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    sheet = sheet_of(desk)
    sheet.template.setText(wrong)
    assert not sheet.save.isEnabled()
    assert sheet.sample.property("role") == "bad"
    sheet.close()


def test_a_fault_while_saving_is_a_sentence(qtbot, desk, studio, engine, tmp_path, monkeypatch):
    def full(*_, **__):
        yield Progress(0, 1, "translating")
        raise OSError("There is no room left on the disk.")

    monkeypatch.setattr(jobs, "translate_files", full)
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    sheet = sheet_of(desk)
    sheet.folder.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(studio.said) as said:
        sheet.save.click()
    assert "no room left" in said.args[0]
    assert desk.saving_row.again.isVisible()
    assert desk.save_all.isEnabled()


# What a picture says of itself


def test_a_picture_that_was_made_here_says_how(qtbot, desk, engine, tmp_path):
    making = Making("Monet", "abc", "photo → Monet", "old.jpg", strength=0.6)
    with Painted(30, 20) as painted:
        painted.write(0, np.full((20, 30, 3), 128, np.uint8))
        painted.save(tmp_path / "made.png", recipe=making)
    desk.add([tmp_path / "made.png"])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert "Made by Monet, photo → Monet, strength 60 %" in desk.status.text()


def test_one_can_be_taken_out_of_the_queue(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, f"{number}.png", (30, 20)) for number in range(3)])
    qtbot.waitUntil(lambda: all(piece.state == "done" for piece in desk.queue.pieces))
    desk.list.setFocus()
    qtbot.keyClick(desk.list, Qt.Key.Key_Delete)
    assert [piece.name for piece in desk.queue.pieces] == ["1.png", "2.png"]


def test_what_is_taken_out_comes_back_with_its_translation(qtbot, desk, studio, engine, tmp_path):
    offers = []
    studio.offered.connect(lambda *offer: offers.append(offer))
    desk.add([picture(tmp_path, f"{number}.png", (30, 20)) for number in range(3)])
    qtbot.waitUntil(lambda: all(piece.state == "done" for piece in desk.queue.pieces))
    before, roots, asked = list(desk.queue.pieces), desk._filler.roots, len(engine.asked)
    desk.list.setCurrentIndex(desk.queue.index(1))
    desk.list.setFocus()
    qtbot.keyClick(desk.list, Qt.Key.Key_Delete)
    message, title, deed = offers.pop()
    assert (message, title) == ("1.png taken out of the list.", "Undo")
    deed()
    assert desk.queue.pieces == before
    assert current(desk) is before[1]
    desk.clear.click()
    assert desk.queue.pieces == []
    assert desk.stack.currentWidget() is desk.drop
    assert offers[-1][0] == "3 entries taken out of the list."
    with qtbot.waitSignal(studio.withdrawn) as withdrawn:
        desk._undo()
    assert withdrawn.args == ["3 entries taken out of the list."]
    assert desk.queue.pieces == before
    assert desk._filler.roots == roots
    assert current(desk).state == "done"
    assert len(engine.asked) == asked
    desk._undo()
    assert desk.queue.pieces == before


def test_what_comes_back_is_translated_by_the_model_of_now(qtbot, page, desk, engine, tmp_path):
    desk.add([picture(tmp_path, "0.png", (30, 20))])
    qtbot.waitUntil(lambda: current(desk) is not None and current(desk).state == "done")
    desk.clear.click()
    desk.set_route(desk._model, WAYS[1])
    desk._undo()
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert engine.asked[-1][0] == WAYS[1].title
    assert len(engine.asked) == 2


def test_while_one_paints_undoing_takes_back_strokes(qtbot, desk, engine, tmp_path):
    desk.add([picture(tmp_path, f"{number}.png", (30, 20)) for number in range(2)])
    qtbot.waitUntil(lambda: all(piece.state == "done" for piece in desk.queue.pieces))
    desk._remove()
    desk.list.setCurrentIndex(desk.queue.index(0))
    desk.look.paint.setChecked(True)
    desk._undo()
    assert len(desk.queue.pieces) == 1
    desk.look.paint.setChecked(False)
    desk._undo()
    assert len(desk.queue.pieces) == 2
