"""Past: the screen of a run as its history tells it. No Qt."""

from __future__ import annotations

from pathlib import Path

from ganstudio.runs.following import Lines, told
from ganstudio.runs.run import HISTORY
from ganstudio.window.history import Reading, history
from ganstudio.window.screen import Screen, advance

_PIECES_A_PULL = 500


def remembered(run: Path) -> Reading[Screen]:
    """The fold of a run's history up to the end of the reading, its curves ready to be drawn.

    Yields:
        None, so that others have their turn.
    """
    screen, since = Screen(), Lines(run / HISTORY, new=True)
    for number, piece in enumerate((yield from history(run)), start=1):
        screen = advance(screen, piece)
        if number % _PIECES_A_PULL == 0:
            yield None
    for curve in screen.curves.values():
        curve.prepared()
        yield None
    for event in told(since):  # In one go: a training may take turns with this reading, and wrote on meanwhile.
        screen = advance(screen, event)
    return screen
