"""The Translate page, with pictures that are turned upside down instead of translated."""

import io
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageOps
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QDrag, QGuiApplication, QImage, QMouseEvent, QPixmap
from PySide6.QtWidgets import QApplication, QFileDialog

from ganstudio.pictures.blending import blended
from ganstudio.runs.run import MODEL, Run
from ganstudio.window import jobs
from ganstudio.window.pages import translate, translate_results, translate_work
from ganstudio.window.pages.translate import TranslatePage
from ganstudio.window.pages.translate_work import to_picture
from ganstudio.window.parts.drop_zone import local_paths
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Finished, Progress, Save, Saved, Skipped, Started, Told
from ganstudio.words.look import Look
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Route

WAYS = (Route("winter", "summer", multiple=4), Route("summer", "winter", multiple=4))
DIGITS = (Route("digits", labels=("zero", "one")),)


def flipped(model, to, picture, **_):
    yield None
    if picture.size == (13, 13):
        raise ValueError("There is not enough memory for this.")
    return ImageOps.flip(picture) if to == "summer → winter" else ImageOps.invert(picture)


@pytest.fixture
def model(project, monkeypatch):
    """A finished run whose card says that it translates both ways."""
    run = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", project.domains))
    (run.path / MODEL).write_bytes(b"weights")
    routes = {run.path: WAYS}
    monkeypatch.setattr(
        translate,
        "card",
        lambda path: ModelCard(str(path), path.name, "x", routes.get(path, DIGITS), 64, 10, 10, 0.0, 7, {}),
    )
    monkeypatch.setattr(jobs, "translate", flipped)
    return run.path


@pytest.fixture
def page(qtbot, studio):
    made = TranslatePage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def desk(model, page):
    page.shown(model)
    return page.pictures


def picture(folder, name="photo.png", size=(40, 30)):
    made = Image.fromarray(np.random.default_rng(len(name)).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    made.save(folder / name)
    return folder / name


def finished(desk):
    return all(piece.state in {"done", "failed"} for piece in desk.queue.pieces)


def test_without_a_model_it_leads_to_one(qtbot, page, studio, project):
    page.shown()
    assert page.stack.currentWidget() is page.empty
    assert page.models.isHidden()


def test_a_dropped_picture_is_translated_in_its_own_size(qtbot, desk, tmp_path):
    path = picture(tmp_path)
    desk.add([path])
    qtbot.waitUntil(lambda: desk.compare.after is not None)
    made = np.asarray(to_picture(desk.compare.after.images[0]))
    assert np.array_equal(made, np.asarray(ImageOps.flip(Image.open(path))))
    assert "40 × 30" in desk.status.text()
    assert desk.save.isEnabled()


def test_a_folder_without_pictures_is_named(qtbot, desk, said, tmp_path):
    (tmp_path / "empty").mkdir()
    desk.add([tmp_path / "empty"])
    qtbot.waitUntil(lambda: bool(said))
    assert said == ["There is no picture and no film in empty."]
    assert not desk.queue.pieces


def test_a_folder_is_queued_and_what_fails_is_named(qtbot, desk, tmp_path, draw):
    folder = draw("folder", 3)
    (folder / "broken.png").write_bytes(b"no picture")
    large = picture(tmp_path, "large.png", (13, 13))
    desk.add([folder, large])
    qtbot.waitUntil(lambda: len(desk.queue.pieces) == 5 and finished(desk))
    reasons = {piece.name: piece.reason for piece in desk.queue.pieces if piece.state == "failed"}
    assert set(reasons) == {"broken.png", "large.png"}
    assert reasons["large.png"] == "There is not enough memory for this."
    row = [piece.name for piece in desk.queue.pieces].index("broken.png")
    desk.list.setCurrentIndex(desk.queue.index(row))
    assert not desk.save.isEnabled()
    assert desk.compare.levels is None


def test_another_direction_translates_anew(qtbot, page, desk, tmp_path):
    path = picture(tmp_path)
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    page.group.buttons()[1].click()
    assert desk.compare.after is None
    qtbot.waitUntil(lambda: finished(desk))
    made = np.asarray(to_picture(desk.compare.after.images[0]))
    assert np.array_equal(made, 255 - np.asarray(Image.open(path)))


def test_a_pasted_picture_is_queued(qtbot, desk, tmp_path):
    path = picture(tmp_path)
    data = QMimeData()
    data.setImageData(jobs_image(path))
    QGuiApplication.clipboard().setMimeData(data)
    desk.paste()
    qtbot.waitUntil(lambda: finished(desk) and bool(desk.queue.pieces))
    assert np.array_equal(np.asarray(to_picture(desk.compare.levels.images[0])), np.asarray(Image.open(path)))


def test_pasted_files_are_queued_too(qtbot, desk, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(picture(tmp_path)))])
    QGuiApplication.clipboard().setMimeData(data)
    desk.paste()
    qtbot.waitUntil(lambda: finished(desk) and bool(desk.queue.pieces))
    assert desk.queue.pieces[0].name == "photo.png"


