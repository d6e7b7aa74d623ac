"""The eyes of a network that knows photographs: VGG19, for losses that compare what is seen instead of pixels.

Nothing is ever downloaded here. The weights are those that torchvision publishes; they count when their file lies
where torch keeps such files.
"""

from __future__ import annotations

from pathlib import Path

import torch
import torch.hub
from torch import Tensor, nn

WEIGHTS = "https://download.pytorch.org/models/vgg19-dcbb9e9d.pth"  # Trained on ImageNet by torchvision.
BYTES = 574_673_361

# Channels of the 16 convolutions, and where a pooling halves the picture: column E of the paper's table 1.
_LAYERS = (64, 64, "M", *(128,) * 2, "M", *(256,) * 4, "M", *(512,) * 4, "M", *(512,) * 4)


def weights_file() -> Path:
    """Where the file of weights belongs, whether it is there or not: the folder that torch and torchvision use."""
    return Path(torch.hub.get_dir()) / "checkpoints" / Path(WEIGHTS).name


class VGGFeatures:
    """What VGG19 sees after its 16th convolution and its activation: VGG54 of the SRGAN paper.

    It is no nn.Module, so that a method which holds it neither trains, saves nor exports it. It follows the pictures to
    their device.

    Source: Simonyan, Zisserman: "Very Deep Convolutional Networks for Large-Scale Image Recognition", 2014.

    Args:
        file: Weights as torchvision publishes them.

    Raises:
        ValueError: There is no such file, or it holds something else; the message says where to put which file.
    """

    def __init__(self, file: Path) -> None:
        remedy = f"Put {WEIGHTS} at {file}."
        if not file.is_file():
            raise ValueError(f"The weights of VGG19 are not there. {remedy}")
        layers: list[nn.Module] = []
        channels = 3
        with torch.device("meta"):  # The file brings the weights.
            for wide in _LAYERS:
                if isinstance(wide, str):
                    layers.append(nn.MaxPool2d(2))
                else:
                    layers += [nn.Conv2d(channels, wide, 3, padding=1), nn.ReLU()]
                    channels = wide
            self._network = nn.Sequential(*layers)
        wanted = self._network.state_dict()
        try:
            held = torch.load(file, map_location="cpu", weights_only=True)
            weights = {name: held[f"features.{name}"].contiguous() for name in wanted}
            self._network.load_state_dict(weights, assign=True)
        except Exception as error:  # A damaged file breaks torch's reader in many ways.
            raise ValueError(f"{file} does not hold the weights of VGG19. {remedy}") from error
        self._network.eval().requires_grad_(False)
        self._mean = torch.tensor([0.485, 0.456, 0.406])[:, None, None]
        self._deviation = torch.tensor([0.229, 0.224, 0.225])[:, None, None]

    def __call__(self, x: Tensor) -> Tensor:
        """(N, 3, H, W) in [-1, 1] → (N, 512, H / 16, W / 16); gradients flow to the pictures alone."""
        self._network.to(x.device)
        mean, deviation = self._mean.to(x.device), self._deviation.to(x.device)
        seen: Tensor = self._network(((x.float() + 1) / 2 - mean) / deviation)
        return seen
