"""One rule for every job that writes a file: what is there stays, unless its caller may replace it.

A script says so by --force; in the window the dialog has asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from ganstudio.runs.model import is_of_run
from ganstudio.runs.shelf import SUFFIX

FOREIGN = (".pth", ".pt", ".pt2", ".onnx", ".ckpt", ".bin")


def check_free(file: Path, *, replace: bool, made_of: Sequence[Path] = ()) -> None:
    """Whether `file` may be written, before any work goes into it.

    Args:
        file: What is to be written.
        replace: Whether it may replace another.
        made_of: Files that are needed to make it, which it never replaces; nor does it what a training keeps.

    Raises:
        ValueError: It may not.
    """
    if is_of_run(file) or any(_same(file, one) for one in made_of):
        raise ValueError(f"{file} is what it is made of, or belongs to a training. Choose another place.")
    if file.is_dir():
        raise ValueError(f"{file} is a folder. Name a file to write.")
    if file.exists() and not file.is_file():
        raise ValueError(f"{file} is a device or a pipe, not a file. Choose another name.")
    if file.exists() and not replace:
        raise ValueError(f"{file} is there already. Choose another name, or replace it with --force.")


def check_no_other(folder: Path, pattern: str, *, replace: bool) -> None:
    """Whether files of this pattern may be written into the folder; other files in it are nobody's business.

    Raises:
        ValueError: Some are there that may not be replaced.
    """
    if not replace and any(folder.glob(pattern)):
        raise ValueError(f"{folder} holds {pattern} already. Choose another folder, or replace them with --force.")


def model_target(out: Path, *, replace: bool, made_of: Sequence[Path] = ()) -> Path:
    """The model file that `out` means, with or without its suffix, if it may be written; the rest as `check_free`.

    Raises:
        ValueError: It may not, or the suffix is that of other programs.
    """
    if out.suffix.lower() in FOREIGN:
        raise ValueError(f"A model of GAN Studio is a {SUFFIX} file, not {out.name}.")
    if out.name in {"", ".."}:
        raise ValueError(f"{out} is a folder. Name a file to write.")
    file = out if out.suffix == SUFFIX else out.with_name(out.name + SUFFIX)
    check_free(file, replace=replace, made_of=made_of)
    return file


def _same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)
