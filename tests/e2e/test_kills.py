"""Killed at random moments, while it trains and while it saves, a run ends as if nothing had been."""

import os
import subprocess
import sys

import pytest

from tests.e2e.conftest import ROOT

PATIENCE = 800  # Seconds; a busy machine is slow.
pytestmark = pytest.mark.timeout(900)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Sittings are forked; the benchmark says why.")
def test_a_killed_run_ends_as_if_nothing_had_been():
    words = [sys.executable, "-m", "tests.benchmarks.kills", "3", "1"]
    said = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, check=False)
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Sittings are forked.")
def test_a_killed_batch_goes_on_and_loses_and_doubles_nothing():
    words = [sys.executable, "-m", "tests.benchmarks.batch_kills", "5", "2"]
    said = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE, cwd=ROOT, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
