"""The details of one model: what it makes, what it is, what is said of it, and what can be done with it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from ganstudio.window import theme, words
from ganstudio.window.model_order import translations
from ganstudio.window.pages.model_face import ModelFace
from ganstudio.window.pages.model_remarks import RemarksEditor
from ganstudio.window.parts.buttons import button, icon_button
from ganstudio.window.parts.editors import QuietChoice
from ganstudio.window.parts.progress_row import ProgressRow
from ganstudio.window.parts.scroll import scrolling
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Scored

WIDTH = 368
GAP = theme.GRID


@dataclass(frozen=True, slots=True)
class About:
    """What the details say of a model beyond its card.

    Attributes:
        path: Its run folder or file.
        card: What it says of itself.
        method: Title of its method.
        training: Whether it trains now.
        room: Bytes on the disk with all that belongs to it; None while that is not known.
        to: Title of the route that is looked at; empty where none makes a picture of a picture.
    """

    path: Path
    card: ModelCard
    method: str
    training: bool = False
    room: int | None = None
    to: str = ""


class ModelDetails(QFrame):
    """The panel at the right of the Models page.

    Signals:
        wanted: The artist asks for one of the deeds of the page, such as "translate", "export" or "cancel".
        turned: Look at the route of this title.
    """

    wanted = Signal(str)
    turned = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.setFixedWidth(WIDTH)
        self._about: About | None = None
        self.face = ModelFace()
        self.direction = QuietChoice()
        self.direction.setAccessibleName(self.tr("Direction"))
        self.direction.setFixedHeight(theme.ROW)
        self.direction.activated.connect(self._turn)
        self.name = theme.label(role="heading", wrap=True)
        self.routes = theme.label(role="muted", wrap=True)
        self.remarks = RemarksEditor()
        self.work = ProgressRow()
        self.work.cancelled.connect(lambda: self.wanted.emit("cancel"))
        self._facts = QGridLayout()
        self._facts.setHorizontalSpacing(2 * GAP)
        self._facts.setVerticalSpacing(6)
        self._facts.setColumnStretch(1, 1)
        self._values: dict[str, tuple[QLabel, QLabel]] = {}
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(24, 24, 24, 24)
        column.setSpacing(2 * GAP)
        pictures = QVBoxLayout()
        pictures.setSpacing(GAP)
        pictures.addWidget(self.face)
        pictures.addWidget(self.direction)
        column.addLayout(pictures)
        column.addLayout(self._names())
        column.addLayout(self._buttons())
        column.addWidget(self.work)
        column.addLayout(self._facts)
        column.addWidget(self.remarks)
        column.addStretch(1)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolling(inner))
        self._fill_facts()

    def _names(self) -> QVBoxLayout:
        top = QHBoxLayout()
        top.addWidget(self.name, 1)
        top.addWidget(self.remarks.stars, 0, Qt.AlignmentFlag.AlignTop)
        names = QVBoxLayout()
        names.setSpacing(4)
        names.addLayout(top)
        names.addWidget(self.routes)
        return names

    def _buttons(self) -> QVBoxLayout:
        self.translate = self._button("translate", self.tr("Translate with it"), "translate", "primary")
        self.go_on = self._button("continue", self.tr("Continue training"), "play")
        self.tune = self._button("tune", self.tr("Train on from this model…"), "train")
        self.compare = self._button("compare", self.tr("Compare"), "swap")
        self.mix = self._button("mix", self.tr("Mix…"), "sliders")
        self.export = self._button("export", self.tr("Export…"), "export")
        self.share = self._button("share", self.tr("Share…"), "save")
        self.rename = icon_button(self.tr("Rename… (F2)"), "pencil", lambda: self.wanted.emit("rename"))
        self.folder = icon_button(self.tr("Show in folder"), "folder-open", lambda: self.wanted.emit("folder"))
        self.delete = icon_button(self.tr("Move to trash… (Del)"), "trash", lambda: self.wanted.emit("delete"))
        rows = QVBoxLayout()
        rows.setSpacing(GAP)
        rows.addWidget(self.translate)
        rows.addWidget(self.go_on)
        rows.addWidget(self.tune)
        for pair in ((self.compare, self.mix), (self.export, self.share)):
            row = QHBoxLayout()
            row.setSpacing(GAP)
            for each in pair:
                row.addWidget(each, 1)
            rows.addLayout(row)
        icons = QHBoxLayout()
        icons.setSpacing(GAP)
        for each in (self.rename, self.folder, self.delete):
            icons.addWidget(each)
        icons.addStretch()
        rows.addLayout(icons)
        return rows

    def _button(self, deed: str, title: str, icon: str, role: str = "") -> QPushButton:
        return button(title, icon, lambda: self.wanted.emit(deed), role)

    def _fill_facts(self) -> None:
        titles = {
            "method": self.tr("Method"),
            "origin": self.tr("Origin"),
            "pictures": self.tr("Trained on"),
            "steps": self.tr("Steps"),
            "size": self.tr("Training size"),
            "quality": self.tr("Quality"),
            "light": self.tr("Light"),
            "file": self.tr("On disk"),
            "created": self.tr("Saved"),
        }
        for row, (key, title) in enumerate(titles.items()):
            name, value = theme.label(title, "muted"), theme.label(wrap=True)
            self._values[key] = (name, value)
            self._facts.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._facts.addWidget(value, row, 1)

    def fact(self, key: str) -> str:
        """What is said of "method", "origin", "pictures", "steps", "size", "quality", "light", "file" or "created"."""
        return self._values[key][1].text()

    def show_model(self, about: About) -> None:
        """Show this model; while it trains it is neither renamed nor deleted."""
        self._about = about
        card, path = about.card, about.path
        self.name.setText(card.name)
        self.routes.setText("\n".join(route.title for route in card.routes))
        self.remarks.show_remarks(path, card.remarks)
        self._show_directions(about)
        answers = any(route.answers for route in card.routes)
        starts = self.tr("Classify with it") if answers else self.tr("Generate with it")
        self.translate.setText(self.tr("Translate with it") if about.to else starts)
        unfinished = path.is_dir() and card.step < card.steps
        self.go_on.setVisible(path.is_dir())
        going = self.tr("Continue training") if unfinished else self.tr("Show its training")
        self.go_on.setText(self.tr("Watch the training") if about.training else going)
        self.tune.setVisible(not path.is_dir())
        self.compare.setEnabled(bool(about.to))
        for widget in (self.rename, self.delete):
            widget.setEnabled(not about.training)
        for key, said in self._said(about).items():
            name, value = self._values[key]
            value.setText(said)
            name.setVisible(bool(said))
            value.setVisible(bool(said))

    def _show_directions(self, about: About) -> None:
        titles = [route.title for route in translations(about.card)]
        self.direction.blockSignals(True)
        self.direction.clear()
        self.direction.addItems(titles)
        self.direction.setCurrentText(about.to)
        self.direction.blockSignals(False)
        self.direction.setVisible(len(titles) > 1)

    @Slot()
    def _turn(self) -> None:
        self.turned.emit(self.direction.currentText())

    def _said(self, about: About) -> dict[str, str]:
        card = about.card
        pictures = [f"{name}: {words.pictures(number)}" for name, number in card.pictures.items() if number]
        steps = words.count(card.step) if card.step else ""
        if card.step < card.steps and about.path.is_dir():
            steps = self.tr("{done} of {total}").format(done=words.count(card.step), total=words.count(card.steps))
        size = words.file_size(card.file_bytes)
        if about.room is not None and about.room > card.file_bytes:
            size = self.tr("{model}, {all} with its whole run").format(model=size, all=words.file_size(about.room))
        return {
            "method": about.method,
            "origin": self._origin(card),
            "pictures": "\n".join(pictures),
            "steps": steps,
            "size": self.tr("{n} × {n} pixels").format(n=card.size),
            "quality": self._quality(card.scored) if card.step and card.light is None else "",
            "light": words.lightness(card.light) if card.light else "",
            "file": size,
            "created": words.date(card.created),
        }

    def _origin(self, card: ModelCard) -> str:
        parents = words.listed(card.parents)
        if card.origin == "blended":
            return self.tr("Mixed from {}").format(parents)
        if card.origin == "imported":
            return self.tr("Imported from {}").format(card.parents[0]) if card.parents else self.tr("Imported")
        if card.origin == "lightened":
            return self.tr("Learnt from {}").format(parents)
        return self.tr("Trained on from {}").format(parents) if parents else ""

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
