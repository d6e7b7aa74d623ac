"""A training on several cards is started, watched, steered and ended; requests reach any training."""

import subprocess
import sys
import textwrap

import pytest

from ganstudio.engine import launching
from ganstudio.engine.launching import launch
from ganstudio.engine.training.trainer import train
from ganstudio.runs import following
from ganstudio.runs.following import REQUESTS, request
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished, Idle, Progress, Save, Saved, Stop, Warned


@pytest.fixture
def run(recipe, tmp_path, monkeypatch):
    monkeypatch.setattr(following, "LOOK", 0.0)
    return Run.create(tmp_path / "run", recipe)


@pytest.fixture
def torchrun(monkeypatch):
    """torchrun(code): what is started instead; the words it was to be started with come into the list."""
    words = []

    def instead(code):
        start = subprocess.Popen

        def popen(command, **options):
            words[:] = command
            return start([sys.executable, "-c", textwrap.dedent(code), command[-1]], **options)

        monkeypatch.setattr(launching.subprocess, "Popen", popen)
        return words

    return instead


TELL = """
import sys, time
def tell(line):
    with open(sys.argv[1] + "/events.jsonl", "a") as file:
        file.write(line + "\\n")
"""


def test_commands_wait_until_the_training_listens(run, torchrun, monkeypatch):
    torchrun("import time; time.sleep(60)")
    job = launch(run, 2)
    next(job)
    job.send(Save())
    assert not (run.path / REQUESTS).exists()
    with run.lock():
        event = next(job)
        assert "save" in (run.path / REQUESTS).read_text()
    job.close()
    assert isinstance(event, Idle)


def test_a_stop_before_the_training_listens_ends_it(run, torchrun):
    torchrun("import time; time.sleep(60)")
    job = launch(run, 2)
    next(job)
    with pytest.raises(StopIteration):
        job.send(Stop())
    assert not (run.path / REQUESTS).exists()


def test_what_happens_is_told(run, torchrun):
    run.append(Warned("before"))
    words = torchrun(TELL + """tell('{"event": "finished", "step": 7, "reason": "done"}')""")
    events = list(launch(run, 3))
    assert [event for event in events if not isinstance(event, Idle)] == [Finished(7)]  # And nothing of the past.
    assert words[1:] == [
        "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=3",
        "-m", "ganstudio", "train", "--resume", "--out", str(run.path),
    ]  # fmt: skip


def test_a_failure_is_the_sentence_of_the_training(run, torchrun):
    torchrun("""
        import sys
        print("ganstudio: The disk is full.", "torch: much more", sep="\\n", file=sys.stderr)
        sys.exit(1)
    """)
    with pytest.raises(ValueError, match=r"^The disk is full\.$"):
        list(launch(run, 2))


def test_who_leaves_ends_it(run, torchrun, monkeypatch):
    ended = []
    end = launching._end
    monkeypatch.setattr(launching, "_end", lambda program: (end(program), ended.append(program.returncode)))
    torchrun("import time; time.sleep(60)")
    job = launch(run, 2)
    next(job)
    job.close()
    assert len(ended) == 1
    assert ended[0] != 0


def test_a_training_hears_requests_through_its_folder(run):
    request(run, Stop())  # From before it began; not for this sitting.
    events = []
    for event in train(run):
        events.append(event)
        if isinstance(event, Progress) and event.what == "training" and event.done == 2:
            request(run, Save())
            request(run, Stop())
    assert isinstance(events[-1], Finished)
    assert events[-1].reason == "stopped"
    assert events[-1].step < run.recipe().steps
    assert any(isinstance(event, Saved) for event in events)
