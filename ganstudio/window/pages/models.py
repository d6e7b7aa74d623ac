"""Models: what was trained in this project, and what to do with it."""

from __future__ import annotations

from pathlib import Path

import send2trash
from PySide6.QtCore import Qt, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QInputDialog,
    QMessageBox,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from ganstudio.runs import model
from ganstudio.runs.title import entitle
from ganstudio.window import jobs, theme, words
from ganstudio.window.pages.model_details import ModelDetails
from ganstudio.window.parts.card import Card
from ganstudio.window.parts.drop_zone import DropZone
from ganstudio.window.parts.export_dialog import ExportDialog
from ganstudio.window.parts.flow import Flow
from ganstudio.window.parts.scroll import scrolling
from ganstudio.window.places import newest_sheet
from ganstudio.window.studio import Studio
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Failed, Progress, Saved

FORBIDDEN = frozenset('/\\:*?"<>|')
"""What some system allows in no file name."""


class ModelsPage(QWidget):
    """Cards of the project's models on the left, the chosen one's details on the right."""

    chosen = Signal(object)

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._thumbnails = Thumbnails(360, self, crop=False)
        self._exporting: int | None = None
        self._file = Path()
        self.cards: dict[Path, Card] = {}
        self.models: dict[Path, ModelCard] = {}
        self.selected: Path | None = None
        self._build()
        studio.project_changed.connect(self._fill)
        studio.runs_changed.connect(self._fill)
        studio.training_changed.connect(self._show_details)
        studio.catalogue_ready.connect(self._show_details)
        studio.closing.connect(self._thumbnails.shut)
        studio.worker.happened.connect(self._happened)
        studio.worker.ended.connect(self._ended)

    def _build(self) -> None:
        self.summary = theme.label(role="muted")
        self._group = QButtonGroup(self)
        self._group.buttonClicked.connect(self._clicked)
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        self._flow = Flow(inner, spacing=2 * theme.GRID)
        scroll = scrolling(inner)
        self.details = ModelDetails(self._thumbnails)
        self.details.wanted.connect(self.do)
        left = QVBoxLayout()
        left.setContentsMargins(theme.MARGIN, 24, 0, 24)
        left.setSpacing(2)
        left.addWidget(theme.label(self.tr("Models"), "title"))
        left.addWidget(self.summary)
        left.addSpacing(2 * theme.GRID)
        left.addWidget(scroll, 1)
        full = QWidget()
        row = QHBoxLayout(full)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(3 * theme.GRID)
        row.addLayout(left, 1)
        row.addWidget(self.details)

        self.empty = DropZone("models", "", "", large=True)
        self.empty.setAcceptDrops(False)
        self.empty.clicked.connect(self._begin)
        around = QWidget()
        column = QVBoxLayout(around)
        column.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        column.addWidget(self.empty)
        self._states = QStackedLayout(self)
        self._states.addWidget(full)
        self._states.addWidget(around)

    def shown(self, argument: object = None) -> None:
        """Show the models as they are now; a path chooses one."""
        self._fill()
        if isinstance(argument, Path) and argument in self.models:
            self._choose(argument)

    # Cards

    @Slot()
    def _fill(self) -> None:
        project = self._studio.project
        self.models = {}
        for path in project.models() if project is not None else []:
            try:
                self.models[path] = model.card(path)
            except (ValueError, OSError) as error:
                self._studio.say(str(error), fault=True)
        self._flow.clear()
        self._thumbnails.forget()
        self.cards = {path: self._card(path, card) for path, card in self.models.items()}
        for card in self.cards.values():
            self._group.addButton(card)
            self._flow.addWidget(card)
        size = sum(card.file_bytes for card in self.models.values())
        number = len(self.models)
        said = self.tr("1 model") if number == 1 else self.tr("{} models").format(words.count(number))
        self.summary.setText(f"{said}  ·  {words.file_size(size)}")
        self._states.setCurrentIndex(0 if self.models else 1)
        self._word_empty()
        if self.models:
            self._choose(self.selected if self.selected in self.models else next(iter(self.models)))
        else:
            self.selected = None

    def _card(self, path: Path, found: ModelCard) -> Card:
        names = " ↔ ".join(found.pictures)
        steps = self.tr("{} steps").format(words.count(found.step))
        lines = (names, f"{found.size} px  ·  {steps}  ·  {words.file_size(found.file_bytes)}")
        card = Card(found.name, lines, newest_sheet(path), self._thumbnails, icon="models")
        card.setCheckable(True)
        card.setProperty("path", path)
        return card

    def _word_empty(self) -> None:
        if self._studio.project is None:
            title, hint = self.tr("No project is open"), self.tr("Click to go Home and open one, or begin a new one.")
        elif self._studio.training is not None:
            title = self.tr("The first model is on its way")
            hint = self.tr("It appears here with the training's first save. Click to watch.")
        else:
            title, hint = self.tr("No models yet"), self.tr("Train one: it appears here by itself. Click to begin.")
        self.empty.title.setText(title)
        self.empty.hint.setText(hint)
        self.empty.setAccessibleName(title)

    @Slot()
    def _begin(self) -> None:
        self._studio.show("home" if self._studio.project is None else "train")

    @Slot(QAbstractButton)
    def _clicked(self, card: QAbstractButton) -> None:
        self._choose(card.property("path"))

    def _choose(self, path: Path) -> None:
        self.selected = path
        self.cards[path].setChecked(True)
        self._show_details()
        self.chosen.emit(path)

    @Slot()
    def _show_details(self) -> None:
        self._word_empty()
        if self.selected is not None:
            training = self._studio.training is not None and self._studio.training.run == self.selected
            card = self.models[self.selected]
            titles = {method.key: method.title for method in self._studio.catalogue}
            method = titles.get(card.method, card.method)
            self.details.show_model(self.selected, card, method=method, training=training)

    # What can be done

    @Slot(str)
    def do(self, what: str) -> None:
        """Do something with the chosen model; the names are those of `ModelDetails.wanted`."""
        if self.selected is None:
            return
        match what:
            case "translate":
                self._studio.show("translate", self.selected)
            case "continue":
                self._studio.show("train", self.selected)
            case "export":
                self._ask_export()
            case "rename":
                self._rename()
            case "delete":
                self._ask_delete()
            case "folder":
                folder = self.selected if self.selected.is_dir() else self.selected.parent
                QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
            case "cancel" if self._exporting is not None:
                self._studio.worker.cancel(self._exporting)

    def _ask_export(self) -> None:
        assert self.selected is not None
        dialog = ExportDialog(self.models[self.selected], self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.picked.connect(self._ask_file)
        dialog.open()

    @Slot(str, str)
    def _ask_file(self, suffix: str, to: str) -> None:
        assert self.selected is not None
        name = self.models[self.selected].name
        stem = "".join("-" if letter in FORBIDDEN else letter for letter in (f"{name} to {to}" if to else name))
        folder = self.selected / "exports" if self.selected.is_dir() else self.selected.parent
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Export as"), str(folder / f"{stem}{suffix}"), f"*{suffix}")
        if name:
            file = Path(name)
            self.export(file if file.suffix.lower() == suffix else file.with_name(file.name + suffix), to or None)

    def export(self, file: Path, to: str | None) -> None:
        """Export the chosen model; the details show how far it is."""
        if self._exporting is not None or self.selected is None:
            return
        path, self._file = self.selected, file
        self._exporting = self._studio.worker.begin(lambda: jobs.export(path, file, to))
        self.details.show_exporting(file.name)

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if job == self._exporting and isinstance(event, Progress):
            self.details.show_progress(event)
        elif isinstance(event, Saved) and event.kind == "model" and self.isVisible():
            self._fill()

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job != self._exporting:
            return
        self._exporting = None
        self.details.show_exporting(None)
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        elif result is None:
            self._studio.say(self.tr("The export was cancelled."))
        else:
            self._studio.say(self._outcome(result))

    def _outcome(self, result: object) -> str:
        said = self.tr("{} is written.").format(self._file.name)
        width, height = getattr(result, "checked_size", (0, 0))
        if not width:
            return said
        return said + self.tr(" Compared on a picture of {w} × {h}: at most {d} of 255 apart.").format(
            w=width, h=height, d=getattr(result, "difference", 0)
        )

    def _rename(self) -> None:
        assert self.selected is not None
        old = self.selected
        if self._studio.training is not None and self._studio.training.run == old:
            self._studio.say(self.tr("This run is training. Rename it when it has ended."), fault=True)
            return
        kept = self.models[old].name
        name, agreed = QInputDialog.getText(self, self.tr("Rename"), self.tr("New name"), text=kept)
        name = name.strip()
        if not agreed or not name or name == kept:
            return
        self.rename(old, name)

    def rename(self, old: Path, name: str) -> None:
        """Give a model another name: a run keeps it beside its recipe, a file is called by it."""
        if old.is_dir():
            try:
                entitle(old, name)
            except (OSError, ValueError) as error:
                self._studio.say(str(error), fault=True)
                return
            self._studio.runs_changed.emit()
            return
        if set(name) & FORBIDDEN or name != name.strip(". "):
            self._studio.say(self.tr('A name has none of / \\ : * ? " < > | and no dot at its ends.'), fault=True)
            return
        new = old.with_name(f"{name}{old.suffix}")
        if new.exists():
            self._studio.say(self.tr('There is a "{}" already.').format(name), fault=True)
            return
        try:
            old.rename(new)
        except OSError as error:
            self._studio.say(str(error), fault=True)
            return
        self.selected = new
        self._studio.runs_changed.emit()

    def _ask_delete(self) -> None:
        assert self.selected is not None
        if self._studio.training is not None and self._studio.training.run == self.selected:
            self._studio.say(self.tr("This run is training. Stop it first."), fault=True)
            return
        box = QMessageBox(self)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(self.tr('Move "{}" to the trash?').format(self.models[self.selected].name))
        if self.selected.is_dir():
            box.setInformativeText(
                self.tr("The whole run goes: model, checkpoints and samples. The trash gives it back.")
            )
        box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        path = self.selected
        box.accepted.connect(lambda: self.delete(path))
        box.open()

    def delete(self, path: Path) -> None:
        """Move a model, with its run, to the system's trash."""
        try:
            send2trash.send2trash(path)
        except OSError as error:
            self._studio.say(self.tr("It could not be moved to the trash: {}").format(error), fault=True)
            return
        self._studio.runs_changed.emit()
