"""Every method of the catalogue learns by two processes what it learns by one."""

import json
import os
import subprocess
import sys

import pytest
import torch

from ganstudio.methods import CATALOGUE
from tests.e2e.conftest import ROOT
from tests.e2e.shared_methods import GOING_ON, SMALL, STEPS


@pytest.mark.slow
@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="torch without gloo")
def test_every_method_learns_the_same_alone_and_shared_and_from_one_number_to_another(tmp_path):
    """That both processes hold the same bits they make sure of themselves, at every save."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    command += ["-m", "tests.e2e.shared_methods", str(tmp_path)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False
    )
    assert done.returncode == 0, done.stderr
    told = {line["method"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert told.keys() == {kind.key for kind in CATALOGUE} | {f"{key}, 1, 2 and 1" for key in GOING_ON}
    for kind in CATALOGUE:
        assert told[kind.key]["shared"] == kind.apart
    # Rounding decides where a weight goes whose gradient is nearly none: by one rate in a step at most.
    assert {key for key, line in told.items() if line["losses"] > 2e-3} == set()
    assert {key for key, line in told.items() if line["weights"] > 0.1 * SMALL["learning_rate"] * STEPS} == set()
