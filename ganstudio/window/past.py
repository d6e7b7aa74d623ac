"""Past: the screen of a run as its history tells it. No Qt."""

from __future__ import annotations

from pathlib import Path

from ganstudio.window.history import Reading, history
from ganstudio.window.screen import Screen, advance

_PIECES_A_PULL = 500


def remembered(run: Path) -> Reading[Screen]:
    """The fold of a run's history, its curves ready to be drawn.

    Yields:
        None, so that others have their turn.
    """
    screen = Screen()
    for number, piece in enumerate((yield from history(run)), start=1):
        screen = advance(screen, piece)
        if number % _PIECES_A_PULL == 0:
            yield None
    for curve in screen.curves.values():
        curve.prepared()
        yield None
    return screen
