"""Models come and go: importing, exporting, sharing."""

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog

from ganstudio.runs import model
from ganstudio.runs.remarks import remarks
from ganstudio.window import jobs
from ganstudio.window.pages.model_details import About
from ganstudio.window.parts.export_dialog import ExportDialog
from ganstudio.window.parts.licence import licence_line
from ganstudio.window.parts.tune_sheet import TuneSheet
from ganstudio.words.cards import Foreign, Lightness, MethodCard, Preset, Remarks
from ganstudio.words.events import Progress, Warned
from ganstudio.words.routes import Needs, Route


class Exported:
    """What an export says."""

    difference, checked_size = 1, (53, 37)


@pytest.fixture
def exports(monkeypatch, tmp_path) -> list[tuple[object, ...]]:
    """What was exported or shared; the file dialog answers "out"."""
    seen: list[tuple[object, ...]] = []

    def export(path, file, to=None, *, floating=False, leaflet=True):
        seen.append((path, file, to, floating, leaflet))
        yield Progress(1, 2, "exporting")
        return Exported()

    def share(path, file):
        seen.append((path, file))
        yield None
        return Exported()

    monkeypatch.setattr(jobs, "export", export)
    monkeypatch.setattr(jobs, "share", share)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(tmp_path / "out"), ""))
    return seen


@pytest.fixture
def offered(studio) -> list[str]:
    """Sentences with a button."""
    seen: list[str] = []
    studio.offered.connect(lambda sentence, *_: seen.append(sentence))
    return seen


def dialog_of(page) -> ExportDialog:
    return next(dialog for dialog in page.findChildren(ExportDialog) if dialog.isVisible())


# Out


@pytest.mark.parametrize(
    ("suffix", "to"),
    [(".onnx", "summer → winter"), (".safetensors", None), (".pth", "summer → winter"), (".pt2", "summer → winter")],
)
def test_export_asks_format_and_file_and_shows_the_proof(page, runs, qtbot, exports, offered, tmp_path, suffix, to):
    qtbot.mouseClick(page.details.export, Qt.MouseButton.LeftButton)
    dialog = dialog_of(page)
    dialog.formats[suffix].setChecked(True)
    assert dialog.route.isEnabled() == (to is not None)
    assert dialog.floats.isEnabled() == (suffix in {".onnx", ".pt2"})
    dialog.accept()
    assert page.details.work.isVisible()
    qtbot.waitUntil(lambda: bool(offered))
    assert exports == [(runs[1], tmp_path / f"out{suffix}", to, False, True)]
    assert offered == [f"out{suffix} is written. Compared on a picture of 53 × 37: at most 1 of 255 apart."]
    assert not page.details.work.isVisible()
    assert page.details.export.isEnabled()


def test_while_an_export_is_written_the_keyboard_is_at_the_models(page, qtbot, exports, offered):
    page.window().activateWindow()
    page.details.export.setFocus()
    qtbot.waitUntil(page.details.export.hasFocus)
    page.deeds.do("export")
    dialog_of(page).accept()
    qtbot.waitUntil(lambda: not page.details.export.isEnabled() or bool(offered))
    qtbot.waitUntil(page.gallery.hasFocus)
    qtbot.waitUntil(lambda: bool(offered))


def test_numbers_instead_of_pixels_and_no_card_are_choices(page, qtbot, exports, offered):
    page.deeds.do("export")
    dialog = dialog_of(page)
    dialog.floats.setChecked(True)
    dialog.card.setChecked(False)
    dialog.accept()
    qtbot.waitUntil(lambda: bool(offered))
    assert exports[0][3:] == (True, False)


def test_the_licence_is_asked_once_and_offered_for_the_next_model(page, runs, qtbot, exports, offered):
    qtbot.mouseClick(page.details.share, Qt.MouseButton.LeftButton)
    dialog = dialog_of(page)
    assert dialog.formats == {}, "Sharing asks for no format."
    dialog.licence.setText("CC BY 4.0")
    dialog.accept()
    qtbot.waitUntil(lambda: len(offered) == 1)
    qtbot.waitUntil(lambda: remarks(runs[1]) == Remarks(licence="CC BY 4.0"))
    assert page.details.remarks.licence.text() == "CC BY 4.0"
    qtbot.mouseClick(page.details.share, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: len(offered) == 2)
    assert len(exports) == 2, "The second time nothing was asked."
    page.gallery.choose(runs[0])
    page.deeds.do("share")
    assert dialog_of(page).licence.text() == "CC BY 4.0"
    dialog_of(page).reject()


