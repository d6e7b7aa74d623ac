"""The command line in this process: what it prints, and its exit code."""

from typing import NamedTuple

import pytest

from ganstudio.cli.app import main


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
