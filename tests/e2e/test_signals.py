"""A lid that closes, a session that ends, a reader who leaves: the run is saved in time, and its bits stay the same."""

import signal
import time

import numpy as np
import pytest
from safetensors.numpy import load_file

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Progress, Started, from_json
from tests.e2e.conftest import STEPS, TINY_CYCLEGAN, start

PATIENCE = 250  # Seconds; 20 are promised, of a machine that does little else.


def train_until(run, words, after, done):
    """Train until step `after`, then done(program); the exit code and events."""
    events = []
    with start("train", *words, "--out", run, "--events") as program:
        for line in program.stdout:
            events.append(from_json(line))
            match events[-1]:
                case Progress(what="training", done=step) if step == after:
                    done(program)
                    if program.stdout.closed:
                        break
        program.wait(PATIENCE)
    return program.returncode, events


@pytest.mark.timeout(900)  # Three programs one after the other; a busy machine is slow.
@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="Windows has no such signals.")
def test_a_closed_lid_an_ending_session_and_a_reader_who_leaves(trained, pictures, tmp_path):
    def lid_then_session_end(program):
        program.send_signal(signal.SIGSTOP)
        time.sleep(1)
        program.send_signal(signal.SIGCONT)
        program.send_signal(signal.SIGTERM)

    run = Run(tmp_path / "run")
    words = [pictures / "summer", pictures / "winter", "--steps", STEPS, *TINY_CYCLEGAN]
    code, events = train_until(run.path, words, 3, lid_then_session_end)
    assert code == 130
    last = events[-1]
    assert isinstance(last, Finished)
    assert last.reason == "stopped"
    assert checkpoint.newest(run)[0].step == last.step

    code, _ = train_until(run.path, ["--resume"], last.step + 3, lambda program: program.stdout.close())
    stopped = checkpoint.newest(run)[0].step
    assert last.step + 3 <= stopped < STEPS
    assert list(run.events())[-1].reason == "stopped"

    events = list(train(run))
    assert next(event.step for event in events if isinstance(event, Started)) == stopped
    assert events[-1].step == STEPS
    ours, theirs = (load_file(folder / "model.safetensors") for folder in (run.path, trained[0]))
    for name, weights in ours.items():
        np.testing.assert_array_equal(weights, theirs[name], name)
