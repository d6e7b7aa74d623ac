"""A caption as one code.

Sources: Kim, "Convolutional Neural Networks for Sentence Classification", EMNLP 2014, for a convolution over the words
and one pooling over all of them. Reed et al., "Generative Adversarial Text to Image Synthesis", ICML 2016, take such a
code from an encoder that has read captions of other pictures before; this one learns from the artist's captions alone.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class CaptionEncoder(nn.Module):
    """Numbers of words in, a code out.

    A convolution over neighbouring words knows "red" in "a red circle" from "red" in "on red", which a bag of words
    does not. It has no loop over the words, so that it can be written as a graph.

    Args:
        words: Number of different words.
        longest: Most words of a caption.
        width: Width of the code.
    """

    def __init__(self, words: int, longest: int, width: int = 256) -> None:
        super().__init__()
        self.word = nn.Embedding(words + 1, width)
        self.place = nn.Parameter(torch.zeros(longest, width))
        self.neighbours = nn.Conv1d(width, width, 3, padding=1)
        # Unit spread, so that noise beside the code does not drown it.
        self.meaning = nn.Sequential(nn.Linear(width, width), nn.LayerNorm(width))

    def forward(self, captions: Tensor) -> Tensor:
        """(N, longest) int64, words from 1 on and 0 behind the last → (N, width)."""
        written = (captions > 0).unsqueeze(1).float()
        x = (self.word(captions) + self.place).transpose(1, 2) * written
        x = nn.functional.leaky_relu(self.neighbours(x), 0.2) * written
        out: Tensor = self.meaning(x.sum(2) / written.sum(2).clamp(min=1))
        return out
