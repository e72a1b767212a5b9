"""Answers that are nothing but answers: choices by their names, a name, or "none at all" on a scale."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bot.enrollment.answers.choosing import Option
from bot.enrollment.answers.illnesses import built_in
from bot.enrollment.answers.plain import fold
from bot.enrollment.answers.reading import AnswerValue, Read
from bot.enrollment.catalog import get_catalog

CHOSEN = frozenset({"choice", "choices", "illness"})
NAME = "name"
MOST_WORDS = 8
_SMALL = frozenset(
    "a an and the my her his our your with of for on in is it it's mostly just help some please also more than all "
    "el la los las un una y e o con de del para por mi su sus mas sobre todo solo principalmente ayuda algo de es "
    "esta".split()
)


# What people say before a name.
_BEFORE_A_NAME = frozenset(
    "hi hello hey i'm im i am it's its this is my name her his full called hola buenas soy yo me llamo nombre se llama "
    "mi es aqui habla mr mrs ms miss dr señor señora sr sra don doña".split()
)


def is_bare_answer(link_id: str, text: str) -> bool:
    """Whether a message names choices of a question, gives a name, or says "no pain" to a scale, and holds not a word
    beside.

    "Breathing" is a plain answer to "what kind of support would you like?"; "trouble breathing now" is more than that.
    """
    item = get_catalog().item(link_id) if link_id else None
    words = re.findall(r"[\w']+", fold(text))
    if item is None or not 0 < len(words) <= MOST_WORDS:
        return False
    reading = item.read(text)
    if not isinstance(reading, Read) or not reading.sure:
        return False
    if item.parser == "scale":
        return reading.value == 0
    if item.parser == NAME:
        return reading.strong and set(words) <= _BEFORE_A_NAME | set(
            re.findall(r"[\w']+", fold(str(reading.value)))
        )
    named = _words_of(item.options, reading.value)
    if item.parser == "illness":
        named |= _words_of(built_in()[0], reading.detail["codes"])
    return item.parser in CHOSEN and set(words) <= _SMALL | named


def _words_of(options: Iterable[Option], value: AnswerValue) -> set[str]:
    """The words people choose these options by."""
    codes = value if isinstance(value, list) else [value]
    return {
        word
        for option in options
        if option.code in codes
        for phrase in option.phrases()
        for word in re.findall(r"[\w']+", phrase)
    }
