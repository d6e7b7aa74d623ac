"""The classes of a domain with their counts; each is pressed to see its pictures."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton, QScrollArea, QWidget

from ganstudio.window import theme, words
from ganstudio.window.parts.flow import Flow
from ganstudio.window.parts.scroll import scrolling

NO_CLASS = "\n"
"""Key of the pictures without a class; no class can be called so."""

HIGHEST = 72
"""Pixels: two rows; more are scrolled."""


class ClassRow(QWidget):
    """Chips such as "cats 120".

    Signals:
        wanted: Show the pictures of this class, or those of `NO_CLASS`; empty for all.
        rename_wanted: The artist wants another name for this class.
    """

    wanted = Signal(str)
    rename_wanted = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.chips: dict[str, QPushButton] = {}
        self._sizes: Mapping[str, int] = {}
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        self._flow = Flow(inner, spacing=6)
        self._inner = inner
        self._area: QScrollArea = scrolling(inner)
        self._area.setParent(self)
        self.setAccessibleName(self.tr("Classes"))
        self.hide()

    @property
    def chosen(self) -> str:
        """The class that is pressed; empty for none."""
        return next((name for name, chip in self.chips.items() if chip.isChecked()), "")

    def show_sizes(self, sizes: Mapping[str, int], unsorted: int = 0) -> None:
        """Show these classes with their numbers of pictures; the one that is pressed stays so while it is there.

        Args:
            sizes: Class → how many pictures it has.
            unsorted: How many have none; they stand last, where there are classes.
        """
        sizes = {**sizes, NO_CLASS: unsorted} if sizes and unsorted else dict(sizes)
        if sizes == self._sizes:
            return
        chosen, self._sizes = self.chosen, sizes
        self._flow.clear()
        self.chips = {}
        for name, size in sizes.items():
            chip = self.chips[name] = self._none(size) if name == NO_CLASS else self._chip(name, size)
            chip.setProperty("role", "chip")
            chip.setCheckable(True)
            chip.setChecked(name == chosen)
            chip.clicked.connect(lambda on=False, name=name: self._pressed(name, on))
            self._flow.addWidget(chip)
        self.setVisible(bool(sizes))
        self._fit()

    def _chip(self, name: str, size: int) -> QPushButton:
        # A name with & in it is not a key to press.
        chip = QPushButton(f"{name.replace('&', '&&')}  {words.count(size)}")
        chip.setAccessibleName(self.tr("Class {name}, {pictures}").format(name=name, pictures=words.pictures(size)))
        chip.setToolTip(theme.tip(self.tr("{}\nF2 or the right button renames this class.").format(name)))
        chip.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        chip.customContextMenuRequested.connect(lambda _: self.rename_wanted.emit(name))
        chip.installEventFilter(self)
        return chip

    def _none(self, size: int) -> QPushButton:
        chip = QPushButton(self.tr("no class  {}").format(words.count(size)))
        chip.setToolTip(theme.tip(self.tr("What is not sorted yet.")))
        return chip

    def release(self) -> None:
        """Press no chip."""
        for chip in self.chips.values():
            chip.setChecked(False)

    def resizeEvent(self, event: QEvent) -> None:
        """Rows depend on the width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self._fit()

    def _fit(self) -> None:
        needed = self._flow.heightForWidth(self.width())
        self.setFixedHeight(min(HIGHEST, needed))
        self._area.setGeometry(0, 0, self.width(), min(HIGHEST, needed))

    def _pressed(self, name: str, on: bool) -> None:
        for other, chip in self.chips.items():
            if other != name:
                chip.setChecked(False)
        self.wanted.emit(name if on else "")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """F2 renames."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_F2:
            self.rename_wanted.emit(next(name for name, chip in self.chips.items() if chip is watched))
            return True
        return super().eventFilter(watched, event)
