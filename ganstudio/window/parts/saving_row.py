"""Something long that is being written: what, how far, how long still; pause, cancel, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.elided import Elided

_PARTS = 1000


class SavingRow(QFrame):
    """Hidden while nothing is written and nothing is to be told.

    Signals:
        pause_wanted: The Pause button.
        resume_wanted: The same button, while it stands still.
        cancelled: The Cancel button.
        retried: Try what failed again.
        listed: Show what failed, and why.
    """

    pause_wanted = Signal()
    resume_wanted = Signal()
    cancelled = Signal()
    retried = Signal()
    listed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._paused = False
        self.title = Elided("strong")
        self.note = theme.label("", "small", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _PARTS)
        self.pause = icon_button(self.tr("Pause"), "pause", self._pause)
        self.cancel = icon_button(self.tr("Cancel"), "close", self._close)
        self.again = self._chip(self.tr("Try again"))
        self.reasons = self._chip(self.tr("Show why"))
        self.again.clicked.connect(self.retried)
        self.reasons.clicked.connect(self.listed)
        self._lay_out()
        self.hide()

    def begin(self, what: str) -> None:
        """Show that `what` is being done."""
        self.title.setText(what)
        self.note.setText("")
        self.bar.setValue(0)
        self.bar.setAccessibleName(what)
        self._show_state(running=True)
        self.set_paused(False)
        self.show()

    def say(self, what: str, note: str, share: float | None = None) -> None:
        """Show how far it is, from 0 to 1."""
        self.title.setText(what)
        self.note.setText(self.tr("Paused") if self._paused else note)
        if share is not None:
            self.bar.setValue(round(_PARTS * share))

    def set_paused(self, paused: bool) -> None:
        """Show whether it stands still."""
        self._paused = paused
        name = self.tr("Continue") if paused else self.tr("Pause")
        theme.set_icon(self.pause, "play" if paused else "pause", "muted")
        self.pause.setToolTip(name)
        self.pause.setAccessibleName(name)
        if paused:
            self.note.setText(self.tr("Paused"))

    def end(self, what: str, note: str, *, failed: bool, retry: str = "") -> None:
        """Show what came of it, until it is closed; `retry` is what the button says that begins again."""
        self.title.setText(what)
        self.note.setText(note)
        self._show_state(running=False)
        self.reasons.setVisible(failed)
        self.again.setVisible(bool(retry))
        self.again.setText(retry)
        self.show()

    def _pause(self) -> None:
        (self.resume_wanted if self._paused else self.pause_wanted).emit()

    def _close(self) -> None:
        if self.bar.isVisible():
            self.cancelled.emit()
        else:
            self.hide()

    def _show_state(self, *, running: bool) -> None:
        self.bar.setVisible(running)
        self.pause.setVisible(running)
        self.again.hide()
        self.reasons.hide()
        name = self.tr("Cancel") if running else self.tr("Close this notice")
        self.cancel.setToolTip(name)
        self.cancel.setAccessibleName(name)

    def _chip(self, text: str) -> QPushButton:
        made = QPushButton(text)
        made.setProperty("role", "chip")
        return made

    def _lay_out(self) -> None:
        self.setProperty("role", "card")
        head = QHBoxLayout()
        head.setSpacing(0)
        head.addWidget(self.title, 1)
        head.addWidget(self.pause)
        head.addWidget(self.cancel)
        foot = QHBoxLayout()
        foot.setSpacing(theme.GRID)
        foot.addWidget(self.again)
        foot.addWidget(self.reasons)
        foot.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 4, 12)
        column.setSpacing(0)
        column.addLayout(head)
        below = QVBoxLayout()
        below.setContentsMargins(0, 0, theme.GRID, 0)
        below.setSpacing(theme.GRID)
        for part in (self.bar, self.note):  # The note is never cut: a number would become another, a remedy none.
            below.addWidget(part)
        below.addLayout(foot)
        column.addLayout(below)
