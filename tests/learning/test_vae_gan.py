def test_digits_are_drawn_anew_and_rebuilt(digits, learn, rebuilt, imagined):
    translator = learn("vae-gan", digits)
    sure, of_each_digit = imagined(translator)
    assert sure >= 0.8
    assert of_each_digit.min() >= 1
    # Likeness is what the discriminator sees, not pixels: principal components, made for pixels, stay ahead.
    ours, _ = rebuilt(translator, 16)
    assert ours >= 18
