"""The table of all trainings."""

from types import SimpleNamespace

import pytest
import send2trash
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog, QMessageBox

from ganstudio.runs.run import Run
from ganstudio.runs.title import entitle, title
from ganstudio.window.pages import train_runs
from ganstudio.window.pages.train_longer import Longer
from ganstudio.window.pages.train_runs import TrainRuns
from ganstudio.window.summaries import summaries
from ganstudio.words.events import Finished, Losses, Scored, Started
from ganstudio.words.recipe import Recipe

STARTED = Started(0, 100, "cyclegan", "CPU", "fp32", {})


@pytest.fixture
def runs(project):
    """A finished, an interrupted and a new run."""
    made = [
        Run.create(project.path / "runs" / name, Recipe("cyclegan", project.domains, steps=100))
        for name in ("001-cyclegan", "002-cyclegan", "003-cyclegan")
    ]
    for run, far in zip(made, (0.4, 0.2), strict=False):
        run.append(STARTED)
        for step in range(1, 30):
            run.append(Losses(step, {"fool": far / step, "cycle": far}))
        run.append(Scored(20, "KID", {"a → b": {"distance": far}}, best=True))
    made[0].append(Finished(100, seconds=120.0))
    return made


@pytest.fixture
def table(qtbot, studio, runs):
    made = TrainRuns(studio, Longer(studio, None))
    qtbot.addWidget(made)
    made.resize(1100, 640)
    with qtbot.waitExposed(made):
        made.show()
    qtbot.waitUntil(lambda: made.table.topLevelItemCount() == 3 and made._looking is None)
    return made


def column(table, number):
    rows = [table.table.topLevelItem(row) for row in range(table.table.topLevelItemCount())]
    return {row.text(0): row.text(number) for row in rows}


def choose(table, *runs):
    table.table.clearSelection()
    for row in range(table.table.topLevelItemCount()):
        item = table.table.topLevelItem(row)
        item.setSelected(item.data(0, Qt.ItemDataRole.UserRole) in {str(run.path) for run in runs})


def test_each_run_has_a_line(table):
    assert column(table, 2) == {
        "001-cyclegan": "finished",
        "002-cyclegan": "interrupted at step 29",
        "003-cyclegan": "not started",
    }
    assert column(table, 4)["001-cyclegan"] == "2 min"
    assert column(table, 5) == {"001-cyclegan": "0.4", "002-cyclegan": "0.2", "003-cyclegan": "–"}
    assert table.summary.text().startswith("3 trainings")


def test_the_first_runs_are_seen_while_long_histories_are_read(qtbot, table, runs, monkeypatch):
    read = False

    def slowly(paths):
        yield from summaries(paths[:2])
        while not read:
            yield None
        yield from summaries(paths[2:])

    monkeypatch.setattr(train_runs, "summaries", slowly)
    table._found.clear()
    table.look()
    assert table.table.topLevelItemCount() == 0
    assert table.summary.text().startswith("0 of 3 trainings so far")
    qtbot.waitUntil(lambda: table.table.topLevelItemCount() == 2)
    assert table._looking is not None
    assert table.summary.text().startswith("2 of 3 trainings so far")
    read = True
    qtbot.waitUntil(lambda: table.table.topLevelItemCount() == 3 and table._looking is None)
    assert table.summary.text().startswith("3 trainings")


def test_methods_are_called_by_their_titles_once_those_are_known(table, studio, runs):
    assert set(column(table, 1).values()) == {"cyclegan"}
    choose(table, runs[1])
    studio.catalogue = (SimpleNamespace(key="cyclegan", title="CycleGAN"),)
    studio.catalogue_ready.emit()
    assert set(column(table, 1).values()) == {"CycleGAN"}
    assert table.table.chosen == [runs[1].path]


def test_numbers_sort_as_numbers_and_runs_without_come_last(table):
    table.table.sortByColumn(5, Qt.SortOrder.AscendingOrder)
    names = [table.table.topLevelItem(row).text(0) for row in range(3)]
    assert names == ["002-cyclegan", "001-cyclegan", "003-cyclegan"]


