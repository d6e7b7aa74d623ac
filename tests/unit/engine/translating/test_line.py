"""Pictures that go through the network in company come out as each does alone, in the order of their files."""

import time
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.engine.faults import TooLarge
from ganstudio.engine.models import modelfile
from ganstudio.engine.translating.files import translate_files
from ganstudio.engine.translating.translator import Translator
from ganstudio.pictures.order import Order
from ganstudio.pictures.reading import read
from ganstudio.words.events import Finished, Made, Skipped, Stop
from ganstudio.words.look import Look
from ganstudio.words.recipe import Domain, Recipe
from ganstudio.words.routes import DomainFound, Inventory, Route

TO_WINTER = Route("winter", "summer")
SIZES = ((40, 32), (40, 32), (24, 24), (40, 32), (39, 30), (40, 32), (24, 24), (40, 32), (57, 33), (40, 31))


def photo(size, seed, mode="RGB"):
    pixels = np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 4), dtype=np.uint8)
    return Image.fromarray(pixels[..., :3]).convert(mode)


@pytest.fixture
def folder(tmp_path):
    """Pictures of several sizes, see-through, grey, deep and broken ones among them."""
    place = tmp_path / "in"
    place.mkdir()
    for number, size in enumerate(SIZES):
        photo(size, number).save(place / f"{number:02}.png")
    see_through = photo((40, 32), 20)
    see_through.putalpha(photo((40, 32), 21, "L"))
    see_through.save(place / "10.png")
    photo((40, 32), 22, "L").save(place / "11.png")
    deep = np.random.default_rng(23).integers(0, 65536, (32, 40), dtype=np.uint16)
    Image.fromarray(deep).save(place / "12.png")
    (place / "03.png").write_bytes((place / "03.png").read_bytes()[:900])
    (place / "13.png").write_bytes(b"no picture")
    return place


@pytest.fixture(scope="module")
def seasons(tmp_path_factory):
    """An untrained CycleGAN, which sees the whole of a picture in each of its norms."""
    domains = tuple(Domain(name, (name,)) for name in ("summer", "winter"))
    recipe = Recipe("cyclegan", domains, size=32, steps=9, settings={"width": 6, "discriminator_width": 4, "blocks": 2})
    inventory = Inventory(tuple(DomainFound(name, 5, 1) for name in ("summer", "winter")), {})
    torch.manual_seed(0)
    file = tmp_path_factory.mktemp("model") / "model.safetensors"
    modelfile.save(file, modelfile.build_method(recipe, inventory), recipe, inventory, 1)
    return Translator.open(file, device="cpu")


@pytest.fixture
def company(monkeypatch):
    """company(count): from now on so many go together, on a processor too; the sizes of all companies."""
    sizes = []

    def allow(count, fits=99):
        together = Translator.together

        def counted(self, pictures, route):
            sizes.append(len(pictures))
            if len(pictures) > fits:
                raise TooLarge("Too little memory.")
            return together(self, pictures, route)

        monkeypatch.setattr(Translator, "company", lambda *_: count)
        monkeypatch.setattr("ganstudio.engine.translating.company.Measured.count", measured_count(count, fits))
        monkeypatch.setattr(Translator, "together", counted)
        return sizes

    return allow


def measured_count(count, fits):
    """No waiting until it is measured that more go quicker; what memory refused counts."""
    return lambda self, kind, most: min(count, most, self._most.get(kind, count))


def read_first(monkeypatch):
    """Nothing is translated before all is read, so that companies do not hang on who is quick."""
    from ganstudio.engine.translating import line

    gathered = line.Line._gathered

    def patient(self, told):
        until = time.monotonic() + 20
        while not self._ahead._exhausted or not all(one.done() for one in self._ahead._line):
            assert time.monotonic() < until
            yield None
        yield from gathered(self, told)

    monkeypatch.setattr(line.Line, "_gathered", patient)


