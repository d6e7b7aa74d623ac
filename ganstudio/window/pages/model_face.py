"""What a model looks like: what it makes of the artist's picture, before and after; else samples of its training."""

from __future__ import annotations

from fractions import Fraction
from math import log
from pathlib import Path

from PySide6.QtCore import QRectF, Slot
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QStackedWidget, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.card import cover
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.places import newest_sheet
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.cards import ModelCard

HEIGHT = 216
MOST = 12
"""Cells of a sheet beside or above each other."""

SHAPE = 1.45
"""Width by height of the places where portraits are shown, about."""


class Portraits:
    """Pictures that stand for models: the newest samples of a run, or those in a model file's header."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        self._thumbnails = thumbnails
        self._samples: dict[Path, QPixmap] = {}
        self._sheets: dict[Path, Path | None] = {}

    def forget(self) -> None:
        """Files may have changed: a newer sheet has another name, so what was decoded stays."""
        self._samples.clear()
        self._sheets.clear()

    def look(self, path: Path, card: ModelCard) -> QPixmap | None:
        """The picture; None while it is read, and where there is none."""
        if path not in self._sheets:
            self._sheets[path] = newest_sheet(path)
        sheet = self._sheets[path]
        if sheet is not None:
            shown = self._thumbnails.pixmap(sheet)
            return shown and whole_cells(shown)
        if path not in self._samples:
            made = QPixmap()
            if card.samples:
                made.loadFromData(card.samples[0])  # Small in bytes and in pixels, which reading the card has checked.
            self._samples[path] = made
        return self._samples[path]

    def is_of(self, key: str, path: Path) -> bool:
        """Whether a thumbnail of this key is the model's."""
        return key == str(self._sheets.get(path))


def whole_cells(sheet: QPixmap) -> QPixmap:
    """The first rows and columns of a sheet, as many as fill the place of a portrait, so that none is cut through."""
    if sheet.isNull():
        return sheet
    cells = Fraction(sheet.width(), sheet.height()).limit_denominator(MOST)  # They are square, and there are no gaps.
    if cells.numerator > MOST:
        return sheet
    places = [(across, down) for across in range(1, cells.numerator + 1) for down in range(1, cells.denominator + 1)]
    across, down = min(places, key=lambda place: abs(log(place[0] / place[1] / SHAPE)))
    width, height = sheet.width() * across / cells.numerator, sheet.height() * down / cells.denominator
    return sheet.copy(0, 0, round(width), round(height))


class Plain(QWidget):
    """One picture, filling its place, with round corners."""

    def __init__(self) -> None:
        super().__init__()
        self._picture: QPixmap | None = None

    def show_picture(self, picture: QPixmap | None) -> None:
        """Show this one."""
        self._picture = picture
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        painter.fillPath(outline, theme.colour("rail"))
        painter.setClipPath(outline)
        if self._picture is not None and not self._picture.isNull():
            cover(painter, QRectF(self.rect()), self._picture)
        else:
            mark = theme.pixmap("models", 48, theme.colour("muted"), self.devicePixelRatioF())
            painter.drawPixmap(round(self.width() / 2 - 24), round(self.height() / 2 - 24), mark)
        painter.end()


class ModelFace(QStackedWidget):
    """The large picture of the details."""

    def __init__(self) -> None:
        super().__init__()
        self.plain = Plain()
        self.compare = Compare()
        self.setFixedHeight(HEIGHT)
        self.addWidget(self.plain)
        self.addWidget(self.compare)

    @Slot()
    def show_samples(self, picture: QPixmap | None) -> None:
        """Show samples of its training."""
        self.setCurrentWidget(self.plain)
        self.plain.show_picture(picture)

    def show_trial(self, before: Levels, after: Levels | None, captions: tuple[str, str], message: str) -> None:
        """Show the artist's picture and what the model makes of it; while there is nothing, say why."""
        self.setCurrentWidget(self.compare)
        self.compare.set_captions(*captions)
        self.compare.show_pair(before, after)
        self.compare.set_message(message)
