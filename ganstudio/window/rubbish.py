"""Rubbish: circles of objects that nobody needs any more are cleared away in the window's thread alone.

Python clears them away in whichever thread happens to allocate. When that is the worker's, and a widget is among them,
Qt is torn down under the window's feet. So Python's own collector rests, and this one comes by between two events.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer, Slot

PAUSE = 1000
"""Milliseconds between two looks. What is large does not wait: tensors and pictures go when they are let go."""


class Rubbish(QObject):
    """Clears away from its making on; only one at a time makes sense.

    Args:
        parent: Lives as long.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.clear)
        self._timer.start(PAUSE)

    @Slot()
    def clear(self) -> None:
        """Clear away what is due."""
        clear_away()

    @Slot()
    def settle(self) -> None:
        """What is there now stays: the libraries' hundreds of thousands of objects are never looked through again."""
        gc.freeze()

    def end(self) -> None:
        """Leave it to Python again, also what stayed: libraries complain of what is still there at the very end."""
        self._timer.stop()
        gc.unfreeze()
        gc.enable()


def clear_away() -> None:
    """What Python would have cleared away by now: the oldest generation that is due, and those below it."""
    counts, limits = gc.get_count(), gc.get_threshold()
    due = [age for age, (count, limit) in enumerate(zip(counts, limits, strict=True)) if limit and count > limit]
    if due:
        gc.collect(due[-1])