def test_what_leaves_takes_along_what_was_just_written(page, runs, qtbot, monkeypatch, exports, offered, studio):
    found = []

    def share(path, file):
        yield None
        found.append(remarks(path))
        return Exported()

    monkeypatch.setattr(jobs, "share", share)
    # Someone else keeps the reader busy, so that it comes to the remarks late.
    monkeypatch.setattr(studio.reader, "begin", lambda _: 0)
    page.details.remarks.notes.setPlainText("Lovely fog")
    page.deeds.do("share")
    dialog_of(page).licence.setText("MIT")
    dialog_of(page).accept()
    qtbot.waitUntil(lambda: bool(offered))
    assert found == [Remarks("Lovely fog", 0, "MIT")]


def test_an_export_can_be_cancelled(page, qtbot, monkeypatch, said, exports):
    def endless(*_, **__):
        while True:
            yield None

    monkeypatch.setattr(jobs, "share", endless)
    page.deeds.do("share")
    dialog_of(page).accept()
    qtbot.mouseClick(page.details.work.cancel, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: said == ["The export was cancelled."])


def test_a_failed_export_says_why(page, qtbot, monkeypatch, said, exports):
    def failing(*_, **__):
        yield None
        raise ValueError("The exported model differs by 9 of 255 and was not kept.")

    monkeypatch.setattr(jobs, "share", failing)
    page.deeds.do("share")
    dialog_of(page).accept()
    qtbot.waitUntil(lambda: said == ["The exported model differs by 9 of 255 and was not kept."])


def test_usual_licences_are_offered(qtbot):
    line = licence_line()
    qtbot.addWidget(line)
    line.completer().setCompletionPrefix("by-sa")
    assert line.completer().currentCompletion() == "CC BY-SA 4.0"


# On


METHOD = MethodCard(
    "cyclegan",
    "CycleGAN",
    "Two ways.",
    "two-way translation",
    Needs.TWO_FOLDERS,
    (),
    {"quick": Preset(64, 1, "A first look.", steps=5), "best": Preset(256, 1, "Over night.", epochs=9)},
)


@pytest.fixture
def begun(monkeypatch, studio) -> list[tuple[object, ...]]:
    """What was planned and begun; nothing trains."""
    seen: list[tuple[object, ...]] = []

    def plan_from(path, domains, **wishes):
        yield None
        seen.append((path, [domain.name for domain in domains], wishes))
        return "recipe"

    def begin_from(path, recipe, target):
        yield None
        seen.append((path, recipe, target.name))
        return target

    monkeypatch.setattr(jobs, "plan_from", plan_from)
    monkeypatch.setattr(jobs, "begin_from", begin_from)
    monkeypatch.setattr(studio, "begin_training", lambda run: seen.append(("trains", run.name)))
    studio.catalogue = (METHOD,)
    return seen


def test_a_model_is_trained_on_with_folders_of_the_project(page, add, fill, begun, qtbot, wanted):
    file = add("monet")
    fill(file)
    qtbot.mouseClick(page.details.tune, Qt.MouseButton.LeftButton)
    sheet = next(sheet for sheet in page.findChildren(TuneSheet) if sheet.isVisible())
    assert [box.currentText() for box in sheet.sides] == ["summer", "winter"], "Folders of its own names are meant."
    sheet.sides[0].setCurrentIndex(1)
    assert not sheet.go.isEnabled(), "Two sides have two folders."
    sheet.sides[1].setCurrentIndex(0)
    sheet.preset.setCurrentIndex(1)
    assert "over night" in sheet.note.text()
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(wanted))
    assert begun == [
        (file, ["winter", "summer"], {"preset": "best", "device": "auto"}),
        (file, "recipe", "003-cyclegan"),
        ("trains", "003-cyclegan"),
    ]
    assert [(name, path.name) for name, path in wanted] == [("train", "003-cyclegan")]


def test_too_few_folders_are_said_with_a_way_to_add_some(page, studio, begun, offered, wanted):
    studio.project = replace(studio.project, domains=studio.project.domains[:1])
    page.deeds.do("tune")
    assert offered == ["002-cyclegan was trained on 2 folders; this project has 1. Add more on the Data page."]
    assert begun == []


# In


FOUND = Foreign(
    "horse2zebra",
    "cyclegan",
    "Two generators of the published CycleGAN: ResNet with 9 blocks.",
    (Route("B", "A"), Route("A", "B")),
    ("latest_net_G_A.pth", "latest_net_G_B.pth"),
)


@pytest.fixture
def foreign(tmp_path, monkeypatch, page) -> list[Path]:
    """Files of another program; they are no models of our own."""
    files = [tmp_path / "down" / name for name in FOUND.files]
    files[0].parent.mkdir()
    for file in files:
        file.touch()
    known = model.card

    def card(path):
        if path.suffix == ".pth":
            raise ValueError("Not a model of GAN Studio.")
        return known(path)

    monkeypatch.setattr(model, "card", card)
    return files


