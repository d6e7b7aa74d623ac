import math

import numpy as np
import pytest
import torch

from ganstudio.engine.playground import Snapshot, density, draw, play
from ganstudio.words.events import Sample, Stop
from ganstudio.words.playground import DATA, EQUILIBRIUM, Ground


def snapshot_after(game, steps):
    """The snapshot of this step."""
    next(game)
    for _ in range(steps - 1):
        game.send(None)
    return game.send(Sample())


@pytest.mark.parametrize("key", DATA)
def test_a_snapshot_shows_everything_in_its_shape(key):
    first = next(play(Ground(data=key)))
    dimensions = DATA[key].dimensions
    assert isinstance(first, Snapshot)
    assert first.real.shape == first.fake.shape == (500, dimensions)
    shape = (len(first.places),) * dimensions
    for array in (first.judged, first.best, first.data_density, first.fake_density):
        assert array.shape == shape
        assert np.isfinite(array).all()
    assert 0 <= first.best.min() <= first.best.max() <= 1


@pytest.mark.parametrize("key", DATA)
def test_densities_sum_to_one_and_lie_where_the_points_are(key):
    data = DATA[key]
    torch.manual_seed(0)
    points = draw(data, 20_000)
    axis = torch.linspace(-5, 5, 201)
    places = torch.stack(torch.meshgrid(*[axis] * data.dimensions, indexing="ij"), -1).flatten(0, -2)
    dense = density(data, places)
    cell = float(axis[1] - axis[0]) ** data.dimensions
    assert float(dense.sum()) * cell == pytest.approx(1, abs=1e-3)
    mean = (dense[:, None] * places).sum(0) * cell
    assert torch.allclose(mean, points.mean(0), atol=0.05)


def test_the_picture_has_y_down_its_rows():
    first = next(play(Ground(data="spot")))
    row, column = np.unravel_index(first.data_density.argmax(), first.data_density.shape)
    assert first.places[column] == pytest.approx(0.8, abs=0.13)
    assert first.places[row] == pytest.approx(0.4, abs=0.13)


def test_a_bell_is_learnt_and_nobody_can_tell_any_more():
    torch.manual_seed(0)
    shown = snapshot_after(play(Ground(data="bell", batch=256)), 500)
    assert shown.value == pytest.approx(EQUILIBRIUM, abs=0.15)
    assert shown.fake.mean() == pytest.approx(1, abs=0.25)
    assert abs(shown.judged_real - shown.judged_fake) < 0.15


def test_the_best_discriminator_is_one_half_where_both_are_alike_and_sure_elsewhere():
    shown = next(play(Ground(data="bell")))
    # At the start nothing is made near the far end of the data.
    near, far = np.abs(shown.places - 2).argmin(), np.abs(shown.places - shown.fake.mean()).argmin()
    assert shown.best[near] > 0.95
    assert shown.best[far] < 0.5
    there = shown.data_density + shown.fake_density > 1e-6
    assert ((shown.best > 0.5) == (shown.data_density > shown.fake_density))[there].all()


def test_the_value_is_what_theory_says_of_a_discriminator_that_knows_nothing():
    shown = next(play(Ground()))
    # Fresh weights of the discriminator hardly say anything, so V begins near -2 log 2 too.
    assert shown.value == pytest.approx(-2 * math.log(2), abs=0.5)


def test_the_same_seed_plays_the_same_game_however_often_it_is_looked_at():
    one, other = play(Ground(seed=3)), play(Ground(seed=3))
    snapshot_after(one, 6)
    next(other)
    for _ in range(5):
        torch.rand(3)
        other.send(None)
    last = other.send(Sample())
    again = snapshot_after(play(Ground(seed=3)), 6)
    assert last.step == again.step == 6
    assert np.array_equal(last.judged, again.judged)


def test_stop_ends_the_game_and_unknown_data_are_named():
    game = play(Ground())
    next(game)
    with pytest.raises(StopIteration):
        game.send(Stop())
    with pytest.raises(ValueError, match="Did you mean ring"):
        next(play(Ground(data="rings")))
    with pytest.raises(ValueError, match="Did you mean minimax"):
        next(play(Ground(form="minmax")))
