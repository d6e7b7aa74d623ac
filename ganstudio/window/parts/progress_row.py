"""One line for something that is being made: what, how far, and Cancel."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QSizePolicy, QWidget

from ganstudio.window.parts.elided import Elided
from ganstudio.words.events import Progress

_PARTS = 1000


class ProgressRow(QWidget):
    """Hidden while nothing is being made.

    Signals:
        cancelled: The Cancel button.
    """

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.label = Elided("muted")  # Names of files are long.
        self.label.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _PARTS)
        self.cancel = QPushButton(self.tr("Cancel"))
        self.cancel.setProperty("role", "chip")
        self.cancel.clicked.connect(self.cancelled)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(12)
        layout.addWidget(self.label)
        layout.addWidget(self.bar, 1)
        layout.addWidget(self.cancel)
        self._what = ""
        self.hide()

    def begin(self, what: str) -> None:
        """Show that `what` is being made."""
        self._what = what
        self.label.setText(what)
        self.bar.setAccessibleName(what)
        self.bar.setValue(0)
        self.show()

    def tell_left(self, left: str) -> None:
        """Say how long it will take, in the place of what it is; empty where nobody knows."""
        self.label.setText(left or self._what)

    def show_progress(self, event: Progress) -> None:
        """Show how far it is."""
        if event.total:
            self.bar.setValue(round(_PARTS * event.done / event.total))
