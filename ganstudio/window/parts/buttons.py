"""Buttons as the style sheet knows them."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QDialog, QHBoxLayout, QPushButton

from ganstudio.window import theme


def button(title: str, icon: str, pressed: Callable[[], object], role: str = "") -> QPushButton:
    """A button with words and an icon; `role` is "", "primary", "quiet" or "danger"."""
    made = QPushButton(title)
    if role:
        made.setProperty("role", role)
    ink = {"primary": "on_accent", "danger": "bad"}.get(role, "text")
    theme.set_icon(made, icon, ink)
    made.clicked.connect(lambda _=False: pressed())
    return made


def icon_button(name: str, icon: str, pressed: Callable[[], object] | None = None, side: int = 20) -> QPushButton:
    """A button with an icon alone; `name` is what it does, for the tool tip and for screen readers."""
    made = QPushButton()
    made.setProperty("role", "icon")
    made.setAccessibleName(name)
    made.setToolTip(name)
    theme.set_icon(made, icon, "muted", side)
    if pressed is not None:
        made.clicked.connect(lambda _=False: pressed())
    return made


def answers(sheet: QDialog, go: QPushButton) -> QHBoxLayout:
    """The foot of a sheet: cancel, and the button that goes on, which is pressed with Enter."""
    cancel = QPushButton(sheet.tr("Cancel"))
    cancel.clicked.connect(sheet.reject)
    go.setProperty("role", "primary")
    go.setDefault(True)
    go.clicked.connect(sheet.accept)
    row = QHBoxLayout()
    row.addStretch()
    row.addWidget(cancel)
    row.addWidget(go)
    return row