@pytest.fixture
def imports(monkeypatch) -> list[tuple[object, ...]]:
    """What was imported."""
    seen: list[tuple[object, ...]] = []

    def recognise(file):
        yield None
        return FOUND

    def import_model(file, target, *, names=None, alone=False, by_picture=False):
        seen.append((file, target.name, names, alone, *(["by picture"] * by_picture)))
        yield Progress(1, 2, "importing")
        yield Warned("Dropout cannot be told from weights.")
        target.write_bytes(b"weights")
        return model.card(target)

    monkeypatch.setattr(jobs, "recognise", recognise)
    monkeypatch.setattr(jobs, "import_model", import_model)
    return seen


def test_a_dropped_file_shows_what_was_recognised_and_asks_for_names(page, foreign, imports, qtbot, said):
    page.take(foreign)
    sheet = page.deeds.importing.sheet
    qtbot.waitUntil(lambda: sheet.sentence.text() == FOUND.sentence)
    assert sheet.name.text() == "horse2zebra"
    assert (sheet.source.text(), sheet.target.text()) == ("A", "B")
    assert sheet.files.text() == "Together with latest_net_G_B.pth"
    sheet.source.setText("horses")
    sheet.target.setText("horses")
    assert not sheet.go.isEnabled(), "Two sides have two names."
    sheet.target.setText("zebras")
    with qtbot.waitSignal(page.filled):
        qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert imports == [(foreign[0], "horse2zebra.safetensors", ("horses", "zebras"), False)]
    assert page.selected.name == "horse2zebra.safetensors"
    assert page.deeds.importing.sheet is None, "Its way back came with it, so nothing is left to ask."
    assert said == ["Dropout cannot be told from weights.", "horse2zebra is imported."]


def test_names_that_were_left_as_they_are_and_a_file_alone(page, foreign, imports, qtbot):
    page.take(foreign[:1])
    sheet = page.deeds.importing.sheet
    qtbot.waitUntil(lambda: sheet.name.text() == "horse2zebra")
    assert not sheet.by_picture.isVisible()
    sheet.alone.setChecked(True)
    with qtbot.waitSignal(page.filled):
        qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
    assert imports == [(foreign[0], "horse2zebra.safetensors", None, True)]


def test_where_averages_decide_the_colours_each_picture_may(page, foreign, imports, qtbot, monkeypatch):
    def recognise(_file):
        yield None
        return replace(FOUND, averaged=True)

    monkeypatch.setattr(jobs, "recognise", recognise)
    page.take(foreign[:1])
    sheet = page.deeds.importing.sheet
    qtbot.waitUntil(lambda: sheet.name.text() == "horse2zebra")
    assert sheet.by_picture.isVisible()
    assert not sheet.by_picture.isChecked()
    sheet.by_picture.setChecked(True)
    with qtbot.waitSignal(page.filled):
        qtbot.keyClick(sheet.name, Qt.Key.Key_Return)
    assert imports == [(foreign[0], "horse2zebra.safetensors", None, False, "by picture")]


def test_one_of_our_own_is_taken_as_it_is(page, imports, qtbot, tmp_path):
    (tmp_path / "seasons.safetensors").write_bytes(b"weights")
    page.take([tmp_path / "seasons.safetensors"])
    sheet = page.deeds.importing.sheet
    qtbot.waitUntil(lambda: sheet.sentence.text().startswith("A model of GAN Studio: summer → winter"))
    assert not sheet.source.isVisible()
    with qtbot.waitSignal(page.filled):
        qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    assert imports == [(tmp_path / "seasons.safetensors", "seasons.safetensors", None, False)]


def test_a_hostile_file_is_named_and_the_next_one_is_asked_about(page, foreign, imports, qtbot, monkeypatch):
    known = jobs.recognise

    def recognise(file):
        if file == foreign[0]:
            yield None
            raise ValueError("latest_net_G_A.pth wants to run os.system. Nothing of it was run.")
        return (yield from known(file))

    monkeypatch.setattr(jobs, "recognise", recognise)
    page.take(foreign)
    sheet = page.deeds.importing.sheet
    qtbot.waitUntil(lambda: "os.system" in sheet.sentence.text())
    assert not sheet.go.isEnabled()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: sheet.sentence.text() == FOUND.sentence)
    qtbot.mouseClick(sheet.cancel, Qt.MouseButton.LeftButton)
    assert page.deeds.importing.sheet is None
    assert imports == []


