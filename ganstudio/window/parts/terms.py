"""How curves are called and coloured: the loss terms of all methods, the figures of quality, and runs side by side."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Term:
    """How one curve is shown.

    Attributes:
        name: For the artist.
        help: What it tells, with the technical name.
        chart: In which of the charts it is drawn, from 0.
        light: Colour on a light ground; at least 3:1 against it, told apart by the colour-blind.
        dark: Colour on a dark ground.
        first: Whether it is drawn from the start; else a click on its name shows it.
    """

    name: str
    help: str
    chart: int
    light: str
    dark: str
    first: bool = True


DISCRIMINATOR, GENERATOR = ("#0067a5", "#5cb8f0"), ("#b84a00", "#f0a030")
GREEN, OCHRE, PLUM = ("#00755a", "#3ccb9c"), ("#7a6200", "#e2d04a"), ("#8c3f7c", "#e396c6")
_OTHERS = (("#4a4fb0", "#a3a8ff"), ("#9c2f4f", "#ff93a8"), ("#3c6e71", "#8fd0d4"), ("#5d5d5d", "#c4c4c4"))
COLOURS = (DISCRIMINATOR, GENERATOR, GREEN, PLUM, OCHRE, *_OTHERS)
"""Told apart in this order."""

_TERMS: Mapping[str, Term] = {
    "discriminator": Term(
        "Discriminator",
        "How often the discriminator is mistaken. Near zero for long: the discriminator is winning. (discriminator)",
        0,
        *DISCRIMINATOR,
    ),
    "critic": Term(
        "Discriminator", "How well the discriminator tells real pictures from painted ones. (critic)", 0, *DISCRIMINATOR
    ),
    "fool": Term(
        "Generator",
        "How far the generator is from deceiving the discriminator; it goes up and down. (fool)",
        0,
        *GENERATOR,
    ),
    "match": Term(
        "Generator", "How far painted pictures are from real ones in the discriminator's eyes. (match)", 0, *GENERATOR
    ),
    "mismatch": Term(
        "Wrong label",
        "How often the discriminator takes a picture with the wrong label for right. (mismatch)",
        0,
        *PLUM,
        first=False,
    ),
    "cycle": Term(
        "Faithfulness",
        "What is lost of a picture on its way there and back; lower is better. (cycle)",
        1,
        *GREEN,
    ),
    "contrast": Term(
        "Faithfulness", "What is lost of a picture's content, place by place; lower is better. (contrast)", 1, *GREEN
    ),
    "likeness": Term("Likeness", "How far a painting is from the picture it should be. (likeness)", 1, *GREEN),
    "pixels": Term("Likeness", "How far a painting is from the picture it should be. (pixels)", 1, *GREEN),
    "error": Term("Likeness", "How far a painting is from the picture it should be. (error)", 1, *GREEN),
    "reconstruction": Term(
        "Likeness", "What is lost of a picture that is taken in and painted again. (reconstruction)", 1, *GREEN
    ),
    "changed": Term("Change", "How much a picture is changed. (changed)", 1, *GREEN),
    "identity": Term(
        "Leaving alone",
        "How much a picture that already looks right is changed; lower is better. (identity)",
        1,
        *OCHRE,
        first=False,
    ),
}


def term_of(name: str, nth: int = 0) -> Term:
    """How to show a loss term; one that is not known keeps its own name, in the nth of the other colours."""
    return _TERMS.get(name) or Term(name, name, 0, *_OTHERS[nth % len(_OTHERS)])


def terms_of(names: Iterable[str]) -> dict[str, Term]:
    """How to show all loss terms of a run: unknown ones wait for a click, unless there are no others."""
    given = tuple(names)
    others = [name for name in given if name not in _TERMS]
    first = len(others) == len(given)
    return {
        name: _TERMS[name] if name in _TERMS else replace(term_of(name, others.index(name)), first=first)
        for name in given
    }


def numbered(name: str, help: str, nth: int, chart: int = 0) -> Term:
    """One of several of a kind, such as routes or runs, in the nth colour."""
    return Term(name, help, chart, *COLOURS[nth % len(COLOURS)])
