"""Films: whatever moves. A video, which FFmpeg reads, or an animation, which is a picture file with several pictures.

A file counts as a video by its suffix here, and is named with the reason where FFmpeg cannot open it after all; as an
animation when it has one of the suffixes below and holds more than one picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

VIDEOS: frozenset[str] = frozenset(
    f".{ending}"
    for ending in (
        *("mp4", "m4v", "mov", "qt", "mkv", "webm", "avi", "mpg", "mpeg", "m2v", "vob", "ts", "mts", "m2ts"),
        *("wmv", "asf", "flv", "f4v", "3gp", "3g2", "ogv", "mxf", "dv", "y4m", "nut", "mjpg", "mjpeg"),
    )
)
ANIMATIONS: frozenset[str] = frozenset({".gif", ".webp", ".png", ".apng"})

FilmFormat: TypeAlias = Literal["auto", "mp4", "webm", "mov", "mkv", "gif", "webp", "png"]


@dataclass(frozen=True, slots=True)
class FilmFacts:
    """What one wants to know of a film before it is translated.

    Attributes:
        kind: A "video", or an "animation".
        width: Of a frame as it is seen, upright, in pixels.
        height: Likewise.
        seconds: How long it lasts, as its file says; 0 when it does not.
        frames: About how many it has; 0 when nobody can tell. Files may lie.
        rate: Frames a second in the mean; 0 when nobody can tell.
        codec: How it is packed, such as "h264" or "GIF".
        sound: Its sound tracks, such as ("aac, 2 channels",).
        subtitles: How many tracks of subtitles.
        deep: Whether it has more than 8 bits a channel.
        wide: Whether it is in HDR, whose colours and lights are brought to those of a usual screen.
        loops: How often an animation is played; 0 is for ever.
    """

    kind: Literal["video", "animation"]
    width: int
    height: int
    seconds: float
    frames: int
    rate: float
    codec: str
    sound: tuple[str, ...] = ()
    subtitles: int = 0
    deep: bool = False
    wide: bool = False
    loops: int = 1


def is_video_name(name: str) -> bool:
    """Whether a file of this name is a video, by its suffix."""
    return name[name.rfind(".") :].lower() in VIDEOS
