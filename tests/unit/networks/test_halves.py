"""Both halves together are the published generator."""

import pytest
import torch

from ganstudio.networks.generators import ResnetGenerator
from ganstudio.networks.halves import ResnetDecoder, ResnetEncoder


def test_an_encoder_and_a_decoder_are_the_published_generator_by_its_names():
    torch.manual_seed(0)
    whole, encoder, decoder = ResnetGenerator(3, 4), ResnetEncoder(1, 4), ResnetDecoder(2, 4)
    state = whole.state_dict()
    encoder.load_state_dict({name: value for name, value in state.items() if int(name.split(".")[1]) < 11})
    # The decoder counts its blocks from the first layer behind the head.
    late = {name: value for name, value in state.items() if int(name.split(".")[1]) >= 11}
    decoder.load_state_dict(
        {f"model.{int(name.split('.')[1]) - 1}.{name.split('.', 2)[2]}": value for name, value in late.items()}
    )
    pictures = torch.randn(2, 3, 32, 20)
    with torch.inference_mode():
        assert torch.equal(decoder(encoder(pictures)), whole(pictures))


def test_the_published_halves_have_the_parameters_of_the_generator():
    halves = sum(p.numel() for half in (ResnetEncoder(), ResnetDecoder()) for p in half.parameters())
    assert halves / 1e6 == pytest.approx(11.378, abs=0.0005)


def test_a_code_is_a_quarter_as_wide_and_high():
    with torch.inference_mode():
        assert ResnetEncoder(0, 4)(torch.zeros(2, 3, 32, 20)).shape == (2, 16, 8, 5)
