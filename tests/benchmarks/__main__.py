"""Every promise of speed as one table, each figure beside its yardstick, measured in the same run.

    python -m tests.benchmarks [NAME ...] [--write FILE.md]

Each benchmark runs in a process of its own, one after the other, so that none finds the memory or the threads of
another; keep the machine quiet meanwhile. With `--write`, the table takes the place of the one that stands in the file.
"""

import argparse
import importlib
import json
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import psutil
import torch

from tests.benchmarks.figures import HEAD, Figure

NAMES = (
    "startup",
    "project",
    "curves",
    "training_step",
    "levers",
    "training_memory",
    "data_path",
    "batch",
    "any_size",
    "light",
    "live",
    "shards",
    "ranks",
)
MARKS = ("<!-- figures -->", "<!-- end of figures -->")


def hardware() -> str:
    """What this was measured on."""
    cores, memory = psutil.cpu_count(), psutil.virtual_memory().total / 2**30
    parts = [f"{processor()}, {cores} cores, {memory:.0f} GB"]
    if torch.cuda.is_available():
        parts.append(torch.cuda.get_device_name())
    parts.append(f"{platform.system()}, Python {platform.python_version()}, torch {torch.__version__}")
    return "; ".join(parts)


def processor() -> str:
    """Its name, with what matters of its instructions where the system tells."""
    try:
        told = Path("/proc/cpuinfo").read_text("utf-8")
    except OSError:
        return platform.processor() or platform.machine()
    name = re.search(r"model name\s*: (.+)", told)
    bf16 = "with" if re.search(r"\b(avx512_bf16|amx_bf16)\b", told) else "without"
    return f"{name[1].strip() if name else platform.machine()} ({bf16} bf16 instructions)"


def measured(name: str):
    """The figures of one benchmark as they come, and a line on how it ended when it ended badly."""
    command = [sys.executable, "-m", "tests.benchmarks", "--one", name]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        for line in running.stdout:
            if line.startswith("{"):
                yield Figure(**json.loads(line))
    if running.returncode:
        yield Figure(name, "", f"ended with exit code {running.returncode}")


def written(page: str, table: str) -> str:
    """The page with this table in its place.

    Raises:
        ValueError: It has no place for one.
    """
    begin, end = (page.find(mark) for mark in MARKS)
    if not 0 <= begin < end:
        raise ValueError(f"No place for the table: {MARKS[0]} and {MARKS[1]} are missing.")
    return f"{page[: begin + len(MARKS[0])]}\n{table}\n{page[end:]}"


def main():
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("names", nargs="*", default=NAMES, metavar="NAME", help=", ".join(NAMES))
    words.add_argument("--write", type=Path, metavar="FILE.md")
    words.add_argument("--one", help=argparse.SUPPRESS)
    asked = words.parse_args()
    if asked.one:
        for figure in importlib.import_module(f"tests.benchmarks.{asked.one}").figures():
            print(figure.told(), flush=True)
        return
    lines = [f"Measured on {datetime.now(UTC).date()}: {hardware()}.\n", HEAD]
    print(*lines, sep="\n", flush=True)
    for name in asked.names:
        for figure in measured(name):
            lines.append(figure.line())
            print(lines[-1], flush=True)
    if asked.write:
        asked.write.write_text(written(asked.write.read_text("utf-8"), "\n".join(lines)), "utf-8")


if __name__ == "__main__":
    main()
