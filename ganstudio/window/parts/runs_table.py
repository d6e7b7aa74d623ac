"""All trainings of a project in a table, with the curves of the chosen ones over each other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeWidget, QTreeWidgetItem, QWidget

from ganstudio.window import theme, words
from ganstudio.window.summaries import Summary

_WIDE = 900
"""Pixels that all columns want; below, method, time and size are left out."""

_WIDE_ONLY = (1, 4, 6)
_KEY = Qt.ItemDataRole.UserRole
_SORT = Qt.ItemDataRole.UserRole + 1
_STATES: Mapping[str, tuple[str, str]] = {
    "idle": ("not started", "muted"),
    "training": ("training", "text"),
    "stopped": ("stopped", "caution"),
    "interrupted": ("interrupted", "caution"),
    "finished": ("finished", "good"),
    "failed": ("failed", "bad"),
}


class _Row(QTreeWidgetItem):
    """A row that sorts numbers as numbers."""

    def __lt__(self, other: QTreeWidgetItem) -> bool:
        tree = self.treeWidget()
        column = tree.sortColumn() if tree is not None else 0
        mine, theirs = self.data(column, _SORT), other.data(column, _SORT)
        return bool(mine < theirs)


class RunsTable(QTreeWidget):
    """One line a run. Several can be chosen; Enter or a double click opens one.

    Signals:
        opened: The run of this path is to be shown.
        asked: A context menu is wanted here, in global coordinates.
    """

    opened = Signal(object)
    asked = Signal(QPoint)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "table")
        self.setAccessibleName(self.tr("Trainings of this project"))
        titles = ("Name", "Method", "State", "Steps", "Time", "Best", "Size", "Date")
        self.setHeaderLabels([self.tr(title) for title in titles])
        self.headerItem().setToolTip(5, self.tr("Smallest distance to the real pictures; lower is better"))
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(lambda at: self.asked.emit(self.viewport().mapToGlobal(at)))
        self.header().setStretchLastSection(False)
        self.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.header().setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSortingEnabled(True)
        self.sortByColumn(7, Qt.SortOrder.DescendingOrder)
        self.itemActivated.connect(self._activated)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what matters least where there is little room."""
        super().resizeEvent(event)
        for column in _WIDE_ONLY:
            self.setColumnHidden(column, event.size().width() < _WIDE)

    @property
    def chosen(self) -> list[Path]:
        """The chosen runs, from top to bottom."""
        return [Path(row.data(0, _KEY)) for row in self._rows() if row.isSelected()]

    def choose_first(self) -> None:
        """Choose the top row."""
        for row in self._rows()[:1]:
            self.setCurrentItem(row)

    def show_summaries(
        self, summaries: Sequence[Summary], titles: Mapping[str, str], training: Path | None, queue: Sequence[Path]
    ) -> None:
        """Show these runs.

        Args:
            summaries: What is known of each.
            titles: Method → its name.
            training: The run that trains in this window.
            queue: Runs that wait, the next one first.
        """
        self.setSortingEnabled(False)
        there = {str(summary.path) for summary in summaries}
        for gone in [row for row in self._rows() if row.data(0, _KEY) not in there]:
            self.takeTopLevelItem(self.indexOfTopLevelItem(gone))
        for summary in summaries:
            row = self._row(summary.path)
            if row is None:
                row = _Row()
                row.setData(0, _KEY, str(summary.path))
                self.addTopLevelItem(row)
            self._fill(row, summary, titles.get(summary.method, summary.method), training, queue)
        self.setSortingEnabled(True)
        for column in range(1, self.columnCount()):
            self.resizeColumnToContents(column)

    def _fill(
        self, row: QTreeWidgetItem, summary: Summary, method: str, training: Path | None, queue: Sequence[Path]
    ) -> None:
        screen = summary.screen
        state, ink = self._state(summary, training, queue)
        best = summary.best
        cells: tuple[tuple[str, object], ...] = (
            (summary.title, summary.title.casefold()),
            (method, method.casefold()),
            (state, state),
            (f"{words.count(screen.step)} / {words.count(summary.steps)}", screen.step),
            (words.duration(screen.seconds) if screen.seconds >= 1 else "–", screen.seconds),
            (f"{best:.3g}" if best is not None else "–", best if best is not None else float("inf")),
            (words.file_size(summary.file_bytes), summary.file_bytes),
            (words.date(summary.began), summary.began),
        )
        for column, (text, key) in enumerate(cells):
            row.setText(column, text)
            row.setData(column, _SORT, key)
        row.setForeground(2, theme.colour(ink))
        row.setToolTip(0, theme.tip(str(summary.path)))
        row.setToolTip(2, theme.tip(screen.fault or summary.elsewhere))
        row.setToolTip(5, theme.tip(screen.quality.measure))

    def _state(self, summary: Summary, training: Path | None, queue: Sequence[Path]) -> tuple[str, str]:
        screen = summary.screen
        if summary.path == training:
            return self.tr("training"), "accent"
        if summary.path in queue:
            return self.tr("waits, number {}").format(queue.index(summary.path) + 1), "accent"
        if summary.elsewhere:
            return self.tr("training elsewhere"), "accent"
        word, ink = _STATES[screen.state]
        if screen.state == "interrupted":
            return self.tr("interrupted at step {}").format(words.count(screen.step)), ink
        return self.tr(word), ink

    def _row(self, path: Path) -> QTreeWidgetItem | None:
        return next((row for row in self._rows() if row.data(0, _KEY) == str(path)), None)

    def _rows(self) -> list[QTreeWidgetItem]:
        rows = (self.topLevelItem(row) for row in range(self.topLevelItemCount()))
        return [row for row in rows if row is not None]

    @Slot(QTreeWidgetItem)
    def _activated(self, row: QTreeWidgetItem) -> None:
        self.opened.emit(Path(row.data(0, _KEY)))
