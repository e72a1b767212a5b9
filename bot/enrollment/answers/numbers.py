"""Digits as people say them: "six oh six oh one", "tres uno dos"."""

from __future__ import annotations

import re

from bot.enrollment.answers.plain import fold

_UNITS = {
    **dict(zip("zero one two three four five six seven eight nine".split(), range(10), strict=True)),
    **dict(zip("cero uno dos tres cuatro cinco seis siete ocho nueve".split(), range(10), strict=True)),
    "oh": 0, "o": 0, "un": 1, "una": 1,
}  # fmt: skip
_TEENS = {
    **dict(
        zip(
            "ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(),
            range(10, 20),
            strict=True,
        )
    ),
    **dict(
        zip(
            "diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve".split(),
            range(10, 20),
            strict=True,
        )
    ),
}
_TENS = {
    **dict(
        zip("twenty thirty forty fifty sixty seventy eighty ninety".split(), range(20, 100, 10), strict=True)
    ),
    **dict(
        zip(
            "veinte treinta cuarenta cincuenta sesenta setenta ochenta noventa".split(),
            range(20, 100, 10),
            strict=True,
        )
    ),
}
_VEINTI = {
    f"veinti{name}": 20 + value
    for name, value in _UNITS.items()
    if name in ("uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve")
}
_REPEAT = {"double": 2, "triple": 3, "doble": 2}


def spoken_digits(text: str) -> str:
    """`text`, folded, with runs of number words written as digits; other words stay.

    "it's six oh six oh one" -> "it's 60601"; "tres doce" -> "312".
    """
    pieces: list[str] = []
    run = ""
    words = re.findall(r"[^\s,.\-]+", fold(text))
    index = 0
    while index < len(words):
        digits, used = _number_at(words, index, within_run=bool(run))
        if used:
            run += digits
            index += used
            continue
        if run:
            pieces.append(run)
            run = ""
        pieces.append(words[index])
        index += 1
    if run:
        pieces.append(run)
    return " ".join(pieces)


def _number_at(words: list[str], index: int, within_run: bool) -> tuple[str, int]:
    word = words[index]
    following = words[index + 1] if index + 1 < len(words) else ""
    if word.isdigit():
        return word, 1
    if word in _REPEAT and following in _UNITS:
        return str(_UNITS[following]) * _REPEAT[word], 2
    if word in _TENS:
        return _tens_at(words, index)
    if word in _TEENS:
        return str(_TEENS[word]), 1
    if word in _VEINTI:
        return str(_VEINTI[word]), 1
    # "o" is "or" in Spanish and a letter in English: a digit only between digits.
    if word == "o" and not within_run:
        return "", 0
    if word in _UNITS:
        return str(_UNITS[word]), 1
    return "", 0


def _tens_at(words: list[str], index: int) -> tuple[str, int]:
    tens = _TENS[words[index]]
    rest = words[index + 1 : index + 3]
    if len(rest) == 2 and rest[0] == "y" and _UNITS.get(rest[1], 0) > 0:
        return str(tens + _UNITS[rest[1]]), 3
    if rest and rest[0] != "o" and rest[0] != "oh" and _UNITS.get(rest[0], 0) > 0:
        return str(tens + _UNITS[rest[0]]), 2
    return str(tens), 1
