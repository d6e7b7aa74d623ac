"""The timeline: one tick for each moment at which sample pictures were made; drag or use the arrow keys to go back."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QPushButton, QWidget

from ganstudio.window import theme

_EDGE = 10.0
_KNOB = 7.0


def ago(seconds: float) -> str:
    """How long ago: "just now", "12 min ago", "3 h ago", "2 days ago"."""
    if seconds < 45:
        return "just now"
    if seconds < 90 * 60:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 36 * 3600:
        return f"{round(seconds / 3600)} h ago"
    return f"{round(seconds / 86400)} days ago"


class Track(QAbstractSlider):
    """The line with its ticks. A slider over the samples, so that keys and screen readers work as for any slider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(28)
        self.setAccessibleName(self.tr("Timeline of the samples"))
        self._steps: tuple[int, ...] = ()

    def set_steps(self, steps: Sequence[int]) -> None:
        """Show one tick for each of these steps."""
        self._steps = tuple(steps)
        self.setRange(0, max(0, len(steps) - 1))
        self.setPageStep(max(1, len(steps) // 10))
        self.update()

    def x_of(self, index: int) -> float:
        """Where a tick stands."""
        first, last = self._steps[0], self._steps[-1]
        share = (self._steps[index] - first) / (last - first) if last > first else 1.0
        return _EDGE + share * (self.width() - 2 * _EDGE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, the ticks and the knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, y = self.palette(), self.height() / 2
        painter.setPen(QPen(palette.mid().color(), 2, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(_EDGE, y), QPointF(self.width() - _EDGE, y))
        if not self._steps:
            return
        here = self.x_of(self.value())
        painter.setPen(QPen(palette.highlight().color(), 2, c=Qt.PenCapStyle.RoundCap))
        painter.drawLine(QPointF(_EDGE, y), QPointF(here, y))
        painter.setPen(QPen(palette.placeholderText().color(), 1))
        drawn = -10.0
        for index in range(len(self._steps)):
            x = self.x_of(index)
            if x - drawn >= 4:
                painter.drawLine(QPointF(x, y + 5), QPointF(x, y + 10))
                drawn = x
        if self.hasFocus():
            painter.setPen(QPen(palette.highlight().color(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(here, y), _KNOB + 3, _KNOB + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.highlight())
        painter.drawEllipse(QPointF(here, y), _KNOB, _KNOB)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go to the nearest tick."""
        self.setSliderDown(True)
        self._go(event.position().x())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Follow the hand."""
        if self.isSliderDown():
            self._go(event.position().x())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Let go."""
        self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and down change no page's slider here: only left and right step."""
        if event.key() in {Qt.Key.Key_Up, Qt.Key.Key_Down}:
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _go(self, x: float) -> None:
        if self._steps:
            nearest = min(range(len(self._steps)), key=lambda index: abs(self.x_of(index) - x))
            self.setSliderPosition(nearest)
            self.setValue(nearest)

    def tick_rect(self, index: int) -> QRectF:
        """Around a tick, for clicks in tests."""
        return QRectF(self.x_of(index) - 2, self.height() / 2 - 2, 4, 4)


class Timeline(QWidget):
    """The track, a label that says where it stands, and the way back to the newest samples.

    It sticks to the newest sample until someone goes back, and again when they return to the last tick.
    """

    chosen = Signal(int)

    def __init__(self, age: Callable[[int], float | None], parent: QWidget | None = None) -> None:
        """Make an empty one.

        Args:
            age: Seconds since the sample of an index was made; None when unknown.
            parent: Qt's parent.
        """
        super().__init__(parent)
        self._age = age
        self._steps: tuple[int, ...] = ()
        self._live = True
        self.track = Track()
        self.label = theme.label()
        self.label.setMinimumWidth(self.label.fontMetrics().horizontalAdvance("step 888,888, 88 days ago") + 8)
        self.newest = QPushButton(self.tr("Newest"))
        self.newest.setToolTip(self.tr("Follow the newest samples again"))
        self.newest.setEnabled(False)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.label)
        layout.addWidget(self.track, 1)
        layout.addWidget(self.newest)
        self.track.valueChanged.connect(self._moved)
        self.newest.clicked.connect(self.go_live)
        self._tell()

    @property
    def live(self) -> bool:
        """Whether it follows the newest sample."""
        return self._live

    @property
    def index(self) -> int:
        """The chosen sample."""
        return self.track.value()

    def set_steps(self, steps: Sequence[int]) -> None:
        """Show the samples of these steps; while live, the newest is chosen."""
        if tuple(steps) == self._steps:
            return
        live, last = self._live, self.track.value()
        self._steps = tuple(steps)
        self.track.blockSignals(True)  # One signal below tells of the change, whichever way it came.
        self.track.set_steps(steps)
        if live:
            self.track.setValue(len(steps) - 1)
        self.track.blockSignals(False)
        if self._steps and (live or self.track.value() != last):
            self.chosen.emit(self.track.value())
        self._tell()

    def refresh(self) -> None:
        """Tell the time anew."""
        self._tell()

    @Slot()
    def go_live(self) -> None:
        """Follow the newest sample again."""
        self._live = True
        self.track.setValue(max(0, len(self._steps) - 1))
        self._tell()

    @Slot(int)
    def _moved(self, index: int) -> None:
        self._live = index >= len(self._steps) - 1
        self._tell()
        if self._steps:
            self.chosen.emit(index)

    def _tell(self) -> None:
        self.newest.setEnabled(bool(self._steps) and not self._live)
        self.track.setEnabled(len(self._steps) > 1)
        if not self._steps:
            self.label.setText(self.tr("No samples yet"))
            return
        age = self._age(self.track.value())
        when = "" if age is None else f", {ago(age)}"
        self.label.setText(f"step {self._steps[self.track.value()]:,}{when}")
        self.track.setAccessibleDescription(self.label.text())
