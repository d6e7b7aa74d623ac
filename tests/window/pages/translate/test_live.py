"""The live picture, with a camera that sees what a test shows it and a model that inverts."""

import queue
from contextlib import suppress
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import ImageOps
from PySide6.QtCore import QMimeData, QPointF, QSize, Qt, QUrl
from PySide6.QtGui import QDropEvent

from ganstudio.pictures.blending import blended
from ganstudio.pictures.films.cameras import Camera, NoCamera
from ganstudio.runs.run import MODEL, Run
from ganstudio.window import jobs
from ganstudio.window.pages import translate, translate_live_lines, translate_live_work
from ganstudio.window.pages.translate import TranslatePage
from ganstudio.window.pages.translate_live import REMEMBERED, shortcuts
from ganstudio.window.pages.translate_live_work import showing
from ganstudio.window.pages.translate_work import to_picture
from ganstudio.window.parts.live_canvas import LiveCanvas
from ganstudio.window.parts.mixing import image_of, pixels_of
from ganstudio.window.parts.picture_view import Levels
from ganstudio.window.parts.queue_list import Piece
from ganstudio.words.cards import ModelCard
from ganstudio.words.look import Look
from ganstudio.words.newest import Newest
from ganstudio.words.recipe import Recipe
from ganstudio.words.routes import Route
from tests.small_films import film

WAYS = (Route("winter", "summer"), Route("summer", "winter"), Route("noise"))
DESK, EYE = Camera("Desk camera", "1", "lavfi"), Camera("Eye", "2", "lavfi")


class World:
    """The cameras that are plugged in, what they see, and a model that inverts, or turns upside down."""

    def __init__(self):
        self.cameras = (DESK, EYE)
        self.views, self.log, self.opened = queue.Queue(), [], []
        self.refusal = self.fault = None
        self.heavy = False
        self.closed = 0

    def seen_by(self, camera):
        if self.refusal is not None:
            raise self.refusal
        self.log.append(f"{camera.name} on")
        view = None
        try:
            while True:
                with suppress(queue.Empty):  # It goes on to send what it saw last, as cameras do.
                    view = self.views.get(timeout=0.03)
                if isinstance(view, Exception):
                    raise view
                yield view
        finally:
            self.log.append(f"{camera.name} off")

    def live(self, model, to, shots, look, *, device):
        self.opened.append(to)
        yield None
        try:
            while True:
                shot = shots.take(0.01)
                if self.fault is not None:
                    raise self.fault
                if shot is None:
                    yield None
                    continue
                made = 255 - shot.pixels if to == WAYS[0].title else shot.pixels[::-1]
                made = blended(shot.pixels, np.ascontiguousarray(made), look())
                yield SimpleNamespace(shot=shot, made=made, side=256, seconds=0.07, heavy=self.heavy)
        finally:
            self.closed += 1


@pytest.fixture
def world(monkeypatch):
    made = World()
    monkeypatch.setattr(translate_live_work, "cameras", lambda: made.cameras)
    monkeypatch.setattr(translate_live_work, "seen_by", made.seen_by)
    monkeypatch.setattr(jobs, "live", made.live)

    def translated(model, to, picture, **_):
        yield None
        return ImageOps.invert(picture)

    monkeypatch.setattr(jobs, "translate", translated)
    return made


@pytest.fixture
def page(qtbot, studio, project, world, monkeypatch):
    run = Run.create(project.next_run("cyclegan"), Recipe("cyclegan", project.domains))
    (run.path / MODEL).write_bytes(b"weights")
    monkeypatch.setattr(
        translate, "card", lambda path: ModelCard(str(path), path.name, "x", WAYS, 64, 10, 10, 0.0, 7, {})
    )
    made = TranslatePage(studio)
    qtbot.addWidget(made)
    made.resize(1100, 700)
    with qtbot.waitExposed(made):
        made.show()
    made.shown(run.path)
    return made


@pytest.fixture
def desk(page):
    return page.pictures


