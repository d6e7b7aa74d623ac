"""Our own files are found, and caches lie in one place that can be chosen."""

from pathlib import Path

import pytest

from ganstudio.words import places
from ganstudio.words.places import CACHES, cache, cache_folder, own_folder, resources


def test_resources_lie_beside_the_package():
    assert resources().name == "resources"


def test_the_cache_goes_where_it_was_asked_to(monkeypatch, tmp_path):
    monkeypatch.setenv("GANSTUDIO_CACHE", str(tmp_path / "here"))
    assert {kept: cache(kept) for kept in CACHES} == {kept: tmp_path / "here" / kept for kept in CACHES}
    assert not (tmp_path / "here").exists()


@pytest.mark.parametrize(
    ("system", "variables", "place"),
    [
        ("linux", {}, ".cache/ganstudio"),
        ("linux", {"XDG_CACHE_HOME": "/fast"}, "/fast/ganstudio"),
        ("darwin", {}, "Library/Caches/ganstudio"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/ganstudio/Cache"),
        ("win32", {}, "AppData/Local/ganstudio/Cache"),
    ],
)
def test_without_a_wish_the_cache_lies_where_the_system_keeps_them(monkeypatch, system, variables, place):
    for name in ("GANSTUDIO_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(places.sys, "platform", system)
    assert cache_folder() == Path.home() / place


@pytest.mark.parametrize(
    ("system", "variables", "place"),
    [
        ("linux", {}, ".local/share/ganstudio"),
        ("linux", {"XDG_DATA_HOME": "/mine"}, "/mine/ganstudio"),
        ("darwin", {}, "Library/Application Support/ganstudio"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/ganstudio"),
    ],
)
def test_the_log_lies_where_the_system_keeps_what_programs_write_of_themselves(monkeypatch, system, variables, place):
    for name in ("XDG_DATA_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(places.sys, "platform", system)
    assert own_folder() == Path.home() / place
