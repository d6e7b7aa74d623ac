"""What a discriminator is shown: each change does what it says, for each picture alone, and lets gradients through."""

import pytest
import torch
from torch import nn

from ganstudio.networks.augment import STRENGTHS, augment, changed_for, colour, cutout, translation

SIDE = 16


def pictures(count=4, channels=3):
    return torch.rand(count, channels, SIDE, SIDE, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_chance_in_the_middle_leaves_colours_as_they_are():
    x = pictures(channels=6)
    torch.testing.assert_close(colour(x, torch.full((4, 3), 0.5)), x)


def test_brightness_adds_the_same_to_every_pixel():
    x = pictures()
    changed = colour(x, torch.tensor([[0.9, 0.5, 0.5]]).expand(4, 3))
    torch.testing.assert_close(changed, x + 0.4)


def test_without_saturation_a_picture_is_grey_and_as_bright():
    x = pictures()
    changed = colour(x, torch.tensor([[0.5, 0.0, 0.5]]).expand(4, 3))
    torch.testing.assert_close(changed, x.mean(1, keepdim=True).expand_as(x))


def test_contrast_stretches_about_the_mean_of_each_picture():
    x = pictures()
    changed = colour(x, torch.tensor([[0.5, 0.5, 0.0]]).expand(4, 3))
    torch.testing.assert_close(changed.std((1, 2, 3)), x.std((1, 2, 3)) / 2)
    torch.testing.assert_close(changed.mean((1, 2, 3)), x.mean((1, 2, 3)))


def test_both_pictures_of_a_pair_change_alike_but_keep_their_own_grey():
    x = pictures(channels=6)
    chance = torch.rand(4, 3)
    one, other = (colour(part, chance) for part in x.split(3, dim=1))
    torch.testing.assert_close(colour(x, chance), torch.cat([one, other], dim=1))


@pytest.mark.parametrize(("chance", "down"), [(0.0, 2), (0.5, 0), (0.999, -2)])
def test_translation_moves_by_at_most_an_eighth_and_fills_with_zero(chance, down):
    x = pictures()
    moved = translation(x, torch.tensor([[chance, 0.5]]).expand(4, 2))
    expected = torch.roll(x, down, dims=2)
    if down > 0:
        expected[:, :, :down] = 0
    elif down < 0:
        expected[:, :, down:] = 0
    assert torch.equal(moved, expected)


def test_translation_keeps_the_mean_of_what_stays_inside():
    x = torch.zeros(64, 3, SIDE, SIDE)
    x[:, :, 4:12, 4:12] = pictures(64)[:, :, :8, :8]
    moved = translation(x, torch.rand(64, 2))
    torch.testing.assert_close(moved.sum((2, 3)), x.sum((2, 3)))
    assert not torch.equal(moved, x)


def test_each_cutout_hides_one_square_of_at_most_half_the_side():
    hidden = cutout(torch.ones(500, 3, SIDE, SIDE), torch.rand(500, 2)) == 0
    assert torch.equal(hidden[:, 0], hidden[:, 2])
    rows, columns = hidden[:, 0].any(2).sum(1), hidden[:, 0].any(1).sum(1)
    assert torch.equal(hidden[:, 0].sum((1, 2)), rows * columns)  # One rectangle …
    assert rows.max() == columns.max() == SIDE // 2  # … a whole square inside the picture,
    assert rows.min() == SIDE // 4  # and half of it where its centre is at the border.


def test_every_pixel_is_hidden_about_as_often_on_both_sides():
    hidden = (cutout(torch.ones(4000, 1, SIDE, SIDE), torch.rand(4000, 2)) == 0).float().mean(0)[0]
    assert (hidden - hidden.flip(0)).abs().max() < 0.06
    assert (hidden - hidden.flip(1)).abs().max() < 0.06


@pytest.mark.parametrize("strength", STRENGTHS)
def test_gradients_reach_the_pictures(strength):
    x = pictures(64).requires_grad_()
    augment(x, strength).square().sum().backward()
    assert torch.isfinite(x.grad).all()
    # Anywhere in the picture, over many draws.
    assert (x.grad.abs().amax((0, 1)) > 0).all()


def test_none_takes_no_chance_and_changes_nothing():
    x, before = pictures(), torch.get_rng_state()
    assert augment(x, "none") is x
    assert torch.equal(torch.get_rng_state(), before)


@pytest.mark.parametrize("strength", ["gentle", "strong"])
def test_each_picture_changes_on_its_own_and_parts_alike_when_asked(strength):
    torch.manual_seed(0)
    same = pictures(1).expand(6, -1, -1, -1)
    changed = augment(same, strength)
    assert all(not torch.equal(changed[0], other) for other in changed[1:])
    one, other = augment(same, strength, alike=2).chunk(2)
    assert torch.equal(one, other)
    assert not torch.equal(one[0], one[1])


def test_the_same_chance_changes_alike_without_a_device():
    made = augment(torch.empty(2, 3, SIDE, SIDE, device="meta"), "strong")
    assert made.shape == (2, 3, SIDE, SIDE)


class Discriminator(nn.Module):
    def forward(self, pictures, labels):
        self.seen = pictures, labels
        return pictures.mean()


def test_discriminators_see_changes_for_a_while_and_labels_stay():
    discriminator, x, labels = Discriminator(), pictures(), torch.arange(4)
    names = list(discriminator.state_dict())
    with changed_for([discriminator], "strong"):
        discriminator(x, labels)
        assert not torch.equal(discriminator.seen[0], x)
        assert discriminator.seen[1] is labels
        assert list(discriminator.state_dict()) == names
    discriminator(x, labels)
    assert discriminator.seen[0] is x
