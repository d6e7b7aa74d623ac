"""The one place that writes to the terminal: a bar where someone watches, plain lines elsewhere, JSON on request."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import PurePath
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from ganstudio.words.events import (
    Advanced,
    Advised,
    Changed,
    Event,
    Finished,
    Held,
    Losses,
    Made,
    Progress,
    Returned,
    Saved,
    Scored,
    Skipped,
    Started,
    Told,
    Warned,
    to_json,
)

if TYPE_CHECKING:  # rich takes a moment, and only bars need it.
    import rich.progress

LINE_SECONDS = 10.0  # Between two plain lines of progress.


class Reporter(Protocol):
    """Takes events as they come and shows them until it is left."""

    def __call__(self, event: Event) -> None:
        """Show `event`."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...


def prepare() -> None:
    """Let stdout and stderr take any character: a file name need not fit the terminal's encoding."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def say(text: str = "") -> None:
    """One line on stdout."""
    print(plain(text), flush=True)  # noqa: T201 - this is the place for it.


def complain(text: str) -> None:
    """One line on stderr."""
    print(plain(text), file=sys.stderr, flush=True)  # noqa: T201 - as above.


def show_json(value: Any) -> None:
    """One JSON document on stdout, in ASCII, because file names need not be UTF-8."""
    say(json.dumps(value, indent=1))


def table(rows: Iterable[Sequence[str]]) -> None:
    """Rows in aligned columns on stdout."""
    cells = [[plain(one_line(cell)) for cell in row] for row in rows]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    for row in cells:
        say("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip())


def plain(text: str) -> str:
    """`text` without anything a terminal would obey: line ends kept, other control characters shown as escapes."""
    return "".join(c if c.isprintable() or c == "\n" else c.encode("unicode_escape").decode() for c in text)


def duration(seconds: float) -> str:
    """Time for people: "42 s", "3 min 20 s" or "2 h 5 min"."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return f"{rest} s"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min {rest} s"


def file_size(size: int) -> str:
    """Bytes for people: "43.4 MB"."""
    return f"{size / 1e9:.1f} GB" if size >= 1e9 else f"{size / 1e6:.1f} MB"


def sentence(event: Event) -> str | None:  # noqa: C901  One case for each kind of event.
    """What a person wants to read of an event; None for those that only move the bar."""
    text: str | None = None
    match event:
        case Started():
            pictures = ", ".join(f"{count} of {name}" for name, count in event.pictures.items())
            where = f"step {event.step} of {event.steps}" if event.step else f"{event.steps} steps"
            precision = f"{event.precision} ({event.why})" if event.why else event.precision
            text = f"Training {event.method} on {event.device} in {precision}: {pictures}; {where}."
        case Saved(kind="checkpoint"):
            text = f"Saved at step {event.step}."
        case Made() | Told():
            text = _result(event)
        case Skipped():
            text = f"Skipped {event.path}: {event.reason}"
        case Warned():
            text = f"Note: {event.message}"
        case Advised():
            text = f"Coach: {event.message}" if event.message and event.rule != "healthy" else None
        case Scored():
            text = _scores(event)
        case Held():
            text = event.message
        case Changed():
            text = _changes(event)
        case Returned():
            text = f"Went back to step {event.step}" + (f": {event.reason}" if event.reason else ".")
        case Finished(reason="stopped"):
            text = f"Stopped at step {event.step}."
        case _:
            pass
    return text if text is None else one_line(text)


def _result(event: Made | Told) -> str:
    if isinstance(event, Made):
        return f"{event.path} (already there)" if event.kept else event.path
    return f"{event.source}: {event.label} ({event.shares[event.label]:.0%})"


def _scores(event: Scored) -> str:
    """One line for the scores of all routes."""
    figures = {"distance": event.measure, "faithfulness": "faithfulness", "accuracy": "accuracy"}
    routes = [
        f"{title}: " + ", ".join(f"{name} {found[figure]:.3g}" for figure, name in figures.items() if figure in found)
        for title, found in event.scores.items()
    ]
    return f"Scores at step {event.step}{', the best so far' if event.best else ''}. {'; '.join(routes)}."


def _changes(event: Changed) -> str:
    """All settings that differ from the recipe's by now."""
    settings = ", ".join(f"{name} {value}" for name, value in event.settings.items())
    return f"From step {event.step} on with {settings or 'the settings of its recipe'}."


def one_line(text: str) -> str:
    """`text` in one line: a file name may hold line ends."""
    return text.replace("\n", "\\n").replace("\r", "\\r")


