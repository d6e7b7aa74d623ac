"""What every benchmark hands in: a figure beside its yardstick, both of one run."""

import json
import statistics
import time
from dataclasses import asdict, dataclass

import torch

ROUNDS = 7


@dataclass(frozen=True)
class Figure:
    """One line of the table.

    Attributes:
        what: What was measured.
        yardstick: What it stands beside, with its value and unit.
        ours: Our value and unit.
        ratio: How many times better ours is; None where a limit is the yardstick.
        asked: What was promised.
    """

    what: str
    yardstick: str
    ours: str
    ratio: float | None = None
    asked: str = ""

    def line(self) -> str:
        """As a row of a Markdown table."""
        ratio = "" if self.ratio is None else f"{self.ratio:.2f}×"
        return f"| {self.what} | {self.yardstick} | {self.ours} | {ratio} | {self.asked} |"

    def told(self) -> str:
        """As one line for another process."""
        return json.dumps(asdict(self))


HEAD = "| what | yardstick | ours | ratio | asked |\n|---|---|---|---|---|"


def device() -> torch.device:
    """Where training is measured."""
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def in_turns(*plays, rounds=ROUNDS):
    """Median seconds of each, played in turns so that a busy machine slows all; the first round warms up."""
    times = [[] for _ in plays]
    for _ in range(rounds + 1):
        for play, seconds in zip(plays, times, strict=True):
            began = time.perf_counter()
            play()
            if torch.cuda.is_available():
                torch.cuda.synchronize()
            seconds.append(time.perf_counter() - began)
    return [statistics.median(seconds[1:]) for seconds in times]
