"""The window: Qt, no torch."""

import importlib
import sys

if sys.platform == "win32":
    # Windows refuses torch's libraries once Qt's are loaded (WinError 1114), so there they come first. Elsewhere the
    # first job of the worker loads torch, and the window is there seconds earlier.
    importlib.import_module("torch")
