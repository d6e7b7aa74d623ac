"""A training whose every call to the system fails or is its last, one after the other, against one nobody disturbed.

    python -m tests.benchmarks.crash_points [KIND ...] [--from K] [--until K]

strace stands between a sitting and the system, so that nothing of how files are written is taken for granted. The k-th
call of each kind fails once, or from then on, or the process is killed in it, for k = 1, 2, … until a sitting has ended
before its k-th; so all of them were tried. A sitting is forked off this process, which has torch loaded.
Promised: a sitting that ends does so in order or with one sentence; no save that was announced is lost; nothing is
damaged; and the run that goes on afterwards has the bits of the undisturbed one.
"""

import argparse
import errno
import itertools
import mmap
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from contextlib import suppress
from pathlib import Path

import torch

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Progress, Save, Saved, Stop
from tests.benchmarks.kills import differences, prepared, warm_up

BEGUN, STEPS, SAVE_EVERY = 2, 6, 2
CALLS = {
    "open": "openat",
    "write": "write,pwrite64",
    "flush": "fsync,fdatasync",
    "rename": "rename,renameat,renameat2",
    "remove": "unlink,unlinkat",
    "rest": "mkdir,mkdirat,ftruncate",
}
FAULTS = {
    "killed": "signal=KILL",
    "full once": "error=ENOSPC",
    "full": "error=ENOSPC",
    "broken once": "error=EIO",
    "broken": "error=EIO",
}
KINDS = {f"{name}, {fault}": (calls, fault) for name, calls in CALLS.items() for fault in FAULTS}
STOPPED, FINISHED, OTHER = 3, 0, 1
PATIENCE = 60  # Seconds for a sitting.
BAD_WORDS = re.compile(r"Errno|Traceback|\[|<|unexpected pos|Error\(")


class Sitting:
    """One forked process that trains `run` once strace has hold of it.

    Attributes:
        announced: The last step that it said was saved.
        told: What it ended with: its sentence, or the trace of an error of the program.
        code: How it ended; negative by a signal.
        hit: Whether strace came to do anything.
    """

    def __init__(self, run, calls, fault, at):
        self._said = mmap.mmap(-1, 1 << 16)
        reading, writing = os.pipe()
        pid = os.fork()
        if pid == 0:
            code = OTHER
            try:
                os.read(reading, 1)
                code = self._sit(run)
            finally:
                os._exit(code)
        log = run.path.with_name("calls")
        when = f"{at}" if fault.endswith("once") or fault == "killed" else f"{at}+"
        words = ["strace", "-qq", "-o", str(log), "-p", str(pid), "-e", f"trace={calls}"]
        tracer = subprocess.Popen([*words, "-e", f"inject={calls}:{FAULTS[fault]}:when={when}"])
        status = Path(f"/proc/{pid}/status")
        while "TracerPid:\t0" in status.read_text():
            time.sleep(0.005)
        os.write(writing, b"!")
        for end in (reading, writing):
            os.close(end)
        self.code = _waited(pid)
        tracer.wait()
        self.hit = "INJECTED" in log.read_text(errors="replace") or self.code == -signal.SIGKILL
        self.announced = int.from_bytes(self._said[:8], "little")
        self.told = self._said[8:].rstrip(b"\0").decode()

    def _sit(self, run):
        torch.set_num_threads(1)
        training, command = train(run), None
        try:
            while True:
                event = training.send(command)
                command = Save() if _done(event) % SAVE_EVERY == 0 else None
                if isinstance(event, Saved) and event.kind == "checkpoint":
                    self._said[:8] = event.step.to_bytes(8, "little")
        except StopIteration:
            return FINISHED
        except (OSError, ValueError) as error:
            self._keep(str(error) if type(error) is not OSError else f"bare: {error!r}")
            return STOPPED
        except BaseException:  # noqa: BLE001  Whatever it is, it is none of those that people are told.
            self._keep(traceback.format_exc())
            return OTHER

    def _keep(self, text):
        data = text.encode(errors="replace")[: len(self._said) - 9]
        self._said[8 : 8 + len(data)] = data


def _done(event):
    """The step that was played; 1 for what is no step."""
    return event.done if isinstance(event, Progress) and event.what == "training" else 1


def _waited(pid):
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        gone, status = os.waitpid(pid, os.WNOHANG)
        if gone:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    return errno.ETIME


def begin(run):
    """Train the first steps, and stop in order."""
    training, command = train(run), None
    with suppress(StopIteration):
        while True:
            command = Stop() if _done(training.send(command)) == BEGUN else None


def swept(kind, template, straight, first, last):
    """Try every k of one kind; how many there were, and what was wrong."""
    calls, fault = KINDS[kind]
    run, wrong, sentences = Run(template.path.with_name("run")), [], set()
    for at in itertools.count(first):
        if at > last:
            break
        shutil.rmtree(run.path, ignore_errors=True)
        shutil.copytree(template.path, run.path)
        sitting = Sitting(run, calls, fault, at)
        wrong += (f"{kind} {at}: {what}" for what in faults_of(sitting, run, straight))
        sentences.add(re.sub(r"[\d.]+", "0", sitting.told))
        if not sitting.hit:
            break
    return at - first, wrong, sentences


def faults_of(sitting, run, straight):
    """What was promised and is not so."""
    if sitting.code not in {FINISHED, STOPPED, -signal.SIGKILL}:
        yield f"ended with {sitting.code}: {sitting.told[-1500:]}"
    if sitting.code == STOPPED and (not sitting.told or BAD_WORDS.search(sitting.told)):
        yield f"told: {sitting.told!r}"
    found, damaged = checkpoint.newest(run)
    if damaged:
        yield f"damaged: {damaged}"
    if found is None or found.step < max(BEGUN, sitting.announced):
        yield f"lost: {found and found.step} after {sitting.announced}"
    try:
        ended = list(train(run))[-1]
    except Exception as error:  # noqa: BLE001  As above.
        yield f"does not go on: {error!r}"
        return
    if not isinstance(ended, Finished) or (different := differences(run, straight)):
        yield f"other bits: {different}"
    if left := list(run.path.rglob("*.part")):
        yield f"left behind: {left}"


def main():
    words = argparse.ArgumentParser()
    words.add_argument("kinds", nargs="*", default=list(KINDS), metavar="KIND")
    words.add_argument("--from", type=int, default=1, dest="first")
    words.add_argument("--until", type=int, default=10**6, dest="last")
    asked = words.parse_args()
    torch.set_num_threads(1)
    bad = 0
    with tempfile.TemporaryDirectory(prefix="crash-points-") as name:
        folder = Path(name)
        os.environ["GANSTUDIO_CACHE"] = str(folder / "cache")
        recipe = prepared(folder, steps=STEPS)
        warm_up()
        straight, template = (Run.create(folder / name, recipe) for name in ("straight", "template"))
        list(train(straight))
        begin(template)
        for kind in [kind for kind in KINDS if any(kind.startswith(asked_) for asked_ in asked.kinds)]:
            began = time.perf_counter()
            tried, wrong, sentences = swept(kind, template, straight, asked.first, asked.last)
            print(f"{kind:22} {tried:5} calls  {len(wrong):3} wrong  {time.perf_counter() - began:5.0f} s", flush=True)
            for line in (*wrong, *(f"    {text}" for text in sorted(sentences) if text)):
                print(line, flush=True)
            bad += len(wrong)
    return bad


if __name__ == "__main__":
    sys.exit(1 if main() else 0)
