"""What the coach says: a sentence, buttons that do something about it, and one that takes note."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import icon_button
from ganstudio.words.events import Advised, Remedy

SHOWN = 3
"""So many buttons at most; an artist chooses, and does not read a list."""

MARKS = 120
"""Pixels of the card that are neither the sentence's nor its buttons'."""

READABLE = 320
"""Pixels: a sentence with less room than this beside its buttons stands above them."""


class AdviceCard(QFrame):
    """One advice at a time, the newest first; hidden while there is none.

    Signals:
        wanted: The remedy whose button was pressed.
        dismissed: The advice that was taken note of.
    """

    wanted = Signal(object)
    dismissed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("role", "card")
        self._advice: tuple[Advised, ...] = ()
        self._mood = ""
        self._at = 0
        self._shown: tuple[Advised | None, str] = (None, "")
        self.message = theme.label("", wrap=True)
        self.message.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        self.more = QPushButton()
        self.more.setProperty("role", "line")
        self.more.clicked.connect(self._next)
        self.got_it = icon_button(self.tr("Got it"), "close", self._dismiss, side=16)
        self.buttons: list[QPushButton] = []
        self._row = QHBoxLayout()
        self._layout()
        self.hide()

    def set_advice(self, advice: Sequence[Advised], mood: str) -> None:
        """Show what the coach says.

        Args:
            advice: The newest last.
            mood: "live", "resting" (it can be continued) or "over"; decides which buttons there are.
        """
        if (tuple(advice), mood) == (self._advice, self._mood):
            return
        newer = any(advised not in self._advice for advised in advice)
        self._advice, self._mood = tuple(advice), mood
        if newer or self._at >= len(self._advice):
            self._at = 0
        self._tell()

    def _tell(self) -> None:
        self.setVisible(bool(self._advice))
        if not self._advice:
            self._shown = (None, "")
            return
        advised = self._advice[-1 - self._at]
        others = len(self._advice) - 1
        self.more.setVisible(others > 0)
        self.more.setText(self.tr("1 more") if others == 1 else self.tr("{} more").format(others))
        if (advised, self._mood) == self._shown:
            return
        self._shown = (advised, self._mood)
        self.message.setText(advised.message)
        for button in self.buttons:
            button.hide()
            button.deleteLater()
        remedies = [remedy for remedy in advised.remedies if _fits(remedy, self._mood)][:SHOWN]
        self.buttons = [self._button(remedy, first=nth == 0) for nth, remedy in enumerate(remedies)]
        for button in self.buttons:
            self._row.addWidget(button)
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The buttons go where there is room for them."""
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        beside = self.contentsRect().width() - self._row.sizeHint().width() >= READABLE + MARKS
        direction = QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom
        if direction != self._both.direction():
            self._both.setDirection(direction)

    def _button(self, remedy: Remedy, *, first: bool) -> QPushButton:
        anew = self._mood == "resting" and remedy.deed != "show"
        button = QPushButton(self.tr("Continue: {}").format(_lowered(remedy.title)) if anew else remedy.title)
        button.setProperty("role", "primary" if first and remedy.deed != "show" else "")
        if remedy.settings:
            changes = ", ".join(f"{_spaced(name)} {value}" for name, value in remedy.settings.items())
            button.setToolTip(theme.tip(changes))
        button.clicked.connect(lambda _=False: self._take(remedy))
        return button

    def _take(self, remedy: Remedy) -> None:
        advised = self._advice[-1 - self._at]
        self.wanted.emit(remedy)
        if remedy.deed != "show":  # What is done about it is done.
            self.dismissed.emit(advised)

    @Slot()
    def _next(self) -> None:
        self._at = (self._at + 1) % len(self._advice)
        self._tell()

    @Slot()
    def _dismiss(self) -> None:
        if self._advice:
            self.dismissed.emit(self._advice[-1 - self._at])

    def _layout(self) -> None:
        mark = QLabel()
        mark.setFixedSize(24, 24)
        theme.set_icon(mark, "lightbulb", "accent", 20)
        self._row.setSpacing(theme.GRID)
        self._both = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._both.setSpacing(theme.GRID)
        self._both.addWidget(self.message, 1)
        self._both.addLayout(self._row)
        self._both.setAlignment(self._row, Qt.AlignmentFlag.AlignLeft)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 8, 8)
        layout.setSpacing(12)
        layout.addWidget(mark)
        layout.addLayout(self._both, 1)
        layout.addWidget(self.more)
        layout.addWidget(self.got_it)


def _fits(remedy: Remedy, mood: str) -> bool:
    if remedy.deed == "show":
        return True
    return mood == "live" or (mood == "resting" and remedy.deed != "stop")


def _lowered(title: str) -> str:
    return title[:1].lower() + title[1:]


def _spaced(name: str) -> str:
    return name.replace("_", " ")
