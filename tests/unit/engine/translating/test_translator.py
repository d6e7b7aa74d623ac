import dataclasses

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.models import modelfile
from ganstudio.engine.models.asking import chance
from ganstudio.engine.models.painting import Painting, colours, fitted, makers, numbers
from ganstudio.engine.translating import translator
from ganstudio.engine.translating.generating import generate_files
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures.blending import blended
from ganstudio.words.events import Finished, Stop
from ganstudio.words.look import Look
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Route


def keep(folder, recipe, inventory):
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(0)
        method = modelfile.build_method(recipe, inventory)
        for network in method.makers().values():
            for weight in network.parameters():
                torch.nn.init.normal_(weight, std=0.1)
    modelfile.save(folder / "model.safetensors", method.eval(), recipe, inventory, 7)
    return folder


@pytest.fixture(scope="module")
def seasons(tmp_path_factory):
    domains = tuple(Domain(name, (name,)) for name in ("summer", "winter"))
    recipe = Recipe("cyclegan", domains, size=32, steps=9, settings={"width": 6, "discriminator_width": 4, "blocks": 1})
    inventory = Inventory(tuple(DomainFound(name, 5, 1) for name in ("summer", "winter")), {})
    return Translator.open(keep(tmp_path_factory.mktemp("seasons"), recipe, inventory), device="cpu")


@pytest.fixture(scope="module")
def pets(tmp_path_factory):
    settings = {"width": 4, "discriminator_width": 4, "noise": 6}
    recipe = Recipe("conditional-gan", (Domain("pets", ("pets",)),), size=16, steps=9, settings=settings)
    inventory = Inventory((DomainFound("pets", 5, 1, ("cat", "dog", "../owl")),), {})
    return Translator.open(keep(tmp_path_factory.mktemp("pets"), recipe, inventory), device="cpu")


def translator_like(other, **more):
    return Translator(other.card, other._method, other._inventory, other.device, **more)


def photo(width, height, seed=0):
    pixels = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    return Image.fromarray(pixels)


@pytest.mark.parametrize("size", [(1, 1), (1, 40), (2, 3), (15, 16), (16, 16), (17, 31), (101, 67), (64, 64)])
def test_every_size_comes_back_in_its_own_size(seasons, size):
    assert seasons.translate(photo(*size), seasons.route(None)).size == size


def test_a_size_that_fits_is_the_network_and_nothing_else(seasons):
    picture = photo(24, 20)
    x = torch.tensor(np.asarray(picture)).permute(2, 0, 1)[None] / 127.5 - 1
    with torch.inference_mode():
        y = seasons._method.makers()["G_A"](x)[0].permute(1, 2, 0)
    wanted = ((y + 1) * 127.5).round().clamp(0, 255).to(torch.uint8).numpy()
    assert np.array_equal(np.asarray(seasons.translate(picture, seasons.route("winter"))), wanted)


def test_a_size_that_does_not_fit_is_reflected_at_right_and_bottom_and_cut_back(seasons):
    picture = photo(31, 17)
    padded = np.pad(np.asarray(picture), ((0, 3), (0, 1), (0, 0)), mode="reflect")
    whole = seasons.translate(Image.fromarray(padded), seasons.route(None))
    cut = np.asarray(whole)[:17, :31]
    assert np.array_equal(np.asarray(seasons.translate(picture, seasons.route(None))), cut)


def test_a_picture_too_small_for_the_network_is_reflected_again_and_again(seasons):
    picture = photo(5, 3)
    padded = np.pad(np.asarray(picture), ((0, 13), (0, 11), (0, 0)), mode="reflect")
    cut = np.asarray(seasons.translate(Image.fromarray(padded), seasons.route(None)))[:3, :5]
    assert np.array_equal(np.asarray(seasons.translate(picture, seasons.route(None))), cut)