@pytest.fixture
def live(desk):
    return desk.live


def view(seed, size=(48, 64)):
    return np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8)


def mirror(pixels):
    return pixels[:, ::-1]


def after(live):
    return np.asarray(to_picture(live.canvas.after.images[0])) if live.canvas.after is not None else None


def shows(live, pixels):
    seen = after(live)
    return seen is not None and np.array_equal(seen, pixels)


@pytest.fixture
def looking(qtbot, world, desk, live):
    """A camera is open and a first frame is seen: the frame."""
    desk.camera.click()
    frame = view(1)
    world.views.put(frame)
    qtbot.waitUntil(lambda: shows(live, 255 - mirror(frame)))
    return frame


def is_off(world, studio, live):
    return not live.stage.active and world.log[-1].endswith("off") and not studio.worker.busy(live.stage._job)


# What is seen


def test_the_camera_is_seen_as_a_mirror_and_through_the_model(looking, desk, live):
    assert desk.pages.currentWidget() is live
    before = np.asarray(to_picture(live.canvas.levels.images[0]))
    assert np.array_equal(before, mirror(looking))
    assert live.status.text().startswith("Desk camera   ·   64 × 48")
    assert live.canvas._message == ""


def test_only_the_newest_is_shown_however_busy_the_window_is():
    shots, place, frames = Newest(), Newest(), [view(seed) for seed in range(3)]

    def live(*_, **__):
        for pixels in frames:
            yield SimpleNamespace(shot=SimpleNamespace(pixels=pixels), made=pixels, side=64, heavy=False)

    told = [event for event in _with(live, showing("m", "x", shots, Look, place, device="cpu")) if event is not None]
    assert len(told) == 3
    seen = place.take()
    assert np.array_equal(np.asarray(seen.picture), frames[-1])
    assert place.take() is None


def _with(live, work):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jobs, "live", live)
        yield from work


def test_until_the_model_is_there_the_camera_is_seen_as_it_is(qtbot, world, desk, live, monkeypatch):
    def loading(*_, **__):
        while True:
            yield None

    monkeypatch.setattr(jobs, "live", loading)
    desk.camera.click()
    world.views.put(view(1))
    qtbot.waitUntil(lambda: live.canvas.levels is not None)
    assert np.array_equal(np.asarray(to_picture(live.canvas.levels.images[0])), mirror(view(1)))
    assert live.canvas.after is None
    assert live.canvas._message == "Waiting for the model…"
    assert not live.snapshot.isEnabled()


def test_m_turns_the_mirror_off(qtbot, looking, world, live):
    qtbot.keyClick(live.canvas, Qt.Key.Key_M)
    assert not live.mirror.isChecked()
    world.views.put(view(2))
    qtbot.waitUntil(lambda: shows(live, 255 - view(2)))


def test_another_direction_counts_at_once_and_the_camera_stays_open(qtbot, looking, page, world, live):
    page.group.buttons()[1].click()
    world.views.put(view(2))
    qtbot.waitUntil(lambda: shows(live, mirror(view(2))[::-1]))
    assert world.opened == [WAYS[0].title, WAYS[1].title]
    assert world.closed == 1
    assert world.log == ["Desk camera on"]


def test_the_look_counts_for_the_next_frame(qtbot, looking, world, live):
    live.look.strength.setValue(0)
    world.views.put(view(2))
    qtbot.waitUntil(lambda: shows(live, mirror(view(2))))
    live.look.strength.setValue(100)
    live.look.colours.setChecked(True)
    world.views.put(view(3))
    expected = blended(
        np.ascontiguousarray(mirror(view(3))), 255 - np.ascontiguousarray(mirror(view(3))), Look(keep_colours=True)
    )
    qtbot.waitUntil(lambda: shows(live, expected))


def test_it_begins_in_the_look_that_the_pictures_have(qtbot, world, desk, live):
    desk.look.strength.setValue(30)
    desk.camera.click()
    assert live.look.look == desk.look.look


