"""Simulated typing errors, the same for the same seed and text.

Each word of two letters or more is hit with a given chance, by one error, drawn evenly from those that fit it:
a letter replaced by its neighbor on the keyboard, a letter left out, a letter typed twice, two letters swapped,
accents left out (words that have one), and the spelling of text messages (words that have one). The kinds are those of
the first study of typing errors (Damerau, "A technique for computer detection and correction of spelling errors",
1964: four kinds are over 80 % of them), and the usual shortenings of English and Spanish text messages.
"""

from __future__ import annotations

import random
import re
import unicodedata
from collections.abc import Callable
from dataclasses import replace

from bot.evaluation.examples import Example

DEFAULT_SHARE = 0.2
ROWS = ("qwertyuiop", "asdfghjkl", "zxcvbnm")
WORD = re.compile(r"[^\W\d_]{2,}(?:['’][^\W\d_]+)?")

TEXT_SPELLINGS = {
    "en": {
        "you": "u",
        "your": "ur",
        "you're": "ur",
        "are": "r",
        "please": "pls",
        "because": "cuz",
        "thanks": "thx",
        "people": "ppl",
        "tomorrow": "tmrw",
        "tonight": "2nite",
        "before": "b4",
        "for": "4",
        "to": "2",
        "what": "wat",
        "why": "y",
        "though": "tho",
        "through": "thru",
        "with": "w",
        "without": "w/o",
        "appointment": "appt",
        "message": "msg",
        "about": "abt",
        "okay": "k",
        "don't": "dont",
        "can't": "cant",
        "going": "goin",
        "right": "rite",
        "night": "nite",
    },
    "es": {
        "que": "q",
        "qué": "q",
        "porque": "xq",
        "por": "x",
        "para": "pa",
        "también": "tmb",
        "bien": "bn",
        "estoy": "toy",
        "está": "ta",
        "gracias": "grax",
        "hola": "ola",
        "mensaje": "msj",
        "cuando": "cdo",
        "cuándo": "cdo",
        "donde": "dnd",
        "dónde": "dnd",
        "mucho": "muxo",
        "de": "d",
        "te": "t",
        "quiero": "kiero",
        "quién": "kien",
        "quien": "kien",
        "hacer": "aser",
        "hace": "ase",
        "hay": "ay",
        "usted": "ud",
        "ustedes": "uds",
        "doctor": "dr",
        "ahora": "aora",
        "nada": "na",
    },
}


def _neighbors() -> dict[str, str]:
    """Each letter with those beside it in its row, and above and below."""
    found: dict[str, str] = {}
    for height, row in enumerate(ROWS):
        for place, letter in enumerate(row):
            near = row[max(0, place - 1) : place] + row[place + 1 : place + 2]
            for other in (ROWS[h] for h in (height - 1, height + 1) if 0 <= h < len(ROWS)):
                near += other[place : place + 1]
            found[letter] = near
    return found


NEIGHBORS = _neighbors()


class Typist:
    """Somebody who types badly.

    Args:
        share: chance of each word of two letters or more to be hit, 0 to 1.
        seed: another seed gives other errors.

    Attributes:
        words: how many words were read, and `hit`: how many of them came out different.
    """

    def __init__(self, share: float = DEFAULT_SHARE, seed: int = 0) -> None:
        self.words = 0
        self.hit = 0
        self._share = share
        self._seed = seed

    def type(self, text: str, locale: str) -> str:
        """The text as they would type it; depends on share, seed, text and language only."""
        draw = random.Random(f"{self._seed}:{locale}:{text}")  # noqa: S311  simulation, no secret
        return WORD.sub(lambda found: self._word(found.group(), locale, draw), text)

    def retype(self, example: Example) -> Example:
        """An example with errors in its text."""
        return replace(example, text=self.type(example.text, example.locale))

    def _word(self, word: str, locale: str, draw: random.Random) -> str:
        self.words += 1
        if draw.random() >= self._share:
            return word
        typed = draw.choice(_fitting(word, locale))(word, draw)
        self.hit += typed != word
        return typed


Error = Callable[[str, random.Random], str]


def _fitting(word: str, locale: str) -> list[Error]:
    """The errors that can happen to a word."""
    errors: list[Error] = [_neighbor, _dropped, _doubled, _swapped]
    if _without_accents(word) != word:
        errors.append(lambda w, _: _without_accents(w))
    short = TEXT_SPELLINGS.get(locale, {}).get(word.lower())
    if short:
        errors.append(lambda _w, _: short)
    return errors


def _without_accents(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word) if not unicodedata.combining(c))


def _neighbor(word: str, draw: random.Random) -> str:
    places = [i for i, letter in enumerate(word) if letter.lower() in NEIGHBORS]
    if not places:
        return word
    place = draw.choice(places)
    return word[:place] + draw.choice(NEIGHBORS[word[place].lower()]) + word[place + 1 :]


def _dropped(word: str, draw: random.Random) -> str:
    place = draw.randrange(len(word))
    return word[:place] + word[place + 1 :]


def _doubled(word: str, draw: random.Random) -> str:
    place = draw.randrange(len(word))
    return word[: place + 1] + word[place:]


def _swapped(word: str, draw: random.Random) -> str:
    place = draw.randrange(len(word) - 1)
    return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
