"""Curves in files are the numbers of the history."""

import csv

import pytest

from ganstudio.engine.watching.curves import save, table
from ganstudio.runs.run import Run
from ganstudio.words.events import Losses, Scored
from ganstudio.words.recipe import Domain, Recipe


@pytest.fixture
def run(tmp_path):
    made = Run.create(tmp_path / "run", Recipe("gan", (Domain("a", ("a",)),)))
    for step in (1, 2, 3):
        made.append(Losses(step, {"fool": 1 / step, "cycle": step / 3}, 0.5))
    made.append(Scored(3, "KID", {"a → b": {"distance": 0.1}}))
    return made


def saved(run, target, **wishes):
    work = save(run, target, **wishes)
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def test_a_table_has_a_row_for_each_step(run, tmp_path):
    file = saved(run, tmp_path / "new" / "curves.csv")
    rows = list(csv.DictReader(file.read_text("utf-8").splitlines()))
    assert list(rows[0]) == ["step", "time", "losses/fool", "losses/cycle", "waited", "quality/distance/a → b"]
    assert [(int(row["step"]), float(row["losses/fool"])) for row in rows] == [(1, 1.0), (2, 0.5), (3, 1 / 3)]
    assert [row["quality/distance/a → b"] for row in rows] == ["", "", "0.1"]
    assert float(rows[0]["time"]) > 1e9


def test_rows_are_in_the_order_of_steps_and_empty_where_nothing_was_measured():
    numbers = [(9.0, 20, "fool", 0.5), (8.0, 3, "fool", 1.0), (9.5, 20, "waited", 0.0)]
    assert table(numbers) == "step,time,fool,waited\n3,8.0,1.0,\n20,9.5,0.5,0.0\n"


def numbers_in(folder):
    """What TensorBoard would read: length, its checksum, a record, its checksum, and so on."""
    from tensorboardX.proto.event_pb2 import Event

    (file,) = folder.iterdir()
    data, found = file.read_bytes(), []
    while data:
        length = int.from_bytes(data[:8], "little")
        event = Event.FromString(data[12 : 12 + length])
        data = data[16 + length :]
        found += [(value.tag, event.step, value.simple_value) for value in event.summary.value]
        assert event.wall_time > 1e9
    return found


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_event_files_hold_the_numbers_once_however_often_they_are_written(run, tmp_path):
    for _ in range(2):
        folder = saved(run, tmp_path / "board", replace=True)
    found = numbers_in(folder)
    assert [(step, value) for tag, step, value in found if tag == "losses/fool"] == [
        (1, 1.0),
        (2, 0.5),
        (3, pytest.approx(1 / 3)),
    ]
    assert len(found) == 3 * 3 + 1
    assert sorted(path.name for path in tmp_path.iterdir()) == ["board", "run"]


def test_what_cannot_be_written_is_said(run, tmp_path):
    with pytest.raises(ValueError, match=r"not as \.xlsx"):
        saved(run, tmp_path / "curves.xlsx")
    with pytest.raises(ValueError, match="no curves yet"):
        saved(Run(tmp_path / "empty"), tmp_path / "curves.csv")
    (tmp_path / "file").write_text("x")
    with pytest.raises(ValueError, match="is a file"):
        saved(run, tmp_path / "file")
