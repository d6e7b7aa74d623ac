"""Landscapes, drawn in summer and in winter: pictures whose true translation is known.

A scene is two maps: which material each point is made of, and how light it is there. A season is a palette: one ramp of
colours for each material. The same scene in two palettes is a true pair, and because no two materials share a colour
within a season, the translation is a one-to-one function of what the picture shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, auto
from functools import cache
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Floats: TypeAlias = NDArray[np.floating[Any]]
Mask: TypeAlias = NDArray[np.bool_]
_Window: TypeAlias = tuple[slice, slice]

_ALL: _Window = (slice(None), slice(None))

SEASONS = ("summer", "winter")


class Material(IntEnum):
    """What a point of a scene is made of."""

    SKY = 0
    SUN = auto()
    MOUNTAIN = auto()
    FAR_HILL = auto()
    NEAR_HILL = auto()
    MEADOW = auto()
    WATER = auto()
    PATH = auto()
    LEAVES = auto()
    NEEDLES = auto()
    BARK = auto()
    WALL = auto()
    ROOF = auto()
    PANE = auto()


# Shade, middle tone and light of each material, in summer and in winter, as sRGB.
RAMPS: dict[Material, tuple[str, str]] = {
    Material.SKY: ("3a84d2 7fbdf0 f2f8ff", "b092b4 e4bfc4 ffe6cc"),
    Material.SUN: ("ffe98a fff0a6 fff6c4", "ffb27a ffc08a ffd09c"),
    Material.MOUNTAIN: ("5c6ca6 8090c0 aab6d8", "8478b4 aca2d0 d2c8e6"),
    Material.FAR_HILL: ("467f80 66a094 96c0aa", "84a6d4 a0c4e8 b8daf4"),
    Material.NEAR_HILL: ("4f8a4a 78ac5e a8cc86", "a0c4c4 c4dedc e0f2ec"),
    Material.MEADOW: ("789a22 a4c03c dcd872", "bcc2ee dfe4fa fbfcff"),
    Material.WATER: ("0c3a66 17648c 4aa4b8", "62b8d2 92d8e6 c6f4f4"),
    Material.PATH: ("9a6a3c bc8c54 d8b078", "8c8898 aeaab6 ccc8d0"),
    Material.LEAVES: ("133f14 2f6a1c 66991f", "387078 62a0a2 8cc4b4"),
    Material.NEEDLES: ("08282c 124a42 2c7058", "24406c 4468a0 6c88b0"),
    Material.BARK: ("3c241a 644028 8c6444", "2c2036 4e3c56 745c78"),
    Material.WALL: ("d8bfa0 f4e2c6 fff4e0", "a4704e c8946a e0b488"),
    Material.ROOF: ("8c2c1c c04c30 e07c50", "5c64b8 828cd6 acb6f0"),
    Material.PANE: ("1c2438 303c58 4c5c7c", "ff9a20 ffc040 ffe070"),
}


@dataclass(frozen=True, slots=True)
class Scene:
    """A place without a season.

    Attributes:
        material: (S, S) uint8, values of `Material`; S is `size` times `finer`.
        light: (S, S) float32 in [0, 1], how light the material is there.
        size: Side of its pictures in pixels.
    """

    material: NDArray[np.uint8]
    light: Floats
    size: int

    def picture(self, season: str) -> Image.Image:
        """The place in "summer" or "winter": RGB, `size` pixels square, anti-aliased."""
        finer = self.material.shape[0] // self.size
        level = np.rint(self.light * 255).astype(np.intp)
        fine = _palette(season).take(self.material * np.intp(256) + level, axis=0)
        return Image.fromarray(fine).reduce(finer)


def scene(seed: tuple[int, ...], size: int = 64) -> Scene:
    """The place of this seed; the same place at every size.

    Args:
        seed: Any whole numbers from 0.
        size: Side in pixels.
    """
    return _Painter(np.random.default_rng(seed), size).paint()


@cache
def _palette(season: str) -> NDArray[np.uint8]:
    """(materials * 256, 3): the colour of each material at each light."""
    column = SEASONS.index(season)
    levels = np.linspace(0, 1, 256)
    table = np.empty((len(Material), 256, 3), np.float32)
    for material, ramps in RAMPS.items():
        stops = np.array([tuple(bytes.fromhex(stop)) for stop in ramps[column].split()])
        for channel in range(3):
            table[material, :, channel] = np.interp(levels, (0, 0.5, 1), stops[:, channel])
    return np.rint(table).astype(np.uint8).reshape(-1, 3)


# Foot, tip and half width of a fir's three tiers, the upper first: it hangs over the lower.
_TIERS = np.array([(0.56, 0.34, 0.12), (1.0, 0.76, 0.55), (0.13, 0.19, 0.25)], np.float32)[:, :, None, None]


class _Painter:
    """Paints one scene from back to front. Coordinates run from 0 to 1, x to the right and y down.

    Every random number is drawn independently of the size, so that a place is the same at every size.
    """

    def __init__(self, rng: np.random.Generator, size: int) -> None:
        self.rng = rng
        self.size = size
        self.side = size * (3 if size < 128 else 2)
        step = (np.arange(self.side, dtype=np.float32) + 0.5) / self.side
        self.x, self.y = step[None, :], step[:, None]
        self.material = np.zeros((self.side, self.side), np.uint8)
        self.light = np.zeros((self.side, self.side), np.float32)

    def paint(self) -> Scene:
        rng = self.rng
        self.horizon = rng.uniform(0.44, 0.54)
        self.sunny_side = float(rng.choice((-1, 1)))
        self.grain = self.noise((72, 72)) * 0.6 + self.noise((30, 30)) * 0.4
        self.folds = self.noise((10, 7)) + self.noise((18, 14)) * 0.5
        self.sky()
        self.mountains()
        self.hills()
        self.meadow()
        self.trees()
        return Scene(self.material, np.clip(self.light, 0, 1), self.size)

    def noise(self, cells: tuple[int, int]) -> Floats:
        """(S, S) smooth noise with `cells` bumps (down, across), about normal with deviation 0.6."""
        lattice = self.rng.standard_normal(cells).astype(np.float32)
        return np.asarray(Image.fromarray(lattice).resize((self.side, self.side), Image.Resampling.BICUBIC))

    def ridge(self, bumps: int, octaves: int, fade: float = 0.5) -> Floats:
        """(1, S) a skyline, about -1 to 1."""
        line: Floats = np.zeros((1, self.side), np.float32)
        strength = 1.0
        for octave in range(octaves):
            cells = bumps * 2**octave + 1
            lattice = self.rng.uniform(-1, 1, (1, cells)).astype(np.float32)
            line = line + strength * np.asarray(
                Image.fromarray(lattice).resize((self.side, 1), Image.Resampling.BICUBIC)
            )
            strength *= fade
        return line

    def lay(self, mask: Mask, material: Material, light: Floats | float, window: _Window = _ALL) -> None:
        """Cover the masked points of the window with a material."""
        self.material[window][mask] = material
        np.copyto(self.light[window], light, where=mask, casting="same_kind")

    def window(self, left: float, top: float, right: float, bottom: float) -> _Window:
        edges = (top, bottom + 1 / 64, left, right + 1 / 64)
        low, high, first, last = (int(min(max(edge, 0), 1) * self.side) for edge in edges)
        return slice(low, high), slice(first, last)

    def sky(self) -> None:
        rng = self.rng
        sun_x = 0.5 - self.sunny_side * rng.uniform(0.15, 0.4)
        sun_y = rng.uniform(0.1, 0.26)
        away = np.hypot(self.x - sun_x, self.y - sun_y)
        light = 0.12 + 0.5 * (self.y / self.horizon) ** 1.4 + 0.22 * np.exp(-((away / 0.16) ** 2))
        puffs = self.noise((9, 5)) + self.noise((18, 11)) * 0.5 + self.noise((40, 24)) * 0.22
        cover = np.clip((puffs - rng.uniform(0.1, 0.6)) / 0.7, 0, 1)
        fluff = np.clip(cover * 1.5, 0, 1) * (0.9 + 0.1 * self.grain)
        light = light + (0.98 - light) * fluff * 0.9
        self.lay(np.ones_like(self.material, bool), Material.SKY, light)
        radius = rng.uniform(0.035, 0.05)
        self.lay(away < radius, Material.SUN, 1 - away / radius * 0.6)

    def mountains(self) -> None:
        line = self.horizon - 0.13 - 0.09 * np.abs(self.ridge(3, 5, 0.55)) * self.rng.uniform(0.8, 1.3)
        slope = np.gradient(self.noise((8, 12)) + self.noise((16, 26)) * 0.5 + self.noise((30, 60)) * 0.25, axis=1)
        depth = (self.y - line) / 0.2
        light = 0.45 + self.sunny_side * slope * self.side * 0.022 + 0.4 * depth
        self.lay(self.y > line, Material.MOUNTAIN, light)

    def hills(self) -> None:
        rng = self.rng
        for material, rise, bumps, tall in (
            (Material.FAR_HILL, 0.065, 3, 0.05),
            (Material.NEAR_HILL, 0.0, 2, 0.055),
        ):
            line = self.horizon - rise + tall * self.ridge(bumps, 3, 0.35)
            depth = self.y - line
            slope = np.gradient(self.folds, axis=1) * self.side * self.sunny_side
            light = 0.3 + 0.03 * slope + 1.6 * np.clip(depth, 0, 0.3) + 0.06 * self.grain
            light = light + 0.25 * np.exp(-depth / 0.012)
            self.lay(depth > 0, material, light)
            count = 9 if material is Material.FAR_HILL else 17
            for at in np.sort(rng.uniform(-0.02, 1.02, count)):
                foot = float(line[0, int(np.clip(at, 0, 0.999) * self.side)]) + rng.uniform(0.004, 0.05)
                height = rng.uniform(0.022, 0.04) * (1.0 if material is Material.FAR_HILL else 1.7)
                if rng.random() < 0.55:
                    self.pine(at, foot, height)
                else:
                    self.oak(at, foot, height, 4)

    def meadow(self) -> None:
        line = self.horizon + 0.1 + 0.02 * self.ridge(2, 2)
        depth = self.y - line
        streaks = self.noise((36, 6)) * 0.4 + self.noise((16, 4)) * 0.6
        tufts = self.noise((64, 48)) * (0.4 + depth)
        light = 0.72 - 0.55 * np.clip(depth, 0, 0.5) + 0.16 * streaks + 0.1 * tufts + 0.05 * self.grain
        light = light + 0.012 * np.gradient(self.folds, axis=1) * self.side * self.sunny_side
        self.lay(depth > 0, Material.MEADOW, light)
        shore = self.water(line)
        self.house(line, shore)

    def water(self, line: Floats) -> float:
        """A lake or a river; returns where its middle lies, across."""
        rng = self.rng
        middle = rng.uniform(0.3, 0.7)
        top = float(line.max()) + 0.012
        wobble = self.noise((14, 1))
        if rng.random() < 0.5:
            bottom = top + rng.uniform(0.13, 0.2)
            across = np.clip(1 - ((self.y - (top + bottom) / 2) / ((bottom - top) / 2)) ** 2, 0, None)
            half = rng.uniform(0.26, 0.4) * np.sqrt(across) + 0.012 * wobble * (across > 0)
            centre = middle + 0 * self.y
        else:
            down = np.clip((self.y - top) / (1 - top), 0, 1)
            bend = rng.uniform(0.08, 0.2) * rng.choice((-1, 1))
            centre = middle + bend * np.sin(down**0.55 * rng.uniform(5.0, 7.5)) * (0.3 + 0.7 * down)
            half = 0.018 + 0.17 * down**1.3 + 0.006 * wobble
        mask = (self.y > top) & (np.abs(self.x - centre) < half)
        rows = np.clip((2 * top * self.side - np.arange(self.side)).astype(int), 0, self.side - 1)
        mirrored = np.isin(self.material[rows], (Material.SKY, Material.SUN)) * self.light[rows]
        ripples = self.noise((64, 7)) * 0.11 + self.noise((28, 4)) * 0.06
        edge = np.clip((half - np.abs(self.x - centre)) / 0.02, 0, 1)
        self.lay(mask, Material.WATER, 0.2 + 0.45 * mirrored + 0.25 * (self.y - top) + ripples + 0.2 * (1 - edge))
        return float(middle)

    def house(self, line: Floats, shore: float) -> None:
        """A cottage on the drier side of the meadow, with a path to the front of the picture."""
        rng = self.rng
        side = -1 if shore > 0.5 else 1
        at = 0.5 + side * rng.uniform(0.24, 0.34)
        wide, tall = rng.uniform(0.13, 0.17), rng.uniform(0.075, 0.095)
        foot = float(line.max()) + rng.uniform(0.07, 0.11)
        left, right, eaves = at - wide / 2, at + wide / 2, foot - tall
        self.shade(at - self.sunny_side * -0.05, foot, wide * 0.75, 0.02)
        down = np.clip((self.y - foot) / (1 - foot), 0, 1)
        centre = at - wide * 0.16 + side * -0.14 * np.sin(down * 2.6) * down
        on_path = (self.y > foot) & (np.abs(self.x - centre) < 0.012 + 0.075 * down)
        self.lay(on_path & (self.material == Material.MEADOW), Material.PATH, 0.6 + 0.16 * self.grain - 0.2 * down)
        gable = left + wide * 0.38
        lit = 0.28 * self.sunny_side
        body = (self.x > left) & (self.x < right) & (self.y > eaves) & (self.y < foot)
        self.lay(body, Material.WALL, np.where(self.x < gable, 0.55 - lit, 0.55 + lit) + 0.05 * self.grain)
        peak, slant = (left + gable) / 2, tall * 0.85
        front = (np.abs(self.x - peak) < (self.y - eaves + slant) * (gable - left) / 2 / slant) & (self.y <= eaves)
        self.lay(front & (self.y > eaves - slant), Material.WALL, 0.5 - lit)
        over = 0.014
        lean = (self.y - (eaves - slant)) / (slant + over) * (gable - peak + over)
        roof = (self.y > eaves - slant) & (self.y < eaves + over)
        roof = roof & (self.x > peak + lean) & (self.x < right - (gable - peak) + lean + over)
        tiles = 0.1 * np.sin(self.y * 330) + 0.1 * self.grain
        self.lay(roof, Material.ROOF, 0.5 + lit * 0.9 + tiles)
        verge = (np.abs(self.x - peak) < np.abs(lean) + 0.008) & (np.abs(self.x - peak) > np.abs(lean) - 0.008)
        verge = verge & (self.y > eaves - slant - 0.006) & (self.y < eaves + over) & (self.x < gable)
        self.lay(verge, Material.ROOF, 0.22)
        chimney = (np.abs(self.x - right + wide * 0.3) < 0.011) & (self.y < eaves - slant * 0.6)
        self.lay(chimney & (self.y > eaves - slant * 1.35), Material.ROOF, 0.25 + 0.1 * self.grain)
        door = (np.abs(self.x - peak) < wide * 0.07) & (self.y > foot - tall * 0.62) & (self.y < foot)
        self.lay(door, Material.BARK, 0.6)
        for pane in (gable + (right - gable) * 0.3, gable + (right - gable) * 0.72):
            glass = (np.abs(self.x - pane) < wide * 0.085) & (np.abs(self.y - foot + tall * 0.45) < tall * 0.2)
            glass = glass & (np.abs(self.x - pane) > 0.002) & (np.abs(self.y - foot + tall * 0.45) > 0.002)
            self.lay(glass, Material.PANE, 0.5 + 4 * (self.y - foot + tall * 0.45) + 0 * self.x)
        self.house_span = (left - 0.02, right + 0.02, foot)

    def trees(self) -> None:
        rng = self.rng
        left, right, house_foot = self.house_span
        spots = []
        for _ in range(rng.integers(7, 11)):
            at, down = rng.uniform(-0.02, 1.02), rng.uniform(0, 1) ** 1.3
            foot = self.horizon + 0.14 + down * (0.9 - self.horizon - 0.14)
            row, column = int(foot * self.side), int(np.clip(at, 0, 0.999) * self.side)
            kind, size = rng.random(), rng.uniform(0.8, 1.2)
            height = size * (0.1 + 0.24 * down)
            hides_house = left - height * 0.4 < at < right + height * 0.4 and foot - height < house_foot
            if self.material[row, column] in (Material.MEADOW, Material.NEAR_HILL) and not hides_house:
                spots.append((foot, at, height, kind))
        for foot, at, height, kind in sorted(spots):
            self.shade(at + self.sunny_side * height * 0.22, foot, height * 0.4, height * 0.075)
            if kind < 0.45:
                self.pine(at, foot, height * 1.15)
            else:
                self.oak(at, foot, height, 14)

    def shade(self, x: float, y: float, wide: float, tall: float) -> None:
        """A soft shadow on whatever ground lies there."""
        window = self.window(x - 1.5 * wide, y - 1.5 * tall, x + 1.5 * wide, y + 1.5 * tall)
        across, down = (self.x[:, window[1]] - x) / wide, (self.y[window[0]] - y) / tall
        ground = (self.material[window] == Material.MEADOW) | (self.material[window] == Material.PATH)
        self.light[window] -= 0.3 * np.exp(-((across**2 + down**2) ** 2)) * ground

    def oak(self, x: float, foot: float, height: float, clumps: int) -> None:
        """A round tree: a trunk and clumps of leaves, lit from the sunny side."""
        turns = self.rng.uniform(0, 2 * np.pi, (clumps, 1, 1)).astype(np.float32)
        reaches = np.sqrt(np.linspace(1, 0, clumps, dtype=np.float32))[:, None, None] * 0.9
        window = self.window(x - height * 0.55, foot - height * 1.15, x + height * 0.55, foot)
        across, up = (self.x[:, window[1]] - x) / height, (foot - self.y[window[0]]) / height
        trunk = (np.abs(across) < 0.05 + 0.05 * np.exp(-up * 14)) & (up > 0) & (up < 0.5)
        self.lay(trunk, Material.BARK, 0.5 - self.sunny_side * across * 7, window)
        grain = self.grain[window]
        centre_x, centre_up = 0.27 * reaches * np.cos(turns), 0.66 + 0.22 * reaches * np.sin(turns)
        radius = 0.2 - 0.05 * reaches
        right, above = (across - centre_x) / radius, (up - centre_up) / radius
        bulge = 1 + 0.35 * grain - right**2 - above**2
        front = np.argmax(bulge - reaches, axis=0)[None]
        light = 0.46 + 0.3 * above - 0.24 * self.sunny_side * right + 0.5 * (centre_up - 0.66)
        light = np.take_along_axis(light, front, axis=0)[0] + 0.16 * grain
        self.lay(bulge.max(axis=0, initial=0) > 0, Material.LEAVES, light, window)

    def pine(self, x: float, foot: float, height: float) -> None:
        """A fir: a short trunk and three tiers of needles."""
        window = self.window(x - height * 0.3, foot - height, x + height * 0.3, foot)
        across, up = (self.x[:, window[1]] - x) / height, (foot - self.y[window[0]]) / height
        self.lay((np.abs(across) < 0.03) & (up > 0) & (up < 0.2), Material.BARK, 0.4, window)
        grain = self.grain[window]
        low, high, half = _TIERS
        within = (up - low) / (high - low)
        tiers = np.abs(across) < half * (1 - within) * (1 + 0.15 * grain)
        tiers &= (within > 0.04 * grain) & (within < 1)
        light = 0.3 + 0.4 * within - self.sunny_side * across / half * 0.35
        light = np.take_along_axis(light, np.argmax(tiers, axis=0)[None], axis=0)[0] + 0.16 * grain
        self.lay(tiers.any(axis=0), Material.NEEDLES, light, window)
