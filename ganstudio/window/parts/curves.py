"""Curves in one or two charts with a legend, redrawn at most ten times a second."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QColor, QIcon, QPainter, QPalette, QPen, QPixmap
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from ganstudio.window import theme
from ganstudio.window.curve import Curve
from ganstudio.window.parts.chart import Chart, Trace
from ganstudio.window.parts.flow import Flow
from ganstudio.window.parts.terms import Term
from ganstudio.window.smoothing import reach, smoothed

REDRAW_MS = 100
LEAST_WIDTH = 128
"""Pixels that a line is drawn for at least: before it is shown, a chart has nearly none."""

THICKNESS = 1.6
FAINT = 60
"""Opacity of 255 of the curve below its running mean."""


@dataclass(slots=True)
class _Line:
    term: Term
    button: QPushButton
    raw: Trace
    smooth: Trace
    curve: Curve
    drawn: Curve | None = None
    width: int = 0


class CurvesView(QWidget):
    """The curves with their legend, smoothing, logarithmic scale and readout.

    Args:
        titles: One for each chart; an empty one takes no room.
        sparse: Few values: each is a dot, and nothing is smoothed.
        controls: Whether there are controls for smoothing and scale below.
        ground: The theme's colour that they lie on.
        parent: Qt's parent.
    """

    def __init__(
        self,
        titles: Sequence[str],
        *,
        sparse: bool = False,
        controls: bool = True,
        ground: str = "window",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._lines: dict[str, _Line] = {}
        self._sparse = sparse
        self._controlled = controls and not sparse
        self._marks: dict[int, str] = {}
        self._charts = [self._chart(title, ground) for title in titles]
        self._span: tuple[float, float] | None = None
        self._legends = [QWidget() for _ in titles]
        self._titles = [theme.label(title, "strong") for title in titles]
        self._flows = [Flow(legend, spacing=4) for legend in self._legends]
        self.placeholder = theme.label("", "muted", wrap=True)
        self.placeholder.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.smoothing = QSlider(Qt.Orientation.Horizontal)
        self.smoothing.setRange(0, 100)
        self.smoothing.setValue(0 if sparse else 30)
        self.smoothing.setAccessibleName(self.tr("Smoothing"))
        self.smoothing.setToolTip(
            self.tr("Draw a running mean over the curves; the curves themselves stay faint below")
        )
        self.logarithmic = QPushButton(self.tr("Log scale"))
        self.logarithmic.setProperty("role", "chip")
        self.logarithmic.setCheckable(True)
        self.logarithmic.setToolTip(self.tr("Show small values larger"))
        self.whole = QPushButton(self.tr("All steps"))
        self.whole.setProperty("role", "chip")
        self.whole.setToolTip(self.tr("Show the whole training again. A double click on a chart does the same"))
        self.whole.clicked.connect(lambda _: self.show_span())
        self.whole.hide()
        self.readout = QLabel()
        self.readout.setTextFormat(Qt.TextFormat.PlainText)
        self.readout.setWordWrap(True)
        self.readout.setMinimumHeight((2 if self._controlled else 1) * self.fontMetrics().height() + 4)
        self._layout()
        self.smoothing.valueChanged.connect(self._redraw_all)
        self.logarithmic.toggled.connect(self._scale)
        self._timer = QTimer(self, interval=REDRAW_MS)
        self._timer.timeout.connect(self.redraw)
        self._dress()
        self._read(None)
        self._show_charts()

    def set_lines(self, lines: Mapping[str, tuple[Term, Curve]]) -> None:
        """Show these curves, each under a key of its own, from the next redraw on."""
        for name in [name for name in self._lines if name not in lines]:
            self._remove(name)
        if not lines and self._span is not None:
            self.show_span()
        for name, (term, curve) in lines.items():
            if name in self._lines and self._lines[name].term != term:
                self._remove(name)
            if name not in self._lines:
                self._add(name, term, curve)
            self._lines[name].curve = curve

    @Slot()
    def show_span(self, span: tuple[float, float] | None = None) -> None:
        """Look closer at these steps, the first and the last; None shows all, and so does less than a step."""
        ends = [line.curve.steps[[0, -1]] for line in self._lines.values() if line.curve.size]
        if span is not None and ends:
            span = max(span[0], float(np.min(ends))), min(span[1], float(np.max(ends)))
        self._span = span = span if span is not None and span[1] - span[0] >= 1 else None
        self.whole.setVisible(span is not None)
        self._read(None)  # Another step is below the pointer now.
        self._redraw_all()

    def set_marks(self, marks: Mapping[int, str]) -> None:
        """Mark these steps in all charts, each with a word."""
        if dict(marks) == self._marks:
            return
        self._marks = dict(marks)
        for chart in self._charts:
            chart.marks = self._marks
            chart.refresh()

    @Slot()
    def redraw(self) -> None:
        """Draw what has changed since the last redraw."""
        stale = [
            line
            for line in self._lines.values()
            if line.button.isChecked() and (line.drawn is not line.curve or line.width != self._width(line))
        ]
        for line in stale:
            self._draw(line)
        if stale:
            self._refresh()

    def shown(self, name: str) -> tuple[list[float], list[float]]:
        """Steps and values of the smooth line drawn for a term, for tests."""
        drawn = self._lines[name].smooth
        return drawn.steps.tolist(), drawn.values.tolist()

    def button(self, name: str) -> QPushButton:
        """The legend's button of a term, which hides and shows its curve."""
        return self._lines[name].button

    def showEvent(self, event: QEvent) -> None:
        """Draw while visible."""
        super().showEvent(event)  # type: ignore[arg-type]
        self.redraw()
        self._timer.start()

    def hideEvent(self, event: QEvent) -> None:
        """Draw nothing while hidden."""
        super().hideEvent(event)  # type: ignore[arg-type]
        self._timer.stop()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_timer"):
            self._dress()

    def _chart(self, title: str, ground: str) -> Chart:
        chart = Chart(title, ground)
        chart.pointed.connect(self._read)
        chart.spanned.connect(lambda first, last: self.show_span((first, last)))
        chart.widened.connect(self.show_span)
        return chart

    def _layout(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.placeholder, 1)
        for title, legend, chart in zip(self._titles, self._legends, self._charts, strict=True):
            layout.addWidget(title)
            layout.addWidget(legend)
            layout.addWidget(chart, 1)
        below = QHBoxLayout()
        below.addWidget(self.readout, 1)
        below.addWidget(self.whole, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(below)
        self._controls = QWidget()
        self._controls.setVisible(self._controlled)
        controls = QGridLayout(self._controls)
        controls.setContentsMargins(0, 0, 0, 0)
        controls.setHorizontalSpacing(8)
        label = theme.label(self.tr("Smoothing"))
        label.setBuddy(self.smoothing)
        controls.addWidget(label, 0, 0)
        controls.addWidget(self.smoothing, 0, 1)
        controls.addWidget(self.logarithmic, 0, 2)
        controls.setColumnStretch(1, 1)
        layout.addWidget(self._controls)

    def _add(self, name: str, term: Term, curve: Curve) -> None:
        button = QPushButton(term.name)
        button.setProperty("role", "chip")
        button.setToolTip(theme.tip(term.help))
        button.setCheckable(True)
        button.setChecked(term.first)
        button.setAccessibleName(self.tr("Show the curve {}").format(term.name))
        chart = self._charts[term.chart]
        line = _Line(term, button, Trace(), Trace(dotted=self._sparse), curve)
        chart.traces += [line.raw, line.smooth]
        button.toggled.connect(lambda _: self._switch(name))
        self._flows[term.chart].addWidget(button)
        self._lines[name] = line
        self._switch(name)
        self._show_charts()

    def _remove(self, name: str) -> None:
        line = self._lines.pop(name)
        chart = self._charts[line.term.chart]
        chart.traces = [trace for trace in chart.traces if trace is not line.raw and trace is not line.smooth]
        line.button.hide()
        line.button.deleteLater()
        self._show_charts()
        self._refresh()

    def _show_charts(self) -> None:
        used = {line.term.chart for line in self._lines.values()}
        for index, (title, legend, chart) in enumerate(zip(self._titles, self._legends, self._charts, strict=True)):
            title.setVisible(index in used and bool(title.text()))
            legend.setVisible(index in used)
            chart.setVisible(index in used)
            # The steps stand once, below all charts.
            chart.numbered = index == max(used, default=0)
        self.placeholder.setVisible(not used)
        self.readout.setVisible(bool(used))
        self._controls.setVisible(bool(used) and self._controlled)

    def _switch(self, name: str) -> None:
        line = self._lines[name]
        line.raw.shown = line.smooth.shown = line.button.isChecked()
        self._colour(line)
        if line.raw.shown:
            self._draw(line)
        self._refresh()

    @Slot()
    def _redraw_all(self) -> None:
        for line in self._lines.values():
            line.drawn = None
        self.redraw()

    @Slot(bool)
    def _scale(self, logarithmic: bool) -> None:
        for chart in self._charts:
            chart.logarithmic = logarithmic
            chart.refresh()

    def _draw(self, line: _Line) -> None:
        line.drawn, line.width = line.curve, self._width(line)
        curve, span = line.curve, self._span
        if not curve.size:
            return
        first, last = span or (curve.steps[0], curve.steps[-1])
        far = reach(first, last, self.smoothing.value() / 100)
        # What lies beyond the edge has its part in the running mean at it.
        wide = span and (span[0] - 3 * far, span[1] + 3 * far)
        means = curve.means(wide, line.width)
        # Several blocks for each column of pixels, so that each shows the lowest and the highest of its own.
        line.raw.steps, line.raw.values = curve.points(span, 4 * line.width)
        line.smooth.steps, line.smooth.values = means.steps, smoothed(means, far)

    def _refresh(self) -> None:
        """Show what was drawn at the same steps in all charts."""
        span = self._span
        if span is None:
            ends = [line.raw.steps[[0, -1]] for line in self._lines.values() if line.raw.shown and len(line.raw.steps)]
            span = (float(np.min(ends)), float(np.max(ends))) if ends else (0.0, 1.0)
        for chart in self._charts:
            chart.span = span if span[1] > span[0] else (span[0] - 0.5, span[0] + 0.5)
            chart.refresh()

    def _width(self, line: _Line) -> int:
        chart = self._charts[line.term.chart]
        return max(LEAST_WIDTH, int(chart.area.width() * chart.devicePixelRatio()))

    @Slot(object)
    def _read(self, x: float | None) -> None:
        shown = [line for line in self._lines.values() if line.button.isChecked() and line.curve.size]
        if x is None or not shown:
            for chart in self._charts:
                chart.set_cross(None)
            self.readout.setText(self.tr("Point at a curve to read its values. Drag to look closer."))
            return
        means = [line.curve.means(self._span, line.width) for line in shown]
        step = means[0].nearest(x).step
        for chart in self._charts:
            chart.set_cross(step)
        values = [f"{line.term.name} {mean.nearest(step).value:.3g}" for line, mean in zip(shown, means, strict=True)]
        self.readout.setText(f"Step {step:,}:  " + ",  ".join(values))

    def _is_dark(self) -> bool:
        return self.palette().color(QPalette.ColorRole.Base).lightness() < 128

    def _dress(self) -> None:
        for line in self._lines.values():
            self._colour(line)

    def _colour(self, line: _Line) -> None:
        colour = QColor(line.term.dark if self._is_dark() else line.term.light)
        faint = QColor(colour)
        faint.setAlpha(FAINT)
        line.raw.pen, line.smooth.pen = _pen(faint, 1), _pen(colour, THICKNESS)
        line.button.setIcon(_swatch(colour, filled=line.button.isChecked()))


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(colour, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _swatch(colour: QColor, *, filled: bool) -> QIcon:
    pixmap = QPixmap(24, 24)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colour, 3))
    painter.setBrush(colour if filled else Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(4, 4, 16, 16, 4, 4)
    painter.end()
    return QIcon(pixmap)
