"""A folder filled as its sheet says, also from shards."""

import threading
import time

import numpy as np
import pytest

from ganstudio.window import jobs
from ganstudio.window.pages.translate_work import to_picture
from ganstudio.window.parts.folder_sheet import FolderSheet
from ganstudio.window.parts.reasons_sheet import ReasonsSheet
from ganstudio.words.events import Advanced, Finished, Made, Progress, Skipped
from tests.small_shards import pack
from tests.window.pages.translate.acts import current, finished, heading, picture, sheet_of

pytestmark = pytest.mark.usefixtures("engine")


def test_the_sheet_shows_how_a_picture_will_be_called_and_a_film_where_there_are_only_films(
    qtbot, desk, engine, filling, tmp_path
):
    film = tmp_path / "walk.mov"
    film.write_bytes(b"film")
    desk.add([film])
    qtbot.waitUntil(lambda: current(desk).first is not None)
    sheet = sheet_of(desk)
    assert sheet.sample.text() == "walk.mov → walk.mp4"
    sheet.close()
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    sheet = sheet_of(desk)
    assert sheet.sample.text() == "photo.png → photo.png"
    sheet.close()


def test_a_folder_is_filled_as_the_sheet_says_and_failures_are_listed(qtbot, desk, studio, filling, draw, tmp_path):
    folder, alone = draw("walk", 3), picture(tmp_path, size=(30, 20))
    (folder / "broken.png").write_bytes(b"no picture")
    desk.add([folder, alone])
    qtbot.waitUntil(lambda: len(desk.queue.pieces) == 5)
    qtbot.waitUntil(lambda: all(piece.state in {"done", "failed"} for piece in desk.queue.pieces))
    sheet = sheet_of(desk)
    assert heading(sheet) == "Save 4 pictures"  # The broken one is none.
    sheet.folder.setText(str(tmp_path / "out"))
    sheet.template.setText("{stem} in {to}")
    sheet.format.setCurrentIndex(sheet.format.findData("jpg"))
    sheet.quality.setValue(80)
    assert "in winter.jpg" in sheet.sample.text()
    with qtbot.waitSignal(studio.said) as said:
        sheet.save.click()
    ((inputs, out, order),) = filling
    assert (inputs, out) == ([folder, alone], tmp_path / "out")  # The folder as one, so that its shape is kept.
    assert (order.naming.template, order.naming.format, order.file_quality) == ("{stem} in {to}", "jpg", 80)
    assert said.args[0] == "Saved 3 pictures. 1 was there already. 1 could not be translated."
    row = desk.saving_row
    assert row.isVisible()
    assert row.reasons.isVisible()
    row.reasons.click()
    listed = next(child for child in desk.children() if isinstance(child, ReasonsSheet))
    assert listed.list.topLevelItem(0).text(1) == "It is no picture."
    listed.close()
    row.again.click()
    qtbot.waitUntil(lambda: len(filling) == 2)
    qtbot.waitUntil(lambda: not desk._saving.busy)
    again = sheet_of(desk)
    assert again.template.text() == "{stem} in {to}"  # Remembered.
    again.close()