def test_what_is_small_is_shown_large_and_soft(qtbot):
    canvas = LiveCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    halves = np.zeros((3, 4, 3), np.uint8)
    halves[:, 2:] = 255
    picture = Levels((image_of(halves),))
    canvas.show_pair(picture, picture)
    canvas.set_line(1)
    shown = set(pixels_of(canvas.grab().toImage())[75, :, 0].tolist())
    assert len(shown) > 10


@pytest.mark.parametrize("line", [0.0, 0.3, 1.0])
def test_each_side_of_the_line_shows_its_own_picture(qtbot, line):
    canvas = LiveCanvas()
    qtbot.addWidget(canvas)
    canvas.resize(400, 300)
    before, after = (np.full((30, 40, 3), value, np.uint8) for value in (60, 180))
    canvas.show_pair(Levels((image_of(before),)), Levels((image_of(after[::2, ::2].copy()),)))
    canvas.set_line(line)
    row = pixels_of(canvas.grab().toImage())[75, 4:-4, 0]  # Above the grip, below the names.
    x = round(400 * line) - 4
    assert set(row[: max(0, x - 4)]) == ({60} if line else set())
    assert set(row[max(0, x + 4) :]) == ({180} if line < 1 else set())


# Cameras


def test_cameras_are_offered_by_their_names_and_the_chosen_one_is_remembered(qtbot, looking, world, desk, live, studio):
    assert [live.picker.itemText(row) for row in range(2)] == ["Desk camera", "Eye"]
    live.picker.choose(EYE.address)
    live.picker.picked.emit()
    qtbot.waitUntil(lambda: world.log == ["Desk camera on", "Desk camera off", "Eye on"])
    assert studio.settings.value(REMEMBERED) == "Eye"
    live.leave()
    desk.camera.click()
    qtbot.waitUntil(lambda: world.log[-1] == "Eye on" and len(world.log) == 5)


def test_no_camera_says_what_to_do_and_looks_again(qtbot, world, desk, live):
    world.cameras = ()
    desk.camera.click()
    assert "Looking for cameras" in live.canvas._message
    qtbot.waitUntil(lambda: live.canvas._message.startswith("No camera was found."))
    assert not live.picker.isVisible()
    assert not live.snapshot.isEnabled()
    world.cameras = (EYE,)
    live.again.click()
    world.views.put(view(1))
    qtbot.waitUntil(lambda: shows(live, 255 - mirror(view(1))))
    assert live.again.isHidden()


@pytest.mark.parametrize("reason", ["Another program uses Desk camera. Close it there, then try again."])
def test_a_camera_that_is_refused_says_why_and_is_tried_again(qtbot, world, desk, live, reason):
    world.refusal = NoCamera(reason)
    desk.camera.click()
    qtbot.waitUntil(lambda: live.canvas._message == reason)
    assert live.again.text() == "Try again"
    world.refusal = None
    live.again.click()
    world.views.put(view(1))
    qtbot.waitUntil(lambda: shows(live, 255 - mirror(view(1))))
    assert live.canvas._message == ""


def test_unplugged_it_says_so_and_everything_rests(qtbot, looking, world, live, studio):
    world.views.put(NoCamera("Desk camera stopped sending pictures."))
    qtbot.waitUntil(lambda: live.canvas._message == "Desk camera stopped sending pictures.")
    assert live.canvas.levels is None
    qtbot.waitUntil(lambda: is_off(world, studio, live) and world.closed == 1)
    assert not live.snapshot.isEnabled()


def test_one_that_sends_nothing_is_told_of(qtbot, world, desk, live, monkeypatch):
    desk.camera.click()
    qtbot.waitUntil(lambda: live.canvas._message == "Starting Desk camera…")
    monkeypatch.setattr(translate_live_lines, "SILENT", 0.0)
    qtbot.waitUntil(lambda: "sends no pictures yet" in live.canvas._message)


