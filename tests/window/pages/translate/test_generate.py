"""New pictures, by class, by caption, and on the way from one seed to another."""

import io

from PIL import Image
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QFileDialog

from ganstudio.window import jobs
from ganstudio.words.events import Progress
from ganstudio.words.routes import Route
from tests.window.pages.translate.acts import dragged, pull


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
