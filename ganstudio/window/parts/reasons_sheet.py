"""What was left out of a batch, and why."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton, QTreeWidget, QTreeWidgetItem, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.words.events import Skipped


class ReasonsSheet(QDialog):
    """A list of files with the reason of each, which can be copied."""

    def __init__(self, skipped: Sequence[Skipped], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("What could not be translated"))
        self.resize(640, 360)
        self._skipped = tuple(skipped)
        self.list = QTreeWidget()
        self.list.setProperty("role", "table")
        self.list.setRootIsDecorated(False)
        self.list.setHeaderLabels([self.tr("File"), self.tr("Why")])
        self.list.setAccessibleName(self.windowTitle())
        for one in self._skipped:
            row = QTreeWidgetItem([Path(one.path).name, one.reason])
            row.setSizeHint(0, QSize(0, theme.ROW - theme.GRID))
            row.setToolTip(0, theme.tip(one.path))
            row.setToolTip(1, theme.tip(one.reason))
            self.list.addTopLevelItem(row)
        self.list.setColumnWidth(0, 200)
        copy, close = QPushButton(self.tr("Copy the list")), QPushButton(self.tr("Close"))
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.accept)
        close.setDefault(True)
        foot = QHBoxLayout()
        foot.addWidget(copy)
        foot.addStretch(1)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addWidget(theme.label(self.windowTitle(), "heading"))
        column.addWidget(self.list, 1)
        column.addLayout(foot)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{one.path}: {one.reason}" for one in self._skipped))
