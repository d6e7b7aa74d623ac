"""Generating pictures: which label or caption, how many, which chance; and a grid of what came out."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from pathlib import Path

from PIL import Image
from PySide6.QtCore import QModelIndex, QSize, QStringListModel, Qt, Signal, Slot
from PySide6.QtGui import QGuiApplication, QIcon, QImage, QKeySequence, QPixmap, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ganstudio.pictures.frames import save
from ganstudio.window import jobs, theme, words
from ganstudio.window.jobs import Job
from ganstudio.window.pages.translate_drag import DragOut
from ganstudio.window.pages.translate_work import plain
from ganstudio.window.parts.editors import QuietCheck, QuietChoice, QuietSpin
from ganstudio.window.parts.picture_view import LargeView, Shown, to_qimage
from ganstudio.window.parts.queue_list import THUMBNAIL
from ganstudio.window.parts.word_completer import WordCompleter
from ganstudio.window.studio import Studio
from ganstudio.words.events import Event, Failed, Progress
from ganstudio.words.routes import Route

MOST = 256
WORDS_TOLD = 60
_SIDE = 120


def writing(pictures: list[tuple[Image.Image, Path]]) -> Job[int]:
    """Write pictures to files; how many."""
    for number, (picture, target) in enumerate(pictures, start=1):
        save(picture, target)
        yield Progress(number, len(pictures), "saving")
    return len(pictures)


class MadeGrid(QListWidget):
    """The pictures made.

    Signals:
        pulled: The chosen ones are being dragged out.
    """

    pulled = Signal()

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the pictures, not the rows."""
        self.pulled.emit()


