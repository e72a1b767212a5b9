"""US zip codes, written or spoken."""

from __future__ import annotations

import re

from bot.enrollment.answers.numbers import spoken_digits
from bot.enrollment.answers.plain import is_unreadable
from bot.enrollment.answers.reading import About, NotRead, Read, same

_ZIP = re.compile(r"(?<![\d-])(\d{5})(?:[- ]?\d{4})?(?![\d-])")
# The lowest and highest zip codes the Postal Service has given out.
LOWEST, HIGHEST = 501, 99950


def read_zip(text: str, about: About | None = None) -> Read | NotRead:
    """A five-digit zip (the +4 is dropped: routing needs five). Reasons: short, long, phone, not_a_zip, "
    "unclear."""
    written = _ZIP.findall(text)
    spoken = written or _ZIP.findall(spoken_digits(text))
    codes = list(dict.fromkeys(code for code in spoken if LOWEST <= int(code) <= HIGHEST))
    if codes:
        # In "12345 Oak Street, 60601" the zip stands last.
        return Read(codes[-1], same(codes[-1]), sure=len(codes) == 1)
    return NotRead(_why_not(text, bool(spoken)))


def _why_not(text: str, looked_like_one: bool) -> str:
    if looked_like_one:
        return "not_a_zip"
    digits = len(re.sub(r"\D", "", spoken_digits(text)))
    if digits in (10, 11):
        return "phone"
    if 2 <= digits < 5:
        return "short"
    if digits > 5:
        return "long"
    if re.search(r"\b[A-Za-z]\d[A-Za-z] ?\d[A-Za-z]\d\b", text):
        return "not_a_zip"
    return "wordless" if is_unreadable(text) else "unclear"
