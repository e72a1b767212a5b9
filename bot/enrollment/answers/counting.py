"""Numbers in words as numbers in digits, through `text2num`; here only what it does not know."""

from __future__ import annotations

import re

from text_to_num import alpha2digit

from bot.enrollment.answers.plain import fold

# Folding takes the accents off, and text2num knows these only with them.
_VEINTI = re.compile(r"\bveinti(uno|un|una|dos|tres|seis)\b")
_ACCENTED = {"dos": "veintidós", "tres": "veintitrés", "seis": "veintiséis", "un": "veintiuno"}
# "Treintaicinco", "cuarenta i cinco": one word to many people.
_RUN_TOGETHER = re.compile(
    r"\b(treinta|cuarenta|cincuenta|sesenta|setenta|ochenta|noventa) ?[yi] ?"
    r"(un[oa]?|dos|tres|cuatro|cinco|seis|siete|ocho|nueve)\b"
)
# A number in Spanish, something else in English.
_ENGLISH_TOO = re.compile(r"\bonce\b")
# "Un siete": here "un" is an article.
_ARTICLE = re.compile(
    r"\buna? (?=(?:\d+|cero|uno|dos|tres|cuatro|cinco|seis|siete|ocho|nueve|diez|once|doce)\b)"
)
_HYPHEN = re.compile(r"(?<=[a-z])-(?=[a-z])")


def in_digits(text: str, locale: str = "en") -> str:
    """`text`, folded, with its number words in digits: "a seven" -> "a 7", "veintiún años" -> "21 anos".

    Read in the language of `locale`; when that finds nothing and there are no digits, in the other one.
    """
    folded = fold(text)
    first = _in_language(folded, locale)
    if first != folded or any(char.isdigit() for char in folded):
        return first
    other = "en" if locale == "es" else "es"
    if other == "es" and _ENGLISH_TOO.search(folded):
        return first
    return _in_language(folded, other)


def _in_language(folded: str, language: str) -> str:
    words = _HYPHEN.sub(" ", folded)
    if language == "es":
        words = _ARTICLE.sub("", words)
        words = _VEINTI.sub(lambda match: _ACCENTED.get(match.group(1), "veintiuno"), words)
        words = _RUN_TOGETHER.sub(r"\1 y \2", words)
    return fold(alpha2digit(words, language, 0))
