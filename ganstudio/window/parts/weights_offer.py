"""A quiet line that says what a file of weights would make better, and takes one that the artist has."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.words import file_size
from ganstudio.words.cards import WeightsFile


class WeightsOffer(QWidget):
    """Nothing, until there is a file to offer a method.

    Signals:
        file_chosen: The artist has this file.
        declined: The artist does not want to be asked again.
    """

    file_chosen = Signal(Path)
    declined = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._file: WeightsFile | None = None
        self._busy = False
        self.sentence = theme.label("", "muted", wrap=True)
        self.fault = theme.label("", "bad", wrap=True)
        self.get = QPushButton(self.tr("Get it…"))
        self.get.setProperty("role", "quiet")
        self.get.clicked.connect(self._open_source)
        self.use = QPushButton(self.tr("Use a file…"))
        self.use.clicked.connect(self._ask)
        self.later = QPushButton(self.tr("Not now"))
        self.later.setProperty("role", "quiet")
        self.later.clicked.connect(lambda _=False: self.declined.emit())
        mark = QLabel()
        theme.set_icon(mark, "lightbulb", "muted")
        words = QVBoxLayout()
        words.setSpacing(4)
        words.addWidget(self.sentence)
        words.addWidget(self.fault)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addWidget(mark)
        row.addLayout(words, 1)
        row.addSpacing(8)
        row.addWidget(self.get)
        row.addWidget(self.use)
        row.addWidget(self.later)
        self.offer(None)

    @property
    def file(self) -> WeightsFile | None:
        """What is offered."""
        return self._file

    def offer(self, file: WeightsFile | None) -> None:
        """Offer a method this file; None offers nothing."""
        self._file = file
        self.setVisible(file is not None)
        self.set_busy(busy=False)
        self.refuse("")
        if file is not None:
            what = self.tr("One file of {}, optional.").format(file_size(file.file_bytes))
            self.sentence.setText(f"{file.sentence} {what}")
            self.get.setToolTip(theme.tip(self.tr("Open {} in the browser").format(file.source)))

    def set_busy(self, *, busy: bool) -> None:
        """A file is being looked at and copied; the button waits, enabled, so that the keyboard stays with it."""
        self._busy = busy
        self.use.setText(self.tr("Checking…") if busy else self.tr("Use a file…"))
        self.later.setEnabled(not busy)

    def refuse(self, sentence: str) -> None:
        """Say why a file was not taken; another one may be."""
        self.fault.setText(sentence)
        self.fault.setVisible(bool(sentence))

    @Slot()
    def _open_source(self) -> None:
        """The artist fetches it: nothing is downloaded here."""
        if self._file is not None and not QDesktopServices.openUrl(QUrl(self._file.source)):
            self.refuse(
                self.tr("No browser opened. {name} is at {source}").format(
                    name=self._file.name, source=self._file.source
                )
            )

    @Slot()
    def _ask(self) -> None:
        if self._busy:
            return
        title = self.tr("The file {}").format(self._file.name if self._file else "")
        name, _ = QFileDialog.getOpenFileName(self, title, "", self.tr("Weights (*.pth *.pt);;All files (*)"))
        if name:
            self.refuse("")
            self.set_busy(busy=True)
            self.file_chosen.emit(Path(name))
