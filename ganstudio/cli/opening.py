"""Opens the window, which is loaded only then."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer


def open_project(
    project: Annotated[Path, typer.Argument(metavar="PROJECT", help="A project's folder.", show_default=False)],
) -> None:
    """Open a project in the window."""
    from ganstudio.runs.project import Project

    Project.open(project)
    raise typer.Exit(open_window(project))


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
