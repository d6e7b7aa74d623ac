"""The published generators and discriminators, written once more from the description of their layers, in plain torch.

Nothing of GAN Studio is used here, so that an import that agrees with these agrees with the files of others.
"""

import functools
import itertools

import torch
import torch.nn.functional as F
from torch import nn


def norm_layer(kind):
    return {
        "instance": functools.partial(nn.InstanceNorm2d, affine=False),
        "affine": functools.partial(nn.InstanceNorm2d, affine=True),
        "batch": functools.partial(nn.BatchNorm2d, affine=True),
        "none": lambda _: nn.Identity(),
    }[kind]


def blur(row, total, channels):
    # Plain numbers: arithmetic on the meta device takes seconds to load.
    return torch.tensor([[[[one * other / total for other in row] for one in row]]] * channels)


class Down(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.register_buffer("filt", blur([1, 2, 1], 16, channels))

    def forward(self, x):
        return F.conv2d(F.pad(x, (1, 1, 1, 1), "reflect"), self.filt, stride=2, groups=x.shape[1])


class Up(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.register_buffer("filt", blur([1, 3, 3, 1], 16, channels))

    def forward(self, x):
        spread = F.conv_transpose2d(
            F.pad(x, (1, 1, 1, 1), "replicate"), self.filt, stride=2, padding=2, groups=x.shape[1]
        )
        return spread[:, :, 1:, 1:][:, :, :-1, :-1]


class Block(nn.Module):
    def __init__(self, channels, norm, bias, padding, dropout):
        super().__init__()
        layers = []
        for half in range(2):
            layers += [nn.ReflectionPad2d(1)] if padding == "reflect" else []
            layers += [nn.Conv2d(channels, channels, 3, padding=0 if padding == "reflect" else 1, bias=bias)]
            layers += [norm(channels)]
            if half == 0:
                layers += [nn.ReLU(True)] + ([nn.Dropout(0.5)] if dropout else [])
        self.conv_block = nn.Sequential(*layers)

    def forward(self, x):
        return x + self.conv_block(x)


class Resnet(nn.Module):
    def __init__(
        self,
        blocks=2,
        width=4,
        norm="instance",
        padding="reflect",
        dropout=False,
        antialias="none",
        colours=(3, 3),
    ):
        super().__init__()
        layer, bias = norm_layer(norm), norm in {"instance", "affine"}
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(colours[0], width, 7, bias=bias), layer(width), nn.ReLU(True)]
        for n in (width, 2 * width):
            blurred = antialias in {"both", "down"}
            layers += [nn.Conv2d(n, 2 * n, 3, 1 if blurred else 2, 1, bias=bias), layer(2 * n), nn.ReLU(True)]
            layers += [Down(2 * n)] if blurred else []
        layers += [Block(4 * width, layer, bias, padding, dropout) for _ in range(blocks)]
        for n in (4 * width, 2 * width):
            if antialias in {"both", "up"}:
                layers += [Up(n), nn.Conv2d(n, n // 2, 3, 1, 1, bias=bias)]
            else:
                layers += [nn.ConvTranspose2d(n, n // 2, 3, 2, 1, 1, bias=bias)]
            layers += [layer(n // 2), nn.ReLU(True)]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, colours[1], 7), nn.Tanh()]
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


class Level(nn.Module):
    def __init__(self, outside, inside, within, norm, bias, colours=None, dropout=False):
        super().__init__()
        self.outermost = colours is not None
        if self.outermost:
            down = [nn.Conv2d(colours[0], inside, 4, 2, 1, bias=bias)]
            up = [nn.ReLU(True), nn.ConvTranspose2d(2 * inside, colours[1], 4, 2, 1), nn.Tanh()]
        else:
            down = [nn.LeakyReLU(0.2, True), nn.Conv2d(outside, inside, 4, 2, 1, bias=bias)]
            down += [norm(inside)] if within else []
            up = [nn.ReLU(True), nn.ConvTranspose2d(inside * (2 if within else 1), outside, 4, 2, 1, bias=bias)]
            up += [norm(outside)]
        layers = down + ([within] if within else []) + up + ([nn.Dropout(0.5)] if dropout and within else [])
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x) if self.outermost else torch.cat([x, self.model(x)], 1)


class Unet(nn.Module):
    def __init__(self, downs=3, width=4, norm="batch", dropout=False, colours=(3, 3)):
        super().__init__()
        layer, bias = norm_layer(norm), norm in {"instance", "affine"}
        channels = [width * min(8, 2**depth) for depth in range(downs)]
        level = None
        for outside, inside in reversed(list(itertools.pairwise(channels))):
            level = Level(outside, inside, level, layer, bias, dropout=dropout and outside == inside)
        self.model = Level(None, width, level, layer, bias, colours)

    def forward(self, x):
        return self.model(x)


class Patch(nn.Module):
    def __init__(self, channels=3, width=4, layers=2, norm="instance", antialias=False):
        super().__init__()
        layer, bias = norm_layer(norm), norm in {"instance", "affine"}
        stride = 1 if antialias else 2
        stack = [nn.Conv2d(channels, width, 4, stride, 1), nn.LeakyReLU(0.2, True)] + [Down(width)] * antialias
        factor = 1
        for n in range(1, layers):
            before, factor = factor, min(2**n, 8)
            stack += [nn.Conv2d(width * before, width * factor, 4, stride, 1, bias=bias), layer(width * factor)]
            stack += [nn.LeakyReLU(0.2, True)] + ([Down(width * factor)] if antialias else [])
        before, factor = factor, min(2**layers, 8)
        stack += [nn.Conv2d(width * before, width * factor, 4, 1, 1, bias=bias), layer(width * factor)]
        stack += [nn.LeakyReLU(0.2, True), nn.Conv2d(width * factor, 1, 4, 1, 1)]
        self.model = nn.Sequential(*stack)

    def forward(self, x):
        return self.model(x)


def sampler(widths, told=256):
    """CUT's netF, as its state names it."""
    layers = {f"mlp_{i}": nn.Sequential(nn.Linear(n, told), nn.ReLU(), nn.Linear(told, told)) for i, n in widths}
    return nn.ModuleDict(layers)


def trained(network, seed=0):
    """Weights, scales and statistics as after a training, so that nothing is 0 or 1 by chance; in use."""
    random = torch.Generator().manual_seed(seed)
    for module in network.modules():
        for name in ("weight", "bias"):
            value = getattr(module, name, None)
            if value is None:
                continue
            scale = 1.0 if value.dim() == 1 else (2 / value[0].numel()) ** 0.5
            shift = 1.0 if value.dim() == 1 and name == "weight" else 0.0
            value.data = torch.randn(value.shape, generator=random) * (0.3 if value.dim() == 1 else scale) + shift
        if isinstance(module, nn.BatchNorm2d):
            module.running_mean = torch.randn(module.num_features, generator=random) * 0.3
            module.running_var = torch.rand(module.num_features, generator=random) + 0.5
    return network.eval()
