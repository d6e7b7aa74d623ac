import pytest
import torch
from torch.nn.utils.parametrizations import weight_norm

from ganstudio.networks.classifiers import Classifier, NormedConv2d


def test_a_filter_has_the_length_it_has_learned():
    torch.manual_seed(0)
    ours, torchs = NormedConv2d(3, 5, 3, gain=2.0), weight_norm(torch.nn.Conv2d(3, 5, 3))
    torchs.load_state_dict(
        {
            "bias": ours.bias,
            "parametrizations.weight.original0": ours.length,
            "parametrizations.weight.original1": ours.weight,
        }
    )
    torch.testing.assert_close(torchs.weight.flatten(1).norm(dim=1), torch.full((5,), 2.0))
    x = torch.randn(2, 3, 7, 7)
    torch.testing.assert_close(ours(x), torchs(x))


def test_the_spread_of_what_it_sees_survives_all_layers():
    torch.manual_seed(0)
    network = Classifier(32, 10, width=32).eval()
    seen = network.looking(torch.randn(8, 3, 32, 32))
    assert 0.2 < seen.std() < 2


def test_published_layers_at_32_pixels():
    layers = [module for module in Classifier(32, 10).looking if isinstance(module, NormedConv2d)]
    assert [layer.out_channels for layer in layers] == [96] * 3 + [192] * 6
    assert [layer.stride[0] for layer in layers] == [1, 1, 2, 1, 1, 2, 1, 1, 1]
    drops = [module.p for module in Classifier(32, 10).looking if isinstance(module, torch.nn.Dropout)]
    assert drops == [0.2, 0.5, 0.5]
    slopes = {module.negative_slope for module in Classifier(32, 10).looking if isinstance(module, torch.nn.LeakyReLU)}
    assert slopes == {0.2}


def test_answers_begin_undecided():
    """The last filters are a tenth long, so that no class is far ahead before anything was learnt."""
    torch.manual_seed(0)
    with torch.inference_mode():
        shares = Classifier(16, 10, width=16).eval()(torch.randn(20, 3, 16, 16)).softmax(1)
    assert 0.05 < shares.min() < shares.max() < 0.2


@pytest.mark.parametrize("size", [8, 16, 64, 256])
def test_one_more_stage_for_every_doubling(size):
    network = Classifier(size, 3, width=4).eval()
    with torch.inference_mode():
        assert network.looking(torch.zeros(1, 3, size, size)).shape[2:] == ((2, 2) if size == 8 else (6, 6))
        assert network(torch.zeros(1, 3, size, size)).shape == (1, 3)
