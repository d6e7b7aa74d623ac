"""Following: what every rank but the first does. It decides nothing, writes nothing and says nothing; it hears orders.

Decisions of a training hang on clocks, commands and the disk, which no two processes see alike. So one decides, and the
others keep a session of their own that begins, plays and changes as that of rank 0 does.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from ganstudio import methods
from ganstudio.engine import devices
from ganstudio.engine.faults import TOGETHER, kind
from ganstudio.engine.ranks import Lost, Order, Ranks
from ganstudio.engine.training import orders, trainer
from ganstudio.engine.training.gathering import Gathered, gather
from ganstudio.engine.training.orders import Beginning, Gathering
from ganstudio.engine.training.session import Ground, Session
from ganstudio.game import Batch
from ganstudio.pictures.away import Away, until_back
from ganstudio.runs.run import Run
from ganstudio.words.endings import requests_answered
from ganstudio.words.settings import build
from ganstudio.words.works import finished


@dataclass(slots=True)
class Follower:
    """One that does as rank 0 does.

    Args:
        ranks: Those that train together.

    Attributes:
        ground: What it stands on, once it has gathered pictures.
        session: The session of now.
        interrupted: Whether somebody asked for an end here.
    """

    ranks: Ranks
    ground: Ground | None = None
    session: Session | None = None
    interrupted: bool = False

    def follow(self) -> None:
        """Hear and obey until the end.

        Raises:
            Lost: Rank 0 has ended without a word.
            ValueError: This one cannot go on.
        """
        # Who is told to end asks rank 0, which saves, for which it needs everyone, and then lets all go.
        with requests_answered(self._ask):
            while True:
                order, about = self.ranks.hear()
                if order == Order.END:
                    return
                try:
                    self._obey(order, about)
                except Lost:
                    raise
                except Exception as error:
                    self.ranks.leave_word(_sentence(error))
                    raise

    def _obey(self, order: Order, about: bytes) -> None:
        if order == Order.GATHER:
            self._gather(Gathering.from_bytes(about))
            return
        assert self.ground is not None, "pictures are gathered first"
        if order == Order.BEGIN:
            self.session = None  # Its memory is for the next one.
            begun = Beginning.from_bytes(about)
            self.session = Session(
                self.ground, begun.found, changes=begun.changes, thrift=begun.thrift, attempt=begun.attempt
            )
            return
        session = self.session
        assert session is not None, "a session has begun"
        if order == Order.PLAY:
            session.play(_drawn(session))
        elif order == Order.CHANGE:
            session.change(json.loads(about))
        elif order == Order.COMPARE:
            session.compare()
        elif order == Order.PLACES:
            session.places()

    def _ask(self, *_: object) -> None:
        self.interrupted = True
        self.ranks.ask_for_an_end()

    def _gather(self, wanted: Gathering) -> None:
        """Find the same pictures as rank 0; what is wrong is for rank 0 to say."""
        try:
            gathered = _gathered(wanted)
            self.ground = trainer.ground_of(
                Run(Path()), wanted.recipe, gathered, devices.choose(wanted.device), bf16=wanted.bf16, ranks=self.ranks
            )
            batches = self.ground.batches
            self.ranks.told(orders.pictures(gathered.stocks, batches.state()))
        except (ValueError, OSError) as error:
            self.ranks.told(f"! {_sentence(error)}")


def _gathered(wanted: Gathering) -> Gathered:
    method = methods.find(wanted.recipe.method)
    settings = build(method.Settings, wanted.recipe.settings)
    gathering = gather(wanted.recipe, method.needs, settings, wanted.inventory.domains[0].words)
    return replace(finished(gathering), inventory=wanted.inventory)


def _drawn(session: Session) -> Batch:
    """The pictures of the next step; waits while their folder is away."""
    while True:
        try:
            return session.draw()
        except Away as error:
            away = error
        for _ in until_back(away):
            pass


def _sentence(error: Exception) -> str:
    if kind(error) == "memory":
        return TOGETHER
    return str(error).strip().partition("\n")[0] or type(error).__name__
