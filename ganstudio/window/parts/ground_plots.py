"""The playground's pictures: a game on a line, a game on a plane, and what the discriminator says over the steps.

Blue is data and what the discriminator takes for data, orange is what is made; the two can be told apart by the
colour-blind.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.curve import Curve
from ganstudio.window.parts.legend import Entry, Legend, ink, ramp
from ganstudio.words.playground import REACH, Mixture

if TYPE_CHECKING:  # It comes from the engine, which loads torch.
    from ganstudio.engine.playground import Snapshot


FAINT = 2e-3
"""Density at which the best discriminator's colours are half as strong; where nothing is, nothing is to judge."""


class Plot(pg.PlotWidget):  # type: ignore[misc]  # pyqtgraph has no types.
    """A chart on the page's own ground that does not move, in the theme's colours."""

    def __init__(self, name: str) -> None:
        super().__init__(background=None)
        self.setStyleSheet("background: transparent")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.setMouseEnabled(x=False, y=False)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        # The layout alone says how large it is.
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Ignored)
        self.getAxis("bottom").setHeight(22)
        self._dressed: list[tuple[pg.GraphicsObject, str, float, Qt.PenStyle]] = []

    def wheelEvent(self, event: QEvent) -> None:
        """Leave it to the page."""
        event.ignore()

    def curve(self, name: str, width: float = 1, style: Qt.PenStyle = Qt.PenStyle.SolidLine) -> pg.PlotDataItem:
        """A new line in this ink."""
        line = self.plot(antialias=True)
        self._dressed.append((line, name, width, style))
        return line

    def number(self, side: str, levels: Iterable[float]) -> None:
        """Write these numbers along an axis, and no others."""
        self.getAxis(side).setTicks([[(level, f"{round(level, 3):g}".replace("-", "−")) for level in levels]])

    def mark(self, level: float) -> None:
        """A dashed line across the chart."""
        line = pg.InfiniteLine(level, angle=0)
        self.addItem(line, ignoreBounds=True)
        self._dressed.append((line, "muted", 1, Qt.PenStyle.DashLine))

    def dress(self) -> None:
        """Take the theme's colours."""
        for side in ("left", "bottom", "right"):
            axis = self.getAxis(side)
            axis.setTextPen(ink("muted"))
            axis.setPen(pg.mkPen(ink("line"), width=1))
            axis.setTickFont(self.font())
        for item, name, width, style in self._dressed:
            item.setPen(pg.mkPen(ink(name), width=width, style=style))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "_dressed"):
            self.dress()


class LinePlot(QWidget):
    """A game on a line: densities against the left axis, D against the right one, points as short strokes below."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plot = _Line(self.tr("Densities of data and made points, and what the discriminators say of every place"))
        self.legend = Legend(
            (
                Entry("data", self.tr("Data, p_data(x)"), "fill"),
                Entry("made", self.tr("Made, p_g(x)"), "fill"),
                Entry("discriminator", self.tr("Discriminator, D(x)"), "line"),
                Entry("text", self.tr("Best discriminator, p_data / (p_data + p_g)"), "dash"),
            )
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.legend)
        layout.addWidget(self.plot, 1)

    def set_data(self, data: Mixture) -> None:
        """Make room for these data; empties the plot."""
        self.plot.set_data(data)

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw it."""
        self.plot.show_snapshot(snapshot)


