"""How much of the computer the artist lets us have."""

from __future__ import annotations

import os

PICTURE_MEMORY_VARIABLE = "GANSTUDIO_PICTURE_MEMORY"


def picture_memory() -> int | None:
    """Bytes of memory that decoded pictures may fill, from GANSTUDIO_PICTURE_MEMORY; None when it is not set.

    What does not fit goes to the cache of pictures on the disk. A value that is no positive whole number counts as
    not set.
    """
    said = os.environ.get(PICTURE_MEMORY_VARIABLE, "")
    return int(said) if said.isdecimal() and int(said) > 0 else None
