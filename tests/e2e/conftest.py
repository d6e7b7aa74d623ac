"""The real program in its own process, and what several tests look at: pictures, and models trained on them."""

import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from ganstudio.cli.app import main
from ganstudio.pictures.sample import draw

SMALL = ["--size", "32", "--device", "cpu", "--seed", "3", "--preset", "quick"]
NARROW = ["--set", "width=4", "--set", "discriminator_width=4"]
TINY_CYCLEGAN = [*SMALL, *NARROW, "--set", "blocks=1"]
TINY_GENERATOR = [*SMALL, *NARROW, "--method", "conditional-gan"]
STEPS = 40
ROOT = Path(__file__).parents[2]


def start(*words, **options):
    """The program, running."""
    return subprocess.Popen(
        [sys.executable, "-m", "ganstudio", *map(str, words)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def ganstudio(*words):
    """The program, ended: its exit code, stdout and stderr."""
    with start(*words) as program:
        out, err = program.communicate(timeout=280)
    return program.returncode, out, err


@pytest.fixture(scope="session")
def pictures(tmp_path_factory):
    """Six landscapes of each season, 40 pixels wide."""
    folder = tmp_path_factory.mktemp("pictures")
    for _ in draw(folder / "sample", pictures=6, held_out=2, size=40):
        pass
    return folder / "sample"


@pytest.fixture(scope="session")
def trained(pictures, tmp_path_factory):
    """A CycleGAN trained without an interruption: its run, and what the program said."""
    run = tmp_path_factory.mktemp("trained") / "run"
    words = ("train", pictures / "summer", pictures / "winter", "--out", run, "--steps", STEPS, "--events")
    return run, ganstudio(*words, *TINY_CYCLEGAN)


@pytest.fixture(scope="session")
def generator(tmp_path_factory):
    """A conditional GAN trained for two steps on two classes."""
    place = tmp_path_factory.mktemp("generator")
    for name, level in (("dark", 40), ("light", 200)):
        (place / "tones" / name).mkdir(parents=True)
        for number in range(4):
            tone = Image.new("RGB", (32, 32), (level + number,) * 3)
            tone.save(place / "tones" / name / f"{number}.png")
    words = ["train", str(place / "tones"), "--out", str(place / "run"), "--steps", "2", "--batch", "2"]
    assert main([*words, *TINY_GENERATOR]) == 0
    return place / "run"
