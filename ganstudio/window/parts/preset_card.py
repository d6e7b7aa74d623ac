"""Cards to choose one of a few things: a method with its picture, a preset with its time."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.window.theme import label
from ganstudio.words.routes import Needs


class ChoiceCard(QAbstractButton):
    """A card that is chosen by a click, Space or the arrow keys of its group.

    Args:
        title: In bold.
        sentence: What choosing it means.
        picture: Drawn on the left, 72 × 48 pixels.
        parent: Qt's parent.
    """

    def __init__(
        self, title: str, sentence: str, picture: Callable[[], QWidget] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setText(title)
        self.setAccessibleName(title)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._title, self._sentence, self._detail = label(title, "strong"), label("", "muted"), label()
        self._plain_sentence = sentence
        words = QVBoxLayout()
        words.setSpacing(4)
        for line in (self._title, self._sentence, self._detail):
            line.setWordWrap(True)
            line.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            words.addWidget(line)
        words.addStretch(1)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 12)
        layout.setSpacing(16)
        if picture is not None:
            drawn = picture()
            drawn.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(drawn, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        self.set_reason("")
        self.set_detail("")

    @property
    def detail(self) -> str:
        """The last line."""
        return self._detail.text()

    def set_detail(self, text: str) -> None:
        """The last line, such as size, steps and time."""
        self._detail.setText(text)
        self._detail.setVisible(bool(text))
        self._describe()

    def set_sentence(self, sentence: str) -> None:
        """Replace the sentence."""
        self._plain_sentence = sentence
        self._sentence.setText(sentence)
        self._describe()

    def set_reason(self, reason: str) -> None:
        """Why it cannot be chosen; an empty text lets it be chosen."""
        self.setEnabled(not reason)
        self._sentence.setText(reason or self._plain_sentence)
        self._describe()

    def sizeHint(self) -> QSize:
        """As its words need."""
        layout = self.layout()
        assert layout is not None
        return layout.sizeHint()

    def hasHeightForWidth(self) -> bool:
        """Its words wrap."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As its wrapped words need."""
        layout = self.layout()
        assert layout is not None
        return layout.heightForWidth(width)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the card, its border and the ring of the keyboard."""
        palette = self.palette()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground, accent = palette.base().color(), palette.highlight().color()
        if self.isChecked():
            ground = _mixed(ground, accent, 0.10)
        elif self.underMouse() and self.isEnabled():
            ground = _mixed(ground, palette.text().color(), 0.04)
        painter.setBrush(ground)
        painter.setPen(QPen(accent, 2) if self.isChecked() else QPen(palette.mid().color(), 1))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1.5, 1.5, -1.5, -1.5), 8, 8)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(accent, 1, Qt.PenStyle.DotLine))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(4.5, 4.5, -4.5, -4.5), 6, 6)

    def _describe(self) -> None:
        self.setAccessibleDescription(" ".join(filter(None, (self._sentence.text(), self._detail.text()))))


class MethodPicture(QWidget):
    """A small drawing of what a method does, by the folders it needs."""

    def __init__(self, needs: Needs, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._needs = needs
        self.setFixedSize(96, 48)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint two landscapes and an arrow both ways, or a label that becomes a picture."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        if self._needs in {Needs.TWO_FOLDERS, Needs.MANY_FOLDERS}:
            _landscape(painter, QRectF(0, 6, 36, 36), "#8fc7e8", "#5a9e4b", "#f5c542")
            _landscape(painter, QRectF(60, 6, 36, 36), "#c3cfdc", "#eef3f7", "#ffffff")
            self._arrow(painter, 41, 55, 19)
            self._arrow(painter, 55, 41, 29)
            return
        if self._needs is Needs.CLASSES:
            self._tag(painter, QRectF(2, 12, 32, 10), "#d9664f")
            self._tag(painter, QRectF(2, 27, 24, 10), "#4f86d9")
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self.palette().placeholderText())
            for dot in range(20):
                painter.drawEllipse(QPointF(4 + dot * 37 % 28, 8 + dot * 23 % 33), 1.4, 1.4)
        self._arrow(painter, 41, 55, 24)
        _landscape(painter, QRectF(60, 6, 36, 36), "#f3d9b1", "#d9664f", "#7a3b2e")

    def _arrow(self, painter: QPainter, x: float, to: float, y: float) -> None:
        painter.setPen(QPen(self.palette().text().color(), 1.6, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(x, y), QPointF(to, y))
        back = -4 if to > x else 4
        painter.drawPolyline([QPointF(to + back, y - 3.5), QPointF(to, y), QPointF(to + back, y + 3.5)])

    def _tag(self, painter: QPainter, box: QRectF, colour: str) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(colour))
        painter.drawRoundedRect(box, 5, 5)


def _landscape(painter: QPainter, box: QRectF, sky: str, hill: str, sun: str) -> None:
    painter.save()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setClipRect(box)
    painter.fillRect(box, QColor(sky))
    painter.setBrush(QColor(sun))
    painter.drawEllipse(QPointF(box.x() + 26, box.y() + 10), 5, 5)
    painter.setBrush(QColor(hill))
    painter.drawEllipse(QRectF(box.x() - 14, box.y() + 20, 44, 40))
    painter.setBrush(QColor(hill).darker(112))
    painter.drawEllipse(QRectF(box.x() + 14, box.y() + 24, 40, 36))
    painter.restore()


def _mixed(ground: QColor, other: QColor, share: float) -> QColor:
    red, green, blue = (
        round(a + (b - a) * share)
        for a, b in (
            (ground.red(), other.red()),
            (ground.green(), other.green()),
            (ground.blue(), other.blue()),
        )
    )
    return QColor(red, green, blue)
