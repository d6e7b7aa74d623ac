from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ganstudio.pictures.likeness import MOST_BITS, Likeness, groups
from ganstudio.pictures.looking import Glance

PLAIN = Glance(Path("a.png"), 8, 8, 9, "", 0, bytes(768), 0.0, 99, "")
HASHES = st.integers(0, 2**64 - 1)


def looks(hashes, level=0):
    return [replace(PLAIN, likeness=int(likeness), small=bytes([level]) * 768) for likeness in hashes]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(HASHES, st.lists(st.sets(st.integers(0, 63), max_size=12), min_size=1, max_size=40))
def test_none_within_reach_is_missed(start, flips):
    """Against comparing with every one."""
    hashes = [start ^ sum(1 << bit for bit in bits) for bits in flips]
    wanted = {place for place, bits in enumerate(flips) if len(bits) <= MOST_BITS}
    found = Likeness(looks(hashes)).near(looks([start])[0])
    assert set(found.tolist()) == wanted


def test_like_shapes_of_another_colour_are_not_near_and_the_nearest_comes_first():
    among = looks([7], 30) + looks([7], 5) + looks([7], 9)
    assert Likeness(among).near(looks([7])[0]).tolist() == [1, 2]


def test_each_is_in_one_group_and_near_to_its_leader():
    # A film: each picture is two bits from the one before, the last far from the first.
    film = [sum(1 << bit for bit in range(2 * n)) for n in range(20)]
    found = list(groups(looks(film)))
    assert sorted(place for leader, members in found for place in (leader, *members)) == list(range(20))
    assert [leader for leader, _ in found] == [0, 5, 10, 15]
    assert all((film[leader] ^ film[place]).bit_count() <= MOST_BITS for leader, members in found for place in members)


def test_nothing_is_near_in_nothing():
    assert Likeness([]).near(PLAIN).size == 0
    assert list(groups([])) == []


@pytest.mark.timeout(60)
def test_ten_thousand_take_seconds():
    """Also when half of them are one film that hardly changes; in plain Python, minutes go by."""
    chance = np.random.default_rng(1)
    hashes = chance.integers(0, 2**64, 5000, np.uint64)
    still = np.uint64(2**63) ^ (np.uint64(1) << chance.integers(0, 64, (5000, 3), np.uint64)).sum(1, np.uint64)
    found = list(groups(looks([*hashes, *still])))
    assert max(len(members) for _, members in found) > 4000
