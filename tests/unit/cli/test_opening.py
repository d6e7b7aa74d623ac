"""The window is loaded only to be opened, and only where there is a display."""

import builtins
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
