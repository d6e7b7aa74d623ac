"""The meter: what the device does while something trains, read once a second in a thread of its own.

NVIDIA's own library says it for their cards; on any other device the processor's use and the memory are told. Nothing
here loads torch: a card is asked about by its driver. Both libraries are loaded when something trains.
"""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

SECONDS = 1.0


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read at one moment.

    Attributes:
        name: The card's; empty for the processor.
        use: Share of the time that it worked, in [0, 1]; None where that is not known, as on a part of a card.
        used: Bytes of its memory that are taken, by anyone.
        total: Bytes of its memory.
        celsius: Its temperature; None where that is not known.
    """

    name: str
    use: float | None
    used: int
    total: int
    celsius: int | None = None


class Meter(QObject):
    """Reads while it runs.

    Signals:
        read: A Reading.
    """

    read = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()

    def start(self, device: str) -> None:
        """Read from now on what this device ("cuda", "mps", "cpu") does."""
        self.stop()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._go, args=(device, self._stop), name="meter", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Read no more; returns at once unless the driver is just being asked."""
        self._stop.set()
        if self._thread is not None:
            self._thread.join(timeout=5)
            self._thread = None

    def _go(self, device: str, stop: threading.Event) -> None:
        import psutil

        psutil.cpu_percent()  # The first call only begins to measure.
        card = Card() if device == "cuda" else None
        while not stop.wait(SECONDS):
            reading = card.read() if card is not None else None
            with contextlib.suppress(RuntimeError):  # The window may be gone by now.
                self.read.emit(reading or of_processor())


def of_processor() -> Reading:
    """The processor's use since the last time, and the computer's memory."""
    import psutil

    memory = psutil.virtual_memory()
    return Reading("", psutil.cpu_percent() / 100, memory.total - memory.available, memory.total)


class Card:
    """The NVIDIA card that trainings run on; reads nothing where there is no driver."""

    def __init__(self) -> None:
        self._handle: object | None = None
        with contextlib.suppress(Exception):  # Drivers of all ages fail in ways of their own; a meter may be missing.
            import pynvml

            pynvml.nvmlInit()
            self._handle = _handle()

    def read(self) -> Reading | None:
        """What it does now; None when it does not say."""
        if self._handle is None:
            return None
        with contextlib.suppress(Exception):
            import pynvml

            memory = pynvml.nvmlDeviceGetMemoryInfo(self._handle)
            use: float | None = None
            celsius: int | None = None
            with contextlib.suppress(pynvml.NVMLError):
                use = pynvml.nvmlDeviceGetUtilizationRates(self._handle).gpu / 100
            with contextlib.suppress(pynvml.NVMLError):
                celsius = pynvml.nvmlDeviceGetTemperature(self._handle, pynvml.NVML_TEMPERATURE_GPU)
            name = pynvml.nvmlDeviceGetName(self._handle)
            return Reading(str(name), use, memory.used, memory.total, celsius)
        return None


def _handle() -> object:
    """The first card that programs here may see; the driver counts all of them."""
    import pynvml

    first = os.environ.get("CUDA_VISIBLE_DEVICES", "").split(",")[0].strip()
    if first.startswith(("GPU-", "MIG-")):
        return pynvml.nvmlDeviceGetHandleByUUID(first)
    return pynvml.nvmlDeviceGetHandleByIndex(int(first) if first.isdecimal() else 0)
