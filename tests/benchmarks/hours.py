"""What grows in a long training: memory, open files, threads and children over many tiny steps with samples and saves.

    python -m tests.benchmarks.hours [STEPS] [SECONDS]

The growth is that of a line laid through what was measured after the first fifth, over the whole of the rest, so that
one garbage collection more or less at the end decides nothing. It ends after so many seconds at the latest.
"""

import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import psutil

from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Progress, Sample, Save, Stop
from tests.benchmarks.kills import prepared

LOOKS = 200  # In all.
WARM = 0.2  # Share of the looks that is left out.
SAMPLE_EVERY, SAVE_EVERY = 25, 100  # Steps.
LIMITS = {"resident MB": 50.0, "open files": 0.5, "threads": 0.5, "children": 0.5}


def measured(steps, seconds, folder):
    """What was seen at each look: name → numbers over the steps, and how many steps were done."""
    process = psutil.Process()
    run = Run.create(folder / "run", prepared(folder, steps=steps))
    training, command = train(run), None
    seen = {name: [] for name in LIMITS}
    done, until = 0, time.monotonic() + seconds
    while True:
        try:
            event = training.send(command)
        except StopIteration:
            return seen, done
        command = None
        if isinstance(event, Progress) and event.what == "training":
            done = event.done
            if done % max(1, steps // LOOKS) == 0:
                look(process, seen)
            if time.monotonic() > until:
                command = Stop()
            elif done % SAVE_EVERY == 0:
                command = Save()
            elif done % SAMPLE_EVERY == 0:
                command = Sample()


def look(process, seen):
    seen["resident MB"].append(process.memory_info().rss / 1e6)
    seen["open files"].append(process.num_fds() if hasattr(process, "num_fds") else process.num_handles())
    seen["threads"].append(process.num_threads())
    seen["children"].append(len(process.children(recursive=True)))


def growth(numbers):
    """How much the line through the numbers after the warm-up rises from its beginning to its end."""
    rest = np.asarray(numbers[int(len(numbers) * WARM) :], dtype=float)
    return float(np.polyfit(np.arange(len(rest)), rest, 1)[0] * (len(rest) - 1)) if len(rest) > 2 else float("nan")


def main(steps=10_000, seconds=3600):
    with tempfile.TemporaryDirectory(prefix="hours-") as folder:
        seen, done = measured(steps, seconds, Path(folder))
    print(f"{done} steps, {len(seen['threads'])} looks")
    print(f"{'':12} {'after warm-up':>14} {'at the end':>11} {'growth':>8}   limit")
    flat = True
    for name, limit in LIMITS.items():
        numbers = seen[name]
        rise = growth(numbers)
        flat = flat and rise < limit
        print(f"{name:12} {numbers[int(len(numbers) * WARM)]:14.1f} {numbers[-1]:11.1f} {rise:8.2f}   {limit}")
    return 0 if flat else 1


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
