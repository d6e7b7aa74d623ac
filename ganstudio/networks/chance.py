"""To a device without waiting: pictures, and chance, drawn on the CPU so that every device plays the same."""

from __future__ import annotations

import torch
from torch import Tensor


def sent(numbers: Tensor, device: torch.device) -> Tensor:
    """`numbers` of the CPU on `device`; a step does not stand still until everything before them is computed."""
    # A plain copy waits until the card has done all before it. Apple's may read numbers after they are gone.
    return numbers.to(device, non_blocking=device.type != "mps")
