import dataclasses
import json
from pathlib import Path

from ganstudio.runs.leaflet import Leaflet, Usage, places
from ganstudio.words.cards import ModelCard, Remarks
from ganstudio.words.events import Scored
from ganstudio.words.routes import Route

THERE, BACK = Route("winter", "summer"), Route("summer", "winter")
SCORES = {"summer → winter": {"distance": 0.01234}, "winter → summer": {"distance": 0.5}}
CARD = ModelCard(
    "/secret/place/m.safetensors", "my | seasons", "cyclegan", (THERE, BACK), 64, 400, 1000, 0.0, 9,
    {"summer": 1200, "winter": 30}, Scored(400, "KID", SCORES), Remarks("**Kept**", 5, ""), "trained",
)  # fmt: skip
LEAFLET = Leaflet(CARD, "winter.onnx", 12_345_678, THERE, 1, Usage("python", ("one", "two", "three")))


def test_people_read_what_it_is_and_how_to_use_it():
    text = LEAFLET.markdown()
    for line in (
        "# winter.onnx",
        "| Name | my \\| seasons |",
        "| Does | summer → winter |",
        "| Comes from | training |",
        "| Trained on | pictures of 64×64 pixels: 1,200 of summer and 30 of winter |",
        "| Steps | 400 of 1,000 |",
        "| Scores | summer → winter: distance 0.01234 |",
        "| Measured by | KID |",
        "| File | 12.3 MB |",
        "| Checked | largest difference 1 of 255 from GAN Studio's own pictures |",
        "| Licence | not stated |",
        "```python",
        "**Kept**",
    ):
        assert line in text.splitlines()
    assert "one\ntwo\nthree" in text
    assert "secret" not in text


def test_programs_read_the_same_and_no_places():
    files = LEAFLET.files(Path("out/winter.onnx"))
    assert tuple(files) == places(Path("out/winter.onnx")) == (Path("out/winter.onnx.md"), Path("out/winter.onnx.json"))
    table = json.loads(files[Path("out/winter.onnx.json")])
    assert (table["kind"], table["name"], table["licence"]) == ("card", "my | seasons", None)
    assert table["scores"] == {"summer → winter": {"distance": 0.01234}}
    assert table["use"] == ["one", "two", "three"]
    assert "secret" not in json.dumps(table)


def test_a_whole_model_tells_all_its_ways_and_where_it_comes_from():
    card = dataclasses.replace(CARD, origin="blended", parents=("75% a", "25% b"), scored=None, step=0)
    text = dataclasses.replace(LEAFLET, card=card, route=None).markdown()
    assert "| Does | summer → winter, winter → summer |" in text
    assert "| Comes from | mixing |" in text
    assert "| Made of | 75% a and 25% b |" in text
    assert "Scores" not in text
    assert "Steps" not in text


def test_a_name_that_is_not_utf_8_can_be_written_down():
    odd = dataclasses.replace(LEAFLET, card=dataclasses.replace(CARD, name="caf\udce9"))
    page, table = odd.files(Path("out/winter.onnx")).values()
    assert b"caf\\udce9" in page
    assert "caf" in json.loads(table)["name"]
