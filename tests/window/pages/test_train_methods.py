"""The Train page with methods of every kind: which one it begins with, which ones it offers, what is kept."""

from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLineEdit, QSpinBox

from ganstudio.runs.project import Project
from ganstudio.window import jobs
from ganstudio.window.pages.train import TrainPage
from ganstudio.words.cards import MethodCard, Preset
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Needs
from ganstudio.words.settings import SettingCard

SETTINGS = (
    SettingCard("learning_rate", "float", 2e-4, "How big each correction is.", low=1e-7, high=0.1),
    SettingCard("width", "int", 64, "Breadth.", "channels", 4, 256),
)
PRESETS = {
    "quick": Preset(64, 1, "Minutes.", steps=1000, settings={"width": 24}),
    "balanced": Preset(128, 1, "A night.", steps=2000),
    "best": Preset(256, 1, "A weekend.", steps=3000),
}


def card(key, task, needs):
    return MethodCard(key, key.title(), f"What {key} does.", task, needs, SETTINGS, PRESETS)


CATALOGUE = (
    card("both-ways", "two-way translation", Needs.TWO_FOLDERS),
    card("one-way", "one-way translation", Needs.TWO_FOLDERS),
    card("many", "N-way translation", Needs.MANY_FOLDERS),
    card("pairs", "paired translation", Needs.PAIRS),
    card("plain", "generation", Needs.FOLDER),
    card("other", "generation", Needs.FOLDER),
    card("label", "conditional generation", Needs.CLASSES),
    card("text", "conditional generation", Needs.CAPTIONS),
    card("larger", "super-resolution", Needs.FOLDER),
    card("sort", "classification from few labels", Needs.FEW_LABELS),
)
NEEDS = {card.key: card.needs for card in CATALOGUE}


class Engine:
    """Looks into folders as the engine does, and plans at once."""

    def __init__(self):
        self.asked = []
        self.folders = []
        self.missing = False
        self.too_small = ""
        self.side_by_side = False

    def plan(self, method, domains, **wishes):
        yield None
        self.asked.append((method, wishes))
        self.folders.append((method, [domain.name for domain in domains]))
        folders = [Path(domain.sources[0]) for domain in domains]
        if method == self.too_small:
            raise ValueError("Too small.")
        has_classes = any(path.is_dir() for path in folders[0].iterdir())
        if self.missing:
            raise ValueError(f"There is no folder {folders[0]}.")
        refused = {
            Needs.CLASSES: not has_classes,
            Needs.CAPTIONS: not list(folders[0].glob("*.txt")),
            Needs.PAIRS: not self.side_by_side or len(folders) > 1,
            Needs.FEW_LABELS: not has_classes,
        }
        if refused.get(NEEDS[method], False):
            raise ValueError(f"{folders[0]}/ is not what {method} needs.")
        preset = PRESETS[wishes["preset"]]
        yield None
        return Recipe(
            method,
            tuple(domains),
            wishes["preset"],
            wishes.get("size", preset.size),
            wishes.get("steps", preset.steps),
            settings=wishes.get("settings", {}),
        )

    def missing_weights(self):
        yield None
        return {}

    def estimate(self, recipes):
        yield None
        raise ValueError("not measured")


@pytest.fixture
def engine(monkeypatch):
    made = Engine()
    for name in ("plan", "estimate", "missing_weights"):
        monkeypatch.setattr(jobs, name, getattr(made, name))
    return made


@pytest.fixture
def page(qtbot, studio, engine):
    studio.catalogue, studio.devices = CATALOGUE, (("cpu", "CPU, 2 cores"),)
    made = TrainPage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def opened(studio, tmp_path):
    """opened("summer", "winter") opens a project with these folders; a folder may be "pets/cats pets/dogs"."""

    def make(*names, name="project"):
        domains = []
        for entry in names:
            paths = [tmp_path / part for part in entry.split()]
            for path in paths:
                path.mkdir(parents=True, exist_ok=True)
                Image.new("RGB", (8, 8), "red").save(path / "1.png")
            folder = paths[0].parent if len(paths) > 1 else paths[0]
            domains.append(Domain(folder.name, (str(folder),)))
        Project.create(tmp_path / "projects" / name).keep(tuple(domains))
        assert studio.open_project(tmp_path / "projects" / name)

    return make


