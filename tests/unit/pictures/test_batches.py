import numpy as np
import pytest
import torch
from PIL import Image

from ganstudio.game import MethodSettings
from ganstudio.pictures.batches import Batches, Stock, decode, stock_up, to_network, to_pixels, training_size
from ganstudio.pictures.examples import Example
from ganstudio.pictures.reading import Unreadable
from ganstudio.words.events import Progress, Skipped

CPU = torch.device("cpu")


def make_stock(count, side=6, labels=False):
    """Pictures whose every pixel says which picture (red), row (green) and column (blue) it is."""
    rows, columns = torch.meshgrid(torch.arange(side), torch.arange(side), indexing="ij")
    pictures = [torch.stack([torch.full_like(rows, n), rows, columns]).to(torch.uint8) for n in range(count)]
    return Stock(tuple(Example(f"{n}.png", n % 3 if labels else -1) for n in range(count)), tuple(pictures))


def make_batches(*stocks, batch=1, size=6, flip=False, seed=0):
    return Batches(stocks, batch=batch, size=size, flip=flip, seed=seed, device=CPU)


def numbers(batch, domain=0):
    return to_pixels(batch.images[domain])[:, 0, 0, 0].tolist()


@pytest.mark.parametrize(
    ("picture", "fit", "expected"),
    [
        ((4000, 3000), "cover", (381, 286)),  # the short side at 286 for 256, the shape kept
        ((270, 300), "cover", (270, 300)),  # between 256 and 286: never enlarged
        ((64, 128), "cover", (256, 512)),  # too small: enlarged just enough
        ((4000, 3000), "native", (4000, 3000)),
        ((100, 200), "native", (256, 512)),
        ((4000, 3000), "squash", (286, 286)),  # the published way
        ((256, 256), "cover", (256, 256)),
    ],
)
def test_training_size(picture, fit, expected):
    assert training_size(*picture, 256, fit, 286 / 256) == expected


def test_each_picture_is_drawn_once_before_any_is_drawn_again():
    batches = make_batches(make_stock(5))
    rounds = [[numbers(next(batches))[0] for _ in range(5)] for _ in range(3)]
    assert all(sorted(drawn) == [0, 1, 2, 3, 4] for drawn in rounds)
    assert rounds[0] != rounds[1] or rounds[1] != rounds[2]


def test_domains_are_not_paired():
    batches = make_batches(make_stock(5), make_stock(5))
    pairs = {(numbers(b, 0)[0], numbers(b, 1)[0]) for b in (next(batches) for _ in range(40))}
    assert len(pairs) > 5


def test_crops_are_squares_of_the_picture_everywhere_in_it():
    batches = make_batches(make_stock(1, side=6), size=4)
    corners = set()
    for _ in range(200):
        square = to_pixels(next(batches).images[0])[0]
        top, left = int(square[1, 0, 0]), int(square[2, 0, 0])
        assert torch.equal(square[1, :, 0], torch.arange(top, top + 4).to(torch.uint8))
        assert torch.equal(square[2, 0], torch.arange(left, left + 4).to(torch.uint8))
        corners.add((top, left))
    assert corners == {(top, left) for top in range(3) for left in range(3)}


def test_half_are_mirrored_when_asked_and_none_otherwise():
    def mirrored(flip):
        batches = make_batches(make_stock(1), flip=flip)
        return sum(int(to_pixels(next(batches).images[0])[0, 2, 0, 0] > 0) for _ in range(400))

    assert mirrored(flip=False) == 0
    assert 150 < mirrored(flip=True) < 250


def test_labels_stay_with_their_pictures():
    batch = next(make_batches(make_stock(9, labels=True), batch=9))
    assert batch.labels.tolist() == [number % 3 for number in numbers(batch)]
    assert next(make_batches(make_stock(2))).labels is None


def test_a_restored_order_continues_exactly():
    first, second = (make_batches(make_stock(7), make_stock(4), size=3, flip=True) for _ in range(2))
    for _ in range(9):
        next(first)
    assert second.restore(first.state())
    for _ in range(20):
        for one, other in zip(next(first).images, next(second).images, strict=True):
            assert torch.equal(one, other)


def test_a_changed_folder_begins_a_new_order_and_says_so():
    batches = make_batches(make_stock(7))
    assert not make_batches(make_stock(6)).restore(batches.state())


def test_bytes_survive_the_way_to_the_network_and_back():
    every = torch.arange(256).to(torch.uint8)
    x = to_network(every, CPU)
    assert (x.min(), x.max()) == (-1, 1)
    assert torch.equal(to_pixels(x), every)
    assert to_pixels(torch.tensor([-1.2, 1.2])).tolist() == [0, 255]


def test_decoding_keeps_the_shape_and_the_colours(tmp_path):
    Image.new("RGB", (80, 40), (10, 200, 30)).save(tmp_path / "a.png")
    picture = decode(Example(tmp_path / "a.png"), 16, MethodSettings())
    assert picture.shape == (3, 18, 36)
    assert picture[:, 0, 0].tolist() == [10, 200, 30]


def test_a_picture_without_a_square_in_it_is_named(tmp_path):
    Image.new("RGB", (6000, 4)).save(tmp_path / "line.png")
    with pytest.raises(Unreadable, match=r"too long and narrow to train on \(6000×4 pixels\)"):
        decode(Example(tmp_path / "line.png"), 16, MethodSettings())


def test_a_stock_names_what_it_leaves_out(tmp_path):
    files = []
    for number in range(20):
        path = tmp_path / f"{number}.png"
        Image.fromarray(np.full((8, 8, 3), number, np.uint8)).save(path)
        files.append(Example(path))
    files[3].path.write_bytes(b"no picture")
    reading = stock_up(files, 8, MethodSettings())
    events = []
    while True:
        try:
            events.append(next(reading))
        except StopIteration as stop:
            stock = stop.value
            break
    assert [event.path for event in events if isinstance(event, Skipped)] == [str(files[3].path)]
    assert [event.done for event in events if isinstance(event, Progress)] == list(range(1, 21))
    assert [int(picture[0, 0, 0]) for picture in stock.pictures] == [n for n in range(20) if n != 3]
