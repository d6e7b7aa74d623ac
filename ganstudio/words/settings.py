"""Settings as data: one frozen dataclass a method, read by the form, the command line and the recipe.

A method declares its settings once, with `setting(...)`; everything that shows or parses them reads that declaration,
so a new setting needs no line anywhere else.
"""

from __future__ import annotations

import dataclasses
import difflib
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeAlias, TypeVar, cast, get_type_hints

Value: TypeAlias = bool | int | float | str
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SettingCard:
    """What the form and `ganstudio methods --json` show of one setting."""

    name: str
    type: Literal["bool", "int", "float", "str"]
    default: Value
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()


def setting(
    default: Value,
    *,
    help: str,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    choices: tuple[str, ...] = (),
) -> Any:
    """A dataclass field with everything a form needs to show it.

    Args:
        default: The published value, or ours with the reason in `help`.
        help: One line for the artist: what changes when this is turned.
        unit: "pixels", "pictures", … shown behind the number.
        low: Smallest value allowed.
        high: Largest value allowed.
        choices: The only values allowed, for text.
    """
    card = {"help": help, "unit": unit, "low": low, "high": high, "choices": choices}
    return dataclasses.field(default=default, metadata=card)


def describe(settings: type) -> tuple[SettingCard, ...]:
    """The cards of a settings dataclass, in the order of its fields."""
    types = get_type_hints(settings)
    return tuple(
        SettingCard(
            name=field.name,
            type=types[field.name].__name__,
            default=cast("Value", field.default),
            **field.metadata,
        )
        for field in dataclasses.fields(settings)
    )


def build(settings: type[T], values: Mapping[str, object]) -> T:
    """Settings from names and values, values as TOML or the command line give them.

    Raises:
        ValueError: An unknown name (with the nearest known one), a wrong type, a value out of range.
    """
    cards = {card.name: card for card in describe(settings)}
    parsed: dict[str, Value] = {}
    for name, value in values.items():
        if name not in cards:
            raise ValueError(unknown("setting", name, cards))
        parsed[name] = check(cards[name], value)
    return settings(**parsed)


def check(card: SettingCard, value: object) -> Value:
    """`value` in the card's type and range.

    Raises:
        ValueError: It is not of that type, or out of range.
    """
    parsed = _convert(card, value)
    if card.choices and parsed not in card.choices:
        raise ValueError(f"{card.name} is one of {', '.join(card.choices)}, not {value!r}.")
    if isinstance(parsed, (int, float)) and not isinstance(parsed, bool):
        below = card.low is not None and parsed < card.low
        above = card.high is not None and parsed > card.high
        if below or above or not math.isfinite(parsed):
            raise ValueError(f"{card.name} must be {_range(card)}, not {value}.")
    return parsed


def unknown(kind: str, name: str, known: Iterable[str]) -> str:
    """The sentence for a name that does not exist, with the nearest one that does."""
    known = sorted(known)
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    hint = f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."
    return f"There is no {kind} {name!r}. {hint}"


def _convert(card: SettingCard, value: object) -> Value:
    if card.type == "bool":
        if isinstance(value, bool):
            return value
        word = str(value).strip().lower()
        if word in {"true", "yes", "on", "1"}:
            return True
        if word in {"false", "no", "off", "0"}:
            return False
        raise ValueError(f"{card.name} is true or false, not {value!r}.")
    if card.type == "str":
        return str(value)
    try:
        number = float(str(value)) if not isinstance(value, bool) else math.nan
    except ValueError:
        number = math.nan
    if card.type == "int":
        if not number.is_integer():
            raise ValueError(f"{card.name} is a whole number, not {value!r}.")
        return int(number)
    if math.isnan(number):
        raise ValueError(f"{card.name} is a number, not {value!r}.")
    return number


def _range(card: SettingCard) -> str:
    unit = f" {card.unit}" if card.unit else ""
    if card.low is None:
        return f"at most {card.high:g}{unit}"
    if card.high is None:
        return f"at least {card.low:g}{unit}"
    return f"from {card.low:g} to {card.high:g}{unit}"