def looked(qtbot, page, method):
    # The worker loads the plotting library on the way.
    qtbot.waitUntil(lambda: page.setup.looked and page.setup.method == method, timeout=20_000)


@pytest.mark.parametrize(
    ("folders", "method"),
    [
        (("summer", "winter"), "both-ways"),
        (("spring", "summer", "winter"), "many"),
        (("flowers",), "plain"),
        (("pets/cats pets/dogs",), "label"),
        (("pets/cats pets/dogs", "flowers"), "both-ways"),
    ],
)
def test_the_method_that_suits_the_folders_is_chosen(qtbot, page, opened, folders, method):
    opened(*folders)
    page.shown()
    looked(qtbot, page, method)
    assert page.setup.chosen.title.text() == method.title()
    qtbot.waitUntil(lambda: "steps" in page.setup.promise.text())
    assert page.setup.train.isEnabled()
    assert page.setup.chosen.others.text() == "9 other methods"


def test_folders_with_captions_are_for_text(qtbot, page, opened, tmp_path):
    opened("shapes")
    (tmp_path / "shapes" / "1.txt").write_text("a red square")
    page.shown()
    looked(qtbot, page, "text")


def test_one_folder_says_that_it_is_being_looked_at(qtbot, page, opened, studio, monkeypatch):
    begun = []
    monkeypatch.setattr(studio.worker, "begin", lambda make: begun.append(make) or len(begun))
    opened("flowers")
    page.shown()
    assert page.setup.method is None
    assert page.setup.chosen.title.text() == "Looking at your pictures…"
    assert page.setup.problem.text() == ""
    assert not page.setup.train.isEnabled()


def test_two_folders_need_no_look_to_be_translated(page, opened, studio, monkeypatch):
    monkeypatch.setattr(studio.worker, "begin", lambda _make: 1)
    opened("summer", "winter")
    page.shown()
    assert page.setup.method == "both-ways"


def test_methods_that_do_not_fit_say_what_they_need_in_short(qtbot, page, opened):
    opened("flowers")
    page.shown()
    looked(qtbot, page, "plain")
    reasons = {key: card.reason for key, card in page.setup.chooser.cards.items() if card.reason}
    assert reasons == {
        "both-ways": "Needs a second folder of pictures.",
        "one-way": "Needs a second folder of pictures.",
        "many": "Needs a second folder of pictures.",
        "pairs": "Needs pairs: two folders with the same file names, or side-by-side pictures.",
        "label": "Needs a subfolder of pictures for each class.",
        "text": "Needs a caption in a .txt file beside each picture.",
        "sort": "Needs a second folder, of pictures without a class.",
    }
    assert "is not what label needs" in page.setup.chooser.cards["label"].toolTip()


def test_one_method_speaks_for_all_that_need_the_same(qtbot, page, opened, engine):
    opened("flowers")
    page.shown()
    looked(qtbot, page, "plain")
    qtbot.waitUntil(lambda: "steps" in page.setup.promise.text())
    assert {"other", "larger"}.isdisjoint(method for method, _ in engine.asked)


def test_what_nothing_can_train_on_is_said_as_the_engine_says_it(qtbot, page, opened, engine, tmp_path):
    engine.missing = True
    opened("flowers")
    page.shown()
    qtbot.waitUntil(lambda: page.setup.problem.text() == f"There is no folder {tmp_path / 'flowers'}.")
    assert page.setup.chosen.title.text() == "No method fits yet"
    assert page.setup.chooser.cards["text"].reason == f"There is no folder {tmp_path / 'flowers'}."
    assert not page.setup.drawer.isVisible()


def test_what_the_chosen_method_refuses_stays_said(qtbot, page, opened, engine):
    engine.too_small = "other"
    opened("flowers")
    page.shown()
    looked(qtbot, page, "plain")
    page.setup.chooser.chosen.emit("other")
    page.shown()
    qtbot.waitUntil(lambda: page.setup.problem.text() == "Too small.")
    looked(qtbot, page, "other")
    assert page.setup.problem.text() == "Too small."
    assert not page.setup.train.isEnabled()


