"""Data: columns, counts, health, filters, crops, and the way on."""

import random
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from ganstudio.pictures import folders
from ganstudio.pictures.stock import Scale
from ganstudio.runs.project import Project
from ganstudio.window import contents
from ganstudio.window.pages.data import DataPage
from ganstudio.window.pages.data_column import DomainColumn
from ganstudio.window.parts import crops
from ganstudio.window.parts.gallery import CELL
from ganstudio.window.parts.gallery_model import HELD_OUT, PATH
from ganstudio.window.thumbnails import Thumbnails
from ganstudio.words.recipe import Domain


@pytest.fixture
def page(qtbot, studio, project) -> DataPage:
    page = DataPage(studio)
    qtbot.addWidget(page)
    page.resize(1100, 800)
    page.show()
    page.shown()
    qtbot.waitUntil(lambda: len(page.columns) == 2 and all(column.report is not None for column in page.columns))
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


def test_three_folders_stand_side_by_side(page, studio, draw, qtbot):
    page.add_domains([draw("autumn", 2)])
    qtbot.waitUntil(lambda: len(page.columns) == 3 and page.columns[2].report is not None)
    qtbot.waitUntil(lambda: page.summary.text() == "summer · winter · autumn  ·  14 pictures")


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


def test_ten_thousand_pictures_ask_only_for_those_near(page, qtbot, monkeypatch):
    asked: list[Path] = []
    monkeypatch.setattr(Thumbnails, "want", lambda _self, _asker, paths: asked.extend(paths))
    gallery = page.columns[0].gallery
    paths = [Path(f"/pictures/{number}.jpg") for number in range(10_000)]
    gallery.pictures.show(paths)
    qtbot.waitUntil(lambda: paths[0] in asked)
    assert gallery.verticalScrollBar().maximum() > 10_000 // 10 * CELL
    asked.clear()
    gallery.verticalScrollBar().setValue(gallery.verticalScrollBar().maximum())
    qtbot.waitUntil(lambda: paths[-1] in asked)
    assert len(set(asked)) < 100


# Crops


@pytest.mark.parametrize("size", [(640, 480), (300, 1000), (286, 286), (100, 50), (256, 256), (4000, 257)])
def test_crops_follow_the_rule_of_training(size):
    expected = Scale(crops.SIZE, "cover", crops.MARGIN).of(*size)
    assert crops.training_size(*size, crops.SIZE, crops.MARGIN) == expected


def test_crops_are_squares_from_everywhere_and_half_are_mirrored():
    ramp = np.tile(np.arange(200, dtype=np.uint8), (100, 1))
    picture = Image.fromarray(ramp).convert("RGB")
    chance = random.Random(0)
    rising, lefts = 0, []
    for _ in range(400):
        square = np.asarray(crops.crop(picture, 64, 1.1172, chance))[0, :, 0].astype(int)
        assert square.shape == (64,)
        rising += int(square[-1] > square[0])
        lefts.append(min(square[0], square[-1]))
    assert 160 < rising < 240
    assert min(lefts) < 10
    assert max(lefts) > 80


def test_the_strip_shows_crops_of_training_pictures_only(page, qtbot):
    column = page.columns[0]
    assert not set(column.crops._paths) & column.contents.held_out
    qtbot.waitUntil(lambda: len(column.crops._crops) >= column.crops.places(), timeout=10_000)
