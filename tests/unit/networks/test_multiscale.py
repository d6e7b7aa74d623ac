import pytest
import torch

from ganstudio.networks.multiscale import MultiScaleDiscriminator


def test_it_has_the_published_number_of_parameters():
    discriminator = MultiScaleDiscriminator(256)
    assert sum(parameter.numel() for parameter in discriminator.parameters()) == 3 * 2_757_057


def test_every_scale_sees_the_picture_at_half_the_size_of_the_one_before():
    discriminator = MultiScaleDiscriminator(64, scales=3, layers=2, width=4)
    seen = discriminator(torch.zeros(2, 3, 64, 64))
    assert [tuple(judged.shape) for judged in seen] == [(2, 1, side, side) for side in (16, 8, 4)]


@pytest.mark.parametrize("size", [64, 65, 100])
def test_the_smallest_size_it_accepts_works(size):
    discriminator = MultiScaleDiscriminator(size, scales=3, layers=4, width=4)
    assert all(torch.isfinite(judged).all() for judged in discriminator(torch.randn(1, 3, size, size)))


def test_too_small_a_picture_is_refused_with_a_remedy():
    with pytest.raises(ValueError, match="at least 64 pixels, not 32"):
        MultiScaleDiscriminator(32, scales=3, layers=4)
