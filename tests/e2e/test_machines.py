"""Several machines work on one thing, as the README says: two starters on one machine, or two hosts made of namespaces.

Hosts of their own have names, addresses and a wire between them, which is cut; that takes root on Linux, and `ip`.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager

import psutil
import pytest
import torch

from ganstudio.engine.models import checkpoint
from ganstudio.engine.training.trainer import train
from ganstudio.runs.run import Run
from ganstudio.words.events import Finished
from tests.e2e.test_ranks import STEPS, STOPPED, alone, assert_the_same, ended, torchrun, until, words
from tests.small_shards import pack

__all__ = ["alone", "words"]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(1200),
    pytest.mark.skipif(not torch.distributed.is_gloo_available(), reason="torch without gloo"),
]


def free_port():
    """One that nobody listens on just now."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


@contextmanager
def machines(*asked, counts=(1, 1)):
    """The starters of both; they are gone afterwards, with all that is theirs."""
    where = ["--nnodes=2", "--master-addr=127.0.0.1", f"--master-port={free_port()}"]
    starters = [torchrun(count, *asked, where=[*where, f"--node-rank={number}"]) for number, count in enumerate(counts)]
    try:
        yield starters
    finally:
        for starter in starters:
            kill(starter)
            starter.communicate()


def kill(starter):
    """As when the power goes."""
    if starter.poll() is None:
        for process in (*psutil.Process(starter.pid).children(recursive=True), starter):
            process.kill()


def test_two_machines_train_one_run_stop_on_the_first_and_go_on_with_one(words, alone, pictures, tmp_path):
    run = Run(tmp_path / "run")
    with machines("train", *words, "--out", run.path, "--events", counts=(2, 1)) as (first, second):
        until(first, STOPPED)
        first.send_signal(signal.SIGINT)
        _, _, err = ended(first)
        ended(second)
    last = list(run.events())[-1]
    assert isinstance(last, Finished), err
    assert last.reason == "stopped"
    assert isinstance(list(train(run))[-1], Finished)
    assert_the_same(run, alone, pictures)


def test_a_stop_on_the_second_machine_saves_and_ends_all(words, tmp_path):
    run = Run(tmp_path / "run")
    with machines("train", *words, "--out", run.path, "--events") as (first, second):
        until(first, STOPPED)
        second.send_signal(signal.SIGTERM)
        told = [ended(starter)[2] for starter in (first, second)]
    last = list(run.events())[-1]
    assert isinstance(last, Finished), told
    assert STOPPED <= last.step < STEPS
    assert checkpoint.newest(run)[0].step == last.step
    assert [err.count("ganstudio: Interrupted.") for err in told] == [1, 1]


@pytest.mark.parametrize("dies", [0, 1])
def test_when_a_machine_dies_the_other_says_so_and_the_run_is_intact(words, tmp_path, dies):
    run = Run(tmp_path / "run")
    with machines("train", *words, "--out", run.path, "--events") as starters:
        until(starters[0], STOPPED)
        kill(starters[dies])
        code, _, err = ended(starters[1 - dies])
    assert code == 1
    assert err.count("ganstudio: One of the 2 processes that train together ended.") == 1
    assert run.holder() is None
    assert not checkpoint.newest(run)[1], "nothing is damaged"
    assert list(train(run))[-1].reason == "done"


def test_when_a_machine_dies_that_translates_the_other_says_so_and_the_rest_is_made_by_asking_again(alone, tmp_path):
    pack(tmp_path / "shards", 4, 40, side=24, noisy=True)
    asked = ["translate", alone.path, tmp_path / "shards", "--out", tmp_path / "out", "--device", "cpu"]
    with machines(*asked) as (first, second):
        for line in first.stdout:  # Both have met by now.
            if ".png" in line:
                break
        kill(second)
        code, _, err = ended(first)
    assert code == 1
    assert err.count("ganstudio: One of the 2 processes that share this work ended before it was done.") == 1
    before = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("*.png")}
    assert 0 < len(before) < 160
    with torchrun(3, *asked) as program:
        code, _, err = ended(program)
    assert code == 0, err
    made = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").iterdir()}
    assert len(made) == 160
    assert {path: made[path] for path in before} == before


@pytest.fixture
def hosts():
    """start(number, count, *asked): a starter on one of two hosts with a wire between them; `hosts.cut()` cuts it."""
    if sys.platform != "linux" or os.geteuid() or not shutil.which("ip") or not shutil.which("unshare"):
        pytest.skip("hosts of their own take root on Linux, ip and unshare")
    names = [f"ganstudio{os.getpid()}{letter}" for letter in "ab"]

    def ip(*told):
        subprocess.run(["ip", *told], check=True, capture_output=True)

    def start(number, count, *asked):
        host = ["unshare", "--uts", "ip", "netns", "exec", names[number], "sh", "-c", 'hostname "$0"; exec "$@"']
        where = ["--nnodes=2", f"--node-rank={number}", "--master-addr=10.77.0.1"]
        return torchrun(count, *asked, where=where, host=[*host, f"host-{number}"])

    start.cut = lambda: ip("-n", names[1], "link", "set", "wire", "down")
    try:
        for name in names:
            ip("netns", "add", name)
        ip("link", "add", "wire", "netns", names[0], "type", "veth", "peer", "name", "wire", "netns", names[1])
        for number, name in enumerate(names):
            ip("-n", name, "addr", "add", f"10.77.0.{number + 1}/24", "dev", "wire")
            ip("-n", name, "link", "set", "lo", "up")
            ip("-n", name, "link", "set", "wire", "up")
        yield start
    except subprocess.CalledProcessError as error:
        pytest.skip(f"no namespaces here: {error.stderr.decode().strip()}")
    finally:
        for name in names:
            subprocess.run(["ip", "netns", "delete", name], check=False, capture_output=True)


def test_two_hosts_whose_names_lead_nowhere_train_until_the_wire_is_cut(hosts, words, tmp_path):
    run = Run(tmp_path / "run")
    longer = ["train", *words, "--steps", 10_000, "--out", run.path, "--events"]
    starters = [hosts(number, 1, *longer) for number in range(2)]
    try:
        until(starters[0], STOPPED)
        hosts.cut()
        told = [ended(starter) for starter in starters]
    finally:
        for starter in starters:
            kill(starter)
            starter.communicate()
    for code, _, err in told:
        assert code == 1
        assert err.count("ganstudio: One of the 2 processes that train together ended.") == 1
    assert run.holder() is None
    assert not checkpoint.newest(run)[1], "nothing is damaged"
