"""Data: columns, counts, health, filters, crops, and the way on."""

import time
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from ganstudio.pictures import folders
from ganstudio.runs.project import Project
from ganstudio.window import contents, jobs
from ganstudio.window.pages.data import DataPage
from ganstudio.window.pages.data_column import DomainColumn
from ganstudio.window.parts.gallery_model import HELD_OUT, PATH
from ganstudio.words.events import Progress
from ganstudio.words.recipe import Domain, Recipe


@pytest.fixture
def page(qtbot, studio, project) -> DataPage:
    page = DataPage(studio)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    page.shown()
    # The first check of a session loads what it compares pictures with.
    qtbot.waitUntil(lambda: len(page.columns) == 2 and all(c.report is not None for c in page.columns), timeout=30_000)
    return page


def shown(column: DomainColumn) -> list[Path]:
    model = column.gallery.pictures
    return [model.index(row).data(PATH) for row in range(model.rowCount())]


def names(studio) -> list[str]:
    return [domain.name for domain in Project.open(studio.project.path).domains]


def test_each_domain_has_a_column_with_its_pictures_and_the_split_of_training(page, project):
    for column, domain in zip(page.columns, project.domains, strict=True):
        paths = sorted(Path(domain.sources[0]).iterdir())
        training, held_out = folders.split(paths)
        assert column.name.text() == domain.name
        assert shown(column) == paths
        assert column.counts.text() == f"6 pictures  ·  {len(training)} to train"
        assert column.health.chips["held out"].text() == f"{len(held_out)} held out"
        model = column.gallery.pictures
        marked = [model.index(row).data(PATH) for row in range(6) if model.index(row).data(HELD_OUT)]
        assert marked == held_out
    assert page.summary.text().startswith("summer ↔ winter  ·  12 pictures")


def test_health_is_counted_and_each_count_shows_its_pictures(page, studio, draw, tmp_path, qtbot):
    folder = draw("mixed", 3)
    (folder / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    draw("mixed", 1, (9, 9)).joinpath("000.png").rename(folder / "tiny.png")
    draw("mixed", 3)
    held_out = folders.split(sorted(folder.iterdir()))[1]
    twin = next(path for path in sorted(folder.glob("0*.png")) if path not in held_out)
    (folder / "zzz.png").write_bytes(twin.read_bytes())
    page.add_domains([folder])
    qtbot.waitUntil(lambda: len(page.columns) == 3 and page.columns[2].report is not None)
    column = page.columns[2]
    texts = {kind: chip.text() for kind, chip in column.health.chips.items() if chip.isVisible()}
    assert texts == {
        "fine": "3 fine",
        "broken": "1 broken",
        "duplicate": "1 duplicate",
        "small": "1 too small",
        "held out": f"{len(held_out)} held out",
    }
    expected = {"broken": ["broken.png"], "small": ["tiny.png"], "duplicate": [twin.name, "zzz.png"]}
    for kind, files in expected.items():
        qtbot.mouseClick(column.health.chips[kind], Qt.MouseButton.LeftButton)
        assert [path.name for path in shown(column)] == files
        reasons = column.panel.reasons
        assert reasons.isVisible()
        assert reasons.model().index(0, 0).data().startswith(f"{files[-1]}: ")
    qtbot.mouseClick(column.health.chips["fine"], Qt.MouseButton.LeftButton)
    assert [path.name for path in shown(column)] == ["000.png", "001.png", "002.png"]
    qtbot.mouseClick(column.health.chips["fine"], Qt.MouseButton.LeftButton)
    assert len(shown(column)) == 6
    assert not column.panel.isVisible()


def test_checking_and_its_end_leave_the_pictures_where_they_are(page, qtbot, monkeypatch):
    column = page.columns[0]
    gate: list[int] = []
    scan = jobs.scan

    def slow(domain):
        while not gate:
            yield Progress(1, 6, "checking pictures")
            time.sleep(0.02)  # Or it would take the only core there may be from the window.
        return (yield from scan(domain))

    monkeypatch.setattr(jobs, "scan", slow)
    column.read()
    qtbot.waitUntil(lambda: "1 of 6" in column.health.doing.text())
    qtbot.waitUntil(lambda: column.gallery.height() > 100)
    QApplication.processEvents()
    before = column.gallery.geometry()
    gate.append(1)
    qtbot.waitUntil(lambda: column.health.chips["fine"].isVisible() and not column.health.doing.isVisible())
    QApplication.processEvents()
    assert column.gallery.geometry() == before


def test_what_was_compared_before_a_folder_is_read_anew_is_not_told_of_it(page, qtbot, monkeypatch):
    column = page.columns[0]
    gate: list[int] = []
    across = jobs.across

    def slow(names, reports):
        while not gate:
            yield None
            time.sleep(0.02)
        return (yield from across(names, reports))

    def endless(_domain):
        while True:
            yield None
            time.sleep(0.02)

    qtbot.waitUntil(lambda: page._across is None)
    monkeypatch.setattr(jobs, "across", slow)
    page._compare_domains()
    first = page._across[0]
    monkeypatch.setattr(jobs, "scan", endless)
    column.read()
    assert column.report is None
    with qtbot.waitSignal(page._reader.ended, check_params_cb=lambda job, _: job == first):
        gate.append(1)
    assert column.report is None
    column.leave()


def test_letters_of_the_name_stand_above_those_below(page):
    column = page.columns[0]
    column.name.setCursorPosition(0)
    name = column.name.mapTo(column, QPoint(column.name.cursorRect().center())).x()
    assert abs(name - column.counts.mapTo(column, QPoint()).x()) <= 1


def test_a_name_can_be_changed_and_the_pictures_are_not_read_again(page, studio, qtbot, monkeypatch):
    monkeypatch.setattr(contents, "listing", None)
    column = page.columns[0]
    column.name.setText("July")
    column.name.editingFinished.emit()
    assert names(studio) == ["July", "winter"]
    assert page.columns[0] is column
    assert page.summary.text().startswith("July ↔ winter")


@pytest.mark.parametrize("name", ["winter", "", "  "])
def test_a_taken_or_empty_name_is_refused(page, studio, name):
    page.columns[0].name.setText(name)
    page.columns[0].name.editingFinished.emit()
    assert names(studio) == ["summer", "winter"]
    assert page.columns[0].name.text() == "summer"


def test_dropping_on_a_column_adds_to_it(page, studio, draw, qtbot):
    column = page.columns[0]
    column.added.emit([draw("more", 2)])
    qtbot.waitUntil(lambda: len(shown(column)) == 8)
    assert len(studio.project.domains[0].sources) == 2


def test_taking_a_domain_out_leaves_its_pictures(page, studio, project, said):
    page.columns[0].removed.emit()
    assert names(studio) == ["winter"]
    assert [column.domain.name for column in page.columns] == ["winter"]
    assert len(list(Path(project.domains[0].sources[0]).iterdir())) == 6
    assert page.zone.isVisible()


def test_a_folder_can_be_added_by_button(page, studio, draw, qtbot, monkeypatch):
    folder = draw("autumn", 1)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(folder))
    qtbot.mouseClick(page.add, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: names(studio) == ["summer", "winter", "autumn"])


