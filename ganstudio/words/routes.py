"""What was found in the folders, what a method needs, and what a trained one can make."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Self


class Needs(StrEnum):
    """The shape of folders that a method trains on."""

    FOLDER = "one folder of pictures"
    CLASSES = "one folder with a subfolder of pictures for each class"
    TWO_FOLDERS = "two folders of pictures"
    MANY_FOLDERS = "two or more folders of pictures"

    @property
    def folders(self) -> range:
        """How many folders may be given."""
        match self:
            case Needs.TWO_FOLDERS:
                return range(2, 3)
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
    """

    name: str
    train: int
    test: int
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Inventory:
    """What was found in the folders of a recipe; enough, with the recipe, to rebuild the networks."""

    domains: tuple[DomainFound, ...]
    unreadable: Mapping[str, str]

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
                DomainFound(d["name"], int(d["train"]), int(d["test"]), tuple(d["classes"])) for d in table["domains"]
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
        labels: The classes one may ask for; empty when nothing is asked.
        multiple: Height and width that the network takes are multiples of this.
    """

    target: str
    source: str | None = None
    labels: tuple[str, ...] = ()
    multiple: int = 1

    @property
    def title(self) -> str:
        """As in "summer → winter", or the target alone for a generator."""
        return f"{self.source} → {self.target}" if self.source is not None else self.target
