"""Models: what was trained, imported and mixed in this project, tried on the artist's own picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QApplication, QFileDialog, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from ganstudio.runs.run import MODEL
from ganstudio.window import theme, words
from ganstudio.window.model_order import ordered
from ganstudio.window.pages.model_details import About, ModelDetails
from ganstudio.window.pages.model_face import Portraits
from ganstudio.window.pages.models_bar import ChosenModels, SearchRow, TrialBar
from ganstudio.window.pages.models_deeds import ModelDeeds
from ganstudio.window.pages.models_empty import EmptyModels, NothingFound
from ganstudio.window.pages.models_faces import ModelFaces
from ganstudio.window.pages.models_known import KnownModels
from ganstudio.window.pages.models_trials import Trials
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.drop_zone import local_paths, taken
from ganstudio.window.parts.elided import Elided
from ganstudio.window.parts.model_cell import SPACE
from ganstudio.window.parts.model_gallery import ModelGallery
from ganstudio.window.studio import Studio
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.cards import ModelCard, Remarks
from ganstudio.words.events import Saved

DESKS = 2
"""Before it in the stack: the gallery, and the page without models."""


class ModelsPage(QWidget):
    """The gallery on the left, the chosen model's details on the right; comparing and mixing take the whole page.

    Signals:
        filled: `cards` has what there is now.
    """

    filled = Signal()

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._thumbnails = Thumbnails(360, self, crop=False)
        self.known = KnownModels(studio, self)
        self._next: Path | None = None
        self.trials = Trials(studio, self)
        self.faces = ModelFaces(studio, self.known, self.trials, Portraits(self._thumbnails))
        self.deeds = ModelDeeds(studio, self)
        self.setAcceptDrops(True)
        self._build()
        self._connect()

    # What is shown

    def shown(self, argument: object = None) -> None:
        """Show the models as they are now; a path chooses one."""
        self._next = argument if isinstance(argument, Path) else self._next
        self.show_gallery()
        self.trials.remembered()
        self.known.fill()
        self.empty.word()

    @property
    def cards(self) -> Mapping[Path, ModelCard]:
        """What each model of the project says of itself."""
        return self.known.cards

    def expect(self, path: Path) -> None:
        """Choose this model once it has been read."""
        self._next = path

    @property
    def selected(self) -> Path | None:
        """The model whose details are shown."""
        current = self.gallery.current()
        chosen = self.gallery.chosen()
        return current if current in chosen else next(iter(chosen), None)

    def about(self, path: Path) -> About:
        """What there is to say of a model."""
        card = self.cards[path]
        titles = {method.key: method.title for method in self._studio.catalogue}
        training = self._studio.training is not None and self._studio.training.run == path
        room = self.known.room.get(path)
        return About(path, card, titles.get(card.method, card.method), training, room, self.direction_of(path))

    def direction_of(self, path: Path) -> str:
        """Title of the route that is looked at; empty where none makes a picture of a picture."""
        return self.faces.direction_of(path)

    @Slot()
    def _read(self) -> None:
        self.faces.portraits.forget()
        self._arrange()
        self.filled.emit()

    @Slot()
    def _arrange(self) -> None:
        """Show what the search is about, and keep something chosen."""
        titles = {method.key: method.title for method in self._studio.catalogue}
        found = ordered(self.cards, self.search.sought, titles)
        self.gallery.show_models(found)
        if self._next in found:
            assert self._next is not None
            self.gallery.choose(self._next)
            self._next = None
        elif found and not self.gallery.chosen():
            self.gallery.choose(found[0])
        self._below.setCurrentWidget(self.gallery if found else self.nothing)
        if self._page.currentIndex() < DESKS:
            self._page.setCurrentIndex(0 if self.cards else 1)
        self.empty.word()
        self._sum_up(len(found))
        self.show_details()

    def _sum_up(self, found: int) -> None:
        number = len(self.cards)
        said = self.tr("1 model") if number == 1 else self.tr("{} models").format(words.count(number))
        if found != number:
            said = self.tr("{} of {}").format(words.count(found), said)
        size = sum(card.file_bytes for card in self.cards.values())
        told = [said, words.file_size(size)]
        if (room := sum(self.known.room.get(path, 0) for path in self.cards)) > size:
            told[1] = self.tr("{} on disk, {} with their runs").format(words.file_size(size), words.file_size(room))
        self.summary.setText("  ·  ".join(told))

    @Slot()
    def show_details(self) -> None:
        """Show the details of the chosen model, and what can be done with several."""
        self.empty.word()
        path = self.selected
        self.details.setVisible(path is not None)
        chosen = self.gallery.chosen()
        self.several.show_number(len(chosen))
        if path is not None:
            self.details.show_model(self.about(path))
            self.faces.show_large(path, self.details.face)
        self._want()

    # Trials

    @Slot()
    def _want(self) -> None:
        """Try what is in sight, the chosen one first; then the chosen one on the larger copy."""
        if not self.isVisible() or self._page.currentIndex() >= DESKS:
            return
        seen = [path for path in self.gallery.in_sight() if self.direction_of(path)]
        selected = self.selected
        if selected is not None and self.direction_of(selected):
            seen = [selected, *(path for path in seen if path != selected)]
        wishes = [self.faces.wanted(path) for path in seen]
        if selected in seen:
            assert selected is not None
            wishes.append(self.faces.wanted(selected, large=True))
        self.trials.want(wishes)

    @Slot(object)
    def _tried(self, path: Path) -> None:
        if path in self.cards:
            self.gallery.refresh(path)
            if path == self.selected:
                self.faces.show_large(path, self.details.face)

    @Slot()
    def _picture_changed(self) -> None:
        self.trial_bar.show_trial(self.trials.trial, self.trials.before)
        self.gallery.viewport().update()
        self.show_details()

    @Slot(str)
    def _turned(self, title: str) -> None:
        if self.selected is not None:
            self.faces.turn(self.selected, title)
            self.gallery.refresh(self.selected)
            self.show_details()

    @Slot()
    def ask_picture(self) -> None:
        """Choose a picture to try models on."""
        from ganstudio.pictures.reading import SUFFIXES

        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        title = self.tr("A picture to try the models on")
        name, _ = QFileDialog.getOpenFileName(self, title, "", f"{self.tr('Pictures')} ({kinds})")
        if name:
            self.trials.choose(Path(name))

    @Slot()
    def _paste(self) -> None:
        paths = local_paths(QApplication.clipboard().mimeData())
        image = QApplication.clipboard().image()
        if paths:
            self.take(paths)
        elif not image.isNull():
            self.trials.choose(image)
        else:
            self._studio.say(self.tr("There is no picture on the clipboard."))

    def take(self, paths: list[Path]) -> None:
        """What was dropped: the first picture is what models are tried on, all other files are imported."""
        from ganstudio.pictures.reading import SUFFIXES

        pictures = [path for path in paths if path.suffix.lower() in SUFFIXES and path.is_file()]
        if pictures:
            self.trials.choose(pictures[0])
        others = [path / MODEL if (path / MODEL).is_file() else path for path in paths if path not in pictures]
        if files := [path for path in others if path.is_file()]:
            self.deeds.importing.begin(files)
        elif not pictures:
            self._studio.say(self.tr("Drop a picture to try models on, or a model: a .pth or .safetensors file."))

    # What happens elsewhere

    @Slot(object, object)
    def _remarked(self, path: Path, said: Remarks) -> None:
        """Show at once what the reader writes down in a moment."""
        if path in self.cards:
            self.known.remark(path, said)
            self.gallery.refresh(path)
            if path == self.selected:
                self.details.remarks.show_remarks(path, said)

    @Slot(object, int)
    def _starred(self, path: Path, stars: int) -> None:
        self.details.remarks.keep()  # What is being written of the same model is not lost.
        self._remarked(path, replace(self.cards[path].remarks, stars=stars))

    @Slot()
    def _weighed(self) -> None:
        self._sum_up(len(self.gallery.rows.paths))
        if self.selected is not None:
            self.details.show_model(self.about(self.selected))

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if isinstance(event, Saved) and event.kind == "model" and self.isVisible():
            self.known.fill()

    @Slot(str)
    def _decoded(self, key: str) -> None:
        path = self.selected
        self.gallery.viewport().update()
        if path is not None and self.faces.portraits.is_of(key, path):
            self.faces.show_large(path, self.details.face)

    @Slot(QPoint)
    def _menu(self, at: QPoint) -> None:
        if self.selected is not None:
            self.deeds.menu().popup(at)

    # Desks

    def keys(self) -> list[tuple[str, str]]:
        """Titles and shortcuts of what this page alone can do, for the sheet of shortcuts."""
        own = [(deed.title, deed.keys) for deed in self.deeds.all() if deed.keys]
        others = ((self.tr("Import…"), "Ctrl+I"), (self.tr("Search"), "Ctrl+F"), (self.tr("Before"), "\\"))
        return [*own, *others, (self.tr("Give 0 to 5 stars"), "5")]

    def show_desk(self, desk: QWidget) -> None:
        """Give the whole page to comparing or mixing."""
        self.trials.leave()
        if self._page.indexOf(desk) < 0:
            self._page.addWidget(desk)
        self._page.setCurrentWidget(desk)
        desk.setFocus()

    @Slot()
    def show_gallery(self) -> None:
        """Go back to the gallery."""
        self.trials.leave()
        self.trials.end_suggestion()
        self._page.setCurrentIndex(0 if self.cards else 1)
        self.gallery.setFocus()
        self._want()

    def showEvent(self, event: QShowEvent) -> None:
        """Go on trying."""
        super().showEvent(event)
        self.gallery.sight_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: end the trial in hand."""
        self.details.remarks.keep()
        self.trials.leave()
        super().hideEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files wherever they are dropped."""
        taken(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """A picture to try models on, or models to import."""
        if paths := taken(event):
            self.take(paths)

    def _build(self) -> None:
        self.summary = Elided("muted")
        self.bring = button(self.tr("Import…"), "folder-plus", lambda: self.deeds.do("import"))
        self.search = SearchRow(self._studio.settings)
        self.trial_bar = TrialBar()
        self.gallery = ModelGallery(self.faces.face_of, self)  # A stack without a place yet would show it as a window.
        self.nothing = NothingFound()
        self.several = ChosenModels()
        self.details = ModelDetails()
        titles = QVBoxLayout()
        titles.setSpacing(2)
        titles.addWidget(theme.label(self.tr("Models"), "title"))
        titles.addWidget(self.summary)
        head = QHBoxLayout()
        head.addLayout(titles, 1)
        head.addWidget(self.bring, 0, Qt.AlignmentFlag.AlignTop)
        self._below = QStackedLayout()
        self._below.addWidget(self.gallery)
        self._below.addWidget(self.nothing)
        above = QVBoxLayout()
        # As wide as the cards, which have space around them and a scroll bar beside them.
        above.setContentsMargins(SPACE, 0, SPACE + self.gallery.bar_width(), 0)
        above.setSpacing(12)
        above.addLayout(head)
        above.addWidget(self.trial_bar)
        above.addWidget(self.search)
        left = QVBoxLayout()
        left.setContentsMargins(theme.MARGIN - SPACE, 24, 0, 16)
        left.setSpacing(SPACE)
        left.addLayout(above)
        left.addLayout(self._below, 1)
        left.addWidget(self.several)
        full = QWidget()
        row = QHBoxLayout(full)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(theme.GRID)
        row.addLayout(left, 1)
        row.addWidget(self.details)
        self.empty = EmptyModels(self._studio, self.known)
        self._page = QStackedLayout(self)
        self._page.addWidget(full)
        self._page.addWidget(self.empty)

    def _connect(self) -> None:
        studio = self._studio
        studio.project_changed.connect(self.known.fill)
        studio.runs_changed.connect(self.known.fill)
        studio.training_changed.connect(self.show_details)
        studio.catalogue_ready.connect(self._arrange)
        studio.closing.connect(self._thumbnails.shut)
        studio.closing.connect(self.details.remarks.keep)
        studio.closing.connect(self.known.write_all)
        studio.worker.happened.connect(self._happened)
        self.known.read.connect(self._read)
        self.known.weighed.connect(self._weighed)
        self._thumbnails.ready.connect(self._decoded)
        self.trials.picture_changed.connect(self._picture_changed)
        self.trials.changed.connect(self._tried)
        self.trial_bar.asked.connect(self.ask_picture)
        self.trial_bar.cleared.connect(self.trials.clear)
        self.search.wished.connect(self._arrange)
        self.search.left.connect(self.gallery.setFocus)
        self.nothing.cleared.connect(self.search.clear)
        self.gallery.chosen_changed.connect(self.show_details)
        self.gallery.starred.connect(self._starred)
        self.gallery.sight_changed.connect(self._want)
        self.gallery.opened.connect(lambda: self.deeds.do("translate"))
        self.gallery.trash_pressed.connect(lambda: self.deeds.do("delete"))
        self.gallery.pulled.connect(lambda: self.deeds.do("drag"))
        self.gallery.menu_wanted.connect(self._menu)
        self.empty.imported.connect(lambda: self.deeds.do("import"))
        for asking in (self.details, self.several):
            asking.wanted.connect(self.deeds.do)
        self.details.turned.connect(self._turned)
        self.details.remarks.remarked.connect(self._remarked)
        whole = Qt.ShortcutContext.WidgetWithChildrenShortcut
        QShortcut(QKeySequence(QKeySequence.StandardKey.Paste), self, self._paste, context=whole)
        QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self, self.search.text.setFocus, context=whole)
        for name, keys in self.deeds.shortcuts():
            QShortcut(QKeySequence(keys), self, lambda name=name: self.deeds.do(name), context=whole)
