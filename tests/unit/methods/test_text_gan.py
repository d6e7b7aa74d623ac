import math

import pytest
import torch

from ganstudio.game import Batch, Descent
from ganstudio.methods.text_gan import TextGAN
from ganstudio.words.captions import encode
from ganstudio.words.routes import DomainFound, Inventory

WORDS = ("a", "dark", "light", "picture")


def make_method(words=WORDS, **settings):
    found = Inventory((DomainFound("things", 9, 1, words=words),), {})
    return TextGAN(TextGAN.Settings(**{"width": 4, "discriminator_width": 4, "noise": 8} | settings), found, 16)


def make_batch(*captions):
    return Batch(
        (torch.rand(len(captions), 3, 16, 16) * 2 - 1,),
        captions=torch.tensor([encode(caption, WORDS) for caption in captions]),
    )


def test_the_discriminator_is_asked_about_the_right_caption_the_wrong_caption_and_the_fake():
    torch.manual_seed(0)
    method = make_method(between=0.0)
    asked = []
    discriminator = method.D.judge

    def listening(seen, told):
        asked.append(told)
        return discriminator(seen, told)

    method.D.judge = listening
    batch = make_batch("a dark picture", "a light picture", "light")
    list(method.turns(batch, 0.0))
    right, wrong, fake, fooled = asked
    codes = method.T(batch.captions)
    assert torch.equal(right, codes)
    # Every second is wrong in as few words as can be, the others are the neighbour before.
    assert torch.equal(wrong[:2], codes[[1, 0]])
    assert not torch.equal(wrong[2], codes[2])
    assert torch.equal(fake, codes)
    assert torch.equal(fooled, codes)


def test_the_three_terms_weigh_one_half_and_half():
    """With judgements of 1 to 4 on the right caption, the wrong one, the fake and the fake that is to please."""
    method, said = make_method(finding=0.0, between=0.0), iter((1.0, 2.0, 3.0, 4.0))
    method.D.judge = lambda seen, told: torch.full((len(told),), next(said)) + 0 * (seen.sum() + told.sum())
    discriminator, fool = method.turns(make_batch("dark", "light"), 0.0)
    cost = {logit: math.log1p(math.exp(logit)) for logit in (-1, 2, 3, -4)}
    assert discriminator.losses["discriminator"].item() == pytest.approx(cost[-1] + 0.5 * (cost[2] + cost[3]))
    assert fool.losses["generator"].item() == pytest.approx(cost[-4], rel=1e-5)


def test_pictures_and_captions_find_each_other_and_equal_captions_are_no_rivals():
    captions = make_batch("dark", "light", "dark").captions
    likeness = torch.tensor([[1.0, 0.0, 9.0], [0.5, 2.0, -1.0], [9.0, 0.0, 3.0]])
    rivals = [(1.0, 0.0), (2.0, 0.5, -1.0), (3.0, 0.0)], [(1.0, 0.5), (2.0, 0.0, 0.0), (3.0, -1.0)]
    ways = [sum(math.log(sum(map(math.exp, row))) - row[0] for row in rows) / 3 for rows in rivals]
    assert TextGAN._found(likeness, captions).item() == pytest.approx(sum(ways) / 2)


def test_what_is_found_is_learnt_beside_the_three_terms():
    method = make_method(finding=3.0)
    method.D.judge = lambda seen, told: torch.zeros(len(told), requires_grad=True) + 0 * (seen.sum() + told.sum())
    turn = next(method.turns(make_batch("dark", "light"), 0.0))
    expected = 2 * math.log(2) + 3 * turn.terms["finding"].item()
    assert turn.losses["discriminator"].item() == pytest.approx(expected)


def test_a_caption_that_says_the_same_is_not_wrong():
    method = make_method()
    method.D.judge = lambda seen, told: torch.arange(len(told), dtype=torch.float32) + 0 * (seen.sum() + told.sum())
    # The second and the last have the same caption before them; the nearest of the others is another one.
    turn = next(method.turns(make_batch("dark", "dark", "light", "light"), 0.0))
    expected = (math.log(1 + math.exp(0)) + math.log(1 + math.exp(2))) / 2
    assert turn.terms["mismatch"].item() == pytest.approx(expected)
    alone = next(method.turns(make_batch("dark", "dark"), 0.0))
    assert alone.terms["mismatch"].item() == 0


def test_the_generator_practises_on_sentences_of_the_words_of_two_captions():
    torch.manual_seed(0)
    method = make_method(between=0.5)
    drawn, read = [], []
    noises = []
    method.G.register_forward_hook(lambda _network, given, _made: drawn.append(given[1]) or noises.append(given[0]))
    method.T.register_forward_hook(lambda _network, given, _made: read.append(given[0]))
    batch = make_batch("a dark picture", "light a light")
    method.D.judge = lambda seen, told: 0 * seen.mean((1, 2, 3)) + 0 * told.sum()
    torch.manual_seed(1)
    _, turn = method.turns(batch, 0.0)
    torch.manual_seed(1)
    assert torch.equal(torch.stack(noises), torch.randn(2, 2, 8))
    codes = method.T(batch.captions)
    assert torch.equal(drawn[0], codes)
    torch.testing.assert_close(drawn[1], method.T(read[2]))
    for place in range(3):
        assert set(read[2][:, place].tolist()) <= set(batch.captions[:, place].tolist())
    assert turn.losses["generator"].item() == pytest.approx(1.5 * math.log(2))


def test_the_words_are_learnt_by_judging_alone():
    method = make_method()
    discriminator, fool = method.turns(make_batch("dark", "light"), 0.0)
    (moved,) = torch.autograd.grad(discriminator.losses["discriminator"], [method.T.word.weight], retain_graph=True)
    assert moved.abs().max() > 0
    (still,) = torch.autograd.grad(fool.losses["generator"], [method.T.word.weight], allow_unused=True)
    assert still is None


def test_a_wrong_caption_is_learnt_to_cost():
    """On pictures of one brightness each, the discriminator soon tells matching pairs from mismatched ones."""
    torch.manual_seed(0)
    method = make_method(between=0.0)
    networks = [p for network in method.players()["discriminator"] for p in network.parameters()]
    optimizer = torch.optim.Adam(networks, 2e-3, betas=(0.5, 0.999))
    captions = make_batch(*["a dark picture", "a light picture"] * 8).captions
    pictures = (torch.arange(16) % 2 * 1.2 - 0.6)[:, None, None, None] + 0.1 * torch.randn(16, 3, 16, 16)
    for _ in range(60):
        turn = next(method.turns(Batch((pictures,), captions=captions), 0.0))
        optimizer.zero_grad()
        turn.losses["discriminator"].backward(inputs=networks)
        optimizer.step()
    method.eval()
    with torch.inference_mode():
        codes = method.T(captions)
        matched, mismatched = method.D(pictures, codes), method.D(pictures, codes.roll(1, 0))
    assert (matched > mismatched).float().mean() >= 0.95


def test_the_published_defaults():
    settings = TextGAN.Settings()
    assert (settings.noise, settings.width, settings.discriminator_width) == (100, 128, 64)
    assert (settings.finding, settings.between) == (1, 1)
    assert make_method().descent("generator") == Descent(2e-4, (0.5, 0.999), 0.5)


def test_a_single_word_is_refused_in_a_sentence():
    with pytest.raises(ValueError, match="at least two different words, and have 1"):
        make_method(("cat",))
    make_method(("cat", "dog"))