def jobs_image(path):
    from ganstudio.window.parts.picture_view import to_qimage

    return to_qimage(Image.open(path))


def test_save_writes_the_strength_that_is_seen(qtbot, desk, tmp_path, monkeypatch):
    path, target = picture(tmp_path), tmp_path / "out.png"
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    desk.look.strength.setValue(40)
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    desk.save.click()
    qtbot.waitUntil(target.exists)
    before = np.asarray(Image.open(path))
    assert np.array_equal(np.asarray(Image.open(target)), blended(before, before[::-1], Look(0.4)))


def test_an_original_is_never_overwritten(qtbot, desk, studio, tmp_path, monkeypatch):
    path = picture(tmp_path)
    before = path.read_bytes()
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(studio.said) as said:
        desk.save.click()
    assert "original" in said.args[0]
    assert path.read_bytes() == before


def test_copy_puts_the_translation_on_the_clipboard(qtbot, desk, tmp_path, studio):
    path = picture(tmp_path)
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    with qtbot.waitSignal(studio.said):
        desk.copy.click()
    copied = np.asarray(to_picture(QGuiApplication.clipboard().image()))
    assert np.array_equal(copied, np.asarray(Image.open(path))[::-1])


def dragged(monkeypatch):
    """What is dragged from now on, read as another program would read it when it is dropped there."""
    drops = []

    def dropped(drag, _action):
        data = drag.mimeData()
        paths = [Path(url.toLocalFile()) for url in data.urls()]
        drops.append((paths, [path.read_bytes() for path in paths], QImage(data.imageData()), local_paths(data)))

    monkeypatch.setattr(QDrag, "exec", dropped)
    return drops


def pull(qtbot, widget, start, held=Qt.KeyboardModifier.NoModifier):
    by = QPoint(80, 30)
    qtbot.mousePress(widget, Qt.MouseButton.LeftButton, held, start)
    for share in (2, 1):
        at = QPointF(start + by / share)
        left = Qt.MouseButton.LeftButton
        moved = QMouseEvent(QEvent.Type.MouseMove, at, widget.mapToGlobal(at), Qt.MouseButton.NoButton, left, held)
        QApplication.sendEvent(widget, moved)
    qtbot.mouseRelease(widget, Qt.MouseButton.LeftButton, held, start + by)


def test_the_translation_can_be_dragged_out_of_the_picture(qtbot, desk, tmp_path, monkeypatch, studio):
    path = picture(tmp_path, "photo <b>.png")
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    drops = dragged(monkeypatch)
    pull(qtbot, desk.compare, desk.compare.rect().center() + QPoint(90, 60))
    ((file,), (data,), image, ours) = drops[0]
    assert file.name == "photo <b> winter.png"
    made = np.asarray(Image.open(path))[::-1]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(data))), made)
    assert np.array_equal(np.asarray(to_picture(image)), made)
    assert ours == []
    assert "dragged into a folder" in desk.compare.accessibleDescription()
    studio.shut()
    assert not file.parent.parent.exists()


def test_the_translation_can_be_dragged_out_of_the_queue(qtbot, desk, tmp_path, monkeypatch):
    path = picture(tmp_path)
    desk.add([path])
    qtbot.waitUntil(lambda: finished(desk))
    desk.look.strength.setValue(40)
    drops = dragged(monkeypatch)
    pull(qtbot, desk.list.viewport(), desk.list.visualRect(desk.queue.index(0)).center())
    before = np.asarray(Image.open(path))
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(drops[0][1][0]))), blended(before, before[::-1], Look(0.4)))
    assert "Drag it" in desk.queue.data(desk.queue.index(0), Qt.ItemDataRole.ToolTipRole)


