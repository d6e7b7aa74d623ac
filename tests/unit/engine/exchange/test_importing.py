"""What others trained becomes a model that paints the same, whichever variant of the published code it came from."""

import itertools
import json
from collections import OrderedDict

import pytest
import safetensors.torch
import torch

from ganstudio.engine.exchange import importing
from ganstudio.engine.exchange.importing import import_model, recognise
from ganstudio.engine.models import modelfile, sealed
from ganstudio.engine.translating.translator import Translator
from ganstudio.runs.model import card
from ganstudio.words.events import Progress, Stop, Warned
from tests.unit.engine.published import Patch, Resnet, Unet, sampler, trained

RESNETS = [
    {"norm": norm, "dropout": dropout, "padding": padding}
    for norm, dropout, padding in itertools.product(
        ("instance", "affine", "batch", "none"), (False, True), ("reflect", "zero")
    )
]
BLURRED = [
    {"antialias": antialias, "norm": norm}
    for antialias, norm in itertools.product(("both", "down", "up"), ("instance", "batch"))
] + [{"antialias": "both", "norm": "instance", "dropout": True}]
UNETS = [{"norm": norm, "downs": 3} for norm in ("instance", "affine", "batch", "none")] + [
    {"norm": "batch", "downs": 6, "dropout": True}
]
VARIANTS = [(Resnet, options) for options in RESNETS + BLURRED] + [(Unet, options) for options in UNETS]


def named(variant):
    kind, options = variant
    return " ".join([kind.__name__, *map(str, options.values())])


def put(path, network, **more):
    torch.save(network.state_dict() if hasattr(network, "state_dict") else network, path, **more)
    return path


def done(job):
    """What a job returns, and what it said on the way."""
    said = []
    while True:
        try:
            said.append(next(job))
        except StopIteration as end:
            return end.value, [event.message for event in said if isinstance(event, Warned)]


def painted(model, x):
    """What the first route of a model makes."""
    method = modelfile.open_method(model)[0]
    with torch.inference_mode():
        return method.make(card(model).routes[0], x)


def picture(side=32):
    return torch.rand(2, 3, side, side, generator=torch.Generator().manual_seed(3)) * 2 - 1


def agree(model, network, x):
    with torch.inference_mode():
        torch.testing.assert_close(painted(model, x), network(x), atol=1e-5, rtol=0)


def test_there_are_28_variants():
    assert len(VARIANTS) == 28


@pytest.mark.parametrize("variant", VARIANTS, ids=named)
def test_every_published_variant_paints_the_same(tmp_path, variant):
    kind, options = variant
    network = trained(kind(**options))
    file = put(tmp_path / "latest_net_G.pth", network)
    found, warned = done(import_model(file, tmp_path / "model.safetensors"))
    averaged = options["norm"] == "batch"
    assert [(sentence.startswith("Averages of its training")) for sentence in warned] == [True] * averaged
    agree(tmp_path / "model.safetensors", network, picture(64 if kind is Unet else 32))
    one = {"cut"} if kind is Resnet and "antialias" in options else {"cyclegan"} if kind is Resnet else {"pix2pix"}
    assert {found.method} == one
    assert (found.origin, found.parents, found.remarks.licence) == ("imported", ("latest_net_G.pth",), "")
    assert [route.title for route in found.routes] == ["A → B"]


