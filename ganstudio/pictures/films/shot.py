"""Shot: one frame of what is going on now."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Shot:
    """A frame: (H, W, 3) uint8 sRGB, and when it came, by `time.monotonic`."""

    pixels: NDArray[np.uint8]
    at: float
