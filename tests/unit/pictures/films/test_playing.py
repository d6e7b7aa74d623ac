"""A film in its own tempo, by a clock that only moves when one waits."""

import itertools
from fractions import Fraction

import numpy as np
import pytest

from ganstudio.pictures.films.playing import SLIP, Clock, playing
from ganstudio.pictures.films.stills import Still


class Film:
    """Five frames of ten hundredths each; each tells its number, and may take its time to be decoded."""

    time_base = Fraction(1, 100)

    def __init__(self, time, takes=0.0):
        self.time, self.takes = time, takes

    def stills(self):
        for number in range(5):
            self.time.now += self.takes if number else 0.0
            yield Still(number, 30 + 10 * number, 10, np.full((2, 2, 3), number, np.uint8))


class Time:
    def __init__(self):
        self.now = 100.0

    def clock(self):
        return Clock(lambda: self.now, self.wait)

    def wait(self, seconds):
        assert seconds > 0
        self.now += seconds


def shown(film, time, count):
    """(number, seconds since the beginning) of the first frames."""
    frames = ((int(pixels[0, 0, 0]), time.now - 100) for pixels in playing(film, time.clock()) if pixels is not None)
    return list(itertools.islice(frames, count))


def test_each_frame_comes_when_its_time_has_come_and_the_film_begins_again():
    time = Time()
    found = shown(Film(time), time, 7)
    assert [number for number, _ in found] == [0, 1, 2, 3, 4, 0, 1]
    assert [at for _, at in found] == pytest.approx([0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6])


def test_decoding_takes_nothing_from_the_tempo():
    time = Time()
    found = shown(Film(time, takes=0.06), time, 5)
    assert np.diff([at for _, at in found]) == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("held_up", "times"),
    [
        (0.15, [0, 0.25, 0.25, 0.3, 0.4, 0.5]),  # The film goes on where it would be.
        (SLIP + 5.1, [0, 5.7, 5.7, 5.7, 5.7, 5.7]),  # It waits for the computer, and runs a little until it is there.
    ],
)
def test_what_is_late_comes_at_once(held_up, times):
    time = Time()

    class HeldUp(Film):
        def stills(self):
            for still in super().stills():
                if still.number == 1 and held_up:
                    time.now = max(time.now, 100.1 + held_up)
                yield still

    assert [at for _, at in shown(HeldUp(time), time, 6)] == pytest.approx(times)


def test_a_computer_that_is_always_late_shows_every_frame_as_it_comes():
    time = Time()
    assert [at for _, at in shown(Film(time, takes=1.0), time, 5)] == pytest.approx([0, 1, 2, 3, 4])


def test_a_wait_is_cut_so_that_one_can_stop():
    time = Time()
    played = playing(Film(time), time.clock())
    assert next(played) is not None
    assert next(played) is None
    assert time.now < 100.05


def test_an_empty_film_does_not_spin_for_ever():
    film = Film(Time())
    film.stills = lambda: iter(())
    assert list(itertools.islice(playing(film, film.time.clock()), 3)) == [None] * 3
