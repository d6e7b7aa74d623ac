"""Faults of a training that are no fault of the program: memory that ran out, a device that is lost.

Each is told by what torch raises, and becomes a sentence with what the window can offer.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

import torch

TOGETHER = (
    "One of the processes that train together ran out of memory. Use more of them, or begin a new run with a smaller "
    "--batch or --size, or with --preset low-memory."
)
Kind: TypeAlias = Literal["memory", "device"]

_MEMORY = (
    "out of memory",
    "can't allocate memory",
    "not enough memory",
    "DefaultCPUAllocator",
    "_STATUS_ALLOC_FAILED",
)
_DEVICE = ("CUDA error", "CUBLAS_STATUS_", "CUDNN_STATUS_", "cuDNN error", "device-side assert", "MPS device", "NVML")


class TooLarge(ValueError):  # noqa: N818  It is a sentence, as all faults for people are.
    """Memory does not suffice.

    Attributes:
        size: Side of training pictures in pixels that would fit; None when none does.
    """

    def __init__(self, sentence: str, size: int | None = None) -> None:
        super().__init__(sentence)
        self.size = size


class DeviceLost(ValueError):  # noqa: N818  As above.
    """The device answers no more until the program starts anew; the CPU still does."""


def kind(error: BaseException) -> Kind | None:
    """What kind of fault an error is; None for any other."""
    if isinstance(error, (torch.OutOfMemoryError, MemoryError)):
        return "memory"
    if not isinstance(error, RuntimeError):
        return None
    text = str(error)
    if any(sign in text for sign in _MEMORY):  # First: "CUDA error: out of memory" is of both kinds.
        return "memory"
    accelerator = getattr(torch, "AcceleratorError", ())
    return "device" if isinstance(error, accelerator) or any(sign in text for sign in _DEVICE) else None


def no_way_left() -> TooLarge:
    """The sentence for memory that ran out where a training cannot do with less of it."""
    return TooLarge(
        "Memory ran out. The run is intact up to its last save. Close other programs and continue, or start a new run "
        "with a smaller size or batch, or with the preset low-memory."
    )


def lost(error: BaseException, step: int) -> DeviceLost:
    """The sentence for a device that was lost in `step`."""
    first = str(error).strip().partition("\n")[0].rstrip(".")
    return DeviceLost(
        f"The graphics card stopped answering at step {step} ({first}). The run is intact up to its last save. Restart "
        "GAN Studio to use the card again, or continue the run on the CPU, which is slower: choose it in Settings, or "
        "use --device cpu."
    )
