"""What stands in for the engine, and what one does with the page again and again."""

import time
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QDrag, QImage, QMouseEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from ganstudio.window.pages.translate_work import FIRST
from ganstudio.window.parts.drop_zone import local_paths
from ganstudio.window.parts.folder_sheet import FolderSheet
from ganstudio.words.events import Advanced, Finished, Made, Warned
from ganstudio.words.films import FilmFacts
from ganstudio.words.routes import Route

WAYS = (Route("winter", "summer", multiple=4), Route("summer", "winter", multiple=4))
DIGITS = (Route("digits", labels=("zero", "one")),)
LARGER = (900, 600)  # More than twice the pixels of a first look.


def flipped(model, to, picture, **_):
    yield None
    if picture.size == (13, 13):
        raise ValueError("There is not enough memory for this.")
    return ImageOps.flip(picture) if to == "summer → winter" else ImageOps.invert(picture)


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


def picture(folder, name="photo.png", size=LARGER):
    pixels = np.random.default_rng(len(name)).integers(0, 256, (size[1] // 10, size[0] // 10, 3), dtype=np.uint8)
    Image.fromarray(pixels).resize(size, Image.Resampling.NEAREST).save(folder / name)
    return folder / name


def small_picture(folder, name="photo.png", size=(40, 30)):
    made = Image.fromarray(np.random.default_rng(len(name)).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    made.save(folder / name)
    return folder / name


def current(desk):
    return desk._current


def finished(desk):
    return all(piece.state in {"done", "failed"} for piece in desk.queue.pieces)


def choose_file(monkeypatch, target):
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))


def sheet_of(desk):
    desk.save_all.click()
    return next(child for child in desk.children() if isinstance(child, FolderSheet) and child.isVisible())


def heading(sheet):
    return next(label.text() for label in sheet.findChildren(QLabel) if label.property("role") == "heading")


def save_all(desk, out):
    sheet = sheet_of(desk)
    sheet.folder.setText(str(out))
    sheet.save.click()


def dragged(monkeypatch):
    """What is dragged from now on, read as another program would read it when it is dropped there."""
    drops = []

    def dropped(drag, _action):
        data = drag.mimeData()
        paths = [Path(url.toLocalFile()) for url in data.urls()]
        drops.append((paths, [path.read_bytes() for path in paths], QImage(data.imageData()), local_paths(data)))

    monkeypatch.setattr(QDrag, "exec", dropped)
    return drops


def pull(qtbot, widget, start, held=Qt.KeyboardModifier.NoModifier):
    by = QPoint(80, 30)
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, held, start)
    for share in (2, 1):
        at = QPointF(start + by / share)
        left = Qt.MouseButton.LeftButton
        moved = QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), Qt.MouseButton.NoButton, left, held)
        QApplication.sendEvent(widget, moved)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, held, start + by)
