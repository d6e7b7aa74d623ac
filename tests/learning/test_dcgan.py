import numpy as np


def test_digits_are_drawn_that_a_classifier_is_sure_of(digits, learn, reader, record_property):
    """Sure means a probability of 0.8 from the classifier, which it gives to 95.5 % of the real scans at 32 pixels."""
    translator = learn("dcgan", digits)
    (route,) = translator.routes
    sure = reader([translator.generate(route, 1, index=index) for index in range(500)])
    confident = sure.max(1) >= 0.8
    counts = np.bincount(sure.argmax(1)[confident], minlength=10)
    record_property("digits of a confident class", f"{confident.mean():.1%}")
    record_property("of each digit", counts.tolist())
    print(f"{confident.mean():.1%}", counts)
    assert confident.mean() >= 0.8
    assert counts.min() >= 1