def test_curves_of_the_chosen_lie_over_each_other(table, runs):
    choose(table, *runs[:2])
    assert table.what.currentText() == "Distance to the real ones"
    assert table.curves.shown(str(runs[0].path)) == ([20], [0.4])
    table.what.setCurrentIndex(table.what.findData("losses/fool"))
    table.what.activated.emit(table.what.currentIndex())
    table.curves.redraw()
    assert len(table.curves.shown(str(runs[1].path))[0]) == 29
    choose(table, runs[2])
    assert table.curves.placeholder.isVisible()


def test_a_double_click_or_enter_opens_a_run(qtbot, table, runs):
    choose(table, runs[1])
    with qtbot.waitSignal(table.opened) as opened:
        table.open.click()
    assert opened.args == [runs[1].path]
    with qtbot.waitSignal(table.opened):
        table.table.itemActivated.emit(table.table.topLevelItem(0), 0)


def test_a_run_gets_another_name_and_keeps_its_recipe(qtbot, table, runs, monkeypatch):
    before = (runs[1].path / "recipe.toml").read_bytes()
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("first sky", True))
    choose(table, runs[1])
    table.rename()
    qtbot.waitUntil(lambda: "first sky" in column(table, 0))
    assert title(runs[1].path) == "first sky"
    assert (runs[1].path / "recipe.toml").read_bytes() == before


def test_a_name_that_is_left_as_it_is_shown_stays_what_it_is(qtbot, table, runs, monkeypatch):
    """Also where the folder's name is shown, because a drive once did not read the other one."""
    entitle(runs[1].path, "first sky")
    monkeypatch.setattr("ganstudio.window.pages.train_runs.title", lambda path: path.name)
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, text: (text, True))
    choose(table, runs[1])
    table.rename()
    assert title(runs[1].path) == "first sky"


def answer(table):
    """Say yes to the question that is open."""
    (box,) = table.findChildren(QMessageBox)
    next(button for button in box.buttons() if box.buttonRole(button) == QMessageBox.ButtonRole.AcceptRole).click()


def test_runs_go_to_the_trash_when_that_is_wanted(qtbot, table, runs, monkeypatch):
    trashed = []
    monkeypatch.setattr(send2trash, "send2trash", trashed.append)
    choose(table, *runs[:2])
    table.delete()
    assert trashed == []
    answer(table)
    assert sorted(trashed) == [runs[0].path, runs[1].path]


def test_a_run_that_trains_is_not_deleted(table, runs, said):
    choose(table, runs[1])
    with runs[1].lock():
        table.delete()
    assert said == ["002-cyclegan is training. Stop it first."]
    assert table.findChildren(QMessageBox) == []


def test_old_saves_go_when_that_is_wanted(table, runs, said):
    choose(table, runs[0])
    table.free()
    assert "nothing to free up" in said[0]
    runs[0].checkpoints.mkdir()
    for step in (10, 20, 30):
        runs[0].shelf.place(step).write_bytes(bytes(1000))
    runs[0].shelf.mark(runs[0].shelf.find(10).path, name="first sky")
    table.free()
    answer(table)
    assert [entry.step for entry in runs[0].shelf.entries()] == [30, 10]


def test_what_waits_can_be_reordered_and_taken_out(qtbot, table, runs, studio):
    for run in runs:
        studio.queue.add(run.path)
    qtbot.waitUntil(lambda: [line.isVisible() for line in table.waiting.lines] == [True] * 3)
    assert column(table, 2)["003-cyclegan"] == "waits, number 3"
    table.waiting.moved.emit(runs[2].path, -1)
    assert studio.queue.runs == (runs[0].path, runs[2].path, runs[1].path)
    table.waiting.removed.emit(runs[0].path)
    table.waiting.removed.emit(runs[1].path)
    table.waiting.removed.emit(runs[2].path)
    assert table.waiting.isHidden()


def test_a_small_window_leaves_out_what_matters_least(qtbot, table):
    table.resize(760, 480)
    qtbot.waitUntil(lambda: table.table.isColumnHidden(6))
    table.resize(1100, 640)
    qtbot.waitUntil(lambda: not table.table.isColumnHidden(6))
