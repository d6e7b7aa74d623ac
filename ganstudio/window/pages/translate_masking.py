"""Painting on the picture: the mask of the piece that is looked at, its bar, and loading one from a file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtWidgets import QFileDialog, QWidget

from ganstudio.pictures.blending import read_mask
from ganstudio.pictures.reading import SUFFIXES
from ganstudio.window.jobs import Job
from ganstudio.window.parts.look_bar import LookBar
from ganstudio.window.parts.mask import Mask
from ganstudio.window.parts.mask_bar import MaskBar
from ganstudio.window.parts.mask_canvas import Brush, MaskCanvas
from ganstudio.window.parts.queue_list import Piece
from ganstudio.window.studio import Studio
from ganstudio.words.events import Failed


class Masking(QObject):
    """Keeps canvas, bar and the mask of the current piece together.

    Signals:
        changed: Painting began or ended.
    """

    changed = Signal()

    def __init__(self, studio: Studio, canvas: MaskCanvas, look: LookBar, bar: MaskBar, parent: QWidget) -> None:
        super().__init__(parent)
        self._studio, self._canvas, self._look, self._bar, self._window = studio, canvas, look, bar, parent
        self._piece: Piece | None = None
        self._loading: tuple[int, Piece] | None = None
        look.masking.connect(self._turn)
        bar.brush_changed.connect(canvas.set_brush)
        bar.shown_changed.connect(canvas.set_mask_shown)
        bar.load_wanted.connect(self._load)
        bar.left.connect(lambda: look.paint.setChecked(False))
        canvas.brush_wanted.connect(self._take_brush)
        studio.reader.ended.connect(self._loaded)

    @property
    def active(self) -> bool:
        """Whether one paints."""
        return self._look.paint.isChecked() and self._look.paint.isEnabled()

    def show_piece(self, piece: Piece | None) -> None:
        """This one is looked at now."""
        self._piece = piece
        able = piece is not None and piece.before is not None and piece.shown is not None
        self._look.paint.setEnabled(able)
        if piece is not None and able and self._look.paint.isChecked() and piece.mask is None:
            piece.mask = self._new(piece)
        self._canvas.set_mask(piece.mask if piece is not None else None)
        self._bar.set_mask(piece.mask if piece is not None else None)
        self._canvas.set_brush(self._bar.brush if self.active else None)
        self._bar.setVisible(self.active)

    def undo(self) -> None:
        """Take the last stroke back."""
        if self._piece is not None and self._piece.mask is not None:
            self._piece.mask.undo()

    @Slot(bool)
    def _turn(self, on: bool) -> None:
        self.show_piece(self._piece)
        if on:
            self._canvas.setFocus()
        self.changed.emit()

    def _new(self, piece: Piece) -> Mask:
        assert piece.size is not None
        return Mask(piece.size, self)

    @Slot(object)
    def _take_brush(self, brush: Brush | None) -> None:
        if brush is None:
            self._look.paint.setChecked(False)
        else:
            self._bar.set_brush(brush)

    @Slot()
    def _load(self) -> None:
        kinds = " ".join(f"*{suffix}" for suffix in sorted(SUFFIXES))
        name, _ = QFileDialog.getOpenFileName(
            self._window, self.tr("Load a mask: white shows the translation"), "", f"{self.tr('Pictures')} ({kinds})"
        )
        piece = self._piece
        if name and piece is not None and piece.mask is not None:
            mask = piece.mask
            self._loading = (self._studio.reader.begin(lambda: _reading(Path(name), mask.size)), piece)

    @Slot(int, object)
    def _loaded(self, job: int, result: object) -> None:
        if self._loading is None or job != self._loading[0]:
            return
        piece, self._loading = self._loading[1], None
        if isinstance(result, Failed):
            self._studio.say(result.message, fault=True)
        elif isinstance(result, np.ndarray) and piece.mask is not None:
            piece.mask.take(result)


def _reading(file: Path, size: tuple[int, int]) -> Job[object]:
    yield None
    return read_mask(file, size)
