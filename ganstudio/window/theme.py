"""How the window looks: twelve named colours, light and dark, turned into a palette, a small style sheet and icons.

The colours follow the artist's choice, else the system (Qt's `styleHints().colorScheme()`), and change while the window
is open. The environment variable GANSTUDIO_THEME=light or =dark overrides both; the script that makes the README's
pictures uses it.

Greys are neutral on purpose: a tinted surround changes how a picture's colours are seen.
"""

from __future__ import annotations

import html
import os
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import lru_cache

from PySide6.QtCore import QByteArray, QObject, QRectF, Qt, Slot
from PySide6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QWidget

from ganstudio.words.places import resources

GRID = 8
"""Every distance is a multiple of this many pixels; half of it inside small controls."""

MARGIN = 4 * GRID
RADIUS = 8
ROW = 36
"""Height of a button or an input field in pixels."""


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours by what they are for. Text colours reach 4.5:1 on window, rail, surface and soft."""

    window: str
    rail: str
    surface: str
    line: str
    text: str
    muted: str
    accent: str
    on_accent: str
    soft: str
    good: str
    caution: str
    bad: str


LIGHT = Tokens(
    window="#f5f5f4",
    rail="#ebebe9",
    surface="#ffffff",
    line="#d9d9d6",
    text="#1c1c1e",
    muted="#5e5e65",
    accent="#4350c8",
    on_accent="#ffffff",
    soft="#e4e6f8",
    good="#1f6e3c",
    caution="#7d5000",
    bad="#a92d26",
)
DARK = Tokens(
    window="#1d1d1f",
    rail="#161618",
    surface="#28282b",
    line="#3d3d42",
    text="#ededef",
    muted="#a8a8b0",
    accent="#98a5ff",
    on_accent="#14141c",
    soft="#32365a",
    good="#74cc93",
    caution="#e6b85c",
    bad="#f5958c",
)


def tokens() -> Tokens:
    """The colours now in use."""
    return DARK if QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128 else LIGHT


def colour(name: str) -> QColor:
    """One of the named colours now in use, such as "accent"."""
    return QColor(getattr(tokens(), name))


class Theme(QObject):
    """Dresses the application, and dresses it anew when the system turns light or dark.

    Args:
        app: The application.
        wish: "light", "dark", or "system" for what the system says.
    """

    def __init__(self, app: QApplication, wish: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._wish = wish
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        forced = os.environ.get("GANSTUDIO_THEME", "")
        wanted = forced if forced in {"light", "dark"} else self._wish
        dark = self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark
        self.wear(DARK if wanted == "dark" or (dark and wanted != "light") else LIGHT)

    def choose(self, wish: str) -> None:
        """Another wish of the artist's."""
        self._wish = wish
        self._follow()

    def wear(self, colours: Tokens) -> None:
        """Put on these colours: palette, style sheet and every icon that was set with `set_icon`."""
        self._app.setPalette(_palette(colours))
        self._app.setStyleSheet(_style_sheet(colours))
        for widget in self._app.allWidgets():
            _tint(widget)