def test_a_fault_of_the_model_ends_it_with_a_sentence(qtbot, looking, world, live, studio):
    world.fault = ValueError("There is not enough memory for this.")
    qtbot.waitUntil(lambda: live.canvas._message == "There is not enough memory for this.")
    qtbot.waitUntil(lambda: not live.stage.active)
    world.fault = None
    live.again.click()
    world.views.put(view(2))
    qtbot.waitUntil(lambda: shows(live, 255 - mirror(view(2))))


# Letting go


def by_escape(qtbot, page, live, studio):
    qtbot.keyClick(live.canvas, Qt.Key.Key_Escape)


def by_leaving_the_page(qtbot, page, live, studio):
    page.hide()


def by_the_button(qtbot, page, live, studio):
    live.end.click()


def by_a_route_that_needs_no_picture(qtbot, page, live, studio):
    page.group.buttons()[2].click()


def by_a_picture_of_the_queue(qtbot, page, live, studio):
    live.list.clicked.emit(live.list.model().index(0))


WAYS_OUT = [by_escape, by_leaving_the_page, by_the_button, by_a_route_that_needs_no_picture, by_a_picture_of_the_queue]


@pytest.mark.parametrize("leave", WAYS_OUT)
def test_leaving_lets_the_camera_go(qtbot, looking, world, page, desk, live, studio, leave):
    qtbot.keyClick(live.canvas, Qt.Key.Key_S)
    job = live.stage._job
    leave(qtbot, page, live, studio)
    assert not live.active
    qtbot.waitUntil(lambda: is_off(world, studio, live) and not studio.worker.busy(job))
    assert world.closed == 1
    assert desk.pages.currentWidget() is desk.still


def test_closing_the_window_waits_until_the_camera_has_let_go(looking, world, live, studio):
    studio.shut()
    assert not live.stage.active
    assert world.log == ["Desk camera on", "Desk camera off"]


def test_what_is_dropped_meanwhile_is_shown(qtbot, looking, desk, live, draw):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(next(draw("dropped", 1).iterdir())))])
    copy, button = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    desk.dropEvent(QDropEvent(QPointF(9, 9), copy, data, button, Qt.KeyboardModifier.NoModifier))
    assert not live.active
    assert desk.pages.currentWidget() is desk.still
    qtbot.waitUntil(lambda: desk.compare.after is not None)


# Keeping


def test_s_keeps_the_frame_that_is_seen_in_full_size_as_any_picture(qtbot, looking, world, desk, live):
    qtbot.keyClick(live.canvas, Qt.Key.Key_S)
    (piece,) = desk.queue.pieces
    assert piece.name == "Desk camera 1"
    assert np.array_equal(np.asarray(piece.source), mirror(looking))
    qtbot.waitUntil(lambda: piece.state == "done")
    made = np.asarray(to_picture(piece.after.images[0]))
    assert np.array_equal(made, 255 - mirror(looking))
    live.list.clicked.emit(live.list.model().index(0))
    assert desk.compare.after is piece.after
    assert desk.save.isEnabled()


def test_without_a_picture_nothing_is_kept(qtbot, world, desk, live):
    world.cameras = ()
    desk.camera.click()
    live.keep()
    assert desk.queue.pieces == []


# Films


def test_a_film_is_played_as_it_is(qtbot, world, desk, live, tmp_path):
    shown = [np.full((64, 96, 3), 200, np.uint8), np.full((64, 96, 3), 60, np.uint8)]
    path = film(tmp_path / "waves.mp4", shown, sound=())
    desk.add([path])
    qtbot.waitUntil(desk.film.isVisible)
    desk.film.play.click()
    qtbot.waitUntil(lambda: live.canvas.after is not None)
    assert live.canvas.levels.size == QSize(96, 64)
    assert not live.mirror.isChecked()
    assert not live.picker.isVisible()
    # It begins again: both frames come, and come again.
    qtbot.waitUntil(lambda: after(live)[0, 0, 0] > 150)
    qtbot.waitUntil(lambda: after(live)[0, 0, 0] < 100)
    qtbot.waitUntil(lambda: after(live)[0, 0, 0] > 150)
    qtbot.keyClick(live.canvas, Qt.Key.Key_S)
    assert desk.queue.pieces[-1].name == "waves 1"


