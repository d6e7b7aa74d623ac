def test_cut_gains_eight_decibels_on_the_known_answer(seasons, learn, gains):
    found = gains(learn("cut", seasons / "summer", seasons / "winter", size=64))
    assert found["summer → winter"] >= 8


def test_fastcut_gains_five_decibels_on_the_known_answer(seasons, learn, gains):
    found = gains(learn("fastcut", seasons / "summer", seasons / "winter", size=64))
    assert found["summer → winter"] >= 5
