"""Events (what happened) and commands (what is wanted): everything that layers say to each other while work runs.

Each is a frozen dataclass that survives one JSON line. Events are yielded by a job; commands are sent into it with
`generator.send(command)`. The screen is a fold of events, so replaying `events.jsonl` shows a run as it was live.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias


@dataclass(frozen=True, slots=True)
class Started:
    """A training began or went on; `step` is where."""

    step: int
    steps: int
    method: str
    device: str
    precision: str
    pictures: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Progress:
    """So much is done. `eta_seconds` comes from recent speed and is None until that is known."""

    done: int
    total: int
    what: str = "training"
    seconds: float = 0.0
    eta_seconds: float | None = None
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Losses:
    """The loss terms of one step, by curve name."""

    step: int
    terms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class SheetFile:
    """One sample grid: a PNG in the run folder whose cells are `side` pixels squares without gaps.

    Attributes:
        route: Title of the route it shows.
        path: Relative to the run folder, "/" as separator.
        columns: What each column shows, such as ("summer", "→ winter", "→ summer").
        rows: What each row shows; names of inputs or labels, may be empty strings.
        side: Side of one cell in pixels.
    """

    route: str
    path: str
    columns: tuple[str, ...]
    rows: tuple[str, ...]
    side: int


@dataclass(frozen=True, slots=True)
class Sampled:
    """Sample grids of this step were written, one for each route."""

    step: int
    sheets: tuple[SheetFile, ...]


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that matters was written: a checkpoint, a model, an export."""

    step: int
    path: str
    kind: Literal["checkpoint", "model", "export"]


@dataclass(frozen=True, slots=True)
class Made:
    """One picture was made: translated from `source`, or generated when that is empty."""

    path: str
    source: str = ""
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Told:
    """One picture was classified.

    Attributes:
        source: The picture.
        label: The most probable class.
        shares: How probable each class is, from 0 to 1, the most probable first.
        path: Where a copy of it lies now; empty without one.
    """

    source: str
    label: str
    shares: Mapping[str, float]
    path: str = ""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A file was left out, and why; the rest goes on."""

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class Warned:
    """Something the artist should know; the work goes on."""

    message: str


@dataclass(frozen=True, slots=True)
class Finished:
    """The work ended in order.

    Attributes:
        step: Where.
        reason: "stopped" when someone asked for it.
        seconds: How long this sitting took; a run that was stopped and continued has several.
    """

    step: int
    reason: Literal["done", "stopped"] = "done"
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Failed:
    """The work ended because of a fault; `message` says what happened and what to do."""

    message: str


Event: TypeAlias = Started | Progress | Losses | Sampled | Saved | Made | Told | Skipped | Warned | Finished | Failed


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish this step, save, and end."""


@dataclass(frozen=True, slots=True)
class Save:
    """Write a checkpoint and the model after this step."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Write the sample grids after this step."""


Command: TypeAlias = Stop | Save | Sample

EVENTS: Mapping[str, type] = {
    kind.__name__.lower(): kind
    for kind in (Started, Progress, Losses, Sampled, Saved, Made, Told, Skipped, Warned, Finished, Failed)
}


def to_json(event: Event, **more: float) -> str:
    """One line, ASCII only (file names need not be UTF-8). `more` holds extra numbers, such as the time `at`."""
    return json.dumps({"event": type(event).__name__.lower()} | more | dataclasses.asdict(event))


def from_json(line: str) -> Event:
    """Read what `to_json` wrote; unknown keys are ignored, so that newer runs still open.

    Raises:
        ValueError: The line is not an event.
    """
    try:
        table: dict[str, Any] = json.loads(line)
        kind = EVENTS[table["event"]]
        names = {entry.name for entry in dataclasses.fields(kind)}
        values = {name: value for name, value in table.items() if name in names}
        if kind is Sampled:
            values["sheets"] = tuple(_sheet(sheet) for sheet in values["sheets"])
        event: Event = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"Not an event: {line[:80]!r}") from error
    return event


def _sheet(table: Mapping[str, Any]) -> SheetFile:
    return SheetFile(**dict(table) | {"columns": tuple(table["columns"]), "rows": tuple(table["rows"])})
