"""One domain of the Data page: its name, its pictures, their health, and what the network will see of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QStringListModel, Qt, QThreadPool, QUrl, Signal, Slot
from PySide6.QtGui import QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QFileDialog,
    QFrame,
    QHBoxLayout,
    QLineEdit,
    QListView,
    QMenu,
    QPushButton,
    QSizePolicy,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from ganstudio.pictures.reading import SUFFIXES
from ganstudio.window import jobs, theme, words
from ganstudio.window.parts.buttons import icon_button
from ganstudio.window.parts.crops import CropStrip
from ganstudio.window.parts.drop_zone import DropZone, local_paths
from ganstudio.window.parts.gallery import Gallery
from ganstudio.window.parts.health_bar import HealthBar
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.window.worker import Worker
from ganstudio.words.events import Failed, Progress
from ganstudio.words.recipe import Domain

if TYPE_CHECKING:
    from ganstudio.pictures.health import Finding, Report


class DomainColumn(QFrame):
    """One domain.

    Signals:
        renamed: The artist typed another name.
        added: These files and folders come to this domain (list of Path).
        removed: Take the domain out of the project.
        listed: Its pictures are known.
        failed: A sentence about what went wrong.
    """

    renamed = Signal(str)
    added = Signal(list)
    removed = Signal()
    listed = Signal()
    failed = Signal(str)

    def __init__(self, domain: Domain, worker: Worker, thumbnails: Thumbnails, pool: QThreadPool) -> None:
        super().__init__()
        self.domain = domain
        self.listing: jobs.Listing | None = None
        self.report: Report | None = None
        self._worker = worker
        self._listing_job: int | None = None
        self._scan_job: int | None = None
        self.setProperty("role", "card")
        self.setAcceptDrops(True)
        self.setMinimumWidth(320)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._build(thumbnails, pool)
        worker.happened.connect(self._happened)
        worker.ended.connect(self._ended)
        self.read()

    def _build(self, thumbnails: Thumbnails, pool: QThreadPool) -> None:
        whole = QVBoxLayout(self)
        whole.setContentsMargins(9, 8, 9, 16)
        whole.setSpacing(0)
        whole.addLayout(self._head())
        # The name has a frame when it is edited; without this its letters would stand right of everything below.
        column = QVBoxLayout()
        column.setContentsMargins(8, 0, 7, 0)
        column.setSpacing(theme.GRID)
        whole.addLayout(column)
        self.counts = theme.label(role="muted")
        self.health = HealthBar()
        self.health.wanted.connect(self._filter)
        self.reasons = QListView()
        self.reasons.setModel(QStringListModel(self))
        self.reasons.setWordWrap(True)
        self.reasons.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.reasons.setAccessibleName(self.tr("What is wrong, file by file"))
        self.reasons.hide()
        self.gallery = Gallery(thumbnails)
        self.gallery.setMinimumHeight(176)
        self.zone = DropZone("image-plus", self.tr("Drop pictures or folders here"), self.tr("Or click to choose"))
        self.zone.dropped.connect(self.added)
        self.zone.clicked.connect(self._add_folder)
        self._middle = QStackedLayout()
        self._middle.addWidget(self.gallery)
        self._middle.addWidget(self.zone)
        column.addWidget(self.counts)
        column.addWidget(self.health)
        column.addWidget(self.reasons)
        column.addLayout(self._middle, 1)
        column.addWidget(self._foot(pool))

    def _head(self) -> QHBoxLayout:
        self.name = QLineEdit(self.domain.name)
        self.name.setProperty("role", "name")
        self.name.setAccessibleName(self.tr("Name of this domain"))
        self.name.setToolTip(self.tr("Press to rename"))
        self.name.editingFinished.connect(self._rename)
        more = icon_button(self.tr("More for this domain"), "more")
        more.setMenu(self._menu(more))
        head = QHBoxLayout()
        head.setContentsMargins(0, 0, 6, 0)
        head.addWidget(self.name, 1)
        head.addWidget(more)
        return head

    def _foot(self, pool: QThreadPool) -> QWidget:
        self.crops = CropStrip(pool)
        row = QHBoxLayout()
        row.addWidget(theme.label(self.tr("What the network will see"), "small"))
        row.addStretch()
        row.addWidget(icon_button(self.tr("Show other crops"), "shuffle", self.crops.shuffle, 16))
        self._seen = QWidget()
        foot = QVBoxLayout(self._seen)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setSpacing(0)
        foot.addLayout(row)
        foot.addWidget(self.crops)
        return self._seen

    def _menu(self, button: QPushButton) -> QMenu:
        menu = QMenu(button)
        menu.addAction(theme.icon("folder-plus"), self.tr("Add a folder…"), self._add_folder)
        menu.addAction(theme.icon("image-plus"), self.tr("Add pictures…"), self._add_pictures)
        menu.addAction(theme.icon("refresh"), self.tr("Look again"), self.read)
        menu.addAction(theme.icon("open"), self.tr("Show in folder"), self._show_folder)
        menu.addSeparator()
        menu.addAction(theme.icon("close"), self.tr("Take out of this project"), self.removed.emit)
        return menu

    # What is in the folders

    @Slot()
    def read(self) -> None:
        """List the pictures, then check them."""
        self.leave()
        self.listing = self.report = None
        domain = self.domain
        self.counts.setText(self.tr("Looking for pictures"))
        self.health.clear()
        self._listing_job = self._worker.begin(lambda: jobs.listing(domain))

    def leave(self) -> None:
        """Cancel what is still being read."""
        for job in (self._listing_job, self._scan_job):
            if job is not None:
                self._worker.cancel(job)
        self._listing_job = self._scan_job = None

    def take(self, domain: Domain) -> None:
        """Show another state of the domain; its pictures are read anew when its sources changed."""
        changed = domain.sources != self.domain.sources
        self.domain = domain
        self.name.setText(domain.name)
        if changed:
            self.read()

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if job == self._scan_job and isinstance(event, Progress) and event.total:
            self.health.show_progress(event.done, event.total)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job not in {self._listing_job, self._scan_job} or job is None:
            return
        if isinstance(result, Failed):
            self.counts.setText(result.message)
            self.failed.emit(result.message)
        elif job == self._listing_job and isinstance(result, jobs.Listing):
            self._show_listing(result)
        elif job == self._scan_job and result is not None:
            self._show_report(cast("Report", result))

    def _show_listing(self, listing: jobs.Listing) -> None:
        self.listing = listing
        self._listing_job = None
        self._show_counts()
        self._show_pictures(listing.paths)
        training = [path for path in listing.paths if path not in listing.held_out]
        self.crops.show_paths(training)
        self._middle.setCurrentWidget(self.gallery if listing.paths else self.zone)
        self._seen.setVisible(bool(training))
        self.listed.emit()
        if listing.paths:
            domain = self.domain
            self._scan_job = self._worker.begin(lambda: jobs.scan(domain))
        elif self.domain.sources:
            self.zone.title.setText(self.tr("No pictures found here"))
            kinds = ", ".join(sorted(suffix.lstrip(".") for suffix in SUFFIXES))
            self.zone.hint.setText(self.tr("Drop others, or click to choose. These can be read: {}").format(kinds))

    def _show_counts(self) -> None:
        assert self.listing is not None
        total, held = len(self.listing.paths), len(self.listing.held_out)
        parts = [words.pictures(total)]
        if held:
            parts.append(
                self.tr("{train} to train  ·  ● {held} held out").format(
                    train=words.count(total - held), held=words.count(held)
                )
            )
        if self.listing.classes:
            parts.append(self.tr("{} classes").format(len(self.listing.classes)))
        if self.listing.captioned:
            parts.append(self.tr("{} with captions").format(words.count(self.listing.captioned)))
        self.counts.setText("  ·  ".join(parts))
        self.counts.setToolTip(
            theme.tip(
                "\n".join(
                    [
                        self.tr(
                            "Held-out pictures are never trained on; the samples show how well the model does on them."
                        ),
                        *([", ".join(self.listing.classes)] if self.listing.classes else []),
                        *self.domain.sources,
                    ]
                )
            )
        )

    def _show_report(self, report: Report) -> None:
        self.report = report
        self._scan_job = None
        self.health.show_counts(self.report.counts)
        self._filter("")

    # Filters

    @Slot(str)
    def _filter(self, kind: str) -> None:
        if self.listing is None:
            return
        findings = self._findings()
        if kind in {"", "fine"}:
            wrong = {Path(finding.path) for finding in findings} if kind else set()
            shown = [path for path in self.listing.paths if path not in wrong]
            lines: list[str] = []
        else:
            chosen = [finding for finding in findings if finding.kind == kind]
            shown = list(dict.fromkeys(Path(finding.path) for finding in chosen))
            lines = [f"{Path(finding.path).name}: {finding.reason}" for finding in chosen]
        self._show_pictures(shown)
        model = self.reasons.model()
        assert isinstance(model, QStringListModel)
        model.setStringList(lines)
        self.reasons.setVisible(bool(lines))
        self.reasons.setFixedHeight(min(128, 6 + (self.reasons.sizeHintForRow(0) + 1) * len(lines)))

    def _show_pictures(self, paths: Sequence[Path]) -> None:
        assert self.listing is not None
        notes = {Path(finding.path): finding.reason for finding in self._findings()}
        self.gallery.pictures.show(paths, self.listing.held_out, notes)

    def _findings(self) -> Sequence[Finding]:
        return self.report.findings if self.report is not None else ()

    # What the artist does

    @Slot()
    def _rename(self) -> None:
        name = self.name.text().strip()
        if name and name != self.domain.name:
            self.renamed.emit(name)
        self.name.setText(self.domain.name)

    @Slot()
    def _add_folder(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Choose a folder of pictures"))
        if name:
            self.added.emit([Path(name)])

    @Slot()
    def _add_pictures(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Choose pictures"), "", self.tr("Pictures ({})").format(kinds)
        )
        if names:
            self.added.emit([Path(name) for name in names])

    @Slot()
    def _show_folder(self) -> None:
        if self.domain.sources:
            source = Path(self.domain.sources[0])
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(source if source.is_dir() else source.parent)))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take local files anywhere on the column."""
        if local_paths(event.mimeData()):
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()

    def dropEvent(self, event: QDropEvent) -> None:
        """Add what was dropped."""
        event.acceptProposedAction()
        self.added.emit(local_paths(event.mimeData()))
