"""A chart is painted by hand: every line, spike and mark is where it belongs, and pointing paints nothing anew."""

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from ganstudio.window.parts.chart import GAP, LEFT, Chart, Trace
from ganstudio.window.parts.strokes import DEGREES, columns, coverage, stroke
from ganstudio.window.theme import colour

RED = QColor(255, 0, 0)


def strength(image, x, y):
    """How red a pixel is, from 0 to 1."""
    return image.pixelColor(x, y).redF() * image.pixelColor(x, y).alphaF()


@pytest.fixture
def chart(qtbot):
    made = Chart("Losses")
    qtbot.addWidget(made)
    made.resize(360, 200)
    with qtbot.waitExposed(made):
        made.show()
    return made


def shown(chart, values, *, span=None, **more):
    """The chart's picture with one line."""
    steps = np.arange(len(values))
    chart.traces = [Trace(steps, np.asarray(values, float), QPen(RED, 1.5), shown=True, **more)]
    chart.span = span or (0, len(values) - 1)
    chart.refresh()
    return chart.grab().toImage()


def test_a_column_goes_from_the_lowest_to_the_highest_place_of_the_line_in_it():
    chance = np.random.default_rng(5)
    x = np.sort(chance.uniform(-20, 70, 500))
    y = chance.normal(size=500)
    fine = np.sort(np.concatenate([np.linspace(-20, 70, 90_001), x]))
    along = np.interp(fine, x, y)
    first, top, bottom = columns(x, y, 50)
    assert first == 0
    assert len(top) == len(bottom) == 50
    for column, ends in enumerate(zip(top, bottom, strict=True)):
        inside = along[(fine >= column) & (fine <= column + 1)]
        assert ends == pytest.approx((inside.min(), inside.max()), abs=1e-6)


@pytest.mark.parametrize(
    ("x", "found"), [([3.2], (3, 1)), ([-9.0, -5.0], (0, 0)), ([60.0], (60, 0)), ([2.0, 4.5], (2, 3))]
)
def test_columns_are_those_that_the_line_meets(x, found):
    first, top, _ = columns(np.array(x), np.zeros(len(x)), 50)
    assert (first, len(top)) == found


@pytest.mark.parametrize("rows", [40, 5000])
def test_pixels_are_covered_by_the_share_that_lies_inside(rows):
    first, cover = coverage(np.array([2.25, -7.0, 30.0]), np.array([4.5, 1.5, 1e6]), rows)
    found = np.zeros((rows, 3))
    found[first : first + len(cover)] = cover[:, :3] / DEGREES
    assert found[:6, 0].tolist() == [0, 0, 0.75, 1, 0.5, 0]
    assert found[:4, 1].tolist() == [1, 0.5, 0, 0]
    assert found[29:, 2].tolist() == [0] + [1] * (rows - 30)
    assert cover.strides[0] % 4 == 0


@pytest.mark.parametrize("count", [10, 4000])
@pytest.mark.parametrize("ratio", [1.0, 2.0])
def test_a_line_of_few_and_of_many_points_looks_alike(count, ratio):
    image = QImage(round(100 * ratio), round(60 * ratio), QImage.Format.Format_ARGB32_Premultiplied)
    image.setDevicePixelRatio(ratio)
    image.fill(Qt.GlobalColor.transparent)
    x = np.linspace(10, 90, count)
    with QPainter(image) as painter:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stroke(painter, QRectF(10, 5, 80, 50), x, 10 + x / 4, QPen(RED, 2))
    for at in (15, 50, 85):
        column = [strength(image, round(at * ratio), row) for row in range(image.height())]
        middle = np.average(np.arange(image.height()) + 0.5, weights=column) / ratio
        assert middle == pytest.approx(10 + (at + 0.5 / ratio) / 4, abs=0.3)
        assert sum(column) / ratio == pytest.approx(2, abs=0.5)
    assert not any(strength(image, round(5 * ratio), row) for row in range(image.height()))


def test_no_spike_is_lost_however_many_points_there_are(chart):
    values = np.zeros(100_000)
    values[61_803] = 1.0
    image = shown(chart, values)
    x, area = int(chart.x_at(61_803)), chart.area
    height = int(area.top() + area.height() * 0.3)
    assert max(strength(image, at, height) - image.pixelColor(at, height).greenF() for at in (x - 1, x, x + 1)) > 0.5


def test_what_has_no_logarithm_goes_out_at_the_bottom(chart):
    chart.logarithmic = True
    image = shown(chart, [1.0, 1.0, 0.0, 1.0, 1.0])
    pixels = [image.pixelColor(at, int(chart.area.bottom()) - 2) for at in range(image.width())]
    reds = [at for at, pixel in enumerate(pixels) if pixel.redF() - pixel.greenF() > 0.3]
    assert chart.x_at(1) < min(reds) < chart.x_at(2) < max(reds) < chart.x_at(3)


