"""ONNX Runtime keeps nothing of this computer, and has nothing to tell."""

import os
import subprocess
import sys
from pathlib import Path

import ganstudio

RUN = """
import numpy as np
from onnx import TensorProto, helper
from ganstudio.engine.exchange.sessions import session

x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [2]) for name in "xy")
graph = helper.make_graph([helper.make_node("Neg", ["x"], ["y"])], "graph", [x], [y])
model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10)
print(session(model.SerializeToString()).run(None, {"x": np.array([1, 2], np.float32)})[0])
"""


def test_a_model_is_run_and_no_number_of_this_computer_is_kept(tmp_path):
    homes = dict.fromkeys(("HOME", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "XDG_CACHE_HOME"), str(tmp_path))
    free = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    done = subprocess.run(
        [sys.executable, "-c", RUN],
        env=free | homes,
        cwd=Path(ganstudio.__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() == "[-1. -2.]", done.stderr
    assert list(tmp_path.rglob("*")) == []


def test_nobody_else_loads_it():
    sources = Path(ganstudio.__file__).parent.rglob("*.py")
    assert [path.name for path in sources if "import onnxruntime" in path.read_text("utf-8")] == ["sessions.py"]
