"""The Playground page, with games that are lists of snapshots, and once with the engine's own."""

import time
from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QLabel

from ganstudio.window import jobs, theme
from ganstudio.window.lesson import lesson
from ganstudio.window.pages.playground import PlaygroundPage
from ganstudio.window.parts.legend import INKS, ramp
from ganstudio.words.events import Sample
from ganstudio.words.playground import DATA, EQUILIBRIUM, Ground

REST = 0.3
"""Seconds in which a game that does not stand still would have gone on."""


def snapshot(step, ground=None, *, value=EQUILIBRIUM, real=0.5, fake=0.5, made=None, judged=0.5):
    """What the engine would say; `made` is where the generator puts its points, on the data unless told."""
    data = DATA[(ground or Ground()).data]
    places = np.linspace(-3, 3, 21, dtype=np.float32)
    shape = (21,) * data.dimensions
    grid = np.stack(np.meshgrid(*[places] * data.dimensions), axis=-1)
    generator = np.random.default_rng(step)

    def points(centres):
        chosen = np.asarray(centres, np.float32)[generator.integers(len(centres), size=500)]
        return chosen + data.deviation * generator.standard_normal(chosen.shape).astype(np.float32)

    def density(centres):
        far = ((grid[..., None, :] - np.asarray(centres)) ** 2).sum(-1)
        return np.exp(-0.5 * far / data.deviation**2).mean(-1).astype(np.float32)

    centres = data.centres if made is None else made
    p_data, p_g = density(data.centres), density(centres)
    return SimpleNamespace(
        step=step,
        real=points(data.centres),
        fake=points(centres),
        places=places,
        judged=np.full(shape, judged, np.float32),
        best=p_data / np.maximum(p_data + p_g, 1e-20),
        data_density=p_data,
        fake_density=p_g,
        value=value,
        judged_real=real,
        judged_fake=fake,
    )


@pytest.fixture
def games(monkeypatch):
    """Every game that was begun, with the steps it has played and whether it was closed."""
    begun = []

    def play(ground):
        game = SimpleNamespace(ground=ground, steps=0, closed=False, asked=0)
        begun.append(game)
        try:
            command = yield snapshot(0, ground)
            while True:
                game.steps += 1
                game.asked += command == Sample()
                shown = command == Sample() or game.steps % 50 == 0
                command = yield snapshot(game.steps, ground) if shown else None
        finally:
            game.closed = True

    monkeypatch.setattr(jobs, "play", play)
    return begun


@pytest.fixture
def page(qtbot, studio, games):
    made = PlaygroundPage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.shown()
    until(qtbot, lambda: made.steps.text() == "Step 0")
    return made


def until(qtbot, condition):
    """Wait, also where the machine is busy: the worker's thread goes last, and may have all of torch to load."""
    qtbot.waitUntil(condition, timeout=200_000)


def stands(qtbot, game):
    """Whether the game stands still."""
    before = game.steps
    qtbot.wait(int(1000 * REST))
    return game.steps == before


def test_it_shows_the_beginning_and_waits(qtbot, page, games):
    assert stands(qtbot, games[0])
    assert games[0].steps == 0
    assert page.title.text() == "Nothing is learnt yet."
    assert page.play.text() == "Play"


def test_play_plays_and_pause_shows_where_it_stands(qtbot, page, games):
    page.play.click()
    until(qtbot, lambda: games[0].steps > 100)
    assert page.play.text() == "Pause"
    page.play.click()
    until(qtbot, lambda: games[0].asked == 1)
    assert stands(qtbot, games[0])
    assert page.steps.text() == f"Step {games[0].steps:,}"
    assert page.play.text() == "Play"


def test_step_makes_one_step_and_stands_still(qtbot, page, games):
    for step in (1, 2):
        page.step.click()
        until(qtbot, lambda step=step: page.steps.text() == f"Step {step}")
    assert stands(qtbot, games[0])
    assert games[0].steps == 2


def test_step_while_it_plays_ends_the_playing(qtbot, page, games):
    page.play.click()
    until(qtbot, lambda: games[0].steps > 10)
    page.step.click()
    assert page.play.text() == "Play"
    until(qtbot, lambda: games[0].asked == 1)
    assert stands(qtbot, games[0])


def test_play_and_pause_at_once_leave_it_standing(qtbot, page, games):
    page.step.click()
    page.play.click()
    page.play.click()
    until(qtbot, lambda: games[0].steps > 0)
    assert stands(qtbot, games[0])


def test_slowly_goes_step_by_step(qtbot, page, games):
    page.slowly.click()
    page.play.click()
    until(qtbot, lambda: games[0].steps == 3)
    assert games[0].asked == 3
    page.play.click()
    assert stands(qtbot, games[0])
    page.slowly.click()
    assert stands(qtbot, games[0])


def test_a_step_is_one_also_where_the_window_is_held_up_after_asking_for_it(qtbot, page, games, studio, monkeypatch):
    pause = studio.worker.pause
    monkeypatch.setattr(studio.worker, "pause", lambda job: (time.sleep(0.1), pause(job)))
    page.step.click()
    until(qtbot, lambda: page.steps.text() == "Step 1")
    assert stands(qtbot, games[0])
    assert games[0].steps == 1


