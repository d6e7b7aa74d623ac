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


def uniform(network: nn.Module, reach: float) -> None:
    """Uniform in [-reach, reach] for linear layers, biases 0.

    Source: the published code of Goodfellow et al., "Generative Adversarial Nets", 2014.
    """
    if any(parameter.is_meta for parameter in network.parameters()):
        return
    for module in network.modules():
        if isinstance(module, nn.Linear):
            nn.init.uniform_(module.weight, -reach, reach)
            nn.init.zeros_(module.bias)


def xavier(network: nn.Module, gain: float = 0.02) -> None:
    """N(0, gain² · 2 / (inputs + outputs)) for convolutions and linear layers, biases 0.

    Source: Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS
    2010; the gain is that of CUT's published code.
    """
    if any(parameter.is_meta for parameter in network.parameters()):
        return  # As above.
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.ConvTranspose2d, nn.Linear)):
            nn.init.xavier_normal_(module.weight, gain)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
