"""Launching: train a run on several graphics cards of this machine, from a process that only watches."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Generator
from typing import IO

from ganstudio.runs.following import follow, request
from ganstudio.runs.heartbeat import Sign
from ganstudio.runs.run import Run
from ganstudio.words.events import Command, Event, Idle, Stop

PATIENCE = 60.0  # Seconds for a last save when nobody watches any more.
_OURS = "ganstudio: "
_UNKNOWN = (
    "The training on several cards ended without a word. The run is intact up to its last save; continue it from "
    "there, on one card if this happens again."
)


def launch(run: Run, processes: int) -> Generator[Event | Idle, Command | None, None]:
    """Train `run` by `processes` processes that torchrun starts; commands are handed over.

    Closing it ends the training after a save.

    Yields:
        What happens to it from now on; Idle when nothing has for the moment.

    Raises:
        ValueError: The training failed; the message is its own.
    """
    words = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={processes}"]
    words += ["-m", "ganstudio", "train", "--resume", "--out", str(run.path)]
    news = follow(run, new=True)
    with tempfile.TemporaryFile("w+", errors="replace") as said:
        program = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=said)  # noqa: S603  Our own words.
        early: list[Command] = []  # It takes seconds until the training listens.
        trained = ended = False
        try:
            while not ended:
                ended = program.poll() is not None  # Before reading, so that the last events are not missed.
                for event in news:
                    if isinstance(event, Sign):
                        trained = trained or event.state == "trained"
                    else:
                        early += [command] if (command := (yield event)) is not None else []
                    if trained:
                        _hand_over(run, early)
                    elif Stop() in early:
                        return
                    if isinstance(event, Idle):
                        break
        finally:
            _end(program)
        if program.returncode:
            raise ValueError(_reason(said))


def _hand_over(run: Run, commands: list[Command]) -> None:
    while commands:
        request(run, commands.pop(0))


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
    return ours[-1] if ours else _UNKNOWN
