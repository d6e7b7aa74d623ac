"""Everything the window can be asked to do, as data: the menus and the sheet of shortcuts are made from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication

if TYPE_CHECKING:
    from ganstudio.window.main_window import MainWindow


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do.

    Attributes:
        name: Its key.
        menu: The menu it is in.
        title: What it is called, with & before the letter that the keyboard picks.
        shortcut: Keys, such as "Ctrl+O"; empty for none.
        icon: Name of its icon; empty for none.
        handler: Does it.
        bare: The shortcut is a plain key that buttons and text fields need themselves; it counts when they do not.
    """

    name: str
    menu: str
    title: str
    shortcut: str
    icon: str
    handler: Callable[[], object]
    bare: bool = False


def actions(window: MainWindow) -> tuple[Action, ...]:
    """All actions of this window, in the order of the menus."""
    say = QCoreApplication.translate
    file, view = say("actions", "&File"), say("actions", "&View")
    training, help_ = say("actions", "&Training"), say("actions", "&Help")
    studio = window.studio
    return (
        Action("new", file, say("actions", "&New project…"), "Ctrl+N", "folder-plus", window.new_project),
        Action("open", file, say("actions", "&Open project…"), "Ctrl+O", "folder-open", window.open_project),
        Action("open_run", file, say("actions", "Open a &training…"), "Ctrl+Shift+O", "train", window.open_run),
        Action("sample", file, say("actions", "Open the &sample project"), "", "sample", window.open_sample),
        Action("folder", file, say("actions", "Show project in &folder"), "", "open", window.show_project_folder),
        Action("settings", file, say("actions", "S&ettings"), "Ctrl+,", "settings", partial(studio.show, "settings")),
        Action("quit", file, say("actions", "&Quit"), "Ctrl+Q", "", window.close),
        *(
            Action(f"page_{key}", view, title, f"Ctrl+{at}", icon, partial(studio.show, key))
            for at, (key, title, icon) in enumerate(window.rail_entries(), start=1)
        ),
        Action("full_screen", view, say("actions", "F&ull screen"), "F11", "fit", window.toggle_full_screen),
        Action(
            "pause", training, say("actions", "&Pause or continue"), "Space", "pause", studio.toggle_training, bare=True
        ),
        Action("stop", training, say("actions", "&Stop and save"), "Ctrl+.", "stop", studio.stop_training),
        Action("keys", help_, say("actions", "&Keyboard shortcuts"), "F1", "keyboard", window.show_keys),
        Action("log", help_, say("actions", "Open &log"), "", "info", window.open_log),
        Action("bundle", help_, say("actions", "Save a support &bundle…"), "", "save", window.save_bundle),
        Action("about", help_, say("actions", "&About GAN Studio"), "", "info", window.show_about),
    )
