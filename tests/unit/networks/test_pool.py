import pytest
import torch

from ganstudio.networks.pool import HalfPool, ImagePool


def fake(number):
    return torch.full((1, 3, 2, 2), float(number))


def test_returns_the_fakes_of_now_until_it_is_full():
    pool = ImagePool(3)
    assert [pool(fake(n)).mean().item() for n in range(3)] == [0, 1, 2]


def test_then_every_second_fake_is_an_old_one_and_each_is_returned_once():
    torch.manual_seed(0)
    pool = ImagePool()
    seen = [int(pool(fake(n)).mean().item()) for n in range(2000)]
    assert len(pool.get_extra_state()) == 50
    old = [now for n, now in enumerate(seen) if n >= 50 and now != n]
    assert 0.45 < len(old) / 1950 < 0.55
    assert len(set(old)) == len(old)
    assert set(range(50)) <= set(old)
    # Any of the fifty has the same chance: each is swapped about 20 times, and waits as long on average.
    waited = [n - now for n, now in enumerate(seen) if n >= 50 and now != n]
    assert 85 < sum(waited) / len(waited) < 115


def test_capacity_zero_returns_everything_at_once():
    pool = ImagePool(0)
    assert [pool(fake(n)).mean().item() for n in range(4)] == [0, 1, 2, 3]


def test_fakes_are_cut_from_their_history():
    picture = torch.ones(1, 3, 2, 2, requires_grad=True)
    assert not ImagePool(2)(picture * 2).requires_grad


def test_state_continues_exactly():
    pool, copy = ImagePool(2), ImagePool(2)
    for n in range(5):
        pool(fake(n))
    copy.load_state_dict(pool.state_dict())
    answers = []
    for one in (pool, copy):
        torch.manual_seed(7)
        answers.append([one(fake(n)).mean().item() for n in range(5, 15)])
    assert answers[0] == answers[1]


def test_half_of_the_past_once_it_is_full():
    torch.manual_seed(0)
    pool = HalfPool(6)
    numbers = torch.arange(40.0)[:, None, None, None].expand(40, 3, 2, 2).split(4)
    for now in numbers[:2]:
        assert torch.equal(pool(now), now)
    past, ages = set(range(6)), []
    for now in numbers[2:]:
        shown = pool(now)[:, 0, 0, 0].tolist()
        first = int(now[0, 0, 0, 0])
        assert shown[:2] == [first, first + 1]
        assert len(set(shown)) == 4
        assert set(shown[2:]) <= past
        past = {int(kept[0, 0, 0]) for kept in pool._kept}
        assert {first + 2, first + 3} <= past
        assert len(past) == 6
        ages += [first - number for number in shown[2:]]
    assert max(ages) > 8


@pytest.mark.parametrize(("count", "old"), [(2, 1), (3, 1), (5, 2)])
def test_the_larger_half_is_of_now(count, old):
    pool = HalfPool(4)
    pool(torch.zeros(8, 3, 2, 2))
    shown = pool(torch.ones(count, 3, 2, 2))
    assert shown.mean(dim=(1, 2, 3)).tolist() == [1] * (count - old) + [0] * old


def test_a_single_fake_is_left_to_chance():
    torch.manual_seed(0)
    pool = HalfPool(4)
    seen = [pool(fake(n)).mean().item() for n in range(200)]
    assert 60 < sum(now != n for n, now in enumerate(seen)) < 140


def test_half_pools_continue_exactly_and_cut_the_history():
    pool, copy = HalfPool(6), HalfPool(6)
    for _ in range(5):
        assert not pool(torch.randn(4, 3, 2, 2, requires_grad=True) * 2).requires_grad
    copy.load_state_dict(pool.state_dict())
    fakes, answers = torch.randn(4, 3, 2, 2), []
    for one in (pool, copy):
        torch.manual_seed(7)
        answers.append(one(fakes))
    assert torch.equal(*answers)
    assert torch.equal(HalfPool(0)(fakes), fakes)
