"""The log stays small, is read back as it was written, and two windows may write it at once."""

import logging
import subprocess
import sys

import pytest

from ganstudio.window import logbook
from ganstudio.window.logbook import Entry, entries, keep_log, parsed

WRITES = """
import logging, sys
from pathlib import Path
from ganstudio.window import logbook
logbook.BYTES = 20_000
logbook.keep_log(Path(sys.argv[1]))
for number in range(200):
    logging.getLogger("ganstudio.window").warning("%s wrote line %d", sys.argv[2], number)
"""


@pytest.fixture
def kept(tmp_path):
    handler = keep_log(tmp_path / "own" / "log.txt")
    yield tmp_path / "own" / "log.txt"
    logging.getLogger().removeHandler(handler)
    logging.getLogger("ganstudio").setLevel(logging.NOTSET)


def test_what_is_written_is_read_newest_last(kept):
    log = logging.getLogger("ganstudio.window")
    log.info("The window opened")
    logging.getLogger("stranger").info("not ours")
    try:
        {}["inside"]
    except KeyError:
        log.exception("Not caught")
    first, second = entries(kept)
    assert (first.grave, first.text, first.where) == (False, "The window opened", "ganstudio.window")
    assert second.grave
    assert second.text.startswith("Not caught\nTraceback")
    assert second.text.endswith("KeyError: 'inside'")


def test_a_line_without_a_time_belongs_to_the_entry_before():
    lines = ["of a part that was cut off", "2026-11-21 03:12:07,001 ERROR a.b: one", "two"]
    assert parsed(lines) == [Entry("2026-11-21 03:12:07", True, "one\ntwo", "a.b")]


def test_no_log_is_no_entry(tmp_path):
    assert entries(tmp_path / "log.txt") == []


def test_a_log_that_cannot_be_written_disturbs_nothing(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert keep_log(tmp_path / "file" / "log.txt") is None


def test_two_windows_write_one_log_that_stays_small(tmp_path, monkeypatch):
    file = tmp_path / "log.txt"
    writers = [subprocess.Popen([sys.executable, "-c", WRITES, str(file), name]) for name in ("one", "two")]
    assert [writer.wait(60) for writer in writers] == [0, 0]
    parts = [part for part in tmp_path.iterdir() if part.suffix != ".lock"]
    assert len(parts) <= 1 + logbook.OLDER
    assert all(part.stat().st_size <= 20_000 for part in parts)
    found = [entry.text for entry in entries(file)]
    assert len(found) == 400
    for name in ("one", "two"):
        assert [text for text in found if text.startswith(name)] == [f"{name} wrote line {at}" for at in range(200)]