def test_the_keyboard_plays_and_steps(qtbot, page, games):
    qtbot.keyClick(page, Qt.Key.Key_Right)
    until(qtbot, lambda: page.steps.text() == "Step 1")
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert page.playing
    qtbot.keyClick(page, Qt.Key.Key_Space)
    assert not page.playing


@pytest.mark.parametrize(
    ("turn", "field", "value"),
    [
        (lambda page: page.data.setCurrentIndex(4), "data", "ring"),
        (lambda page: page.form.setCurrentIndex(1), "form", "minimax"),
        (lambda page: page.turns.setValue(5), "discriminator_steps", 5),
        (lambda page: page.rate.setCurrentIndex(4), "learning_rate", 0.01),
        (lambda page: page.seed.setValue(7), "seed", 7),
    ],
)
def test_a_control_begins_a_new_game_that_goes_on_playing(qtbot, page, games, turn, field, value):
    page.play.click()
    until(qtbot, lambda: games[0].steps > 10)
    turn(page)
    until(qtbot, lambda: len(games) == 2 and games[1].steps > 10)
    assert games[0].closed
    assert getattr(games[1].ground, field) == value
    assert getattr(games[0].ground, field) != value


def test_start_again_and_dice(qtbot, page, games, monkeypatch):
    monkeypatch.setattr("secrets.randbelow", lambda _: 42)
    page.step.click()
    until(qtbot, lambda: page.steps.text() == "Step 1")
    page.again.click()
    until(qtbot, lambda: page.steps.text() == "Step 0")
    page.dice.click()
    until(qtbot, lambda: len(games) == 3)
    assert [game.ground.seed for game in games] == [0, 0, 42]


def test_what_nobody_sees_stands_still_and_goes_on_when_it_is_seen(qtbot, page, games):
    page.play.click()
    until(qtbot, lambda: games[0].steps > 10)
    page.hide()
    qtbot.wait(50)
    assert stands(qtbot, games[0])
    before = games[0].steps
    page.show()
    until(qtbot, lambda: games[0].steps > before)
    assert len(games) == 1


def test_a_paused_game_does_not_begin_to_play_when_the_page_comes_back(qtbot, page, games):
    page.hide()
    page.show()
    page.shown()
    assert stands(qtbot, games[0])
    assert games[0].steps == 0


def test_the_game_ends_with_the_window(qtbot, page, games, studio):
    page.play.click()
    until(qtbot, lambda: games[0].steps > 10)
    studio.shut()
    assert games[0].closed


def test_a_fault_is_told_and_play_tries_again(qtbot, page, games, monkeypatch):
    good = jobs.play

    def faulty(ground):
        yield snapshot(0)
        raise ValueError("There is not enough memory for this.")

    monkeypatch.setattr(jobs, "play", faulty)
    page.again.click()
    page.play.click()
    until(qtbot, lambda: page.text.text() == "There is not enough memory for this.")
    assert page.play.text() == "Play"
    monkeypatch.setattr(jobs, "play", good)
    page.play.click()
    until(qtbot, lambda: len(games) == 2 and games[1].steps > 10)


# What is drawn


def test_a_line_shows_densities_discriminators_and_every_point(qtbot, page, games):
    plot = page.line.plot
    assert page.stack.currentWidget() is page.line
    shown = snapshot(0, judged=0.25)
    page.line.show_snapshot(shown)
    assert np.allclose(plot.density["data"].getOriginalDataset()[1], shown.data_density)
    judged = plot.judged.getOriginalDataset()[1]
    # A quarter of the way from the right axis' 0 to its 1.
    ticks = {said: level for level, said in plot.getAxis("right")._tickLevels[0]}
    assert np.allclose(judged, ticks["0"] + 0.25 * (ticks["1"] - ticks["0"]))
    strokes = plot.points["made"].getOriginalDataset()[0]
    assert np.allclose(strokes[::2], shown.fake[:, 0])


def test_a_plane_shows_two_maps_with_y_up(qtbot, page, games):
    page.data.setCurrentIndex(page.data.findData("spot"))
    until(qtbot, lambda: page.stack.currentWidget() is page.plane and page.steps.text() == "Step 0")
    shown = snapshot(1, Ground("spot"))
    shown.judged[:] = np.linspace(0, 1, 21)[:, None]
    page.plane.show_snapshot(shown)
    levels = page.plane.discriminator.levels
    assert (levels.image[0, 0] == ramp()[0]).all()
    assert (levels.image[-1, 0] == ramp()[-1]).all()
    assert levels.mapRectToParent(levels.boundingRect()).contains(3, 3)
    assert page.plane.discriminator.viewRange()[1][0] < page.plane.discriminator.viewRange()[1][1]
    assert not page.plane.discriminator.getViewBox().yInverted()
    assert len(page.plane.discriminator.points["data"].data) == 500
    # Far from all points the best discriminator has nothing to say.
    assert np.abs(page.plane.best.levels.image[0, 0].astype(int) - ramp()[128]).max() <= 1


