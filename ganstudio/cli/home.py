"""`~` in a word that no shell has looked at: quoted, behind `--out=`, or on Windows."""

from __future__ import annotations

from pathlib import Path


def placed(word: str) -> str:
    """The word with a `~` at the beginning of its path as the home folder."""
    option, sign, value = word.partition("=") if word.startswith("--") else ("", "", word)
    if value != "~" and not value.startswith(("~/", "~\\")):
        return word
    return f"{option}{sign}{Path(value).expanduser()}"
