import torch

from ganstudio.networks.pool import ImagePool


def fake(number):
    return torch.full((1, 3, 2, 2), float(number))


def test_returns_the_fakes_of_now_until_it_is_full():
    pool = ImagePool(3)
    assert [pool(fake(n)).mean().item() for n in range(3)] == [0, 1, 2]


def test_then_every_second_fake_is_an_old_one_and_each_is_returned_once():
    torch.manual_seed(0)
    pool = ImagePool(50)
    seen = [int(pool(fake(n)).mean().item()) for n in range(2000)]
    old = [now for n, now in enumerate(seen) if n >= 50 and now != n]
    assert 0.45 < len(old) / 1950 < 0.55
    assert len(set(old)) == len(old)


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
