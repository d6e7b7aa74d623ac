import torch

from ganstudio.networks.common_space import CommonSpace, LatentDiscriminator


def space():
    torch.manual_seed(0)
    return CommonSpace(blocks=1, shared=1, width=4)


def pictures(seed, count=2):
    return torch.rand(count, 3, 16, 20, generator=torch.Generator().manual_seed(seed)) * 2 - 1


def test_codes_are_a_quarter_of_the_size_and_pictures_come_back_at_theirs():
    codes = space().encode(pictures(0), pictures(1))
    assert [tuple(code.shape) for code in codes] == [(2, 16, 4, 5)] * 2
    seen = space().decode(*codes)
    assert [tuple(picture.shape) for picture in seen] == [(2, 3, 16, 20)] * 2
    assert max(picture.abs().max() for picture in seen) <= 1


def test_translating_is_encoding_in_one_domain_and_decoding_in_the_other():
    common, a, b = space(), pictures(0), pictures(1)
    with torch.inference_mode():
        code_a, code_b = common.encode(a, b)
        of_b, of_a = common.decode(code_b, code_a)
        torch.testing.assert_close(common(a, to_b=True), of_a)
        torch.testing.assert_close(common(b, to_b=False), of_b)
        torch.testing.assert_close(common.decode_both(code_a)[1], of_a)


def test_shared_layers_are_held_once_and_learn_from_both_domains():
    common = space()
    parameters = list(common.parameters())
    assert len(parameters) == len(set(parameters))
    shared = [*common.E_shared.parameters(), *common.G_shared.parameters()]
    for picture, to_b in ((pictures(0), True), (pictures(1), False)):
        slopes = torch.autograd.grad(common(picture, to_b=to_b).square().mean(), shared)
        assert all(slope.abs().max() > 0 for slope in slopes if slope.dim() > 1)


def test_a_code_is_judged_on_a_map_at_any_size():
    discriminator = LatentDiscriminator(16, 4)
    assert discriminator(torch.zeros(2, 16, 4, 4)).shape == (2, 1, 1, 1)
    assert discriminator(torch.zeros(2, 16, 16, 24)).shape == (2, 1, 4, 6)