def test_zoomed_in_the_hand_pans_and_drags_with_ctrl(qtbot, desk, tmp_path, monkeypatch):
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: finished(desk))
    drops = dragged(monkeypatch)
    desk.compare.zoom_by(4)
    corner = desk.compare.corner()
    start = desk.compare.rect().center() + QPoint(90, 60)
    pull(qtbot, desk.compare, start)
    assert desk.compare.corner() != corner
    assert drops == []
    pull(qtbot, desk.compare, start - QPoint(60, 90), held=Qt.KeyboardModifier.ControlModifier)
    assert len(drops) == 1


def test_a_full_disk_while_dragging_is_said(qtbot, desk, tmp_path, monkeypatch, studio):
    def full(*_):
        raise OSError("No space left on device")

    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: finished(desk))
    monkeypatch.setattr(translate_results, "write", full)
    monkeypatch.setattr(QDrag, "exec", lambda drag, _action: drag.mimeData().urls())
    with qtbot.waitSignal(studio.said) as said:
        pull(qtbot, desk.list.viewport(), desk.list.visualRect(desk.queue.index(0)).center())
    assert "No space left" in said.args[0]


def test_a_model_file_can_be_opened_from_the_picker(qtbot, page, model, tmp_path, monkeypatch):
    page.shown(model)
    assert page.models.itemText(page.models.count() - 1) == "Open a model file…"
    file = tmp_path / "digits.safetensors"
    answers = ["", str(file)]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (answers.pop(0), ""))
    for chosen in (model, file):
        page.models.showPopup()
        page.models.view().setCurrentIndex(page.models.model().index(page.models.count() - 1, 0))
        qtbot.keyClick(page.models.view(), Qt.Key.Key_Return)
        assert page.model == chosen
    assert page.route == DIGITS[0]
    assert page.models.currentText() == "digits"


def test_arrow_keys_on_the_closed_picker_open_no_dialog(qtbot, page, model, monkeypatch):
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: pytest.fail("a dialog"))
    page.shown(model)
    qtbot.keyClick(page.models, Qt.Key.Key_Down)
    qtbot.keyClick(page.models, Qt.Key.Key_End)
    assert page.model == model


def test_a_model_that_goes_while_it_is_chosen_is_told_of(desk, page, studio, project, model, said):
    other = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", project.domains))
    (other.path / MODEL).write_bytes(b"weights")
    studio.runs_changed.emit()
    assert page.model == model
    assert not said  # That another came is nothing to be told.
    shutil.rmtree(model)
    studio.runs_changed.emit()
    assert page.model == other.path
    assert said == [f"{model.name} is no longer there. {other.path.name} is chosen now."]
    shutil.rmtree(other.path)
    studio.runs_changed.emit()
    assert page.stack.currentWidget() is page.empty
    assert said[1:] == [f"{other.path.name} is no longer there."]


def test_a_direction_that_goes_lets_the_keyboard_go_while_it_can_be_kept_in_the_page(qtbot, page, desk):
    went = page.group.buttons()[0]
    went.setFocus()
    assert page.focusWidget() is went
    page._show_directions()
    assert page.focusWidget() is not went


def test_the_keyboard_comes_to_a_model_then_its_directions_then_the_desk(qtbot, page, desk):
    page._show_directions()  # As when another model was chosen.
    page.models.setFocus()
    for wanted in (page.group.checkedButton(), desk.drop):  # Arrow keys go from one direction to another.
        qtbot.keyClick(page.focusWidget(), Qt.Key.Key_Tab)
        assert page.focusWidget() is wanted


