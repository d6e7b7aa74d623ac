"""The command line in this process: what it prints, and its exit code; and a run with a past."""

from typing import NamedTuple

import pytest
from PIL import Image

from ganstudio.cli.app import main
from ganstudio.runs.run import Run
from ganstudio.words.events import Losses, Sampled, SheetFile
from ganstudio.words.recipe import Domain, Recipe


class Said(NamedTuple):
    code: int
    out: str
    err: str


@pytest.fixture
def ganstudio(capsys):
    def run(*words):
        capsys.readouterr()
        code = main([str(word) for word in words])
        return Said(code, *capsys.readouterr())

    return run


@pytest.fixture
def run(tmp_path):
    made = Run.create(tmp_path / "run", Recipe("gan", (Domain("a", ("a",)),)))
    (made.path / "sheets").mkdir()
    for step in (1, 2):
        Image.new("RGB", (16, 16), (step * 50, 0, 0)).save(made.path / f"sheets/{step}.png")
        made.append(Losses(step, {"fool": 1.0}))
        made.append(Sampled(step, (SheetFile("a", f"sheets/{step}.png", ("",), ("",), 16),)))
    return made
