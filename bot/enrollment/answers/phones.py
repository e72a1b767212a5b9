"""US phone numbers, through Google's `phonenumbers`."""

from __future__ import annotations

import re

import phonenumbers

from bot.enrollment.answers.counting import in_digits
from bot.enrollment.answers.numbers import spoken_digits
from bot.enrollment.answers.plain import clean, fold, is_unreadable, takes_away
from bot.enrollment.answers.reading import About, Label, NotRead, Read, same

# A call from the program reaches the states and the US territories alike.
HOME_REGIONS = frozenset({"US", "PR", "VI", "GU", "AS", "MP"})

_RATHER_LAST = re.compile(
    r"^\W*(?:no|not|no es|don'?t (?:use|call))\b|\b(?:used to be|was|old|before|era|antes|viejo)\b"
    r"|\b(?:better|mejor|prefer|prefiero|instead|actually|no wait|i mean|perdon|sorry|digo)\b[^\d]*[\d() -]+\W*$"
)
_RATHER = re.compile(
    r"\b(?:no|not|but|pero|better|mejor|prefer|prefiero|instead|used to be|old|was|era|antes|sorry"
    r"|perdon|wait|actually)\b"
)
_LAST_FOUR = re.compile(r"\d\W+(?:no|sorry|wait|i mean|perdon|digo|mas bien)\b[^\d]*(?P<last>\d{4})$")
_PLAIN = frozenset(
    "or and o y my mi number numero is es el la los al a the it's home house casa cell celular cel"
    " mobile work trabajo call me"
    " at llame llameme please por favor thanks gracias phone telefono ext extension".split()
)
_FAX = re.compile(r"\bfax\b[^\d]{0,12}[\d() .-]{10,16}", re.IGNORECASE)
_ABROAD = re.compile(
    r"\b(?:in|from|de|en) (?:mexico|canada|guatemala|honduras|el salvador|colombia|cuba|espana|spain"
    r"|india|china|the philippines"
    r"|filipinas|republica dominicana|nicaragua|peru|ecuador|venezuela|poland|polonia)\b"
)
_NO_GOOD = re.compile(
    r"\b(?:disconnected|no longer|not mine|isn'?t mine|wrong|does ?n'?t work|broken|neighbor'?s"
    r"|desconectad[oa]|ya no|no es mi[oa]"
    r"|vecin[oa]|descompuest[oa]|equivocad[oa])\b"
)
_DO_NOT_CALL = re.compile(
    r"(?:please )?(?:do not|don'?t|never|no me|nunca me) (?:\w+ )?(?:call|use|ring|llam\w+|marqu\w+|habl\w+)\b"
)
_FILLERS = re.compile(
    r"\b(?:area code|codigo de area|then|and|luego|y|dash|guion|the number is|my number is"
    r"|mi numero es|it'?s|es el|es|is"
    r"|please|por favor|gracias|thanks|number|numero|telefono|phone|cell|cel|celular)\b"
)
_NONE = re.compile(
    r"^(?:no|none|nope|ninguno|nada)$|\b(?:no (?:cell ?|tele)?phone|(?:don'?t|do not) have (?:a|any"
    r"|one)\b|no tengo (?:telefono|celular))"
)


def read_phone(text: str, about: About | None = None) -> Read | NotRead:
    """A US number as E.164; a second number or an extension is kept as a note.

    Reasons: foreign, no_area_code, short, long, email, not_a_phone, none, unclear.
    """
    # A fax is no phone, and 001 is how one calls home from abroad.
    shown = _FAX.sub(" ", re.sub(r"(?<!\d)001[ -]?(?=\(?\d{3})", "1 ", clean(text).replace("_", " ")))
    if _ABROAD.search(fold(shown)):
        return NotRead("foreign")
    if _DO_NOT_CALL.match(fold(shown)) and len(_numbers(shown)) == 1:
        return NotRead("unclear")
    found = _numbers(shown) or _numbers(spoken_digits(shown))
    home = _home(found)
    if home:
        return _one_of(home, shown)
    guessed = _put_together(shown, about.locale if about else "en")
    return guessed or NotRead(_why_not(shown, found))


