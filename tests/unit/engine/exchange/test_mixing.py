import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.exchange import mixing
from ganstudio.engine.exchange.mixing import Mixture
from ganstudio.engine.models import modelfile
from ganstudio.engine.models.thumbnails import SIDE, befores, small
from ganstudio.engine.translating.translator import Translator
from ganstudio.runs.model import card
from ganstudio.words.cards import Remarks
from ganstudio.words.mix import Mix
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory

PICTURE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (21, 35, 3), dtype=np.uint8))
SMALL = {"width": 4, "discriminator_width": 4, "discriminator_layers": 1, "blocks": 1}


def drained(job):
    events = []
    while True:
        try:
            events.append(next(job))
        except StopIteration as stop:
            return stop.value, events


def keep(
    file, seed, *, method="cyclegan", names=("photo", "monet"), size=16, routes=None, classes=(), samples=(), **settings
):
    """A model file with weights of its own."""
    names = names[:1] if method == "conditional-gan" else names
    small = {"width": 4, "discriminator_width": 4, "noise": 6} if method == "conditional-gan" else SMALL
    recipe = Recipe(method, tuple(Domain(n, (n,)) for n in names), size=size, steps=9, settings=small | settings)
    found = Inventory(tuple(DomainFound(n, 5, 1, classes) for n in names), {})
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        method = modelfile.build_method(recipe, found)
        for network in method.makers().values():
            for weight in network.parameters():
                torch.nn.init.normal_(weight, std=0.1)
    held = None if routes is None else [method.routes()[place] for place in routes]
    modelfile.save(
        file,
        method.eval(),
        recipe,
        found,
        100 * (seed + 1),
        routes=held,
        samples=samples,
        remarks=Remarks(licence="CC0"),
    )
    return file


@pytest.fixture
def ends(tmp_path):
    return keep(tmp_path / "monet.safetensors", 0), keep(
        tmp_path / "hokusai.safetensors", 1, names=("photo", "hokusai")
    )


def painted(model, to=0):
    translator = model if isinstance(model, Translator) else Translator.open(model, device="cpu")
    return np.asarray(translator.translate(PICTURE, translator.routes[to]), int)


@pytest.mark.parametrize("to", [0, 1])
def test_the_ends_are_the_parents(ends, to):
    one, other = ends
    mixture = Mixture.open(one, other)
    for share, parent in ((0.0, one), (1.0, other)):
        assert np.array_equal(painted(mixture.translator(Mix(one, other, share), "cpu"), to), painted(parent, to))
        mine, theirs = mixture.method(share).makers(), modelfile.open_method(parent)[0].makers()
        for name, network in mine.items():
            assert all(
                torch.equal(value, theirs[name].state_dict()[key]) for key, value in network.state_dict().items()
            )


def test_between_them_each_weight_lies_between(ends):
    mixture = Mixture.open(*ends)
    a, mixed, b = (mixture.method(share).makers()["G_A"].model[1].weight for share in (0, 0.25, 1))
    torch.testing.assert_close(mixed, 0.75 * a + 0.25 * b)


def test_a_mixture_is_a_model_with_its_parents_on_the_card(ends, tmp_path):
    target = tmp_path / "new" / "mix"
    made, events = drained(mixing.mix(Mix(*ends, 0.25), target))
    assert [(event.done, event.total) for event in events] == [(0, 3), (1, 3), (2, 3), (3, 3)]
    file = target.with_name("mix.safetensors")
    assert made == card(file)
    assert (made.name, made.origin, made.parents) == ("mix", "blended", ("75% monet", "25% hokusai"))
    assert [route.title for route in made.routes] == ["photo → monet + hokusai", "monet + hokusai → photo"]
    assert (made.step, made.remarks.licence) == (125, "CC0")
    preview = Mixture.open(*ends).translator(Mix(*ends, 0.25), "cpu")
    assert np.array_equal(painted(file), painted(preview))
    assert not np.array_equal(painted(file), painted(ends[0]))


