"""The desk for pictures: what comes into its queue, and what it shows and says of it."""

import numpy as np
from PIL import Image, ImageOps
from PySide6.QtCore import QMimeData, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from ganstudio.pictures.writing.painted import Painted
from ganstudio.window import jobs
from ganstudio.window.pages import translate_work
from ganstudio.window.pages.translate_work import to_picture
from ganstudio.words.look import Look
from ganstudio.words.making import Making
from ganstudio.words.routes import Route
from tests.window.pages.translate.acts import current, finished, picture, small_picture


def test_a_dropped_picture_is_translated_in_its_own_size(qtbot, desk, tmp_path):
    path = small_picture(tmp_path)
    desk.add([path])
    qtbot.waitUntil(lambda: desk.compare.after is not None)
    made = np.asarray(to_picture(desk.compare.after.images[0]))
    assert np.array_equal(made, np.asarray(ImageOps.flip(Image.open(path))))
    assert "40 × 30" in desk.status.text()
    assert desk.save.isEnabled()


def test_a_folder_without_pictures_is_named(qtbot, desk, said, tmp_path):
    (tmp_path / "empty").mkdir()
    desk.add([tmp_path / "empty"])
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["There is no picture and no film in empty."]
    assert not desk.queue.pieces


def test_a_folder_is_queued_and_what_fails_is_named(qtbot, desk, tmp_path, draw):
    folder = draw("folder", 3)
    (folder / "broken.png").write_bytes(b"no picture")
    large = small_picture(tmp_path, "large.png", (13, 13))
    desk.add([folder, large])
    qtbot.waitUntil(lambda: len(desk.queue.pieces) == 5 and finished(desk))
    reasons = {piece.name: piece.reason for piece in desk.queue.pieces if piece.state == "failed"}
    assert set(reasons) == {"broken.png", "large.png"}
    assert reasons["large.png"] == "There is not enough memory for this."
    row = [piece.name for piece in desk.queue.pieces].index("broken.png")
    desk.list.setCurrentIndex(desk.queue.index(row))
    assert not desk.save.isEnabled()
    assert desk.compare.levels is None


def test_another_direction_translates_anew(qtbot, page, desk, tmp_path):
    path = small_picture(tmp_path)
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    page.group.buttons()[1].click()
    assert desk.compare.after is None
    qtbot.waitUntil(lambda: finished(desk))
    made = np.asarray(to_picture(desk.compare.after.images[0]))
    assert np.array_equal(made, 255 - np.asarray(Image.open(path)))


def test_a_pasted_picture_is_queued(qtbot, desk, tmp_path):
    path = small_picture(tmp_path)
    data = QMimeData()
    data.setImageData(jobs_image(path))
    QGuiApplication.clipboard().setMimeData(data)
    desk.paste()
    qtbot.waitUntil(lambda: finished(desk) and bool(desk.queue.pieces))
    assert np.array_equal(np.asarray(to_picture(desk.compare.levels.images[0])), np.asarray(Image.open(path)))


def test_pasted_files_are_queued_too(qtbot, desk, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(small_picture(tmp_path)))])
    QGuiApplication.clipboard().setMimeData(data)
    desk.paste()
    qtbot.waitUntil(lambda: finished(desk) and bool(desk.queue.pieces))
    assert desk.queue.pieces[0].name == "photo.png"


def jobs_image(path):
    from ganstudio.window.parts.picture_view import to_qimage

    return to_qimage(Image.open(path))


def test_an_enlarged_picture_lies_over_the_one_it_was(qtbot, page, project, has_routes, tmp_path, monkeypatch):
    def enlarged(model, to, picture, **_):
        yield None
        return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)

    monkeypatch.setattr(jobs, "translate", enlarged)
    has_routes(Route("photos", "photos", scale=2))
    page.choose(tmp_path / "photos.safetensors")
    desk = page.pictures
    desk.add([small_picture(tmp_path)])
    qtbot.waitUntil(lambda: desk.compare.after is not None)
    assert desk.compare.after.size.toTuple() == (80, 60)
    view = desk.compare.prepared(desk.compare.after), desk.compare.prepared(desk.compare.levels)
    one, other = (to_picture(image) for image in view)
    assert np.abs(np.asarray(one, float) - np.asarray(other, float)).mean() < 8
    half = translate_work.mixed(desk.compare.levels, desk.compare.after, Look(0.5))
    assert (half.width(), half.height()) == (80, 60)


def test_a_picture_that_was_made_here_says_how(qtbot, desk, engine, tmp_path):
    making = Making("Monet", "abc", "photo → Monet", "old.jpg", strength=0.6)
    with Painted(30, 20) as painted:
        painted.write(0, np.full((20, 30, 3), 128, np.uint8))
        painted.save(tmp_path / "made.png", recipe=making)
    desk.add([tmp_path / "made.png"])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    assert "Made by Monet, photo → Monet, strength 60 %" in desk.status.text()


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
