import io

import pytest
from PIL import Image

from ganstudio.runs.thumbnail import LARGEST, is_thumbnail, size_of

WAYS = {
    "png": ("PNG", {}),
    "webp": ("WEBP", {"quality": 70}),
    "lossless webp": ("WEBP", {"lossless": True}),
    "webp with more in it": ("WEBP", {"quality": 70, "exif": b"Exif\0\0MM\0*\0\0\0\x08\0\0"}),
}


def picture(size, way):
    kind, options = WAYS[way]
    stream = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert("RGB").save(stream, kind, **options)
    return stream.getvalue()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("size", [(320, 160), (1, 1), (17, 1024)])
def test_sizes_are_told_without_decoding(way, size):
    data = picture(size, way)
    assert size_of(data) == size
    assert is_thumbnail(data)


@pytest.mark.parametrize("way", WAYS)
def test_what_would_unfold_to_something_large_is_none(way):
    data = picture((1025, 2), way)
    assert size_of(data) == (1025, 2)
    assert not is_thumbnail(data)


@pytest.mark.parametrize("data", [b"", b"GIF89a", b"\x89PNG\r\n\x1a\n", b"RIFF\0\0\0\0WEBP", b"RIFF" * 20])
def test_other_things_are_none(data):
    assert not is_thumbnail(data)


def test_large_bytes_are_none():
    assert not is_thumbnail(picture((9, 9), "png") + bytes(LARGEST))
