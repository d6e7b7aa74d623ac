"""Past: the screen of a run as its history tells it, and what comes after. No Qt."""

from __future__ import annotations

from pathlib import Path

from ganstudio.runs.following import Lines, told
from ganstudio.runs.run import HISTORY
from ganstudio.window.history import Reading, history
from ganstudio.window.screen import Screen, advance

_PIECES_A_PULL = 500


def remembered(run: Path) -> Reading[tuple[Screen, Lines]]:
    """The fold of a run's history, its curves ready to be drawn, and the lines that will be written from now on.

    Yields:
        None, so that others have their turn.
    """
    screen, (pieces, end) = Screen(), (yield from history(run))
    for number, piece in enumerate(pieces, start=1):
        screen = advance(screen, piece)
        if number % _PIECES_A_PULL == 0:
            yield None
    for curve in screen.curves.values():
        curve.prepared()
        yield None
    lines = Lines(run / HISTORY, at=end)
    for event in told(lines):  # In one go: a training may take turns with this reading, and wrote on meanwhile.
        screen = advance(screen, event)
    return screen, lines
