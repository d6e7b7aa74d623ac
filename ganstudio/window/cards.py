"""Cards: by how many graphics cards of this machine a training is shared, as the artist wishes and as it allows."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSettings

from ganstudio.runs.run import Run
from ganstudio.words.cards import MethodCard

KEY = "all_cards"


class Cards:
    """How many there are, and whether trainings take them all; one until the artist says so.

    Args:
        settings: Where the wish is remembered.

    Attributes:
        count: How many can share a training here; 1 until the engine has told.
        all: Whether trainings take all of them.
    """

    def __init__(self, settings: QSettings) -> None:
        self._settings = settings
        self.count = 1
        self.all = bool(settings.value(KEY, False, type=bool))

    def wish(self, *, every: bool) -> None:
        """Take all cards from the next training on, or one; remembered."""
        self.all = every
        self._settings.setValue(KEY, every)

    @staticmethod
    def worth_counting(devices: Sequence[tuple[str, str]]) -> bool:
        """Whether there can be several at all."""
        return "GANSTUDIO_CARDS" in os.environ or any(key == "cuda" for key, _ in devices)

    def wanted(self, device: str, card: MethodCard | None) -> int:
        """How many a training of this method on this device is to take."""
        able = card is not None and card.shareable and (device == "cuda" or "GANSTUDIO_CARDS" in os.environ)
        return self.count if self.all and able else 1

    def for_run(self, run: Path, device: str, catalogue: Sequence[MethodCard]) -> int:
        """How many to train this run on: never more than a step of it has pictures."""
        if not self.all or self.count == 1:
            return 1
        try:
            recipe = Run(run).recipe()
        except ValueError:  # Whoever trains it says so.
            return 1
        card = next((card for card in catalogue if card.key == recipe.method), None)
        return min(self.wanted(device, card), recipe.batch)
