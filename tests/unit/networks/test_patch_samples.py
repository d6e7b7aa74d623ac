import torch

from ganstudio.networks.patch_samples import PatchSamples


def maps():
    return [torch.randn(2, 3, 8, 10), torch.randn(2, 16, 4, 5)]


def test_carries_the_published_names():
    assert {name: tuple(value.shape) for name, value in PatchSamples((3, 128)).state_dict().items()} == {
        "mlp_0.0.weight": (256, 3),
        "mlp_0.0.bias": (256,),
        "mlp_0.2.weight": (256, 256),
        "mlp_0.2.bias": (256,),
        "mlp_1.0.weight": (256, 128),
        "mlp_1.0.bias": (256,),
        "mlp_1.2.weight": (256, 256),
        "mlp_1.2.bias": (256,),
    }


def test_gives_directions_of_the_asked_places():
    sampler, features = PatchSamples((3, 16), told=8), maps()
    places = [torch.tensor([0, 79, 13]), torch.tensor([7])]
    directions = sampler(features, places)
    assert [tuple(x.shape) for x in directions] == [(2, 3, 8), (2, 1, 8)]
    torch.testing.assert_close(directions[0].norm(dim=2), torch.ones(2, 3))
    # Place 13 of a map 10 wide is row 1, column 3.
    raw = sampler.mlp_0(features[0][1, :, 1, 3])
    torch.testing.assert_close(directions[0][1, 2], raw / raw.norm())


def test_places_are_different_and_all_of_a_small_map():
    torch.manual_seed(0)
    many, all_of_them = PatchSamples.places(maps(), 30)
    assert len(many) == len(set(many.tolist())) == 30
    assert many.max() < 80
    assert sorted(all_of_them.tolist()) == list(range(20))