def test_no_title_is_cut_in_the_smallest_window(qtbot, page, themed):
    page.resize(856, 520)  # Beside the rail, above the bar of jobs.
    page.data.setCurrentIndex(page.data.findData("ring"))
    until(qtbot, page.plane.isVisible)
    for plot in (page.value, page.means, page.plane):
        titles = [label for label in plot.findChildren(QLabel) if label.property("role") == "strong"]
        assert titles
        for title in titles:
            assert title.width() >= title.fontMetrics().horizontalAdvance(title.text()), title.text()


def test_both_maps_are_square_and_alike(qtbot, page):
    page.data.setCurrentIndex(page.data.findData("ring"))
    for size in ((1100, 700), (830, 560), (1400, 900)):
        page.resize(*size)
        qtbot.wait(20)
        sides = {page.plane.discriminator.width(), page.plane.discriminator.height(), page.plane.best.width()}
        assert len(sides) == 1
        assert sides.pop() > 150


def test_curves_tell_their_last_values(qtbot, page, games):
    page.step.click()
    until(qtbot, lambda: page.steps.text() == "Step 1")
    assert page.value.legend.said()[0] == "V  −1.39"
    assert page.means.legend.said()[:2] == ["data  0.50", "made  0.50"]
    assert list(page.value.lines[0].getOriginalDataset()[0]) == [0, 1]


def test_heat_maps_are_neutral_at_one_half_and_follow_the_theme(qtbot, page, themed):
    try:
        for colours in (theme.DARK, theme.LIGHT):
            themed.wear(colours)
            colour = QColor(colours.surface)
            ground = (colour.red(), colour.green(), colour.blue())
            assert np.abs(ramp()[127:129].astype(int) - ground).max() <= 1
            pen = page.line.plot.judged.opts["pen"].color().name()
            assert pen == INKS["discriminator"][colours is theme.DARK]
    finally:
        themed.wear(theme.LIGHT)


def test_every_control_has_a_name_and_every_word_is_plain(page):
    for widget in (page.data, page.form, page.rate, page.turns, page.seed, page.dice, page.play, page.step, page.again):
        assert widget.accessibleName() or widget.text()
        assert widget.toolTip()
    assert all(label.textFormat() == Qt.TextFormat.PlainText for label in page.findChildren(QLabel) if label.text())


# What is taught


@pytest.mark.parametrize(
    ("shown", "ground", "said"),
    [
        (snapshot(0), Ground(), "Nothing is learnt yet"),
        (snapshot(500), Ground(), "Nobody can tell"),
        (snapshot(500, value=-0.7, real=0.8, fake=0.2), Ground(), "tells most of them apart"),
        (snapshot(500, value=-1.6), Ground(), "more often than a coin"),
        (snapshot(500, value=-1.2, real=0.6, fake=0.4), Ground(), "sees a difference"),
        (snapshot(500, made=DATA["bells"].centres[:1]), Ground(), "leaves out 1 of 2 bells"),
        (snapshot(500, Ground("grid"), made=DATA["grid"].centres[2:]), Ground("grid"), "leaves out 2 of 9 spots"),
        (snapshot(500, Ground("bell"), made=((-2.9,),)), Ground("bell"), "far from the data"),
        (snapshot(500, made=((-0.7,), (0.7,))), Ground(), "This discriminator cannot tell"),
    ],
)
def test_what_is_said_of_a_snapshot(shown, ground, said):
    assert said in lesson(shown, ground).title


def test_the_reason_knows_the_form_and_k():
    sure, late = snapshot(500, value=-0.7, real=0.9, fake=0.1), snapshot(500, value=-1.6)
    assert "minimax" in lesson(sure, Ground(form="minimax")).text
    assert "minimax" not in lesson(sure, Ground()).text
    assert "larger k" in lesson(late, Ground()).text
    assert "larger k" not in lesson(late, Ground(discriminator_steps=3)).text


def test_sentences_stay_long_enough_to_be_read(qtbot, page):
    page._playing = True
    page._teach(lesson(snapshot(0), Ground()))
    first = page.title.text()
    page._said_at = float("inf")
    page._latest = snapshot(500)
    page._paint()
    assert page.title.text() == first
    page._playing = False
    page._paint()
    assert page.title.text() != first


# The engine's own game


@pytest.mark.parametrize("data", ["bells", "spot"])
def test_the_real_game_is_played_and_shown(qtbot, studio, data):
    page = PlaygroundPage(studio)
    qtbot.addWidget(page)
    page.data.setCurrentIndex(page.data.findData(data))
    page.resize(1100, 700)
    with qtbot.waitExposed(page):
        page.show()
    page.shown()
    until(qtbot, lambda: page.steps.text() == "Step 0")
    for step in (1, 2, 3):
        page.step.click()
        until(qtbot, lambda step=step: page.steps.text() == f"Step {step}")
    steps, values = page.value.lines[0].getOriginalDataset()
    assert list(steps) == [0, 1, 2, 3]
    assert np.abs(values - EQUILIBRIUM).max() < 0.7
