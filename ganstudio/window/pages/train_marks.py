"""What is marked on the timeline of a run: its saves, the best, those with a name, and where it went back to."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from ganstudio.runs.run import Run
from ganstudio.runs.shelf import Entry
from ganstudio.window import words
from ganstudio.window.parts.timeline import Mark
from ganstudio.window.screen import Screen


@dataclass(frozen=True, slots=True)
class Saves:
    """The checkpoints that are on disk, newest first; one of a step."""

    entries: tuple[Entry, ...] = ()

    @classmethod
    def of(cls, run: Run) -> Saves:
        """Those of a run; none where the folder cannot be read."""
        found: dict[int, Entry] = {}
        with contextlib.suppress(OSError):
            for entry in run.shelf.line():
                found.setdefault(entry.step, entry)
        return cls(tuple(found.values()))

    @staticmethod
    def title(entry: Entry) -> str:
        """Say "step 1,200, best, first good sky"."""
        say = QCoreApplication.translate
        facts = [say("marks", "step {}").format(words.count(entry.step))]
        facts += [say("marks", "best")] if entry.best else []
        return ", ".join([*facts, *entry.names])


def marks_of(screen: Screen, saves: Saves) -> list[Mark]:
    """The marks of a run, what matters most last."""
    say = QCoreApplication.translate
    on_disk = {entry.step for entry in saves.entries}
    marks = [Mark(step, "save", say("marks", "Saved at step {}").format(words.count(step))) for step in on_disk]
    marks += [
        Mark(step, "return", say("marks", "It went back to step {}").format(words.count(step)))
        for step in screen.returns
    ]
    best = screen.quality.best
    if best is not None:
        marks.append(Mark(best, "best", say("marks", "The best pictures so far, step {}").format(words.count(best))))
    marks += [Mark(entry.step, "named", Saves.title(entry)) for entry in saves.entries if entry.names]
    return marks
