"""Ticks: which numbers stand beside an axis, and how they are written. No Qt."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

ROUND = (1, 2, 2.5, 5)
SMALLEST = 5e-5
"""Numbers that are closer to each other are written with a power of ten."""

MOST_DECADES = 300
"""What a float holds."""


def even(low: float, high: float, most: int, *, whole: bool = False) -> list[float]:
    """At most `most` round numbers at equal distances.

    Args:
        low: Where the axis begins.
        high: Where it ends, above `low`.
        most: How many there is room for.
        whole: Whole numbers only, such as steps; what stands between them would need more room, too.
    """
    step = _round_up((high - low) / max(1, most), whole=whole)
    found = _multiples(step, low, high)
    # Where both ends are round, there is one more than there are distances.
    return found if len(found) <= most else _multiples(_round_up(1.01 * step, whole=whole), low, high)


def decades(low: float, high: float, most: int) -> list[float]:
    """At most `most` round numbers of an axis whose every decade is as long as the others.

    Args:
        low: Where the axis begins, above zero.
        high: Where it ends, above `low`.
        most: How many there is room for.
    """
    first, last = (math.floor(math.log10(end)) for end in (low, high))
    within = range(max(first, -MOST_DECADES), min(last, MOST_DECADES) + 1)
    for each in ((1, 2, 5), (1, 3), (1,)):
        found = [mantissa * 10.0**power for power in within for mantissa in each]
        found = [level for level in found if low <= level <= high]
        if 2 <= len(found) <= most:
            return found
    if len(found) > most:
        return found[:: math.ceil(len(found) / max(1, most))]
    return [level for level in even(low, high, most) if level > 0]


def written(levels: Sequence[float], *, alike: bool = True, largest: float = 1e5) -> list[str]:
    """Each as short as tells it from its neighbours: "0.25", "−1", "20,000", "2e−7".

    Args:
        levels: Round numbers, from low to high.
        alike: Whether all have as many digits; not where they are far apart, as "0.1" and "10" are.
        largest: From here on numbers are written with a power of ten.
    """
    widest = max(map(abs, levels), default=1.0)
    apart = min((after - before for before, after in pairwise(levels)), default=widest)
    return [_written(level, apart if alike else abs(level), powers=widest >= largest) for level in levels]


def _written(level: float, apart: float, *, powers: bool) -> str:
    if not level or abs(level) < apart / 1e6:
        return "0" if powers or apart < SMALLEST else f"{0:.{_digits(apart)}f}"
    if powers or apart < SMALLEST:
        more = max(0, _power(abs(level)) - _power(apart))
        number, _, power = f"{level:.{more + _digits(apart / 10.0 ** _power(apart))}e}".partition("e")
        return f"{number}e{int(power)}".replace("-", "−")
    return f"{level:,.{_digits(apart)}f}".replace("-", "−")


def _power(number: float) -> int:
    return math.floor(math.log10(number) + 1e-9)


def _digits(apart: float) -> int:
    """How many digits behind the point tell numbers apart that are so far from each other."""
    whole = apart / 10.0 ** _power(apart)
    return max(0, -_power(apart) + (not math.isclose(whole, round(whole), rel_tol=1e-6)))


def _round_up(step: float, *, whole: bool) -> float:
    """The next number that is 1, 2, 2.5 or 5 times a power of ten, and whole where that is wanted."""
    step = max(step, 1.0) if whole else step
    power = math.floor(math.log10(step))
    for mantissa in (*ROUND, 10):
        found = float(mantissa * 10.0**power)
        if found >= step * (1 - 1e-9) and (found.is_integer() or not whole):
            return found
    return 10.0 ** (power + 1)


def _multiples(step: float, low: float, high: float) -> list[float]:
    return [at * step for at in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
