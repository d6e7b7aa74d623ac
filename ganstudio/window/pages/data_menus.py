"""Menus and small questions of a domain's column."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QFileDialog, QInputDialog, QMenu, QWidget

from ganstudio.pictures.reading import SUFFIXES
from ganstudio.window import theme
from ganstudio.window.parts.health_bar import LEFT_OUT
from ganstudio.words.packed import SHARD

if TYPE_CHECKING:
    from ganstudio.window.pages.data_column import DomainColumn


def of_domain(column: DomainColumn, button: QWidget) -> QMenu:
    """What can be done with the whole domain."""
    menu = QMenu(button)
    menu.addAction(theme.icon("folder-plus"), column.tr("Add a folder…"), lambda: add_folder(column))
    files = menu.addAction(theme.icon("image-plus"), "", lambda: add_pictures(column))
    menu.aboutToShow.connect(lambda: files.setText(_add_files(column)))
    menu.addAction(theme.icon("refresh"), column.tr("Look again"), column.read)
    menu.addAction(theme.icon("open"), column.tr("Show in folder"), lambda: _show_source(column))
    menu.addSeparator()
    menu.addAction(theme.icon("close"), column.tr("Take out of this project"), column.removed.emit)
    return menu


def of_pictures(column: DomainColumn, classes: Iterable[str]) -> QMenu:
    """What can be done with the chosen pictures."""
    paths = column.gallery.chosen()
    menu = QMenu(column)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    look = menu.addAction(theme.icon("zoom-in"), column.tr("Look closer"), column.looked_at.emit)
    look.setShortcut(QKeySequence(Qt.Key.Key_Space))
    if column.packed is not None:
        return menu
    menu.addAction(theme.icon("image"), column.tr("Open"), lambda: _open(paths[0]))
    menu.addAction(theme.icon("open"), column.tr("Show in folder"), lambda: _open(paths[0].parent))
    menu.addSeparator()
    back = column.health.kind == LEFT_OUT
    title = column.tr("Take back") if back else column.tr("Leave out")
    out = menu.addAction(theme.icon("plus" if back else "minus"), title, column.deeds.leave_out)
    out.setShortcut(QKeySequence(Qt.Key.Key_Delete))
    move = menu.addMenu(theme.icon("folder"), column.tr("Move to class"))
    for name in classes:
        move.addAction(name.replace("&", "&&"), partial(column.deeds.move_to_class, name))
    if not move.isEmpty():
        move.addAction(column.tr("No class"), partial(column.deeds.move_to_class, ""))
        move.addSeparator()
    move.addAction(theme.icon("plus"), column.tr("New class…"), column.deeds.ask_new_class)
    menu.addAction(theme.icon("pencil"), column.tr("Describe in words"), column.chosen.edit_caption)
    menu.addSeparator()
    menu.addAction(theme.icon("trash"), column.tr("Move to trash…"), lambda: column.trash_wanted.emit(paths))
    return menu


def ask(parent: QWidget, title: str, question: str, text: str, answered: Callable[[str], object]) -> None:
    """Ask for a name; nothing happens when it stays empty or as it was."""
    dialog = QInputDialog(parent)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.setWindowTitle(title)
    dialog.setLabelText(question)
    dialog.setTextValue(text)

    def take(new: str) -> None:
        if new.strip() and new.strip() != text:
            answered(new.strip())

    dialog.textValueSelected.connect(take)
    dialog.open()


def add_folder(column: DomainColumn) -> None:
    """Ask for a folder and add it."""
    name = QFileDialog.getExistingDirectory(column, column.tr("Choose a folder of pictures"))
    if name:
        column.added.emit([Path(name)])


def add_pictures(column: DomainColumn) -> None:
    """Ask for pictures, or for further shards, and add them."""
    if column.packed is None:
        title, kind = column.tr("Choose pictures"), column.tr("Pictures ({})")
        suffixes = sorted(SUFFIXES)
    else:
        title, kind, suffixes = column.tr("Choose shards"), column.tr("Shards ({})"), [SHARD]
    kinds = " ".join(f"*{suffix}" for suffix in suffixes)
    names, _ = QFileDialog.getOpenFileNames(column, title, "", kind.format(kinds))
    if names:
        column.added.emit([Path(name) for name in names])


def _show_source(column: DomainColumn) -> None:
    if column.domain.sources:
        source = Path(column.domain.sources[0])
        # Asking the disk could take long while a network is away.
        found = column.listing is not None and source in column.listing.found
        file = found or source.suffix.lower() == SHARD
        _open(source.parent if file else source)


def _add_files(column: DomainColumn) -> str:
    return column.tr("Add pictures…") if column.packed is None else column.tr("Add shards…")


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
