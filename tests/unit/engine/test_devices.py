import re

import pytest
import torch

from ganstudio.engine import devices


def without_accelerators(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: False)


def test_auto_takes_the_cpu_when_nothing_else_is_here(monkeypatch):
    without_accelerators(monkeypatch)
    assert devices.choose("auto") == torch.device("cpu")
    assert [key for key, _ in devices.available()] == ["cpu"]


def test_auto_prefers_cuda_then_mps(monkeypatch):
    without_accelerators(monkeypatch)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: True)
    assert devices.choose("auto") == torch.device("mps")
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda _: "NVIDIA RTX 4070")
    assert devices.choose("auto") == torch.device("cuda")
    assert devices.available()[0] == ("cuda", "NVIDIA RTX 4070")


@pytest.mark.parametrize(
    ("device", "sentence"),
    [
        ("cuda", "No CUDA device here. Use --device auto."),
        ("mps", "No Apple (MPS) device here. Use --device auto."),
        ("cudda", "There is no device 'cudda'. Did you mean cuda?"),
    ],
)
def test_a_device_that_is_not_here_is_refused_in_a_sentence(monkeypatch, device, sentence):
    without_accelerators(monkeypatch)
    with pytest.raises(ValueError, match=re.escape(sentence)):
        devices.choose(device)


def test_the_cpu_says_how_many_cores_this_process_may_use(monkeypatch):
    monkeypatch.setattr(devices, "cpu_cores", lambda: 2)
    assert devices.title(torch.device("cpu")) == "CPU, 2 cores"
    monkeypatch.setattr(devices, "cpu_cores", lambda: 1)
    assert devices.title(torch.device("cpu")) == "CPU, 1 core"


@pytest.mark.parametrize(
    ("said", "here", "nccl", "cards"),
    [("", 4, True, 4), ("", 4, False, 1), ("", 0, True, 1), ("3", 0, False, 3), ("x", 2, True, 2)],
)
def test_cards_that_can_share_a_training_are_counted(monkeypatch, said, here, nccl, cards):
    monkeypatch.setenv("GANSTUDIO_CARDS", said)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: here)
    monkeypatch.setattr(torch.distributed, "is_nccl_available", lambda: nccl)
    assert devices.cards() == cards
