from ganstudio.words.works import finished


def test_a_work_is_gone_through_and_gives_what_it_gives_in_the_end():
    told = []

    def work():
        for number in range(3):
            told.append(number)
            assert (yield number) is None
        return "made"

    assert finished(work()) == "made"
    assert told == [0, 1, 2]
