"""The timeline: one tick for each moment at which sample pictures were made; drag or use the arrow keys to go back."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal, Slot
from PySide6.QtGui import QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QAbstractSlider, QHBoxLayout, QPushButton, QToolTip, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.elided import Elided

_EDGE = 10.0
_KNOB = 7.0
_SIGN = 4.0
_NEAR = 6.0
_COLOURS: Mapping[str, str] = {"save": "muted", "best": "good", "named": "accent", "return": "caution"}


def ago(seconds: float) -> str:
    """How long ago: "just now", "12 min ago", "3 h ago", "2 days ago"."""
    if seconds < 45:
        return "just now"
    if seconds < 90 * 60:
        return f"{max(1, round(seconds / 60))} min ago"
    if seconds < 36 * 3600:
        return f"{round(seconds / 3600)} h ago"
    return f"{round(seconds / 86400)} days ago"


@dataclass(frozen=True, slots=True)
class Mark:
    """A moment that means something, above the line.

    Attributes:
        step: When.
        kind: What it is; a save is a small dot, the best a diamond, a named one a flag, a return an arrow back.
        text: For the tool tip.
    """

    step: int
    kind: Literal["save", "best", "named", "return"]
    text: str


class Track(QAbstractSlider):
    """The line with its ticks. A slider over the samples, so that keys and screen readers work as for any slider."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumHeight(36)
        self.setAccessibleName(self.tr("Timeline of the samples"))
        self._steps: tuple[int, ...] = ()
        self._marks: tuple[Mark, ...] = ()

    def set_steps(self, steps: Sequence[int]) -> None:
        """Show one tick for each of these steps."""
        self._steps = tuple(steps)
        self.setRange(0, max(0, len(steps) - 1))
        self.setPageStep(max(1, len(steps) // 10))
        self.update()

    def set_marks(self, marks: Sequence[Mark]) -> None:
        """Show these marks; the last ones are painted over the others."""
        if tuple(marks) != self._marks:
            self._marks = tuple(marks)
            self.update()

    def x_of(self, index: int) -> float:
        """Where a tick stands."""
        return self.x_at(self._steps[index])

    def x_at(self, step: int) -> float:
        """Where a step lies; before the first tick and after the last one there is no room."""
        first, last = self._steps[0], self._steps[-1]
        share = (step - first) / (last - first) if last > first else 1.0
        return _EDGE + min(1.0, max(0.0, share)) * (self.width() - 2 * _EDGE)

    def mark_at(self, at: QPointF) -> Mark | None:
        """The mark under a point."""
        if not self._steps or at.y() > self.height() / 2:
            return None
        near = [mark for mark in self._marks if abs(self.x_at(mark.step) - at.x()) <= _NEAR]
        return near[-1] if near else None

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the line, the ticks, the marks and the knob."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette, y = self.palette(), self.height() / 2 + 2
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
                painter.drawLine(QPointF(x, y + 6), QPointF(x, y + 11))
                drawn = x
        painter.setPen(Qt.PenStyle.NoPen)
        for mark in self._marks:
            painter.setBrush(theme.colour(_COLOURS[mark.kind]))
            self._paint_mark(painter, mark, QPointF(self.x_at(mark.step), y - _KNOB - _SIGN))
        if self.hasFocus():
            painter.setPen(QPen(palette.highlight().color(), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(here, y), _KNOB + 3, _KNOB + 3)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(palette.highlight())
        painter.drawEllipse(QPointF(here, y), _KNOB, _KNOB)

    @staticmethod
    def _paint_mark(painter: QPainter, mark: Mark, at: QPointF) -> None:
        side = _SIGN
        corners: tuple[tuple[float, float], ...] = ()
        match mark.kind:
            case "save":
                painter.drawEllipse(at, 1.5, 1.5)
                return
            case "best":
                corners = ((0, -side), (side, 0), (0, side), (-side, 0))
            case "named":
                corners = ((-1, side), (-1, -side), (side + 2, -side / 2), (1, 0), (1, side))
            case "return":
                corners = ((-side, 0), (side - 1, -side), (side - 1, side))
        painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in corners]))

    def event(self, event: QEvent) -> bool:
        """Say what a mark means."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            mark = self.mark_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), theme.tip(mark.text) if mark else "", self)
            return True
        return super().event(event)

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

    def nearest(self, step: int) -> int:
        """Index of the tick nearest to a step."""
        return min(range(len(self._steps)), key=lambda index: abs(self._steps[index] - step))

    def _go(self, x: float) -> None:
        if self._steps:
            nearest = min(range(len(self._steps)), key=lambda index: abs(self.x_of(index) - x))
            self.setSliderPosition(nearest)
            self.setValue(nearest)

    def tick_rect(self, index: int) -> QRectF:
        """Around a tick, for clicks in tests."""
        return QRectF(self.x_of(index) - 2, self.height() / 2 - 2, 4, 4)


class Timeline(QWidget):
    """The track, a label that says where it stands, and the ways to the best and to the newest samples.

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
        self._best: int | None = None
        self._live = True
        self.track = Track()
        self.label = Elided()
        self.newest = self._chip(self.tr("Newest"), self.tr("Follow the newest samples again"), self.go_live)
        self.best = self._chip(self.tr("Best"), "", self.go_to_best)
        self.newest.setEnabled(False)
        self.best.hide()
        self.tools = QHBoxLayout()
        self.tools.setSpacing(8)
        self.tools.addWidget(self.label, 1)
        self.tools.addWidget(self.best)
        self.tools.addWidget(self.newest)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.track)
        layout.addLayout(self.tools)
        self.track.valueChanged.connect(self._moved)
        self._tell()

    @property
    def live(self) -> bool:
        """Whether it follows the newest sample."""
        return self._live

    @property
    def index(self) -> int:
        """The chosen sample."""
        return self.track.value()

    @property
    def step(self) -> int | None:
        """Step of the chosen sample; None without any."""
        return self._steps[self.track.value()] if self._steps else None

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

    def set_best(self, step: int | None) -> None:
        """The step with the best pictures so far; None when nobody knows."""
        self._best = step
        self.best.setVisible(step is not None)
        if step is not None:
            self.best.setToolTip(self.tr("Go to the best pictures, of step {}").format(f"{step:,}"))

    def refresh(self) -> None:
        """Tell the time anew."""
        self._tell()

    @Slot()
    def go_live(self) -> None:
        """Follow the newest sample again."""
        self._live = True
        self.track.setValue(max(0, len(self._steps) - 1))
        self._tell()

    @Slot()
    def go_to_best(self) -> None:
        """Show the samples nearest to the best step."""
        if self._best is not None and self._steps:
            self.track.setValue(self.track.nearest(self._best))

    def _chip(self, title: str, tip: str, pressed: Callable[[], object]) -> QPushButton:
        made = QPushButton(title)
        made.setProperty("role", "chip")
        made.setToolTip(tip)
        made.clicked.connect(lambda _=False: pressed())
        return made

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
