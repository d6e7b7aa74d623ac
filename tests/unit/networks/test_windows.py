"""Windows: where they lie, laid side by side in memory that is used again."""

import torch

from ganstudio.networks.windows import Room, windows


def test_squares_are_those_of_the_picture():
    picture = torch.arange(2 * 9 * 11.0).view(2, 9, 11)
    for given in (picture, picture.permute(1, 2, 0).contiguous().permute(2, 0, 1)):
        seen = windows(given, 3, 2, range(1, 3), 4)
        assert seen.shape == (3, 3, 2, 4, 2)
        for row in range(2):
            for column in range(4):
                square = picture[:, 2 * (row + 1) : 2 * (row + 1) + 3, 2 * column : 2 * column + 3]
                assert torch.equal(seen[:, :, row, column].permute(2, 0, 1), square)


def test_a_room_is_used_again_and_grows():
    room = Room()
    first = room.of(2, 3)
    assert room.of(6).data_ptr() == first.data_ptr()
    larger = room.of(4, 5)
    assert larger.shape == (4, 5)
    assert room.of(2).data_ptr() == larger.data_ptr()


def test_what_is_made_while_translating_serves_learning():
    room = Room()
    with torch.inference_mode():
        room.of(4)
    assert not room.of(4).is_inference()


def test_windows_lie_side_by_side():
    picture = torch.arange(2 * 6 * 6.0).view(2, 6, 6)
    seen = windows(picture, 2, 2, range(3), 3)
    copied = Room().copied(seen)
    assert copied.shape == (4, 3 * 3 * 2)
    assert torch.equal(copied.view(seen.shape), seen)
