"""Jobs that only look at pictures; those that train are tested by driving the window and the engine."""

from PIL import Image

from ganstudio.window import jobs
from ganstudio.words.recipe import Domain


def done(job):
    while True:
        try:
            next(job)
        except StopIteration as end:
            return end.value


def paint(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (8, 8)).save(path)
    return path


def test_a_listing_shows_the_domain_as_the_artist_edited_it(tmp_path):
    one, two, three = (paint(tmp_path / name) for name in ("cats/1.png", "cats/2.png", "3.png"))
    two.with_suffix(".txt").write_text("a cat")
    plain = done(jobs.listing(Domain("pets", (str(tmp_path),))))
    assert (plain.paths, plain.classes, plain.captioned) == ((three, one, two), ("cats",), 1)
    assert plain.labels == {one: "cats", two: "cats"}
    edited = Domain(
        "pets", (str(tmp_path),), (str(one), str(tmp_path / "gone.png")), {str(three): "dogs"}, {str(three): "a dog"}
    )
    found = done(jobs.listing(edited))
    assert (found.paths, found.excluded, found.classes) == ((three, two), (one,), ("cats", "dogs"))
    assert (found.labels, found.captioned) == ({three: "dogs", two: "cats"}, 2)
    assert done(jobs.captions(edited, three)) == ("a dog",)
    assert done(jobs.captions(edited, two)) == ("a cat",)
