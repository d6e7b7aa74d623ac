"""One rule for every verb that writes a file: what is there stays, unless --force says otherwise."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

ForceOption = Annotated[bool, typer.Option("--force", help="Replace files that are there.")]
MODEL = ".safetensors"
FOREIGN = (".pth", ".pt", ".pt2", ".onnx", ".ckpt", ".bin")


def check_free(file: Path, *, force: bool) -> None:
    """Whether this may be written, before any work goes into it.

    Raises:
        ValueError: A folder has this name, or something has it that may not be replaced.
    """
    if file.is_dir():
        raise ValueError(f"{file} is a folder. Name a file to write.")
    if file.exists() and not force:
        raise ValueError(f"{file} is there already. Choose another name, or replace it with --force.")


def check_no_other(folder: Path, pattern: str, *, force: bool) -> None:
    """Whether files of this pattern may be written into the folder; other files in it are nobody's business.

    Raises:
        ValueError: Some are there that may not be replaced.
    """
    if any(folder.glob(pattern)) and not force:
        raise ValueError(f"{folder} holds {pattern} already. Choose another folder, or replace them with --force.")


def model_target(out: Path, made_of: Sequence[Path], *, force: bool) -> Path:
    """The model file that `out` means, if it may be written.

    Args:
        out: A name with or without .safetensors.
        made_of: What the model is made of, which it never replaces.
        force: Whether it may replace another.

    Raises:
        ValueError: It may not, or the suffix is that of other programs.
    """
    from ganstudio.runs.model import is_of_run, model_file

    if out.suffix.lower() in FOREIGN:
        raise ValueError(f"A model of GAN Studio is a {MODEL} file, not {out.name}.")
    file = out if out.suffix == MODEL else out.with_name(out.name + MODEL)
    check_free(file, force=force)
    if file.exists() and (is_of_run(file) or any(file.samefile(model_file(one)) for one in made_of)):
        raise ValueError(f"{file} is what it is made of, or belongs to a training. Choose another place.")
    return file
