"""Opens the window, which is loaded only then."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ganstudio.cli.faults import answered
from ganstudio.cli.home import placed
from ganstudio.cli.printing import prepare


def straight(arguments: Sequence[str]) -> int | None:
    """Open the window where the line asks for nothing else; None where it says more than that.

    What reads all other lines takes as long to load as the window, which somebody waits for.
    """
    match arguments:
        case []:
            project = None
        case ["open", name] if not name.startswith("-"):
            project = Path(placed(name))
        case _:
            return None
    prepare()
    return answered(lambda: open_window(None) if project is None else open_project(project))


def open_project(project: Path) -> int:
    """Show the window with a project in it until it is closed; returns its exit code.

    Raises:
        ValueError: It is no project, or there is no display.
    """
    from ganstudio.runs.project import Project

    if not project.exists():
        raise ValueError(f"There is no project {project}.")
    Project.open(project)
    return open_window(project)


def has_display() -> bool:
    """Whether there is a screen to show a window on."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def open_window(project: Path | None) -> int:
    """Show the window until it is closed; returns its exit code.

    Raises:
        ValueError: There is no display.
    """
    if not has_display():
        raise ValueError("There is no display for the window here. See `ganstudio --help` for what works without one.")
    if sys.platform == "win32":
        # There, torch's libraries cannot be loaded after Qt's.
        import torch  # noqa: F401
    from ganstudio.window import app

    return app.open_window(project)
