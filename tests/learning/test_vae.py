def test_digits_are_rebuilt_better_than_by_principal_components_and_drawn_anew(digits, learn, rebuilt, imagined):
    translator = learn("vae", digits)
    ours, components = rebuilt(translator, 8)
    assert ours >= components + 1
    sure, of_each_digit = imagined(translator)
    assert sure >= 0.8
    assert of_each_digit.min() >= 1
