import pytest
import torch

from ganstudio.networks.coupled import CoupledDiscriminator, CoupledGenerator


def test_both_pictures_come_from_one_scene():
    torch.manual_seed(0)
    generator = CoupledGenerator(32, noise=8, width=4)
    a, b = generator(torch.randn(2, 8))
    assert a.shape == b.shape == (2, 3, 32, 32)
    assert not torch.equal(a, b)
    generator.own_b.load_state_dict(generator.own_a.state_dict())
    a, b = generator(torch.randn(2, 8))
    assert torch.equal(a, b)


@pytest.mark.parametrize("own", [1, 2, 3])
def test_what_is_not_its_own_is_shared(own):
    generator, discriminator = CoupledGenerator(32, 8, 4, own), CoupledDiscriminator(32, 4, own)
    for network in (generator, discriminator):
        of_a = sum(module.weight.dim() == 4 for module in network.own_a if hasattr(module, "weight"))
        of_both = sum(module.weight.dim() == 4 for module in network.shared if hasattr(module, "weight"))
        assert (of_a, of_both) == (own, 4 - own)
    logits = discriminator(*generator(torch.randn(3, 8)))
    assert logits.shape == (6,)


def test_shared_layers_learn_from_both_domains():
    torch.manual_seed(0)
    generator = CoupledGenerator(16, 8, 4)
    a, b = generator(torch.randn(4, 8))
    for picture in (a, b):
        slopes = torch.autograd.grad(picture.square().mean(), list(generator.shared.parameters()), retain_graph=True)
        assert all(slope.abs().max() > 0 for slope in slopes if slope.dim() > 1)


def test_something_must_be_shared():
    with pytest.raises(ValueError, match="at most 3 layers of its own, not 4"):
        CoupledGenerator(32, 8, 4, own=4)
