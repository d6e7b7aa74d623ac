"""Before any test imports Qt: draw offscreen, so that the tests need no display, and cache nothing beyond them."""

import gc
import os
import sys
import tempfile

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Tiny networks are quickest on one thread, and two test runs at once do not fight for the cores.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ["ORT_DISABLE_TELEMETRY"] = "1"  # Tests that run exported models load it by themselves.
_cache = tempfile.TemporaryDirectory(prefix="ganstudio-tests-")
os.environ["GANSTUDIO_CACHE"] = _cache.name
if sys.dont_write_bytecode:
    # Else each of some fifty programs that tests start compiles torch anew, which takes most longer than all they do.
    _bytecode = tempfile.TemporaryDirectory(prefix="ganstudio-bytecode-")
    sys.dont_write_bytecode, sys.pycache_prefix = False, _bytecode.name
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    os.environ["PYTHONPYCACHEPREFIX"] = _bytecode.name


@pytest.fixture(scope="module", autouse=True)
def settled() -> None:
    """What is there as a file of tests begins stays: the collector no longer goes through all of torch each time."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    gc.unfreeze()
