"""The method that is chosen, with the way to all others."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.aims import Aim, aim_of
from ganstudio.window.parts.method_picture import MethodPicture
from ganstudio.words.cards import MethodCard


class ChosenMethod(QFrame):
    """The method that is chosen, and the button that leads to the others."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self.picture = MethodPicture("", Aim.TRANSLATE, 1.5)
        self.aim = theme.label("", "small")
        self.title = theme.label("", "heading")
        self.sentence = theme.label("", "muted", wrap=True)
        self.others = QPushButton()
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        for line in (self.aim, self.title, self.sentence):
            words.addWidget(line)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 16, 12)
        row.setSpacing(24)
        row.addWidget(self.picture)
        row.addLayout(words, 1)
        row.addWidget(self.others)

    def show_method(self, card: MethodCard | None, others: int, *, looking: bool = False) -> None:
        """Show a method, or that there is none yet.

        Args:
            card: The chosen one.
            others: How many more there are.
            looking: None is chosen because the folders are still being looked at.
        """
        self.picture.setVisible(card is not None)
        self.aim.setVisible(card is not None)
        self.setAccessibleName(card.title if card else "")
        if card is not None:
            self.picture.show_method(card.key, aim_of(card))
            self.aim.setText(aim_of(card).title)
            self.title.setText(card.title)
            self.sentence.setText(card.sentence)
            self.others.setText(self.tr("{} other methods").format(others) if others > 1 else self.tr("Other methods"))
            return
        if looking:
            self.title.setText(self.tr("Looking at your pictures…"))
            self.sentence.setText(self.tr("The method that suits them best will stand here."))
        else:
            self.title.setText(self.tr("No method fits yet"))
            self.sentence.setText(self.tr("Each method says which folders of pictures it learns from."))
        self.others.setText(self.tr("All methods"))
