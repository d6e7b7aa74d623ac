"""What an artist wants of a method, which methods serve that, and which fit the folders at hand; pure.

A method says its task and the folders it needs on its card; nothing here knows a method by its key.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from enum import Enum

from PySide6.QtCore import QCoreApplication

from ganstudio.window.selection import counts, left_out
from ganstudio.words.cards import MethodCard
from ganstudio.words.routes import Needs


class Aim(Enum):
    """What an artist wants, in the order in which it is shown."""

    TRANSLATE = "translate"
    PAIRS = "pairs"
    GENERATE = "generate"
    ASK = "ask"
    ENLARGE = "enlarge"
    CLASSIFY = "classify"

    @property
    def title(self) -> str:
        """As a heading."""
        say = QCoreApplication.translate
        return {
            Aim.TRANSLATE: say("aims", "Translate between folders"),
            Aim.PAIRS: say("aims", "From pairs"),
            Aim.GENERATE: say("aims", "Generate"),
            Aim.ASK: say("aims", "Generate by label or text"),
            Aim.ENLARGE: say("aims", "Enlarge"),
            Aim.CLASSIFY: say("aims", "Learn from few labels"),
        }[self]

    @property
    def sentence(self) -> str:
        """What goes in and what comes out."""
        say = QCoreApplication.translate
        return {
            Aim.TRANSLATE: say("aims", "Pictures of one kind become pictures of another; no two need to match."),
            Aim.PAIRS: say("aims", "Learns from examples of before and after."),
            Aim.GENERATE: say("aims", "New pictures, like those in a folder."),
            Aim.ASK: say("aims", "New pictures of what you ask for."),
            Aim.ENLARGE: say("aims", "Small pictures become large ones."),
            Aim.CLASSIFY: say("aims", "Tells kinds of pictures apart when few of them are sorted."),
        }[self]


_TASKS = {
    "two-way translation": Aim.TRANSLATE,
    "one-way translation": Aim.TRANSLATE,
    "N-way translation": Aim.TRANSLATE,
    "refinement": Aim.TRANSLATE,
    "paired translation": Aim.PAIRS,
    "generation": Aim.GENERATE,
    "reconstruction and generation": Aim.GENERATE,
    "conditional generation": Aim.ASK,
    "super-resolution": Aim.ENLARGE,
    "classification from few labels": Aim.CLASSIFY,
}
# A task that is new here is served by what it learns from.
_NEEDS = {
    Needs.FOLDER: Aim.GENERATE,
    Needs.CLASSES: Aim.ASK,
    Needs.CAPTIONS: Aim.ASK,
    Needs.PAIRS: Aim.PAIRS,
    Needs.TWO_FOLDERS: Aim.TRANSLATE,
    Needs.FEW_LABELS: Aim.CLASSIFY,
    Needs.MANY_FOLDERS: Aim.TRANSLATE,
}
# Folders with captions or classes were made for something, and so were three; two with the same names in them, or
# with subfolders in one, may be so by chance.
_BEST_FIRST = (
    Needs.CAPTIONS,
    Needs.CLASSES,
    Needs.TWO_FOLDERS,
    Needs.MANY_FOLDERS,
    Needs.FOLDER,
    Needs.PAIRS,
    Needs.FEW_LABELS,
)
_COUNTED = frozenset({Needs.FOLDER, Needs.TWO_FOLDERS, Needs.MANY_FOLDERS})


def aim_of(card: MethodCard) -> Aim:
    """What a method is for."""
    return _TASKS.get(card.task, _NEEDS[card.needs])


def by_aim(
    cards: Sequence[MethodCard], folders: int, refused: Collection[str] = ()
) -> list[tuple[Aim, list[MethodCard]]]:
    """Cards by what they are for: the aim of the best first, then all that something fits, then the others.

    Args:
        cards: The catalogue; its order stays within an aim, but for what fits, and fits more of the folders.
        folders: How many there are.
        refused: Keys of the methods that do not fit.
    """
    groups = [(aim, [card for card in cards if aim_of(card) is aim]) for aim in Aim]

    def order(card: MethodCard) -> tuple[bool, int]:
        return card.key in refused, left_out(card.needs, folders)

    filled = [(aim, sorted(group, key=order)) for aim, group in groups if group]
    first = best(cards, folders, refused, ())
    return sorted(filled, key=lambda group: (group[1][0].key in refused, first not in {card.key for card in group[1]}))


def is_counted(needs: Needs) -> bool:
    """Whether the number of folders alone tells if they are what is needed; else someone must look into them."""
    return needs in _COUNTED


def best(cards: Sequence[MethodCard], folders: int, refused: Collection[str], unsure: Collection[str]) -> str | None:
    """Key of the method to begin with; None when none fits, or when it may be one that is not known to fit yet.

    A project's folders were all put there for something: a method that leaves more of them out than another is for the
    artist to choose, even when the other is refused, because a drive may only be unplugged.

    Args:
        cards: The catalogue; of those that fit as well the first is taken.
        folders: How many there are.
        refused: Keys of the methods that do not fit.
        unsure: Keys of those that nobody knows of.
    """
    enough = [card for card in cards if counts(card.needs, folders)]
    least = min((left_out(card.needs, folders) for card in enough), default=0)
    fitting = [card for card in enough if card.key not in refused and left_out(card.needs, folders) == least]
    order = list(Aim)
    fitting.sort(key=lambda card: (_BEST_FIRST.index(card.needs), order.index(aim_of(card))))
    return fitting[0].key if fitting and fitting[0].key not in unsure else None


def wanting(needs: Needs, folders: int) -> str:
    """What so many folders want to be what is needed, in a sentence; empty when they are enough."""
    say = QCoreApplication.translate
    if counts(needs, folders):
        return ""
    if folders == 1 and needs is Needs.FEW_LABELS:
        return say("aims", "Needs a second folder, of pictures without a class.")
    if folders == 1:
        return say("aims", "Needs a second folder of pictures.")
    return say("aims", "Needs {}.").format(needs.value)


def lacking(needs: Needs) -> str:
    """What folders want that are enough in number and yet not what is needed, in a sentence."""
    say = QCoreApplication.translate
    match needs:
        case Needs.CLASSES:
            return say("aims", "Needs a subfolder of pictures for each class.")
        case Needs.CAPTIONS:
            return say("aims", "Needs a caption in a .txt file beside each picture.")
        case Needs.PAIRS:
            return say("aims", "Needs pairs: two folders with the same file names, or side-by-side pictures.")
        case Needs.FEW_LABELS:
            return say("aims", "Needs a folder with class subfolders, and another one for pictures without a class.")
        case _:
            return say("aims", "Needs {}.").format(needs.value)
