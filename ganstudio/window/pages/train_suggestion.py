"""Which preset suits this computer: the devices of the setup, and what their speed and memory suggest."""

from __future__ import annotations

from PySide6.QtCore import QObject, Slot

from ganstudio.window import jobs
from ganstudio.window.pages.train_setup import TrainSetup
from ganstudio.window.studio import Studio

LITTLE_MEMORY = 6_000_000_000
"""Bytes of a graphics card below which the presets for low memory are suggested."""


class Suggestion(QObject):
    """Keeps a setup's devices and its suggested preset up to date."""

    def __init__(self, studio: Studio, setup: TrainSetup) -> None:
        super().__init__(setup)
        self._studio, self._setup = studio, setup
        self._memory_job: int | None = None
        studio.reader.ended.connect(self._known)

    def suggest(self) -> None:
        """Show the devices, and suggest what the chosen one is good for."""
        self._setup.set_devices(self._studio.devices, self._studio.device)
        self._setup.cards.set_cards(self._studio.cards.count, every=self._studio.cards.all)
        # A night on a GPU is days on a CPU.
        on_cpu = self._studio.device_in_use == "cpu"
        self._setup.suggest_preset("quick" if on_cpu else "balanced")
        if not on_cpu and self._studio.catalogue:
            device = self._studio.device
            self._memory_job = self._studio.reader.begin(lambda: jobs.device_memory(device))

    @Slot(int, object)
    def _known(self, job: int, result: object) -> None:
        if job == self._memory_job and isinstance(result, int) and result < LITTLE_MEMORY:
            self._setup.suggest_preset("low-memory")
