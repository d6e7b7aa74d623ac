"""What is said about a piece of the queue: over the picture, at its edge, and in the line below it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from ganstudio.window import words
from ganstudio.window.parts.queue_list import Piece
from ganstudio.words.routes import Route

ANIMATED = {".gif", ".webp", ".png"}


def message(piece: Piece | None, route: Route | None) -> str:
    """In the middle of the picture: why there is none, or none yet."""
    if piece is None:
        return ""
    if piece.state == "failed":
        return f"{piece.name}\n\n{piece.reason}"
    if piece.before is None:
        return _tr("Reading…")
    return _tr("Waiting for the model…") if route is None else ""


def note(piece: Piece | None, route: Route | None) -> str:
    """At the lower edge: that this is only a first look, and how long the rest takes."""
    if piece is None or piece.before is None or route is None or piece.state in {"failed", "done"}:
        return ""
    if piece.kind != "picture":
        return _of_file(piece)
    if piece.state != "working" and piece.share is None:  # It has a share also while it is being saved.
        return _tr("A first look") if piece.first is not None else ""
    said = _tr("Translating…") if piece.share is None else _tr("{} %").format(round(100 * piece.share))
    if piece.left is not None and piece.left >= 2:
        said += "  ·  " + words.left(piece.left)
    return _tr("A first look  ·  all of it: {}").format(said) if piece.first is not None else said


def _of_file(piece: Piece) -> str:
    """Of what is translated straight into a file."""
    if piece.share is not None and piece.state != "working":  # Working, it is only the first frame's share.
        return _tr("Translating all of it: {} %").format(round(100 * piece.share))
    if piece.first is None:
        return _tr("Translating…")
    if piece.saved is not None:
        return _tr("All of it is saved: {}").format(piece.saved.name)
    if piece.packed is not None:
        return _tr("The first picture. Save to translate all of them.")
    if piece.kind == "film" or piece.size is None:
        return _tr("One frame. Save to translate the film.")
    pixels = words.count(round(piece.size.width() * piece.size.height() / 1e6))
    return _tr("A first look. Save to translate all {} megapixels.").format(pixels)


def status(piece: Piece | None) -> str:
    """Below the picture: its name, its size, how it was made."""
    if piece is None:
        return ""
    parts = [piece.name]
    if piece.packed is not None:
        parts += words.in_shards(piece.packed)
    elif piece.size is not None:
        parts.append(f"{words.count(piece.size.width())} × {words.count(piece.size.height())}")
    parts += _facts(piece)
    if piece.way:
        ways = {"exact": _tr("exact, in bands"), "fast": _tr("fast, in bands"), "whole": _tr("in one piece")}
        parts.append(ways[piece.way])
    if piece.saved is not None:
        said = _tr("saved as {}") if piece.packed is None else _tr("saved in {}")
        parts.append(said.format(piece.saved.name))
    elif piece.made:
        parts.append(piece.made)
    elif piece.state == "done" and piece.kind == "picture":
        parts.append(_tr("drag the picture into a folder or another program"))
    return "   ·   ".join(parts)


def can_save(piece: Piece | None, route: Route | None) -> bool:
    """Whether there is something to be written: a translation, or a file that can be translated into one."""
    if piece is None or route is None or piece.state == "failed" or piece.before is None:
        return False
    return piece.after is not None or isinstance(piece.source, Path)


def film_suffix(piece: Piece) -> str:
    """What a film is saved as unless one says otherwise."""
    suffix = piece.source.suffix.lower() if isinstance(piece.source, Path) else ""
    return suffix if suffix in ANIMATED else ".mp4"


def _facts(piece: Piece) -> list[str]:
    facts = piece.facts
    if facts is None:
        return []
    said = []
    if facts.seconds:
        said.append(words.duration(facts.seconds))
    if facts.rate:
        said.append(_tr("{} frames a second").format(QLocale().toString(facts.rate, "g", 4)))
    if facts.kind == "video":
        said.append(_tr("with sound") if facts.sound else _tr("no sound"))
    return said


def _tr(text: str) -> str:
    return QCoreApplication.translate("translate", text)
