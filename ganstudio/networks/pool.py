"""The image pool: a discriminator also judges fakes of the past, so that it does not forget them."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ImagePool(nn.Module):
    """Keeps up to `capacity` fakes.

    While it fills, a fake is kept and returned; then every second one, by chance, is swapped for an old one. The kept
    pictures are part of the state, so a resumed run continues exactly.

    Source: Shrivastava et al., "Learning from Simulated and Unsupervised Images", CVPR 2017, section 2.3; capacity 50
    as in CycleGAN.
    """

    def __init__(self, capacity: int = 50) -> None:
        super().__init__()
        self.capacity = capacity
        self._kept: list[Tensor] = []

    def forward(self, fakes: Tensor) -> Tensor:
        """(N, 3, H, W) → the same shape: fakes of now and of the past, detached."""
        fakes = fakes.detach()
        return torch.stack([self._swap(fake) for fake in fakes]) if self.capacity else fakes

    def _swap(self, fake: Tensor) -> Tensor:
        if len(self._kept) < self.capacity:
            self._kept.append(fake.clone())
            return fake
        # The coin and the index come from the CPU's generator: no waiting for the device.
        if torch.rand(()).item() < 0.5:
            return fake
        index = int(torch.randint(self.capacity, ()).item())
        old = self._kept[index]
        self._kept[index] = fake.clone()
        return old

    def get_extra_state(self) -> Tensor:
        """The kept pictures, (K, 3, H, W)."""
        return torch.stack(self._kept) if self._kept else torch.empty(0)

    def set_extra_state(self, state: Tensor) -> None:
        """Take back what `get_extra_state` gave."""
        self._kept = list(state)
