"""The details of one model: its samples, what it is, and what can be done with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QRectF, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout, QWidget

from ganstudio.window import theme, words
from ganstudio.window.parts.buttons import button, icon_button
from ganstudio.window.parts.card import cover
from ganstudio.window.parts.scroll import scrolling
from ganstudio.window.places import newest_sheet
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Progress, Scored

WIDTH = 368


class Face(QWidget):
    """One picture, filling its place, with round corners."""

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self._thumbnails = thumbnails
        self._path: Path | None = None
        self.setFixedHeight(200)
        thumbnails.ready.connect(self._ready)

    def show_path(self, path: Path | None) -> None:
        """Show this file."""
        self._path = path
        self.update()

    @Slot(str)
    def _ready(self, key: str) -> None:
        if key == str(self._path):
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        outline.addRoundedRect(QRectF(self.rect()), theme.RADIUS, theme.RADIUS)
        painter.fillPath(outline, theme.colour("rail"))
        shown = self._thumbnails.pixmap(self._path) if self._path is not None else None
        if shown is not None and not shown.isNull():
            painter.setClipPath(outline)
            cover(painter, QRectF(self.rect()), shown)
        painter.end()


class ModelDetails(QFrame):
    """The panel at the right of the Models page.

    Signals:
        wanted: The artist asks for "translate", "continue", "export", "rename", "delete", "folder" or "cancel".
    """

    wanted = Signal(str)

    def __init__(self, thumbnails: Thumbnails) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._face = Face(thumbnails)
        self.name = theme.label(role="heading", wrap=True)
        self.routes = theme.label(role="muted", wrap=True)
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(2 * theme.GRID)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._values: dict[str, QLabel] = {}
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self._face)
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addWidget(self.name)
        names.addWidget(self.routes)
        column.addLayout(names)
        column.addLayout(self._buttons())
        column.addWidget(self._exporting())
        column.addLayout(self._facts)
        column.addStretch()
        scroll = scrolling(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)
        self._fill_facts()

    def _buttons(self) -> QVBoxLayout:
        self.translate = button(
            self.tr("Translate with it"), "translate", lambda: self.wanted.emit("translate"), "primary"
        )
        self.go_on = button(self.tr("Continue training"), "play", lambda: self.wanted.emit("continue"))
        self.export = button(self.tr("Export…"), "export", lambda: self.wanted.emit("export"))
        self.rename = button(self.tr("Rename…"), "pencil", lambda: self.wanted.emit("rename"))
        self.folder = icon_button(self.tr("Show in folder"), "folder-open", lambda: self.wanted.emit("folder"))
        self.delete = icon_button(self.tr("Move to trash…"), "trash", lambda: self.wanted.emit("delete"))
        row = QHBoxLayout()
        row.setSpacing(theme.GRID)
        row.addWidget(self.export, 1)
        row.addWidget(self.rename, 1)
        row.addWidget(self.folder)
        row.addWidget(self.delete)
        rows = QVBoxLayout()
        rows.setSpacing(theme.GRID)
        rows.addWidget(self.translate)
        rows.addWidget(self.go_on)
        rows.addLayout(row)
        return rows

    def _exporting(self) -> QWidget:
        self._export_words = theme.label(role="muted", wrap=True)
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setAccessibleName(self.tr("Progress of the export"))
        cancel = icon_button(self.tr("Cancel the export"), "close", lambda: self.wanted.emit("cancel"), 16)
        row = QHBoxLayout()
        row.addWidget(self._export_words, 1)
        row.addWidget(cancel)
        self.exporting = QWidget()
        column = QVBoxLayout(self.exporting)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(row)
        column.addWidget(self.progress)
        self.exporting.hide()
        return self.exporting

    def _fill_facts(self) -> None:
        titles = {
            "method": self.tr("Method"),
            "pictures": self.tr("Trained on"),
            "steps": self.tr("Steps"),
            "size": self.tr("Training size"),
            "quality": self.tr("Quality"),
            "file": self.tr("File"),
            "created": self.tr("Saved"),
        }
        for row, (key, title) in enumerate(titles.items()):
            value = theme.label(wrap=True)
            self._values[key] = value
            self._facts.addWidget(theme.label(title, "muted"), row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(value, row, 1)

    def show_model(self, path: Path, card: ModelCard, *, method: str, training: bool) -> None:
        """Show this model, made by a method of this title; while it trains it is neither renamed nor deleted."""
        self._face.show_path(newest_sheet(path))
        self.name.setText(card.name)
        self.routes.setText("\n".join(route.title for route in card.routes))
        translates = any(route.source is not None for route in card.routes)
        self.translate.setText(self.tr("Translate with it") if translates else self.tr("Generate with it"))
        unfinished = path.is_dir() and card.step < card.steps
        self.go_on.setVisible(unfinished or training)
        self.go_on.setText(self.tr("Watch the training") if training else self.tr("Continue training"))
        for widget in (self.rename, self.delete):
            widget.setEnabled(not training)
        pictures = [f"{name}: {words.pictures(number)}" for name, number in card.pictures.items()]
        steps = words.count(card.step)
        if card.step < card.steps:
            steps = self.tr("{done} of {total}").format(done=steps, total=words.count(card.steps))
        for key, value in {
            "method": method,
            "pictures": "\n".join(pictures),
            "steps": steps,
            "size": self.tr("{n} × {n} pixels").format(n=card.size),
            "quality": self._quality(card.scored),
            "file": words.file_size(card.file_bytes),
            "created": words.date(card.created),
        }.items():
            self._values[key].setText(value)

    def _quality(self, scored: Scored | None) -> str:
        """What was measured of each route, one a line."""
        if scored is None:
            return self.tr("not measured")
        told = {
            "distance": self.tr("distance {:.3f} ({measure})"),
            "faithfulness": self.tr("{:.0%} of the drawing kept"),
            "accuracy": self.tr("{:.0%} told right"),
        }
        lines = []
        for title, figures in scored.scores.items():
            known = [
                text.format(figures[figure], measure=scored.measure)
                for figure, text in told.items()
                if figure in figures
            ]
            lines.append(f"{title}: {', '.join(known)}")
        return "\n".join(lines)

    def show_exporting(self, name: str | None) -> None:
        """An export to this file began, or ended when None."""
        self.exporting.setVisible(name is not None)
        self.export.setEnabled(name is None)
        self.progress.setRange(0, 0)
        if name is not None:
            self._export_words.setText(self.tr("Exporting {}").format(name))

    def show_progress(self, seen: Progress) -> None:
        """So much of the export is done."""
        self.progress.setRange(0, seen.total)
        self.progress.setValue(seen.done)
