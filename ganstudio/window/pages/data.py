"""Data: the domains of the project side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt, QThreadPool, Slot
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from ganstudio.runs.project import Project
from ganstudio.window import jobs, places, theme, words
from ganstudio.window.pages.data_column import DomainColumn
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.drop_zone import DropZone
from ganstudio.window.studio import Studio
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.recipe import Domain


class DataPage(QWidget):
    """A column for each domain, a drop zone for the next one, and the way on to Train."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._project: Path | None = None
        self._pairing: int | None = None
        self.columns: list[DomainColumn] = []
        self._thumbnails = Thumbnails(192, self)
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._build()
        studio.project_changed.connect(self._fill)
        studio.closing.connect(self._shut)
        studio.worker.ended.connect(self._paired)
        self._fill()

    def _build(self) -> None:
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        self._row = QHBoxLayout(inner)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * theme.GRID)
        self.zone = DropZone("folder-plus", "", "")
        self.zone.setMinimumWidth(280)
        self.zone.dropped.connect(self.add_domains)
        self.zone.clicked.connect(self._browse)
        self._row.addWidget(self.zone, 1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(inner)

        full = QWidget()
        column = QVBoxLayout(full)
        column.setContentsMargins(theme.MARGIN, 24, theme.MARGIN, 24)
        column.setSpacing(2 * theme.GRID)
        column.addLayout(self._head())
        column.addWidget(scroll, 1)
        self._states = QStackedLayout(self)
        self._states.addWidget(full)
        self._states.addWidget(self._empty())

    def _head(self) -> QHBoxLayout:
        self.title = theme.label(role="title")
        self.summary = theme.label(role="muted")
        self.add = button(self.tr("Add domain…"), "plus", self._browse)
        self.add.setToolTip(
            self.tr("Another folder of pictures, to translate between more than two. It may also be dropped here.")
        )
        self.next = button(self.tr("Next: Train"), "arrow-right", self._go_on, "primary")
        self.next.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
        both = QVBoxLayout()
        both.setSpacing(2)
        both.addWidget(self.title)
        both.addWidget(self.summary)
        head = QHBoxLayout()
        head.setSpacing(theme.GRID)
        head.addLayout(both, 1)
        head.addWidget(self.add, 0, Qt.AlignmentFlag.AlignBottom)
        head.addWidget(self.next, 0, Qt.AlignmentFlag.AlignBottom)
        return head

    def _empty(self) -> QWidget:
        zone = DropZone(
            "folder-plus",
            self.tr("No project is open"),
            self.tr("Drop two folders of pictures to begin one, or click to go Home."),
            large=True,
        )
        zone.dropped.connect(self.add_domains)
        zone.clicked.connect(self._go_home)
        empty = QWidget()
        around = QVBoxLayout(empty)
        around.setContentsMargins(theme.MARGIN, theme.MARGIN, theme.MARGIN, theme.MARGIN)
        around.addWidget(zone)
        return empty

    def shown(self, argument: object = None) -> None:
        """Show the project as it is now."""
        self._fill()

    @Slot()
    def _fill(self) -> None:
        project = self._studio.project
        self._states.setCurrentIndex(0 if project is not None else 1)
        if project is None:
            return
        if project.path != self._project:
            self._project = project.path
            while self.columns:
                self._drop(self.columns[-1])
        self._match(project)
        self.title.setText(project.name)
        self._show_zone(len(project.domains))
        self._summarise()

    def _match(self, project: Project) -> None:
        """Make the columns those of the project's domains, keeping each whose domain stayed."""
        wanted = list(project.domains)
        names = {domain.name for domain in wanted}
        for column in list(self.columns):
            if column.domain.name not in names and column.domain.sources not in {d.sources for d in wanted}:
                self._drop(column)
        while len(self.columns) > len(wanted):
            self._drop(self.columns[-1])
        for at, domain in enumerate(wanted):
            if at == len(self.columns):
                self._append(domain)
            self.columns[at].take(domain)

    def _append(self, domain: Domain) -> None:
        column = DomainColumn(domain, self._studio.worker, self._thumbnails, self._pool)
        column.renamed.connect(lambda name: self._rename(column, name))
        column.added.connect(lambda paths: self._extend(column, paths))
        column.removed.connect(lambda: self._remove(column))
        column.listed.connect(self._summarise)
        column.failed.connect(self._say)
        self._row.insertWidget(len(self.columns), column, 1)
        self.columns.append(column)

    def _drop(self, column: DomainColumn) -> None:
        column.leave()
        self.columns.remove(column)
        column.hide()
        column.deleteLater()

    def _show_zone(self, domains: int) -> None:
        self.zone.setVisible(domains < 2)
        self.add.setVisible(domains >= 2)
        if domains == 0:
            self.zone.title.setText(self.tr("Drop two folders of pictures"))
            self.zone.hint.setText(self.tr("Or click to choose one"))
        else:
            self.zone.title.setText(self.tr("Drop the second folder"))
            self.zone.hint.setText(
                self.tr(
                    "To translate between the two, or more. One folder alone is enough to make new pictures like its "
                    "own, by class with a subfolder for each, or by text with a caption in a .txt file beside each."
                )
            )
        self.zone.setAccessibleName(self.zone.title.text())

    @Slot()
    def _summarise(self) -> None:
        listings = [column.listing for column in self.columns if column.listing is not None]
        counts = [len(listing.paths) for listing in listings]
        names = (" ↔ " if len(self.columns) == 2 else " · ").join(column.domain.name for column in self.columns)
        self.summary.setText(f"{names}  ·  {words.pictures(sum(counts))}" if names else self.tr("No pictures yet"))
        self.summary.setToolTip("")
        self.next.setEnabled(any(counts))
        if self._pairing is not None:
            self._studio.worker.cancel(self._pairing)
            self._pairing = None
        if len(counts) == len(self.columns) == 2 and all(counts):
            one, other = (column.domain for column in self.columns)
            ours, theirs = listings
            self._pairing = self._studio.worker.begin(lambda: jobs.pairing((one, other), (ours, theirs)))

    @Slot(int, object)
    def _paired(self, job: int, result: object) -> None:
        """Say how many pictures have a partner of the same name; whether they belong together only the artist knows."""
        if job != self._pairing or job is None:
            return
        self._pairing = None
        if isinstance(result, int) and result:
            matched = self.tr("{} names in both").format(words.count(result))
            self.summary.setText(f"{self.summary.text()}  ·  {matched}")
            self.summary.setToolTip(self.tr("Pictures of the same name can be trained as pairs of before and after."))

    # What the artist does

    @Slot(list)
    def add_domains(self, paths: list[Path]) -> None:
        """Dropped folders become domains; without a project they begin one."""
        if self._studio.project is None:
            self._studio.begin_with(paths)
            return
        known = self._studio.project.domains
        made = places.domains_from(paths, [domain.name for domain in known])
        if made:
            self._studio.keep_domains(known + made)
        else:
            self._say(self.tr("Drop folders of pictures, or picture files, from this computer."))

    @Slot()
    def _browse(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of pictures"))
        if name:
            self.add_domains([Path(name)])

    def _rename(self, column: DomainColumn, name: str) -> None:
        if any(other.domain.name == name for other in self.columns if other is not column):
            self._say(self.tr('Another domain is called "{}" already.').format(name))
            return
        self._replace(column, replace(column.domain, name=name))

    def _extend(self, column: DomainColumn, paths: list[Path]) -> None:
        sources = dict.fromkeys([*column.domain.sources, *(str(path) for path in paths if path.exists())])
        self._replace(column, replace(column.domain, sources=tuple(sources)))

    def _replace(self, column: DomainColumn, domain: Domain) -> None:
        self._studio.keep_domains(tuple(domain if other is column else other.domain for other in self.columns))

    def _remove(self, column: DomainColumn) -> None:
        name = column.domain.name
        self._studio.keep_domains(tuple(other.domain for other in self.columns if other is not column))
        self._studio.say(self.tr('"{}" is out of the project. Its pictures stay where they are.').format(name))

    @Slot()
    def _shut(self) -> None:
        self._thumbnails.shut()
        self._pool.clear()
        self._pool.waitForDone()

    @Slot()
    def _go_on(self) -> None:
        self._studio.show("train")

    @Slot()
    def _go_home(self) -> None:
        self._studio.show("home")

    @Slot(str)
    def _say(self, message: str) -> None:
        self._studio.say(message, fault=True)
