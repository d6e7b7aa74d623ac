def test_both_ways_gain_eight_decibels_on_the_known_answer(seasons, learn, gains):
    found = gains(learn("unit", seasons / "summer", seasons / "winter", size=64))
    assert len(found) == 2
    assert min(found.values()) >= 8
