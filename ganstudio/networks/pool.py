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
        return _laid_out(torch.stack([self._swap(fake) for fake in fakes])) if self.capacity else fakes

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


class HalfPool(ImagePool):
    """Half of what it returns are fakes of now, half are fakes of the past, which others of now then replace.

    While it fills, fakes are kept and returned. A single fake, which has no half, is left to chance as in `ImagePool`.

    Source: Shrivastava et al., section 2.3, as the paper has it; capacity 25 600 for batches of 512.
    """

    def forward(self, fakes: Tensor) -> Tensor:
        """(N, 3, H, W) → the same shape, detached; of an odd number the larger half is of now."""
        half = len(fakes) // 2
        if not half or self.capacity < half:
            return super().forward(fakes)
        fakes = fakes.detach()
        if len(self._kept) < self.capacity:
            self._kept += list(fakes[: self.capacity - len(self._kept)].clone())
            return fakes
        # Both draws come from the CPU's generator: no waiting for the device.
        shown, replaced = (torch.randperm(self.capacity)[:half].tolist() for _ in range(2))
        past = torch.stack([self._kept[index] for index in shown])
        for index, fake in zip(replaced, fakes[-half:], strict=True):
            self._kept[index] = fake.clone()
        return _laid_out(torch.cat([fakes[: len(fakes) - half], past]))


def _laid_out(pictures: Tensor) -> Tensor:
    """The layout of all pictures of a step, however those were kept: a sum in another order would round otherwise."""
    return pictures.contiguous(memory_format=torch.channels_last)
