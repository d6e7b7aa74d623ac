import weakref

import pytest
import torch
from torch import nn

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent, Method, MethodSettings, Turn
from ganstudio.words.routes import Needs

BATCH = Batch((torch.zeros(1, 3, 4, 4),))


class Scale(nn.Module):
    def __init__(self, value):
        super().__init__()
        self.w = nn.Parameter(torch.tensor(float(value)))


class Duel(Method):
    """x pulls to 3 and y to x; y moves after x, so it must see x moved."""

    key, title, sentence, task, needs, presets = "duel", "", "", "", Needs.FOLDER, {}

    def __init__(self, average=0.0):
        super().__init__()
        self.settings = MethodSettings(average=average)
        self.x, self.y = Scale(0), Scale(0)
        self.seen = []

    def players(self):
        return {"x": (self.x,), "y": (self.y,)}

    def makers(self):
        return {"x": self.x}

    def descent(self, player):
        return Descent(rate=0.1, constant=1.0)

    def turns(self, batch, progress):
        yield Turn({"x": (self.x.w - 3).square() + self.y.w * 0})
        self.seen.append(self.x.w.item())
        yield Turn({"y": (self.y.w - self.x.w).square()}, {"gap": (self.y.w - self.x.w).detach()})

    def routes(self):
        return ()

    def make(self, route, x, labels=None):
        return x


def test_a_turn_descends_only_its_own_players_and_the_next_sees_them_moved():
    method = Duel()
    terms = Descending(method, 10).step(BATCH, 0)
    assert method.x.w.item() == pytest.approx(0.1, abs=1e-5)  # Adam's first step is the rate
    assert method.seen == [method.x.w.item()]
    assert method.y.w.item() == pytest.approx(0.1, abs=1e-5)
    assert terms.keys() == {"gap"}


class Pieces(Duel):
    """x descends a sum whose halves are told one after the other, or at once."""

    def __init__(self, *, apart):
        super().__init__()
        self.apart = apart
        self.big = []

    def turns(self, batch, progress):
        halves = []
        for number in (1.0, 2.0):
            # exp remembers what it gave, as every layer does.
            remembered = (self.x.w * torch.full((1000,), number)).exp()
            self.big.append(weakref.ref(remembered))
            halves.append((remembered - number).square().mean())
            del remembered
            if self.apart and number == 1.0:
                half = halves.pop()
                yield Turn({"x": half}, {"told": half.detach()}, more=True)
                assert self.big[0]() is None
        loss = torch.stack(halves).sum()
        yield Turn({"x": loss}, {"told": loss.detach()})
        assert self.x.w.grad is None


def test_pieces_of_a_turn_are_one_move_and_each_is_forgotten_before_the_next():
    whole, pieces = Pieces(apart=False), Pieces(apart=True)
    told = [Descending(method, 10) for method in (whole, pieces)]
    for step in range(3):
        one, other = (descending.step(BATCH, step) for descending in told)
        assert one["told"].item() == pytest.approx(other["told"].item(), rel=1e-6)
        for descending in told:
            descending.method.big.clear()
    assert pieces.x.w.item() == pytest.approx(whole.x.w.item(), rel=1e-6)
    assert whole.x.w.item() != 0


def test_players_reach_their_goals():
    method = Duel()
    descending = Descending(method, 400)
    for step in range(400):
        descending.step(BATCH, step)
    assert method.x.w.item() == pytest.approx(3, abs=0.05)
    assert method.y.w.item() == pytest.approx(3, abs=0.1)


def test_averages_lag_and_lend_themselves_exactly():
    method = Duel(average=0.9)
    descending = Descending(method, 100)
    for step in range(50):
        descending.step(BATCH, step)
    last = method.x.w.item()
    with descending.averaged() as lent:
        averaged = lent.x.w.item()
        assert not lent.training
    assert 0 < averaged < last
    assert method.x.w.item() == last
    assert method.training


def test_an_average_keeps_its_share_of_the_past_and_a_young_one_less():
    """A share of (1 + t) / (10 + t) at step t until that is as much as was asked for: 0.1, 0.18, 0.25, 0.25, …"""
    method = Duel(average=0.25)
    descending = Descending(method, 100)
    expected = method.x.w.item()
    for step, share in enumerate((1 / 10, 2 / 11, 3 / 12, 0.25, 0.25)):
        descending.step(BATCH, step)
        expected = share * expected + (1 - share) * method.x.w.item()
        with descending.averaged() as lent:
            assert lent.x.w.item() == pytest.approx(expected, rel=1e-6)


class Slope(Duel):
    """x goes down a slope that is the same everywhere, by the rate at each of Adam's steps."""

    def descent(self, player):
        return Descent(rate=0.1)

    def turns(self, batch, progress):
        self.seen.append(progress)
        yield Turn({"x": self.x.w * 1.0})


def test_steps_are_as_long_as_the_schedule_says_and_told_how_far_the_run_is():
    method = Slope()
    descending, places = Descending(method, 4), []
    for step in range(4):
        descending.step(BATCH, step)
        places.append(method.x.w.item())
    # Two steps at the full rate, then two thirds and one third of it.
    assert places == pytest.approx([-0.1, -0.2, -0.2 - 0.1 * 2 / 3, -0.3], rel=1e-4)
    assert method.seen == [0, 0.25, 0.5, 0.75]


class Steep(Duel):
    """One player of two weights, whose gradient is a thousand times as long at first."""

    def players(self):
        return {"both": (self.x, self.y)}

    def descent(self, player):
        return Descent(rate=0.1, constant=1.0, clip=5.0)

    def turns(self, batch, progress):
        yield Turn({"both": (3 * self.x.w + 4 * self.y.w) * (1 if progress else 1000)})


def test_gradients_are_cut_to_the_length_of_all_together():
    """(3000, 4000) becomes (3, 4), which is what the second step has: for Adam a gradient that never changed."""
    method = Steep()
    descending = Descending(method, 10)
    for step in range(2):
        descending.step(BATCH, step)
    assert [method.x.w.item(), method.y.w.item()] == pytest.approx([-0.2, -0.2], rel=1e-4)


def test_averages_off_lends_the_last_weights():
    method = Duel()
    descending = Descending(method, 10)
    descending.step(BATCH, 0)
    with descending.averaged() as lent:
        assert lent.x.w.item() == pytest.approx(0.1, abs=1e-5)


def test_state_restores_moments_and_averages():
    first, second = Descending(Duel(0.9), 100), Descending(Duel(0.9), 100)
    for step in range(5):
        first.step(BATCH, step)
    second.restore({name: value.clone() for name, value in first.state().items()})
    for step in range(5, 9):
        first.step(BATCH, step)
        second.step(BATCH, step)
    one, other = first.state(), second.state()
    assert one.keys() == other.keys()
    assert all(torch.equal(one[name], other[name]) for name in one)


def test_a_state_of_other_networks_is_refused():
    descending = Descending(Duel(), 10)
    with pytest.raises(ValueError, match="other networks"):
        descending.restore({"method.z.w": torch.zeros(())})
