"""All trainings of the project: a table, their curves over each other, the queue, and what can be done with each."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import send2trash
from PySide6.QtCore import QPoint, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QInputDialog,
    QMenu,
    QMessageBox,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from ganstudio.runs.heartbeat import trained_by
from ganstudio.runs.run import Run
from ganstudio.runs.title import entitle, title
from ganstudio.window import theme, words
from ganstudio.window.curve import Curve
from ganstudio.window.pages.train_longer import Longer
from ganstudio.window.parts.buttons import button, icon_button
from ganstudio.window.parts.curves import CurvesView
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.window.parts.runs_table import RunsTable
from ganstudio.window.parts.terms import Term, numbered, term_of
from ganstudio.window.parts.waiting_list import WaitingList
from ganstudio.window.studio import Studio
from ganstudio.window.summaries import Summary, spare, summaries
from ganstudio.words.events import Failed
from ganstudio.words.recipe import Recipe

_MOST_CURVES = 9
_SOON_MS = 200
_FIGURES = ("distance", "faithfulness")


class TrainRuns(QWidget):
    """What was trained here, and what waits to be.

    Signals:
        opened: Show this run.
        again_wanted: Set up a new training by this recipe.
    """

    opened = Signal(object)
    again_wanted = Signal(object)

    def __init__(self, studio: Studio, longer: Longer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._looking: int | None = None
        self._there = 0
        self._longer = longer
        self._found: dict[Path, Summary] = {}
        self._soon = QTimer(self, singleShot=True, interval=_SOON_MS)
        self.summary = theme.label("", "muted")
        self.waiting = WaitingList()
        self.table = RunsTable()
        self.curves = CurvesView(("",), controls=False)
        self.curves.placeholder.setText(self.tr("Choose one or more trainings to see their curves over each other."))
        self.what = QuietChoice()
        self.what.setAccessibleName(self.tr("Which curve"))
        self._layout()
        self._connect()

    def showEvent(self, event: QShowEvent) -> None:
        """Look anew."""
        super().showEvent(event)
        self.look()

    @Slot()
    def look(self) -> None:
        """Look at all runs of the project in the background."""
        project = self._studio.project
        runs = [run.path for run in project.runs()] if project is not None else []
        self._found = {path: known for path, known in self._found.items() if path in runs}
        self._there = len(runs)
        if self.isVisible():
            if self._looking is not None:
                self._studio.reader.cancel(self._looking)
            self._looking = self._studio.reader.begin(lambda: summaries(runs))
        self._tell()

    # What can be done

    @Slot()
    def open_chosen(self) -> None:
        """Show the first chosen run."""
        if chosen := self.table.chosen:
            self.opened.emit(chosen[0])

    @Slot()
    def again(self) -> None:
        """Set up a new training like the chosen one."""
        if (recipe := self._recipe()) is not None:
            self.again_wanted.emit(recipe)

    @Slot()
    def longer(self) -> None:
        """Go on from the chosen run in a new one."""
        for path in self.table.chosen[:1]:
            self._longer.ask(path, self._found[path].screen.step)

    @Slot()
    def rename(self) -> None:
        """Ask for a name for the chosen run."""
        for path in self.table.chosen[:1]:
            before = title(path)
            name, agreed = QInputDialog.getText(self, self.tr("Rename"), self.tr("New name"), text=before)
            if agreed and name != before:
                self._do(lambda path=path, name=name: entitle(path, name))  # type: ignore[misc]

    @Slot()
    def free(self) -> None:
        """Ask, and delete old saves of the chosen runs."""
        spared = [found for path in self._idle() for found in [spare(Run(path))] if found[0]]
        if not spared:
            self._studio.say(
                self.tr("There is nothing to free up: only the newest, the best and the named saves stay.")
            )
            return
        size = words.file_size(sum(taken for _, taken in spared))
        self._ask(
            self.tr("Free up {}?").format(size),
            self.tr("Old saves go. The newest, the best and those with a name stay, and so does the model."),
            self.tr("Free up"),
            lambda: _unlink(file for files, _ in spared for file in files),
        )

    @Slot()
    def delete(self) -> None:
        """Ask, and move the chosen runs to the system's trash."""
        paths = self._idle()
        if not paths:
            return
        one = self.tr('Move "{}" to the trash?').format(title(paths[0]))
        self._ask(
            one if len(paths) == 1 else self.tr("Move {} trainings to the trash?").format(len(paths)),
            self.tr("Model, saves and samples go. The trash gives them back."),
            self.tr("Move to trash"),
            lambda: [send2trash.send2trash(path) for path in paths],
        )

    def _idle(self) -> list[Path]:
        """The chosen runs that nobody trains."""
        training = self._studio.training
        busy = [path for path in self.table.chosen if (training and training.run == path) or trained_by(Run(path))]
        if busy:
            self._studio.say(self.tr("{} is training. Stop it first.").format(title(busy[0])), fault=True)
        return [path for path in self.table.chosen if path not in busy]

    def _recipe(self) -> Recipe | None:
        chosen = self.table.chosen
        try:
            return Run(chosen[0]).recipe() if chosen else None
        except ValueError as error:
            self._studio.say(str(error), fault=True)
            return None

    def _ask(self, question: str, more: str, yes: str, deed: Callable[[], object]) -> None:
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(question)
        box.setInformativeText(more)
        box.addButton(yes, QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.accepted.connect(lambda: self._do(deed))
        box.open()

    def _do(self, deed: Callable[[], object]) -> None:
        try:
            deed()
        except (OSError, ValueError) as error:
            self._studio.say(str(error), fault=True)
        self._studio.runs_changed.emit()

    # What is seen

    def _tell(self) -> None:
        training = self._studio.training
        waiting = self._studio.queue.runs
        titles = {card.key: card.title for card in self._studio.catalogue}
        found = list(self._found.values())
        self.table.show_summaries(found, titles, training.run if training else None, waiting)
        self.waiting.show_runs(waiting, training=training is not None)
        size = words.file_size(sum(summary.file_bytes for summary in found))
        number = self.tr("1 training") if len(found) == 1 else self.tr("{} trainings").format(len(found))
        if self._looking is not None and len(found) < self._there:  # Long histories take a while the first time.
            number = self.tr("{} of {} trainings so far").format(len(found), self._there)
        self.summary.setText(f"{number}  ·  {size}")
        self._show_choice()

    @Slot()
    def _show_choice(self) -> None:
        chosen = [self._found[path] for path in self.table.chosen if path in self._found]
        for control in self._one:
            control.setEnabled(len(chosen) == 1)
        for control in self._some:
            control.setEnabled(bool(chosen))
        self._fill_what(chosen)
        self._draw()

    def _fill_what(self, chosen: list[Summary]) -> None:
        """The curves that the chosen runs have, quality first."""
        before = self.what.currentData()
        known: dict[str, str] = {}
        for summary in chosen:
            for figure in _FIGURES:
                if figure in summary.screen.quality.figures:
                    known[f"quality/{figure}"] = (
                        self.tr("Distance to the real ones") if figure == "distance" else self.tr("Faithfulness")
                    )
            for name in summary.screen.curves:
                known[f"losses/{name}"] = self.tr("Loss: {}").format(term_of(name).name)
        order = sorted(known, key=lambda key: (not key.startswith("quality"), list(known).index(key)))
        self.what.blockSignals(True)
        self.what.clear()
        for key in order:
            self.what.addItem(known[key], key)
        self.what.setCurrentIndex(max(0, self.what.findData(before)))
        self.what.setVisible(bool(known))
        self.what.blockSignals(False)

    @Slot()
    def _draw(self) -> None:
        kind, _, name = str(self.what.currentData() or "").partition("/")
        lines: dict[str, tuple[Term, Curve]] = {}
        for path in self.table.chosen:
            summary = self._found.get(path)
            if summary is None or len(lines) == _MOST_CURVES:
                continue
            if kind == "quality":
                curve = next(iter(summary.screen.quality.figures.get(name, {}).values()), None)
            else:
                curve = summary.screen.curves.get(name)
            if curve is not None:
                lines[str(path)] = (numbered(summary.title, str(path), len(lines)), curve)
        self.curves.set_lines(lines)

    # What happens elsewhere

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if job == self._looking and isinstance(event, Summary):
            self._found[event.path] = event
            if not self._soon.isActive():  # Long histories are read one after the other; the first need not wait.
                self._soon.start()

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job != self._looking:
            return
        self._looking = None
        self._soon.stop()
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        self._tell()
        if not self.table.chosen:
            self.table.choose_first()

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for text, deed, single in (
            (self.tr("Open"), self.open_chosen, True),
            (self.tr("New training from this"), self.again, True),
            (self.tr("Train longer…"), self.longer, True),
            (self.tr("Rename…\tF2"), self.rename, True),
            (self.tr("Free up space…"), self.free, False),
            (self.tr("Delete…\tDel"), self.delete, False),
        ):
            count = len(self.table.chosen)
            menu.addAction(text, deed).setEnabled(count == 1 if single else count > 0)
        menu.popup(at)

    def _connect(self) -> None:
        studio = self._studio
        self._soon.timeout.connect(self._tell)
        studio.reader.happened.connect(self._happened)
        studio.reader.ended.connect(self._ended)
        studio.runs_changed.connect(self.look)
        studio.training_changed.connect(self.look)
        studio.queue.changed.connect(self._tell)
        studio.catalogue_ready.connect(self._tell)
        self.table.opened.connect(self.opened)
        self.table.asked.connect(self._menu)
        self.table.itemSelectionChanged.connect(self._show_choice)
        self.what.activated.connect(self._draw)
        self.waiting.moved.connect(studio.queue.move)
        self.waiting.removed.connect(studio.queue.remove)
        self.waiting.begin_wanted.connect(studio.queue.begin_next)
        inside = Qt.ShortcutContext.WidgetWithChildrenShortcut
        for keys, deed in (("F2", self.rename), ("Delete", self.delete)):
            QShortcut(QKeySequence(keys), self.table, deed, inside)

    def _layout(self) -> None:
        self.open = QPushButton(self.tr("Open"))
        self.open.setProperty("role", "primary")
        self.open.clicked.connect(self.open_chosen)
        new = button(self.tr("New from this"), "copy", self.again)
        new.setToolTip(self.tr("Set up a new training with the same choices"))
        more = button(self.tr("Train longer"), "refresh", self.longer)
        more.setToolTip(self.tr("Go on from here in a new training with more steps"))
        others = icon_button(self.tr("More to do with the chosen ones"), "more")
        others.clicked.connect(lambda: self._menu(others.mapToGlobal(others.rect().bottomLeft())))
        self._one, self._some = (self.open, new, more), (others,)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.summary, 1)
        for control in (others, more, new, self.open):
            row.addWidget(control)
        below = QWidget()
        column = QVBoxLayout(below)
        column.setContentsMargins(0, 8, 0, 0)
        column.setSpacing(8)
        self.what.setMinimumWidth(240)
        column.addWidget(self.what, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.curves, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(below)
        split.setSizes([260, 360])
        split.setStretchFactor(1, 1)  # A longer table can be scrolled, a lower curve cannot be read.
        self.table.setMinimumHeight(132)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addLayout(row)
        layout.addWidget(self.waiting)
        layout.addWidget(split, 1)


def _unlink(files: Iterable[Path]) -> None:
    for file in files:
        file.unlink(missing_ok=True)