def test_next_goes_to_train_and_waits_for_pictures(page, studio, qtbot, tmp_path):
    wanted: list[str] = []
    studio.page_wanted.connect(lambda key, _: wanted.append(key))
    assert page.next.isEnabled()
    qtbot.mouseClick(page.next, Qt.MouseButton.LeftButton)
    assert wanted == ["train"]
    (tmp_path / "empty").mkdir()
    studio.keep_domains((Domain("empty", (str(tmp_path / "empty"),)),))
    qtbot.waitUntil(lambda: page.columns[0].listing is not None and not page.columns[0].listing.found)
    assert not page.next.isEnabled()
    assert page.columns[0].zone.title.text() == "No pictures found here"


def test_classes_are_counted(page, studio, draw, qtbot):
    draw("digits/one", 2)
    folder = draw("digits/two", 2).parent
    studio.keep_domains((Domain("digits", (str(folder),)),))
    qtbot.waitUntil(lambda: "2 classes" in page.columns[0].counts.text())


def test_captions_are_counted_and_shown_with_their_picture(page, studio, draw, qtbot):
    folder = draw("told", 3)
    first, second, _ = sorted(folder.iterdir())
    first.with_suffix(".txt").write_text("a red barn\nat dusk")
    second.with_name(f"{second.name}.txt").write_text("<b>snow</b>")
    page.add_domains([folder])
    qtbot.waitUntil(lambda: len(page.columns) == 3 and page.columns[2].report is not None)
    assert "2 with captions" in page.columns[2].counts.text()
    model = page.columns[2].gallery.pictures
    assert "a red barn\nat dusk" in model.index(0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;b&gt;snow" in model.index(1).data(Qt.ItemDataRole.ToolTipRole)


def test_names_in_both_folders_are_counted_for_pairs(page, qtbot):
    one, other = (Path(column.domain.sources[0]) for column in page.columns)
    for number in range(4):
        Image.new("RGB", (8, 8)).save(one / f"same{number}.png")
        Image.new("RGB", (8, 8)).save(other / f"Same{number}.bmp")
    for column in page.columns:
        column.read()
    names = {path.stem.casefold() for path in one.iterdir()} & {path.stem.casefold() for path in other.iterdir()}
    qtbot.waitUntil(lambda: page.pairs.isVisible() and page.pairs.text() == f"{len(names)} names in both")


def test_tab_goes_from_the_name_to_the_filters_to_the_pictures(page):
    for column in page.columns:
        met, part = [], column.name
        while column.isAncestorOf(part):
            met.append(part)
            part = part.nextInFocusChain()
        assert met.index(column.health.chips["fine"]) < met.index(column.gallery)


def test_the_gallery_becomes_as_low_as_it_may_before_the_page_is_scrolled(page, qtbot):
    page.resize(1100, 400)
    qtbot.waitUntil(lambda: all(each.gallery.height() == each.gallery.minimumHeight() for each in page.columns))


def test_three_folders_stand_side_by_side(page, studio, draw, qtbot):
    page.add_domains([draw("autumn", 2)])
    qtbot.waitUntil(lambda: len(page.columns) == 3 and page.columns[2].report is not None)
    qtbot.waitUntil(lambda: page.summary.text() == "summer · winter · autumn  ·  14 pictures")
    page.add_domains([draw("spring", 1), draw("dusk", 1)])
    qtbot.waitUntil(lambda: page.summary.text() == "5 folders  ·  16 pictures")


def test_what_is_broken_is_not_among_what_trains(page, draw, qtbot):
    folder = draw("autumn", 4)
    page.add_domains([folder])
    qtbot.waitUntil(lambda: len(page.columns) == 3 and page.columns[2].report is not None)
    column = page.columns[2]
    fine = column.counts.text()
    (training, _) = folders.split(sorted(folder.iterdir()))
    assert f"{len(training)} to train" in fine
    training[0].write_bytes(b"no picture")
    column.read()
    qtbot.waitUntil(lambda: f"{len(training) - 1} to train" in column.counts.text())


def test_a_fault_while_reading_is_said_in_the_column(page, studio, draw, qtbot, monkeypatch, said):
    def job(domain: Domain):
        yield None
        raise OSError("The drive is gone.")

    monkeypatch.setattr(contents, "listing", job)
    page.add_domains([draw("late", 1)])
    qtbot.waitUntil(lambda: len(page.columns) == 3 and page.columns[2].notice.text.text() == "The drive is gone.")
    assert said == ["The drive is gone."]


def test_another_project_has_other_columns(page, studio, tmp_path, draw, qtbot):
    Project.create(tmp_path / "other").keep((Domain("summer", (str(draw("else", 2)),)),))
    studio.open_project(tmp_path / "other")
    qtbot.waitUntil(lambda: len(page.columns) == 1 and len(shown(page.columns[0])) == 2)
    assert page.title.text() == "other"


def test_without_a_project_there_is_one_clear_way(qtbot, studio):
    page = DataPage(studio)
    qtbot.addWidget(page)
    page.show()
    assert page._states.currentIndex() == 1


# Crops


def test_the_strip_shows_crops_of_training_pictures_only(page, qtbot, plain_crops):
    column = page.columns[0]
    qtbot.waitUntil(lambda: len(column.crops._crops) == column.crops.places(), timeout=10_000)
    assert column.crops._paths
    assert not set(column.crops._paths) & column.contents.held_out
    assert {asked[1:3] for asked in plain_crops} == {("cyclegan", 256)}


def test_crops_follow_what_is_chosen_on_the_train_page(page, studio, project, qtbot, plain_crops):
    assert page.columns[0].seen.text() == "What the network will see"
    studio.plan(Recipe("pix2pix", project.domains, size=64, settings={"flip": False}))
    qtbot.waitUntil(lambda: plain_crops[-1][1:] == ("pix2pix", 64, {"flip": False}))
    assert page.columns[0].seen.text().endswith("64 pixels")


def test_a_second_shuffle_waits_for_the_first(page, qtbot, plain_crops):
    strip = page.columns[0].crops
    qtbot.waitUntil(lambda: strip._job is None and len(strip._crops) == strip.places())
    strip._timer.stop()  # It asks for another crop now and then, sooner than a busy machine draws these.
    qtbot.waitUntil(lambda: strip._job is None)
    plain_crops.clear()
    for _ in range(5):
        strip.shuffle()
    qtbot.waitUntil(lambda: strip._job is None)
    assert len([asked for asked in plain_crops if asked[0] == tuple(strip._paths)]) <= 2
