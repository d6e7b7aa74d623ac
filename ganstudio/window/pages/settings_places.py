"""Where things lie: the cache with its size, the projects, the log."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QUrl, Slot
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QFileDialog

from ganstudio.window import places, theme, wishes, words
from ganstudio.window.jobs import Job
from ganstudio.window.pages.settings_rows import Section
from ganstudio.window.parts.buttons import button
from ganstudio.window.parts.elided import Elided
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed
from ganstudio.words.places import CACHE_VARIABLE, CACHES, Kept, cache, cache_folder

FILES_A_PULL = 500


def measuring() -> Job[int]:
    """Bytes that our caches take."""
    size = 0
    for number, file in enumerate(_files(CACHES)):
        with contextlib.suppress(OSError):
            size += file.stat(follow_symlinks=False).st_size
        if number % FILES_A_PULL == 0:
            yield None
    return size


def emptying(kept: Sequence[Kept]) -> Job[int]:
    """Delete these caches, and nothing beside them; returns how many files could not be deleted."""
    stayed = 0
    for number, file in enumerate(_files(kept)):
        try:
            file.unlink()
        except OSError:
            stayed += 1
        if number % FILES_A_PULL == 0:
            yield None
    for name in kept if not stayed else ():
        shutil.rmtree(cache(name), ignore_errors=True)
    return stayed


def _files(kept: Sequence[Kept]) -> Iterator[Path]:
    for name in kept:
        for folder, _, files in os.walk(cache(name)):
            yield from (Path(folder) / file for file in files)


class PlacesSection(Section):
    """Cache, projects, and how to change them."""

    def __init__(self, studio: Studio) -> None:
        super().__init__(QCoreApplication.translate("PlacesSection", "Places"))
        self._studio = studio
        self._measuring: int | None = None
        self._emptying: int | None = None
        self.cache_place, self.projects_place = Elided("small"), Elided("small")
        self.taken = theme.label("", "muted")
        self.change = button(self.tr("Change…"), "folder", self._change_cache)
        self.change.setAccessibleName(self.tr("Change the place of the cache"))
        self.empty = button(self.tr("Empty the cache"), "trash", self._empty)
        self.add(self.tr("Cache"), self.cache_place, self.taken, self.empty, self.change)
        open_ = button(self.tr("Open folder"), "folder-open", self._open_projects)
        change = button(self.tr("Change…"), "folder", self._change_projects)
        change.setAccessibleName(self.tr("Change where new projects go"))
        self.add(self.tr("New projects"), self.projects_place, open_, change)
        studio.reader.ended.connect(self._ended)
        self.refresh()

    def refresh(self) -> None:
        """Show the places as they are now, and measure the cache."""
        given = CACHE_VARIABLE in wishes.GIVEN
        self.change.setEnabled(not given)
        self.change.setToolTip(self.tr("{} decides it on this computer.").format(CACHE_VARIABLE) if given else "")
        self.cache_place.setText(
            self.tr("{} · copies of pictures, made anew when needed").format(places.home_relative(cache_folder()))
        )
        self.projects_place.setText(places.home_relative(places.projects_folder(self._studio.settings)))
        if self._measuring is None:
            self._measuring = self._studio.reader.begin(measuring)

    @Slot(int, object)
    def _ended(self, job: int, result: object) -> None:
        if job == self._measuring:
            self._measuring = None
            self.taken.setText(words.file_size(result) if isinstance(result, int) else "")
            self.empty.setEnabled(bool(result) and self._emptying is None)
        elif job == self._emptying:
            self._emptying = None
            if isinstance(result, Failed):
                self._studio.say(result.message, fault=True)
            elif result:
                self._studio.say(self.tr("Some of the cache is in use and stays for now."))
            self.refresh()

    def _empty(self) -> None:
        self.empty.setEnabled(False)
        # What trains reads its pictures from there.
        kept: tuple[Kept, ...] = CACHES if self._studio.training is None else ("thumbnails",)
        self._emptying = self._studio.reader.begin(lambda: emptying(kept))

    def _change_cache(self) -> None:
        name = QFileDialog.getExistingDirectory(self, self.tr("Where should the cache go?"), str(cache_folder().parent))
        if name:
            self.put_cache(Path(name))

    def put_cache(self, folder: Path) -> None:
        """Keep the cache in this folder from now on; what is in the old place is deleted."""
        if not os.access(folder, os.W_OK):
            self._studio.say(self.tr("{} cannot be written.").format(folder), fault=True)
            return
        if self._studio.training is None:
            for name in CACHES:
                shutil.rmtree(cache(name), ignore_errors=True)
        self._studio.settings.setValue("cache_folder", str(folder))
        wishes.apply(self._studio.settings)
        self.refresh()

    def _open_projects(self) -> None:
        folder = places.projects_folder(self._studio.settings)
        there = next(place for place in (folder, *folder.parents) if place.is_dir())
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(there)))

    def _change_projects(self) -> None:
        start = str(places.projects_folder(self._studio.settings))
        name = QFileDialog.getExistingDirectory(self, self.tr("Where should new projects go?"), start)
        if name:
            self._studio.settings.setValue("projects_folder", name)
            self.refresh()