def test_the_training_in_progress_is_saved_before_it_translates(qtbot, page, studio, project, monkeypatch, model):
    commands = []
    run = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", project.domains))

    def trains(path):
        command = yield Started(0, 10, "cyclegan", "CPU", "fp32", {})
        while command is None:
            command = yield None
        commands.append(command)
        (path / MODEL).write_bytes(b"weights")
        command = yield Saved(4, MODEL, "model")
        while command is None:
            command = yield None
        yield Finished(5, "stopped")

    monkeypatch.setattr(jobs, "train", trains)
    studio.begin_training(run.path)
    page.shown(run.path)
    assert page.note.text().startswith("Saving what the training has learnt")
    qtbot.waitUntil(lambda: page.route is not None)
    assert commands == [Save()]
    assert page.newest.isVisible()
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)
    assert not page.newest.isVisible()


def test_a_paused_training_is_paused_again_after_its_state_is_saved(qtbot, page, studio, project, monkeypatch, model):
    def trains(path):
        said = Started(0, 10, "cyclegan", "CPU", "fp32", {})
        while True:
            command = yield said
            if command not in {None, Save()}:
                return
            said = Saved(4, MODEL, "model") if command == Save() else None

    monkeypatch.setattr(jobs, "train", trains)
    studio.begin_training(model)
    studio.pause_training()
    qtbot.waitUntil(lambda: studio.training_state == "paused")
    page.shown(model)
    qtbot.waitUntil(lambda: page.route is not None)
    qtbot.waitUntil(lambda: studio.training_state == "paused")
    studio.stop_training()
    qtbot.waitUntil(lambda: studio.training is None)


def test_a_generator_gets_its_own_desk(qtbot, page, studio, model, tmp_path, monkeypatch):
    asked = []

    def generates(path, to, *, label, text, seed, towards, count=1, device="auto"):
        asked.append((label, text, seed, towards, count))
        for number in range(count):
            yield Progress(number + 1, count, "generating")
        return [Image.new("RGB", (8, 8), (number, 0, 0)) for number in range(count)]

    monkeypatch.setattr(jobs, "generate", generates)
    page.choose(tmp_path / "digits.safetensors")
    desk = page.generator
    assert page.stack.currentWidget() is desk
    assert page.title.text() == "Generate"
    assert desk.stage.currentWidget() is desk.blank
    desk.labels.setCurrentText("one")
    desk.count.setValue(3)
    desk.seed.setValue(7)
    desk.generate.click()
    qtbot.waitUntil(lambda: desk.results.count() == 3)
    assert desk.stage.currentWidget() is desk.results
    assert asked == [("one", None, 7, None, 3)]
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "made"))
    with qtbot.waitSignal(studio.said):
        desk.save_all.click()
    assert sorted(file.name for file in (tmp_path / "made").iterdir()) == [
        "one-7-0000.png",
        "one-7-0001.png",
        "one-7-0002.png",
    ]
    drops = dragged(monkeypatch)
    desk.results.selectAll()
    pull(qtbot, desk.results.viewport(), desk.results.visualItemRect(desk.results.item(1)).center())
    files, data, image, _ = drops[0]
    assert [file.name for file in files] == ["one-7-0000.png", "one-7-0001.png", "one-7-0002.png"]
    assert [Image.open(io.BytesIO(one)).getpixel((0, 0))[0] for one in data] == [0, 1, 2]
    assert image.width() == 8
    desk.dice.click()
    qtbot.waitUntil(lambda: len(asked) == 2 and desk.generate.text() == "Generate")


def test_what_is_being_generated_can_be_cancelled_where_it_was_begun(
    qtbot, page, studio, model, tmp_path, monkeypatch, endless
):
    monkeypatch.setattr(jobs, "generate", endless)
    page.choose(tmp_path / "digits.safetensors")
    desk = page.generator
    desk.generate.click()
    assert desk.generate.isEnabled()  # Disabled, it would give the keyboard to the next one.
    assert desk.generate.text() == "Cancel"
    assert desk.status.text() == "Getting ready…"
    qtbot.waitUntil(lambda: bool(endless.begun))
    desk.generate.click()
    assert desk.generate.text() == "Generate"
    qtbot.waitUntil(lambda: endless.ended == endless.begun)
    assert desk.results.count() == 0


@pytest.fixture
def has_routes(monkeypatch):
    """has_routes(*routes): every model has these."""

    def have(*routes):
        made = ModelCard("x", "x", "x", routes, 64, 10, 10, 0.0, 7, {})
        monkeypatch.setattr(translate, "card", lambda _: made)

    return have


