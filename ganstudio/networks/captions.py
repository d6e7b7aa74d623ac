"""A caption as one code.

Source: Iyyer, Manjunatha, Boyd-Graber, Daumé, "Deep Unordered Composition Rivals Syntactic Methods for Text
Classification", ACL 2015, for a mean of words that a network reads; places are learnt as in Transformers. Reed et al.,
"Generative Adversarial Text to Image Synthesis", ICML 2016, take such a code from an encoder that has read captions of
other pictures before; this one learns from the artist's captions alone.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class CaptionEncoder(nn.Module):
    """Numbers of words in, a code out.

    Each word is read with its place, which knows "red" in "a red circle on blue" from "red" in "a blue circle on red",
    and the code is their mean: so a word means the same in sentences that were never read. With a convolution over
    neighbours instead, whole sentences were learnt by heart. It has no loop over the words, so that it can be written
    as a graph.

    Args:
        words: Number of different words.
        longest: Most words of a caption.
        width: Width of the code.
    """

    def __init__(self, words: int, longest: int, width: int = 256) -> None:
        super().__init__()
        self.word = nn.Embedding(words + 1, width)
        self.place = nn.Parameter(0.5 * torch.randn(longest, width))
        self.reading = nn.Linear(width, width)
        # Unit spread, so that noise beside the code does not drown it.
        self.meaning = nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width))

    def forward(self, captions: Tensor) -> Tensor:
        """(N, longest) int64, words from 1 on and 0 behind the last → (N, width)."""
        written = (captions > 0).unsqueeze(2).float()
        x = nn.functional.leaky_relu(self.reading(self.word(captions) + self.place), 0.2) * written
        out: Tensor = self.meaning(x.sum(1) / written.sum(1).clamp(min=1))
        return out
