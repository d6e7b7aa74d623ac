"""What is said of a live picture: how large and how fast it is, what is waited for, and what would make it faster."""

from __future__ import annotations

from collections import deque
from typing import Literal, TypeAlias

from PySide6.QtCore import QCoreApplication, QLocale

Advice: TypeAlias = Literal["", "training", "heavy"]

RECENT = 2.0
"""Seconds over which a rate is taken."""

SILENT = 5.0
"""Seconds after which a camera that sends nothing is said to be silent."""


class Rate:
    """How many frames a second there were of late."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=256)

    def came(self, at: float) -> None:
        """One more, at this time in seconds."""
        self._times.append(at)

    def per_second(self, now: float) -> float | None:
        """None until there were two."""
        while len(self._times) > 2 and now - self._times[0] > RECENT:
            self._times.popleft()
        if len(self._times) < 2:
            return None
        # What has not come yet is late, too.
        took = max(now - self._times[0], 1e-3)
        return (len(self._times) - 1) / took


def pace(side: int, rate: float | None) -> str:
    """How large and how fast, such as 256 px and 14 frames a second."""
    said = _tr("{} px").format(QLocale().toString(side))
    if rate is None:
        return said
    number = QLocale().toString(rate, "f", 0 if rate >= 10 else 1)
    return f"{said}  ·  {_tr('{} frames a second').format(number)}"


def message(*, fault: str, finding: bool, title: str, comes: bool, silent: bool, shown: bool) -> str:
    """In the middle of the picture: why there is none, or none yet."""
    if fault:
        return fault
    if finding:
        return _tr("Looking for cameras…")
    if not comes and silent:
        return _tr(
            "{} sends no pictures yet.\n\nPerhaps its cover is closed, another program uses it, or the system asks "
            "whether GAN Studio may."
        ).format(title)
    if not comes:
        return _tr("Starting {}…").format(title)
    return "" if shown else _tr("Waiting for the model…")


def no_camera() -> str:
    """When none was found."""
    return _tr("No camera was found.\n\nPlug one in and look again, or drop a film and play it live.")


def advice(*, trains: bool, heavy: bool) -> Advice:
    """What would make it faster: a training that rests first, then a lighter model."""
    if trains:
        return "training"
    return "heavy" if heavy else ""


def _tr(text: str) -> str:
    return QCoreApplication.translate("translate", text)