def test_all_values_that_are_seen_have_room_and_others_take_none(chart):
    shown(chart, [500.0, 1.0, 2.0, 3.0, 900.0], span=(1, 3))
    low, high = chart.values_seen
    assert 0.5 < low < 1
    assert 3 < high < 3.5


@pytest.mark.parametrize("values", [[2.0], [0.0, 0.0, 0.0], [-1e-12, 1e-12], [1e30, -1e30]])
@pytest.mark.parametrize("logarithmic", [False, True])
def test_any_values_can_be_shown(chart, values, logarithmic):
    chart.logarithmic = logarithmic
    shown(chart, values, span=(-0.5, 2.5), dotted=True)
    low, high = chart.values_seen
    assert low < high


def test_dots_stand_where_there_is_room(chart):
    few = shown(chart, [0.0, 1.0, 0.0], dotted=True)
    at = QPoint(round(chart.x_at(1)), round(chart.area.top() + chart.area.height() * 0.06 / 1.12))
    assert few.pixelColor(at + QPoint(-2, 1)).greenF() < 0.6


def test_a_curve_of_one_value_is_a_dot(chart):
    alone = shown(chart, [1.0], span=(-0.5, 0.5))
    at = QPoint(round(chart.x_at(0)), round(chart.area.center().y()))
    assert alone.pixelColor(at + QPoint(-2, 0)).greenF() < 0.6


def test_a_mark_is_a_line_with_its_word(chart):
    bare = shown(chart, [0.0, 0.0, 0.0])
    chart.marks = {1: "best"}
    chart.refresh()
    marked = chart.grab().toImage()
    x = round(chart.x_at(1))
    changed = [row for row in range(marked.height()) if marked.pixel(x, row) != bare.pixel(x, row)]
    assert len(changed) > chart.area.height() / 3
    assert colour("good") in [marked.pixelColor(x, row) for row in changed]
    chart.marks = {70: "far away"}
    chart.refresh()
    assert chart.grab().toImage() == bare


def test_pointing_says_the_step_and_paints_no_curve_anew(qtbot, chart, monkeypatch):
    plain = shown(chart, np.sin(np.arange(1000)))
    monkeypatch.setattr(Chart, "_paint", lambda *_: pytest.fail("painted anew"))
    with qtbot.waitSignal(chart.pointed) as pointed:
        qtbot.mouseMove(chart, QPointF(chart.x_at(600), chart.area.center().y()).toPoint())
    assert pointed.args[0] == pytest.approx(600, abs=3)
    chart.set_cross(600)
    assert chart.grab().toImage() != plain
    chart.set_cross(None)
    assert chart.grab().toImage() == plain
    with qtbot.waitSignal(chart.pointed) as pointed:
        qtbot.mouseMove(chart, QPoint(2, 2))
    assert pointed.args == [None]


def test_what_is_drawn_over_is_seen_and_stays_within_what_there_is(qtbot, chart):
    plain = shown(chart, np.sin(np.arange(1000)))
    middle = int(chart.area.center().y())
    qtbot.mousePress(chart, Qt.MouseButton.LeftButton, pos=QPoint(round(chart.x_at(500)), middle))
    qtbot.mouseMove(chart, QPoint(chart.width() - 1, middle))
    assert chart.grab().toImage() != plain
    with qtbot.waitSignal(chart.spanned) as spanned:
        qtbot.mouseRelease(chart, Qt.MouseButton.LeftButton, pos=QPoint(chart.width() - 1, middle))
    assert spanned.args == pytest.approx([500, 999], abs=3)
    assert chart.grab().toImage() == plain


@pytest.mark.parametrize("ground", ["window", "surface"])
def test_a_chart_paints_the_ground_it_lies_on(qtbot, ground):
    made = Chart("Losses", ground)
    qtbot.addWidget(made)
    image = shown(made, [0.0, 1.0, 0.5])
    edges = [image.pixelColor(x, y) for x in (0, image.width() - 1) for y in (0, image.height() - 1)]
    assert edges == [colour(ground)] * 4
    assert made.testAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)


def test_a_chart_follows_the_theme(chart, monkeypatch):
    light = shown(chart, [0.0, 1.0])
    monkeypatch.setattr("ganstudio.window.parts.chart.theme.colour", lambda _: QColor("#00ff00"))
    palette = chart.palette()
    palette.setColor(palette.ColorRole.Base, QColor("#111111"))
    chart.setPalette(palette)
    assert chart.grab().toImage() != light


@pytest.mark.parametrize("scale", [1e-9, 2.5e-5, 1e-4, 7e-4, 0.3, 40.0, 9000.0, 7e4, 3e6, 1e12])
def test_numbers_beside_the_axis_have_room(chart, scale):
    shown(chart, [0.0, scale, 0.4 * scale])
    metrics = QFontMetricsF(chart.font())
    told = [text for _, text in chart._levels(6)]
    assert len(told) > 1
    assert all(metrics.horizontalAdvance(text) <= LEFT - GAP for text in told), told
