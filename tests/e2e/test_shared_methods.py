"""Every method of the catalogue learns by several processes what it learns by one."""

import json
import os
import subprocess
import sys

import pytest
import torch

from ganstudio.methods import CATALOGUE
from tests.e2e.conftest import ROOT
from tests.e2e.shared_methods import BATCHES, GOING_ON, SMALL, STEPS

UNSHARED = ("conditional-gan", "text-gan")


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="torch without gloo")
@pytest.mark.parametrize("count", BATCHES)
def test_every_method_learns_the_same_alone_and_shared_and_from_one_number_to_another(tmp_path, count):
    """That all processes hold the same bits they make sure of themselves, at every save."""
    # What cannot be shared out is trained by one, however many the others are.
    kinds = [kind for kind in CATALOGUE if kind.apart or kind.key in UNSHARED or count == 2]
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc-per-node={count}"]
    command += ["-m", "tests.e2e.shared_methods", str(tmp_path), *(kind.key for kind in kinds)]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, env=os.environ | {"OMP_NUM_THREADS": "1"}, check=False
    )
    assert done.returncode == 0, done.stderr
    told = {line["method"]: line for line in map(json.loads, done.stdout.splitlines())}
    assert told.keys() == {kind.key for kind in kinds} | {f"{key}, on and on" for key in GOING_ON}
    for kind in kinds:
        assert told[kind.key]["shared"] == kind.apart
    # Rounding decides where a weight goes whose gradient is nearly none: by one rate in a step at most.
    assert {key for key, line in told.items() if line["losses"] > 2e-3} == set()
    assert {key for key, line in told.items() if line["weights"] > 0.1 * SMALL["learning_rate"] * STEPS} == set()