@pytest.mark.parametrize(
    ("kind", "options", "sentence"),
    [
        (Resnet, {"blocks": 9, "width": 64}, "a ResNet with 9 blocks"),
        (Resnet, {"blocks": 6, "width": 64, "norm": "batch", "dropout": True}, "a ResNet with 6 blocks"),
        (Resnet, {"blocks": 9, "width": 64, "antialias": "both"}, "a ResNet with 9 blocks"),
        (Unet, {"downs": 8, "width": 64}, "a U-Net for sizes that are multiples of 256 pixels"),
        (Unet, {"downs": 7, "width": 64, "norm": "instance"}, "a U-Net for sizes that are multiples of 128 pixels"),
    ],
)
def test_the_published_sizes_are_recognised(kind, options, sentence):
    with torch.device("meta"):
        state = kind(**options).state_dict()
    layout, fitted = importing.layouts.recognise(state)
    assert layout.sentence == sentence
    assert fitted.keys() == state.keys()
    assert {name: value.shape for name, value in fitted.items()} == {name: v.shape for name, v in state.items()}
    for name, value in options.items():
        assert getattr(layout, name, value) == value


@pytest.mark.parametrize("prefix", ["module.", "_orig_mod.", "module._orig_mod.", "_orig_mod.module."])
def test_what_several_cards_and_compilers_put_in_front_of_names_is_taken_away(tmp_path, prefix):
    network = trained(Resnet())
    state = OrderedDict((prefix + name, value) for name, value in network.state_dict().items())
    state._metadata = {"": {"version": 1}}
    done(import_model(put(tmp_path / "net.pth", state), tmp_path / "m"))
    agree(tmp_path / "m.safetensors", network, picture())


@pytest.mark.parametrize("norm", ["instance", "affine"])
def test_old_statistics_of_instance_norm_are_forgotten(tmp_path, norm):
    network = trained(Resnet(norm=norm))
    state = network.state_dict()
    for name in ("model.2", "model.5", "model.10.conv_block.2"):
        channels = state[f"{name.rpartition('.')[0]}.{int(name.rpartition('.')[2]) - 1}.weight"].shape[0]
        state |= {f"{name}.running_mean": torch.zeros(channels), f"{name}.running_var": torch.ones(channels)}
        state[f"{name}.num_batches_tracked"] = torch.tensor(7)
    done(import_model(put(tmp_path / "net.pth", state), tmp_path / "m"))
    agree(tmp_path / "m.safetensors", network, picture())


@pytest.mark.parametrize("gone", [("filt",), ("num_batches_tracked",)])
def test_constants_may_be_left_out(tmp_path, gone):
    network = trained(Resnet(antialias="both", norm="batch"))
    state = {name: value for name, value in network.state_dict().items() if not name.endswith(gone)}
    done(import_model(put(tmp_path / "net.pth", state), tmp_path / "m"))
    agree(tmp_path / "m.safetensors", network, picture())


def test_batch_norm_without_statistics_norms_each_picture_by_itself(tmp_path):
    """So the published test script uses it, too: with the numbers of the one picture before it."""
    network = trained(Unet(norm="batch"))
    state = {name: value for name, value in network.state_dict().items() if "running" not in name}
    done(import_model(put(tmp_path / "net.pth", state), tmp_path / "m"))
    agree(tmp_path / "m.safetensors", network.train(), picture()[:1])


@pytest.mark.parametrize("kind", [Resnet, Unet])
def test_on_request_batch_norm_is_used_as_the_published_test_script_uses_it(tmp_path, kind):
    network = trained(kind(norm="batch"))
    file = put(tmp_path / "net.pth", network)
    assert done(recognise(file))[0].averaged
    _, warned = done(import_model(file, tmp_path / "m", by_picture=True))
    assert warned == []
    agree(tmp_path / "m.safetensors", network.train(), picture()[:1])


def test_discriminators_keep_their_averages(tmp_path):
    put(tmp_path / "latest_net_D.pth", trained(Patch(channels=6, norm="batch")))
    file = put(tmp_path / "latest_net_G.pth", trained(Unet(norm="batch")))
    done(import_model(file, tmp_path / "m", by_picture=True))
    tensors = sealed.read(tmp_path / "m.safetensors")[0]
    assert "D.model.3.running_mean" in tensors
    assert not [name for name in tensors if name.startswith("G.") and "running" in name]