def _home(found: list[phonenumbers.PhoneNumber]) -> list[phonenumbers.PhoneNumber]:
    return [number for number in found if phonenumbers.region_code_for_number(number) in HOME_REGIONS]


def _one_of(home: list[phonenumbers.PhoneNumber], shown: str) -> Read:
    """The number that is meant; of two the first. Where one is taken back or the other is better, it is asked."""
    values = [phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164) for number in home]
    first, last = values[0], values[-1]
    folded = fold(shown)
    note = shown if first != last or home[0].extension else ""
    if first == last:
        again = _last_four_again(first, folded)
        doubtful = _NO_GOOD.search(folded) is not None or takes_away(folded)
        return again or Read(first, same(show_phone(first)), sure=not doubtful, note=note)
    if not _RATHER.search(folded) and _both_good(folded):
        return Read(first, same(show_phone(first)), note=note)
    value, other = (last, first) if _RATHER_LAST.search(folded) else (first, last)
    return Read(value, same(show_phone(value)), sure=False, note=note, instead=other)


def _both_good(folded: str) -> bool:
    """Two numbers with nothing said of either that could make it the better one."""
    return all(word in _PLAIN for word in re.findall(r"[a-z']+", folded))


def _last_four_again(value: str, folded: str) -> Read | None:
    """ "312 555 0188, no sorry, 0198"."""
    match = _LAST_FOUR.search(folded)
    if not match or value.endswith(match["last"]):
        return None
    mended = value[:-4] + match["last"]
    return Read(mended, same(show_phone(mended)), sure=False, instead=value)


def _put_together(shown: str, locale: str) -> Read | None:
    """Ten digits in pieces: words between ("area code 312 then 555 0188"), large numbers, an O for a zero."""
    if re.fullmatch(r"[\d\s().,/-]+", shown) and len(re.sub(r"\D", "", shown)) != 10:
        return None
    mended = re.sub(r"(?<=[\d\s-])[oO](?=[\d\s-]|$)|(?<=\d)[oO]", "0", shown)
    mended = re.sub(r"(?<=\d)[lI](?=[\d\s])|\b[lI](?=\d)", "1", mended)
    for candidate, sure in (
        (_without_fillers(fold(shown)), True),
        (mended, False),
        (in_digits(shown, locale), False),
    ):
        digits = re.sub(r"\D", "", candidate)
        if re.search(r"[a-z]", _without_fillers(fold(candidate))) or not re.fullmatch(r"1?\d{10}", digits):
            continue
        numbers = _home(_numbers(digits))
        if numbers:
            value = phonenumbers.format_number(numbers[0], phonenumbers.PhoneNumberFormat.E164)
            return Read(value, same(show_phone(value)), sure=sure)
    return None


def _without_fillers(folded: str) -> str:
    return _FILLERS.sub(" ", folded)


def _is_foreign(digits: str) -> bool:
    """Digits that with a plus before them are a number of another country: "52 1 55 1234 5678"."""
    if digits.startswith("1"):
        return False
    try:
        number = phonenumbers.parse(f"+{digits}")
    except phonenumbers.NumberParseException:
        return False
    return len(digits) > 11 and (digits.startswith("52") or phonenumbers.is_possible_number(number))


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
    bare = re.sub(r"\D", "", text)
    if not text.lstrip().startswith("+") and len(bare) > 10 and _is_foreign(bare):
        return "foreign"
    if found or re.search(r"(?:^|\s)(?:\+(?!1\b)|00(?=[1-9])|011)\s*\d{1,3}[\d\s().-]{6,}", text):
        return "foreign"
    if "@" in text:
        return "email"
    if _NONE.search(fold(text)):
        return "none"
    digits = len(re.sub(r"\D", "", spoken_digits(text)))
    if digits == 7:
        return "no_area_code"
    if digits == 10 or (digits == 11 and bare.startswith("1")):
        return "not_a_phone"
    if 3 <= digits < 10:
        return "short"
    if digits > 10:
        return "long"
    return "wordless" if is_unreadable(text) else "unclear"