def made_of(translator, route, folder, out, order=Order()):  # noqa: B008  Frozen.
    return [event for event in translate_files(translator, route, [folder], out, order) if event]


@pytest.mark.parametrize("look", [Look(), Look(0.4)])
def test_company_changes_nothing(seasons, folder, tmp_path, company, monkeypatch, look):
    route = seasons.route(None)
    alone = made_of(seasons, route, folder, tmp_path / "alone", Order(look))
    read_first(monkeypatch)
    sizes = company(4)
    told = made_of(seasons, route, folder, tmp_path / "together", Order(look))
    assert max(sizes) == 4
    assert [type(event) for event in told] == [type(event) for event in alone]
    assert [event.source for event in told if isinstance(event, Made)] == [
        event.source for event in alone if isinstance(event, Made)
    ]
    assert {Path(event.path).name for event in told if isinstance(event, Skipped)} == {"03.png", "13.png"}
    for path in sorted((tmp_path / "alone").iterdir()):
        with Image.open(path) as one, Image.open(tmp_path / "together" / path.name) as other:
            assert (one.mode, one.size) == (other.mode, other.size)
            off = np.abs(np.asarray(one).astype(int) - np.asarray(other).astype(int))
            assert off.max() <= (257 if one.mode.startswith("I") else 1)


def test_networks_of_one_size_take_pictures_of_all_sizes_together(toy, folder, tmp_path, company, monkeypatch):
    read_first(monkeypatch)
    route = Route("winter", "summer", side=8)
    sizes = company(5)
    made_of(toy(route), route, folder, tmp_path / "together")
    assert max(sizes) == 5
    monkeypatch.undo()
    made_of(toy(route), route, folder, tmp_path / "alone")
    for path in (tmp_path / "alone").iterdir():
        off = np.asarray(read(path)).astype(int) - np.asarray(read(tmp_path / "together" / path.name))
        assert np.abs(off).max() <= 1


def test_a_company_that_memory_refuses_is_halved_and_nobody_is_lost(toy, folder, tmp_path, company, monkeypatch):
    read_first(monkeypatch)
    sizes = company(8, fits=2)
    told = made_of(toy(TO_WINTER), TO_WINTER, folder, tmp_path / "out")
    assert len([event for event in told if isinstance(event, Made)]) == 12
    assert told[-1] == Finished(12)
    assert max(sizes) > 2


def test_a_stop_between_companies_leaves_what_was_told_and_nothing_else(toy, folder, tmp_path, company):
    company(3)
    job = translate_files(toy(TO_WINTER), TO_WINTER, [folder], tmp_path / "out")
    events = []
    while not any(isinstance(event, Made) for event in events):
        events.append(next(job))
    events += [job.send(Stop()), *job]
    made = [event for event in events if isinstance(event, Made)]
    assert events[-1] == Finished(len(made), "stopped")
    assert {str(path) for path in (tmp_path / "out").rglob("*") if path.is_file()} == {event.path for event in made}


def test_on_a_processor_each_goes_alone_and_comes_out_the_same_to_the_bit(seasons, folder, tmp_path):
    route = seasons.route(None)
    assert seasons.company((256, 256), route) == 1
    made_of(seasons, route, folder, tmp_path / "out")
    for number in (0, 4, 8):
        picture = read(folder / f"{number:02}.png")
        made = np.asarray(read(tmp_path / "out" / f"{number:02}.png"))
        assert np.array_equal(made, np.asarray(seasons.translate(picture, route)))


def test_more_go_together_the_smaller_they_are(seasons, monkeypatch):
    route = seasons.route(None)
    monkeypatch.setattr(seasons, "device", torch.device("meta"))
    monkeypatch.setattr(seasons, "memory", 40 << 20)
    monkeypatch.setattr(seasons, "_heaviness", lambda _: 100.0)
    assert [seasons.company((side, side), route) for side in (64, 256, 400, 1000)] == [32, 6, 2, 1]
