"""The same arithmetic whoever asks: full float32, and the same kernels each time."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import torch


@contextmanager
def exactly(device: torch.device, *, bf16: bool) -> Iterator[None]:
    """Compute without gradients and without a device's shortcuts; with `bf16`, torch chooses what to round to it."""
    with ExitStack() as stack:
        stack.enter_context(torch.inference_mode())
        if device.type == "cuda":
            stack.enter_context(
                torch.backends.cudnn.flags(enabled=True, benchmark=False, deterministic=True, allow_tf32=False)
            )
        if bf16:  # Entered before each stage of a network, so it is left out where it would do nothing.
            stack.enter_context(torch.autocast(device.type, torch.bfloat16))
        yield


def give_back(device: torch.device) -> None:
    """Let go of memory that torch keeps. Outside of an except block, whose traceback would keep it alive."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
