"""The curves of one run on one card: the game of discriminator and generator, and how good the pictures became."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ganstudio.window.curve import Curve
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.curves import CurvesView
from ganstudio.window.parts.scroll import scrolling
from ganstudio.window.parts.terms import numbered, terms_of
from ganstudio.window.screen import Quality


class ChartsCard(QFrame):
    """Two tabs of charts, and a menu that writes the curves to files.

    Signals:
        table_wanted: Save the curves as a table.
        tensorboard_wanted: Save the curves for TensorBoard.
    """

    table_wanted = Signal()
    tensorboard_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.losses = CurvesView((self.tr("Discriminator and generator"), self.tr("What is kept")), ground="surface")
        self.expect(more=True)
        titles = (self.tr("Distance to the real ones"), self.tr("Faithfulness"))
        self.quality = CurvesView(titles, sparse=True, ground="surface")
        self.quality.placeholder.setText(
            self.tr("Now and then the training measures how good its pictures are. The first figures take a while.")
        )
        self.tabs: dict[str, QPushButton] = {}
        self._stack = QStackedWidget()
        self._group = QButtonGroup(self)
        self.more = icon_button(self.tr("Save the curves"), "export", side=18)
        self._layout()

    def expect(self, *, more: bool) -> None:
        """Whether steps may still come; said where there are none."""
        said = self.tr("The curves appear here with the first steps.") if more else self.tr("No step was trained.")
        self.losses.placeholder.setText(said)

    def set_curves(self, curves: Mapping[str, Curve]) -> None:
        """Show these loss terms."""
        terms = terms_of(curves)
        self.losses.set_lines({name: (terms[name], curve) for name, curve in curves.items()})

    def set_quality(self, quality: Quality) -> None:
        """Show how good the pictures became, for each route, and mark the best moment."""
        measure = quality.measure or self.tr("distance")
        helps = (
            self.tr("How far the painted pictures are from real ones; lower is better. ({})").format(measure),
            self.tr("How much of the original can still be seen in the painting; higher is better."),
        )
        lines = {}
        for chart, (figure, help_) in enumerate(zip(("distance", "faithfulness"), helps, strict=True)):
            for nth, (route, curve) in enumerate(quality.figures.get(figure, {}).items()):
                lines[f"{figure} {route}"] = (numbered(route, help_, nth, chart), curve)
        self.quality.set_lines(lines)
        self.quality.set_marks({quality.best: self.tr("best")} if quality.best is not None else {})

    def show_tab(self, name: str) -> None:
        """Bring up "losses" or "quality"."""
        self.tabs[name].setChecked(True)
        self._stack.setCurrentWidget(getattr(self, name))

    def _layout(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(4)
        for name, title in (("losses", self.tr("Losses")), ("quality", self.tr("Quality"))):
            tab = QPushButton(title)
            tab.setProperty("role", "chip")
            tab.setCheckable(True)
            tab.clicked.connect(lambda _=False, name=name: self.show_tab(name))
            self._group.addButton(tab)
            self.tabs[name] = tab
            self._stack.addWidget(getattr(self, name))
            row.addWidget(tab)
        row.addStretch(1)
        row.addWidget(self.more)
        menu = QMenu(self.more)
        menu.addAction(self.tr("As a table (CSV)…"), self.table_wanted.emit)
        menu.addAction(self.tr("For TensorBoard…"), self.tensorboard_wanted.emit)
        self.more.setMenu(menu)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 16, 16)
        layout.setSpacing(8)
        layout.addLayout(row)
        # In a low window the charts scroll rather than shrink to lines.
        self._stack.setProperty("role", "scrolled")
        layout.addWidget(scrolling(self._stack), 1)
        self.show_tab("losses")
