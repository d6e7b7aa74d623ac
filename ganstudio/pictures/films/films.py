"""Films of either kind, a video or an animation, behind one door."""

from __future__ import annotations

from pathlib import Path
from typing import TypeAlias

from ganstudio.pictures.films.animation import Animation, is_animation
from ganstudio.pictures.films.video import Video
from ganstudio.pictures.reading import Unreadable
from ganstudio.words.films import FilmFormat, is_video_name

Film: TypeAlias = Video | Animation


def is_film(path: Path) -> bool:
    """Whether a file is to be treated as a film: a video by its suffix, an animation by what it holds."""
    return is_video_name(path.name) or is_animation(path)


def open_film(path: Path) -> Film:
    """The film in a file.

    Raises:
        Unreadable: It is none, or it is broken.
    """
    if is_video_name(path.name):
        return Video(path)
    if is_animation(path):
        return Animation(path)
    try:
        return Video(path)
    except Unreadable as reason:
        raise Unreadable(f"It is no video or animation that can be read. {reason}") from reason


def suffix_for(path: Path, wanted: FilmFormat = "auto") -> str:
    """The suffix of a translation: as asked; else an animation keeps its own, and a video becomes .mp4."""
    if wanted != "auto":
        return f".{wanted}"
    return path.suffix.lower() if is_animation(path) else ".mp4"
