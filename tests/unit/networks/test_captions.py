import torch
from torch.export import Dim

from ganstudio.networks.captions import CaptionEncoder


def captions(*sentences):
    out = torch.zeros(len(sentences), 8).long()
    for row, sentence in zip(out, sentences, strict=True):
        row[: len(sentence)] = torch.tensor(sentence)
    return out


def test_what_stands_behind_the_last_word_is_not_read():
    encoder = CaptionEncoder(5, 8, 16)
    before = encoder(captions([1, 2, 3]))
    with torch.no_grad():
        encoder.word.weight[0] += 100
        encoder.place[3:] += 100
    assert torch.equal(encoder(captions([1, 2, 3])), before)


def test_a_red_circle_on_blue_is_no_blue_circle_on_red():
    encoder = CaptionEncoder(5, 8, 16)
    red_on_blue, blue_on_red = encoder(captions([1, 2, 3, 4, 5], [1, 5, 3, 4, 2]))
    assert (red_on_blue - blue_on_red).abs().max() > 0.01


def test_no_word_at_all_gives_a_finite_code():
    assert torch.isfinite(CaptionEncoder(5, 8, 16)(captions([]))).all()


def test_every_word_and_place_learns():
    encoder = CaptionEncoder(3, 8, 16)
    encoder(captions([1, 2, 3, 1, 2, 3, 1, 2])).square().sum().backward()
    assert (encoder.word.weight.grad[1:].abs().sum(1) > 0).all()
    assert (encoder.place.grad.abs().sum(1) > 0).all()


def test_it_is_a_graph_without_a_loop_over_the_words():
    encoder = CaptionEncoder(5, 8, 16).eval()
    program = torch.export.export(
        encoder, (captions([1, 2], [3, 4]),), dynamic_shapes=({0: Dim("pictures", min=1)},), strict=False
    )
    asked = captions([1], [2, 3], [5, 5, 5])
    torch.testing.assert_close(program.module()(asked), encoder(asked))
