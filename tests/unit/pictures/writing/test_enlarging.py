import numpy as np
import pytest
from PIL import Image
from skimage import data

from ganstudio.pictures.writing.enlarging import enlarged

PHOTO = data.chelsea()[:37, :53]


@pytest.mark.parametrize("scale", [1, 2, 3, 4])
@pytest.mark.parametrize("band", [1, 7, 16, 1000])
def test_bands_are_the_whole(scale, band):
    whole = np.asarray(Image.fromarray(PHOTO).resize((53 * scale, 37 * scale), Image.Resampling.BICUBIC))
    rows = [enlarged(PHOTO, scale, top, min(top + band, 37 * scale)) for top in range(0, 37 * scale, band)]
    assert np.array_equal(np.concatenate(rows), whole)


def test_16_bits_are_enlarged_alike():
    deep = enlarged(PHOTO.astype(np.uint16) * 257, 2, 0, 74)
    assert deep.dtype == np.uint16
    assert np.abs(deep / 257 - enlarged(PHOTO, 2, 0, 74)).max() < 1.1  # Pillow rounds 8 bits twice.
