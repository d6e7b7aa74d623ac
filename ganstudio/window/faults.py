"""Faults: what nobody caught becomes a calm notice, and a session that ended badly is told at the next start."""

from __future__ import annotations

import logging
import platform
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QGuiApplication

from ganstudio.runs.run import Run
from ganstudio.runs.title import title
from ganstudio.window import words
from ganstudio.window.main_window import MainWindow
from ganstudio.window.parts.banner import Banner
from ganstudio.window.session import Report, Session, bad_ends

log = logging.getLogger("ganstudio.window")

LIVE_MS = 30_000
MANY = 20
"""A fault that comes back so often is logged no more: it may come with every frame."""


class Faults(QObject):
    """Shows faults of this session and the end of the one before.

    Signals:
        caught: Name of the kind, and the traceback, from whatever thread.
    """

    caught = Signal(str, str)

    def __init__(self, window: MainWindow, session: Session) -> None:
        super().__init__(window)
        self._window = window
        self._studio = window.studio
        self._session = session
        self._seen: dict[str, int] = {}
        self._banner: Banner | None = None
        self._end: Banner | None = None
        self._live = QTimer(self, interval=LIVE_MS)
        self._live.timeout.connect(session.live)
        self._live.start()
        self._studio.project_changed.connect(self._note)
        self._studio.training_changed.connect(self._note)
        self._studio.said.connect(self._said)
        self.caught.connect(self._show)

    def install(self) -> None:
        """Hear of every exception that nobody caught, of Qt's slots and of threads."""
        sys.excepthook = self._hear
        threading.excepthook = lambda fault: self._hear(fault.exc_type, fault.exc_value, fault.exc_traceback)

    @Slot()
    def watch(self) -> None:
        """Begin to write down that this session lives, and tell of an earlier one that ended badly."""
        log.info("Started on Python %s, %s", platform.python_version(), platform.platform())
        reports = bad_ends(self._session.folder.parent)
        self._session.begin()
        self._session.catch_crashes()
        for report in reports[:1]:
            self.tell(report)

    def _hear(self, kind: type[BaseException], fault: BaseException | None, trace: TracebackType | None) -> None:
        if issubclass(kind, (KeyboardInterrupt, SystemExit)):
            return
        details = "".join(traceback.format_exception(kind, fault, trace))
        times = self._seen[details] = self._seen.get(details, 0) + 1
        if times <= MANY:
            log.error("Not caught\n%s", details.rstrip())
            self.caught.emit(kind.__name__, details)

    @Slot(str, str)
    def _show(self, kind: str, details: str) -> None:
        if self._banner is not None and self._banner in self._window.banners.shown():
            if self._banner.details.toPlainText() == details:
                return
            self._banner.leave()
        self._banner = Banner(
            self.tr("Something went wrong ({})").format(kind),
            self.tr("Your files are safe, and what trains goes on. If it happens again, save a support bundle."),
            (
                (self.tr("Copy"), lambda: QGuiApplication.clipboard().setText(details)),
                (self.tr("Open log"), self._window.open_log),
            ),
            details=details,
            grave=True,
        )
        self._window.banners.add(self._banner)

    @Slot(str, bool)
    def _said(self, message: str, fault: bool) -> None:
        """What the artist was told is in the log too."""
        if fault:
            log.warning("%s", message)

    @Slot()
    def _note(self) -> None:
        project, training = self._studio.project, self._studio.training
        self._session.note(None if project is None else project.path, None if training is None else training.run)

    # The end of the session before

    def tell(self, report: Report) -> None:
        """Say how the last session ended, and offer to go on with what was training."""
        what = f"{report.run} was training" if report.run is not None else "nothing was training"
        log.warning("%s", f"The last session did not end in order; {what}\n{report.trace}".rstrip())
        run = report.run if report.run is not None and report.run.is_dir() else None
        deeds: list[tuple[str, Callable[[], object]]] = [
            (self.tr("Show log"), self._window.open_log),
            (self.tr("Support bundle…"), lambda: self._window.save_bundle(run)),
        ]
        if run is not None:
            deeds.insert(0, (self.tr("Continue training"), lambda: self._continue(report, run)))
        banner = self._end = Banner(
            self.tr("GAN Studio ended unexpectedly last time"),
            " ".join((self._what(run), self._how(report))),
            deeds,
            details=report.trace,
        )
        if run is not None:
            banner.buttons[0].setProperty("role", "primary")
        self._window.banners.add(banner)

    def _how(self, report: Report) -> str:
        when = words.date(report.seen)
        if report.trace:
            return self.tr("It crashed {} ({}).").format(when, report.trace.splitlines()[0])
        return self.tr("Last seen {}: the computer went off, its memory ran out, or someone ended it by force.").format(
            when
        )

    def _what(self, run: Path | None) -> str:
        if run is None:
            return self.tr("Nothing was training.")
        saves = Run(run).shelf.line()
        if not saves:
            return self.tr("{} was training and had not been saved yet.").format(title(run))
        return self.tr("{} was training; it is saved up to step {}.").format(title(run), words.count(saves[0].step))

    def _continue(self, report: Report, run: Path) -> None:
        if report.project is not None and not self._studio.open_project(report.project):
            return
        if self._studio.begin_training(run) is not None:
            if self._end is not None:
                self._end.leave()
            self._studio.show("train", run)
            self._window.stack.setFocus()