@pytest.mark.parametrize("kind", [Resnet, Unet])
@pytest.mark.parametrize("colours", [(1, 3), (3, 1), (1, 1)])
def test_one_channel_becomes_luminance_and_grey(tmp_path, kind, colours):
    network = trained(kind(colours=colours))
    done(import_model(put(tmp_path / "net.pth", network), tmp_path / "m"))
    x = picture()
    grey = (x * torch.tensor([0.299, 0.587, 0.114])[:, None, None]).sum(1, keepdim=True)
    with torch.inference_mode():
        expected = network(grey if colours[0] == 1 else x).expand(-1, 3, -1, -1)
    torch.testing.assert_close(painted(tmp_path / "m.safetensors", x), expected, atol=1e-5, rtol=0)


@pytest.mark.parametrize("colours", [(4, 3), (3, 2), (6, 6)])
def test_other_numbers_of_channels_are_refused_in_a_sentence(tmp_path, colours):
    file = put(tmp_path / "net.pth", Resnet(colours=colours))
    with pytest.raises(ValueError, match=rf"net\.pth .*{colours[0]} channels in and {colours[1]} out"):
        done(import_model(file, tmp_path / "m"))


@pytest.mark.parametrize("how", ["old pickle", "safetensors", "half", "wrapped"])
def test_files_of_other_kinds_hold_the_same(tmp_path, how):
    network = trained(Resnet())
    file = tmp_path / "net.bin"
    if how == "old pickle":
        put(file, network, _use_new_zipfile_serialization=False)
    elif how == "safetensors":
        safetensors.torch.save_file(network.state_dict(), file)
    elif how == "half":
        put(file, network.half())
        network = network.float()
    else:
        put(file, {"epoch": 3, "state_dict": network.state_dict()})
    done(import_model(file, tmp_path / "m"))
    agree(tmp_path / "m.safetensors", network, picture())


