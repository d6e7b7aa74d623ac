"""The newest frame through a model, again and again, in the pixels that any translation has."""

import itertools
from dataclasses import replace

import numpy as np
import pytest

from ganstudio.engine.translating import live as module
from ganstudio.engine.translating.live import live, reduced
from ganstudio.pictures.blending import blended
from ganstudio.pictures.films.shot import Shot
from ganstudio.words.look import Look
from ganstudio.words.newest import Newest
from ganstudio.words.routes import Route

ROUTE = Route("b", "a")


def shot(seed, size=(150, 200)):
    return Shot(np.random.default_rng(seed).integers(0, 256, (*size, 3), dtype=np.uint8), float(seed))


class Camera(Newest):
    """Has these shots lying there, one a look."""

    def __init__(self, shots):
        super().__init__()
        self.shots = iter(shots)

    def take(self, seconds=0.0):
        return next(self.shots, None)


def glimpses(translator, route, camera, look=Look, count=1):
    found = (glimpse for glimpse in live(translator, route, camera, look) if glimpse is not None)
    return list(itertools.islice(found, count))


@pytest.mark.parametrize("route", [ROUTE, Route("b", "a", scale=2), Route("b", "a", side=32)])
def test_what_is_seen_is_what_the_model_makes_of_the_small_copy(toy, route):
    translator, frame = toy(route), shot(1)
    (seen,) = glimpses(translator, route, Camera([frame]))
    small = reduced(frame.pixels, seen.side, 8)
    (expected,) = (one for one in [_whole(translator.painting(small, route))])
    assert np.array_equal(seen.made, expected)
    assert seen.made.shape[:2] == tuple(side * route.scale for side in small.shape[:2])
    assert seen.shot is frame


def _whole(work):
    while True:
        try:
            next(work)
        except StopIteration as done:
            return done.value


def test_the_look_is_that_of_any_picture_and_of_this_moment(toy):
    translator, frame = toy(ROUTE), shot(1, (100, 100))
    looks = iter([Look(), Look(0.4, "colour", keep_colours=True)])
    plain, mixed = glimpses(translator, ROUTE, Camera([frame, frame]), lambda: next(looks), 2)
    small = reduced(frame.pixels, mixed.side, 8)
    assert np.array_equal(mixed.made, blended(small, plain.made, Look(0.4, "colour", keep_colours=True)))


def test_only_the_newest_frame_is_translated(toy):
    translator, place = toy(ROUTE), Newest()
    work = live(translator, ROUTE, place, Look)
    for seed in range(5):
        place.put(shot(seed))
    seen = next(glimpse for glimpse in work if glimpse is not None)
    assert seen.shot.at == 4
    assert place.dropped == 4
    # While that one was shown, two more came: the first of them is gone.
    place.put(shot(7))
    place.put(shot(8))
    assert next(glimpse for glimpse in work if glimpse is not None).shot.at == 8


def test_without_a_frame_others_have_their_turn(toy):
    work = live(toy(ROUTE), ROUTE, Newest(), Look)
    assert [next(work) for _ in range(3)] == [None] * 3


@pytest.mark.parametrize(("method", "heavy"), [("toy", True), ("light", False)])
def test_its_size_follows_what_it_costs(toy, monkeypatch, method, heavy):
    translator = toy(ROUTE)
    translator.card = replace(translator.card, method=method)
    now = itertools.count()
    monkeypatch.setattr(module.time, "perf_counter", lambda: next(now) * 1.0)  # Every look at the clock is a second.
    seen = glimpses(translator, ROUTE, Camera([shot(n, (300, 400)) for n in range(6)]), count=6)
    assert seen[0].side == 256
    assert seen[-1].side == 128
    assert seen[-1].heavy is heavy


def test_another_frame_size_begins_anew(toy):
    seen = glimpses(toy(ROUTE), ROUTE, Camera([shot(1, (60, 80)), shot(2, (300, 400))]), count=2)
    assert [glimpse.side for glimpse in seen] == [60, 256]


@pytest.mark.parametrize(
    ("size", "side", "made"),
    [
        ((720, 1280), 256, (256, 456)),
        ((1280, 720), 256, (456, 256)),
        ((256, 256), 256, (256, 256)),
        ((100, 70), 128, (100, 70)),
    ],
)
def test_small_copies_keep_their_shape(size, side, made):
    assert reduced(np.zeros((*size, 3), np.uint8), side, 8).shape == (*made, 3)


def test_closing_it_closes_the_work_in_hand(toy, monkeypatch):
    translator, closed = toy(ROUTE), []

    def painting(pixels, route):
        try:
            while True:
                yield 0.5
        finally:
            closed.append(True)

    monkeypatch.setattr(translator, "painting", painting)
    work = live(translator, ROUTE, Camera([shot(1)]), Look)
    assert next(work) is None
    assert closed == []
    work.close()
    assert closed == [True]
