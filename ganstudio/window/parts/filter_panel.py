"""What the pictures of a filter are, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtWidgets import QListView, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme, words
from ganstudio.window.parts.flow import Flow

ROWS = 3
"""Reasons in sight at once."""

EXCLUDE, KEEP_BEST, TRASH, TAKE_BACK = "exclude", "keep best", "trash", "take back"


class FilterPanel(QWidget):
    """A sentence, buttons, and a reason for each file.

    Signals:
        wanted: Do this with the pictures of the filter: "exclude", "keep best", "trash" or "take back".
        picked: The line of this number was pressed.
    """

    wanted = Signal(str)
    picked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.sentence = theme.label(role="small", wrap=True)
        self._row = QWidget()
        flow = Flow(self._row, spacing=6)
        self.buttons: dict[str, QPushButton] = {}
        for deed in (EXCLUDE, KEEP_BEST, TAKE_BACK, TRASH):
            button = self.buttons[deed] = QPushButton()
            button.setProperty("role", "chip")
            button.clicked.connect(lambda _=False, deed=deed: self.wanted.emit(deed))
            flow.addWidget(button)
        self.reasons = QListView()
        self.reasons.setModel(QStringListModel(self))
        self.reasons.setProperty("role", "lines")
        self.reasons.setUniformItemSizes(True)
        self.reasons.setTextElideMode(Qt.TextElideMode.ElideRight)
        self.reasons.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.reasons.clicked.connect(lambda index: self.picked.emit(index.row()))
        self.reasons.activated.connect(lambda index: self.picked.emit(index.row()))
        self.reasons.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.reasons.setAccessibleName(self.tr("What is wrong, file by file"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.sentence)
        column.addWidget(self._row)
        column.addWidget(self.reasons)
        self.hide()

    def show_filter(self, sentence: str, count: int, deeds: Sequence[str], reasons: Sequence[str]) -> None:
        """Show what can be done with so many pictures; hidden when there is nothing to say."""
        number = words.count(count)
        titles = {
            EXCLUDE: self.tr("Leave out {}").format(number),
            KEEP_BEST: self.tr("Keep the best of each"),
            TAKE_BACK: self.tr("Take back all {}").format(number),
            TRASH: self.tr("Move {} to trash…").format(number),
        }
        self.sentence.setText(sentence)
        for deed, button in self.buttons.items():
            button.setText(titles[deed])
            button.setVisible(deed in deeds and count > 0)
        self._row.setVisible(bool(deeds) and count > 0)
        model = self.reasons.model()
        assert isinstance(model, QStringListModel)
        model.setStringList(list(reasons))
        self.reasons.setVisible(bool(reasons))
        self.reasons.setFixedHeight(6 + (self.reasons.sizeHintForRow(0) + 1) * min(ROWS, len(reasons)))
        self.setVisible(bool(sentence))
