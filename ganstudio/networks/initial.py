"""How weights begin."""

from __future__ import annotations

from torch import nn


def normal(network: nn.Module, deviation: float = 0.02) -> None:
    """N(0, deviation²) for convolutions, linear layers and embeddings, N(1, deviation²) for batch norms, biases 0.

    Source: Radford et al., "Unsupervised Representation Learning with Deep Convolutional GANs", 2015; CycleGAN and
    pix2pix use the same.
    """
    if any(parameter.is_meta for parameter in network.parameters()):
        return  # Only the shapes are wanted; drawing numbers there would load half of torch's compiler.
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear, nn.Embedding)):
            nn.init.normal_(module.weight, 0.0, deviation)
        elif isinstance(module, nn.BatchNorm2d):
            nn.init.normal_(module.weight, 1.0, deviation)
        bias = getattr(module, "bias", None)
        if isinstance(bias, nn.Parameter):
            nn.init.zeros_(bias)