def test_another_method_is_two_clicks_away(qtbot, page, opened):
    opened("summer", "winter")
    page.shown()
    looked(qtbot, page, "both-ways")
    page.setup.chosen.others.click()
    assert page.setup.chooser.isVisible()
    assert not page.setup.train.isVisible()
    page.setup.chooser.cards["one-way"].click()
    assert page.setup.method == "one-way"
    assert page.setup.train.isVisible()
    assert page.setup.chosen.others.hasFocus()
    qtbot.waitUntil(lambda: "steps" in page.setup.promise.text())


def test_escape_leaves_the_choice_as_it_was(qtbot, page, opened):
    opened("summer", "winter")
    page.shown()
    looked(qtbot, page, "both-ways")
    page.setup.chosen.others.click()
    qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
    assert page.setup.chosen.isVisible()
    assert page.setup.method == "both-ways"


def test_what_was_chosen_stays_while_it_fits_and_comes_back(qtbot, page, opened, studio):
    opened("summer", "winter", "spring")
    three = studio.project.domains
    page.shown()
    looked(qtbot, page, "many")
    page.setup.chooser.chosen.emit("one-way")
    page.shown()
    looked(qtbot, page, "one-way")
    studio.keep_domains(three[:1])
    looked(qtbot, page, "plain")
    studio.keep_domains(three[:2])
    looked(qtbot, page, "one-way")


def test_another_project_begins_with_what_suits_it(qtbot, page, opened):
    opened("summer", "winter")
    page.shown()
    looked(qtbot, page, "both-ways")
    page.setup.chooser.chosen.emit("one-way")
    opened("red", "blue", name="another")
    page.shown()
    looked(qtbot, page, "both-ways")


def test_settings_are_kept_while_another_method_is_looked_at(qtbot, page, opened):
    opened("summer", "winter")
    page.shown()
    looked(qtbot, page, "both-ways")
    # The default, which is not what the preset says.
    page.setup.drawer.method.field("width").findChild(QSpinBox).setValue(64)
    page.setup.chooser.chosen.emit("one-way")
    assert page.setup.wishes() == {}
    page.setup.chooser.chosen.emit("both-ways")
    assert page.setup.wishes() == {"settings": {"width": 64}}