def test_a_mixture_has_thumbnails_of_what_it_makes_itself(tmp_path):
    before = Image.linear_gradient("L").convert("RGB").resize((SIDE, SIDE))
    one = keep(tmp_path / "a.safetensors", 0, samples=[small([before, before])] * 3)
    made, _ = drained(mixing.mix(Mix(one, keep(tmp_path / "b.safetensors", 1)), tmp_path / "c.safetensors"))
    translator = Translator.open(tmp_path / "c.safetensors", device="cpu")
    (there, one_before), (back, other_before), *_ = befores(card(one).samples, card(one).routes)
    assert (there.target, back.target) == ("monet", "photo")
    assert made.samples[0] == small([one_before, translator.translate(one_before, translator.routes[0])])
    assert made.samples[1] == small([other_before, translator.translate(other_before, translator.routes[1])])
    assert len(made.samples) == 3

    turned, _ = drained(mixing.mix(Mix(tmp_path / "b.safetensors", one), tmp_path / "d.safetensors"))
    translator = Translator.open(tmp_path / "d.safetensors", device="cpu")
    assert turned.samples[0] == small([one_before, translator.translate(one_before, translator.routes[0])])
    assert len(turned.samples) == 3


OTHERS = {
    "another method": ({"method": "conditional-gan", "classes": ("cat", "dog")}, "Only models of one method"),
    "another breadth": ({"width": 6}, r"different networks \(width 4 and 6\)"),
    "another depth": ({"blocks": 2}, r"different networks \(blocks 1 and 2\)"),
}


@pytest.mark.parametrize("which", OTHERS)
def test_what_cannot_be_mixed_is_refused_with_the_reason(tmp_path, which):
    differing, why = OTHERS[which]
    one, other = keep(tmp_path / "a.safetensors", 0), keep(tmp_path / "b.safetensors", 1, **differing)
    with pytest.raises(ValueError, match=why):
        drained(mixing.mix(Mix(one, other), tmp_path / "mix.safetensors"))
    assert not (tmp_path / "mix.safetensors").exists()


def test_discriminators_and_learning_rates_may_differ(tmp_path):
    one = keep(tmp_path / "a.safetensors", 0)
    other = keep(tmp_path / "b.safetensors", 1, discriminator_width=6, pool=0, learning_rate=1e-3, size=20)
    assert Mixture.open(one, other).method(0.5)


def test_models_that_learned_other_classes_are_refused(tmp_path):
    one = keep(tmp_path / "a.safetensors", 0, method="conditional-gan", classes=("cat", "dog"))
    other = keep(tmp_path / "b.safetensors", 1, method="conditional-gan", classes=("cat", "hen"))
    with pytest.raises(ValueError, match="learnt other classes"):
        Mixture.open(one, other)


def test_of_a_one_way_model_its_way_is_mixed(tmp_path):
    one = keep(tmp_path / "a.safetensors", 0)
    other = keep(tmp_path / "b.safetensors", 1, routes=[1])
    made, _ = drained(mixing.mix(Mix(one, other), tmp_path / "c.safetensors"))
    assert [route.title for route in made.routes] == ["monet → photo"]
    assert painted(tmp_path / "c.safetensors").shape == (21, 35, 3)
    with pytest.raises(ValueError, match="opposite directions"):
        Mixture.open(keep(tmp_path / "d.safetensors", 2, routes=[0]), other)


def test_nothing_is_replaced_unasked_and_an_end_never(ends, tmp_path):
    target = tmp_path / "taken.safetensors"
    target.write_bytes(b"mine")
    with pytest.raises(ValueError, match="is there already"):
        drained(mixing.mix(Mix(*ends), target))
    for end in ends:
        with pytest.raises(ValueError, match="is what it is made of"):
            drained(mixing.mix(Mix(*ends), end, replace=True))
    assert target.read_bytes() == b"mine"
    made, _ = drained(mixing.mix(Mix(*ends), target, replace=True))
    assert target.stat().st_size == made.file_bytes


@pytest.mark.parametrize("share", [-0.1, 1.1, float("nan")])
def test_a_share_is_from_0_to_1(ends, share):
    with pytest.raises(ValueError, match="A share is from 0 to 1"):
        Mix(*ends, share)
