"""A mask and its brush: soft, never harder by going over it, undone step by step; and what is seen of it at once."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QColor

from ganstudio.pictures.blending import blended, read_mask
from ganstudio.window.parts import mixing
from ganstudio.window.parts import seen as seeing
from ganstudio.window.parts.compare import Compare
from ganstudio.window.parts.mask import LONGEST, Mask
from ganstudio.window.parts.mask_bar import MaskBar
from ganstudio.window.parts.mask_canvas import Brush, MaskCanvas
from ganstudio.window.parts.mixing import image_of, pixels_of
from ganstudio.window.parts.picture_view import Levels
from ganstudio.words.look import Look

MIDDLE = QPointF(0.5, 0.5)


def stroke(mask, *places, radius=0.1, softness=0.5, erases=False):
    mask.begin(places[0], radius, softness, erases=erases)
    for place in places[1:]:
        mask.draw(place, radius, softness)
    mask.end()


def test_before_the_first_stroke_there_is_no_mask(qapp):
    mask = Mask(QSize(200, 100))
    assert mask.is_blank
    assert mask.pixels(200, 100) is None
    assert mask.image() is None


def test_a_first_stroke_shows_only_there_and_a_first_erasure_hides_only_there(qapp):
    mask = Mask(QSize(200, 100))
    stroke(mask, MIDDLE)
    painted = mask.pixels(200, 100)
    assert painted[50, 100] == 255
    assert painted[50, 40] == 0
    edge = painted[50, 100:125]
    assert (np.diff(edge.astype(int)) <= 0).all()
    assert ((edge > 0) & (edge < 255)).sum() >= 5  # Its edge is soft.
    other = Mask(QSize(200, 100))
    stroke(other, MIDDLE, erases=True)
    assert np.abs(other.pixels(200, 100).astype(int) + painted - 255).max() <= 1


def test_going_to_and_fro_in_a_stroke_makes_no_edge_harder(qapp):
    once, often = Mask(QSize(200, 100)), Mask(QSize(200, 100))
    there, back = QPointF(0.4, 0.5), QPointF(0.6, 0.5)
    stroke(once, there, back)
    stroke(often, there, back, there, back, there)
    assert np.abs(once.pixels(200, 100).astype(int) - often.pixels(200, 100)).max() <= 8


def test_a_stroke_has_no_gaps(qapp):
    mask = Mask(QSize(400, 100))
    stroke(mask, QPointF(0.1, 0.5), QPointF(0.9, 0.5), radius=0.02, softness=0)
    assert (mask.pixels(400, 100)[50, 44:356] == 255).all()


def test_undo_goes_back_step_by_step_and_clear_and_invert_can_be_undone(qapp):
    mask = Mask(QSize(64, 64))
    assert not mask.can_undo
    stroke(mask, QPointF(0.2, 0.2))
    one = mask.pixels(64, 64).copy()
    stroke(mask, QPointF(0.8, 0.8))
    two = mask.pixels(64, 64).copy()
    mask.invert()
    assert np.array_equal(mask.pixels(64, 64), 255 - two)
    mask.clear()
    assert mask.is_blank
    mask.undo()
    mask.undo()
    assert np.array_equal(mask.pixels(64, 64), two)
    mask.undo()
    assert np.array_equal(mask.pixels(64, 64), one)
    mask.undo()
    assert mask.is_blank
    mask.undo()
    assert mask.is_blank


def test_a_mask_of_a_large_picture_is_small_and_fits_it_all_the_same(qapp, tmp_path):
    mask = Mask(QSize(16384, 8192))
    assert max(mask.size) == LONGEST
    stroke(mask, MIDDLE)
    mask.save(tmp_path / "mask.png")
    whole = mask.pixels(1000, 500)
    assert np.array_equal(whole, read_mask(tmp_path / "mask.png", (1000, 500)))  # As a folder or film gets it.
    assert whole[250, 500] == 255


def test_a_loaded_mask_takes_the_place_of_what_was_painted(qapp):
    mask = Mask(QSize(60, 40))
    mask.take(np.full((40, 60), 77, np.uint8))
    assert (mask.pixels(60, 40) == 77).all()
    mask.undo()
    assert mask.is_blank


# What is seen


@pytest.fixture
def canvas(qtbot):
    made = MaskCanvas()
    qtbot.addWidget(made)
    made.resize(400, 300)
    with qtbot.waitExposed(made):
        made.show()
    before, after = (Image.new("RGB", (400, 300), ink) for ink in ("black", "white"))
    made.show_pair(Levels.of(before), Levels.of(after))
    made.set_line(0)
    return made


def seen(canvas, at):
    return canvas.grab().toImage().pixelColor(at)


def test_what_a_brush_paints_is_seen_at_once(qtbot, canvas):
    mask = Mask(QSize(400, 300))
    canvas.set_mask(mask)
    canvas.set_brush(Brush(60, 0.2))
    canvas.grab()
    qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=QPoint(100, 150))
    qtbot.mouseMove(canvas, QPoint(160, 150))
    qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=QPoint(160, 150))
    qtbot.waitUntil(lambda: seen(canvas, QPoint(320, 60)) == QColor("black"))
    assert seen(canvas, QPoint(100, 150)) == QColor("white")
    stroke(mask, QPointF(0.8, 0.2), radius=0.05)
    assert seen(canvas, QPoint(320, 60)) == QColor("white")  # Without any waiting.
    mask.undo()
    mask.undo()
    qtbot.waitUntil(lambda: seen(canvas, QPoint(320, 200)) == QColor("white"))


def test_alt_turns_the_brush_over_and_the_keys_change_it(qtbot, canvas):
    mask, bar = Mask(QSize(400, 300)), MaskBar()
    qtbot.addWidget(bar)
    bar.brush_changed.connect(canvas.set_brush)
    canvas.brush_wanted.connect(bar.set_brush)
    bar.set_mask(mask)
    canvas.set_mask(mask)
    canvas.set_brush(bar.brush)
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.AltModifier, QPoint(200, 150))
    assert mask.pixels(400, 300)[150, 200] == 0
    assert mask.pixels(400, 300)[10, 10] == 255
    size = bar.brush.size
    qtbot.keyClick(canvas, Qt.Key.Key_BracketRight)
    assert bar.brush.size > size
    qtbot.keyClick(canvas, Qt.Key.Key_X)
    assert bar.brush.erases
    assert bar.undo.isEnabled()
    bar.undo.click()
    assert mask.is_blank
    assert not bar.undo.isEnabled()


def test_the_mixture_on_the_screen_is_that_of_the_files(qtbot):
    chance = np.random.default_rng(3)
    before, after = (chance.integers(0, 256, (300, 400, 3), dtype=np.uint8) for _ in range(2))
    compare = Compare()
    qtbot.addWidget(compare)
    compare.resize(400, 300)
    with qtbot.waitExposed(compare):
        compare.show()
    compare.show_pair(*(Levels.of(image_of(pixels)) for pixels in (before, after)))
    mask = Mask(QSize(400, 300))
    stroke(mask, MIDDLE, radius=0.3)
    for look, lies in ((Look(0.4), None), (Look(0.4, "luminance"), None), (Look(1, keep_colours=True), mask)):
        compare.set_look(look)
        compare.set_mask(lies)
        compare.grab()
        qtbot.waitUntil(lambda: compare._pending is None)
        wanted = blended(before, after, look, None if lies is None else lies.pixels(400, 300))
        assert np.array_equal(pixels_of(compare._seen.mixture), wanted)


def test_under_the_brush_only_what_it_touches_is_mixed_and_to_the_bit_once_it_rests(qtbot, monkeypatch):
    chance = np.random.default_rng(4)
    before, after = (chance.integers(0, 256, (300, 400, 3), dtype=np.uint8) for _ in range(2))
    compare = Compare()
    qtbot.addWidget(compare)
    compare.resize(400, 300)
    with qtbot.waitExposed(compare):
        compare.show()
    compare.show_pair(*(Levels.of(image_of(pixels)) for pixels in (before, after)))
    look, mask = Look(0.7, "luminance"), Mask(QSize(400, 300))
    compare.set_look(look)
    compare.set_mask(mask)
    mask.begin(QPointF(0.2, 0.2), 0.02, 0.5, erases=False)
    compare.grab()
    qtbot.waitUntil(lambda: compare._pending is None and compare._seen.whole is not None)
    mixings = []

    def noted(one, other, look, mask=None):
        mixings.append((look, one.width() * one.height()))
        return mixing.mixed(one, other, look, mask)

    compare.grab()
    monkeypatch.setattr(seeing, "mixed", noted)
    for share in (0.3, 0.31, 0.32, 0.6):
        mask.draw(QPointF(share, share), 0.02, 0.5)
    assert mixings == [], "nothing is mixed before it is seen"
    compare.grab()
    assert {look for look, _ in mixings} == {Look()}
    assert sum(size for _, size in mixings) < 400 * 300 / 8
    wanted = blended(before, after, look, mask.pixels(400, 300)).astype(int)
    assert np.abs(pixels_of(compare._seen.mixture) - wanted).max() <= 1
    qtbot.waitUntil(lambda: np.array_equal(pixels_of(compare._seen.mixture), wanted))


def test_a_long_stroke_is_told_in_pieces_that_hold_all_of_it(qtbot):
    mask, told = Mask(QSize(400, 300)), []
    mask.begin(QPointF(0.1, 0.1), 0.02, 0.5, erases=False)
    was = mask.pixels(400, 300).copy()
    mask.changed.connect(told.append)
    mask.draw(QPointF(0.9, 0.9), 0.02, 0.5)
    changed = mask.pixels(400, 300) != was
    covered = np.zeros_like(changed)
    for part in told:
        left, top, right, bottom = part.left() * 400, part.top() * 300, part.right() * 400, part.bottom() * 300
        covered[max(0, int(top)) : int(bottom) + 1, max(0, int(left)) : int(right) + 1] = True
    assert changed.any()
    assert not (changed & ~covered).any()
    assert covered.mean() < 0.2
    assert sum(part.width() * part.height() for part in seeing.gathered(told)) < 0.3


def test_moving_the_picture_never_waits_for_the_mixing(qtbot, monkeypatch):
    compare = Compare()
    qtbot.addWidget(compare)
    compare.resize(400, 300)
    with qtbot.waitExposed(compare):
        compare.show()
    compare.show_pair(*(Levels.of(Image.new("RGB", (800, 600), ink)) for ink in ("red", "blue")))
    monkeypatch.setattr(compare._mixer, "ask", lambda *_: None)  # It takes for ever.
    compare.set_look(Look(0.5, "colour"))
    compare.set_line(0)
    compare.zoom_by(2)
    compare.fit()
    image = compare.grab().toImage()
    assert image.pixelColor(200, 150) == QColor("blue")  # Until it is there: the translation as it is.


def test_a_large_picture_is_rough_while_it_moves_and_fine_once_it_stands(qtbot):
    compare = Compare()
    qtbot.addWidget(compare)
    compare.resize(700, 500)
    with qtbot.waitExposed(compare):
        compare.show()
    chance = np.random.default_rng(5)
    compare.show_pair(Levels.of(image_of(chance.integers(0, 256, (900, 1200, 3), dtype=np.uint8))), None)
    compare.zoom_by(1.3)
    moving = pixels_of(compare._prepare().before).std()
    qtbot.waitUntil(lambda: not compare._rough)
    assert pixels_of(compare._prepare().before).std() < 0.9 * moving  # Noise is meaned.
