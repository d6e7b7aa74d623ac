import numpy as np
from PIL import Image


def test_digits_are_drawn_as_the_label_asked(digits, learn, reader, record_property):
    translator = learn("conditional-gan", digits)
    (route,) = translator.routes
    assert route.labels == tuple("0123456789")
    asked = np.arange(500) % 10
    drawn = [translator.generate(route, 1, str(label), index=index) for index, label in enumerate(asked)]
    right = np.mean(reader(drawn).argmax(1) == asked)
    record_property("digits read as asked", f"{right:.1%}")
    assert right >= 0.95
    # Not one picture learnt by heart for each label.
    sevens = [drawn[index].convert("L").resize((8, 8), Image.Resampling.BOX) for index in np.flatnonzero(asked == 7)]
    assert np.stack([np.asarray(picture, float) for picture in sevens]).std(axis=0).mean() > 10
