"""Which of a project's folders a method trains on, and in which order; pure.

A method says on its card how many folders it takes and what it does between them; the project has so many. Folders go
by their place in the project, from 0 on.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, combinations, islice
from typing import TypeAlias

from PySide6.QtCore import QCoreApplication

from ganstudio.words.cards import MethodCard
from ganstudio.words.recipe import Domain
from ganstudio.words.routes import Needs

Selection: TypeAlias = tuple[int, ...]
"""Folders in the method's order."""

TRIED = 30
"""So many selections are looked into before a method is said not to fit."""

_ONE_WAY = frozenset({"one-way translation", "refinement"})
_TWO_WAY = frozenset({"two-way translation"})


def counts(needs: Needs, folders: int) -> range:
    """How many of so many folders may be chosen; empty when there are too few."""
    return range(needs.folders.start, min(needs.folders.stop, folders + 1))


def left_out(needs: Needs, folders: int) -> int:
    """How many of so many folders are left out at least."""
    return max(0, folders - (needs.folders.stop - 1))


def candidates(needs: Needs, folders: int) -> tuple[Selection, ...]:
    """What to try in this order until something fits: as many folders as can be, and the first ones first."""
    allowed = counts(needs, folders)
    if needs is Needs.FEW_LABELS:
        # Which folder has classes is what must be found; any other one does for the second.
        made: Iterable[Selection] = ((first, 0 if first else 1) for first in range(folders if allowed else 0))
    elif needs is Needs.MANY_FOLDERS:
        # One that is broken is to be seen, not left out in silence.
        made = (tuple(range(count)) for count in allowed[-1:])
    else:
        made = chain.from_iterable(combinations(range(folders), count) for count in reversed(allowed))
    return tuple(islice(made, TRIED))


def is_choice(needs: Needs, folders: int) -> bool:
    """Whether other folders could be chosen, and not only another order."""
    allowed = counts(needs, folders)
    return bool(allowed) and allowed != range(folders, folders + 1)


def put(selection: Selection, at: int, folder: int | None) -> Selection:
    """The selection with this folder at this place; where that one was, the one that gives way goes.

    Args:
        selection: Folders in order.
        at: A place, or the one behind the last.
        folder: None leaves the place and all behind it empty.
    """
    if folder is None:
        return selection[:at]
    gives_way = selection[at] if at < len(selection) else None
    placed: list[int | None] = [gives_way if each == folder else each for each in selection]
    placed[at : at + 1] = [folder]
    return tuple(each for each in placed if each is not None)


def toggled(selection: Selection, folder: int, allowed: range) -> Selection:
    """The selection with or without this folder, in the project's order; as it was where that is too few or many."""
    changed = tuple(sorted({*selection} ^ {folder}))
    return changed if len(changed) in allowed else selection


def of_recipe(trained: Iterable[Domain], domains: Iterable[Domain]) -> Selection | None:
    """Where a recipe's folders are among `domains`, whatever they are called; None when one is not there any more."""
    places = {frozenset(domain.sources): at for at, domain in enumerate(domains)}
    found = [places.get(frozenset(domain.sources)) for domain in trained]
    known = tuple(at for at in found if at is not None)
    return known if len(known) == len(found) else None


def sign(card: MethodCard) -> str:
    """What stands between two folders: where one goes to the other, "→" or "↔", else "+"."""
    if card.needs is Needs.PAIRS or card.task in _ONE_WAY:
        return "→"
    return "↔" if card.task in _TWO_WAY else "+"


def roles(card: MethodCard) -> tuple[str, ...]:
    """What each of two folders is to the method; empty when their order tells it all."""
    say = QCoreApplication.translate
    if card.needs is Needs.PAIRS:
        return say("selection", "before"), say("selection", "after")
    if card.needs is Needs.FEW_LABELS:
        return say("selection", "with classes"), say("selection", "without classes")
    if card.task == "refinement":
        return say("selection", "rendered"), say("selection", "real")
    return ()
