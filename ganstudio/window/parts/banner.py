"""Banners: what the artist should read and answer in their own time, above the page, never in front of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.parts.buttons import icon_button

AT_ONCE = 2


class Banner(QFrame):
    """A heading, a sentence or two, buttons, and details for those who ask for them.

    Args:
        title: What it is about.
        text: What happened and what can be done.
        deeds: Titles of buttons and what they do; the first is the one most will want.
        details: What "Show details" shows; empty for no such button.
        grave: Whether something broke just now.
    """

    def __init__(
        self,
        title: str,
        text: str,
        deeds: Sequence[tuple[str, Callable[[], object]]] = (),
        *,
        details: str = "",
        grave: bool = False,
    ) -> None:
        super().__init__()
        self.setProperty("role", "banner")
        self.setAccessibleName(f"{title}. {text}")
        self.title = theme.label(title, "strong", wrap=True)
        self.text = theme.label(text, "muted", wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.details = QPlainTextEdit(details)
        self.details.setReadOnly(True)
        self.details.setAccessibleName(self.tr("Details"))
        self.details.setFixedHeight(160)
        self.details.hide()
        self.buttons = [self._button(*deed) for deed in deeds]
        self.more = QPushButton(self.tr("Show details"))
        self.more.setVisible(bool(details))
        self.more.clicked.connect(self._toggle)
        self._lay_out("bad" if grave else "caution")

    def _lay_out(self, colour: str) -> None:
        mark = QLabel()
        theme.set_icon(mark, "warning", colour)
        said = QVBoxLayout()
        said.setSpacing(2)
        said.addWidget(self.title)
        said.addWidget(self.text)
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        row.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
        row.addSpacing(4)
        row.addLayout(said, 1)
        row.addSpacing(theme.GRID)
        for button in (*self.buttons, self.more):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        close = icon_button(self.tr("Close this notice"), "close", self.leave, 16)
        row.addWidget(close, 0, Qt.AlignmentFlag.AlignVCenter)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 12, 12, 12)
        column.setSpacing(12)
        column.addLayout(row)
        column.addWidget(self.details)

    def _button(self, title: str, deed: Callable[[], object]) -> QPushButton:
        made = QPushButton(title)
        made.clicked.connect(lambda _=False: deed())
        return made

    @Slot()
    def _toggle(self) -> None:
        shown = self.details.isHidden()
        self.details.setVisible(shown)
        self.more.setText(self.tr("Hide details") if shown else self.tr("Show details"))

    @Slot()
    def leave(self) -> None:
        """Go away."""
        self.hide()
        self.deleteLater()


class Banners(QWidget):
    """The banners that are up, newest at the bottom."""

    def __init__(self) -> None:
        super().__init__()
        self._pile = QVBoxLayout(self)
        self._pile.setContentsMargins(0, 0, 0, 0)
        self._pile.setSpacing(0)

    def add(self, banner: Banner) -> None:
        """Bring one up; where there are too many the oldest goes."""
        for older in self.shown()[: -AT_ONCE + 1]:
            older.leave()
        self._pile.addWidget(banner)
        banner.show()

    def shown(self) -> list[Banner]:
        """Those that are up now, oldest first."""
        items = (self._pile.itemAt(at) for at in range(self._pile.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, Banner) and not widget.isHidden()]
