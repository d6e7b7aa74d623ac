"""A line that is printed to be copied does what it says in a shell, whatever a run is called."""

import os
import shlex
from pathlib import Path

import pytest

from ganstudio.cli.next_lines import line, use

pytestmark = pytest.mark.skipif(os.name == "nt", reason="another shell")


@pytest.mark.parametrize("name", ["runs/a", "runs/summer to winter", "it's", "ünï ❄", "$HOME;ls", "a\nb"])
def test_the_shell_reads_the_name_back(name):
    said = line("train", "--resume", "--out", Path(name))
    assert shlex.split(said) == ["ganstudio", "train", "--resume", "--out", name]


def test_a_name_with_a_dash_is_no_option():
    assert use("generate", Path("-run")) == "ganstudio generate ./-run --out FOLDER"


def test_nothing_that_is_needed_is_left_out(ganstudio):
    assert use("translate", Path("a run")) == "ganstudio translate 'a run' PICTURES --out FOLDER"
    for verb in ("translate", "generate", "classify"):
        said = ganstudio(*shlex.split(use(verb, Path("nowhere")))[1:])
        assert (said.code, said.err.splitlines()) == (
            1,
            ["ganstudio: There is no model at nowhere. Choose a run folder or a .safetensors model."],
        )
