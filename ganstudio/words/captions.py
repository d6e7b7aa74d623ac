"""Captions: from a sentence to the numbers of its words."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from ganstudio.words.settings import unknown

LONGEST = 32  # Words of a caption; what stands behind them is not read.
MOST_WORDS = 5000
PADDING = 0


def tokens(text: str) -> list[str]:
    """The words of a sentence in lower case, without punctuation, in order; scripts without spaces by character."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    return re.findall(r"[\u3040-\u30ff\u4e00-\u9fff]|[^\W_\u3040-\u30ff\u4e00-\u9fff]+(?:['\u2019-][^\W_]+)*", plain)


def vocabulary(captions: Iterable[str]) -> tuple[str, ...]:
    """All words of `captions`, the most frequent first, at most 5000; words as frequent in alphabetical order."""
    counts = Counter(word for caption in captions for word in tokens(caption))
    return tuple(sorted(counts, key=lambda word: (-counts[word], word))[:MOST_WORDS])


def encode(text: str, words: Sequence[str]) -> list[int]:
    """The numbers of the words of `text` from 1 on, in the order of `words`, and 0 behind them up to 32.

    Words that are not in `words` are left out.
    """
    numbers = {word: number for number, word in enumerate(words, start=1)}
    known = [numbers[word] for word in tokens(text) if word in numbers][:LONGEST]
    return known + [PADDING] * (LONGEST - len(known))


def check(text: str, words: Sequence[str]) -> None:
    """Whether a model that learnt `words` can draw `text`.

    Raises:
        ValueError: The caption is empty, or holds a word that the model has not learnt; names the nearest one.
    """
    asked = tokens(text)
    if not asked:
        raise ValueError(f"The caption is empty. This model knows words such as {', '.join(words[:8])}.")
    for word in asked:
        if word not in words:
            raise ValueError(unknown("word in this model for", word, words))