class GenerateDesk(QWidget):
    """What to make on the left, what was made on the right."""

    def __init__(self, studio: Studio, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._studio = studio
        self._model: Path | None = None
        self._route: Route | None = None
        self._job: int | None = None
        self._saving: int | None = None
        self._asked = ("", "0")
        self._made: list[tuple[str, Image.Image]] = []
        self.labels = QuietChoice()
        self.caption = QLineEdit()
        self.towards, self.walk = QuietSpin(), QuietCheck(self.tr("Walk towards another seed"))
        self.count, self.seed = QuietSpin(), QuietSpin()
        self.count.setRange(1, MOST)
        self.count.setValue(16)
        for seed in (self.seed, self.towards):
            seed.setRange(0, 2**31 - MOST)
        self.towards.setValue(1)
        self.dice = QPushButton()
        self.generate = QPushButton(self.tr("Generate"))
        self.generate.setProperty("role", "primary")
        self.status = theme.label("", "muted", wrap=True)
        self.results = MadeGrid()
        self.stage, self.blank = QStackedWidget(), theme.label(self.tr("The pictures appear here."), "muted")
        self._dragging = DragOut(studio, self)
        self.save, self.copy = QPushButton(self.tr("Save…")), QPushButton(self.tr("Copy"))
        self.save_all = QPushButton(self.tr("Save all…"))
        self._label_box, self._text_box = QWidget(), QWidget()
        self._layout()
        self._connect()
        self._refresh()

    def set_route(self, model: Path | None, route: Route | None) -> None:
        """Generate by this route of this model."""
        self._cancel()
        changed = route != self._route
        self._model, self._route = model, route
        if changed:
            self.labels.clear()
            self.labels.addItems(list(route.labels) if route is not None else [])
            self._offer_words(route.words if route is not None else ())
            self._show([])
        self._refresh()

    @Slot()
    def _generate(self) -> None:
        model, route, device = self._model, self._route, self._studio.device
        if model is None or route is None or self._job is not None:
            return
        label = self.labels.currentText() or None
        text = self.caption.text().strip() if route.words else None
        try:
            route.check(label, text)
        except ValueError as fault:
            theme.set_role(self.status, "bad")
            self.status.setText(str(fault))
            return
        seed, count = self.seed.value(), self.count.value()
        towards = self.towards.value() if self.walk.isChecked() else None
        self._asked = (label or text or route.target, f"{seed}" if towards is None else f"{seed}-{towards}")
        self._job = self._studio.worker.begin(
            lambda: jobs.generate(
                model, route.title, label=label, text=text, seed=seed, towards=towards, count=count, device=device
            )
        )
        theme.set_role(self.status, "muted")
        self.status.setText(self.tr("Getting ready…"))
        self._refresh()

    @Slot()
    def _press(self) -> None:
        """Begin, or make no more; disabled meanwhile, the button would give the keyboard to the next one."""
        if self._job is None:
            self._generate()
        else:
            self._cancel()
            self._refresh()

    def _cancel(self) -> None:
        if self._job is not None:
            self._studio.worker.cancel(self._job)
            self._job = None

    def _offer_words(self, known: Sequence[str]) -> None:
        """Help with the caption: the words that the model has learnt, completed while one types."""
        self.caption.clear()
        self.caption.setPlaceholderText(" ".join(known[:4]))
        self.caption.setToolTip(theme.tip(self.tr("It knows: {}").format(", ".join(known[:WORDS_TOLD]))))
        self._completer.setModel(QStringListModel(sorted(known), self._completer))

    @Slot()
    def _roll(self) -> None:
        self.seed.setValue(secrets.randbelow(100_000))
        self._generate()

    def _show(self, pictures: list[Image.Image]) -> None:
        wish, seed = self._asked
        # Called as the command line calls them, which makes the same pictures of this seed.
        self._made = [(f"{wish}-{seed}-{number:04d}", picture) for number, picture in enumerate(pictures)]
        self.results.clear()
        for name, picture in self._made:
            # Whole multiples keep the pixels of small pictures sharp.
            image = to_qimage(picture)
            times = max(1, _SIDE // max(1, image.width()))
            pixmap = QPixmap.fromImage(image.scaled(image.size() * times))
            icon = QIcon(pixmap)
            icon.addPixmap(pixmap, QIcon.Mode.Selected)  # Else Qt tints the chosen ones.
            item = QListWidgetItem(icon, "")
            item.setToolTip(theme.tip(name))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, name)
            self.results.addItem(item)
        self._refresh()

    @Slot(QModelIndex)
    def _enlarge(self, index: QModelIndex) -> None:
        shown = [Shown(name, to_qimage(picture)) for name, picture in self._made]
        LargeView(shown, index.row(), self).open()

    def _chosen(self) -> list[tuple[str, Image.Image]]:
        return [self._made[index.row()] for index in self.results.selectedIndexes()]

    @Slot()
    def _ask_save(self) -> None:
        chosen = self._chosen()
        if len(chosen) != 1:
            self._ask_folder(chosen)
            return
        start = str(Path.home() / f"{plain(chosen[0][0])}.png")
        kinds = self.tr("Pictures (*.png *.jpg *.webp *.tif)")
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Save the picture"), start, kinds)
        if name:
            self._write([(chosen[0][1], Path(name) if Path(name).suffix else Path(f"{name}.png"))])

    @Slot()
    def _ask_save_all(self) -> None:
        self._ask_folder(self._made)

    def _ask_folder(self, chosen: list[tuple[str, Image.Image]]) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Folder for the pictures")) if chosen else ""
        if name:
            self._write([(picture, Path(name) / f"{plain(title)}.png") for title, picture in chosen])

    def _write(self, pictures: list[tuple[Image.Image, Path]]) -> None:
        self._saving = self._studio.worker.begin(lambda: writing(pictures))
        self._refresh()

    @Slot()
    def _copy(self) -> None:
        chosen = self._chosen()
        if chosen:
            QGuiApplication.clipboard().setImage(to_qimage(chosen[0][1]))
            self._studio.say(self.tr("Copied."))

    @Slot()
    def _drag(self) -> None:
        chosen = self._chosen()
        if not chosen:
            return
        first = to_qimage(chosen[0][1])

        def written(files: Sequence[Path]) -> QImage:
            for (_, picture), file in zip(chosen, files, strict=True):
                save(picture, file)
            return first

        names = [f"{plain(title)}.png" for title, _ in chosen]
        self._dragging.begin(names, written, first.scaledToWidth(2 * THUMBNAIL))

    @Slot(int, object)
    def _happened(self, job: int, event: Event) -> None:
        if job == self._job and isinstance(event, Progress):
            self.status.setText(self.tr("Making {} of {}…").format(event.done, event.total))

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._job:
            self._job = None
            if isinstance(result, list):
                self._show(result)
        elif job == self._saving:
            self._saving = None
            if isinstance(result, int):
                self._studio.say(self.tr("Saved {}.").format(words.pictures(result)))
        else:
            return
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        self._refresh()

    @Slot()
    def _refresh(self) -> None:
        self.generate.setEnabled(self._route is not None)
        self.generate.setText(self.tr("Generate") if self._job is None else self.tr("Cancel"))
        asks = self._route is not None and bool(self._route.words)
        self._label_box.setVisible(self.labels.count() > 0)
        self._text_box.setVisible(asks)
        self.towards.setVisible(self.walk.isChecked())
        chosen = bool(self.results.selectedIndexes())
        self.save.setEnabled(chosen and self._saving is None)
        self.copy.setEnabled(chosen)
        self.save_all.setEnabled(bool(self._made) and self._saving is None)
        if self._job is None:
            theme.set_role(self.status, "muted")
            hint = self.tr(
                "Click a picture to choose it, double-click to see it large, drag it into a folder or another program."
            )
            self.status.setText(hint if self._made else "")
            self.stage.setCurrentWidget(self.results if self._made else self.blank)

    def _connect(self) -> None:
        self.generate.clicked.connect(self._press)
        self.caption.returnPressed.connect(self._generate)
        self.walk.toggled.connect(self._refresh)
        self.dice.clicked.connect(self._roll)
        self.results.activated.connect(self._enlarge)
        self.results.pulled.connect(self._drag)
        self.results.itemSelectionChanged.connect(self._refresh)
        self.save.clicked.connect(self._ask_save)
        self.save_all.clicked.connect(self._ask_save_all)
        self.copy.clicked.connect(self._copy)
        for keys, slot in (
            (QKeySequence.StandardKey.Save, self._ask_save),
            (QKeySequence.StandardKey.Copy, self._copy),
        ):
            QShortcut(QKeySequence(keys), self, slot, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._studio.worker.happened.connect(self._happened)
        self._studio.worker.ended.connect(self._ended)

    def _layout(self) -> None:
        self._dress_results()
        self.dice.setProperty("role", "icon")
        self.dice.setToolTip(self.tr("Roll another seed and generate"))
        self.dice.setAccessibleName(self.tr("Roll another seed"))
        for button, icon in (
            (self.dice, "dice"),
            (self.save, "save"),
            (self.copy, "copy"),
            (self.save_all, "folder-open"),
        ):
            theme.set_icon(button, icon)
        column = QVBoxLayout()
        column.setSpacing(4)
        self._completer = WordCompleter(self.caption)
        for box, title, field, name in (
            (self._label_box, self.tr("What"), self.labels, self.tr("Label")),
            (self._text_box, self.tr("What"), self.caption, self.tr("Caption")),
            (QWidget(), self.tr("How many"), self.count, self.tr("How many pictures")),
            (QWidget(), self.tr("Seed"), self.seed, self.tr("Seed")),
        ):
            caption = theme.label(title)
            caption.setBuddy(field)
            field.setAccessibleName(name)
            field.setFixedHeight(theme.ROW)
            rows = QVBoxLayout(box)  # Hidden as a whole, with the room below it.
            rows.setContentsMargins(0, 0, 0, 8)
            rows.setSpacing(4)
            rows.addWidget(caption)
            row = QHBoxLayout()
            row.addWidget(field, 1)
            if field is self.seed:
                row.addWidget(self.dice)
            rows.addLayout(row)
            column.addWidget(box)
        self.walk.setToolTip(self.tr("The pictures lead step by step from the one seed's picture to the other's."))
        self.towards.setAccessibleName(self.tr("Seed at the end of the walk"))
        self.towards.setFixedHeight(theme.ROW)
        column.addWidget(self.walk)
        column.addWidget(self.towards)
        column.addSpacing(8)
        column.addWidget(self.generate)
        column.addSpacing(8)
        column.addWidget(self.status)
        column.addStretch(1)
        saving = QHBoxLayout()
        saving.setSpacing(8)
        saving.addWidget(self.copy, 1)
        saving.addWidget(self.save, 1)
        column.addLayout(saving)
        column.addSpacing(4)
        column.addWidget(self.save_all)
        column.setContentsMargins(0, 0, 0, 0)
        side = QWidget()
        side.setFixedWidth(248)
        side.setLayout(column)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(24)
        layout.addWidget(side)
        self.blank.setAlignment(Qt.AlignmentFlag.AlignCenter)
        for widget in (self.blank, self.results):
            self.stage.addWidget(widget)
        layout.addWidget(self.stage, 1)

    def _dress_results(self) -> None:
        self.results.setProperty("role", "queue")
        self.results.setViewMode(QListView.ViewMode.IconMode)
        self.results.setResizeMode(QListView.ResizeMode.Adjust)
        self.results.setMovement(QListView.Movement.Static)
        self.results.setUniformItemSizes(True)
        self.results.setIconSize(QSize(_SIDE, _SIDE))
        self.results.setGridSize(QSize(_SIDE + 16, _SIDE + 16))
        self.results.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.results.setDragEnabled(True)
        self.results.setAccessibleName(self.tr("Pictures made"))
        self.results.setAccessibleDescription(self.tr("They can be dragged into a folder or another program"))
