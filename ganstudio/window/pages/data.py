"""Data: the domains of the project side by side."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QEvent, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from ganstudio.runs.project import Project
from ganstudio.window import jobs, theme, words
from ganstudio.window.pages import data_words
from ganstudio.window.pages.data_column import DomainColumn
from ganstudio.window.pages.data_edits import Edits
from ganstudio.window.pages.data_pairs import PairsView
from ganstudio.window.pages.data_taking import Taking
from ganstudio.window.pages.data_trash import Trash
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.crops import CropStrip, Sight
from ganstudio.window.parts.drop_zone import DropZone
from ganstudio.window.parts.elided import Elided
from ganstudio.window.parts.quick_look import QuickLook
from ganstudio.window.studio import Studio
from ganstudio.window.taking import Dropped
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.events import Failed
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs

if TYPE_CHECKING:
    from ganstudio.pictures.health import Report
    from ganstudio.pictures.pairing import Pairing

LARGE_BYTES = 48 << 20
"""A few pictures of a screen's size."""

GLANCE_MS = 5000
"""So often the disk is looked at while the page is in front: at folders alone, and in the reader's thread."""


class DataPage(QWidget):
    """A column for each domain, a drop zone for the next one, and the way on to Train."""

    def __init__(self, studio: Studio) -> None:
        super().__init__()
        self._studio = studio
        self._reader = studio.reader
        self._project: Path | None = None
        self._pairing: int | None = None
        self._across: tuple[int, list[Report]] | None = None  # The job, and what it compares.
        self.columns: list[DomainColumn] = []
        self._thumbnails = Thumbnails(192 if self.devicePixelRatioF() < 1.5 else 320, self, kept=True)
        self._large = Thumbnails(900, self, crop=False, most_bytes=LARGE_BYTES)
        self.edits = Edits(studio, self)
        self.trash = Trash(self._reader, self)
        self.taking = Taking(studio, self)
        self._glancing = QTimer(self, interval=GLANCE_MS)
        self._build()
        self._connect()
        self._fill()

    def _build(self) -> None:
        inner = QWidget()
        inner.setProperty("role", "scrolled")
        self._row = QHBoxLayout(inner)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(2 * theme.GRID)
        self.zone = DropZone("folder-plus", "", "")
        self.zone.setMinimumWidth(280)
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
        column.addWidget(self.taking.row)
        column.addWidget(scroll, 1)
        self.pairs_view = PairsView(self._thumbnails)
        self._states = QStackedLayout(self)
        self._states.addWidget(full)
        self._states.addWidget(self._empty())
        self._states.addWidget(self.pairs_view)
        self.quick_look = QuickLook(self, self._large, self._thumbnails)

    def _head(self) -> QHBoxLayout:
        self.title, self.summary = Elided("title"), Elided("muted")
        self.pairs = button(self.tr("Pairs"), "swap", self._show_pairs)
        self.pairs.hide()
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
        for each in (self.pairs, self.add, self.next):
            head.addWidget(each, 0, Qt.AlignmentFlag.AlignBottom)
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

    def _connect(self) -> None:
        self.zone.dropped.connect(self.add_domains)
        self.zone.clicked.connect(self._browse)
        self.pairs_view.left.connect(self._leave_pairs)
        self.quick_look.delete_pressed.connect(self._delete_in_sight)
        self.trash.said.connect(self._studio.say)
        self.taking.said.connect(self._say)
        self._glancing.timeout.connect(self._glance)
        for keys, deed in (
            (QKeySequence.StandardKey.Undo, self.edits.undo),
            (QKeySequence.StandardKey.Redo, self.edits.redo),
        ):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(deed)
        self._studio.project_changed.connect(self._fill)
        self._studio.planned_changed.connect(self._follow_plan)
        self._studio.catalogue_ready.connect(self._follow_plan)
        self._studio.closing.connect(self._shut)
        self._reader.ended.connect(self._ended)

    def keys(self) -> list[tuple[str, str]]:
        """Titles and shortcuts of what this page alone can do, for the sheet of shortcuts."""
        large, out = (self.tr("Look at a picture"), "Space"), (self.tr("Leave out of training"), "Del")
        return [large, out, (self.tr("Undo"), "Ctrl+Z"), (self.tr("Redo"), "Ctrl+Shift+Z")]

    def shown(self, argument: object = None) -> None:
        """Show the project as it is now; dropped files that are handed over are taken in."""
        self._fill()
        if isinstance(argument, list) and argument:
            self.add_domains(argument)

    def event(self, event: QEvent) -> bool:
        """Look at the disk when page or window come to the front, and again while they are there."""
        if event.type() in {QEvent.Type.Show, QEvent.Type.WindowActivate}:
            self._glance()
            self._glancing.start()
        elif event.type() in {QEvent.Type.Hide, QEvent.Type.WindowDeactivate}:
            self._glancing.stop()
        return super().event(event)

    @Slot()
    def _glance(self) -> None:
        for column in self.columns:
            column.glance()

    @Slot()
    def _fill(self) -> None:
        project = self._studio.project
        if project is None:
            self._states.setCurrentIndex(1)
            return
        if project.path != self._project:
            self._project = project.path
            while self.columns:
                self._drop(self.columns[-1])
        if self._states.currentIndex() == 1 or len(project.domains) != 2:
            self._states.setCurrentIndex(0)
        self._match(project)
        self.title.setText(project.name)
        self._show_zone(len(project.domains))
        self._summarise()
        self.quick_look.refresh()

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
        column = DomainColumn(domain, self._reader, self._thumbnails, CropStrip(self._studio.worker))
        column.renamed.connect(lambda name: self._rename(column, name))
        column.added.connect(lambda paths: self._extend(column, paths))
        column.removed.connect(lambda: self._remove(column))
        column.edited.connect(lambda domain, said: self._replace(column, domain, said))
        column.trash_wanted.connect(lambda paths: self.trash.ask(column, paths))
        column.health.cancelled.connect(lambda: self.trash.cancel(column))
        column.looked_at.connect(lambda: self.quick_look.look(column.gallery))
        column.listed.connect(self._summarise)
        column.checked.connect(self._compare_domains)
        column.failed.connect(self._say)
        self._row.insertWidget(len(self.columns), column, 1)
        self.columns.append(column)
        self._follow_plan()

    @Slot()
    def _follow_plan(self) -> None:
        """Crops are those of the training that is chosen on the Train page; of a CycleGAN before one was there."""
        plan = self._studio.planned
        sight = Sight() if plan is None else Sight(plan.method, plan.size, plan.settings, self._side_by_side())
        titles = {card.key: card.title for card in self._studio.catalogue}
        told = self.tr("Cut, mirrored and changed as {} with the settings on the Train page does it.")
        method = titles.get(plan.method, "") if plan is not None else ""
        for column in self.columns:
            column.follow(sight, data_words.seen(plan), told.format(method) if method else "")
        if sight.side_by_side == self.pairs.isHidden():
            self._summarise()

    def _drop(self, column: DomainColumn) -> None:
        self.quick_look.leave()
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
        known = [column.contents for column in self.columns if column.contents is not None]
        counts = [contents.count for contents in known]
        packed = [contents.packed for contents in known if contents.packed is not None]
        names = words.side_by_side([column.domain.name for column in self.columns])
        total = words.pictures(sum(counts))
        if not all(each.exact for each in packed):
            total = words.about(total)
        self.summary.setText(f"{names}  ·  {total}" if names else self.tr("No pictures yet"))
        self.next.setEnabled(any(counts))
        self.next.setToolTip("" if any(counts) else self.tr("There are no pictures to train on yet."))
        if self._pairing is not None:
            self._reader.cancel(self._pairing)
            self._pairing = None
        wanted = 1 if self._side_by_side() else 2
        if len(counts) == len(self.columns) == wanted and all(counts) and not packed:
            domains = [column.domain for column in self.columns]
            self._pairing = self._reader.begin(lambda: jobs.pairing(domains, known))
        else:
            self.pairs.hide()

    def _side_by_side(self) -> bool:
        """Whether the method chosen on the Train page takes the pictures of the only domain for pairs."""
        plan = self._studio.planned
        needs = {card.key: card.needs for card in self._studio.catalogue}
        return len(self.columns) == 1 and plan is not None and needs.get(plan.method) is Needs.PAIRS

    # What jobs tell

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._pairing:
            self._pairing = None
            if result is not None and not isinstance(result, Failed):
                self._paired(cast("Pairing", result))
        elif self._across is not None and job == self._across[0]:
            compared, self._across = self._across[1], None
            # A column that has begun to read anew will be compared again.
            if isinstance(result, tuple) and compared == [column.own_report for column in self.columns]:
                for column, report in zip(self.columns, result, strict=True):
                    column.show_report(report)

    def _paired(self, result: Pairing) -> None:
        """Say how many pictures have a partner of the same name; whether they belong together only the artist knows."""
        self.pairs.setVisible(bool(result.pairs))
        alone = len(self.columns) == 1
        matched = self.tr("Before and after") if alone else self.tr("{} names in both")
        self.pairs.setText(matched.format(words.count(len(result.pairs))))
        self.pairs.setToolTip(self.tr("Pictures of the same name can be trained as pairs of before and after."))
        self.pairs_view.show_pairing(result, [column.domain.name for column in self.columns])

    @Slot()
    def _compare_domains(self) -> None:
        """Once every domain is checked, look for pictures that are in two of them."""
        reports = [column.own_report for column in self.columns if column.own_report is not None]
        if len(reports) == len(self.columns) > 1:
            names = [column.domain.name for column in self.columns]
            self._across = self._reader.begin(lambda: jobs.across(names, reports)), reports
            return
        for column in self.columns:
            if column.own_report is not None:
                column.show_report(column.own_report)

    # What the artist does

    @Slot(list)
    def add_domains(self, paths: list[Path]) -> None:
        """Dropped folders become domains; without a project they begin one."""
        if self._studio.project is None:
            self._studio.begin_with(paths)
            return
        names = [domain.name for domain in self._studio.project.domains]
        self.taking.begin(paths, names, lambda found: self._change(self._domains() + found.domains))

    def _domains(self) -> tuple[Domain, ...]:
        return self._studio.project.domains if self._studio.project is not None else ()

    def _change(self, domains: tuple[Domain, ...], said: str = "") -> None:
        self.edits.change(domains, said)

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
        def take(found: Dropped) -> None:
            if column in self.columns:
                sources = tuple(dict.fromkeys([*column.domain.sources, *found.sources]))
                self._replace(column, replace(column.domain, sources=sources))

        self.taking.begin(paths, [], take, column.domain)

    def _replace(self, column: DomainColumn, domain: Domain, said: str = "") -> None:
        self._change(tuple(domain if other is column else other.domain for other in self.columns), said)

    def _remove(self, column: DomainColumn) -> None:
        said = self.tr('"{}" is out of the project. Its pictures stay where they are.').format(column.domain.name)
        self._change(tuple(other.domain for other in self.columns if other is not column), said)

    @Slot()
    def _delete_in_sight(self) -> None:
        """Leave out the picture that the quick look shows."""
        for column in self.columns:
            if self.quick_look.path in column.gallery.chosen():
                column.deeds.leave_out()

    @Slot()
    def _show_pairs(self) -> None:
        self._states.setCurrentWidget(self.pairs_view)
        self.pairs_view.setFocus()

    @Slot()
    def _leave_pairs(self) -> None:
        self._states.setCurrentIndex(0)

    @Slot()
    def _shut(self) -> None:
        self._thumbnails.shut()
        self._large.shut()

    @Slot()
    def _go_on(self) -> None:
        self._studio.show("train")

    @Slot()
    def _go_home(self) -> None:
        self._studio.show("home")

    @Slot(str)
    def _say(self, message: str) -> None:
        self._studio.say(message, fault=True)
