"""Importing: weights that other programs trained become models of GAN Studio.

A file is recognised by the names and shapes of its weights alone; options that lie beside it, and its own name, tell
directions and names. Whatever file is given, nothing in it is ever run.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path

from ganstudio.words.cards import Foreign, ModelCard
from ganstudio.words.events import Command, Event


def recognise(file: Path) -> Generator[Event | None, Command | None, Foreign]:
    """What `file` would be imported as; nothing is written.

    Raises:
        ValueError: It holds nothing that can be imported; the message says what it is and what to do.
        OSError: It cannot be read.
    """
    yield None
    raise ValueError(f"{file.name} is not a model that GAN Studio knows.")


def import_model(
    file: Path, target: Path, *, names: tuple[str, str] | None = None, alone: bool = False
) -> Generator[Event | None, Command | None, ModelCard]:
    """Make a model file of weights that another program trained, and of those beside it that belong to it.

    Args:
        file: A generator's `.pth` or `.safetensors`; or a model of our own, which is checked and copied.
        target: The model file to write; ".safetensors" is added where it has no suffix. Never replaced.
        names: What goes into this generator and what comes out; None for what its options or its name tell.
        alone: Leave the files beside it out: its way back, and its judges.

    Yields:
        Progress, and Warned for what the artist should know.

    Raises:
        ValueError: It is no such file, it is damaged, or it wants to run code; the message says what to do.
        OSError: It cannot be read, or the model cannot be written.
    """
    yield None
    raise ValueError(f"{file.name} is not a model that GAN Studio knows; {target.name}, {names} and {alone} wait.")
