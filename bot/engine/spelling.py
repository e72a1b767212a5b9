"""Typing errors and text-message spelling, put right as far as the training examples know the word.

No dictionary: a word is known when the examples use it. Measured against a dictionary of 240,000 words in both
languages, this is as good for the classifier (docs/decisions), and costs nothing to load. What a person reads never
comes from here.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache

from bot.engine.text import fold

WORD = re.compile(r"[a-z]+(?:'[a-z]+)?")
LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Rarer words of the examples are often misspelled there on purpose.
LEAST_USES = 3
# Nearly any three letters are one slip away from another word.
SHORTEST = 4


class Spelling:
    """Corrects words that differ by one slip from a word of the examples.

    Args:
        uses: how often each word occurs in the examples.
        short_forms: text-message spellings and what they stand for ("u": "you", "xq": "porque").
    """

    def __init__(self, uses: Mapping[str, int], short_forms: Mapping[str, str]) -> None:
        self.uses = dict(uses)
        self.short_forms = dict(short_forms)
        self._known = {word for word, count in self.uses.items() if count >= LEAST_USES}
        self._word = lru_cache(maxsize=4096)(self._corrected)

    @classmethod
    def learn(cls, texts: Iterable[str], short_forms: Mapping[str, str]) -> Spelling:
        """From the texts of the examples."""
        uses = Counter(word for text in texts for word in WORD.findall(fold(text)))
        return cls({word: count for word, count in uses.items() if count >= 2}, short_forms)

    def correct(self, text: str) -> str:
        """The folded text (`bot.engine.text.fold`) with its slips put right; just folded when there are none."""
        return WORD.sub(lambda found: self._word(found.group()), fold(text))

    def _corrected(self, word: str) -> str:
        if word in self.uses:
            return word
        if word in self.short_forms:
            return self.short_forms[word]
        if len(word) < SHORTEST:
            return word
        near = one_slip_away(word) & self._known
        return max(near, key=lambda other: (self.uses[other], other)) if near else word


def one_slip_away(word: str) -> set[str]:
    """Every word that one letter dropped, doubled, swapped, mistyped or added away makes (some 54 a letter)."""
    cuts = [(word[:i], word[i:]) for i in range(len(word) + 1)]
    dropped = {head + tail[1:] for head, tail in cuts if tail}
    swapped = {head + tail[1] + tail[0] + tail[2:] for head, tail in cuts if len(tail) > 1}
    mistyped = {head + letter + tail[1:] for head, tail in cuts if tail for letter in LETTERS}
    added = {head + letter + tail for head, tail in cuts for letter in LETTERS}
    return dropped | swapped | mistyped | added
