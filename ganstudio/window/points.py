"""Points: many lines of a history that differ in their numbers alone, read at once. No Qt.

Nearly all of a long history are losses with the same names, one line after the other. What such a line looks like
between its numbers is known from the first; those after it are then taken apart by one expression, column by column and
several times as fast as one by one. Whatever does not look exactly like that is left to who reads line by line.
"""

from __future__ import annotations

import json
import re
from array import array
from collections.abc import Sequence
from operator import le
from typing import Any

_NUMBER = rb"(-?(?:[0-9][0-9.eE+-]*|Infinity)|NaN)"
_STEP = rb"([0-9]{1,18})"


class Pattern:
    """Lines of losses with these names, as runs write them.

    Args:
        names: Of the curves, in their order.
    """

    def __init__(self, names: Sequence[str]) -> None:
        self.names = tuple(names)
        terms = b", ".join(re.escape(json.dumps(name).encode("ascii")) + b": " + _NUMBER for name in names)
        self._line = re.compile(
            rb'^\{"event": "losses", "at": [0-9.]+, "step": %b, "terms": \{%b\}, "waited": %b\}\n'
            % (_STEP, terms, _NUMBER),
            re.MULTILINE,
        )

    def columns(self, lines: bytes) -> tuple[array[Any], ...] | None:
        """Steps, waited and the values of each curve; None unless every line looks like this and steps never fall.

        Args:
            lines: Whole ones.

        Raises:
            ValueError: A number is none.
        """
        found = self._line.findall(lines)
        if not found or len(found) != lines.count(b"\n"):
            return None
        steps, *terms, waited = zip(*found, strict=True)
        numbers = array("q", map(int, steps))
        if not all(map(le, numbers, numbers[1:])):
            return None
        return numbers, *(array("d", list(map(float, column))) for column in (waited, *terms))
