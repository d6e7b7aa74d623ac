"""Small drawings of what methods do: noise becomes a picture, one kind of picture another, a small one a large one.

Drawn, not loaded, so that they are sharp on every screen and their lines take the colour of the theme.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from ganstudio.window.aims import Aim
from ganstudio.window.parts.sketch import BLUE, DUSK, GREEN, RED, SPRING, SUMMER, WINTER, Sketch

WIDTH, HEIGHT = 96, 48


def _two_way(s: Sketch) -> None:
    s.scene(0, 6, 36)
    s.both_ways(41, 55)
    s.scene(60, 6, 36, WINTER)


def _discogan(s: Sketch) -> None:
    for at, number in ((18.0, 0), (78.0, 1)):
        s.frame(at - 17, 7, 34, 34)
        if number:
            s.painter.setPen(Qt.PenStyle.NoPen)
            s.painter.setBrush(QColor(BLUE))
            s.painter.drawRoundedRect(QRectF(at - 9, 15, 18, 18), 2, 2)
        else:
            s.dot(at, 24, 10, RED)
    s.both_ways(41, 55)


def _dualgan(s: Sketch) -> None:
    s.drawing(0, 6, 36)
    s.both_ways(41, 55)
    s.scene(60, 6, 36)


def _cut(s: Sketch) -> None:
    s.scene(0, 6, 36)
    s.arrow(41, 55)
    s.scene(60, 6, 36, WINTER)
    s.patches(((21, 11), (6, 27), (81, 11), (66, 27)))


def _fastcut(s: Sketch) -> None:
    s.scene(0, 6, 36)
    for x in (42.0, 48.0):
        s.line((x, 18), (x + 6, 24), (x, 30))
    s.scene(60, 6, 36, WINTER)


def _one_way(s: Sketch) -> None:
    s.scene(0, 6, 36)
    s.arrow(41, 55)
    s.scene(60, 6, 36, WINTER)


def _unit(s: Sketch) -> None:
    s.scene(0, 9, 30)
    s.scene(66, 9, 30, WINTER)
    s.line((33, 24), (41, 24))
    s.line((55, 24), (63, 24))
    s.ring(48, 24, 7)
    s.dot(48, 24, 2.5, RED)


def _cogan(s: Sketch) -> None:
    s.noise(0, 11, 26)
    s.arrow(33, 52, 21, 12)
    s.arrow(33, 52, 27, 36)
    s.scene(58, 1, 22)
    s.scene(58, 25, 22, WINTER)
    s.line((84, 14), (88, 14), (88, 34), (84, 34))


def _latent(s: Sketch) -> None:
    s.scene(0, 9, 30)
    s.scene(66, 9, 30, WINTER)
    s.line((33, 24), (39, 24))
    s.line((57, 24), (63, 24))
    for x, y, colour in ((44, 20, RED), (51, 19, BLUE), (47, 25, BLUE), (52, 28, RED), (44, 30, BLUE)):
        s.dot(x, y, 2.1, colour)
    s.ring(48, 24, 10)


def _many_ways(s: Sketch) -> None:
    for x, y in ((34.0, 15.0), (62.0, 15.0), (34.0, 33.0), (62.0, 33.0)):
        s.line((48, 24), (x, y))
    s.scene(10, 1, 22)
    s.scene(64, 1, 22, WINTER)
    s.scene(10, 25, 22, DUSK)
    s.scene(64, 25, 22, SPRING)
    s.dot(48, 24, 5, RED)


def _refine(s: Sketch) -> None:
    for x, real in ((18.0, False), (78.0, True)):
        s.ring(x, 24, 15)
        s.painter.setPen(Qt.PenStyle.NoPen)
        s.painter.setBrush(QColor("#c9a27f") if real else s.faint)
        s.painter.drawEllipse(QPointF(x, 24), 14, 14)
        if real:
            s.painter.setBrush(QColor("#e2c3a5"))
            s.painter.drawEllipse(QPointF(x - 3, 20), 9, 8)
            s.painter.setBrush(QColor("#f5e6d6"))
            s.painter.drawEllipse(QPointF(x - 5, 17), 3.4, 3)
    s.arrow(41, 55)


def _pairs(s: Sketch) -> None:
    s.drawing(6, 8, 32)
    s.arrow(41, 55)
    s.scene(58, 8, 32)
    s.frame(1, 2, 94, 44)


def _light(s: Sketch) -> None:
    s.scene(0, 8, 32)
    for y, left in ((18.0, 38.0), (24.0, 34.0), (30.0, 38.0)):
        s.line((left, y), (54, y))
    s.scene(60, 8, 32, WINTER)


def _gan(s: Sketch) -> None:
    s.noise(0, 8, 32)
    s.arrow(41, 55)
    s.scene(60, 6, 36, DUSK)


def _dcgan(s: Sketch) -> None:
    s.noise(0, 14, 20, 14)
    s.arrow(24, 32)
    s.scene(37, 19, 10, DUSK)
    s.scene(50, 15, 18, DUSK)
    s.scene(71, 11, 25, DUSK)


def _discriminator_only(s: Sketch) -> None:
    s.noise(0, 8, 32)
    s.arrow(41, 55, 30, 18)
    s.scene(60, 8, 32, DUSK)
    s.cross(31, 10)
    s.tick(88, 38)


def _waist(s: Sketch) -> None:
    s.line((38, 10), (45, 20), (51, 20), (58, 10))
    s.line((38, 38), (45, 28), (51, 28), (58, 38))


def _autoencoder(s: Sketch) -> None:
    s.scene(0, 8, 32)
    _waist(s)
    s.scene(64, 8, 32)


def _vae(s: Sketch) -> None:
    s.scene(0, 8, 32)
    s.bell(34, 34, 28, 20)
    s.line((36, 34), (60, 34), faint=True)
    s.scene(64, 8, 32)


def _vae_gan(s: Sketch) -> None:
    _vae(s)
    s.tick(88, 38)


def _labels(s: Sketch) -> None:
    s.tag(0, 8, 34, GREEN)
    s.tag(0, 20, 24, RED)
    s.tag(0, 32, 30, BLUE)
    s.arrow(41, 55)
    s.scene(60, 6, 36, DUSK)


def _text(s: Sketch) -> None:
    for y, width in ((13, 32), (20, 26), (27, 32), (34, 17)):
        s.line((1, y), (1 + width, y))
    s.arrow(41, 55)
    s.scene(60, 6, 36, DUSK)


def _enlarge(s: Sketch) -> None:
    s.squares(4, 14, 20)
    s.arrow(29, 43)
    s.scene(48, 0, 48)


def _few_labels(s: Sketch) -> None:
    for row in range(3):
        for column in range(4):
            s.scene(1 + 15 * column, 2 + 15 * row, 12, (SUMMER, WINTER, DUSK)[(row + column) % 3])
    s.arrow(64, 74)
    s.tag(78, 5, 18, GREEN)
    s.tag(78, 19, 14, BLUE)
    s.tag(78, 33, 17, RED)


def _clusters(s: Sketch) -> None:
    spots = ((-6, -5), (0, -8), (6, -3), (-3, 1), (3, 4), (-7, 5))
    for x, y, colour in ((20, 17, GREEN), (48, 31, BLUE), (76, 17, RED)):
        for across, down in spots:
            s.dot(x + across, y + down, 2.2, colour)
        s.ring(x, y, 13)


_BY_AIM: dict[Aim, Callable[[Sketch], None]] = {
    Aim.TRANSLATE: _one_way,
    Aim.PAIRS: _pairs,
    Aim.GENERATE: _gan,
    Aim.ASK: _labels,
    Aim.ENLARGE: _enlarge,
    Aim.CLASSIFY: _few_labels,
}
DRAWINGS: dict[str, Callable[[Sketch], None]] = {
    "cyclegan": _two_way,
    "discogan": _discogan,
    "dualgan": _dualgan,
    "cut": _cut,
    "fastcut": _fastcut,
    "unit": _unit,
    "cogan": _cogan,
    "xgan": _latent,
    "combogan": _many_ways,
    "simgan": _refine,
    "pix2pix": _pairs,
    "light": _light,
    "gan": _gan,
    "dcgan": _dcgan,
    "discriminator-only": _discriminator_only,
    "autoencoder": _autoencoder,
    "vae": _vae,
    "vae-gan": _vae_gan,
    "conditional-gan": _labels,
    "text-gan": _text,
    "srgan": _enlarge,
    "semi-supervised-gan": _few_labels,
    "catgan": _clusters,
}


class MethodPicture(QWidget):
    """The drawing of one method, or of what it is for.

    Args:
        method: Its key.
        aim: Drawn when the method has no drawing of its own.
        scale: Pixels per unit of the 96 × 48 drawing.
        parent: Qt's parent.
    """

    def __init__(self, method: str, aim: Aim, scale: float = 1.0, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._draw = DRAWINGS.get(method, _BY_AIM[aim])
        self.setFixedSize(round(WIDTH * scale), round(HEIGHT * scale))

    def show_method(self, method: str, aim: Aim) -> None:
        """Draw another one."""
        self._draw = DRAWINGS.get(method, _BY_AIM[aim])
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it, faint when it cannot be chosen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.scale(self._scale, self._scale)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        palette = self.palette()
        group = palette.ColorGroup.Active
        ink = palette.color(group, palette.ColorRole.Text)
        self._draw(Sketch(painter, ink, palette.color(group, palette.ColorRole.PlaceholderText)))
