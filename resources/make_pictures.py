# ruff: noqa: INP001, T201  A script, not a package, that tells what it does.
"""Make the README's pictures: the real window, the sample project, a short training, every page in light and dark.

    uv run python resources/make_pictures.py [--steps 600] [--pictures 300] [--keep FOLDER]

Needs no display. On two CPU cores 600 steps take some minutes; with --keep, a second call goes on from the run in that
folder, and --steps 0 trains no further.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PIL import Image
from PySide6.QtCore import QLocale, QSettings
from PySide6.QtWidgets import QApplication, QWidget

from ganstudio.engine.exchange import lightening
from ganstudio.runs.moment import address
from ganstudio.runs.run import Run
from ganstudio.window import jobs, places
from ganstudio.window.main_window import PAGES, MainWindow
from ganstudio.window.pages.data import DataPage
from ganstudio.window.pages.home import SAMPLE, SEASONS
from ganstudio.window.pages.models import ModelsPage
from ganstudio.window.pages.playground import PlaygroundPage
from ganstudio.window.pages.train import TrainPage
from ganstudio.window.pages.translate import TranslatePage
from ganstudio.window.pages.translate_work import to_picture
from ganstudio.window.studio import Studio
from ganstudio.window.theme import DARK, LIGHT, Theme
from ganstudio.words.events import Sample
from ganstudio.words.mix import Mix
from ganstudio.words.recipe import Domain

OUT = Path(__file__).parent / "pictures"
SIZE = (1280, 800)
LIGHT_STEPS = 600
"""A minute or two on two cores; what it misses of the few that it would learn otherwise is not seen in a small card."""
LARGEST = 250_000
"""Bytes of one picture at most; a README loads ten of them."""

Page = TypeVar("Page", bound=QWidget)


class Photographer:
    """Drives the window and photographs it."""

    def __init__(self, folder: Path) -> None:
        # So that no picture tells where this machine keeps its files. Windows looks at the second name.
        os.environ["HOME"] = os.environ["USERPROFILE"] = str(folder)
        self.app = QApplication([])
        QLocale.setDefault(QLocale(QLocale.Language.English, QLocale.Country.UnitedStates))
        self.theme = Theme(self.app)
        settings = QSettings(str(folder / "settings.ini"), QSettings.Format.IniFormat)
        settings.setValue("projects_folder", str(folder / "GAN Studio"))
        self.project = folder / "GAN Studio" / SAMPLE
        self.studio = Studio(settings)
        self.window = MainWindow(self.studio)
        self.window.resize(*SIZE)
        self.window.show()

    def until(self, done: Callable[[], bool], seconds: float, what: str) -> None:
        """Let the window live until `done`."""
        end = time.monotonic() + seconds
        while not done():
            if time.monotonic() > end:
                raise SystemExit(f"Waited {seconds:.0f} s in vain for {what}: {self.window.toasts.messages()}")
            self.app.processEvents()
            time.sleep(0.01)

    def rest(self, seconds: float) -> None:
        """Let pictures come in and the last paint be done."""
        end = time.monotonic() + seconds
        self.until(lambda: time.monotonic() > end, seconds + 1, "rest")

    def photograph(self, page: str) -> None:
        """Write {page}-light.png and {page}-dark.png."""
        OUT.mkdir(exist_ok=True)
        for name, colours in (("light", LIGHT), ("dark", DARK)):
            self.theme.wear(colours)
            self.rest(0.6)
            write(self.window, OUT / f"{page}-{name}.png")
        self.theme.wear(LIGHT)

    def page(self, key: str, kind: type[Page]) -> Page:
        """A page of the window, which is one of this kind."""
        page = self.window.page(key)
        assert isinstance(page, kind)
        return page

    def open_sample(self, pictures: int) -> None:
        """Draw the sample project as the button on Home does, and open it."""
        if not (self.project / "project.toml").exists():
            for _ in jobs.draw_sample(self.project / "pictures", pictures=pictures):
                self.app.processEvents()
            self.studio.new_project(self.project)
            drawn = self.project / "pictures"
            self.studio.keep_domains(tuple(Domain(name, (str(drawn / name),)) for name in SEASONS))
        self.studio.open_project(self.project)
        self.studio.load_catalogue()
        self.until(lambda: bool(self.studio.catalogue and self.studio.devices), 120, "the engine")

    def choose(self) -> None:
        """Photograph the choice of methods."""
        self.studio.show("train")
        page = self.page("train", TrainPage)
        page.set_up()
        setup = page.setup
        # What fits comes first once someone has looked into the folders.
        self.until(lambda: setup.looked and self.studio.planned is not None, 300, "plans")
        setup.chosen.others.click()
        self.photograph("methods")
        setup.chooser.left.emit()

    def run(self, steps: int) -> Run:
        """The project's newest run, or a new one of so many steps."""
        project = self.studio.project
        assert project is not None
        if runs := project.runs():
            return runs[0]
        planning = jobs.plan("cyclegan", project.domains, preset="quick", steps=max(steps, 1))
        while True:
            try:
                next(planning)
            except StopIteration as end:
                return Run.create(project.next_run("cyclegan"), end.value)

    def make_models(self, run: Run) -> None:
        """A light copy of the run, and what lies halfway between an early moment of it and its end."""
        models = self.project / "models"
        models.mkdir(exist_ok=True)
        light, between = models / "Light copy.safetensors", models / "Halfway.safetensors"
        if not light.exists():
            for _ in lightening.export_light(run.path, light, to=SEASONS[1], steps=LIGHT_STEPS, leaflet=False):
                self.app.processEvents()
        early = min(entry.step for entry in run.shelf.entries())
        if not between.exists():
            for _ in jobs.mix(Mix(address(run.path, early), run.path), between):
                self.app.processEvents()
        self.studio.runs_changed.emit()

    def try_models(self, picture: Path) -> None:
        """Photograph the models, tried on a picture."""
        self.studio.show("models")
        page = self.page("models", ModelsPage)
        page.trials.choose(picture)
        self.until(lambda: page.details.face.compare.after is not None, 120, "a trial")
        self.until(lambda: not any(page.faces.face_of(path).waits for path in page.cards), 120, "all trials")
        self.rest(5)
        self.photograph("models")

    def play(self, steps: int = 400) -> None:
        """Photograph the playground after so many steps."""
        self.studio.show("playground")
        page = self.page("playground", PlaygroundPage)
        page.data.setCurrentIndex(page.data.findData("ring"))
        page.toggle()
        self.until(lambda: step_of(page) >= steps, 600, "the game")
        page.toggle()
        self.rest(2)
        self.photograph("playground")

    def train(self, run: Run, steps: int) -> None:
        """Train, and photograph the Train page on the way."""
        self.studio.show("train", run.path)
        started = self.studio.begin_training(run.path)
        bar = self.window.job_bar.bar
        self.until(lambda: bar.value() >= 0.75 * bar.maximum() or self.studio.training is None, 60 * steps, "steps")
        if started is not None and self.studio.training is not None:
            self.studio.worker.send(started.job, Sample())
            self.rest(4)
        self.photograph("train")
        self.until(lambda: self.studio.training is None, 60 * steps, "the end of the training")