class TestPairs:
    @pytest.fixture
    def folder(self, tmp_path):
        place = tmp_path / "horse2zebra"
        place.mkdir()
        for seed, way in enumerate("AB"):
            put(place / f"latest_net_G_{way}.pth", trained(Resnet(), seed))
            put(place / f"latest_net_D_{way}.pth", trained(Patch(), seed + 2))
        return place

    def test_both_ways_and_the_discriminators_are_found_beside_each_other(self, tmp_path, folder):
        found, warned = done(import_model(folder / "latest_net_G_A.pth", tmp_path / "m"))
        assert warned == []
        assert [route.title for route in found.routes] == ["horse → zebra", "zebra → horse"]
        assert found.method == "cyclegan"
        tensors, facts = sealed.read(tmp_path / "m.safetensors")
        assert {name.split(".")[0] for name in tensors} == {"G_A", "G_B", "D_A", "D_B"}
        settings = facts["recipe"]["settings"]
        assert (settings["discriminator_layers"], settings["discriminator_width"], settings["blocks"]) == (2, 4, 2)
        method = modelfile.open_method(tmp_path / "m.safetensors")[0]
        with torch.inference_mode():
            for seed, route in enumerate(found.routes):
                expected = trained(Resnet(), seed)(picture())
                torch.testing.assert_close(method.make(route, picture()), expected, atol=1e-5, rtol=0)
        discriminator = trained(Patch(), 3)
        assert torch.equal(tensors["D_B.model.0.weight"], discriminator.state_dict()["model.0.weight"])

    def test_asked_for_the_way_back_it_comes_first(self, tmp_path, folder):
        found, _ = done(import_model(folder / "latest_net_G_B.pth", tmp_path / "m"))
        assert [route.title for route in found.routes] == ["zebra → horse", "horse → zebra"]
        agree(tmp_path / "m.safetensors", trained(Resnet(), 1), picture())

    @pytest.mark.parametrize(("way", "title", "seed"), [("A", "horse → zebra", 0), ("B", "zebra → horse", 1)])
    def test_alone_it_is_a_model_of_one_direction(self, tmp_path, folder, way, title, seed):
        found, _ = done(import_model(folder / f"latest_net_G_{way}.pth", tmp_path / "m", alone=True))
        assert [route.title for route in found.routes] == [title]
        assert {name.split(".")[0] for name in sealed.read(tmp_path / "m.safetensors")[0]} == {f"G_{way}"}
        agree(tmp_path / "m.safetensors", trained(Resnet(), seed), picture())

    def test_names_may_be_said(self, tmp_path, folder):
        job = import_model(folder / "latest_net_G_B.pth", tmp_path / "m", names=("Zebras", "Horses"), alone=True)
        assert [route.title for route in done(job)[0].routes] == ["Zebras → Horses"]
        with pytest.raises(ValueError, match="two different names"):
            done(import_model(folder / "latest_net_G_A.pth", tmp_path / "n", names=("x", "x")))

    def test_two_files_may_be_named(self, tmp_path, folder):
        back = put(tmp_path / "back.pth", trained(Resnet(), 5))
        job = import_model(folder / "latest_net_G_A.pth", tmp_path / "m", others=(back,), names=("x", "y"))
        assert [route.title for route in done(job)[0].routes] == ["x → y", "y → x"]
        assert {name.split(".")[0] for name in sealed.read(tmp_path / "m.safetensors")[0]} == {"G_A", "G_B"}

    def test_a_partner_of_another_kind_is_left_out_and_named(self, tmp_path, folder):
        put(folder / "latest_net_G_B.pth", Resnet(blocks=3))
        found, warned = done(import_model(folder / "latest_net_G_A.pth", tmp_path / "m"))
        assert len(found.routes) == 1
        assert "latest_net_G_B.pth is another kind of generator" in warned[0]

    def test_a_broken_partner_is_left_out_and_named(self, tmp_path, folder):
        (folder / "latest_net_G_B.pth").write_bytes(b"rubbish")
        put(folder / "latest_net_D_A.pth", Patch(antialias=True))
        found, warned = done(import_model(folder / "latest_net_G_A.pth", tmp_path / "m"))
        assert len(found.routes) == 1
        assert any("latest_net_G_B.pth" in sentence and "left out" in sentence for sentence in warned)
        assert any("latest_net_D_A.pth does not fit" in sentence for sentence in warned)

    def test_two_unets_become_dualgan(self, tmp_path):
        for seed, way in enumerate("AB"):
            put(tmp_path / f"G_{way}.pth", trained(Unet(), seed))
        found, _ = done(import_model(tmp_path / "G_A.pth", tmp_path / "m", names=("x", "y")))
        assert (found.method, [route.title for route in found.routes]) == ("dualgan", ["x → y", "y → x"])
        agree(tmp_path / "m.safetensors", trained(Unet(), 0), picture())
        one, _ = done(import_model(tmp_path / "G_B.pth", tmp_path / "n", alone=True))
        assert [route.title for route in one.routes] == ["B → A"]
        agree(tmp_path / "n.safetensors", trained(Unet(), 1), picture())

    def test_recognising_says_the_same_and_writes_nothing(self, folder):
        found, _ = done(recognise(folder / "latest_net_G_A.pth"))
        assert (found.name, found.method) == ("horse2zebra", "cyclegan")
        assert [route.title for route in found.routes] == ["horse → zebra", "zebra → horse"]
        assert found.files == tuple(f"latest_net_{name}.pth" for name in ("G_A", "G_B", "D_A", "D_B"))
        assert "ResNet with 2 blocks" in found.sentence
        assert "discriminators" in found.sentence


