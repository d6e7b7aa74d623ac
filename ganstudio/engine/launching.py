"""Launching: train a run on several graphics cards of this machine, from a process that only watches."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from typing import IO

from ganstudio.runs.following import LOOK, Lines, request
from ganstudio.runs.run import HISTORY, Run
from ganstudio.words import events
from ganstudio.words.events import Command, Event

PATIENCE = 60.0  # Seconds for a last save when nobody watches any more.
_OURS = "ganstudio: "


def launch(run: Run, processes: int) -> Generator[Event | None, Command | None, None]:
    """Train `run` by `processes` processes that torchrun starts; commands are handed over.

    Closing it ends the training after a save.

    Yields:
        What happens to it from now on; None when nothing has for the moment.

    Raises:
        ValueError: The training failed; the message is its own.
    """
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    words += ["-m", "ganstudio", "train", "--resume", "--out", str(run.path)]
    lines = Lines(run.path / HISTORY, new=True)
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        program = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)  # noqa: S603  Our own words.
        try:
            ended = False
            while not ended:
                ended = program.poll() is not None  # Before reading, so that the last events are not missed.
                for event in [*_read(lines), None]:
                    if (command := (yield event)) is not None:
                        request(run, command)
                if not ended:
                    time.sleep(LOOK)
        finally:
            _end(program)
        if program.returncode:
            raise ValueError(_reason(said))


def _read(lines: Lines) -> list[Event]:
    found: list[Event] = []
    for line in lines.read():
        try:
            found.append(events.from_json(line))
        except ValueError:
            continue
    return found


def _end(program: subprocess.Popen[bytes]) -> None:
    """Let it save and end; torchrun ends its processes with itself."""
    if program.poll() is not None:
        return
    program.terminate()
    try:
        program.wait(PATIENCE)
    except subprocess.TimeoutExpired:
        program.kill()
        program.wait()


def _reason(said: IO[str]) -> str:
    """What the training said last, among what torchrun says."""
    said.seek(0)
    ours = [line.strip().removeprefix(_OURS) for line in said if line.startswith(_OURS)]
    return ours[-1] if ours else "The training on several cards ended. The run is intact up to its last save."
