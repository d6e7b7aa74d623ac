"""What can be done with the chosen pictures of a gallery, and the caption that they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPlainTextEdit, QVBoxLayout, QWidget

from ganstudio.window import theme, words
from ganstudio.window.parts.buttons import button, icon_button

CAPTION_HEIGHT = 60
"""Two lines; more are scrolled."""


class ChosenBar(QWidget):
    """A line such as "3 chosen" with buttons, and a field for their caption. Hidden while nothing is chosen.

    Signals:
        leave_out_wanted: Leave the chosen ones out, or take them back.
        move_wanted: Move the chosen ones to this class; empty takes them out of theirs.
        new_class_wanted: Ask for the name of a new class for them.
        described: These pictures (list of Path) are described by this text, one caption a line.
    """

    leave_out_wanted = Signal()
    move_wanted = Signal(str)
    new_class_wanted = Signal()
    described = Signal(list, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.count = theme.label(role="strong")
        self.out = button(self.tr("Leave out"), "minus", self.leave_out_wanted.emit, "chip")
        self.move_button = icon_button(self.tr("Move to class"), "folder")
        self.classes = QMenu(self.move_button)
        self.move_button.setMenu(self.classes)
        self.pencil = icon_button(self.tr("Describe in words"), "pencil", self.edit_caption)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.count, 1)
        for each in (self.pencil, self.move_button, self.out):
            row.addWidget(each)
        self.caption = QPlainTextEdit()
        self.caption.setFixedHeight(CAPTION_HEIGHT)
        self.caption.setTabChangesFocus(True)
        self.caption.setAccessibleName(self.tr("Caption of the chosen pictures"))
        self.caption.installEventFilter(self)
        self.caption.hide()
        self._paths: list[Path] = []
        self._shown = ""
        self._wanted = False
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self.caption)
        self.hide()

    def show_chosen(self, paths: Sequence[Path], captions: Sequence[str], *, left_out: bool, described: bool) -> None:
        """These are chosen.

        Args:
            paths: Which.
            captions: Their captions, without repetition.
            left_out: Whether they are left out, so that the button takes them back.
            described: Whether any picture of the domain has a caption.
        """
        self.commit()
        self._paths = list(paths)
        self.count.setText(self.tr("{} chosen").format(words.count(len(paths))))
        theme.set_icon(self.out, "plus" if left_out else "minus", "muted", 16)
        self.out.setText(self.tr("Take back") if left_out else self.tr("Leave out"))
        self.out.setToolTip(self.tr("The Delete key does the same. No file is changed."))
        self._shown = captions[0] if len(captions) == 1 else ""
        self.caption.setPlainText(self._shown)
        several = self.tr("Several captions; what you write here replaces them")
        one = self.tr("What the picture shows, one caption a line")
        self.caption.setPlaceholderText(several if len(captions) > 1 else one)
        self.caption.setVisible(described or self._wanted)
        self.pencil.setVisible(not described)
        self.setVisible(bool(paths))

    def show_classes(self, sizes: Mapping[str, int]) -> None:
        """The classes that pictures can be moved to."""
        self.classes.clear()
        for name in sizes:
            self.classes.addAction(name.replace("&", "&&"), partial(self.move_wanted.emit, name))
        if sizes:
            self.classes.addAction(self.tr("No class"), partial(self.move_wanted.emit, ""))
            self.classes.addSeparator()
        self.classes.addAction(theme.icon("plus"), self.tr("New class…"), self.new_class_wanted.emit)

    @Slot()
    def edit_caption(self) -> None:
        """Write what the chosen ones show."""
        self._wanted = True
        self.caption.show()
        self.caption.setFocus()

    @Slot()
    def commit(self) -> None:
        """Keep what was written, if it is new."""
        text = self.caption.toPlainText()
        if self.caption.isVisible() and text != self._shown:
            self._shown = text
            self.described.emit(self._paths, text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter with Ctrl, and leaving the field, keep the caption; Escape brings back what was there."""
        if event.type() == QEvent.Type.FocusOut:
            self.commit()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Escape:
                self.caption.setPlainText(self._shown)
                return True
            enter = event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}
            if enter and event.modifiers() & Qt.KeyboardModifier.ControlModifier:
                self.commit()
                return True
        return super().eventFilter(watched, event)