@pytest.mark.parametrize("kind", [np.uint8, np.uint16])
def test_strips_come_in_order_and_in_the_depth_that_went_in(seasons, kind):
    route, deep = seasons.route(None), np.iinfo(kind).max
    shallow = np.asarray(photo(33, 21))
    picture = shallow.astype(kind) * (deep // 255)
    tops, rows = [], []
    shares = list(seasons.strips(picture, route, lambda top, strip: (tops.append(top), rows.append(strip))))
    assert shares == sorted(shares)
    assert shares[-1] == 1
    made = np.concatenate(rows)
    assert tops == [sum(map(len, rows[:at])) for at in range(len(rows))]
    assert (made.shape, made.dtype) == (picture.shape, kind)
    wanted = np.asarray(seasons.translate(Image.fromarray(shallow), route)) / 255
    assert np.abs(made / deep - wanted).max() <= 0.51 / 255


def test_the_card_says_what_a_model_can_do(seasons):
    only = dataclasses.replace(seasons.card, routes=seasons.card.routes[1:])
    half = Translator(only, seasons._method, seasons._inventory, seasons.device)
    assert [route.title for route in half.routes] == ["winter → summer"]


def test_routes_are_found_by_name_and_by_letter(seasons, pets):
    assert seasons.route(None) == seasons.route("winter") == seasons.route("B") == seasons.route("b")
    assert seasons.route("A").title == "winter → summer"
    assert pets.route(None).target == "pets"
    with pytest.raises(ValueError, match=r"There is no way to 'wintr'\. Did you mean winter\?"):
        seasons.route("wintr")
    with pytest.raises(ValueError, match="'C'"):
        seasons.route("C")


def test_a_route_goes_only_through_its_own_networks(seasons):
    assert list(makers(seasons._method, seasons.route("winter"))) == ["G_A"]
    assert list(makers(seasons._method, seasons.route("summer"))) == ["G_B"]
    assert not any(weight.requires_grad for weight in Painting(seasons._method, seasons.route("winter")).parameters())


def test_strength_mixes_light_and_is_exact_at_both_ends(seasons):
    picture, route = photo(20, 20), seasons.route(None)
    full = np.asarray(seasons.translate(picture, route))
    assert np.array_equal(np.asarray(seasons.translate(picture, route, Look(strength=0.0))), np.asarray(picture))
    half = np.asarray(seasons.translate(picture, route, Look(strength=0.5)))
    assert np.array_equal(half, blended(np.asarray(picture), full, Look(0.5)))
    with pytest.raises(ValueError, match=r"Strength is from 0 to 1, not 1\.5"):
        seasons.translate(picture, route, Look(strength=1.5))


def test_a_look_has_its_mask_and_its_blend(seasons, tmp_path):
    picture, route = photo(20, 20), seasons.route(None)
    full = np.asarray(seasons.translate(picture, route))
    Image.new("L", (20, 20)).save(tmp_path / "black.png")
    masked = seasons.translate(picture, route, Look(mask=str(tmp_path / "black.png")))
    assert np.array_equal(np.asarray(masked), np.asarray(picture))
    look = Look(0.5, "colour", keep_colours=True)
    made = np.asarray(seasons.translate(picture, route, look))
    assert np.array_equal(made, blended(np.asarray(picture), full, look))


def test_a_generated_picture_depends_on_seed_index_and_label_alone(pets):
    route = pets.route(None)
    torch.manual_seed(5)
    first = np.asarray(pets.generate(route, 3, "dog"))
    torch.manual_seed(6)
    assert np.array_equal(np.asarray(pets.generate(route, 3, "dog")), first)
    others = [pets.generate(route, 4, "dog"), pets.generate(route, 3, "cat"), pets.generate(route, 3, "dog", index=1)]
    assert all(not np.array_equal(np.asarray(other), first) for other in others)
    assert torch.equal(torch.randn(3, generator=chance(7, 2)), torch.randn(3, generator=chance(7, 2)))
    with pytest.raises(ValueError, match=r"There is no label 'dgo'\. Did you mean dog\?"):
        pets.generate(route, 3, "dgo")


def test_each_kind_of_route_refuses_the_other_kind_of_work(seasons, pets):
    with pytest.raises(ValueError, match="summer → winter is a way to translate, not to generate"):
        seasons.generate(seasons.route(None), 0)
    with pytest.raises(ValueError, match="pets is a way to generate, not to translate"):
        pets.translate(photo(16, 16), pets.route(None))


def test_too_little_memory_is_a_sentence_with_the_size(toy, monkeypatch):
    monkeypatch.setattr(translator.psutil, "virtual_memory", lambda: type("Memory", (), {"available": 1 << 20}))
    route = Route("a", "a")  # Of the toy there is no description, so it cannot go in parts.
    with pytest.raises(ValueError, match=r"Too little memory to translate a picture of 600×5000 pixels here\. Make it"):
        toy(route).translate(photo(600, 5000), route)
    assert toy(route).translate(photo(16, 16), route).size == (16, 16)


def test_the_way_follows_from_the_size_and_the_memory(seasons, toy):
    route = seasons.route(None)
    small = translator_like(seasons, memory=8 << 20)
    assert seasons.way((300, 200), route) == small.way((30, 20), route) == "whole"
    assert small.way((600, 500), route) == "exact"
    fast = translator_like(seasons, memory=8 << 20, quality="fast")
    assert fast.way((600, 500), route) == "exact"  # A copy of a megapixel would be the picture itself.
    assert fast.way((3000, 2000), route) == "fast"
    assert toy(Route("a", "a", side=8)).way((90000, 90000), Route("a", "a", side=8)) == "whole"


@pytest.mark.parametrize("precision", ["fp32", "bf16"])
def test_stage_by_stage_gives_the_pixels_of_the_networks(seasons, precision):
    picture, route = photo(301, 403), seasons.route(None)
    translator = translator_like(seasons, bf16=precision == "bf16")
    made = []
    shares = list(translator.strips(np.asarray(picture), route, lambda _, rows: made.append(rows)))
    assert translator.way(picture.size, route) == "whole"
    assert len(shares) > 4
    # In the layout that stages have: a processor without instructions for bfloat16 adds in the order of memory.
    x = fitted(numbers(np.asarray(picture), translator.device), route).contiguous(memory_format=torch.channels_last)
    with translator._exactly():
        whole = colours(translator._method.make(route, x)[:, :, :403, :301], np.uint8)
    off = np.abs(made[0].astype(int) - whole)
    assert off.max() <= (0 if precision == "bf16" else 1)  # Norms add in another order there.
    assert (off > 0).mean() < 1e-3


def test_in_parts_gives_the_same_pixels_as_at_once_within_one_of_255(seasons):
    picture, route = photo(413, 301), seasons.route(None)
    small = translator_like(seasons, memory=1 << 20)
    assert small.way(picture.size, route) == "exact"
    whole, parts = (np.asarray(one.translate(picture, route)).astype(int) for one in (seasons, small))
    assert np.abs(whole - parts).max() <= 1
    assert (whole != parts).mean() < 1e-3


def test_where_memory_runs_out_at_once_it_goes_in_parts(seasons, monkeypatch):
    picture, route = photo(120, 90), seasons.route(None)
    whole = np.asarray(seasons.translate(picture, route)).astype(int)

    def full(*_):
        raise torch.OutOfMemoryError("CUDA out of memory.")

    monkeypatch.setattr(Painting, "paint", full)
    other = translator_like(seasons)
    other._bytes[route] = 1.0
    assert other.way(picture.size, route) == "whole"
    assert np.abs(np.asarray(other.translate(picture, route)).astype(int) - whole).max() <= 1


def test_memory_that_runs_out_on_the_way_is_the_same_sentence(seasons, monkeypatch):
    def full(*_):
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory: you tried to allocate 9 bytes.")

    fresh = translator_like(seasons)
    fresh.way((20, 30), fresh.route(None))
    monkeypatch.setattr(seasons._method, "make", full)
    with pytest.raises(ValueError, match="a picture of 20×30 pixels"):
        fresh.translate(photo(20, 30), fresh.route(None))


def test_generated_files_take_each_class_in_turn_and_never_leave_their_folder(pets, tmp_path):
    events = list(generate_files(pets, pets.route(None), tmp_path / "out", count=4, seed=9))
    names = sorted(path.name for path in tmp_path.rglob("*.png"))
    assert names == ["___owl-9-0002.png", "cat-9-0000.png", "cat-9-0003.png", "dog-9-0001.png"]
    with Image.open(tmp_path / "out" / "cat-9-0003.png") as made:
        assert np.array_equal(np.asarray(made), np.asarray(pets.generate(pets.route(None), 9, "cat", index=3)))
    assert events[-1] == Finished(4)


def test_generating_stops_and_refuses_nonsense(pets, tmp_path):
    job = generate_files(pets, pets.route(None), tmp_path / "out", count=4, label="dog")
    next(job)
    job.send(None)
    job.send(Stop())
    assert list(job) == [Finished(1, "stopped")]
    with pytest.raises(ValueError, match="at least 1, not 0"):
        list(generate_files(pets, pets.route(None), tmp_path, count=0))


def test_an_unknown_precision_is_refused_and_auto_is_exact(seasons):
    path = seasons.card.path
    with pytest.raises(ValueError, match="There is no precision 'fp61'"):
        Translator.open(path, precision="fp61")
    exact = Translator.open(translator.Path(path), device="cpu", precision="auto")
    picture, route = photo(33, 20), Route("winter", "summer", multiple=4)
    assert np.array_equal(np.asarray(exact.translate(picture, route)), np.asarray(seasons.translate(picture, route)))
