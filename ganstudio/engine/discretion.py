"""Discretion: what a report for others may say of an artist's pictures: neither where they lie nor their names.

A run's files are read by lists of what may stay. Free text, such as a log, is searched for names and paths; where it is
not clear how far one reaches, rather too much goes than too little.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ganstudio.pictures.reading import SUFFIXES
from ganstudio.words.moving import HOME
from ganstudio.words.recipe import Domain

PICTURE = "<picture>"
LONGEST_NAME = 300  # Characters; file systems allow 255 bytes.
NAMES = 200_000
"""So many names are learnt of a run's folders; beyond them a name is found by its suffix alone."""

KEPT: Mapping[str, tuple[str, ...]] = {
    "started": ("step", "steps", "method", "device", "precision", "why"),
    "losses": ("step", "terms", "waited"),
    "sampled": ("step",),
    "scored": ("step", "measure", "best"),
    "advised": ("step", "rule", "message"),
    "changed": ("step", "settings"),
    "returned": ("step", "reason"),
    "held": ("message",),
    "saved": ("step", "kind"),
    "skipped": ("reason",),
    "warned": ("message",),
    "finished": ("step", "reason", "seconds"),
    "failed": ("message",),
}
"""Event → what of it is told. Of an event that is not here only its name and time are."""

_SUFFIX = re.compile(
    "(?:" + "|".join(re.escape(suffix) for suffix in sorted(SUFFIXES)) + r"|\.txt)(?!\w)", re.IGNORECASE
)
_EDGE = re.compile(r"""["'/\\:\n\t]""")
_PATH = re.compile(
    r"""(?:file://|(?<![\w<>./\\])(?:[A-Za-z]:[\\/]|\\\\|~[\\/]|/))[^\n"'<|]*?(?=:\s|,\s|\.\s|\.?$|["'\n<|]|\s\()""",
    re.MULTILINE,
)
_CODE = re.compile(r"(?:site-packages|ganstudio|lib/python3\.\d+)[\\/][\w./\\-]+\.pyi?$")


class Discretion:
    """Knows what belongs to the artist, and leaves it out.

    Args:
        domains: Of the run or project that is told of; their folders are listed once, for the names in them.
        words: More names of the artist's, such as classes.
    """

    def __init__(self, domains: Sequence[Domain] = (), words: Iterable[str] = ()) -> None:
        self._sources = {source: f"<pictures {number}>" for number, source in enumerate(_sources(domains), start=1)}
        self._names = _names_in([Path(source) for source in self._sources])
        named = {domain.name: f"<domain {number}>" for number, domain in enumerate(domains, start=1)}
        labels = {label for domain in domains for label in (*domain.labels.values(), *domain.captions.values())}
        named |= {word: "<name>" for word in sorted({*words, *labels}) if word not in named}
        self._words = {word: said for word, said in named.items() if word.strip()}
        found = sorted((re.escape(word) for word in self._words), key=len, reverse=True)
        self._word = re.compile(rf"(?<![\w<])(?:{'|'.join(found)})(?![\w>])") if found else None

    def text(self, text: str) -> str:
        """The text without names and places of pictures."""
        for source, said in sorted(self._sources.items(), key=lambda entry: -len(entry[0])):
            text = text.replace(source, said) if len(source) > 3 else text
        text = self._without_pictures(text)
        text = _PATH.sub(lambda found: _place(found[0]), text)
        # What follows a folder is a folder in it.
        text = re.sub(r"(<pictures \d+>)[\\/][^\n\"'<:]*", r"\1", text)
        return text if self._word is None else self._word.sub(lambda found: self._words[found[0]], text)

    def recipe(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """A recipe's table; of each domain only how much there is."""
        domains = [
            {key: len(value) for key, value in domain.items() if isinstance(value, (list, dict))}
            for domain in table.get("domains", ())
        ]
        return {key: value for key, value in table.items() if key not in {"domains", HOME}} | {"domains": domains}

    def event(self, table: Mapping[str, Any]) -> dict[str, Any]:
        """One event's table with what may be told of it."""
        kind = str(table.get("event", ""))
        told = {"event": kind, "at": table.get("at")} | {key: table[key] for key in KEPT.get(kind, ()) if key in table}
        if kind == "started" and isinstance(pictures := table.get("pictures"), dict):
            told["pictures"] = list(pictures.values())
        if kind == "scored" and isinstance(scores := table.get("scores"), dict):
            told["scores"] = list(scores.values())
        return {key: self.text(value) if isinstance(value, str) else value for key, value in told.items()}

    def history(self, lines: Iterable[str]) -> str:
        """A run's history; lines that cannot be read are left out."""
        told = []
        for line in lines:
            try:
                table = json.loads(line)
            except ValueError:
                continue
            if isinstance(table, dict):
                told.append(json.dumps(self.event(table)) + "\n")
        return "".join(told)

    def _without_pictures(self, text: str) -> str:
        kept, done = [], 0
        for found in _SUFFIX.finditer(text):
            if found.start() < done or (start := self._name_before(text, done, found)) is None:
                continue
            kept += [text[done:start], PICTURE]
            done = found.end()
        return "".join([*kept, text[done:]])

    def _name_before(self, text: str, first: int, found: re.Match[str]) -> int | None:
        """Where the file name that ends with this suffix begins; None for a text file that is no caption."""
        end = found.end()
        for start in range(max(first, end - LONGEST_NAME), found.start()):
            if text[start:end] in self._names:
                return start
        if found[0].lower() == ".txt":
            return None
        line = max(first, text.rfind("\n", 0, end) + 1)
        edges = [edge.end() for edge in _EDGE.finditer(text, line, found.start())]
        return edges[-1] if edges else line


def _sources(domains: Sequence[Domain]) -> list[str]:
    """Every source as it is written, and in full."""
    written = [source for domain in domains for source in domain.sources]
    return list(dict.fromkeys([*written, *(str(Path(source).absolute()) for source in written)]))


def _names_in(sources: Sequence[Path]) -> frozenset[str]:
    """Names of the picture files in these folders, and of the captions beside them."""
    names = {source.name for source in sources if source.suffix.lower() in SUFFIXES}
    for source in sources:
        for _, _, files in os.walk(source):
            names |= {name for name in files if Path(name).suffix.lower() in SUFFIXES | {".txt"}}
            if len(names) > NAMES:
                return frozenset(names)
    return frozenset(names)


def _place(path: str) -> str:
    """What to say of a path: of our own code which file, of anything else that there was one."""
    code = _CODE.search(path)
    return f"<code>/{code[0]}" if code else "<path>"
