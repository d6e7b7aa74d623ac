"""What was found in the folders, what a method needs, and what a trained one can make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Literal, Self, TypeAlias

from ganstudio.words import captions
from ganstudio.words.settings import unknown

Verb: TypeAlias = Literal["translate", "generate", "classify"]
"""What one does with a model."""


class Needs(StrEnum):
    """The shape of folders that a method trains on."""

    FOLDER = "one folder of pictures"
    CLASSES = "one folder with a subfolder of pictures for each class"
    CAPTIONS = "one folder of pictures with a caption in a .txt file beside each"
    PAIRS = "two folders of pictures matched by name, or one of side-by-side pictures"
    TWO_FOLDERS = "two folders of pictures"
    FEW_LABELS = "one folder with a subfolder of pictures for each class, and one of pictures without a class"
    MANY_FOLDERS = "two or more folders of pictures"

    @property
    def folders(self) -> range:
        """How many folders may be given."""
        match self:
            case Needs.TWO_FOLDERS | Needs.FEW_LABELS:
                return range(2, 3)
            case Needs.PAIRS:
                return range(1, 3)
            case Needs.MANY_FOLDERS:
                return range(2, 27)
            case _:
                return range(1, 2)


@dataclass(frozen=True, slots=True)
class DomainFound:
    """What was found in one domain.

    Attributes:
        name: The artist's name for it.
        train: Pictures to train on.
        test: Held-out pictures, never trained on.
        classes: Names of its class subfolders; empty when it has none.
        words: The words of its captions, the most frequent first; word 1 is the first. Empty without captions.
    """

    name: str
    train: int
    test: int
    classes: tuple[str, ...] = ()
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """What was found in the folders of a recipe; enough, with the recipe, to rebuild the networks."""

    domains: tuple[DomainFound, ...]
    unreadable: Mapping[str, str]

    @property
    def names(self) -> tuple[str, ...]:
        """The artist's names for its domains, in their order."""
        return tuple(domain.name for domain in self.domains)

    def to_table(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Read what `to_table` wrote.

        Raises:
            ValueError: It is not an inventory.
        """
        try:
            domains = tuple(
                DomainFound(d["name"], int(d["train"]), int(d["test"]), tuple(d["classes"]), tuple(d.get("words", ())))
                for d in table["domains"]
            )
            return cls(domains, dict(table["unreadable"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"Not an inventory: {error!r}.") from error


@dataclass(frozen=True, slots=True)
class Route:
    """Something a trained method can make.

    Attributes:
        target: Domain that comes out.
        source: Domain of the picture that goes in; None for a generator, which starts from noise.
        labels: The classes one may ask for; empty when none is asked.
        words: The words of a caption that one may ask for; empty when no caption is asked.
        answers: The classes it tells apart, for a classifier, which makes no picture; empty for all others.
        scale: How many times larger than the input the output is.
        multiple: Height and width that the network takes are multiples of this.
        side: The only height and width that the network takes, in pixels; 0 when it takes any.
    """

    target: str
    source: str | None = None
    labels: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    scale: int = 1
    multiple: int = 1
    side: int = 0

    @property
    def verb(self) -> Verb:
        """What one does with it."""
        if self.source is None:
            return "generate"
        return "classify" if self.answers else "translate"

    @property
    def ends(self) -> tuple[str | None, str, int]:
        """What tells it from the other routes of a model."""
        return self.source, self.target, self.scale

    @property
    def title(self) -> str:
        """As in "summer → winter", "photos ×2", "faces rebuilt", or the target alone for a generator."""
        if self.source is None:
            return self.target
        if self.scale > 1:
            return f"{self.source} ×{self.scale}"
        return f"{self.target} rebuilt" if self.source == self.target else f"{self.source} → {self.target}"

    def check(self, label: str | None, text: str | None) -> None:
        """Whether one may ask for this class or this caption.

        Raises:
            ValueError: It has no labels or captions, not this one, or needs a caption; says what it knows.
        """
        if label is not None and label not in self.labels:
            known = unknown("label", label, self.labels)
            raise ValueError(known if self.labels else "This model has no labels to choose from. Leave the label out.")
        if text is not None and not self.words:
            known = f" It knows the labels {', '.join(self.labels)}: ask for one of them." if self.labels else ""
            raise ValueError(f"This model has not learnt captions.{known}")
        if self.words:
            captions.check(text or "", self.words)

    @classmethod
    def from_table(cls, table: Mapping[str, Any]) -> Self:
        """Read what `dataclasses.asdict` made of a route, also after JSON; older tables have fewer entries.

        Raises:
            TypeError: It is not a route.
        """
        texts = {name: tuple(table.get(name, ())) for name in ("labels", "words", "answers")}
        return cls(**{**table, **texts})
