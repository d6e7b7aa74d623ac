"""Lines to be copied into the shell: what one would type next."""

from __future__ import annotations

import os
import shlex
import subprocess
from pathlib import Path

_REST = {"translate": ("PICTURES", "--out", "FOLDER"), "generate": ("--out", "FOLDER"), "classify": ("PICTURES",)}


def line(*words: str | Path) -> str:
    """`ganstudio` with these words as this system's shell takes them: quoted, and no name mistaken for an option."""
    texts = ["ganstudio", *(_name(word) if isinstance(word, Path) else word for word in words)]
    return subprocess.list2cmdline(texts) if os.name == "nt" else shlex.join(texts)


def use(verb: str, model: Path) -> str:
    """How a model is used; capital words are to be filled in."""
    return line(verb, model, *_REST[verb])


def _name(path: Path) -> str:
    return f".{os.sep}{path}" if str(path).startswith("-") else str(path)
