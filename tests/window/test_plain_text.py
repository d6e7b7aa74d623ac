"""Names of files, projects, domains and models may hold anything; nowhere are they taken for markup."""

import importlib
from pathlib import Path

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QComboBox, QLabel, QLineEdit, QWidget

from ganstudio.runs import model
from ganstudio.runs.project import Project
from ganstudio.runs.run import MODEL, Run
from ganstudio.window import main_window
from ganstudio.window.pages import translate
from ganstudio.words.cards import ModelCard
from ganstudio.words.events import Finished, Skipped, Started, Warned
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import Route

MARKUP = "<b>&bold"
TIPS = Qt.ItemDataRole.ToolTipRole
# Those that draw their words themselves, as Qt does it: a lone & there is a shortcut, and is not seen.
BUTTONS = {"QPushButton", "QToolButton", "QCheckBox"}


@pytest.fixture
def hostile(studio, tmp_path, monkeypatch):
    """A project whose every name is markup, with a finished run and its model."""
    folders = [tmp_path / f"{MARKUP} {side}" for side in "AB"]
    for folder in folders:
        folder.mkdir()
        Image.new("RGB", (24, 24), "red").save(folder / f"{MARKUP}.png")
    domains = tuple(Domain(folder.name, (str(folder),)) for folder in folders)
    project = Project.create(tmp_path / "projects" / MARKUP).keep(domains)
    run = Run.create(project.path / "runs" / MARKUP, Recipe("cyclegan", domains, steps=10))
    for event in (
        Started(0, 10, "cyclegan", MARKUP, "fp32", {}),
        Warned(MARKUP),
        Skipped(f"{MARKUP}.png", MARKUP),
        Finished(10),
    ):
        run.append(event)
    (run.path / MODEL).write_bytes(b"weights")
    routes = (Route(domains[0].name, domains[1].name), Route(domains[1].name, domains[0].name))

    def card(path):
        return ModelCard(str(path), path.name, MARKUP, routes, 64, 10, 10, 0.0, 7, {})

    for module in (translate, model):
        monkeypatch.setattr(module, "card", card)
    assert studio.open_project(project.path)
    return run


def said_by(page: QWidget) -> list[str]:
    """Everything a page says."""
    said = [widget.accessibleName() for widget in page.findChildren(QWidget)]
    said += [widget.text() for kind in (QLabel, QLineEdit) for widget in page.findChildren(kind)]
    said += [widget.text().replace("&&", "&") for widget in page.findChildren(QAbstractButton)]
    return said + [box.itemText(row) for box in page.findChildren(QComboBox) for row in range(box.count())]


def taken_for_markup(page: QWidget) -> list[str]:
    """What of a page would be taken for markup."""
    wrong = []
    for widget in [page, *page.findChildren(QWidget)]:
        if MARKUP in widget.toolTip():
            wrong.append(f"tool tip of {widget}: {widget.toolTip()}")
        if isinstance(widget, QLabel) and widget.text() and widget.textFormat() != Qt.TextFormat.PlainText:
            wrong.append(f"label: {widget.text()}")
        if (
            isinstance(widget, QAbstractButton)
            and MARKUP in widget.text()
            and widget.metaObject().className() in BUTTONS
        ):
            wrong.append(f"button: {widget.text()}")
        if isinstance(widget, QAbstractItemView) and (rows := widget.model()) is not None:
            tips = [rows.data(rows.index(row, 0), TIPS) for row in range(rows.rowCount())]
            wrong += [f"tool tip of a row: {tip}" for tip in tips if tip and MARKUP in tip]
    return wrong


# The playground and the settings show nothing that a person has named.
@pytest.mark.parametrize("name", [name for name in main_window.PAGES if name not in {"playground", "settings"}])
def test_no_name_is_taken_for_markup(qtbot, studio, hostile, name):
    page = getattr(importlib.import_module(f"ganstudio.window.pages.{name}"), main_window.PAGES[name])(studio)
    qtbot.addWidget(page)
    page.resize(1100, 700)
    with qtbot.waitExposed(page):
        page.show()
    page.shown(hostile.path if name in {"train", "translate"} else None)
    if name == "models":
        qtbot.waitUntil(lambda: page.selected is not None)
    if name == "train":
        # It loads the plotting library first.
        qtbot.waitUntil(
            lambda: page._watch is not None and page.watch.state.text().startswith("Finished"), timeout=30_000
        )
    if name == "translate":
        page.pictures.add([path for source in hostile.recipe().domains for path in Path(source.sources[0]).iterdir()])
    assert any(MARKUP in text for text in said_by(page)), "The page shows no name: the test sees nothing."
    assert taken_for_markup(page) == []
