"""Home: begin with two folders, with the sample, or where one stopped."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Slot
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.runs.project import FILE, Project
from ganstudio.window import jobs, places, theme, words
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.card import Card
from ganstudio.window.parts.drop_zone import DropZone
from ganstudio.window.parts.flow import Flow
from ganstudio.window.parts.progress_row import ProgressRow
from ganstudio.window.parts.scroll import scrolling
from ganstudio.window.studio import Studio
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.events import Failed, Progress
from ganstudio.words.recipe import Domain

SAMPLE = "Summer and winter (sample)"
SEASONS = ("summer", "winter")


class HomePage(QWidget):
    """The drop zone, three ways to begin, and the recent projects."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._thumbnails = Thumbnails(360, self, crop=False)
        self._drawing: int | None = None
        self._before: Project | None = None
        self._sample_folder = Path()
        self._build()
        studio.project_changed.connect(self._fill_recent)
        studio.runs_changed.connect(self._fill_recent)
        studio.closing.connect(self._thumbnails.shut)
        studio.worker.happened.connect(self._happened)
        studio.worker.ended.connect(self._ended)

    def _build(self) -> None:
        self.zone = DropZone(
            "image-plus",
            self.tr("Drop two folders to begin"),
            self.tr("Photographs and paintings, summer and winter, sketches and colours…  Or click to choose."),
            large=True,
        )
        self.zone.setMinimumHeight(248)
        self.zone.dropped.connect(self.take)
        self.zone.clicked.connect(self._browse)

        self.sample = button(self.tr("Open the sample project"), "sample", self.open_sample)
        self.new = button(self.tr("New project…"), "folder-plus", self.new_project)
        self.open = button(self.tr("Open project…"), "folder-open", self.open_project)
        self.place = QPushButton()
        self.place.setProperty("role", "quiet")
        self.place.setToolTip(self.tr("Where new projects go. Press to change it."))
        self.place.clicked.connect(self._choose_place)
        ways = QHBoxLayout()
        ways.setSpacing(theme.GRID)
        for way in (self.sample, self.new, self.open):
            ways.addWidget(way)
        ways.addStretch()
        ways.addWidget(self.place)

        self.work = ProgressRow()
        self.work.cancelled.connect(self._cancel)
        kept = self.work.sizePolicy()
        kept.setRetainSizeWhenHidden(True)  # What is below does not move when drawing begins and ends.
        self.work.setSizePolicy(kept)

        self._recent_title = theme.label(self.tr("Recent projects"), "heading")
        self._cards = Flow(spacing=2 * theme.GRID)
        self._steps = self._explanation()

        inner = QWidget()
        inner.setProperty("role", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        column.setSpacing(2 * theme.GRID)
        column.addWidget(self.zone)
        column.addLayout(ways)
        column.addWidget(self.work)
        column.addWidget(self._recent_title)
        column.addLayout(self._cards)
        column.addWidget(self._steps)
        column.addStretch(1)
        scroll = scrolling(inner)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scroll)

    def _explanation(self) -> QWidget:
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4 * theme.GRID)
        for icon, title, text in (
            ("data", self.tr("Gather"), self.tr("Two folders of 200 to 2,000 pictures. They need not match in pairs.")),
            ("train", self.tr("Train"), self.tr("Press Train and watch the samples. Stop and continue at any time.")),
            ("translate", self.tr("Translate"), self.tr("Drop any picture on your model, at its full size.")),
        ):
            column = QVBoxLayout()
            column.setSpacing(theme.GRID)
            mark = theme.label()
            theme.set_icon(mark, icon, "accent", 24)
            column.addWidget(mark)
            column.addWidget(theme.label(title, "strong"))
            column.addWidget(theme.label(text, "muted", wrap=True))
            column.addStretch()
            row.addLayout(column, 1)
        return whole

    def shown(self, argument: object = None) -> None:
        """Show what is recent now; "sample" opens the sample project."""
        self._fill_recent()
        if argument == "sample":
            self.open_sample()

    @Slot()
    def _fill_recent(self) -> None:
        if not self.isVisible() and self._cards.count():
            return  # Filled when it comes up.
        self._cards.clear()
        recent = self._studio.recent()
        self._recent_title.setVisible(bool(recent))
        self._steps.setVisible(not recent)
        for path in recent:
            self._cards.addWidget(self._card(path))
        folder = places.projects_folder(self._studio.settings)
        self.place.setText(self.tr("New projects go to {}").format(places.home_relative(folder)).replace("&", "&&"))

    def _card(self, path: Path) -> Card:
        try:
            project = Project.open(path)
            runs = len(project.runs())
            names = words.side_by_side([domain.name for domain in project.domains]) or self.tr("no pictures yet")
            trained = self.tr("1 training") if runs == 1 else self.tr("{} trainings").format(words.count(runs))
            lines = [names, trained if runs else self.tr("not trained yet")]
            picture = places.face(project)
        except (ValueError, OSError) as error:
            lines, picture = [str(error)], None
        card = Card(path.name, tuple(lines), picture, self._thumbnails, icon="folder")
        card.setToolTip(theme.tip(places.home_relative(path)))
        card.clicked.connect(lambda: self._open_path(path))
        card.menu = QMenu(card)
        card.menu.addAction(self.tr("Open"), lambda: self._open_path(path))
        card.menu.addAction(self.tr("Leave out of this list"), lambda: self._forget(path))
        return card

    # Ways to begin

    @Slot(list)
    def take(self, paths: list[Path]) -> None:
        """Begin with what was dropped: a project opens, folders and pictures make a new one."""
        self._studio.begin_with(paths)

    @Slot()
    def _browse(self) -> None:
        chosen: list[Path] = []
        for title in (self.tr("Choose the first folder of pictures"), self.tr("Choose the second folder of pictures")):
            name = QFileDialog.getExistingDirectory(self, title, str(chosen[-1].parent) if chosen else "")
            if not name:
                break
            chosen.append(Path(name))
        if chosen:
            self.take(chosen)

    @Slot()
    def new_project(self) -> None:
        """Ask where, and create a project there."""
        folder = places.ready(places.free(places.projects_folder(self._studio.settings) / self.tr("My project")))
        name, _ = QFileDialog.getSaveFileName(self, self.tr("Name and place of the new project"), str(folder))
        if name and self._studio.new_project(Path(name)):
            self._studio.show("data")

    @Slot()
    def open_project(self) -> None:
        """Ask which, and open it."""
        start = str(places.projects_folder(self._studio.settings))
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose a project folder"), start)
        if name:
            self._open_path(Path(name))

    def _open_path(self, path: Path) -> None:
        if self._studio.open_project(path):
            self._studio.show("data")
        else:
            self._fill_recent()  # It may be away by now.

    def _forget(self, path: Path) -> None:
        self._studio.forget(path)
        self._fill_recent()

    @Slot()
    def _choose_place(self) -> None:
        start = str(places.projects_folder(self._studio.settings))
        name = QFileDialog.getExistingDirectory(self, self.tr("Where should new projects go?"), start)
        if name:
            self._studio.settings.setValue("projects_folder", name)
            self._fill_recent()

    # The sample

    @Slot()
    def open_sample(self) -> None:
        """Open the sample project; draw it first when it is not there."""
        if self._drawing is not None:
            return
        self._sample_folder = places.projects_folder(self._studio.settings) / SAMPLE
        if (self._sample_folder / FILE).is_file():
            self._open_path(self._sample_folder)
            return
        pictures = self._sample_folder / "pictures"
        self._drawing, self._before = (
            self._studio.worker.begin(lambda: jobs.draw_sample(pictures)),
            self._studio.project,
        )
        self.work.begin(self.tr("Drawing the sample pictures"))
        if self.window().focusWidget() is self.sample:
            self.work.cancel.setFocus()  # Or Qt hands the keyboard to the next way to begin, as if that were meant.
        self.sample.setEnabled(False)

    @Slot()
    def _cancel(self) -> None:
        if self._drawing is not None:
            self._studio.worker.cancel(self._drawing)
            self._end_drawing()

    def _end_drawing(self) -> None:
        self._drawing = None
        self.sample.setEnabled(True)
        if self.window().focusWidget() is self.work.cancel:
            self.sample.setFocus()
        self.work.hide()

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if job == self._drawing and isinstance(event, Progress) and event.total:
            self.work.show_progress(event)
            self.work.tell_left(
                self.tr("Drawing the sample pictures: {done} of {total}").format(
                    done=words.count(event.done), total=words.count(event.total)
                )
            )

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job != self._drawing:
            return
        self._end_drawing()
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        elif self._studio.project != self._before:  # Whoever opened another one meanwhile is not torn away from it.
            self._studio.offer(self.tr("The sample project is drawn."), self.tr("Open"), self._begin_sample)
        else:
            self._begin_sample()

    def _begin_sample(self) -> None:
        if self._studio.new_project(self._sample_folder):
            pictures = self._sample_folder / "pictures"
            self._studio.keep_domains(tuple(Domain(name, (str(pictures / name),)) for name in SEASONS))
            self._studio.show("data")
