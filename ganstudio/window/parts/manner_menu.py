"""The small menu of how large pictures are done: exactly or fast, and within how much memory."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSettings, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu, QWidget

from ganstudio.words.look import QUALITIES, Quality

_GIGABYTES = (1, 2, 4, 8, 16)


@dataclass(frozen=True, slots=True)
class Manner:
    """How pictures are done that do not fit into memory.

    Attributes:
        quality: Exactly, or fast with a small difference.
        memory: Bytes to stay within; None for a sensible share of what is free.
    """

    quality: Quality = "exact"
    memory: int | None = None


class MannerMenu(QMenu):
    """Remembers what was chosen.

    Signals:
        changed: It is another.
    """

    changed = Signal()

    def __init__(self, settings: QSettings, parent: QWidget) -> None:
        super().__init__(parent)
        self._settings = settings
        kept = str(settings.value("translate/quality", "exact"))
        quality: Quality = "fast" if kept == "fast" else "exact"
        memory = str(settings.value("translate/memory", ""))
        self.manner = Manner(quality, int(memory) << 30 if memory in {str(size) for size in _GIGABYTES} else None)
        self._title(self.tr("Large pictures"))
        titles = {"exact": self.tr("Exact"), "fast": self.tr("Fast, a little different")}
        qualities = QActionGroup(self)
        for each in QUALITIES:
            self._choice(qualities, titles[each], each, chosen=each == quality)
        qualities.triggered.connect(self._choose_quality)
        self.addSeparator()
        self._title(self.tr("Memory to use"))
        sizes = QActionGroup(self)
        self._choice(sizes, self.tr("As much as is free"), None, chosen=self.manner.memory is None)
        for size in _GIGABYTES:
            self._choice(sizes, f"{size} GB", size, chosen=self.manner.memory == size << 30)
        sizes.triggered.connect(self._choose_memory)

    def _choose_quality(self, action: QAction) -> None:
        self.manner = Manner(action.data(), self.manner.memory)
        self._settings.setValue("translate/quality", action.data())
        self.changed.emit()

    def _choose_memory(self, action: QAction) -> None:
        size = action.data()
        self.manner = Manner(self.manner.quality, None if size is None else size << 30)
        self._settings.setValue("translate/memory", "" if size is None else str(size))
        self.changed.emit()

    def _title(self, words: str) -> None:
        self.addAction(words).setEnabled(False)

    def _choice(self, group: QActionGroup, words: str, data: object, *, chosen: bool) -> None:
        action = self.addAction(words)
        action.setCheckable(True)
        action.setChecked(chosen)
        action.setData(data)
        group.addAction(action)