def step_of(page: PlaygroundPage) -> int:
    """The step that the playground shows; 0 while it shows none."""
    return int("".join(filter(str.isdecimal, page.steps.text())) or 0)


def write(window: QWidget, file: Path) -> None:
    """Save what the window shows, with as many colours as fit into the largest size."""
    picture = to_picture(window.grab().toImage())
    for colours in (256, 128, 64, 32):
        picture.quantize(colours, method=Image.Quantize.MEDIANCUT).save(file, optimize=True)
        if file.stat().st_size <= LARGEST:
            break
    print(f"{file.name}: {file.stat().st_size // 1000} kB")


def main() -> None:
    """Make all pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--steps", type=int, default=600, help="steps to train")
    parser.add_argument("--pictures", type=int, default=300, help="pictures of each season")
    parser.add_argument("--keep", type=Path, help="keep the project in this folder, and go on from it")
    wishes = parser.parse_args()
    with tempfile.TemporaryDirectory() as passing:
        hand = Photographer(wishes.keep or Path(passing))
        try:
            make(hand, wishes.steps, wishes.pictures)
        finally:
            hand.studio.shut()
            hand.studio.training = None
            hand.window.close()


def make(hand: Photographer, steps: int, pictures: int) -> None:
    """Every page in turn."""
    hand.open_sample(pictures)
    hand.choose()
    run = hand.run(steps)
    if steps:
        hand.train(run, steps)
    else:
        hand.studio.show("train", run.path)
        hand.rest(2)
        hand.photograph("train")
    hand.studio.show("data")
    columns = hand.page("data", DataPage).columns
    hand.until(lambda: all(column.report is not None for column in columns), 120, "the health reports")
    hand.rest(3)
    hand.photograph("data")
    hand.studio.show("translate", run.path)
    held_out = places.first_picture(hand.project / "pictures" / "held_out" / SEASONS[0])
    assert held_out is not None
    hand.page("translate", TranslatePage).pictures.add([held_out])
    hand.rest(10)
    hand.photograph("translate")
    hand.play()
    hand.make_models(run)
    hand.try_models(held_out)
    hand.studio.show("home")
    hand.rest(2)
    hand.photograph("home")
    # Settings would tell of this machine.
    assert {file.stem.partition("-")[0] for file in OUT.glob("*.png")} >= set(PAGES) - {"settings"}


if __name__ == "__main__":
    main()
