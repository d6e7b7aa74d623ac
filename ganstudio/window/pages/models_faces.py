"""What models show of themselves: what they make of the artist's picture, else samples of their training."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from ganstudio.window import words
from ganstudio.window.model_order import translations
from ganstudio.window.pages.model_face import ModelFace, Portraits
from ganstudio.window.pages.models_known import KnownModels
from ganstudio.window.pages.models_trials import Trials, Wanted
from ganstudio.window.parts.model_cell import Face
from ganstudio.window.studio import Studio

say = QCoreApplication.translate


class ModelFaces:
    """Knows which way each model is looked at, and what its card and its details show.

    Args:
        studio: For the titles of methods and what trains.
        known: The models.
        trials: What was made of the artist's picture.
        portraits: Samples of trainings.
    """

    def __init__(self, studio: Studio, known: KnownModels, trials: Trials, portraits: Portraits) -> None:
        self._studio, self._known, self._trials = studio, known, trials
        self.portraits = portraits
        self._to: dict[Path, str] = {}

    def direction_of(self, path: Path) -> str:
        """Title of the route that is looked at; empty where none makes a picture of a picture."""
        titles = [route.title for route in translations(self._known.cards[path])]
        kept = self._to.get(path, "")
        return kept if kept in titles else next(iter(titles), "")

    def turn(self, path: Path, title: str) -> None:
        """Look at another route of this model."""
        self._to[path] = title

    def wanted(self, path: Path, *, large: bool = False) -> Wanted:
        """The trial of this model, as it is now."""
        return Wanted(path, self.direction_of(path), self._known.cards[path].created, large)

    def face_of(self, path: Path) -> Face:
        """What the card of a model shows."""
        card = self._known.cards[path]
        tags = {
            "imported": say("models", "imported"),
            "blended": say("models", "mixed"),
            "lightened": say("models", "light"),
        }
        tag = tags.get(card.origin, "")
        if self._studio.training is not None and self._studio.training.run == path:
            tag = say("models", "in training")
        one_way = len(card.routes) == 1 and len(card.pictures) > 1
        titles = ", ".join(route.title for route in card.routes)
        sides = titles if one_way else " ↔ ".join(card.pictures) or titles
        method = next((known.title for known in self._studio.catalogue if known.key == card.method), card.method)
        face = Face(card.name, (f"{method}  ·  {sides}", words.file_size(card.file_bytes)), card.remarks.stars, tag)
        wanted = self.wanted(path)
        if self._trials.trial is None or not wanted.to:
            return replace(face, picture=self.portraits.look(path, card))
        tried, before = self._trials.look(wanted), self._trials.before
        if tried is None:
            return replace(face, before=before, waits=self._trials.waits(wanted))
        if tried.fault:
            return replace(face, before=before, fault=tried.fault)
        return replace(face, before=before, picture=tried.small)

    def show_large(self, path: Path, face: ModelFace) -> None:
        """Show in the details what the model makes."""
        card, trial, to = self._known.cards[path], self._trials.levels, self.direction_of(path)
        if trial is None or not to:
            face.show_samples(self.portraits.look(path, card))
            return
        route = next(route for route in card.routes if route.title == to)
        large, small = (self._trials.levels_of(self.wanted(path, large=large)) for large in (True, False))
        fault = self._trials.fault_of(self.wanted(path))
        waits = "" if large or small else say("models", "Translating…")
        face.show_trial(trial, large or small, (route.source or "", route.target), fault or waits)
