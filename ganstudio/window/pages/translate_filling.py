"""Filling files from files: one large picture or film where it is wanted, or all of a queue into a folder."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeAlias, get_args

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from ganstudio.pictures.order import Order
from ganstudio.pictures.writing.naming import Naming, plain
from ganstudio.window import jobs, words
from ganstudio.window.jobs import Job
from ganstudio.window.pages import translate_lines
from ganstudio.window.pages.translate_saving import Saving
from ganstudio.window.pages.translate_work import Treatment
from ganstudio.window.parts.folder_sheet import Filling, FolderSheet
from ganstudio.window.parts.mask import Mask
from ganstudio.window.parts.queue_list import Piece
from ganstudio.window.parts.reasons_sheet import ReasonsSheet
from ganstudio.window.studio import Studio
from ganstudio.words.look import Look
from ganstudio.words.making import Format

Roots: TypeAlias = tuple[tuple[Path, ...], bool]
"""Files and folders that came into the queue, and whether something of them went out."""

KEY = Path("000000.jpg")
"""As the pictures of shards are called by most who write them."""


class Filler(QObject):
    """Makes the jobs that `Saving` runs, after asking what has to be asked."""

    def __init__(self, studio: Studio, saving: Saving, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._saving, self._window = studio, saving, parent
        self._roots: list[Path] = []
        self._left_out = False
        self._masks = tempfile.TemporaryDirectory(prefix="ganstudio-", ignore_cleanup_errors=True)
        self._count = 0
        studio.closing.connect(self._masks.cleanup)
        saving.reasons_wanted.connect(lambda skipped: ReasonsSheet(skipped, parent).open())

    def remember(self, paths: Sequence[Path]) -> None:
        """These files and folders came into the queue; what lies in a folder keeps its place."""
        self._roots += [path for path in paths if path not in self._roots]

    def forget(self, piece: Piece) -> None:
        """This one went out of the queue."""
        if piece.source in self._roots:
            self._roots.remove(Path(str(piece.source)))
        else:
            self._left_out = True

    def clear(self) -> None:
        """All went out of the queue."""
        self._roots, self._left_out = [], False

    @property
    def roots(self) -> Roots:
        """Where the queue came from, and whether something of it went out."""
        return tuple(self._roots), self._left_out

    def restore(self, roots: Roots) -> None:
        """What went out came back; it came from there."""
        before, self._left_out = roots
        self._roots = [*before, *(path for path in self._roots if path not in before)]

    def save_one(self, piece: Piece, target: Path, treatment: Treatment) -> None:
        """Translate one file into another, at its own size and depth."""
        source = piece.source
        assert isinstance(source, Path)
        treatment = replace(treatment, look=self._with_mask(treatment.look, piece.mask))
        make = filmed if piece.kind == "film" else written
        work = partial(make, treatment, source, target)
        self._saving.begin(self.tr("Saving {}").format(target.name), work, [piece], plain=treatment.look.is_plain)

    def ask(self, pieces: Sequence[Piece], treatment: Treatment, mask: Mask | None) -> None:
        """Ask how the folder is to be filled, then fill it; what cannot be read is not counted."""
        there = [piece for piece in pieces if can_fill(piece)]
        if not there:
            return
        lost = {piece.source for piece in pieces} - {piece.source for piece in there}
        inputs = [place for place in self._inputs(pieces) if place not in lost]
        within = [one for one in lost if isinstance(one, Path) and any(map(one.is_relative_to, inputs))]
        shown = min((piece for piece in there if piece.kind != "set"), key=lambda one: one.kind == "film", default=None)
        file = Path(str(shown.source)) if shown is not None else KEY
        keeps = translate_lines.film_suffix(shown) if shown is not None and shown.kind == "film" else ""
        example = (file, plain(treatment.route.target), plain(treatment.model.stem), keeps)
        painted = mask is not None and not mask.is_blank
        films = any(piece.kind == "film" for piece in there)
        number = sum(piece.packed.pictures if piece.packed is not None else 1 for piece in there)
        count = self.tr("{} files").format(words.count(number)) if films else words.pictures(number)
        if any(piece.packed is not None and not piece.packed.exact for piece in there):
            count = words.about(count)
        sheet = FolderSheet(count, example, self._last(there), mask=painted, parent=self._window)

        def fill(filling: Filling) -> None:
            self._keep(filling)
            wanted = replace(treatment, look=self._with_mask(treatment.look, mask)) if filling.masked else treatment
            work = partial(filled, wanted, inputs, filling)
            self._saving.begin(
                self.tr("Saving {}").format(count),
                work,
                there,
                plain=wanted.look.is_plain,
                lost=frozenset(map(str, within)),
            )

        sheet.picked.connect(fill)
        sheet.open()

    def _inputs(self, pieces: Sequence[Piece]) -> list[Path]:
        """What to translate: folders as they were given, so that theirs stay together; else file by file."""
        one_set = len(pieces) == 1 and pieces[0].kind == "set"
        one_by_one = [one.source for one in pieces if isinstance(one.source, Path)]
        return one_by_one if self._left_out or one_set else list(self._roots)

    def _with_mask(self, look: Look, mask: Mask | None) -> Look:
        if mask is None or mask.is_blank:
            return look
        self._count += 1
        file = Path(self._masks.name) / f"mask {self._count}.png"
        try:
            mask.save(file)
        except OSError as error:
            self._studio.say(self.tr("The mask could not be kept: {}").format(error), fault=True)
            return look
        return Look(look.strength, look.blend, look.keep_colours, str(file))

    def _last(self, pieces: Sequence[Piece]) -> Filling:
        """What was chosen the last time; the first time a folder beside the pictures."""
        settings = self._studio.settings
        source = Path(str(pieces[0].source))
        # Never inside of a folder that was given, where it would be taken for more pictures the next time.
        root = next((one for one in self._roots if one.is_dir() and source.is_relative_to(one)), source.parent)
        home = settings.value("translate/folder") or str(root.with_name(self.tr("{} translated").format(root.name)))
        formats: tuple[Format, ...] = get_args(Format)
        kind: Format = next((one for one in formats if one == settings.value("translate/format")), "png")
        try:
            naming = Naming(str(settings.value("translate/names", "{stem}")), kind)
        except ValueError:
            naming = Naming()
        return Filling(Path(str(home)), naming, int(str(settings.value("translate/file_quality", 0))))

    def _keep(self, filling: Filling) -> None:
        for name, value in (
            ("folder", str(filling.out)),
            ("names", filling.naming.template),
            ("format", filling.naming.format),
            ("file_quality", filling.file_quality),
        ):
            self._studio.settings.setValue(f"translate/{name}", value)


def can_fill(piece: Piece) -> bool:
    """Whether it is a file that can be read, as far as it is known yet."""
    return isinstance(piece.source, Path) and (piece.before is not None or piece.state != "failed")


def written(treatment: Treatment, source: Path, target: Path) -> Job[None]:
    """One picture from its file into another."""
    manner = treatment.manner
    yield from jobs.translate_file(
        treatment.model,
        treatment.route.title,
        source,
        target,
        Order(treatment.look),
        quality=manner.quality,
        memory=manner.memory,
        device=treatment.device,
    )


def filmed(treatment: Treatment, source: Path, target: Path) -> Job[None]:
    """One film into another."""
    yield from jobs.translate_video(
        treatment.model,
        treatment.route.title,
        source,
        target,
        treatment.look,
        smooth=treatment.smooth,
        device=treatment.device,
    )


def filled(treatment: Treatment, inputs: Sequence[Path], filling: Filling) -> Job[None]:
    """Pictures and films, and folders of them, into a folder."""
    manner = treatment.manner
    yield from jobs.translate_files(
        treatment.model,
        treatment.route.title,
        inputs,
        filling.out,
        Order(treatment.look, filling.naming, filling.file_quality, filling.again, "auto", treatment.smooth),
        quality=manner.quality,
        memory=manner.memory,
        device=treatment.device,
    )
