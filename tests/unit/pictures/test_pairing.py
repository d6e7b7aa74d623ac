from pathlib import Path

import pytest

from ganstudio.pictures.pairing import Lonely, Pairing, match, side_by_side

A, B = Path("/pictures/a"), Path("/pictures/b")


def matched(first, second):
    return match([A / name for name in first], [B / name for name in second], ([A], [B]))


def test_names_match_whatever_suffix_case_and_spelling():
    found = matched(["1.png", "sub/Caf\u00e9.PNG"], ["Sub/CAFE\u0301.jpg", "1.bmp"])
    assert found == Pairing(((A / "1.png", B / "1.bmp"), (A / "sub/Caf\u00e9.PNG", B / "Sub/CAFE\u0301.jpg")))


def test_each_has_one_partner_and_all_others_are_told():
    found = matched(["1.png", "1.jpg", "x.png"], ["1.png", "1.webp"])
    assert found.pairs == ((A / "1.png", B / "1.png"),)
    assert [lonely.path.name for lonely in found.first] == ["1.jpg", "x.png"]
    assert [lonely.path.name for lonely in found.second] == ["1.webp"]


def nearest(name, *others):
    (found,) = matched([name], others).first
    return found.nearest and found.nearest.name


def test_the_nearest_name_is_suggested():
    assert nearest("boat-left.png", "right-boat.jpg", "boat_left.jpg", "coat.png") == "boat_left.jpg"
    assert nearest("aaaa.png", "boat.jpg") is None
    assert nearest("aaaa.png") is None
    assert nearest("house_12_edges.png", "house_13_edges.jpg", "photo of house 012.jpg") == "photo of house 012.jpg"
    assert nearest("map_0007.png", "sat_8.png", "sat_0008.png", "sat_7.png") == "sat_7.png"
    found = matched(["same.png", "cat1.png"], ["same.jpg", "cat-1.png"])
    assert found.second == (Lonely(B / "cat-1.png", A / "cat1.png"),)


def test_side_by_side_each_is_its_own_partner():
    assert side_by_side([A / "1.png"]).pairs == ((A / "1.png", A / "1.png"),)


@pytest.mark.timeout(60)
def test_ten_thousand_without_a_partner_take_seconds():
    found = matched([f"left{n:05d}.png" for n in range(10_000)], [f"{n:05d}right.png" for n in range(10_000)])
    assert len(found.first) == len(found.second) == 10_000


def test_single_files_match_by_their_own_names():
    first, second = [Path("/x/1.png")], [Path("/y/1.jpg")]
    assert match(first, second, (first, second)).pairs == ((first[0], second[0]),)