class _Line(Plot):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._top = 1.0
        self.showAxis("right")
        self.getAxis("left").setWidth(48)
        self.getAxis("right").setWidth(48)
        for side in ("left", "right"):
            self.getAxis(side).enableAutoSIPrefix(False)
        self.number("bottom", range(-int(REACH), int(REACH) + 1))
        self.setXRange(-REACH, REACH, padding=0)
        self._half = pg.InfiniteLine(0.5, angle=0)
        self.addItem(self._half, ignoreBounds=True)
        self._dressed.append((self._half, "line", 1, Qt.PenStyle.SolidLine))
        self.density = {name: self.curve(name) for name in ("data", "made")}
        self.points = {name: self.curve(name) for name in ("data", "made")}
        self.best = self.curve("text", 1.5, Qt.PenStyle.DashLine)
        self.judged = self.curve("discriminator", 2)
        self.dress()

    def dress(self) -> None:
        super().dress()
        for side, said in (("left", self.tr("density")), ("right", "D(x)")):
            self.getAxis(side).setLabel(said, color=ink("muted").name())
        for name, line in self.density.items():
            faint = ink(name)
            faint.setAlphaF(0.22)
            line.setBrush(faint)
            line.setFillLevel(0)
        for name, line in self.points.items():
            faint = ink(name)
            faint.setAlphaF(0.5)
            line.setPen(pg.mkPen(faint, width=1))

    def set_data(self, data: Mixture) -> None:
        peak = 0.3989 / data.deviation / len(data.centres)
        # One scale for the whole game: what is made may reach beyond it for a moment, but nothing jumps.
        self._top = 1.4 * peak
        self.setYRange(-0.17 * self._top, 1.04 * self._top, padding=0)
        every = 0.1 if self._top < 0.7 else 0.2
        self.number("left", [every * at for at in range(int(self._top / every) + 1)])
        self.getAxis("right").setTicks(
            [[(share * self._top, said) for share, said in ((0, "0"), (0.5, "½"), (1, "1"))]]
        )
        self._half.setValue(0.5 * self._top)
        for line in (*self.density.values(), *self.points.values(), self.judged, self.best):
            line.setData([], [])

    def show_snapshot(self, snapshot: Snapshot) -> None:
        x = snapshot.places
        self.density["data"].setData(x, snapshot.data_density)
        self.density["made"].setData(x, snapshot.fake_density)
        self.judged.setData(x, snapshot.judged * self._top)
        # Where there is neither, there is nothing to judge.
        there = snapshot.data_density + snapshot.fake_density > 1e-4
        self.best.setData(x, np.where(there, snapshot.best, np.nan) * self._top, connect="finite")
        for name, points, low in (("data", snapshot.real, -0.07), ("made", snapshot.fake, -0.15)):
            ends = np.tile(np.array([low, low + 0.055]) * self._top, len(points))
            self.points[name].setData(np.repeat(points[:, 0], 2), ends, connect="pairs")


class PlanePlot(QWidget):
    """A game on a plane: what the discriminator says of every place with the points on it, and the best one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.discriminator = _Map(self.tr("What the discriminator says of every place, with data and made points"))
        self.best = _Map(self.tr("What the best discriminator would say of every place"))
        self.best.setToolTip(self.tr("Pale where there are neither data nor made points: nothing to judge."))
        self.legend = Legend(
            (
                Entry("data", self.tr("Data, x"), "dot"),
                Entry("made", self.tr("Made, G(z)"), "dot"),
                Entry("", self.tr("0 made, ½ cannot tell, 1 data"), "ramp"),
                Entry("", self.tr("D* = p_data / (p_data + p_g)"), "words"),
            )
        )
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(_Square(self.tr("Discriminator, D(x)"), self.discriminator), 1)
        row.addWidget(_Square(self.tr("Best discriminator, D*(x)"), self.best), 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.legend)
        layout.addLayout(row, 1)

    def set_data(self, data: Mixture) -> None:
        """Empty both."""
        for chart in (self.discriminator, self.best):
            chart.empty()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Draw it."""
        both = snapshot.data_density + snapshot.fake_density
        self.discriminator.show_levels(snapshot.judged)
        self.best.show_levels(snapshot.best, both / (both + FAINT))
        self.discriminator.show_points(snapshot.real, snapshot.fake)