def _palette(colours: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette(QColor(colours.surface), QColor(colours.window))
    for which, name in (
        (role.Window, colours.window),
        (role.WindowText, colours.text),
        (role.Base, colours.surface),
        (role.AlternateBase, colours.window),
        (role.Text, colours.text),
        (role.PlaceholderText, colours.muted),
        (role.Button, colours.surface),
        (role.ButtonText, colours.text),
        (role.BrightText, colours.bad),
        (role.Highlight, colours.accent),
        (role.HighlightedText, colours.on_accent),
        (role.Accent, colours.accent),
        (role.Link, colours.accent),
        (role.LinkVisited, colours.accent),
        (role.ToolTipBase, colours.surface),
        (role.ToolTipText, colours.text),
        (role.Mid, colours.line),
        (role.Midlight, colours.line),
        (role.Dark, colours.line),
    ):
        palette.setColor(which, QColor(name))
    faint = QColor(colours.muted)
    faint.setAlpha(150)
    for which in (role.Text, role.ButtonText, role.WindowText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, faint)
    return palette


def _style_sheet(colours: Tokens) -> str:
    text = (resources() / "window.qss").read_text("utf-8")
    # Longest first, so that @on_accent is not taken for @on.
    for name in sorted((field.name for field in fields(colours)), key=len, reverse=True):
        text = text.replace(f"@{name}", getattr(colours, name))
    return text


# Icons


SIDES = (16, 20, 24, 32, 48)
"""What menus, lists, title bars and trays of the systems ask for."""


def icon(name: str, colour_name: str = "text", sides: Iterable[int] = SIDES) -> QIcon:
    """The drawing `resources/icons/{name}.svg` in one of the named colours, faint when disabled.

    The icon keeps today's colour; `set_icon` follows the theme. `sides` are the sizes it is drawn in, in pixels.
    """
    colours = tokens()
    made = QIcon()
    faint = QColor(colours.muted)
    faint.setAlpha(120)
    ratio = QGuiApplication.primaryScreen().devicePixelRatio() if QGuiApplication.primaryScreen() else 1.0
    for side in sides:
        made.addPixmap(pixmap(name, side, QColor(getattr(colours, colour_name)), ratio), QIcon.Mode.Normal)
        made.addPixmap(pixmap(name, side, faint, ratio), QIcon.Mode.Disabled)
    return made


def pixmap(name: str, side: int, ink: QColor, ratio: float = 1.0) -> QPixmap:
    """One icon as a picture of `side` pixels, drawn in `ink`, at `ratio` device pixels a pixel."""
    picture = QPixmap(round(side * ratio), round(side * ratio))
    picture.setDevicePixelRatio(ratio)
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    _drawing(name).render(painter, QRectF(0, 0, side, side))
    painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_SourceIn)
    painter.fillRect(QRectF(0, 0, side, side), ink)
    painter.end()
    return picture


@lru_cache(maxsize=128)
def _drawing(name: str) -> QSvgRenderer:
    path = resources() / "icons" / f"{name}.svg"
    renderer = QSvgRenderer(QByteArray(path.read_bytes()))
    assert renderer.isValid(), path
    return renderer


def set_icon(widget: QAbstractButton | QLabel, name: str, colour_name: str = "text", side: int = 20) -> None:
    """Give a button or a label an icon that changes colour with the theme."""
    widget.setProperty("icon_name", name)
    widget.setProperty("icon_colour", colour_name)
    widget.setProperty("icon_side", side)
    _tint(widget)


def _tint(widget: QWidget) -> None:
    name = widget.property("icon_name")
    if not name:
        return
    ink, side = widget.property("icon_colour"), widget.property("icon_side")
    if isinstance(widget, QAbstractButton):
        widget.setIcon(icon(name, ink, (side,)))
        size = widget.iconSize()
        size.setWidth(side)
        size.setHeight(side)
        widget.setIconSize(size)
    elif isinstance(widget, QLabel):
        widget.setPixmap(pixmap(name, side, colour(ink), widget.devicePixelRatioF()))


# Words


def label(text: str = "", role: str = "body", *, wrap: bool = False) -> QLabel:
    """A label that shows its text as it is, never as markup: names of files and models may hold anything.

    Args:
        text: What it says.
        role: "title", "heading", "body", "strong", "muted" or "small"; the style sheet knows them.
        wrap: Break lines.
    """
    made = QLabel(text)
    made.setTextFormat(Qt.TextFormat.PlainText)
    made.setProperty("role", role)
    made.setWordWrap(wrap)
    return made


def tip(text: str) -> str:
    """A tool tip that shows `text` as it is; Qt would take a file name with < in it for markup."""
    return f'<p style="white-space: pre-wrap">{html.escape(text)}</p>' if text else ""


def set_role(widget: QWidget, role: str) -> None:
    """Change what the style sheet takes `widget` for, and show it."""
    widget.setProperty("role", role)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
