import torch
from torch import nn

from ganstudio.engine.training.descent import Descending
from ganstudio.game import Batch, Descent
from ganstudio.methods.autoencoder import AutoEncoder
from ganstudio.networks.autoencoder import NormalCodes
from ganstudio.words.routes import DomainFound, Inventory


def make_method(size=16, **settings):
    found = Inventory((DomainFound("faces", 9, 1),), {})
    return AutoEncoder(AutoEncoder.Settings(**({"width": 4, "noise": 3} | settings)), found, size)


def make_linear(components):
    """The method with linear networks in place of its own."""
    method = make_method(8, noise=components, learning_rate=3e-2)
    method.E = nn.Sequential(nn.Flatten(), nn.Linear(192, components))
    method.D = nn.Sequential(nn.Linear(components, 192), nn.Unflatten(1, (3, 8, 8)))
    method.D.codes = NormalCodes(components)
    method.D.forward = lambda codes: method.D[1](method.D[0](codes))
    return method


def test_a_linear_one_reaches_the_error_of_principal_components():
    torch.manual_seed(0)
    spread = torch.tensor([3.0, 2.0, 1.5, 1.0, 0.5, 0.2])
    pictures = 0.2 + (torch.randn(80, 6) * spread) @ torch.linalg.qr(torch.randn(192, 6)).Q.T
    batch = Batch((pictures.view(-1, 3, 8, 8),))
    left = torch.linalg.svdvals(pictures - pictures.mean(0))[3:].square().sum() / 80
    method = make_linear(3)
    descending = Descending(method, steps=400)
    for step in range(400):
        error = descending.step(batch, step)["error"]
    torch.testing.assert_close(error, left, rtol=1e-3, atol=0)


def test_it_descends_by_adams_defaults():
    assert make_method().descent("autoencoder") == Descent(1e-3, (0.9, 0.999), 0.5)


def test_rebuilding_is_its_main_route_and_new_pictures_are_the_other():
    method = make_method().eval()
    rebuild, imagine = method.routes()
    assert (rebuild.title, rebuild.side, imagine.title, imagine.source) == ("faces rebuilt", 16, "faces", None)
    assert (method.noise_width(rebuild), method.noise_width(imagine)) == (0, 3)
    pictures = torch.rand(2, 3, 16, 16) * 2 - 1
    assert torch.equal(method.make(rebuild, pictures), method.D(method.E(pictures)))


def test_noise_stands_for_codes_like_those_of_the_pictures():
    torch.manual_seed(0)
    method = make_method()
    descending = Descending(method, steps=100)
    pictures = torch.rand(64, 1, 1, 1).expand(64, 3, 16, 16) * 2 - 1
    for step in range(100):
        descending.step(Batch((pictures,)), step)
    codes, noise = method.E(pictures).detach(), torch.randn(2000, 3)
    imagined = method.D.codes(noise)
    # The codes of one batch beside those of the last hundred: alike, not equal.
    assert ((imagined.mean(0) - codes.mean(0)).abs() < codes.std(0)).all()
    assert (imagined.std(0) / codes.std(0)).log().abs().max() < 1


def test_what_it_knows_of_codes_is_kept_in_the_model():
    method, other = make_method(), make_method()
    list(method.turns(Batch((torch.rand(8, 3, 16, 16),)), 0.0))
    other.D.load_state_dict(method.D.state_dict())
    assert torch.equal(other.D.codes.root, method.D.codes.root)
    assert not torch.equal(method.D.codes.root, torch.eye(3))
