import pytest

from ganstudio.words.captions import LONGEST, check, encode, tokens, vocabulary


def test_words_are_plain_and_in_order():
    assert tokens("A large, RED circle — on Blue!") == ["a", "large", "red", "circle", "on", "blue"]
    assert tokens("the artist's blue-green ÉCLAIR 2") == ["the", "artist's", "blue-green", "éclair", "2"]


def test_scripts_without_spaces_are_read_by_character():
    assert tokens("青い円") == ["青", "い", "円"]


def test_the_most_frequent_word_is_first():
    assert vocabulary(["a red cat", "red on blue", "a red"]) == ("red", "a", "blue", "cat", "on")


def test_a_caption_becomes_numbers_of_fixed_length():
    words = ("a", "blue", "red")
    assert encode("A red, unknown a", words)[:4] == [1, 3, 1, 0]
    assert len(encode("a " * 50, words)) == LONGEST
    assert encode("a " * 50, words)[-1] == 1


def test_a_word_that_was_never_learned_is_named_with_the_nearest():
    check("a blue a", ("a", "blue"))
    with pytest.raises(ValueError, match=r"'bleu'.*Did you mean blue"):
        check("a bleu", ("a", "blue"))
    with pytest.raises(ValueError, match="caption is empty"):
        check(" … ", ("a", "blue"))
