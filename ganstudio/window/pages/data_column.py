"""One domain of the Data page: its name, its pictures, their health, and what the network will see of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ganstudio.pictures.reading import SUFFIXES
from ganstudio.window import filters, theme, words
from ganstudio.window.contents import Contents, Listing
from ganstudio.window.pages import data_menus, data_words
from ganstudio.window.pages.data_deeds import Deeds
from ganstudio.window.pages.data_moved import Moved
from ganstudio.window.pages.data_reading import Reading
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.chosen_bar import ChosenBar
from ganstudio.window.parts.class_row import ClassRow
from ganstudio.window.parts.crops import CropStrip, Sight
from ganstudio.window.parts.drop_glow import DropGlow
from ganstudio.window.parts.drop_zone import DropZone, taken
from ganstudio.window.parts.editors import NameEdit
from ganstudio.window.parts.filter_panel import FilterPanel
from ganstudio.window.parts.gallery import Gallery
from ganstudio.window.parts.health_bar import LEFT_OUT, HealthBar, kinds
from ganstudio.window.parts.notice import Notice
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.window.worker import Worker
from ganstudio.words.packed import Packed
from ganstudio.words.recipe import Domain

if TYPE_CHECKING:
    from ganstudio.pictures.health import Finding, Report


class DomainColumn(QFrame):
    """One domain.

    Signals:
        renamed: The artist typed another name.
        added: These files and folders come to this domain (list of Path).
        removed: Take the domain out of the project.
        edited: The domain is to be this one (Domain), and a sentence that says what changed.
        trash_wanted: These files (list of Path) are to go to the system's trash.
        looked_at: Show the gallery's current picture large.
        listed: Its pictures are known, or others than before.
        checked: Its report is there.
        failed: A sentence about what went wrong.
    """

    renamed = Signal(str)
    added = Signal(list)
    removed = Signal()
    edited = Signal(Domain, str)
    trash_wanted = Signal(list)
    looked_at = Signal()
    listed = Signal()
    checked = Signal()
    failed = Signal(str)

    def __init__(self, domain: Domain, worker: Worker, thumbnails: Thumbnails, crops: CropStrip) -> None:
        super().__init__()
        self.domain = domain
        self.listing: Listing | None = None
        self.contents: Contents | None = None
        self.own_report: Report | None = None
        self.report: Report | None = None
        """What is shown: its own report, with what other domains add to it."""
        self._filtered = ("", "")
        self.reading = Reading(worker, self)
        self._thumbnails, self.crops = thumbnails, crops
        self.setProperty("role", "card")
        self.setAcceptDrops(True)
        self.setMinimumWidth(320)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._make_parts()
        DropGlow(self)
        self.deeds, self.moved = Deeds(self), Moved(self)
        self._lay_out()
        self._connect()
        self.read()

    def _make_parts(self) -> None:
        self.name = NameEdit(self.domain.name)
        self.name.setAccessibleName(self.tr("Name of this domain"))
        self.name.setToolTip(self.tr("Press to rename"))
        self.counts = theme.label(role="muted")
        self.limits = theme.label(data_words.limits(), "small", wrap=True)
        self.limits.hide()
        self.notice = Notice()
        self.health = HealthBar()
        self.classes = ClassRow()
        self.panel = FilterPanel()
        self.gallery = Gallery(self._thumbnails)
        self.gallery.setMinimumHeight(176)
        self.gallery.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Ignored)
        self.gallery.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.chosen = ChosenBar()
        self.zone = DropZone("image-plus", self.tr("Drop pictures or folders here"), self.tr("Or click to choose"))

    def _lay_out(self) -> None:
        more = icon_button(self.tr("More for this domain"), "more")
        more.setMenu(data_menus.of_domain(self, more))
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 6, 0)
        head.addWidget(self.name, 1)
        head.addWidget(more)
        # The name has a frame when it is edited; without this its letters would stand right of everything below.
        column = QVBoxLayout()
        column.setContentsMargins(10, 0, 7, 0)
        column.setSpacing(theme.GRID)
        for part in (self.counts, self.limits, self.notice, self.health, self.classes, self.panel):
            column.addWidget(part)
        column.addWidget(self.gallery, 1)
        column.addWidget(self.zone, 1)
        column.addWidget(self.chosen)
        column.addWidget(self._foot())
        whole = QVBoxLayout(self)
        whole.setContentsMargins(7, 8, 9, 16)
        whole.setSpacing(0)
        whole.addLayout(head)
        whole.addLayout(column)

    def _foot(self) -> QWidget:
        self.seen = theme.label(data_words.seen(None), "small")
        row = QHBoxLayout()
        row.addWidget(self.seen)
        row.addStretch()
        row.addWidget(icon_button(self.tr("Show other crops"), "shuffle", self.crops.shuffle, 16))
        self._crops = QWidget()
        foot = QVBoxLayout(self._crops)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addLayout(row)
        foot.addWidget(self.crops)
        return self._crops

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._rename)
        self.health.wanted.connect(self._filter)
        self.health.cancelled.connect(self._stop)
        self.classes.wanted.connect(self._filter)
        self.classes.rename_wanted.connect(self.deeds.ask_class_name)
        self.panel.wanted.connect(self.deeds.do)
        self.panel.picked.connect(lambda row: self.gallery.choose(self.of_filter()[row]))
        self.gallery.looked_at.connect(self.looked_at)
        self.gallery.delete_pressed.connect(self.deeds.leave_out)
        self.gallery.chosen_changed.connect(self._show_chosen)
        self.gallery.scrolled.connect(self.reading.give_way)
        self.gallery.customContextMenuRequested.connect(self._popup)
        self.chosen.leave_out_wanted.connect(self.deeds.leave_out)
        self.chosen.leave_out_wanted.connect(self.gallery.setFocus)  # The button is gone with what was chosen.
        self.chosen.move_wanted.connect(self.deeds.move_to_class)
        self.chosen.new_class_wanted.connect(self.deeds.ask_new_class)
        self.chosen.described.connect(self.deeds.describe)
        self.zone.dropped.connect(self.added)
        self.zone.clicked.connect(lambda: data_menus.add_folder(self))
        self.reading.found.connect(self._found)
        self.reading.listed.connect(self._listed)
        self.reading.progressed.connect(self._progressed)
        self.reading.checked.connect(self._checked)
        self.reading.counted.connect(self._counted)
        self.reading.held.connect(self._say)
        self.reading.failed.connect(self._failed)
        self.reading.changed.connect(self.read)

    # What is in the folders

    @Slot()
    def read(self) -> None:
        """List the pictures, then check them."""
        self.listing = self.contents = self.own_report = self.report = None
        self._thumbnails.forget()
        self.gallery.pictures.show(())
        self._show_pictures(True)
        for part in (self.notice, self.limits, self.panel, self._crops):
            part.hide()
        self.health.clear()
        self.classes.show_sizes({})
        self.counts.setText("")
        self.health.show_progress(self.tr("Looking for pictures"), 0, 0)
        self.reading.list(self.domain)

    def glance(self) -> None:
        """Read anew if the disk has changed since: a drive was taken out or is back, pictures came or went."""
        if self.listing is not None:
            self.reading.glance(self.domain, self.listing)

    def leave(self) -> None:
        """Cancel what is still being read."""
        self.reading.cancel()
        self._thumbnails.want(self.gallery, [])

    def take(self, domain: Domain) -> None:
        """Show another state of the domain; its pictures are read anew when its sources changed."""
        before, self.domain = self.domain, domain
        self.name.setText(domain.name)
        if domain.sources != before.sources:
            self.read()
        elif self.listing is not None and domain != before:
            self._fold()
            if domain.excluded != before.excluded and self.contents is not None and self.contents.paths:
                self.reading.check(domain)

    @Slot(list)
    def _found(self, paths: list[Path]) -> None:
        out = frozenset(self.domain.excluded)
        self.gallery.pictures.add([path for path in paths if str(path) not in out])
        so_far = words.pictures(len(self.gallery.pictures.paths))
        self.counts.setText(self.tr("{} so far").format(so_far) if paths else "")

    @Slot(object)
    def _listed(self, listing: Listing) -> None:
        self.listing = listing
        self.health.end_progress()
        self.notice.hide()
        if listing.away:
            self.moved.offer(Path(listing.away[0].path))
        self._fold()
        if listing.found:
            self._check()
        elif self.domain.sources and not listing.away:
            self.zone.title.setText(self.tr("No pictures found here"))
            suffixes = ", ".join(sorted(suffix.lstrip(".") for suffix in SUFFIXES))
            self.zone.hint.setText(self.tr("Drop others, or click to choose. These can be read: {}").format(suffixes))

    def _check(self) -> None:
        self.notice.hide()
        self.health.show_progress(self._checking(), 0, 0)
        if self.packed is None:
            self.reading.check(self.domain)
        else:
            self.reading.count(self.domain)

    def _checking(self) -> str:
        return self.tr("Checking") if self.packed is None else self.tr("Counting, shard by shard")

    @property
    def packed(self) -> Packed | None:
        """What its shards hold; None for folders, and before anything is known."""
        return self.contents.packed if self.contents is not None else None

    @Slot(str, int, int)
    def _progressed(self, what: str, done: int, total: int) -> None:
        self.notice.hide()
        if self.reading.lists or self.report is None:  # A check after an edit is quick, or goes on quietly.
            said = self._checking() if self.reading.checks else self.tr("Reading captions")
            self.health.show_progress(said, done, total)

    @Slot(object)
    def _checked(self, report: Report) -> None:
        self.own_report = report
        self.health.end_progress()
        if self.report is None:
            self.show_report(report)
        self.checked.emit()

    @Slot(object)
    def _counted(self, packed: Packed) -> None:
        """Every shard was walked through."""
        self.health.end_progress()
        if self.listing is not None:
            self.listing = replace(self.listing, packed=packed)
            self._fold()
        if fault := data_words.fault(packed):
            self._say(fault)

    def show_report(self, report: Report) -> None:
        """Show this report, for instance with what other domains add to it."""
        self.report = report
        if self.contents is not None:
            self._refresh()

    @Slot(str)
    def _failed(self, sentence: str) -> None:
        self.health.end_progress()
        self._say(sentence)
        self.failed.emit(sentence)

    @Slot(str)
    def _say(self, sentence: str) -> None:
        self.notice.say(sentence, self.tr("Look again"), self.read, icon="warning")

    @Slot()
    def _stop(self) -> None:
        """Go on without what was being done."""
        listing = self.reading.lists
        self.reading.cancel()
        self.health.end_progress()
        if listing:
            self._say(self.tr("Not all folders were looked into."))
        elif self.packed is not None:
            self.notice.say(self.tr("Not all shards were counted."), self.tr("Count them"), self._check)
        else:
            self.notice.say(self.tr("Not all pictures were checked."), self.tr("Check them"), self._check)

    # What is shown

    def follow(self, sight: Sight, said: str, told: str) -> None:
        """Show crops as a training with these settings sees them, with a line that says so and its tool tip."""
        self.crops.follow(sight)
        self.seen.setText(said)
        self.seen.setToolTip(told)

    def _fold(self) -> None:
        """Show what was found with the edits of the domain."""
        assert self.listing is not None
        self.contents = Contents.of(self.listing, self.domain)
        self._refresh()
        training = [path for path in self.contents.paths if path not in self.contents.held_out]
        self.crops.show_paths(training)
        self._crops.setVisible(bool(training))
        self._show_pictures(bool(self.listing.found))
        self.listed.emit()

    def _show_pictures(self, there: bool) -> None:
        """Show the gallery, or in its place where to drop some; in a stack each would need the other's height."""
        self.gallery.setVisible(there)
        self.zone.setVisible(not there)

    def _refresh(self) -> None:
        """Show counts, classes, and the pictures of the filter."""
        assert self.contents is not None
        found = self._findings()
        self._show_counts(found)
        self.health.show_counts(filters.counts(found if self.report is not None else None, self.contents))
        self.classes.show_sizes(self.contents.sizes, self.contents.unsorted)
        self.chosen.show_classes(self.contents.sizes)
        self._filter()

    def _findings(self) -> Sequence[Finding]:
        return filters.findings(self.report, self.contents) if self.contents is not None else ()

    def _show_counts(self, found: Sequence[Finding]) -> None:
        assert self.contents is not None
        self.limits.setVisible(self.packed is not None)
        self.counts.setToolTip(theme.tip("\n".join(self.domain.sources)))
        self.counts.setText("  ·  ".join(data_words.counts(self.contents, found)))

    @Slot()
    def _filter(self) -> None:
        if self.contents is None:
            return
        kind = self.health.kind
        shown = filters.view(kind, self.classes.chosen, self._findings(), self.contents)
        afresh, self._filtered = self._filtered != (kind, self.classes.chosen), (kind, self.classes.chosen)
        self.gallery.show_pictures(shown.paths, shown.marks, afresh=afresh)
        sentence = kinds()[kind].sentence if kind and kind != "fine" else ""
        self.panel.show_filter(sentence, len(shown.of_filter), shown.deeds, shown.reasons)
        self._show_chosen()

    @Slot()
    def _show_chosen(self) -> None:
        if self.contents is None or self.packed is not None:
            self.chosen.hide()
            return
        paths, captions = self.gallery.chosen(), self.contents.captions
        texts = list(dict.fromkeys("\n".join(captions.get(path, ())) for path in paths))
        left_out = self.health.kind == LEFT_OUT
        self.chosen.show_chosen(paths, texts, left_out=left_out, described=bool(captions))

    # What the artist does

    def of_filter(self) -> Sequence[Path]:
        """The pictures that the filter is about: without the best of each group."""
        if self.contents is None:
            return ()
        return filters.view(self.health.kind, self.classes.chosen, self._findings(), self.contents).of_filter

    @Slot()
    def _rename(self) -> None:
        name = self.name.text().strip()
        if name and name != self.domain.name:
            self.renamed.emit(name)
        self.name.setText(self.domain.name)

    @Slot(QPoint)
    def _popup(self, place: QPoint) -> None:
        if self.contents is not None and self.gallery.chosen():
            data_menus.of_pictures(self, self.contents.sizes).popup(self.gallery.viewport().mapToGlobal(place))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files anywhere on the column."""
        taken(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        if paths := taken(event):
            self.added.emit(paths)
