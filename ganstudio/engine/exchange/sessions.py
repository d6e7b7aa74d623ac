"""Files of ONNX, run by ONNX Runtime, and nothing said of it.

As it is loaded, ONNX Runtime gives this computer a number, keeps it in the user's cache, and tells its maker's servers
what was run. A variable is all it heeds, and only before: nobody else here may load it.
"""

from __future__ import annotations

import os
from typing import Any


def session(data: bytes) -> Any:
    """An `onnxruntime.InferenceSession` of a file of ONNX, on the processor."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    import onnxruntime  # noqa: PLC0415

    return onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])
