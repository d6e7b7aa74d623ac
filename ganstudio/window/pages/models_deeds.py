"""What can be done with the models that are chosen: every button, key and menu entry of the Models page ends here."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import send2trash
from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QInputDialog, QMenu, QMessageBox

from ganstudio.runs.title import entitle
from ganstudio.window import theme
from ganstudio.window.model_files import file_name, move, with_sidecars
from ganstudio.window.pages.models_export import Exporting
from ganstudio.window.pages.models_import import Importing
from ganstudio.window.pages.models_tune import Tuning
from ganstudio.window.studio import Studio
from ganstudio.words.cards import ModelCard

if TYPE_CHECKING:
    from ganstudio.window.pages.models import ModelsPage


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry of the menu.

    Attributes:
        name: Its key; empty for a line between two groups.
        title: What it is called.
        icon: Name of its icon.
        keys: Its shortcut; empty for none, or where the gallery takes the key itself.
        most: So many models may be chosen.
    """

    name: str
    title: str = ""
    icon: str = ""
    keys: str = ""
    most: int = 1


class ModelDeeds(QObject):
    """Does it, or asks first."""

    def __init__(self, studio: Studio, page: ModelsPage) -> None:
        super().__init__(page)
        self._studio, self._page = studio, page
        self.exporting = Exporting(studio, page)
        self.importing = Importing(studio, page)
        self.tuning = Tuning(studio, page)

    def all(self) -> tuple[Deed, ...]:
        """Every deed, in the order of the menu."""
        say = self.tr
        return (
            Deed("translate", say("Translate with it"), "translate", "Return"),
            Deed("continue", say("Continue training"), "play"),
            Deed("tune", say("Train on from this model…"), "train"),
            Deed(""),
            Deed("compare", say("Compare"), "swap", "Ctrl+B", 2),
            Deed("mix", say("Mix…"), "sliders", "Ctrl+M", 2),
            Deed(""),
            Deed("export", say("Export…"), "export", "Ctrl+E"),
            Deed("share", say("Share as one file…"), "save", "Ctrl+S"),
            Deed("rename", say("Rename…"), "pencil", "F2"),
            Deed("folder", say("Show in folder"), "folder-open"),
            Deed("delete", say("Move to trash…"), "trash", "Del", 1 << 20),
        )

    def shortcuts(self) -> Iterator[tuple[str, str]]:
        """Deeds with shortcuts that hold all over the page."""
        yield from ((deed.name, deed.keys) for deed in self.all() if deed.keys.startswith(("Ctrl", "F")))
        yield "import", "Ctrl+I"

    def menu(self) -> QMenu:
        """What can be done with what is chosen now."""
        menu = QMenu(self._page)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        chosen = self._page.gallery.chosen()
        for deed in self.all():
            if not deed.name:
                menu.addSeparator()
            elif len(chosen) <= deed.most and self.fits(deed.name):
                keys = QKeySequence(deed.keys).toString(QKeySequence.SequenceFormat.NativeText)
                # The details say whether it is to be watched, continued or looked at.
                title = self._page.details.go_on.text() if deed.name == "continue" else deed.title
                action = menu.addAction(theme.icon(deed.icon), f"{title}\t{keys}" if keys else title)
                action.triggered.connect(lambda _=False, name=deed.name: self.do(name))
        return menu

    def fits(self, what: str) -> bool:
        """Whether this makes sense for the chosen model."""
        path = self._page.selected
        if path is None:
            return what == "import"
        about = self._page.about(path)
        match what:
            case "continue":
                return path.is_dir()
            case "tune":
                return not about.training
            case "compare" | "mix":
                return bool(about.to)
        return True

    @Slot(str)
    def do(self, what: str) -> None:
        """Do something with what is chosen; the names are those of `all`, "import", "drag" and "cancel"."""
        page, path = self._page, self._page.selected
        if what == "import":
            self.importing.ask()
        elif path is not None and self.fits(what):
            card = page.cards[path]
            does: dict[str, Callable[[], object]] = {
                "translate": lambda: self._studio.show("translate", path),
                "continue": lambda: self._studio.show("train", path),
                "tune": lambda: self.tuning.ask(path, card),
                "compare": lambda: self._desk("compare"),
                "mix": lambda: self._desk("mix"),
                "export": lambda: self.exporting.ask(path, card),
                "share": lambda: self.exporting.ask_share(path, card),
                "drag": lambda: self.exporting.drag(page.gallery.chosen(), page.cards),
                "cancel": self.exporting.cancel,
                "rename": lambda: self._ask_name(path, card),
                "folder": lambda: _show(path if path.is_dir() else path.parent),
                "delete": lambda: self._ask_delete(page.gallery.chosen()),
            }
            does[what]()

    def _desk(self, what: str) -> None:
        """Give the page to comparing or mixing what is chosen; of one model the desk finds the second itself."""
        from ganstudio.window.pages.models_compare import CompareDesk
        from ganstudio.window.pages.models_mix import MixDesk

        desk: CompareDesk | MixDesk
        if what == "compare":
            desk = self._page.findChild(CompareDesk) or CompareDesk(self._studio, self._page)
        else:
            desk = self._page.findChild(MixDesk) or MixDesk(self._studio, self._page)
        chosen, selected = self._page.gallery.chosen(), self._page.selected
        assert selected is not None
        two = len(chosen) == 2 and all(self._page.direction_of(path) for path in chosen)
        desk.open(chosen if two else [selected])
        self._page.show_desk(desk)
        if (project := self._studio.project) is not None:
            # Of the domain that goes in, if the project has it still.
            to, routes = self._page.direction_of(selected), self._page.cards[selected].routes
            goes_in = next((route.source for route in routes if route.title == to), None)
            domains = sorted(project.domains, key=lambda domain: domain.name != goes_in)
            self._page.trials.suggest([Path(source) for domain in domains for source in domain.sources])

    # Names

    def _ask_name(self, path: Path, card: ModelCard) -> None:
        if self._training(path):
            self._studio.say(self.tr("This run is training. Rename it when it has ended."), fault=True)
            return
        name, agreed = QInputDialog.getText(self._page, self.tr("Rename"), self.tr("New name"), text=card.name)
        name = name.strip()
        if agreed and name and name != card.name:
            self.rename(path, name)

    def rename(self, path: Path, name: str) -> None:
        """Give a model another name: a run keeps it beside its recipe, a file and what belongs to it are called so."""
        try:
            if path.is_dir():
                entitle(path, name)
            else:
                self._page.expect(move(path, file_name(name)))
        except (OSError, ValueError) as error:
            self._studio.say(str(error), fault=True)
            return
        self._studio.runs_changed.emit()

    # The trash

    def _ask_delete(self, paths: list[Path]) -> None:
        if any(self._training(path) for path in paths):
            self._studio.say(self.tr("This run is training. Stop it first."), fault=True)
            return
        names = [self._page.cards[path].name for path in paths]
        box = QMessageBox(self._page)
        box.setTextFormat(Qt.TextFormat.PlainText)
        what = f'"{names[0]}"' if len(names) == 1 else self.tr("{} models").format(len(names))
        box.setText(self.tr("Move {} to the trash?").format(what))
        if any(path.is_dir() for path in paths):
            box.setInformativeText(
                self.tr("The whole run goes: model, checkpoints and samples. The trash gives it back.")
            )
        box.addButton(self.tr("Move to trash"), QMessageBox.ButtonRole.AcceptRole)
        box.setDefaultButton(box.addButton(QMessageBox.StandardButton.Cancel))
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.accepted.connect(lambda: self.delete(paths))
        box.open()

    def delete(self, paths: list[Path]) -> None:
        """Move models, with their runs and what belongs to them, to the system's trash."""
        gone = []
        for path in paths:
            try:
                for each in [path] if path.is_dir() else with_sidecars(path):
                    send2trash.send2trash(each)
            except OSError as error:
                self._studio.say(self.tr("It could not be moved to the trash: {}").format(error), fault=True)
            else:
                gone.append(self._page.cards[path].name if path in self._page.cards else path.name)
        if gone:
            self._studio.say(self._gone(gone))
        self._studio.runs_changed.emit()

    def _gone(self, names: list[str]) -> str:
        if len(names) == 1:
            return self.tr('"{}" is in the trash of your system, which can give it back.').format(names[0])
        return self.tr("{} models are in the trash of your system, which can give them back.").format(len(names))

    def _training(self, path: Path) -> bool:
        return self._studio.training is not None and self._studio.training.run == path


def _show(folder: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