def test_ctrl_z_undoes_in_both_forms_and_opens_the_drawer(qtbot, page, opened):
    opened("summer", "winter")
    page.shown()
    looked(qtbot, page, "both-ways")
    drawer = page.setup.drawer
    drawer.line.click()
    assert not drawer.undo.isEnabled()
    drawer.training.field("seed").findChild(QSpinBox).setValue(5)
    rate = drawer.method.field("learning_rate").findChild(QLineEdit)
    rate.setFocus()
    rate.selectAll()
    qtbot.keyClicks(rate, "0.05")
    assert drawer.line.text() == "Advanced: 2 changes"
    assert "Learning rate" in drawer.undo.toolTip()
    qtbot.keyClick(rate, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert rate.text() == "0.0002"
    drawer.line.click()
    page.setup.chosen.others.setFocus()
    qtbot.keyClick(page.setup.chosen.others, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert drawer.line.text() == "Advanced"
    assert drawer.training.isVisible()
    drawer.redo.click()
    drawer.redo.click()
    assert page.setup.wishes() == {"seed": 5, "settings": {"learning_rate": 0.05}}
    drawer.reset.click()
    assert page.setup.wishes() == {}
    drawer.undo.click()
    assert page.setup.wishes() == {"seed": 5, "settings": {"learning_rate": 0.05}}


# Which folders


def row(page):
    """The folders as the page shows them: their places in the project."""
    return page.setup.folders.selection if page.setup.folders.isVisible() else None


def planned(qtbot, page, engine, method, *names):
    qtbot.waitUntil(lambda: engine.folders[-1] == (method, list(names)))
    qtbot.waitUntil(lambda: "steps" in page.setup.promise.text())


def test_one_of_two_folders_is_enough_for_a_method_that_takes_one(qtbot, page, opened, engine):
    opened("summer", "winter")
    page.shown()
    looked(qtbot, page, "both-ways")
    assert row(page) == (0, 1)
    assert page.setup.chooser.cards["plain"].reason == ""
    page.setup.chooser.chosen.emit("plain")
    planned(qtbot, page, engine, "plain", "summer")
    page.setup.folders.places[0].taken.emit(1)
    planned(qtbot, page, engine, "plain", "winter")
    assert "Learns from winter:" in page.setup.promise.text()


def test_a_direction_is_swapped_and_trained_so(qtbot, page, opened, engine, studio, monkeypatch):
    monkeypatch.setattr(studio, "begin_training", lambda _run: None)
    opened("summer", "winter", "spring")
    page.shown()
    looked(qtbot, page, "many")
    page.setup.chooser.chosen.emit("one-way")
    planned(qtbot, page, engine, "one-way", "summer", "winter")
    page.setup.folders.swap.click()
    planned(qtbot, page, engine, "one-way", "winter", "summer")
    with qtbot.waitSignal(page.planner.planned) as told:
        page.setup.train.click()
    assert [domain.name for domain in told.args[0].domains] == ["winter", "summer"]


@pytest.mark.parametrize(("method", "names"), [("label", ["pets"]), ("sort", ["pets", "flowers"])])
def test_it_begins_with_the_first_folders_that_fit(qtbot, page, opened, engine, method, names):
    opened("flowers", "pets/cats pets/dogs")
    page.shown()
    looked(qtbot, page, "both-ways")
    page.setup.chooser.chosen.emit(method)
    planned(qtbot, page, engine, method, *names)


def test_folders_found_to_fit_take_the_place_of_those_that_were_planned_before(qtbot, page, opened, engine):
    opened("flowers", "pets/cats pets/dogs")
    page.shown()
    page.setup.chooser.chosen.emit("label")
    assert row(page) == (0,)
    looked(qtbot, page, "label")
    planned(qtbot, page, engine, "label", "pets")
    assert row(page) == (1,)
    assert page.setup.problem.text() == ""


def test_folders_that_do_not_fit_are_said(qtbot, page, opened):
    opened("pets/cats pets/dogs", "flowers")
    page.shown()
    looked(qtbot, page, "both-ways")
    page.setup.chooser.chosen.emit("sort")
    page.setup.folders.swap.click()
    qtbot.waitUntil(lambda: "is not what sort needs" in page.setup.problem.text())
    assert not page.setup.train.isEnabled()
    page.setup.folders.swap.click()
    qtbot.waitUntil(page.setup.train.isEnabled)


def test_folders_are_kept_for_each_method_until_the_project_has_others(qtbot, page, opened, studio):
    opened("summer", "winter", "spring")
    three = studio.project.domains
    page.shown()
    looked(qtbot, page, "many")
    page.setup.folders.marks[1].click()
    assert row(page) == (0, 2)
    page.setup.chooser.chosen.emit("one-way")
    page.setup.folders.swap.click()
    page.setup.chooser.chosen.emit("many")
    page.shown()
    looked(qtbot, page, "many")
    assert row(page) == (0, 2)
    page.setup.chooser.chosen.emit("one-way")
    assert row(page) == (1, 0)
    studio.keep_domains(three[:2])
    assert row(page) == (0, 1)


def test_a_training_that_is_set_up_again_has_its_folders_and_their_order(qtbot, page, opened, studio):
    opened("summer", "winter", "spring")
    summer, _, spring = studio.project.domains
    page.setup.take(Recipe("one-way", (spring, summer), "quick", 64, 2000))
    page.set_up()
    looked(qtbot, page, "one-way")
    assert row(page) == (2, 0)


def test_a_folder_that_is_not_there_leaves_the_choice_to_the_artist(qtbot, page, opened, engine, tmp_path):
    opened("summer", "winter")
    engine.side_by_side = True  # What is left would do for pairs, which is not what two folders were for.
    (tmp_path / "summer" / "1.png").unlink()
    (tmp_path / "summer").rmdir()
    page.shown()
    qtbot.waitUntil(lambda: page.setup.looked)
    assert page.setup.method is None
    assert str(tmp_path / "summer") in page.setup.problem.text()
    page.setup.chooser.chosen.emit("plain")
    assert row(page) == (1,)
    qtbot.waitUntil(page.setup.train.isEnabled)