def test_films_of_a_queue_are_saved_with_its_pictures(qtbot, desk, studio, engine, filling, tmp_path):
    folder = tmp_path / "trip"
    folder.mkdir()
    film = folder / "walk.mp4"
    film.write_bytes(b"film")
    desk.add([folder, picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: len(desk.queue.pieces) == 2 and all(one.shown is not None for one in desk.queue.pieces))
    sheet = sheet_of(desk)
    sheet.folder.setText(str(tmp_path / "out"))
    with qtbot.waitSignal(studio.said) as said:
        sheet.save.click()
    ((inputs, _, order),) = filling
    assert inputs == [folder, tmp_path / "photo.png"]
    assert order.film == "auto"
    assert said.args[0].startswith("Saved 2 files.")
    assert [piece.saved is not None for piece in desk.queue.pieces] == [True, True]
    assert not desk._saving.failures


def test_a_file_that_cannot_be_read_is_neither_counted_nor_asked_for(qtbot, desk, filling, tmp_path):
    broken = tmp_path / "broken.png"
    broken.write_bytes(b"no picture")
    desk.add([broken])
    qtbot.waitUntil(lambda: current(desk).state == "failed")
    assert not desk.save_all.isEnabled()
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    sheet = sheet_of(desk)
    assert heading(sheet) == "Save 1 picture"
    sheet.save.click()
    qtbot.waitUntil(lambda: bool(filling))
    assert filling[0][0] == [tmp_path / "photo.png"]


def test_the_row_counts_what_the_sheet_counted(qtbot, desk, draw, tmp_path, monkeypatch):
    free = threading.Event()

    def files(model, to, inputs, out, order, **manner):
        broken, first, *_ = sorted(inputs[0].iterdir())
        yield Skipped(str(broken), "It is no picture.")
        yield Progress(1, 5, "translating")
        while not free.is_set():
            time.sleep(0.01)
            yield Advanced(str(first), 0.5, eta_seconds=0.5)
        yield Made(str(out / first.name), str(first))
        yield Finished(1)

    folder = draw("walk", 3)
    for name in ("0 broken", "broken"):
        (folder / f"{name}.png").write_bytes(b"no picture")
    desk.add([folder])
    qtbot.waitUntil(lambda: len(desk.queue.pieces) == 5 and finished(desk))
    monkeypatch.setattr(jobs, "translate_files", files)
    sheet = sheet_of(desk)
    assert heading(sheet) == "Save 3 pictures"
    sheet.save.click()
    qtbot.waitUntil(lambda: desk.queue.pieces[1].share == 0.5)
    assert desk.saving_row.title.text() == "Saving 1 of 3"
    assert desk.saving_row.note.text() == "measuring the speed"  # That the first is nearly done says nothing of all.
    free.set()
    qtbot.waitUntil(lambda: not desk._saving.busy)


@pytest.mark.parametrize("wrong", ["{colour}", "a/b", "{stem", ""])
def test_a_name_that_cannot_be_is_said_while_it_is_typed(qtbot, desk, engine, tmp_path, wrong):
    desk.add([picture(tmp_path, size=(30, 20))])
    qtbot.waitUntil(lambda: current(desk).state == "done")
    sheet = sheet_of(desk)
    sheet.template.setText(wrong)
    assert not sheet.save.isEnabled()
    assert sheet.sample.property("role") == "bad"
    sheet.close()


@pytest.fixture
def shards(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "cache"))
    pack(tmp_path / "warm", 2, 3, side=20)
    return tmp_path / "warm"


def test_a_folder_of_shards_shows_its_first_picture_and_is_saved_into_a_folder(
    qtbot, desk, studio, engine, shards, tmp_path, monkeypatch
):
    asked = []

    def files(model, to, inputs, out, order, **manner):
        asked.append((list(inputs), out))
        yield Made(str(out / "00000000.png"), str(shards / "s-000.tar" / "00000000.png"))
        yield Finished(1)

    monkeypatch.setattr(jobs, "translate_files", files)
    desk.add([shards])
    # WebDataset brings torch, which takes its time where no test before has loaded it.
    qtbot.waitUntil(lambda: bool(desk.queue.pieces) and current(desk).first is not None, timeout=60_000)
    (piece,) = desk.queue.pieces
    assert (piece.name, piece.kind) == ("warm", "set")
    assert np.array_equal(np.asarray(to_picture(desk.compare.levels.images[0]))[0, 0], (0, 0, 0))
    assert desk.compare._note == "The first picture. Save to translate all of them."
    for words in ("warm", "6 pictures", "2 shards"):
        assert words in desk.status.text()
    assert not desk.copy.isEnabled()
    desk.save.click()
    sheet = next(child for child in desk.children() if isinstance(child, FolderSheet) and child.isVisible())
    assert heading(sheet).endswith("6 pictures")
    assert "warm" not in sheet.sample.text()  # They are called by their keys.
    with qtbot.waitSignal(studio.said):
        sheet.save.click()
    assert asked == [([shards], tmp_path / "warm translated")]
    assert "saved in warm translated" in desk.status.text()


def test_a_shard_among_pictures_is_saved_with_them_and_a_packed_one_is_refused(
    qtbot, desk, engine, filling, shards, tmp_path
):
    packed = tmp_path / "cold.tar.gz"
    packed.write_bytes(b"packed")
    desk.add([picture(tmp_path, size=(30, 20)), shards / "s-000.tar", packed])
    states = ["done", "first", "failed"]
    qtbot.waitUntil(lambda: [piece.state for piece in desk.queue.pieces] == states, timeout=60_000)
    assert "is compressed" in desk.queue.pieces[2].reason
    sheet = sheet_of(desk)
    assert heading(sheet).endswith("4 pictures")
    sheet.close()
