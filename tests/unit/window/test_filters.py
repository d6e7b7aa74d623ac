"""Filters: which pictures each count shows, and what can be done with them."""

from pathlib import Path

from ganstudio.pictures.health import Finding, Report
from ganstudio.window import filters
from ganstudio.window.contents import Contents
from ganstudio.words.recipe import Domain


def path(name: str) -> Path:
    return Path("/p") / name


def contents(*names: str, held="", out="") -> Contents:
    left_out = tuple(path(name) for name in out.split())
    return Contents(
        tuple(path(name) for name in names),
        frozenset(path(name) for name in held.split()),
        left_out,
        {path("b"): "cats"},
        {},
    )


def found(*entries: tuple[str, str, str]) -> tuple[Finding, ...]:
    return tuple(
        Finding(kind, str(path(name)), f"{kind}!", str(path(other)) if other else "") for kind, name, other in entries
    )


NEAR = found(("near", "b", "a"), ("near", "d", "c"), ("small", "e", ""), ("near", "f", "a"))
ALL = contents("a", "b", "c", "d", "e", "f", held="a", out="x y")


def shown(kind: str, label: str = "") -> list[str]:
    return [entry.name for entry in filters.view(kind, label, NEAR, ALL).paths]


def test_the_counts_add_up():
    assert filters.counts(NEAR, ALL) == {"fine": 2, "near": 3, "small": 1, "held out": 1, "left out": 2}
    assert filters.counts(None, ALL) == {"held out": 1, "left out": 2}


def test_each_count_shows_exactly_its_pictures():
    assert shown("") == list("abcdef")
    assert shown("fine") == ["a", "c"]
    assert shown("small") == ["e"]
    assert shown("held out") == ["a"]
    assert shown("left out") == ["x", "y"]
    assert shown("broken") == []
    assert shown("", "cats") == ["b"]


def test_groups_stand_side_by_side_with_the_best_first():
    view = filters.view("near", "", NEAR, ALL)
    assert [entry.name for entry in view.paths] == ["a", "b", "f", "c", "d"]
    assert view.marks.best == {path("a"), path("c")}
    assert {entry.name: number for entry, number in view.marks.groups.items()} == {
        "a": 1,
        "b": 1,
        "f": 1,
        "c": 2,
        "d": 2,
    }
    assert [entry.name for entry in view.of_filter] == ["b", "d", "f"]
    assert view.deeds == ("keep best", "trash")


def test_what_is_left_out_takes_its_findings_with_it_and_those_of_its_twins():
    report = Report((), NEAR)
    assert [each.path for each in filters.findings(report, contents("b", "c", "d", "e", out="a f"))] == ["/p/d", "/p/e"]
    assert filters.findings(None, ALL) == ()


def test_what_can_be_done_depends_on_the_kind():
    assert filters.view("small", "", NEAR, ALL).deeds == ("exclude", "trash")
    assert filters.view("held out", "", NEAR, ALL).deeds == ()
    out = filters.view("left out", "", NEAR, ALL)
    assert out.deeds == ("take back",)
    assert [entry.name for entry in out.of_filter] == ["x", "y"]
    assert out.marks.left_out == {path("x"), path("y")}
    assert Domain("x", ()).excluded == ()
