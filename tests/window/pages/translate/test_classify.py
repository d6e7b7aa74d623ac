"""Pictures told apart, and copies of them sorted."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtGui import QDesktopServices, QIcon
from PySide6.QtWidgets import QFileDialog

from ganstudio.window import jobs
from ganstudio.window.pages.translate_classify import SIDE
from ganstudio.words.events import Progress, Skipped, Told
from ganstudio.words.routes import Route

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
    qtbot.waitUntil(lambda: isinstance(first.data(0, Qt.ItemDataRole.DecorationRole), QIcon))
    seen, chosen = (
        first.data(0, Qt.ItemDataRole.DecorationRole).pixmap(SIDE, mode).toImage()
        for mode in (QIcon.Mode.Normal, QIcon.Mode.Selected)
    )
    assert seen == chosen  # And not tinted.


def test_copies_are_sorted_where_one_asks(qtbot, classifier, studio, tmp_path, monkeypatch):
    Image.new("RGB", (8, 8), "black").save(tmp_path / "night.png")
    classifier.add([tmp_path / "night.png"])
    qtbot.waitUntil(classifier.sort.isEnabled)
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(tmp_path / "sorted"))
    opened = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))
    classifier.sort.setFocus()
    with qtbot.waitSignal(studio.offered) as offered:
        classifier.sort.click()
        assert classifier.window().focusWidget() is classifier.list  # And not what comes next in the window.
    said, _, show = offered.args
    assert said == "Copies of 1 picture are sorted. The originals stay where they are."
    show()
    assert opened == [str(tmp_path / "sorted")]
