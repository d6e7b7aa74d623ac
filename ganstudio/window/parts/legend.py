"""What the lines, points and colours of the playground mean: little drawings with words beside them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QLinearGradient, QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.flow import Flow
from ganstudio.words.playground import REACH, Mixture

INKS = {"data": ("#0067a5", "#5cb8f0"), "made": ("#b84a00", "#f0a030"), "discriminator": ("#8c3f7c", "#e396c6")}
"""Colours on a light and on a dark ground, 3:1 against it at least; every other name is one of the theme's."""

TINT = 0.6
"""How much of the colours the heat maps take at most, so that points can be seen on them."""


def ink(name: str) -> QColor:
    """A colour of `INKS` or of the theme, on the ground that is now in use."""
    if name in INKS:
        return QColor(INKS[name][theme.tokens() is theme.DARK])
    return theme.colour(name)


def ramp() -> NDArray[np.uint8]:
    """The heat maps' colours from D = 0 to D = 1, (256, 3): made, the card's ground at one half, data."""
    low, middle, high = (
        np.array([colour.red(), colour.green(), colour.blue()], np.float64)
        for colour in (ink("made"), ink("surface"), ink("data"))
    )
    share = np.linspace(-1, 1, 256)[:, None]
    return np.asarray(middle + TINT * np.abs(share) * (np.where(share < 0, low, high) - middle)).astype(np.uint8)


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing shown: its ink, its words and how it is drawn."""

    ink: str
    words: str
    drawn: Literal["fill", "line", "dash", "dot", "ramp", "words"]


class Legend(QWidget):
    """Entries side by side, as many rows as they need."""

    def __init__(self, entries: Sequence[Entry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        flow = Flow(self, spacing=8)
        self._words: list[QLabel] = []
        for entry in entries:
            both = QWidget()
            row = QHBoxLayout(both)
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(4)
            if entry.drawn != "words":
                row.addWidget(_Swatch(entry))
            words = theme.label(entry.words, "small")
            row.addWidget(words)
            self._words.append(words)
            flow.addWidget(both)

    def say(self, at: int, words: str) -> None:
        """Change the words of one entry; its place only ever grows, so that nothing trembles."""
        label = self._words[at]
        label.setText(words)
        label.setMinimumWidth(max(label.minimumWidth(), label.sizeHint().width()))

    def said(self) -> list[str]:
        """The words of every entry."""
        return [label.text() for label in self._words]


class _Swatch(QWidget):
    def __init__(self, entry: Entry) -> None:
        super().__init__()
        self._entry = entry
        self.setFixedSize(QSize({"dot": 8, "ramp": 64}.get(entry.drawn, 15), 14))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area, drawn = QRectF(self.rect()), self._entry.drawn
        if drawn == "ramp":
            gradient = QLinearGradient(area.topLeft(), area.topRight())
            colours = ramp()
            for at in (0, 128, 255):
                gradient.setColorAt(at / 255, QColor(*(int(part) for part in colours[at])))
            painter.setPen(QPen(ink("line"), 1))
            painter.setBrush(gradient)
            painter.drawRect(area.adjusted(0.5, 1.5, -0.5, -1.5))
            return
        colour = ink(self._entry.ink)
        middle = area.center().y()
        if drawn == "dot":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawEllipse(QPointF(area.center()), 3.5, 3.5)
            return
        if drawn == "fill":
            faint = QColor(colour)
            faint.setAlphaF(0.22)
            painter.fillRect(area.adjusted(0, 3, 0, 0), faint)
            middle = 3
        style = Qt.PenStyle.CustomDashLine if drawn == "dash" else Qt.PenStyle.SolidLine
        pen = QPen(colour, 2 if drawn == "line" else 1.5, style, Qt.PenCapStyle.FlatCap)
        if drawn == "dash":
            pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.drawLine(QPointF(0, middle), QPointF(area.width(), middle))


def picture_of(data: Mixture, size: QSize, colour: QColor, ratio: float = 1.0) -> QPixmap:
    """Where the data lie: a line of bells, or spots on a plane."""
    picture = QPixmap(size * ratio)
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    width, height = size.width(), size.height()
    if data.dimensions == 1:
        places = np.linspace(-REACH, REACH, width)
        bells = np.exp(-0.5 * ((places[:, None] - np.ravel(data.centres)) / data.deviation) ** 2).sum(axis=1)
        curve = [QPointF(x, 1 + (height - 2) * (1 - y)) for x, y in enumerate(bells / bells.max())]
        painter.drawPolygon([*curve, QPointF(width, height), QPointF(0, height)])
    scale = height / 2 / REACH
    for x, y in data.centres if data.dimensions == 2 else ():
        radius = 1.5 * data.deviation * scale
        painter.drawEllipse(QPointF(width / 2 + x * scale, height / 2 - y * scale), radius, radius)
    painter.end()
    return picture
