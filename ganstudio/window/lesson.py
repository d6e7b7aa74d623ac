"""What the playground teaches: which sentence a snapshot calls for. Rules alone, the first that holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QCoreApplication

from ganstudio.words.playground import DATA, EQUILIBRIUM, Ground, Mixture

if TYPE_CHECKING:  # It comes from the engine, which loads torch.
    from ganstudio.engine.playground import Snapshot

STARTED = 20
"""Steps until there is something to say of what is learnt."""

DEVIATIONS = 4.0
"""A made point belongs to the nearest bell, if it is no farther than so many of its deviations."""


@dataclass(frozen=True, slots=True)
class Lesson:
    """A sentence about what is seen, and one or two why."""

    title: str
    text: str


def lesson(snapshot: Snapshot, ground: Ground) -> Lesson:
    """What to say of this snapshot of this game."""
    data = DATA[ground.data]
    told = snapshot.judged_real - snapshot.judged_fake
    if snapshot.step == 0:
        return _beginning()
    if snapshot.step >= STARTED and (missing := left_out(snapshot, data)):
        return _collapse(missing, data)
    if told > 0.4:
        return _discriminator_wins(ground)
    if snapshot.value < EQUILIBRIUM - 0.06:
        return _discriminator_errs(ground)
    if abs(snapshot.value - EQUILIBRIUM) < 0.08:
        return _balance() if apart(snapshot) < 0.33 else _discriminator_lags(ground)
    return _chase()


def apart(snapshot: Snapshot) -> float:
    """How far p_g is from p_data: 0 for the same, 1 for nothing in common."""
    both = snapshot.data_density + snapshot.fake_density
    return float(np.abs(snapshot.data_density - snapshot.fake_density).sum() / both.sum())


def left_out(snapshot: Snapshot, data: Mixture) -> int:
    """How many bells of the data get less than a quarter of their share of the made points."""
    centres = np.asarray(data.centres)
    far = np.linalg.norm(snapshot.fake[:, None] - centres, axis=-1)
    nearest = far.argmin(axis=1)[far.min(axis=1) < DEVIATIONS * data.deviation]
    shares = np.bincount(nearest, minlength=len(centres)) / len(snapshot.fake)
    return int((shares < 0.25 / len(centres)).sum())


def _say(text: str) -> str:
    return QCoreApplication.translate("lesson", text)


def _beginning() -> Lesson:
    return Lesson(
        _say("Nothing is learnt yet."),
        _say(
            "The generator turns noise into points at random, and the discriminator gives every point about one half. "
            "Press Play, or Step to go slowly."
        ),
    )


def _collapse(missing: int, data: Mixture) -> Lesson:
    kind = _say("bells") if data.dimensions == 1 else _say("spots")
    if len(data.centres) == 1:
        title = _say("The generator is still far from the data.")
        return Lesson(title, _say("It follows the slope of D: towards where the discriminator says real more often."))
    title = _say("The generator leaves out {} of {} {}.").format(missing, len(data.centres), kind)
    return Lesson(
        title,
        _say(
            "A few done well deceive the discriminator for a while. Then D sinks where too many points are, and they "
            "move on; if they never spread, the generator has collapsed."
        ),
    )


def _discriminator_wins(ground: Ground) -> Lesson:
    if ground.form == "minimax":
        why = _say(
            "D is near one on data and near zero on what is made. There log(1 − D) is almost flat, so in the minimax "
            "form the generator learns little: the reason for the non-saturating form."
        )
    else:
        why = _say(
            "D is higher on data than on what is made, and V is well above −2 log 2. The slope of D "
            "tells the generator where to go."
        )
    return Lesson(_say("The discriminator tells most of them apart."), why)


def _discriminator_errs(ground: Ground) -> Lesson:
    why = _say(
        "V is below −2 log 2: saying one half everywhere would be better. The generator moved while D stood still."
    )
    return Lesson(_say("The discriminator is wrong more often than a coin."), f"{why} {_more_turns(ground)}".strip())


def _discriminator_lags(ground: Ground) -> Lesson:
    why = _say("D is about one half, but the best discriminator still sees where data and made points differ.")
    return Lesson(_say("This discriminator cannot tell, the best one could."), f"{why} {_more_turns(ground)}".strip())


def _more_turns(ground: Ground) -> str:
    return _say("A larger k gives it more turns.") if ground.discriminator_steps == 1 else ""


def _balance() -> Lesson:
    return Lesson(
        _say("Nobody can tell: D is about one half everywhere."),
        _say(
            "p_g has come close to p_data, so even the best discriminator could only guess, and V is about −2 log 2. "
            "The theory of the first GAN says that this is where the game ends."
        ),
    )


def _chase() -> Lesson:
    return Lesson(
        _say("The discriminator sees a difference, and the generator follows."),
        _say(
            "D rises where too little is made and sinks where too much is; the generator moves its points uphill on D."
        ),
    )
