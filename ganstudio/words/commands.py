"""Commands as JSON lines, for a training that runs in another process or on another machine."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any, get_args

from ganstudio.words.events import Change, Command

COMMANDS: Mapping[str, type] = {kind.__name__.lower(): kind for kind in get_args(Command)}


def to_json(command: Command, **more: float) -> str:
    """One line, ASCII only. `more` holds extra numbers, such as the time `at`."""
    return json.dumps({"command": type(command).__name__.lower()} | more | dataclasses.asdict(command))


def from_json(line: str) -> Command:
    """Read what `to_json` wrote; unknown keys are ignored.

    Raises:
        ValueError: The line is not a command.
    """
    try:
        table: dict[str, Any] = json.loads(line)
        kind = COMMANDS[table["command"]]
        names = {entry.name for entry in dataclasses.fields(kind)}
        values = {name: value for name, value in table.items() if name in names}
        if kind is Change:
            values["settings"] = tuple((str(name), value) for name, value in values["settings"])
        command: Command = kind(**values)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"Not a command: {line[:80]!r}") from error
    return command
