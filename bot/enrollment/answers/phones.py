"""US phone numbers, through Google's `phonenumbers`."""

from __future__ import annotations

import re

import phonenumbers

from bot.enrollment.answers.numbers import spoken_digits
from bot.enrollment.answers.plain import clean, fold, is_unreadable
from bot.enrollment.answers.reading import About, Label, NotRead, Read, same

# A call from the program reaches the states and the US territories alike.
HOME_REGIONS = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})

_NONE = re.compile(
    r"^(?:no|none|nope|ninguno|nada)$|\b(?:no (?:cell ?|tele)?phone|(?:don'?t|do not) have (?:a|any"
    r"|one)\b|no tengo (?:telefono|celular))"
)


def read_phone(text: str, about: About | None = None) -> Read | NotRead:
    """A US number as E.164; a second number or an extension is kept as a note.

    Reasons: foreign, no_area_code, short, long, email, not_a_phone, none, unclear.
    """
    shown = clean(text)
    found = _numbers(shown) or _numbers(spoken_digits(shown))
    home = [number for number in found if phonenumbers.region_code_for_number(number) in HOME_REGIONS]
    if home:
        first = home[0]
        value = phonenumbers.format_number(first, phonenumbers.PhoneNumberFormat.E164)
        others = len(home) > 1 or bool(first.extension)
        return Read(value, same(show_phone(value)), note=shown if others else "")
    return NotRead(_why_not(shown, found))


def show_phone(e164: str) -> str:
    """An E.164 number the way people in the US write it: (312) 555-0188."""
    number = phonenumbers.parse(e164, "US")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)


def phone_label(e164: str) -> Label:
    """`show_phone` for every language."""
    return same(show_phone(e164))


def _numbers(text: str) -> list[phonenumbers.PhoneNumber]:
    matches = phonenumbers.PhoneNumberMatcher(text, "US", leniency=phonenumbers.Leniency.VALID)
    return [match.number for match in matches]


def _why_not(text: str, found: list[phonenumbers.PhoneNumber]) -> str:
    if found or re.search(r"(?:^|\s)(?:\+(?!1\b)|00|011)\s*\d{1,3}[\d\s().-]{6,}", text):
        return "foreign"
    if "@" in text:
        return "email"
    if _NONE.search(fold(text)):
        return "none"
    digits = len(re.sub(r"\D", "", spoken_digits(text)))
    if digits == 7:
        return "no_area_code"
    if digits in (10, 11):
        return "not_a_phone"
    if 3 <= digits < 10:
        return "short"
    if digits > 11:
        return "long"
    return "wordless" if is_unreadable(text) else "unclear"
