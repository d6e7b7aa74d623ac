"""The log inside the window: newest last, all of it or its warnings alone."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer, QUrl, Slot
from PySide6.QtGui import QDesktopServices, QFontDatabase, QGuiApplication, QTextOption
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from ganstudio.window import logbook, theme
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.editors import QuietCheck
from ganstudio.words.places import log_file

SHOWN = 2000
"""Entries; older ones are in the files."""


class LogSheet(QDialog):
    """Follows the log while it is open.

    Args:
        parent: The window.
        bundle: Opens the support bundle.
    """

    def __init__(self, parent: QWidget, bundle: Callable[[], object]) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Log"))
        self.resize(860, 560)
        self._read: object = None
        self.warnings = QuietCheck(self.tr("Warnings only"))
        self.warnings.toggled.connect(self._show)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.tr("Log"))
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setPlaceholderText(self.tr("Nothing was written down yet."))
        self.place = theme.label(str(log_file().parent), "small", wrap=True)
        self._lay_out(bundle)
        self._entries: list[logbook.Entry] = []
        self._timer = QTimer(self, interval=2000)
        self._timer.timeout.connect(self.refresh)
        self._timer.start()
        self.refresh()

    def _lay_out(self, bundle: Callable[[], object]) -> None:
        head = QHBoxLayout()
        head.addWidget(theme.label(self.tr("Log"), "heading"), 1)
        head.addWidget(self.warnings)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GRID)
        self.copy = button(
            self.tr("Copy"), "copy", lambda: QGuiApplication.clipboard().setText(self.text.toPlainText())
        )
        foot.addWidget(self.copy)
        foot.addWidget(button(self.tr("Open folder"), "folder-open", self._open_folder))
        foot.addWidget(button(self.tr("Support bundle…"), "save", bundle))
        foot.addStretch()
        close = button(self.tr("Close"), "close", self.reject)
        close.setDefault(True)
        foot.addWidget(close)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self.text, 1)
        column.addWidget(self.place)
        column.addLayout(foot)

    @Slot()
    def refresh(self) -> None:
        """Read the log anew when it has changed."""
        try:
            facts = log_file().stat()
            read = (facts.st_mtime_ns, facts.st_size)
        except OSError:
            read = (0, 0)
        if read != self._read:
            self._read = read
            self._entries = logbook.entries()
            self._show()

    @Slot()
    def _show(self) -> None:
        grave = self.warnings.isChecked()
        shown = [entry for entry in self._entries if entry.grave or not grave][-SHOWN:]
        bar = self.text.verticalScrollBar()
        at_end = bar.value() == bar.maximum()
        kept = bar.value()
        self.text.setPlainText("\n".join(f"{entry.at}  {'⚠ ' if entry.grave else ''}{entry.text}" for entry in shown))
        bar.setValue(bar.maximum() if at_end else kept)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_file().parent)))
