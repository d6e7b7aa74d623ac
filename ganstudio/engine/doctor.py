"""Doctor: what this computer has, what will be slow, what is missing, and what to do about it."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Literal, TypeAlias

import psutil
import torch
from PIL import features

from ganstudio.engine import devices
from ganstudio.engine.training import precision

Verdict: TypeAlias = Literal["fine", "slow", "missing"]

ENOUGH_MEMORY = 8 << 30  # Bytes. Training at 256 pixels and a few thousand decoded pictures fit.
ENOUGH_CARD = 6 << 30  # Bytes. CycleGAN at 256 pixels, batch 1, fits.
ENOUGH_DISK = 5 << 30  # Bytes. A run with its checkpoints and sheets fits.


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: What was looked at.
        value: What was found.
        verdict: "fine", "slow" (it works, but slowly or tightly), or "missing".
        advice: What to do; empty when all is fine.
    """

    name: str
    value: str
    verdict: Verdict = "fine"
    advice: str = ""


def examine(folder: Path | None = None) -> tuple[Finding, ...]:
    """Look at everything that matters for training here; nothing is changed and nothing is fetched.

    Args:
        folder: Where runs will be written; None for the current folder.
    """
    return (
        Finding("system", f"{platform.system()} {platform.release()}, {platform.machine()}"),
        Finding("Python", platform.python_version()),
        *(_package(name) for name in ("torch", "torchvision", "onnxruntime")),
        _package("PySide6-Essentials", "The window cannot open. Install GAN Studio again."),
        *_devices(),
        _precision(),
        _cores(),
        _threads(),
        _memory(),
        _disk(folder or Path.cwd()),
        _format("HEIC", _has_heif(), "Pictures from an iPhone are passed over. Install pillow-heif."),
        _format("AVIF", bool(features.check("avif")), "AVIF pictures are passed over. Install a newer Pillow."),
        _display(),
    )


def _package(name: str, advice: str = "Install GAN Studio again.") -> Finding:
    try:
        return Finding(name, metadata.version(name))
    except metadata.PackageNotFoundError:
        return Finding(name, "not installed", "missing", advice)


def _devices() -> tuple[Finding, ...]:
    found = []
    for key, title in devices.available():
        match key:
            case "cuda":
                found += [_card(index) for index in range(torch.cuda.device_count())]
            case "mps":
                found.append(Finding("graphics", title))
            case _:
                found += [] if found else [_no_card(title)]
    return tuple(found)


def _card(index: int) -> Finding:
    card = torch.cuda.get_device_properties(index)
    value = f"{card.name}, {_size(card.total_memory)}"
    if card.total_memory < ENOUGH_CARD:
        return Finding("graphics", value, "slow", "Its memory is small. Train with --size 128.")
    return Finding("graphics", value)


def _no_card(title: str) -> Finding:
    if shutil.which("nvidia-smi") is not None:
        advice = "There is an NVIDIA driver, but its card cannot be used. Update the driver, then look again."
    else:
        advice = (
            "Training runs on the processor, many times slower. Start with the quick preset, or use a computer with an "
            "NVIDIA card or Apple silicon."
        )
    return Finding("graphics", f"none that can train; {title}", "slow", advice)


def _precision() -> Finding:
    """What training may compute in beside fp32, on the device it chooses by itself."""
    device = devices.choose("auto")
    has = precision.instructions(device)
    if not has:
        return Finding("bf16", f"no instructions for it on {devices.title(device)}; training is in fp32")
    return Finding(
        "bf16", f"{', '.join(has)}; training measures at its start whether that is faster, 1.5 to 3 times as a rule"
    )


def _cores() -> Finding:
    cores = devices.cpu_cores()
    if cores < 4:
        return Finding(
            "processor",
            f"{cores} core{'' if cores == 1 else 's'} for us",
            "slow",
            "Few cores: close other programs while training.",
        )
    return Finding("processor", f"{cores} cores for us")


def _threads() -> Finding:
    threads, cores = torch.get_num_threads(), devices.cpu_cores()
    if threads < cores // 2:
        limit = next((name for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS") if name in os.environ), "")
        advice = f"{limit} holds it back. Unset it." if limit else "Something limits it; unset OMP_NUM_THREADS."
        return Finding("threads of torch", str(threads), "slow", advice)
    if threads > cores:
        return Finding("threads of torch", str(threads), "slow", f"More than cores. Set OMP_NUM_THREADS={cores}.")
    return Finding("threads of torch", str(threads))


def _memory() -> Finding:
    memory = psutil.virtual_memory()
    value = f"{_size(memory.available)} free of {_size(memory.total)}"
    if memory.available < ENOUGH_MEMORY // 4:
        return Finding("memory", value, "slow", "Little is free. Close other programs before training.")
    if memory.total < ENOUGH_MEMORY:
        return Finding("memory", value, "slow", "Train with --size 128 and a few hundred pictures.")
    return Finding("memory", value)


def _disk(folder: Path) -> Finding:
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    free = psutil.disk_usage(str(there)).free
    if free < ENOUGH_DISK:
        return Finding("disk", f"{_size(free)} free", "slow", "A long training writes gigabytes. Make room first.")
    return Finding("disk", f"{_size(free)} free")


def _has_heif() -> bool:
    try:
        metadata.version("pillow-heif")
    except metadata.PackageNotFoundError:
        return False
    return True


def _format(name: str, able: bool, advice: str) -> Finding:
    return Finding(f"{name} pictures", "readable") if able else Finding(f"{name} pictures", "no", "missing", advice)


def _display() -> Finding:
    if sys.platform in {"win32", "darwin"}:
        return Finding("display", "yes")
    for name in ("WAYLAND_DISPLAY", "DISPLAY"):
        if os.environ.get(name):
            return Finding("display", os.environ[name])
    return Finding("display", "none", "missing", "The window needs one; training and translating by command do not.")


def _size(count: float) -> str:
    return f"{count / 2**30:.1f} GB"
