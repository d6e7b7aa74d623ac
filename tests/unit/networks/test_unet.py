import pytest
import torch

from ganstudio.networks.initial import normal
from ganstudio.networks.unet import UNetGenerator, UNetLevel, halvings


def parameters(network):
    return sum(parameter.numel() for parameter in network.parameters())


@pytest.mark.parametrize(("downs", "millions"), [(8, 54.414), (7, 41.829)])
def test_has_the_published_number_of_parameters(downs, millions):
    with torch.device("meta"):
        assert parameters(UNetGenerator(downs, norms="batch")) / 1e6 == pytest.approx(millions, abs=0.0005)


def test_carries_the_published_names_and_shapes():
    with torch.device("meta"):
        batch, instance = UNetGenerator(8, norms="batch").state_dict(), UNetGenerator(8).state_dict()
    assert len(batch) == 82
    assert len(instance) == 32
    third, innermost = "model.model.1.model.3.model", "model.model" + ".1.model" + 6 * ".3.model"
    shapes = {
        "model.model.0.weight": (64, 3, 4, 4),
        "model.model.3.weight": (128, 3, 4, 4),
        "model.model.3.bias": (3,),
        "model.model.1.model.1.weight": (128, 64, 4, 4),
        "model.model.1.model.5.weight": (256, 64, 4, 4),
        f"{third}.1.weight": (256, 128, 4, 4),
        f"{third}.5.weight": (512, 128, 4, 4),
        f"{innermost}.1.weight": (512, 512, 4, 4),
        f"{innermost}.3.weight": (512, 512, 4, 4),
    }
    for state in (batch, instance):
        assert {name: tuple(state[name].shape) for name in shapes} == shapes
    assert f"{third}.2.running_mean" in batch
    assert f"{third}.6.weight" in batch
    assert f"{innermost}.4.weight" in batch
    assert f"{third}.1.bias" in instance
    assert f"{third}.1.bias" not in batch


def test_is_the_same_with_and_without_dropout_by_name():
    with torch.device("meta"):
        plain, dropping = UNetGenerator(8, norms="batch"), UNetGenerator(8, norms="batch", dropout=True)
    assert plain.state_dict().keys() == dropping.state_dict().keys()
    levels = [module for module in dropping.modules() if isinstance(module, UNetLevel)]
    drops = [isinstance(level.model[-1], torch.nn.Dropout) for level in levels]
    # From the outside in: 128, 256 and 512 channels come in wide, then three 512-levels drop, the innermost does not.
    assert drops == [False, False, False, True, True, True, False]


@pytest.mark.parametrize(
    ("size", "downs"), [(16, 4), (32, 5), (64, 6), (96, 5), (128, 7), (256, 8), (512, 8), (768, 8)]
)
def test_depth_follows_the_size(size, downs):
    assert halvings(size) == downs


@pytest.mark.parametrize(("size", "near"), [(40, 48), (100, 112), (250, 256)])
def test_refuses_sizes_that_cannot_be_halved_in_a_sentence(size, near):
    with pytest.raises(ValueError, match=f"such as {near}"):
        halvings(size)


@pytest.mark.parametrize("norm", ["batch", "instance"])
@pytest.mark.parametrize(("height", "width"), [(16, 16), (64, 16), (48, 80)])
def test_keeps_size_and_range(norm, height, width):
    generator = UNetGenerator(4, 4, norm).train()
    normal(generator)
    made = generator(torch.randn(2, 3, height, width))
    assert made.shape == (2, 3, height, width)
    assert made.abs().max() <= 1


def test_treats_each_picture_of_a_batch_alone():
    generator = UNetGenerator(4, 8)
    pictures = torch.randn(2, 3, 32, 32)
    with torch.inference_mode():
        torch.testing.assert_close(generator(pictures)[1:], generator(pictures[1:]))


def test_details_pass_the_bottleneck():
    """With a bottleneck that says nothing, a pixel still reaches its place: the skips carry it."""
    generator = UNetGenerator(4, 8).double()
    innermost = [module for module in generator.modules() if isinstance(module, UNetLevel)][-1]
    torch.nn.init.zeros_(innermost.model[3].weight)
    picture = torch.randn(1, 3, 32, 32, dtype=torch.float64, requires_grad=True)
    generator(picture)[0, :, 8, 8].sum().backward()
    assert picture.grad[0, :, 8, 8].abs().sum() > 0


def test_dropout_is_by_chance_in_training_only():
    generator = UNetGenerator(6, 4, dropout=True)
    picture = torch.randn(1, 3, 64, 64)
    with torch.inference_mode():
        assert not torch.equal(generator(picture), generator(picture))
        generator.eval()
        assert torch.equal(generator(picture), generator(picture))
