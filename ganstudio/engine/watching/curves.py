"""Curves of a run in files for other programs: a table, or TensorBoard's event files."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from pathlib import Path

from ganstudio.runs.measured import values
from ganstudio.runs.run import Run
from ganstudio.runs.taken import check_free, check_no_other
from ganstudio.runs.writing import write_atomically
from ganstudio.words.events import Progress
from ganstudio.words.works import Work

_AT_ONCE = 5000  # Numbers between two signs of life.
EVENT_FILES = "events.out.tfevents.*"


def save(run: Run, target: Path, *, replace: bool = False) -> Work[Path]:
    """Write the curves of `run`: a table when `target` ends with .csv, else a folder that TensorBoard opens.

    Args:
        run: Whose.
        target: The table or the folder.
        replace: Replace curves that are there.

    Yields:
        Progress.

    Returns:
        What was written.

    Raises:
        ValueError: Nothing was measured yet, the target is something else, or curves are there already.
        OSError: The disk is full or the folder is read-only.
    """
    _check(target, replace=replace)
    numbers = list(values(run))
    if not numbers:
        raise ValueError(f"{run.path} has no curves yet. Train it first.")
    yield Progress(0, len(numbers), what="saving the curves")
    if target.suffix:
        write_atomically(target, table(numbers).encode())
        return target
    return (yield from _event_files(numbers, target))


def _check(target: Path, *, replace: bool) -> None:
    if target.suffix.lower() == ".csv":
        check_free(target, replace=replace)
    elif target.suffix:
        raise ValueError(f"Curves are written as .csv or into a folder for TensorBoard, not as {target.suffix}.")
    elif target.exists() and not target.is_dir():
        raise ValueError(f"{target} is a file. Name a folder for TensorBoard, or a file that ends with .csv.")
    else:
        check_no_other(target, EVENT_FILES, replace=replace)


def table(numbers: list[tuple[float, int, str, float]]) -> str:
    """CSV: one row for each step, one column for each curve; empty where nothing was measured."""
    names = list(dict.fromkeys(name for _, _, name, _ in numbers))
    rows: dict[int, dict[str, float]] = {}
    times: dict[int, float] = {}
    for at, step, name, value in numbers:
        rows.setdefault(step, {})[name] = value
        times[step] = at
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["step", "time", *names])
    for step in sorted(rows):
        writer.writerow([step, times[step], *(rows[step].get(name, "") for name in names)])
    return text.getvalue()


def _event_files(numbers: list[tuple[float, int, str, float]], folder: Path) -> Work[Path]:
    from tensorboardX import SummaryWriter  # noqa: PLC0415  It takes a moment.

    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".ganstudio-") as made:
        writer = SummaryWriter(made)
        try:
            for done, (at, step, name, value) in enumerate(numbers):
                writer.add_scalar(name, value, step, walltime=at)
                if done % _AT_ONCE == 0:
                    yield Progress(done, len(numbers), what="saving the curves")
        finally:
            writer.close()
        folder.mkdir(exist_ok=True)
        # TensorBoard adds up all event files of a folder: those of an earlier export would double every curve.
        for old in folder.glob(EVENT_FILES):
            old.unlink()
        for file in Path(made).glob(EVENT_FILES):
            shutil.move(file, folder / file.name)
    return folder
