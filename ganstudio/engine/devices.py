"""Devices: where the arithmetic runs, chosen by itself or by name, and what to call it."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterator
from contextlib import contextmanager

import psutil
import torch

from ganstudio.words.recipe import DEVICES
from ganstudio.words.settings import unknown

LOST = (
    "The graphics card does not answer any more. Restart GAN Studio to use it again, or go on on the CPU: choose it in "
    "Settings, or use --device cpu."
)
_KINDS = {"cuda": "CUDA", "mps": "Apple (MPS)"}


def choose(device: str) -> torch.device:
    """The device for a name: "auto" takes the first of cuda, mps and cpu that is here.

    Raises:
        ValueError: There is no such device here, or no such name.
    """
    here = [key for key, _ in available()]
    if device == "auto":
        return torch.device(here[0])
    if device not in DEVICES:
        raise ValueError(unknown("device", device, DEVICES))
    if device not in here:
        if device == "cuda" and lost():
            raise ValueError(LOST)
        raise ValueError(f"No {_KINDS[device]} device here. Use --device auto.")
    return torch.device(device)


def title(device: torch.device | str) -> str:
    """What people call it: "NVIDIA H200", "Apple GPU (arm64)" or "CPU, 2 cores"."""
    device = torch.device(device)
    if device.type == "cuda":
        return str(torch.cuda.get_device_name(device))
    if device.type == "mps":
        return f"Apple GPU ({platform.machine()})"
    cores = cpu_cores()
    return f"CPU, {cores} core{'' if cores == 1 else 's'}"


def available() -> tuple[tuple[str, str], ...]:
    """The key and title of each device that is here, fastest first; the CPU is always the last."""
    keys = []
    if torch.cuda.is_available() and not lost():
        keys.append("cuda")
    if torch.backends.mps.is_available():
        keys.append("mps")
    return tuple((key, title(key)) for key in (*keys, "cpu"))


def lost() -> bool:
    """Whether there is a graphics card that answers no more until the program starts anew.

    After a fault every call to it fails in this process; one that was never called is not woken for the question.
    """
    if not (torch.cuda.is_available() and torch.cuda.is_initialized()):
        return False
    try:
        torch.cuda.synchronize()
    except RuntimeError:
        return True
    return False


def memory_bytes(device: str) -> int | None:
    """Memory of a graphics card ("auto", "cuda", …) for a suggestion; None where it has none of its own."""
    chosen = choose(device)
    return int(torch.cuda.get_device_properties(chosen).total_memory) if chosen.type == "cuda" else None


def cards() -> int:
    """By how many graphics cards of this machine one training can be shared.

    The environment variable GANSTUDIO_CARDS says another number, also where there are none and processors do the work.
    """
    if (said := os.environ.get("GANSTUDIO_CARDS", "")).isdigit():
        return max(1, int(said))
    together = torch.distributed.is_available() and torch.distributed.is_nccl_available()
    return max(1, torch.cuda.device_count()) if together else 1


def cpu_cores() -> int:
    """Cores that this process may use; a container or `taskset` may give it fewer than the machine has."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


@contextmanager
def stepping() -> Iterator[None]:
    """What the steps of a training compute under, whose shapes are always the same.

    float32 is float32: no TF32, by which graphics cards keep eleven of its twenty-four digits. And a card plays each
    convolution in all its ways once, and from then on in the fastest, as the published code of CycleGAN has it.
    """
    cudnn, cublas = torch.backends.cudnn, torch.backends.cuda.matmul
    before = cudnn.allow_tf32, cudnn.benchmark, cublas.allow_tf32
    cudnn.allow_tf32, cudnn.benchmark, cublas.allow_tf32 = False, True, False
    try:
        yield
    finally:
        cudnn.allow_tf32, cudnn.benchmark, cublas.allow_tf32 = before