class _Square(QWidget):
    """A title and below it a chart, as large a square as fits, in the middle."""

    def __init__(self, title: str, chart: Plot) -> None:
        super().__init__()
        self._title, self._chart = theme.label(title, "strong"), chart
        for inner in (self._title, chart):
            inner.setParent(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        above = self._title.sizeHint().height() + 4
        side = max(0, min(self.width(), self.height() - above))
        left = (self.width() - side) // 2
        self._title.setGeometry(left, 0, self.width() - left, above - 4)
        self._chart.setGeometry(left, above, side, side)


class _Smooth(pg.ImageItem):  # type: ignore[misc]  # As above.
    """A picture whose pixels run into each other."""

    def paint(self, painter: QPainter, *args: object) -> None:
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        super().paint(painter, *args)


class _Map(Plot):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        for side in ("left", "bottom"):
            self.hideAxis(side)
        self.setRange(xRange=(-REACH, REACH), yRange=(-REACH, REACH), padding=0)
        self._shown: tuple[NDArray[np.float32], NDArray[np.float32] | float] | None = None
        self.levels = _Smooth(axisOrder="row-major")
        self.addItem(self.levels, ignoreBounds=True)
        self.points = {name: pg.ScatterPlotItem(size=5, pen=None) for name in ("data", "made")}
        for item in self.points.values():
            self.addItem(item, ignoreBounds=True)
        self.dress()

    def dress(self) -> None:
        super().dress()
        self.getViewBox().setBorder(pg.mkPen(ink("line"), width=1))
        for name, item in self.points.items():
            item.setBrush(ink(name))
        if self._shown is not None:
            self.show_levels(*self._shown)

    def empty(self) -> None:
        self._shown = None
        self.levels.clear()
        for item in self.points.values():
            item.setData([], [])

    def show_levels(self, levels: NDArray[np.float32], strength: NDArray[np.float32] | float = 1.0) -> None:
        """Colour every place, (R, R) indexed [y, x], by its level from 0 to 1, as strongly as 0 to 1 says."""
        self._shown = (levels, strength)
        tinted = 0.5 + (levels - 0.5) * strength
        self.levels.setImage(ramp()[np.rint(255 * tinted).astype(np.intp)], levels=(0, 255))
        half = REACH / (len(levels) - 1)  # Of a cell, which lies around its place.
        self.levels.setRect(QRectF(-REACH - half, -REACH - half, 2 * (REACH + half), 2 * (REACH + half)))

    def show_points(self, real: NDArray[np.float32], fake: NDArray[np.float32]) -> None:
        self.points["data"].setData(real[:, 0], real[:, 1])
        self.points["made"].setData(fake[:, 0], fake[:, 1])


class StepsPlot(QWidget):
    """Curves over the steps against a level that theory names.

    Args:
        title: What is shown.
        inks: Ink and words of each curve.
        level: The level, and its words.
        reach: Lowest and highest value that can be seen.
        numbers: Values written at the axis.
    """

    def __init__(
        self,
        title: str,
        inks: Sequence[tuple[str, str]],
        level: tuple[float, str],
        reach: tuple[float, float],
        numbers: Sequence[float],
    ) -> None:
        super().__init__()
        self._said = [said for _, said in inks]
        self.plot = Plot(title)
        self.plot.setYRange(*reach, padding=0)
        self.plot.setMinimumHeight(64)
        self.plot.getAxis("left").setWidth(32)
        self.plot.number("left", numbers)
        self.plot.mark(level[0])
        self.lines = [self.plot.curve(name, 1.5) for name, _ in inks]
        self._curves = [Curve() for _ in inks]
        self.legend = Legend((*(Entry(name, said, "line") for name, said in inks), Entry("muted", level[1], "dash")))
        self.plot.dress()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(theme.label(title, "strong"))
        layout.addWidget(self.legend)
        layout.addWidget(self.plot, 1)
        self.clear()

    def clear(self) -> None:
        """Begin at step 0."""
        self._curves = [Curve() for _ in self.lines]
        self.plot.setXRange(0, 100, padding=0)
        for at, line in enumerate(self.lines):
            line.setData([], [])
            self.legend.say(at, self._said[at])

    def add(self, step: int, values: Sequence[float]) -> None:
        """One more point of every curve; `draw` shows it."""
        self._curves = [curve.plus(step, value) for curve, value in zip(self._curves, values, strict=True)]

    def draw(self) -> None:
        """Show what was added."""
        for at, (line, curve) in enumerate(zip(self.lines, self._curves, strict=True)):
            if not curve.size:
                continue
            steps, values = curve.means()
            line.setData(steps, values)
            self.plot.setXRange(0, max(100.0, steps[-1]), padding=0)
            self.legend.say(at, f"{self._said[at]}  {values[-1]:.2f}".replace("-", "−"))
