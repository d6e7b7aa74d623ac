"""What lies under the name of a file of ours and is none is passed over, or named, and never waited for."""

import os
import threading
from itertools import islice

import pytest

from ganstudio.runs import heartbeat, queue
from ganstudio.runs.following import REQUESTS, Requests, follow
from ganstudio.runs.locks import HOLDER, held
from ganstudio.runs.measured import values
from ganstudio.runs.model import card
from ganstudio.runs.origin import origin
from ganstudio.runs.plain import open_plain, read_plain, write_plain
from ganstudio.runs.project import Project
from ganstudio.runs.remarks import remarks
from ganstudio.runs.run import Run
from ganstudio.runs.title import title
from ganstudio.words.cards import Remarks
from ganstudio.words.events import Idle
from ganstudio.words.recipe import Domain, Recipe

pytestmark = pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes in folders.")


@pytest.fixture
def pipe():
    """Makes a pipe. Whoever waits for it is let go by one who comes in the end, and the test has failed."""
    pipes, late = [], []

    def make(place):
        place.parent.mkdir(exist_ok=True)
        os.mkfifo(place)
        pipes.append(place)

    def come():
        late.append(True)
        for place in pipes:
            os.close(os.open(place, os.O_RDWR | os.O_NONBLOCK))

    patience = threading.Timer(10, come)
    patience.start()
    yield make
    patience.cancel()
    assert not late


@pytest.fixture
def run(tmp_path):
    return Run.create(tmp_path / "run", Recipe("gan", (Domain("a", ("a",)),)))


READERS = {
    "heartbeat.json": (heartbeat.read, None),
    "origin.json": (origin, None),
    "title.txt": (lambda run: title(run.path), "run"),
    "remarks.json": (lambda run: remarks(run.path), Remarks()),
    "events.jsonl": (lambda run: [*run.events(), *values(run)], []),
    "commands.jsonl": (lambda run: list(Requests(run).take()), []),
    "checkpoints/marks.json": (lambda run: run.shelf.entries(), []),
}


@pytest.mark.parametrize("name", READERS)
def test_a_pipe_in_a_run_is_passed_over(run, pipe, name):
    pipe(run.path / name)
    read, nothing = READERS[name]
    assert read(run) == nothing


@pytest.mark.parametrize("name", ["recipe.toml", "inventory.json"])
def test_a_pipe_without_which_nothing_goes_is_named(tmp_path, pipe, name):
    pipe(tmp_path / "run" / name)
    run = Run(tmp_path / "run")
    with pytest.raises(ValueError, match=rf"{name} cannot be read: Not a file\."):
        run.recipe() if name == "recipe.toml" else run.inventory()


def test_a_pipe_for_a_model_or_a_project_is_named(tmp_path, run, pipe):
    pipe(run.path / "model.safetensors")
    with pytest.raises(ValueError, match="There is no model"):
        card(run.path)
    pipe(tmp_path / "project" / "project.toml")
    with pytest.raises(ValueError, match=r"project\.toml cannot be read: Not a file"):
        Project.open(tmp_path / "project")
    pipe(tmp_path / "project" / "queue.json")
    assert queue.waiting(tmp_path / "project") == ()


def test_pipes_keep_no_one_from_training_nor_from_watching(run, pipe):
    for name in ("heartbeat.json", REQUESTS, "events.jsonl", HOLDER):
        pipe(run.path / name)
    with held(run.path, "{}"), heartbeat.beating(run):
        assert run.holder() == "another GAN Studio"
        assert any(isinstance(news, Idle) for news in islice(follow(run), 3))


def test_what_is_written_is_read_and_a_folder_is_no_file(tmp_path):
    write_plain(tmp_path / "a", "größer")
    write_plain(tmp_path / "a", "kürzer")
    assert read_plain(tmp_path / "a").decode() == "kürzer"
    with pytest.raises(IsADirectoryError):
        open_plain(tmp_path)
