"""The window is loaded only to be opened, and only where there is a display."""

import builtins
import json
import subprocess
import sys
from types import SimpleNamespace

import pytest

import ganstudio.window
from ganstudio.cli import opening


@pytest.mark.parametrize(
    ("platform", "name", "there"),
    [
        ("linux", None, False),
        ("linux", "DISPLAY", True),
        ("linux", "WAYLAND_DISPLAY", True),
        ("linux", "QT_QPA_PLATFORM", True),
        ("win32", None, True),
        ("darwin", None, True),
    ],
)
def test_displays_are_known(monkeypatch, platform, name, there):
    monkeypatch.setattr(sys, "platform", platform)
    for each in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(each, raising=False)
    if name:
        monkeypatch.setenv(name, "x")
    assert opening.has_display() is there


@pytest.mark.parametrize(("platform", "order"), [("win32", ["torch", "window"]), ("darwin", ["window"])])
def test_torch_is_loaded_before_qt_where_it_cannot_be_after(monkeypatch, tmp_path, platform, order):
    loaded = []
    importing = builtins.__import__

    def note(name, *rest):
        if name in {"torch", "ganstudio.window"}:
            loaded.append(name.removeprefix("ganstudio."))
        return importing(name, *rest)

    window = SimpleNamespace(open_window=lambda project: 7 if project == tmp_path else 0)
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setitem(sys.modules, "torch", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "ganstudio.window.app", window)
    monkeypatch.setattr(ganstudio.window, "app", window, raising=False)
    monkeypatch.setattr(builtins, "__import__", note)
    assert opening.open_window(tmp_path) == 7
    assert loaded == order


@pytest.mark.parametrize(
    "words", [["train"], ["open"], ["open", "--help"], ["open", "a", "b"], ["--debug"], ["--help"]]
)
def test_a_line_that_says_more_is_read_as_a_whole(words):
    assert opening.straight(words) is None


def test_the_way_to_the_window_is_straight(monkeypatch, tmp_path, capsys):
    opened = []
    monkeypatch.setattr(opening, "open_window", lambda project: opened.append(project) or 0)
    (tmp_path / "project.toml").write_text("domains = []")
    assert opening.straight([]) == opening.straight(["open", str(tmp_path)]) == 0
    assert opened == [None, tmp_path]
    assert opening.straight(["open", str(tmp_path / "away")]) == 1
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_what_reads_command_lines_is_not_loaded_for_the_window():
    code = """
import json, sys
from ganstudio.cli import opening
opening.open_window = lambda project: 0
sys.argv = ["ganstudio"]
from ganstudio.__main__ import main
try:
    main()
except SystemExit as end:
    print(json.dumps([end.code, sorted({"typer", "pydantic", "rich", "email", "torch"} & sys.modules.keys())]))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    assert json.loads(done.stdout) == [0, []]
