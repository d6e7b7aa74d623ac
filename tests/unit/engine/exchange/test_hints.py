"""What file names and options say: parts, directions, names, sizes."""

from pathlib import Path

import pytest

from ganstudio.engine.exchange.hints import hints, named

OPTIONS = """----------------- Options ---------------
                 CUT_mode: CUT
                crop_size: 256
                 dataroot: ./datasets/grumpifycat        \t[default: placeholder]
                direction: AtoB
                load_size: 286
                    model: cut                           \t[default: cut]
                     name: experiment
               no_dropout: True
               preprocess: resize_and_crop
----------------- End -------------------
"""


@pytest.mark.parametrize(
    ("name", "part", "way"),
    [
        ("latest_net_G_A.pth", "G", "A"),
        ("200_net_D_B.pth", "D", "B"),
        ("latest_net_G.pth", "G", ""),
        ("iter_5000_net_F.pth", "F", ""),
        ("netG_A2B.pth", "G", "A"),
        ("netG_B2A.pth", "G", "B"),
        ("G_B.safetensors", "G", "B"),
        ("horse2zebra.pth", "", ""),
        ("DOG.pth", "", ""),
        ("PAGA.pth", "", ""),
    ],
)
def test_names_tell_the_part_and_the_direction(name, part, way):
    told = named(Path(name))
    assert (told.part, told.way) == (part, way)


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("latest_net_G_A.pth", ["latest_net_G_B.pth", "latest_net_D_A.pth", "latest_net_D_B.pth"]),
        ("latest_net_G_B.pth", ["latest_net_G_A.pth", "latest_net_D_B.pth", "latest_net_D_A.pth"]),
        ("latest_net_G.pth", ["latest_net_D.pth", "latest_net_F.pth"]),
        ("5_net_G_A.pth", []),
        ("netG_A2B.pth", ["netG_B2A.pth"]),
        ("latest_net_D_A.pth", []),
        ("horse.pth", []),
    ],
)
def test_files_of_one_training_are_found_beside_each_other(tmp_path, asked, found):
    for name in ("G_A", "G_B", "D_A", "D_B", "G", "D", "F"):
        (tmp_path / f"latest_net_{name}.pth").touch()
    for name in ("netG_A2B.pth", "netG_B2A.pth", "netD_A.pth", "5_net_G_A.pth", "horse.pth"):
        (tmp_path / name).touch()
    assert [path.name for path in named(tmp_path / asked).beside()] == found


@pytest.mark.parametrize(
    ("file", "names"),
    [
        ("horse2zebra.pth", ("horse", "zebra")),
        ("horse2zebra_pretrained/latest_net_G.pth", ("horse", "zebra")),
        ("facades_label2photo/latest_net_G.pth", ("label", "photo")),
        ("summer2winter_yosemite/latest_net_G.pth", ("summer", "winter")),
        ("style_monet/latest_net_G.pth", None),
        ("facades_pix2pix/latest_net_G.pth", None),
        ("latest_net_G_A2B.pth", None),
    ],
)
def test_names_of_what_goes_in_and_comes_out(file, names):
    assert hints(Path("nowhere") / file).names == names


def test_the_options_beside_tell_sizes_and_how_pictures_met_them(tmp_path):
    (tmp_path / "train_opt.txt").write_text(OPTIONS)
    (tmp_path / "test_opt.txt").write_text("model: test\ncrop_size: 999\n")
    told = hints(tmp_path / "latest_net_G.pth")
    assert (told.method, told.size, told.dropout) == ("cut", 256, False)
    assert told.settings == {"fit": "squash", "margin": 1.1172}


def test_the_options_of_older_versions_are_known_by_their_names(tmp_path):
    text = "fineSize: 128\nloadSize: 143\nresize_or_crop: crop\nmodel: cycle_gan\nno_dropout: False\n"
    (tmp_path / "opt.txt").write_text(text)
    told = hints(tmp_path / "latest_net_G.pth")
    assert (told.method, told.size, told.dropout) == ("cyclegan", 128, True)
    assert told.settings == {"fit": "native", "margin": 1.1172}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("dataroot: data/horse2zebra\ndirection: AtoB", ("horse", "zebra")),
        ("dataroot: data/horse2zebra\ndirection: BtoA", ("zebra", "horse")),
        ("dataroot: data/horse2zebra\nwhich_direction: BtoA", ("zebra", "horse")),
        # Someone who calls an experiment so means the direction it has.
        ("name: label2photo\ndirection: BtoA", ("label", "photo")),
    ],
)
def test_a_turned_direction_turns_the_names_of_the_data(tmp_path, text, names):
    (tmp_path / "train_opt.txt").write_text(text)
    assert hints(tmp_path / "latest_net_G.pth").names == names


@pytest.mark.parametrize(
    "text", [b"", b"\xff\xfe\x00", b"crop_size: ten\nload_size: -3\n", b"crop_size: 99999999\n" * 9]
)
def test_options_that_say_nothing_are_no_reason_to_stop(tmp_path, text):
    (tmp_path / "train_opt.txt").write_bytes(text)
    told = hints(tmp_path / "latest_net_G.pth")
    assert (told.size, told.method, told.settings) == (0, "", {})


def test_a_line_of_blanks_takes_no_time(tmp_path):
    (tmp_path / "train_opt.txt").write_text(f"name: a{' ' * 60_000}b\ncrop_size: 128\t[default: 256] \n")
    assert hints(tmp_path / "latest_net_G.pth").size == 128