def test_while_it_moves_only_what_is_kept_is_translated_and_the_rest_afterwards(
    qtbot, world, desk, live, tmp_path, draw, monkeypatch
):
    asked = []

    def translated(model, to, picture, **_):
        asked.append(picture.size)
        yield None
        return ImageOps.invert(picture)

    path = film(tmp_path / "waves.mp4", [np.full((64, 96, 3), 200, np.uint8)], sound=())
    desk.add([path])
    qtbot.waitUntil(desk.film.isVisible)
    desk.film.play.click()
    qtbot.waitUntil(lambda: live.canvas.after is not None)
    monkeypatch.setattr(jobs, "translate", translated)
    desk.queue.add([Piece(one.name, one) for one in draw("more", 2).iterdir()])
    qtbot.keyClick(live.canvas, Qt.Key.Key_S)
    kept = desk.queue.pieces[-1]
    qtbot.waitUntil(lambda: kept.state == "done")
    assert asked == [(96, 64)]
    assert [piece.state for piece in desk.queue.pieces[1:3]] == ["waiting", "waiting"]
    live.end.click()
    qtbot.waitUntil(lambda: all(piece.state == "done" for piece in desk.queue.pieces[1:]))


def test_a_film_that_cannot_be_read_says_so(qtbot, world, live, page, desk, tmp_path):
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"no film")
    desk.pages.setCurrentWidget(live)
    live.play(broken)
    qtbot.waitUntil(lambda: "damaged" in live.canvas._message)
    assert live.again.isVisible()


# What is said


def test_a_training_beside_it_is_told_and_can_rest(qtbot, looking, world, live, studio, monkeypatch):
    rested = []
    monkeypatch.setattr(studio, "pause_training", lambda: rested.append(True))
    studio.training_state = "running"
    studio.training_changed.emit()
    assert "takes turns" in live.notice.text.text()
    assert live.notice.isVisible()
    live.notice.button.click()
    assert rested == [True]
    studio.training_state = "idle"
    studio.training_changed.emit()
    assert not live.notice.isVisible()


def test_who_waits_for_a_training_is_told_before_the_first_picture(qtbot, world, desk, live, studio):
    studio.training_state = "running"
    desk.camera.click()
    qtbot.waitUntil(live.notice.isVisible)
    assert "takes turns" in live.notice.text.text()
    studio.training_state = "idle"


def test_a_heavy_model_leads_to_a_light_one(qtbot, looking, world, page, live, wanted):
    world.heavy = True
    world.views.put(view(2))
    qtbot.waitUntil(live.notice.isVisible)
    assert "light" in live.notice.text.text()
    live.notice.button.click()
    assert wanted == [("models", page.model)]


@pytest.mark.parametrize(
    ("side", "rate", "said"),
    [
        (256, 14.3, "256 px  ·  14 frames a second"),
        (128, 0.64, "128 px  ·  0.6 frames a second"),
        (192, None, "192 px"),
    ],
)
def test_the_line_says_how_large_and_how_fast(side, rate, said):
    assert translate_live_lines.pace(side, rate) == said


def test_a_rate_counts_what_came_of_late_and_what_did_not_come():
    rate = translate_live_lines.Rate()
    assert rate.per_second(0.0) is None
    for number in range(100):
        rate.came(number / 20)
    assert rate.per_second(99 / 20) == pytest.approx(20, rel=0.03)
    assert rate.per_second(99 / 20 + 30) < 1


def test_its_keys_are_in_the_sheet_of_shortcuts(page):
    told = page.keys()
    assert {key for _, _, key in shortcuts()} <= {key for _, key in told}
    assert all(title for title, _ in told)
