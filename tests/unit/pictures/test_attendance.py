"""Who was there before and who is now, by name; tests/unit/pictures/test_batches.py tells what is drawn of them."""

from ganstudio.pictures.attendance import Attendance, Changes


def those(*names, stamp=1):
    return Attendance(names, (stamp,) * len(names))


def test_who_came_who_went_and_who_is_another():
    before = Attendance(("/a/1.png", "/a/2.png", "/a/3.png"), (1, 1, 1))
    now = Attendance(("/a/1.png", "/a/3.png", "/a/4.png"), (1, 2, 1))
    assert now.since(before) == Changes(gone=("/a/2.png",), new=("/a/4.png",), altered=("/a/3.png",))
    assert now.order(before, [2, 1, 0], 1) == ([1, 0, 2], 1)


def test_a_folder_that_was_moved_with_all_its_pictures_is_no_change():
    before, now = those("/old/in/x/1.png", "/old/in/y/2.png"), those("/new/x/1.png", "/new/y/2.png")
    assert now.since(before) == Changes()
    assert now.order(before, [1, 0], 1) == ([1, 0], 1)
    (one, other) = those("/old/1.png"), those("/new/1.png")
    assert other.since(one) == Changes()


def test_what_went_and_came_on_the_way_is_told_by_its_new_place():
    before, now = those("/old/1.png", "/old/2.png"), those("/new/2.png", "/new/3.png")
    assert now.since(before) == Changes(gone=("/new/1.png",), new=("/new/3.png",))


def test_strangers_and_nobody_are_not_those_of_before():
    before = those("/old/1.png", "/old/2.png")
    for now in (those("/new/3.png", "/new/4.png"), those()):
        assert now.since(before).gone == before.names
    assert before.since(those()).new == before.names
