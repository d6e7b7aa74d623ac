"""The eyes that published distances between sets of pictures were measured with: Inception-v3 as of December 2015.

Nothing is ever downloaded here. The weights are those of the first measurements, carried over to PyTorch by
pytorch-fid; they count when their file lies where torch, pytorch-fid and torchmetrics keep it too.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
import torch.hub
import torch.nn.functional as F
from torch import Tensor, nn

WEIGHTS = "https://github.com/mseitzer/pytorch-fid/releases/download/fid_weights/pt_inception-2015-12-05-6726825d.pth"
BYTES = 95_628_359
SIDE = 299  # Pixels that it looks at.
CLASSES = 1008


def weights_file() -> Path:
    """Where the file of weights belongs, whether it is there or not."""
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(WEIGHTS).name


class InceptionFeatures:
    """What Inception-v3 sees of a picture as a whole: its last 2048 features, before it names a class.

    It is no nn.Module, as it is no part of what is trained or saved. It follows the pictures to their device.

    Sources: Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", 2016. The network of the
    published distances differs from torchvision's in three things: averages leave out the border, the last block takes
    a maximum for an average, and it knows 1008 classes.

    Args:
        file: Weights as pytorch-fid publishes them.

    Raises:
        ValueError: There is no such file, or it holds something else; the message says where to put which file.
    """

    def __init__(self, file: Path) -> None:
        remedy = f"Put {WEIGHTS} at {file}."
        if not file.is_file():
            raise ValueError(f"The weights of Inception are not there. {remedy}")
        with torch.device("meta"):  # The file brings the weights.
            self._network = _network()
        # How many batches a norm has seen moves nothing; older files do not say it.
        counted = {name for name in self._network.state_dict() if name.endswith("num_batches_tracked")}
        try:
            held = torch.load(file, map_location="cpu", weights_only=True)
            weights = {name: held[name].contiguous() for name in self._network.state_dict() if name not in counted}
            whole = all(bool(value.isfinite().all()) for value in weights.values())
            missing, _ = self._network.load_state_dict(weights, assign=True, strict=False)
        except Exception as error:  # A damaged file breaks torch's reader in many ways.
            raise ValueError(f"{file} does not hold the weights of Inception. {remedy}") from error
        if not whole or set(missing) - counted:
            raise ValueError(f"{file} does not hold the weights of Inception. {remedy}")
        for module in self._network.modules():
            if isinstance(module, nn.BatchNorm2d):
                module.num_batches_tracked = None
        self._network.fc = nn.Identity()
        self._network.eval().requires_grad_(False)

    def __call__(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → (N, 2048) float32 on the device of the pictures."""
        self._network.to(x.device)
        fitted = F.interpolate(x.float(), size=(SIDE, SIDE), mode="bilinear", antialias=True)
        seen: Tensor = self._network(fitted)
        return seen

    def leave(self) -> None:
        """Give back the device's memory."""
        self._network.to("cpu")


def _network() -> Any:
    """Inception-v3 of torchvision with the poolings of the published distances."""
    from torchvision.models import inception as parts  # noqa: PLC0415  Takes a moment, and few have the weights.

    def inner_average(x: Tensor) -> Tensor:
        return F.avg_pool2d(x, kernel_size=3, stride=1, padding=1, count_include_pad=False)

    def maximum(x: Tensor) -> Tensor:
        return F.max_pool2d(x, kernel_size=3, stride=1, padding=1)

    def pooled(block: Any, pooling: Any) -> Any:
        class Block(block):  # type: ignore[misc]
            """`block` whose pooled branch takes this pooling."""

            def _forward(self, x: Tensor) -> list[Tensor]:
                branches: list[Tensor] = super()._forward(x)
                branches[-1] = self.branch_pool(pooling(x))
                return branches

        return Block

    block_a, block_c, block_e = (
        pooled(block, inner_average) for block in (parts.InceptionA, parts.InceptionC, parts.InceptionE)
    )
    blocks = [parts.BasicConv2d, block_a, parts.InceptionB, block_c, parts.InceptionD, block_e, parts.InceptionAux]
    network = parts.Inception3(
        num_classes=CLASSES, aux_logits=False, transform_input=False, inception_blocks=blocks, init_weights=False
    )
    network.Mixed_7c = pooled(parts.InceptionE, maximum)(2048)
    return network
