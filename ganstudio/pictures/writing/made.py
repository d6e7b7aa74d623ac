"""How a picture or a film was made, read back from the file itself."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ganstudio.pictures.films.video import comment
from ganstudio.pictures.provenance import making_in
from ganstudio.pictures.reading import Unreadable, opened
from ganstudio.words.films import is_video_name
from ganstudio.words.making import Making


def made_from(path: Path) -> Making | None:
    """How GAN Studio made this picture; None when it did not, or when the file cannot be read."""
    try:
        if is_video_name(path.name):
            found: Any = comment(path)
        else:
            with opened(path) as image:
                info = image.info
                found = info.get("xmp") or info.get("XML:com.adobe.xmp") or info.get("comment") or b""
    except Unreadable:
        return None
    found = found.encode(errors="replace") if isinstance(found, str) else found
    return making_in(found) if isinstance(found, bytes) else None
