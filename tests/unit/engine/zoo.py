"""Every generator that turns a picture into a picture, small, with weights at random."""

import functools

import torch
from torch import nn

from ganstudio.methods import CATALOGUE
from ganstudio.networks.discogan import EncoderDecoder
from ganstudio.networks.generators import AntialiasedGenerator, ResnetGenerator
from ganstudio.networks.light import LightGenerator
from ganstudio.networks.simgan import Refiner
from ganstudio.networks.srgan import SRResNet
from ganstudio.networks.unet import UNetGenerator
from ganstudio.words.routes import DomainFound, Inventory, Needs, Route
from ganstudio.words.settings import build

SMALL = {"width": 4, "discriminator_width": 4, "blocks": 1, "discriminator_layers": 1, "noise": 8}


class Resized(nn.Module):
    """A ResNet generator that enlarges by plain resizing before it convolves: no chequered patterns."""

    def __init__(self, width, mode):
        super().__init__()
        smooth = {} if mode == "nearest" else {"align_corners": False}
        network = ResnetGenerator(1, width)
        layers = []
        for layer in network.model:
            if isinstance(layer, nn.ConvTranspose2d):
                layers += [nn.Upsample(scale_factor=2, mode=mode, **smooth), nn.ReflectionPad2d(1)]
                layers += [nn.Conv2d(layer.in_channels, layer.out_channels, 3)]
            else:
                layers.append(layer)
        self.model = nn.Sequential(*layers)

    def forward(self, x):
        return self.model(x)


NETWORKS = {
    "resnet": (lambda width: ResnetGenerator(2, width), 4, 1),
    "resnet, affine, zeros, dropout": (lambda w: ResnetGenerator(2, w, "affine", "zero", dropout=True), 4, 1),
    "resnet, batch, replicated": (lambda width: ResnetGenerator(2, width, "batch", "replicate"), 4, 1),
    "resnet, no norm": (lambda width: ResnetGenerator(1, width, "none"), 4, 1),
    "resnet, repeated pixels": (lambda width: Resized(width, "nearest"), 4, 1),
    "resnet, smooth": (lambda width: Resized(width, "bilinear"), 4, 1),
    "antialiased": (lambda width: AntialiasedGenerator(2, width), 4, 1),
    "antialiased down": (lambda width: AntialiasedGenerator(1, width, antialias="down"), 4, 1),
    "antialiased up, batch": (lambda width: AntialiasedGenerator(1, width, "batch", antialias="up"), 4, 1),
    "unet": (lambda width: UNetGenerator(5, width), 32, 1),
    "unet, batch": (lambda width: UNetGenerator(5, width, "batch", dropout=True), 32, 1),
    "unet, affine": (lambda width: UNetGenerator(4, width, "affine"), 16, 1),
    "unet, no norm": (lambda width: UNetGenerator(4, width, "none"), 16, 1),
    "light": (lambda width: LightGenerator(2 * width, 2), 4, 1),
    "discogan": (lambda width: EncoderDecoder(3, width), 8, 1),
    "simgan": (lambda width: Refiner(width, 2), 1, 1),
    "srgan ×2": (lambda width: SRResNet(2, 2, width), 1, 2),
    "srgan ×4, residual": (lambda width: SRResNet(4, 2, width, norm=False, residual=True), 1, 4),
}


class One(nn.Module):
    """A network as a method of one route."""

    def __init__(self, network, route):
        super().__init__()
        self.network, self.route = network, route

    def makers(self):
        return {"G": self.network}

    def make(self, route, x, condition=None):
        return self.network(x)


@functools.cache
def generator(name, width=4):
    """(method, route) of one network."""
    make, multiple, scale = NETWORKS[name]
    route = Route("b", "a", multiple=multiple, scale=scale)
    return One(shaken(make(width)), route), route


@functools.cache
def routes():
    """Title → (method, route) of every translating route of every method that takes any size."""
    found = {}
    for kind in CATALOGUE:
        if kind.needs in {Needs.CLASSES, Needs.CAPTIONS, Needs.FEW_LABELS}:
            continue
        names = "ABC" if kind.needs == Needs.MANY_FOLDERS else "A" if kind.needs == Needs.FOLDER else "AB"
        known = {card.name for card in kind.card().settings}
        settings = build(kind.Settings, {name: value for name, value in SMALL.items() if name in known})
        method = shaken(kind(settings, Inventory(tuple(DomainFound(name, 9, 1) for name in names), {}), 16))
        for route in method.routes():
            if route.source and not route.side:
                found[f"{kind.key} {route.title}"] = (method, route)
    return found


def shaken(network):
    """Weights and averages that leave every layer something to do."""
    chance = torch.Generator().manual_seed(3)
    for layer in network.modules():
        if isinstance(layer, (nn.Conv2d, nn.ConvTranspose2d)):
            fan = layer.weight[0].numel() / (4 if isinstance(layer, nn.ConvTranspose2d) else 1)
            layer.weight.data = torch.randn(layer.weight.shape, generator=chance) * (1.5 / fan) ** 0.5
            if layer.bias is not None:
                layer.bias.data = 0.1 * torch.randn(layer.bias.shape, generator=chance)
        elif isinstance(layer, (nn.BatchNorm2d, nn.InstanceNorm2d)):
            if layer.affine:
                layer.weight.data = 0.5 + torch.rand(layer.weight.shape, generator=chance)
                layer.bias.data = 0.1 * torch.randn(layer.bias.shape, generator=chance)
            if layer.running_mean is not None:
                layer.running_mean = 0.1 * torch.randn(layer.running_mean.shape, generator=chance)
                layer.running_var = 0.5 + torch.rand(layer.running_var.shape, generator=chance)
    return network.eval().requires_grad_(False)
