"""What a job told along the way, warnings and files left out, as one quiet line that opens."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme
from ganstudio.window.screen import Notes


class NotesLine(QWidget):
    """Nothing while there is nothing to tell; else a line such as "2 warnings, 3 pictures left out" that opens."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._told: tuple[Notes, Notes] = (Notes(), Notes())
        self.line = QPushButton()
        self.line.setProperty("role", "line")
        self.line.setCheckable(True)
        theme.set_icon(self.line, "chevron-right", "muted")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFixedHeight(120)
        self.text.setAccessibleName(self.tr("Warnings and pictures left out"))
        self.text.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.line, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self.text)
        self.line.toggled.connect(self._open)
        self.hide()

    def tell(self, warnings: Notes, skipped: Notes) -> None:
        """Show these; the list is only made when it is open."""
        if (warnings, skipped) == self._told:
            return
        self._told = (warnings, skipped)
        parts = []
        if warnings.count:
            parts.append(self.tr("1 warning") if warnings.count == 1 else f"{warnings.count:,} warnings")
        if skipped.count:
            one = skipped.count == 1
            parts.append(self.tr("1 picture left out") if one else f"{skipped.count:,} pictures left out")
        self.line.setText(", ".join(parts))
        self.setVisible(bool(parts))
        if self.text.isVisible():
            self._fill()

    @Slot(bool)
    def _open(self, opened: bool) -> None:
        theme.set_icon(self.line, "chevron-down" if opened else "chevron-right", "muted")
        if opened:
            self._fill()
        self.text.setVisible(opened)

    def _fill(self) -> None:
        warnings, skipped = self._told
        lines = [*warnings.latest, *skipped.latest]
        hidden = warnings.count + skipped.count - len(lines)
        if hidden > 0:
            lines.append(f"… and {hidden:,} earlier ones; the run's events.jsonl lists them all.")
        self.text.setPlainText("\n".join(lines))
