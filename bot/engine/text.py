"""Text made comparable before anything is learned from it: case, accents, digits; sentences; character n-grams."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter

SHORTEST, LONGEST = 2, 4
# Beyond this a message is a letter, and its n-grams say nothing more about the intent.
READ_CHARACTERS = 600
# A sentence ends at its mark, at a line's end, or where a Spanish question opens.
SENTENCE_END = re.compile(r"(?<=[.!?…])\s+|\n+|\s*[¿¡]\s*|;\s+|--+|\s+-\s+")
MOST_SENTENCES = 8


def fold(text: str) -> str:
    """Lower case, no accents, every digit a 0, single spaces: what people type on a phone, made comparable."""
    plain = unicodedata.normalize("NFKD", text[:READ_CHARACTERS].lower())
    kept = ("0" if c.isdigit() else c for c in plain if not unicodedata.combining(c))
    return " ".join("".join(kept).split())


def n_grams(text: str) -> Counter[str]:
    """Character n-grams within words, each word padded by a space on both sides ("char_wb" in scikit-learn)."""
    counts: Counter[str] = Counter()
    for word in fold(text).split():
        padded = f" {word} "
        for size in range(SHORTEST, LONGEST + 1):
            counts.update(padded[i : i + size] for i in range(len(padded) - size + 1))
    return counts


def sentences(text: str) -> list[str]:
    """The sentences of a message that say something, the last eight of them: a story's question comes at its end."""
    found = (part.strip(" ,;") for part in SENTENCE_END.split(text))
    return [part for part in found if part.strip(" ,;.!?…")][-MOST_SENTENCES:]
