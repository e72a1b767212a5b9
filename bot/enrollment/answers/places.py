"""US zip codes, written or spoken."""

from __future__ import annotations

import re

from bot.enrollment.answers.counting import in_digits
from bot.enrollment.answers.numbers import spoken_digits
from bot.enrollment.answers.plain import fold, is_unreadable, takes_away
from bot.enrollment.answers.reading import About, NotRead, Read, same
from bot.enrollment.answers.zones import is_city, place_of

_ZIP = re.compile(r"(?<![\d-])(\d{5})(?:[- ]?\d{4})?(?![\d-])")
_LIVES = re.compile(
    r"^(?:(?:i|we|she|he) (?:live|lives|am|is) |i'?m |(?:yo )?viv(?:o|e|imos) |it'?s |es "
    r"|soy )?(?:in |from |near |at |en |de "
    r"|cerca de )?(?:the city of |la ciudad de )?"
)
_STATE = re.compile(
    r",? (?:[a-z]{2}|illinois|indiana|wisconsin|texas|california|florida|new york|arizona|michigan"
    r"|ohio|iowa|missouri)$"
)
# The lowest and highest zip codes the Postal Service has given out.
LOWEST, HIGHEST = 501, 99950


def read_zip(text: str, about: About | None = None) -> Read | NotRead:
    """A five-digit zip (the +4 is dropped: routing needs five); one the Postal Service's list does not have is asked.

    Reasons: wordless, short, long, phone, city, not_a_zip, unclear.
    """
    written = _ZIP.findall(text)
    mended = [] if written else _ZIP.findall(_mended(text))
    spoken = written or mended or _ZIP.findall(spoken_digits(text)) or _in_words(text, about)
    codes = list(dict.fromkeys(code for code in spoken if LOWEST <= int(code) <= HIGHEST))
    if codes:
        # In "12345 Oak Street, 60601" the zip stands last.
        sure = len(codes) == 1 and not mended and not takes_away(text) and place_of(codes[-1]) is not None
        return Read(codes[-1], same(codes[-1]), sure=sure)
    return NotRead(_why_not(text, bool(spoken)))


def _mended(text: str) -> str:
    """Letters as the digits they look like: "6O6O1"."""
    return re.sub(r"(?<!\w)(?=\w*\d)[\doOlI]{5}(?!\w)", _to_digits, text)


def _to_digits(match: re.Match[str]) -> str:
    return match.group().translate(str.maketrans("oOlI", "0011"))


def _in_words(text: str, about: About | None) -> list[str]:
    """ "Sesenta mil seiscientos uno", "sesenta, seis cero uno": digits only when they come to five."""
    if any(char.isdigit() for char in text):
        return []
    digits = re.sub(r"\D", "", in_digits(text, about.locale if about else "en"))
    return [digits] if len(digits) == 5 else []


def _why_not(text: str, looked_like_one: bool) -> str:
    if looked_like_one:
        return "not_a_zip"
    if re.search(r"\b[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d\b", text):
        return "not_a_zip"
    digits = len(re.sub(r"\D", "", spoken_digits(text)))
    if digits in (10, 11):
        return "phone"
    if 2 <= digits < 5:
        return "short"
    if digits > 5:
        return "long"
    if is_unreadable(text):
        return "wordless"
    return "city" if _names_a_city(text) else "unclear"


def _names_a_city(text: str) -> bool:
    name = _STATE.sub("", _LIVES.sub("", fold(text))).strip(" ,.")
    return 0 < len(name.split()) <= 4 and name.replace(" ", "").isalpha() and is_city(name)