def test_a_caption_is_asked_in_words_that_the_model_knows(qtbot, page, project, has_routes, tmp_path, monkeypatch):
    asked = []

    def generates(path, to, *, text, **more):
        asked.append(text)
        yield None
        return [Image.new("RGB", (8, 8))]

    monkeypatch.setattr(jobs, "generate", generates)
    has_routes(Route("shapes", words=("a", "red", "circle")))
    page.choose(tmp_path / "shapes.safetensors")
    desk = page.generator
    assert desk.caption.isVisibleTo(desk)
    assert not desk.labels.isVisibleTo(desk)
    qtbot.keyClicks(desk.caption, "a rde circle")
    qtbot.keyClick(desk.caption, Qt.Key.Key_Return)
    assert "'rde'" in desk.status.text()
    assert asked == []
    desk.caption.clear()
    qtbot.keyClicks(desk.caption, "a red circle")
    qtbot.keyClick(desk.caption, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.results.count() == 1)
    assert asked == ["a red circle"]
    assert "a red circle-0-0000" in desk.results.item(0).toolTip()


def test_what_a_model_does_not_ask_leaves_no_room(page, project, has_routes, tmp_path):
    desk, tops = page.generator, {}
    for name, route in (
        ("labels", Route("digits", labels=("one", "two"))),
        ("words", Route("shapes", words=("a", "red"))),
        ("nothing", Route("faces")),
    ):
        has_routes(route)
        page.choose(tmp_path / f"{name}.safetensors")
        QApplication.processEvents()
        tops[name] = desk.count.mapTo(desk, QPoint()).y()
    assert tops["labels"] == tops["words"]
    assert tops["nothing"] == desk.labels.mapTo(desk, QPoint()).y()


def test_only_the_last_word_is_completed(qtbot, page, project, has_routes, tmp_path):
    has_routes(Route("shapes", words=("a", "red", "circle")))
    page.choose(tmp_path / "shapes.safetensors")
    completer = page.generator.caption.completer()
    page.generator.caption.setText("a red ci")
    completer.setCompletionPrefix(completer.splitPath("a red ci")[0])
    assert completer.completionCount() == 1
    assert completer.currentCompletion() == "a red circle"


def test_a_walk_leads_from_one_seed_to_another(qtbot, page, project, has_routes, tmp_path, monkeypatch):
    asked = []

    def generates(path, to, *, seed, towards, count, **more):
        asked.append((seed, towards, count))
        yield None
        return [Image.new("RGB", (8, 8))] * count

    monkeypatch.setattr(jobs, "generate", generates)
    has_routes(Route("faces"))
    page.choose(tmp_path / "faces.safetensors")
    desk = page.generator
    assert not desk.towards.isVisibleTo(desk)
    desk.walk.click()
    assert desk.towards.isVisibleTo(desk)
    desk.seed.setValue(3)
    desk.towards.setValue(9)
    desk.count.setValue(5)
    desk.generate.click()
    qtbot.waitUntil(lambda: desk.results.count() == 5)
    assert asked == [(3, 9, 5)]


CLASSES = Route("class", "pets", answers=("cat", "dog"), side=16)


@pytest.fixture
def classifier(page, project, has_routes, tmp_path, monkeypatch):
    """The desk of a model that takes dark pictures for cats and cannot read what is called broken."""

    def classify(model, to, pictures, *, out=None, device="auto"):
        for number, path in enumerate(pictures, start=1):
            if path.stem == "broken":
                yield Skipped(str(path), "It is damaged.")
                continue
            label, other = ("cat", "dog") if np.asarray(Image.open(path)).mean() < 128 else ("dog", "cat")
            yield Told(str(path), label, {label: 0.75, other: 0.25}, str(out / label) if out else "")
            yield Progress(number, len(pictures), "classifying")

    monkeypatch.setattr(jobs, "classify", classify)
    has_routes(CLASSES, Route("pets"))
    page.choose(tmp_path / "pets.safetensors")
    return page.classifier


