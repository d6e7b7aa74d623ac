"""What keeps the house in order and no other tool checks."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = sorted((ROOT / "ganstudio").rglob("*.py"))
LINES = 400
EMPTY_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "base", "misc"}


def test_files_stay_within_their_budget():
    long = {
        str(path.relative_to(ROOT)): count for path in SOURCES if (count := len(path.read_bytes().splitlines())) > LINES
    }
    assert long == {}


def test_file_names_say_something():
    assert [path for path in SOURCES if path.stem in EMPTY_NAMES] == []


def test_every_method_has_its_test():
    methods = {path.stem for path in (ROOT / "ganstudio/methods").glob("*.py")} - {"__init__"}
    tests = {path.stem.removeprefix("test_") for path in (ROOT / "tests/unit/methods").glob("test_*.py")}
    assert methods
    assert methods - tests == set()


@pytest.mark.parametrize(
    ("modules", "strangers"),
    [
        (["words", "runs"], {"torch", "numpy", "PIL", "PySide6", "rich", "typer"}),
        (["pictures.reading", "pictures.folders", "pictures.health", "pictures.frames"], {"torch", "PySide6"}),
        (["cli.app"], {"torch", "numpy", "PIL", "onnxruntime", "PySide6", "rich"}),
    ],
    ids=["words and runs", "pictures", "the command line"],
)
def test_loading_stays_light(modules, strangers):
    names = [f"ganstudio.{name}" for module in modules for name in _with_children(module)]
    code = f"import sys, importlib; [importlib.import_module(name) for name in {names}]; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert strangers.intersection(loaded) == set()


def _with_children(module):
    folder = ROOT / "ganstudio" / module.replace(".", "/")
    return [module, *(f"{module}.{path.stem}" for path in folder.glob("*.py") if path.stem != "__init__")]


def test_only_the_window_names_qt():
    qt = {"PySide6", "pyqtgraph", "shiboken6"}
    outside = [path for path in SOURCES if "window" not in path.relative_to(ROOT).parts]
    assert [str(path.relative_to(ROOT)) for path in outside if qt & _imported(path)] == []


def test_only_printing_prints():
    assert [path.name for path in SOURCES if path.name != "printing.py" and "print" in _called(path)] == []


def test_no_file_can_run_code():
    """Weights are read by safetensors, or by torch with weights_only."""
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_bytes())):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "torch.load":
                assert "weights_only=True" in ast.unparse(node), path
    assert [path.name for path in SOURCES if {"pickle", "shelve", "marshal", "dill"} & _imported(path)] == []


def _imported(path):
    names = set()
    for node in ast.walk(ast.parse(path.read_bytes())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module.split(".")[0])
    return names


def _called(path):
    nodes = ast.walk(ast.parse(path.read_bytes()))
    return {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
