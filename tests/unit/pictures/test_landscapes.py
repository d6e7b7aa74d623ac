import numpy as np
import pytest

from ganstudio.pictures.landscapes import RAMPS, SEASONS, Material, scene

SUMMER, WINTER = SEASONS


def array(season, number, part=2, size=64):
    return np.asarray(scene((0, part, number), size).picture(season)).astype(np.float64)


def psnr(one, other):
    return float(10 * np.log10(255**2 / np.mean((one - other) ** 2)))


def stops(column):
    return {
        material: np.array([tuple(bytes.fromhex(stop)) for stop in ramps[column].split()])
        for material, ramps in RAMPS.items()
    }


def look_up(known_in, known_out, asked):
    """What a reader of the training pairs would answer: the mean colour seen there for the nearest known colour."""
    key = (known_in.reshape(-1, 3) // 4).astype(np.int64)
    cells, cell_of = np.unique(key @ (1, 64, 4096), return_inverse=True)
    mean = np.stack([np.bincount(cell_of, known_out.reshape(-1, 3)[:, c]) for c in range(3)], 1)
    mean /= np.bincount(cell_of)[:, None]
    centres = np.stack([cells % 64, cells // 64 % 64, cells // 4096], 1).astype(np.float32)
    flat = (asked.reshape(-1, 3) / 4 - 0.5).astype(np.float32)
    near = np.concatenate(
        [np.argmin((centres**2).sum(1) - 2 * part @ centres.T, 1) for part in np.array_split(flat, 20)]
    )
    return mean[near].reshape(asked.shape)


def test_no_place_is_shown_in_both_seasons_of_the_training_pictures():
    places = {scene((0, part, n)).material.tobytes() for part in (0, 1, 2) for n in range(12)}
    assert len(places) == 36


def test_a_place_is_the_same_in_both_seasons():
    """What is sun, sky, roof in summer is so in winter: the material is read off the colours, where they are pure."""
    for n in (0, 3):
        found = []
        for column, season in enumerate(SEASONS):
            pixels = array(season, n).astype(np.float32)
            ramps = np.array(list(stops(column).values()), np.float32)
            tones = np.concatenate([ramps[:, :1] * (1 - t) + ramps[:, 1:2] * t for t in np.linspace(0, 1, 20)], 1)
            tones = np.concatenate(
                [tones] + [ramps[:, 1:2] * (1 - t) + ramps[:, 2:] * t for t in np.linspace(0, 1, 20)], 1
            )
            away = np.linalg.norm(pixels[:, :, None, None] - tones, axis=-1).min(-1)
            found.append((away.argmin(-1), away.min(-1)))
        (summer, pure), (winter, pure_too) = found
        sure = (pure < 1.5) & (pure_too < 1.5)
        assert sure.mean() > 0.5
        assert (summer == winter)[sure].mean() > 0.98


def test_no_two_materials_share_a_colour():
    for column in (0, 1):
        ramps = stops(column)
        tones = {
            material: np.stack([np.interp(np.linspace(0, 2, 41), (0, 1, 2), ramp[:, c]) for c in range(3)], 1)
            for material, ramp in ramps.items()
        }
        for one in Material:
            for other in Material:
                if one < other:
                    away = np.linalg.norm(tones[one][:, None] - tones[other], axis=-1).min()
                    assert away > 14, (SEASONS[column], one.name, other.name, away)


def test_every_material_keeps_its_order_of_light():
    for column in (0, 1):
        for material, ramp in stops(column).items():
            luma = ramp @ (0.299, 0.587, 0.114)
            assert (np.diff(luma) > 4).all(), (SEASONS[column], material.name)


def test_a_place_is_the_same_at_every_size():
    small, large = array(SUMMER, 5, size=64), array(SUMMER, 5, size=256)
    shrunk = large.reshape(64, 4, 64, 4, 3).mean((1, 3))
    assert psnr(small, shrunk) > 22


def test_leaving_summer_as_it_is_scores_8_to_11_decibels():
    scores = [psnr(array(SUMMER, n), array(WINTER, n)) for n in range(12)]
    assert 8 < np.mean(scores) < 11
    assert min(scores) > 7.5
    assert max(scores) < 11.5


@pytest.mark.parametrize("there", [SUMMER, WINTER])
def test_the_answer_can_be_read_off_each_pixel(there):
    back = WINTER if there == SUMMER else SUMMER
    known = [np.stack([array(season, n) for n in range(25)]) for season in (there, back)]
    asked, truth = (np.stack([array(season, n) for n in range(100, 104)]) for season in (there, back))
    score = np.mean([psnr(a, t) for a, t in zip(look_up(*known, asked), truth, strict=True)])
    assert score > 24
