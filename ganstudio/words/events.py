"""Events (what happened) and commands (what is wanted): everything that layers say to each other while work runs.

Each is a frozen dataclass that survives one JSON line. Events are yielded by a job; commands are sent into it with
`generator.send(command)`. The screen is a fold of events, so replaying `events.jsonl` shows a run as it was live.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from ganstudio.words.settings import Value


@dataclass(frozen=True, slots=True)
class Started:
    """A training began or went on; `step` is where, and `awake` whether the computer is kept from sleeping.

    `why` tells why `precision` is what it is, such as "1.7 times as fast as fp32 here", where there was a choice.
    """

    step: int
    steps: int
    method: str
    device: str
    precision: str
    pictures: Mapping[str, int]
    awake: bool = False
    why: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How much is done. `eta_seconds` comes from recent speed and is None until that is known."""

    done: int
    total: int
    what: str = "training"
    seconds: float = 0.0
    eta_seconds: float | None = None
    per_second: float | None = None


@dataclass(frozen=True, slots=True)
class Advanced:
    """How much of one slow file, a very large picture or a video, is done.

    Attributes:
        path: The original.
        share: From 0 to 1.
        eta_seconds: How long this file will still take; None until that is known.
        note: How it is done, such as "exact, in bands" or "frame 12 of 240".
    """

    path: str
    share: float
    eta_seconds: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Losses:
    """The loss terms of one step, by curve name.

    Attributes:
        step: Which.
        terms: Curve name → value.
        waited: Share of the time since the last such event that steps waited for pictures, in [0, 1].
    """

    step: int
    terms: Mapping[str, float]
    waited: float = field(default=0.0, compare=False)  # The same step may take another time.


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
class Scored:
    """How good the pictures of held-out examples are at this step.

    Attributes:
        step: When.
        measure: What "distance" is: "KID", or "sliced Wasserstein" where the weights for KID are not there.
        scores: Route title → figure → value, only what makes sense for the route: "distance" to the real pictures of
            the target (lower is better) and that of the "untouched" inputs, "faithfulness" to the input's drawing in
            [0, 1], "psnr" in dB and "ssim" where the truth is known, "accuracy" of a classifier; and what the coach
            looks at: "likeness" to the input, "variety" relative to real pictures, "tone" (whether light stays light,
            in [-1, 1]), "grid" in dB.
        best: Whether no earlier step of the run was better.
    """

    step: int
    measure: str
    scores: Mapping[str, Mapping[str, float]]
    best: bool = False


@dataclass(frozen=True, slots=True)
class Remedy:
    """A button under an advice: one thing that can be done about it.

    Attributes:
        title: What stands on it, such as "Slow the discriminator".
        deed: "change" settings while it trains, "return" to the checkpoint of `step`, "stop" in order, or "show" the
            health of the pictures.
        settings: For "change": setting → new value.
        step: For "return": to which step; None for the best one.
    """

    title: str
    deed: Literal["change", "return", "stop", "show"]
    settings: Mapping[str, Value] = field(default_factory=dict)
    step: int | None = None


@dataclass(frozen=True, slots=True)
class Advised:
    """The coach noticed something; told once until it is over.

    Attributes:
        step: When.
        rule: Key of the rule, such as "discriminator winning"; "healthy" is a state, to be shown quietly if at all.
        message: A plain sentence or two for an artist; empty when what the rule had noticed is over.
        remedies: What can be done, the best first.
    """

    step: int
    rule: str
    message: str = ""
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Changed:
    """From this step on the run trains with settings other than its recipe's: all that differ by now."""

    step: int
    settings: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Returned:
    """The run went back to the checkpoint of `step`; what came after is done anew.

    Attributes:
        step: Where it goes on.
        reason: Why it did so by itself; empty where someone wished it, who need not be warned.
    """

    step: int
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Paused:
    """The training has saved and stands still until it is resumed, as asked for by someone who does not pull it."""

    step: int


@dataclass(frozen=True, slots=True)
class Resumed:
    """The training goes on after a pause."""

    step: int


@dataclass(frozen=True, slots=True)
class Held:
    """The work waits until something is back, such as a folder; its next event of another kind means it goes on."""

    message: str


@dataclass(frozen=True, slots=True)
class Saved:
    """A file that matters was written: a checkpoint, a model, an export."""

    step: int
    path: str
    kind: Literal["checkpoint", "model", "export"]


@dataclass(frozen=True, slots=True)
class Made:
    """One picture was made: translated from `source`, or generated when that is empty; `kept` when it was there."""

    path: str
    source: str = ""
    seconds: float = 0.0
    kept: bool = False


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


Event: TypeAlias = (
    Started
    | Progress
    | Advanced
    | Losses
    | Sampled
    | Scored
    | Advised
    | Changed
    | Returned
    | Paused
    | Resumed
    | Held
    | Saved
    | Made
    | Told
    | Skipped
    | Warned
    | Finished
    | Failed
)


@dataclass(frozen=True, slots=True)
class Stop:
    """Finish this step, save, and end."""


@dataclass(frozen=True, slots=True)
class Save:
    """Write a checkpoint and the model after this step."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Write the sample grids after this step."""


@dataclass(frozen=True, slots=True)
class Keep:
    """Write a checkpoint after this step and keep it under this name until someone deletes it."""

    name: str


@dataclass(frozen=True, slots=True)
class Change:
    """Train on with these settings from the next step on.

    Attributes:
        settings: Setting → new value, as (name, value) pairs, so that commands can be compared and collected.
    """

    settings: tuple[tuple[str, Value], ...]


@dataclass(frozen=True, slots=True)
class Return:
    """Go back to the checkpoint of `step` and train on from there; None for the best one."""

    step: int | None = None


@dataclass(frozen=True, slots=True)
class Pause:
    """Save after this step and stand still. Only for those who do not pull the training; others just stop pulling."""


@dataclass(frozen=True, slots=True)
class Resume:
    """Go on after a pause."""


Command: TypeAlias = Stop | Save | Sample | Keep | Change | Return | Pause | Resume


@dataclass(frozen=True, slots=True)
class Idle:
    """Not an event: the job waits for another process and need not be pulled again for this many seconds."""

    seconds: float


EVENTS: Mapping[str, type] = {kind.__name__.lower(): kind for kind in get_args(Event)}


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
        if kind is Advised:
            values["remedies"] = tuple(Remedy(**remedy) for remedy in values.get("remedies", ()))
        event: Event = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"Not an event: {line[:80]!r}") from error
    return event


def _sheet(table: Mapping[str, Any]) -> SheetFile:
    return SheetFile(**dict(table) | {"columns": tuple(table["columns"]), "rows": tuple(table["rows"])})