def test_cut_comes_with_discriminator_and_sampler(tmp_path):
    put(tmp_path / "latest_net_G.pth", trained(Resnet(antialias="both", blocks=5)))
    put(tmp_path / "latest_net_D.pth", trained(Patch(antialias=True)))
    put(tmp_path / "latest_net_F.pth", sampler(enumerate((3, 8, 16, 16, 16))))
    found, warned = done(import_model(tmp_path / "latest_net_G.pth", tmp_path / "m"))
    assert (found.method, warned) == ("cut", [])
    assert {name.split(".")[0] for name in sealed.read(tmp_path / "m.safetensors")[0]} == {"G", "D", "F"}


def test_pix2pix_comes_with_its_discriminator_of_pairs(tmp_path):
    put(tmp_path / "latest_net_G.pth", trained(Unet()))
    put(tmp_path / "latest_net_D.pth", trained(Patch(channels=6, norm="batch")))
    found, warned = done(import_model(tmp_path / "latest_net_G.pth", tmp_path / "m"))
    assert (found.method, len(warned)) == ("pix2pix", 1)
    assert "D.model.3.running_mean" in sealed.read(tmp_path / "m.safetensors")[0]


def test_what_the_weights_are_goes_before_what_their_file_is_called(tmp_path):
    found, _ = done(import_model(put(tmp_path / "latest_net_D_B.pth", Resnet()), tmp_path / "m", names=("x", "y")))
    assert (found.method, [route.title for route in found.routes]) == ("cyclegan", ["x → y"])
    assert {name.split(".")[0] for name in sealed.read(tmp_path / "m.safetensors")[0]} == {"G_A"}


def test_a_discriminator_of_more_layers_than_ours_is_left_out_and_named(tmp_path):
    put(tmp_path / "latest_net_D_A.pth", Patch(layers=6))
    _, warned = done(import_model(put(tmp_path / "latest_net_G_A.pth", Resnet()), tmp_path / "m"))
    assert [sentence for sentence in warned if "latest_net_D_A.pth does not fit" in sentence] == warned[:1]


@pytest.mark.parametrize(
    ("network", "sentence"),
    [
        (Patch(), r"is a discriminator, which makes no pictures"),
        (sampler(enumerate((3, 8))), "is a sampler of features"),
        (torch.nn.Sequential(torch.nn.Linear(2, 2)), "names of no network that is known here"),
        (torch.nn.ModuleDict({"style_mlp": torch.nn.Linear(2, 2)}), "network with styles"),
    ],
)
def test_other_networks_are_named(tmp_path, network, sentence):
    with pytest.raises(ValueError, match=rf"x\.pth .*{sentence}"):
        done(import_model(put(tmp_path / "x.pth", network), tmp_path / "m"))
    assert not (tmp_path / "m.safetensors").exists()


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda state: state.pop("model.4.weight"), r"model\.4\.weight is not among them"),
        (lambda state: state.update({"model.4.weight": torch.zeros(8, 5, 3, 3)}), "do not fit together"),
        (lambda state: state.update({"model.99.more": torch.zeros(3)}), r"something else \(model\.99\.more"),
        (lambda state: state.pop("model.1.weight"), r"model\.1\.weight is not among them"),
    ],
)
def test_tables_that_are_nearly_right_are_refused(tmp_path, change, sentence):
    state = Resnet().state_dict()
    change(state)
    with pytest.raises(ValueError, match=sentence):
        done(import_model(put(tmp_path / "x.pth", state), tmp_path / "m"))