def details(progress: Progress, losses: Mapping[str, float]) -> str:
    """Losses, speed and time left, behind the bar or in a plain line."""
    parts = [" ".join(f"{name} {value:.3g}" for name, value in losses.items())]
    if progress.per_second:
        parts.append(f"{progress.per_second:{'.3g' if progress.per_second < 100 else ',.0f'}}/s")
    if progress.eta_seconds is not None and progress.done < progress.total:
        parts.append(f"{duration(progress.eta_seconds)} left")
    return " · ".join(part for part in parts if part)


def within(event: Advanced) -> str:
    """How far one long file is: "harbour.tif: 42 % · exact, in bands · 3 min 20 s left"."""
    left = f"{duration(event.eta_seconds)} left" if event.eta_seconds is not None and event.share < 1 else ""
    parts = (f"{PurePath(event.path).name}: {event.share:.0%}", event.note, left)
    return " · ".join(part for part in parts if part)


def reporter(*, as_json: bool = False, quiet: Callable[[Event], bool] = lambda _: False) -> Reporter:
    """How to show a job here: JSON lines when asked, a bar on a terminal, plain lines elsewhere.

    Args:
        as_json: Whether to print every event as a JSON line and nothing else.
        quiet: Tells the events that are not shown as lines, because they are told later.
    """
    if as_json:
        return JsonLines()
    return Bar(quiet) if sys.stdout.isatty() else Lines(quiet)


class _Shown:
    _held: Event | None = None

    def _again(self, event: Event) -> bool:
        """Whether the work still stands for the same reason, which was told already."""
        again = isinstance(event, Held) and event == self._held
        self._held = event if isinstance(event, Held) else None
        return again

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Leave the terminal as it was."""


class JsonLines(_Shown):
    """Every event as one JSON line."""

    def __call__(self, event: Event) -> None:
        """Print it."""
        say(to_json(event))


class Lines(_Shown):
    """Plain lines for logs and pipes; progress at most every ten seconds, and at the end."""

    def __init__(
        self, quiet: Callable[[Event], bool] = lambda _: False, *, now: Callable[[], float] = time.monotonic
    ) -> None:
        self._quiet = quiet
        self._now = now
        self._due = now() + 1
        self._losses: Mapping[str, float] = {}

    def __call__(self, event: Event) -> None:
        """Print it when it is time."""
        if self._again(event):
            return
        if isinstance(event, Losses):
            self._losses = event.terms
        elif isinstance(event, Progress):
            self._progress(event)
        elif isinstance(event, Advanced):
            self._advanced(event)
        elif not self._quiet(event) and (text := sentence(event)) is not None:
            say(text)

    def _advanced(self, event: Advanced) -> None:
        if self._now() >= self._due:
            self._due = self._now() + LINE_SECONDS
            say(one_line(within(event)))

    def _progress(self, event: Progress) -> None:
        ended = event.done == event.total
        if (self._now() < self._due and not ended) or not (event.done or event.total):
            return
        self._due = self._now() + LINE_SECONDS
        told = details(event, self._losses if event.what == "training" else {})
        total = f" of {event.total}" if event.total else ""
        say(f"{event.what}: {event.done}{total}{' · ' if told else ''}{told}")


class Bar(_Shown):
    """A progress bar that stays below the lines printed meanwhile."""

    def __init__(self, quiet: Callable[[Event], bool] = lambda _: False) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        self._quiet = quiet
        self._losses: Mapping[str, float] = {}
        self._tasks: dict[str, rich.progress.TaskID] = {}
        self._bars = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=24),
            MofNCompleteColumn(),
            TextColumn("{task.fields[details]}", markup=False),
            console=Console(file=sys.stdout),
            refresh_per_second=5,
        )

    def __enter__(self) -> Self:
        """Show the bar."""
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None:
        """Leave the bar as it stands."""
        self._bars.stop()

    def __call__(self, event: Event) -> None:
        """Move the bar or print above it."""
        if self._again(event):
            return
        if isinstance(event, Losses):
            self._losses = event.terms
        elif isinstance(event, Progress):
            self._progress(event)
        elif isinstance(event, Advanced):
            self._advanced(event)
        elif not self._quiet(event) and (text := sentence(event)) is not None:
            self._bars.console.print(plain(text), markup=False, highlight=False, soft_wrap=True)

    def _advanced(self, event: Advanced) -> None:
        """What one long file says stands behind the bar of all of them."""
        for task in self._tasks.values():
            self._bars.update(task, details=plain(one_line(within(event))))

    def _progress(self, event: Progress) -> None:
        if event.what not in self._tasks:
            self._tasks[event.what] = self._bars.add_task(event.what, total=None, details="")
        told = details(event, self._losses if event.what == "training" else {})
        self._bars.update(self._tasks[event.what], completed=event.done, total=event.total or None, details=told)
