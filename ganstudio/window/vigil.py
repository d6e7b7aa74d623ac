"""Vigil: notices when the open project's folder is gone, such as a drive that was pulled, and when it is back.

And which trainings it has, as other programs may begin some there.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from ganstudio.runs.project import FILE, Project
from ganstudio.window.parts.banner import Banner, Banners
from ganstudio.window.studio import Studio

LOOK_MS = 5000


class Vigil(QObject):
    """Looks now and then, in a thread: a network folder that is away may take minutes to say so.

    Signals:
        seen: A project's path, whether it was there, and the names of its runs.
    """

    seen = Signal(str, bool, object)

    def __init__(self, studio: Studio, banners: Banners) -> None:
        super().__init__(banners)
        self._studio = studio
        self._banners = banners
        self._banner: Banner | None = None
        self._runs: tuple[str, frozenset[str]] | None = None
        self._looking: threading.Thread | None = None
        self._timer = QTimer(self, interval=LOOK_MS)
        self._timer.timeout.connect(self.look)
        self.seen.connect(self._tell)
        studio.project_changed.connect(self._begin)
        studio.closing.connect(self._timer.stop)

    @Slot()
    def look(self) -> None:
        """Look for the project, unless the last look has not come back yet."""
        project = self._studio.project
        if project is not None and (self._looking is None or not self._looking.is_alive()):
            self._looking = threading.Thread(target=self._look, args=(project.path,), name="vigil", daemon=True)
            self._looking.start()

    def _look(self, path: Path) -> None:
        try:
            there = (path / FILE).is_file()
            runs = frozenset(run.name for run in Project(path).runs()) if there else frozenset()
        except OSError:
            there, runs = False, frozenset()
        with contextlib.suppress(RuntimeError):  # The window may be gone by now.
            self.seen.emit(str(path), there, runs)

    @Slot()
    def _begin(self) -> None:
        """Another project, or none."""
        if self._banner is not None and (self._studio.project is None or not self._about(self._studio.project.path)):
            self._leave()
        if not self._timer.isActive():
            self._timer.start()

    @Slot(str, bool, object)
    def _tell(self, path: str, there: bool, runs: frozenset[str]) -> None:
        project = self._studio.project
        if project is None or str(project.path) != path:
            return
        if there and self._banner is not None:
            self._leave()
            self._studio.say(self.tr("{} is back.").format(project.name))
            self._studio.runs_changed.emit()
        elif there:
            before, self._runs = self._runs, (path, runs)
            if before is not None and before != self._runs and before[0] == path:
                self._studio.runs_changed.emit()
        elif self._banner is None:
            self._banner = Banner(
                self.tr("The folder of this project is away"),
                self.tr(
                    "{} cannot be found. Connect its drive or put the folder back; until then nothing is saved."
                ).format(path),
                ((self.tr("Look again"), self.look), (self.tr("Go to Home"), lambda: self._studio.show("home"))),
            )
            self._banner.setProperty("about", path)
            self._banners.add(self._banner)

    def _about(self, path: Path) -> bool:
        return self._banner is not None and self._banner.property("about") == str(path)

    def _leave(self) -> None:
        if self._banner is not None:
            with contextlib.suppress(RuntimeError):  # The artist may have closed it.
                self._banner.leave()
            self._banner = None
