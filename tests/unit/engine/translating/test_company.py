"""Who goes together: equal sizes, as many as each gains by."""

import pytest

from ganstudio.engine.translating.company import Measured, Waiting


def grown(cost, most=64, rounds=40):
    """How many go together in the end, where a company of so many takes so long."""
    measured = Measured()
    for _ in range(rounds):
        count = measured.count("size", most)
        measured.took("size", count, cost(count))
    return measured.count("size", most)


@pytest.mark.parametrize(
    ("cost", "count"),
    [
        (lambda count: count, 1),  # Each takes as long as alone.
        (lambda count: 0.97 * count, 1),
        (lambda _: 1.0, 64),  # All take as long as one.
        (lambda count: 2 + count, 32),  # Each gains, and at last too little.
        (lambda count: 1.0 if count <= 4 else 2.0 * count, 4),
    ],
)
def test_a_company_grows_as_long_as_each_gains(cost, count):
    assert grown(cost) == count


def test_a_first_time_that_pays_for_all_does_not_count():
    seen = set()

    def cost(count):
        first = count not in seen
        seen.add(count)
        return 100.0 if first else 1.0

    assert grown(cost) == 64


def test_what_memory_refused_is_not_tried_again():
    measured = Measured()
    for _ in range(6):
        measured.took("size", measured.count("size", 64), 1.0)
    assert measured.count("size", 64) == 8
    measured.too_many("size", 8)
    for _ in range(6):
        assert measured.count("size", 64) == 4
        measured.took("size", 4, 0.5)
    assert measured.count("other", 64) == 1


def test_a_company_that_was_smaller_than_wished_says_nothing():
    measured = Measured()
    for _ in range(2):
        measured.took("size", 1, 1.0)
    for _ in range(9):
        measured.took("size", 1, 0.1)
    assert measured.count("size", 64) == 2


def test_those_of_a_size_go_together_and_the_oldest_goes_first():
    waiting = Waiting(lambda word: word[0] if word[0] != "-" else None, lambda _: 3, window=7)
    for word in ("a1", "b1", "a2", "-1", "a3", "-2", "a4"):
        assert not waiting.full
        waiting.add(word)
    assert waiting.full
    for _ in range(4):
        for count in (1, 2):
            waiting.measured.took("a", count, 1.0)
    companies = []
    while waiting:
        companies.append(waiting.company())
    assert companies == [("a", ["a1", "a2", "a3"]), ("b", ["b1"]), (None, ["-1"]), (None, ["-2"]), ("a", ["a4"])]
