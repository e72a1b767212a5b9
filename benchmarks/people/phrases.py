"""What people say, from `phrases.yml`, and the values the record must hold for it."""

from __future__ import annotations

import random
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.enrollment.answers import AnswerValue

FILE = Path(__file__).with_name("phrases.yml")
MONTHS = {
    "en": ("January February March April May June July August September October November December").split(),
    "es": (
        "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
    ).split(),
}
DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBERS = {
    "en": (*DIGITS, "ten"),
    "es": ("cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez"),
}
YOUNGEST, OLDEST = 30 * 365, 98 * 365
# The pattern of a time that the list does not tell: the words alone are compared.
ANY_PATTERN = "*"


@dataclass(frozen=True)
class Said:
    """An answer as it is typed.

    Attributes:
        text: what is typed.
        value: what the record must hold; None: nothing (they have no answer to give).
        pattern: for a time to call, the windows that must be understood; empty when the words alone count.
    """

    text: str
    value: AnswerValue | None
    pattern: str = ""


@lru_cache(maxsize=1)
def phrases() -> dict[str, Any]:
    """The whole file."""
    loaded: dict[str, Any] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return loaded


def lines(section: str, name: str, locale: str) -> list[Any]:
    """One list of the file."""
    found: list[Any] = phrases()[section][name][locale]
    return found


def of_phone(draw: random.Random, locale: str, digits: str) -> str:
    """A phone number (ten digits) as people write it."""
    pieces = {"a": digits[:3], "b": digits[3:6], "c": digits[6:], "words": in_words(digits)}
    return str(draw.choice(phrases()["phone"][locale])).format(**pieces)


def of_zip(draw: random.Random, locale: str, code: str) -> str:
    """A zip code as people write it."""
    return str(draw.choice(phrases()["zip"][locale])).format(zip=code, words=in_words(code))


def in_words(digits: str) -> str:
    """Digits read out one by one, in English."""
    return " ".join(DIGITS[int(digit)] for digit in digits)


def a_birthday(draw: random.Random) -> date:
    """The birthday of a grown-up."""
    return date(2026, 1, 1) - timedelta(days=draw.randrange(YOUNGEST, OLDEST))


def of_birthday(draw: random.Random, locale: str, born: date) -> str:
    """A birthday as people write it."""
    month = MONTHS[locale][born.month - 1]
    pieces = {
        "Month": month,
        "month": month.lower(),
        "Mon": month[:3],
        "m": born.month,
        "d": born.day,
        "y": born.year,
        "mm": f"{born.month:02d}",
        "dd": f"{born.day:02d}",
        "yy": f"{born.year % 100:02d}",
        "th": _ordinal(born.day),
    }
    return str(draw.choice(phrases()["date_of_birth"][locale])).format(**pieces)


def _ordinal(day: int) -> str:
    if 10 < day < 14:
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(day % 10, "th")


def on_a_scale(draw: random.Random, locale: str) -> Said:
    """A number from 0 to 10 as people say it."""
    value = draw.randrange(11)
    if value == 0 and draw.random() < 0.5:
        return Said(draw.choice(lines("answers", "zero", locale)), 0)
    text, _ = draw.choice(lines("answers", "scale", locale))
    return Said(text.format(n=value, word=NUMBERS[locale][value]), value)


def a_name(draw: random.Random, locale: str) -> str:
    """A first and a family name."""
    names = phrases()["names"][locale]
    return f"{draw.choice(names['first'])} {draw.choice(names['last'])}"


def a_story(draw: random.Random, locale: str, most: int) -> str:
    """A long answer from the heart: sentences in any order, some in paragraphs, up to `most` characters."""
    parts = phrases()["story_parts"][locale]
    told = ""
    while True:
        for part in draw.sample(parts, len(parts)):
            longer = f"{told}{draw.choice([' ', ' ', chr(10)])}{part}" if told else part
            if len(longer) > most:
                return told
            told = longer


def one_of(draw: random.Random, link_id: str, locale: str, words: Mapping[str, str]) -> Said:
    """An answer to a question with a list of its own; `words` fill the gaps in it."""
    text, value = draw.choice(lines("answers", link_id, locale))
    said = text.format(**words)
    if link_id == "best_time":
        return Said(said, said, "" if value == ANY_PATTERN else value)
    return Said(said, said if value == "=" else value)


def plain_ascii(text: str) -> str:
    """Without accents, apostrophes and spaces, as in an e-mail address."""
    folded = unicodedata.normalize("NFKD", text)
    return "".join(letter for letter in folded.lower() if letter.isascii() and letter.isalnum())