def test_a_classifier_lists_what_it_sees(qtbot, page, classifier, tmp_path):
    assert page.stack.currentWidget() is classifier
    assert page.title.text() == "Classify"
    assert classifier.stack.currentWidget() is classifier.drop
    Image.new("RGB", (8, 8), "black").save(tmp_path / "night.png")
    Image.new("RGB", (8, 8), "white").save(tmp_path / "snow.png")
    (tmp_path / "broken.png").write_bytes(b"")
    classifier.add([tmp_path / name for name in ("night.png", "snow.png", "broken.png")])
    qtbot.waitUntil(lambda: classifier.list.topLevelItemCount() == 3 and classifier.sort.isEnabled())
    rows = {
        item.text(0): (item.text(1), item.text(2)) for item in (classifier.list.topLevelItem(row) for row in range(3))
    }
    assert rows == {"night.png": ("cat", "75 %"), "snow.png": ("dog", "75 %"), "broken.png": ("not read", "")}
    assert classifier.status.text() == "2 pictures  ·  2 classes  ·  1 could not be read"
    classifier.clear.click()
    assert classifier.list.topLevelItemCount() == 0
    assert classifier.stack.currentWidget() is classifier.drop


def test_names_and_shares_sort_as_numbers_and_thumbnails_come(qtbot, classifier, tmp_path, monkeypatch):
    shares = {"2": 0.6, "10": 0.09, "9": 1.0}

    def classify(model, to, pictures, *, out=None, device="auto"):
        for path in pictures:
            yield Told(str(path), "cat", {"cat": shares[path.stem], "dog": 0.0})

    monkeypatch.setattr(jobs, "classify", classify)
    for name in shares:
        Image.new("RGB", (8, 8), "red").save(tmp_path / f"{name}.png")
    classifier.add([tmp_path / f"{name}.png" for name in shares])
    qtbot.waitUntil(lambda: classifier.list.topLevelItemCount() == 3)

    def names():
        return [classifier.list.topLevelItem(row).text(0) for row in range(3)]

    assert names() == ["2.png", "9.png", "10.png"]
    classifier.list.sortByColumn(2, Qt.SortOrder.DescendingOrder)
    assert names() == ["9.png", "2.png", "10.png"]
    first = classifier.list.topLevelItem(0)
    qtbot.waitUntil(lambda: isinstance(first.data(0, Qt.ItemDataRole.DecorationRole), QPixmap))


def test_copies_are_sorted_where_one_asks(qtbot, classifier, studio, tmp_path, monkeypatch):
    Image.new("RGB", (8, 8), "black").save(tmp_path / "night.png")
    classifier.add([tmp_path / "night.png"])
    qtbot.waitUntil(classifier.sort.isEnabled)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "sorted"))
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    with qtbot.waitSignal(studio.offered) as offered:
        classifier.sort.click()
    said, _, show = offered.args
    assert said == "Copies of 1 picture are sorted. The originals stay where they are."
    show()
    assert opened == [str(tmp_path / "sorted")]


def test_an_enlarged_picture_lies_over_the_one_it_was(qtbot, page, project, has_routes, tmp_path, monkeypatch):
    def enlarged(model, to, picture, **_):
        yield None
        return picture.resize((picture.width * 2, picture.height * 2), Image.Resampling.NEAREST)

    monkeypatch.setattr(jobs, "translate", enlarged)
    has_routes(Route("photos", "photos", scale=2))
    page.choose(tmp_path / "photos.safetensors")
    desk = page.pictures
    desk.add([picture(tmp_path)])
    qtbot.waitUntil(lambda: desk.compare.after is not None)
    assert desk.compare.after.size.toTuple() == (80, 60)
    view = desk.compare.prepared(desk.compare.after), desk.compare.prepared(desk.compare.levels)
    one, other = (to_picture(image) for image in view)
    assert np.abs(np.asarray(one, float) - np.asarray(other, float)).mean() < 8
    half = translate_work.mixed(desk.compare.levels, desk.compare.after, Look(0.5))
    assert (half.width(), half.height()) == (80, 60)


def test_a_file_that_is_no_model_is_refused_in_a_sentence(qtbot, page, studio, project, tmp_path):
    (tmp_path / "bad.safetensors").write_bytes(b"no model")
    page.choose(Path(tmp_path / "bad.safetensors"))
    assert "is not a model of GAN Studio" in page.note.text()
    assert page.route is None
