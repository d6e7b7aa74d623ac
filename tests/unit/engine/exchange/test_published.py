"""What leaves as .pth is loaded by the published networks, written afresh, and makes the same there."""

import io

import pytest
import torch

from ganstudio.engine.exchange import layouts, published
from ganstudio.engine.exchange.exporting import export
from ganstudio.engine.exchange.layouts import ResnetLayout, UNetLayout
from ganstudio.engine.exchange.outgoing import Outgoing
from ganstudio.engine.models import modelfile
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory
from tests.unit.engine.published import Resnet, Unet, trained

SMALL = {"width": 4, "discriminator_width": 4, "discriminator_layers": 1}
TWINS = {
    "cyclegan": (
        ("cyclegan", {"blocks": 6}),
        lambda: Resnet(6, 4),
        "--netG resnet_6blocks --ngf 4 --norm instance --no_dropout",
    ),
    "with batch norm": (
        ("cyclegan", {"blocks": 9, "norm": "batch"}),
        lambda: Resnet(9, 4, "batch"),
        "--netG resnet_9blocks --ngf 4 --norm batch --no_dropout --eval",
    ),
    "with dropout": (
        ("cyclegan", {"blocks": 6, "dropout": True}),
        lambda: Resnet(6, 4, dropout=True),
        "--netG resnet_6blocks --ngf 4 --norm instance --eval",
    ),
    "pix2pix": (
        ("pix2pix", {"downs": 7, "norm": "batch"}),
        lambda: Unet(7, 4),
        "--netG unet_128 --ngf 4 --norm batch --no_dropout --eval",
    ),
    "cut": (
        ("cut", {"blocks": 6}),
        lambda: Resnet(6, 4, antialias="both"),
        "--netG resnet_6blocks --ngf 4 --normG instance",
    ),
    "cut without its second blur": (
        ("cut", {"blocks": 6, "antialias": "down"}),
        lambda: Resnet(6, 4, antialias="down"),
        "--netG resnet_6blocks --ngf 4 --normG instance --no_antialias_up",
    ),
    "of another depth": (("cyclegan", {"blocks": 2}), lambda: Resnet(2, 4), ""),
    "with a learnt scale": (("cyclegan", {"blocks": 6, "norm": "affine"}), lambda: Resnet(6, 4, "affine"), ""),
}


def drained(job):
    while True:
        try:
            next(job)
        except StopIteration as stop:
            return stop.value


def keep(file, method, settings, size=128):
    """A model file whose every weight and statistic is something of its own."""
    recipe = Recipe(method, tuple(Domain(name, ()) for name in "AB"), size=size, settings=SMALL | settings)
    found = Inventory(tuple(DomainFound(name, 5, 1) for name in "AB"), {})
    made = modelfile.build_method(recipe, found)
    for number, network in enumerate(made.makers().values()):
        trained(network, number)
    modelfile.save(file, made.eval(), recipe, found, 7)
    return made


@pytest.mark.parametrize("which", TWINS)
def test_the_published_network_loads_it_and_makes_the_same(tmp_path, which):
    (method, settings), twin, options = TWINS[which]
    ours = keep(tmp_path / "model.safetensors", method, settings)
    result = drained(export(tmp_path / "model.safetensors", tmp_path / "latest_net_G.pth"))
    assert result.difference == 0
    state = torch.load(result.path, weights_only=True)
    theirs = twin()
    theirs.load_state_dict(state, strict=True)
    x = torch.rand(2, 3, 128, 128) * 2 - 1
    with torch.inference_mode():
        apart = (theirs.eval()(x) - ours.make(ours.routes()[0], x)).abs().max()
    assert apart <= 1e-5
    text = result.path.with_name("latest_net_G.pth.md").read_text()
    assert (options in text) if options else ("The published code has no such network" in text)
    assert ("contrastive-unpaired-translation" in text) == ("--normG" in options)


def test_the_name_of_a_file_says_which_of_two_networks_is_meant(tmp_path):
    ours = keep(tmp_path / "model.safetensors", "cyclegan", {"blocks": 1}, size=16)
    for name, to, wanted in (
        ("latest_net_G_A.pth", None, "G_A"),
        ("latest_net_G_B.pth", None, "G_B"),
        ("seasons.pth", None, "G_A"),
        ("seasons-to-A.pth", "A", "G_B"),
        ("5_net_G_A.pth", "A", "G_B"),
    ):
        result = drained(export(tmp_path / "model.safetensors", tmp_path / name, to=to, leaflet=False))
        assert result.route == {"G_A": "A → B", "G_B": "B → A"}[wanted]
        state = torch.load(result.path, weights_only=True)
        assert all(torch.equal(value, ours.makers()[wanted].state_dict()[key]) for key, value in state.items())


def test_a_state_of_several_networks_has_their_names_in_front(tmp_path):
    keep(tmp_path / "model.safetensors", "unit", {"blocks": 1, "shared": 1}, size=32)
    result = drained(export(tmp_path / "model.safetensors", tmp_path / "unit.pth"))
    state = torch.load(result.path, weights_only=True)
    assert len({name.split(".")[0] for name in state}) == 4
    assert result.difference == 0


def test_a_state_that_lost_a_weight_is_not_taken_for_whole(tmp_path):
    keep(tmp_path / "model.safetensors", "cyclegan", {"blocks": 1}, size=16)
    going = Outgoing.open(tmp_path / "model.safetensors", lambda _, card, __: card.routes[0], floating=False)
    state = torch.load(io.BytesIO(published.as_state(going)), weights_only=True)
    del state["model.1.weight"]
    stream = io.BytesIO()
    torch.save(state, stream)
    with pytest.raises(RuntimeError, match="Missing key"):
        published.open_state(going, stream.getvalue())


def test_what_is_written_is_recognised_when_it_comes_back(tmp_path):
    for method, settings, kind in (("cut", {"blocks": 4}, ResnetLayout), ("pix2pix", {"downs": 7}, UNetLayout)):
        keep(tmp_path / f"{method}.safetensors", method, settings)
        result = drained(export(tmp_path / f"{method}.safetensors", tmp_path / f"{method}.pth"))
        layout, _ = layouts.recognise(torch.load(result.path, weights_only=True))
        assert isinstance(layout, kind)