def test_an_import_that_fails_says_why_in_the_sheet(page, foreign, imports, qtbot, monkeypatch):
    def failing(*_, **__):
        yield None
        raise OSError("The disk is full")

    monkeypatch.setattr(jobs, "import_model", failing)
    page.take(foreign[:1])
    sheet = page.deeds.importing.sheet
    qtbot.waitUntil(sheet.go.isEnabled)
    qtbot.mouseClick(sheet.go, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: sheet.sentence.text() == "The disk is full")
    qtbot.mouseClick(sheet.cancel, Qt.MouseButton.LeftButton)
    assert page.deeds.importing.sheet is None


def test_a_model_of_the_project_that_is_dropped_back_is_chosen_not_copied(page, add, fill, imports, qtbot, runs):
    file = add("one")
    fill()
    with qtbot.waitSignal(page.filled):
        page.take([file])
    assert page.selected == file
    assert imports == []


def test_without_a_project_nothing_is_imported(page, studio, foreign, said):
    studio.project = None
    page.take(foreign)
    assert said == ["Open a project first: a model is imported into it."]


# Light


@pytest.fixture
def lights(monkeypatch, exports) -> list[tuple[object, ...]]:
    """What was made light."""
    seen: list[tuple[object, ...]] = []

    def export_light(path, file, to=None, *, pictures=(), floating=False, leaflet=True, device="auto"):
        seen.append((path, file.name, to, pictures, floating, leaflet))
        yield Progress(1, 2, "making it light", eta_seconds=130.0)
        made = Exported()
        made.light = LIGHT
        return made

    monkeypatch.setattr(jobs, "export_light", export_light)
    return seen


LIGHT = Lightness("002-cyclegan", (2.0, 42.0), (0.1, 1.4), 30.24, 5.1, 12, 128, "CPU, 2 cores")


def test_a_light_copy_of_a_run_learns_from_its_own_pictures_and_says_what_it_loses(
    page, runs, qtbot, exports, lights, offered
):
    page.deeds.do("export")
    dialog = dialog_of(page)
    dialog.formats[".safetensors"].setChecked(True)
    assert not dialog.route.isEnabled()
    dialog.light.setChecked(True)
    assert dialog.route.isEnabled(), "A light copy goes one way only."
    dialog.accept()
    qtbot.waitUntil(lambda: bool(offered))
    assert (exports, lights) == ([], [(runs[1], "out.safetensors", "summer → winter", (), False, True)])
    (sentence,) = offered
    assert sentence == (
        "out.safetensors is written. 14 × as fast as 002-cyclegan, with 21 × fewer multiply-adds (CPU, 2 cores). "
        "On 12 pictures it had not seen it comes within 30.2 dB, 5.1 of 255 apart on average."
    )


def test_a_light_copy_of_a_file_asks_for_pictures_first(page, fill, studio, qtbot, lights, offered, monkeypatch):
    path = studio.project.path / "models" / "monet.safetensors"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"weights")
    fill(path)
    answers = ["", "/photos"]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: answers.pop(0))
    for _ in range(2):
        page.deeds.do("export")
        dialog_of(page).light.setChecked(True)
        dialog_of(page).accept()
    qtbot.waitUntil(lambda: bool(offered))
    assert [seen[3] for seen in lights] == [(Path("/photos"),)]


def test_the_time_that_is_left_is_said_and_what_it_lost_stands_in_the_details(page, runs, qtbot, monkeypatch, lights):
    def endless(*_, **__):
        while True:
            yield Progress(1, 2, "making it light", eta_seconds=130.0)

    monkeypatch.setattr(jobs, "export_light", endless)
    page.deeds.do("export")
    dialog_of(page).light.setChecked(True)
    dialog_of(page).accept()
    qtbot.waitUntil(lambda: page.details.work.label.text() == "about 2 min left")
    page.deeds.exporting.cancel()
    qtbot.waitUntil(lambda: not page.details.work.isVisible())
    card = replace(model.card(runs[1]), light=LIGHT, origin="lightened", parents=("002-cyclegan",))
    page.details.show_model(About(runs[1], card, "Light"))
    assert page.details.fact("light").startswith("14 × as fast as 002-cyclegan")
    assert page.details.fact("origin") == "Learnt from 002-cyclegan"


@pytest.mark.parametrize("changed", [{"routes": (Route("winter"),)}, {"light": LIGHT}])
def test_what_cannot_be_light_is_not_offered_so(page, runs, changed):
    dialog = ExportDialog(replace(model.card(runs[1]), **changed), page)
    dialog.show()
    assert not dialog.light.isVisible()
    dialog.reject()
