"""Reading one domain for the Data page: list its pictures, then check them; each can be cancelled and begun again."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.window import contents, jobs
from ganstudio.window.contents import Found, Listing
from ganstudio.window.worker import Worker
from ganstudio.words.events import Failed, Held, Progress
from ganstudio.words.packed import Packed
from ganstudio.words.recipe import Domain

if TYPE_CHECKING:
    from ganstudio.pictures.health import Report

GIVE_WAY_MS = 400
"""So long after the last scrolling the check goes on."""

REST_MS = 1500
"""A folder that is away is looked for this often."""


class Reading(QObject):
    """The jobs of one domain.

    Signals:
        found: These pictures were found next (list of Path).
        listed: The Listing.
        progressed: What is being done, how much of it is done, and of how much.
        checked: The Report.
        counted: What shards hold (Packed).
        held: It waits for a folder; a sentence.
        failed: A sentence about what went wrong.
        changed: What lies there is no more what was listed last.
    """

    found = Signal(list)
    listed = Signal(object)
    progressed = Signal(str, int, int)
    checked = Signal(object)
    counted = Signal(object)
    held = Signal(str)
    failed = Signal(str)
    changed = Signal()

    def __init__(self, worker: Worker, parent: QObject) -> None:
        super().__init__(parent)
        self._worker = worker
        self._list_job: int | None = None
        self._check_job: int | None = None
        self._glance: tuple[int, Listing] | None = None
        self._giving_way = QTimer(self, interval=GIVE_WAY_MS, singleShot=True)
        self._giving_way.timeout.connect(self._go_on)
        worker.happened.connect(self._happened)
        worker.ended.connect(self._ended)

    @property
    def lists(self) -> bool:
        """Whether pictures are being looked for."""
        return self._list_job is not None

    @property
    def checks(self) -> bool:
        """Whether pictures are being checked."""
        return self._check_job is not None

    def list(self, domain: Domain) -> None:
        """Look for the pictures of `domain`; what was being done is cancelled."""
        self.cancel()
        self._list_job = self._worker.begin(lambda: contents.listing(domain))

    def check(self, domain: Domain) -> None:
        """Check the pictures of `domain` that are not left out."""
        if self._check_job is not None:
            self._worker.cancel(self._check_job)
        # Sorting and describing pictures anew does not change their health.
        plain = replace(domain, labels={}, captions={})
        self._check_job = self._worker.begin(lambda: jobs.scan(plain))

    def count(self, domain: Domain) -> None:
        """Count what the shards of `domain` hold, which is their check."""
        self._check_job = self._worker.begin(lambda: contents.count(domain))

    def glance(self, domain: Domain, known: Listing) -> None:
        """See whether the disk has changed since `known`, unless that is being done."""
        if self._glance is None and self._list_job is None:
            self._glance = (self._worker.begin(lambda: contents.news(domain, known)), known)

    def cancel(self) -> None:
        """Do none of it any more."""
        glance = self._glance[0] if self._glance is not None else None
        for job in (self._list_job, self._check_job, glance):
            if job is not None:
                self._worker.cancel(job)
        self._list_job = self._check_job = self._glance = None

    @Slot(int, object)
    def _happened(self, job: int, event: object) -> None:
        if self._glance is not None and job == self._glance[0] and isinstance(event, Held):
            self._worker.cancel(job)  # A folder went away in this moment; to wait for it is for the listing.
            self._glance = None
            self.changed.emit()
        if job not in {self._list_job, self._check_job}:
            return
        if isinstance(event, Found):
            self.found.emit(list(event.paths))
        elif isinstance(event, Held):
            self.held.emit(event.message)
            self._rest(job)
        elif isinstance(event, Progress) and event.total:
            self.progressed.emit(event.what, event.done, event.total)

    @Slot()
    def give_way(self) -> None:
        """Someone scrolls: what comes into sight needs the processor more than the check does."""
        if self._check_job is not None and not self._giving_way.isActive():
            self._worker.pause(self._check_job)
        self._giving_way.start()

    @Slot()
    def _go_on(self) -> None:
        if self._check_job is not None:
            self._worker.resume(self._check_job)

    def _rest(self, job: int) -> None:
        """Ask again for the folder in a while; meanwhile the worker is free for the others."""
        self._worker.pause(job)
        QTimer.singleShot(REST_MS, self, lambda: self._worker.resume(job))

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if self._glance is not None and job == self._glance[0]:
            known, self._glance = self._glance[1], None
            if isinstance(result, Failed) or (isinstance(result, Listing) and not result.same_as(known)):
                self.changed.emit()
            return
        if job == self._list_job:
            self._list_job = None
            if isinstance(result, Listing):
                self.listed.emit(result)
        elif job == self._check_job:
            self._check_job = None
            if isinstance(result, Packed):
                self.counted.emit(result)
            elif result is not None and not isinstance(result, Failed):
                self.checked.emit(cast("Report", result))
        else:
            return
        if isinstance(result, Failed):
            self.failed.emit(result.message)