def block(number):
    return {f"model.{number}.conv_block.{place}.weight": torch.zeros(1, 1, 1, 1) for place in (1, 5)}


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (block(10) | block(4 * 10**11), "another number of halvings"),
        (block(10) | {"model.1.weight": torch.zeros(1 << 40, 0, 1, 1)}, "no size that is known"),
        (block(10) | {"model.1.weight": torch.zeros(0, 3, 7, 7)}, "no size that is known"),
        ({"model.model.0.weight": torch.zeros(1 << 40, 0), "model.model.1.model.1.weight": torch.zeros(1)}, "no size"),
        ({f"model.{place}.weight": torch.zeros(1 << 40, 0, 1, 1) for place in (0, 2, 5)}, "no size that is known"),
        ({"mlp_0.0.weight": torch.zeros(1 << 40, 0)}, "no size that is known"),
        # As much as its layout says would fill the memory of most computers.
        (block(12) | block(13) | {"model.1.weight": torch.zeros(2000, 1, 1, 1)}, "do not fit together"),
    ],
    ids=["blocks", "resnet", "nothing", "unet", "discriminator", "sampler", "wide"],
)
def test_names_and_shapes_that_lie_take_neither_time_nor_memory(tmp_path, state, sentence):
    with pytest.raises(ValueError, match=rf"x\.pth cannot be imported: .*{sentence}"):
        done(import_model(put(tmp_path / "x.pth", state), tmp_path / "m"))


def test_a_network_beyond_our_settings_is_refused_in_a_sentence(tmp_path):
    with pytest.raises(ValueError, match=r"x\.pth cannot be imported: width must be from 4"):
        done(import_model(put(tmp_path / "x.pth", Resnet(width=2)), tmp_path / "m"))


def test_numbers_that_grow_beyond_all_bounds_are_noticed(tmp_path):
    network = trained(Resnet(norm="none"))
    for weight in network.parameters():
        weight.data *= 1e30
    with pytest.raises(ValueError, match="paints no pictures"):
        done(import_model(put(tmp_path / "x.pth", network), tmp_path / "m"))


class TestOurs:
    @pytest.fixture
    def own(self, tmp_path):
        done(import_model(put(tmp_path / "net.pth", trained(Resnet())), tmp_path / "own", names=("x", "y")))
        return tmp_path / "own.safetensors"

    def test_a_model_of_ours_is_checked_and_copied(self, tmp_path, own):
        found, _ = done(import_model(own, tmp_path / "copy.safetensors"))
        assert (tmp_path / "copy.safetensors").read_bytes() == own.read_bytes()
        assert found.name == "copy"
        assert done(recognise(own))[0].routes == found.routes

    def test_a_damaged_one_is_refused(self, tmp_path, own):
        data = bytearray(own.read_bytes())
        data[-5] ^= 1
        own.write_bytes(data)
        with pytest.raises(ValueError, match="damaged"):
            done(import_model(own, tmp_path / "copy"))
        assert not (tmp_path / "copy.safetensors").exists()

    def test_a_checkpoint_is_none(self, tmp_path):
        file = tmp_path / "0000000004.safetensors"
        sealed.write(file, {"x": torch.zeros(3)}, {"kind": "checkpoint", "step": 4})
        with pytest.raises(ValueError, match="is not a model of GAN Studio"):
            done(import_model(file, tmp_path / "copy"))

    def test_nothing_is_replaced(self, tmp_path, own):
        before = own.read_bytes()
        with pytest.raises(ValueError, match="is there already"):
            done(import_model(tmp_path / "net.pth", own))
        with pytest.raises(ValueError, match="is what it is made of"):
            done(import_model(own, own, replace=True))
        assert own.read_bytes() == before

    def test_it_translates(self, own):
        translator = Translator.open(own, device="cpu")
        assert [route.title for route in translator.routes] == ["x → y"]


def test_it_can_be_stopped_and_tells_how_far_it_is(tmp_path):
    file = put(tmp_path / "net.pth", trained(Resnet()))
    job = import_model(file, tmp_path / "m")
    assert isinstance(next(job), Progress)
    with pytest.raises(ValueError, match="stopped"):
        job.send(Stop())
    assert not (tmp_path / "m.safetensors").exists()


def test_the_card_says_nothing_of_the_machine(tmp_path):
    done(import_model(put(tmp_path / "net.pth", trained(Resnet())), tmp_path / "m"))
    text = json.dumps(sealed.read(tmp_path / "m.safetensors")[1])
    assert str(tmp_path) not in text
