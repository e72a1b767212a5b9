"""Dates of birth as people say them: "3/4/52", "the fourth of March", "el cuatro de marzo del 52", "I'm 81".

A general date reader guesses: `dateparser` alone gives a date for "I'm 81" and "60601", puts "52" in 2052 and never
doubts "3/4". So the shapes people use for a birthday are read here, and it is asked only for what is left.
"""

from __future__ import annotations

import calendar
import difflib
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from bot.enrollment.answers.counting import in_digits
from bot.enrollment.answers.plain import clean, fold, is_unreadable
from bot.enrollment.answers.reading import About, Label, NotRead, Read

MONTHS = {
    "en": "January February March April May June July August September October November December".split(),
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre".split(),
}
_SHORT = {
    **{name[:3].lower(): number for number, name in enumerate(MONTHS["en"], 1)},
    **{name[:3]: number for number, name in enumerate(MONTHS["es"], 1)},
    "sept": 9, "set": 9, "setiembre": 9,
}  # fmt: skip
_LONG = {
    **{name.lower(): number for number, name in enumerate(MONTHS["en"], 1)},
    **{name: number for number, name in enumerate(MONTHS["es"], 1)},
}
# Older than anyone; a child; so old that it is worth asking.
OLDEST, ADULT, VERY_OLD = 120, 18, 100

_DAY = r"(?P<d>\d{1,2})(?:st|nd|rd|th|ro|er|do|o|a)?"
_YEAR = r"(?P<y>\d{4}|'?\d{2})(?!\d|[/.-]\d)"
_LINK = r"(?:,? (?:(?:of|de|del|in|the|en|el|ano) )*|[-/., ]+)"
_NAMED = re.compile(
    rf"(?<![\d/])(?:{_DAY}{_LINK}M(?P<m>\d\d)|M(?P<m2>\d\d)\.?{_LINK}(?P<d2>\d{{1,2}})(?:st|nd|rd|th|ro|o)?)"
    rf"(?:{_LINK}{_YEAR})?(?!\d)"
)
_MONTH_YEAR = re.compile(rf"(?<!\d )(?<!\d)M(?P<m>\d\d){_LINK}(?P<y>\d{{4}}|(?<=del )\d\d|'\d\d)(?!\d)")
_MONTH_OF = re.compile(r"(?<!\d )M(?P<m>\d\d) of '?(?P<y>\d\d)(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d/])(?P<a>\d{1,2})(?P<s>[/.\- ]) ?(?P<b>\d{1,2})(?:(?P=s)| )(?P<y>\d{4}|'?\d{2})(?![\d/])"
)
_SORTED = re.compile(r"(?<!\d)(?P<y>\d{4})[/.-](?P<m>\d{1,2})[/.-](?P<d>\d{1,2})(?!\d)")
_COMPACT = re.compile(r"(?<!\d)(?P<a>\d\d)(?P<b>\d\d)(?P<y>\d{4}|\d\d)(?!\d)")
# "1944, December 31".
_YEAR_FIRST = re.compile(r"(?<!\d)(?P<y>\d{4}),? M(?P<m>\d\d)\.? (?P<d>\d{1,2})(?:st|nd|rd|th|o)?(?!\d)")
# A second year: "1944 or maybe 1945".
_OR_YEAR = re.compile(r"\d (?:or|o|u)(?: maybe| tal vez| quiza| del?| en| in)* (?:1[89]\d\d|20\d\d)\b")
# "24 del 11 de 1936", "the 24th of the 11th, 1936", "month 11 day 24 year 1936".
_DAY_OF_MONTH = re.compile(
    rf"(?<!\d){_DAY},? (?:del?|of(?: the)?)(?: mes)? (?P<m>\d{{1,2}})(?:th|st|nd|rd)?,? (?:del? |of )?(?:ano )?"
    rf"{_YEAR}"
)
_SPELLED_OUT = re.compile(
    r"(?=.*\b(?:day|dia) (?P<d>\d{1,2})\b)(?=.*\b(?:month|mes) (?P<m>\d{1,2})\b)"
    r"(?=.*\b(?:year|ano) (?P<y>\d{2,4})\b)"
)
_YEAR_ONLY = re.compile(
    r"^(?:(?:it was|i think|around|about|in|was|the year|year|en|el|como en|por|ano"
    r"|como) )*(?P<y>1[89]\d\d|20\d\d|(?<=ano )\d\d)$"
    r"|\b(?:born|nac\w+|soy|es|eres|around|about|como)\b(?: back)?(?: in| en| del| de| el| around| about| ano)* "
    r"'?(?P<y2>1[89]\d\d|20\d\d|\d\d)(?! ?(?:de|anos|years|/|-|\d))\b"
    r"|^'(?P<y3>\d\d)$"
)
_AGE = re.compile(
    r"\b(?:i'?m|i am|s?he is|s?he'?s|he|she|tengo|tiene|age|edad)(?: now| about| only| like| ya| como)? "
    r"(?P<n>\d{2,3})(?! ?[/\-.]?\d)(?:\b|$)(?! ?(?:in|en) )|\b(?P<n2>\d{1,3}) ?(?:years? old|yrs? old"
    r"|yo|y/o|anos)\b"
    r"|^(?P<n3>\d{2})$"
)
_TURNS = re.compile(r"\b(?:turn(?:s|ed|ing)?|will be|'ll be|going to be|cumpl\w+)\b")
_HEDGE = re.compile(
    r"\b(?:i think|i guess|maybe|probably|not sure|or so|around|about|creo|quiza|tal vez|como|mas o menos"
    r"|no estoy segur[oa]|something like)\b"
)
# A date of something else.
_OTHER_EVENT = re.compile(
    r"\b(?:died|passed|death|married|wedding|anniversary|diagnosed|surgery|operation|since|admitted"
    r"|murio|fallecio|casamos|casaron"
    r"|boda|aniversario|diagnostic\w+|operaron|operacion|desde)\b"
)
_TAKEN_BACK = re.compile(
    r"\b(?:no,? wait|wait,? no|no,? sorry|sorry,? no|i mean|i meant|make that|scratch that|no,? perdon|perdon|digo"
    r"|mas bien|mejor dicho|correction)\b"
)
_DECLINES = re.compile(
    r"\b(?:rather not|prefer not|not (?:going to |gonna )?(?:say|tell|give|share)|none of your business"
    r"|no quiero (?:decir|dar)|prefiero no)"
)


@dataclass(frozen=True)
class _Found:
    """A date as it stands in the text. `other`: the other order of day and month, when that is a date too."""

    year: int
    month: int | None = None
    day: int | None = None
    doubtful: bool = False
    other: tuple[int, int] | None = None
    other_year: int | None = None

    @property
    def possible(self) -> bool:
        """Whether the calendar has it."""
        if self.month is None:
            return True
        if not 1 <= self.month <= 12 or self.year < 1:
            return False
        return self.day is None or 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]

    @property
    def iso(self) -> str:
        """A FHIR date: YYYY, YYYY-MM or YYYY-MM-DD."""
        parts = [f"{self.year:04d}", *(f"{part:02d}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)

    def last_day(self) -> date:
        """The latest day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def instead(self) -> str | None:
        """The other reading, as an ISO date."""
        if self.other:
            return replace(self, month=self.other[0], day=self.other[1]).iso
        return replace(self, year=self.other_year).iso if self.other_year else None


def read_birth_date(text: str, about: About) -> Read | NotRead:
    """A date of birth as YYYY-MM-DD, or as YYYY-MM or YYYY when that is all that is known (asked back).

    Asked back as well: day and month that could be swapped, a year of two digits that could be in two centuries,
    a child (flag `minor`) and people over a hundred, a hedge, a correction in the same breath.
    Reasons: wordless, declined, impossible, future, too_long_ago, several, no_year, unclear.
    """
    if is_unreadable(text):
        return NotRead("wordless")
    if _DECLINES.search(fold(text)):
        return NotRead("declined")
    told, taken_back = _after_taking_back(_prepared(text, about), about)
    typo = _mended(told)
    today = about.moment.date()
    dates = list(dict.fromkeys(_dates(typo, about.locale, today)))
    if not dates:
        return _partial(typo, text, about, today)
    if len({found.iso for found in dates}) > 1 or _OR_YEAR.search(typo):
        return NotRead("several")
    # Numbers alone, said in words: "eight twenty two fifty one".
    dictated = "M" not in typo and not any(char.isdigit() for char in text)
    found = replace(dates[0], doubtful=dates[0].doubtful or typo != told or taken_back or dictated)
    return _judged(found, typo, today)


def date_label(value: str) -> Label:
    """A date in words: "March 4, 1952", "4 de marzo de 1952"; a part of one as far as it goes."""
    year, *rest = value.split("-")
    if not rest:
        return {"en": year, "es": year}
    month = int(rest[0]) - 1
    if len(rest) == 1:
        return {"en": f"{MONTHS['en'][month]} {year}", "es": f"{MONTHS['es'][month]} de {year}"}
    day = int(rest[1])
    return {"en": f"{MONTHS['en'][month]} {day}, {year}", "es": f"{day} de {MONTHS['es'][month]} de {year}"}


def is_date(value: str) -> bool:
    """Whether a value is a date as this module writes them."""
    return re.fullmatch(r"\d{4}(?:-\d\d){0,2}", value) is not None


def month_named(word: str) -> int | None:
    """The number of a month by its name, short name, or a misspelled name, folded."""
    bare = word.strip(".")
    known = _LONG.get(bare) or _SHORT.get(bare)
    if known or len(bare) < 5:
        return known
    close = difflib.get_close_matches(bare, _LONG, n=1, cutoff=0.8)
    return _LONG[close[0]] if close else None


# --- from words to shapes ------------------------------------------------------------------------------------


def _prepared(text: str, about: About) -> str:
    """Folded, numbers in digits, years of two words joined, months as M01 to M12."""
    # "1º" folds into "1o"; keep the apostrophe of '52.
    folded = fold(clean(text).replace("º", "o").replace("ª", "a"))
    bare = clean(text).strip(" .,!?")
    told = in_digits(text, about.locale)
    if re.match(r"'\d\d\b", bare):
        told = f"'{told}"

    def join(match: re.Match[str]) -> str:
        spoken = match.group() not in folded
        return f"{match.group(1)}{int(match.group(2)):02d}" if spoken else match.group()

    told = re.sub(r"\b(19|20)(?: hundred)?(?: and)? (?:(?:oh|o) )?(\d{1,2})\b(?!\d)", join, told)
    told = told.replace("o'clock", "")
    return re.sub(r"[a-z]+\.?", _month_mark, told)


def _month_mark(match: re.Match[str]) -> str:
    number = month_named(match.group())
    return f"M{number:02d}" if number else match.group()


def _after_taking_back(told: str, about: About) -> tuple[str, bool]:
    """What stands after "no wait", when that is a date of its own."""
    cuts = list(_TAKEN_BACK.finditer(told))
    if not cuts:
        return told, False
    rest = told[cuts[-1].end() :].strip(" ,.:")
    before = told[: cuts[-1].start()]
    if not any(_dates(_mended(rest), about.locale, about.moment.date())):
        return told, False
    return rest, any(char.isdigit() for char in before)


def _mended(told: str) -> str:
    """A letter among digits is the digit it looks like: "3/l4/1952"."""

    def mend(match: re.Match[str]) -> str:
        return re.sub(r"[li]", "1", match.group()).replace("o", "0")

    return re.sub(r"(?<![a-z\d])(?=[\dloi]*\d)[\dloi]*[loi][\dloi]+(?![a-z])|(?<=/)[lo]\d", mend, told)


# --- the dates in it -------------------------------------------------------------------------------------------


def _dates(told: str, locale: str, today: date) -> Iterator[_Found]:
    """Every full date in a prepared text; the first shape that fits takes its place in it."""
    if match := _SPELLED_OUT.match(told):
        yield _found(match["y"], int(match["m"]), int(match["d"]), today)
        return
    rest = told
    for shape in (_SORTED, _YEAR_FIRST, _NAMED, _DAY_OF_MONTH, _NUMERIC, _COMPACT):
        for match in shape.finditer(rest):
            found = _of_shape(shape, match, locale, today)
            if found:
                yield found
        rest = shape.sub(" ; ", rest)


def _of_shape(shape: re.Pattern[str], match: re.Match[str], locale: str, today: date) -> _Found | None:
    if shape in (_NUMERIC, _COMPACT):
        found = _ordered(int(match["a"]), int(match["b"]), match["y"], locale, today)
        # Six digits in a row may be many things.
        short = shape is _COMPACT and len(match.group()) == 6
        return replace(found, doubtful=found.doubtful or short)
    if not match["y"]:
        return None
    if shape is not _NAMED:
        return _found(match["y"], int(match["m"]), int(match["d"]), today)
    return _found(match["y"], int(match["m"] or match["m2"]), int(match["d"] or match["d2"]), today)


def _ordered(first: int, second: int, year: str, locale: str, today: date) -> _Found:
    """Day and month by numbers alone: month first in English, day first in Spanish, asked when both could be."""
    month, day = (first, second) if locale != "es" else (second, first)
    if month > 12 >= day > 0:
        return replace(_found(year, day, month, today), doubtful=True)
    found = _found(year, month, day, today)
    if month != day and 0 < month <= 12 and 0 < day <= 12:
        return replace(found, doubtful=True, other=(day, month))
    return found


def _found(year: str, month: int | None, day: int | None, today: date) -> _Found:
    """With two digits of the year: the century that makes sense for a living person, asked when both do."""
    digits = year.lstrip("'")
    if len(digits) == 4:
        return _Found(int(digits), month, day)
    old, young = 1900 + int(digits), 2000 + int(digits)
    if young > today.year:
        return _Found(old, month, day)
    likely, other = (old, young) if today.year - old <= 105 else (young, old)
    return _Found(likely, month, day, doubtful=True, other_year=other)


def _judged(found: _Found, told: str, today: date) -> Read | NotRead:
    if not found.possible:
        return NotRead("impossible")
    if found.day is not None and date(found.year, found.month or 1, found.day) > today:
        return NotRead("future")
    if found.day is None and found.year > today.year:
        return NotRead("future")
    age = today.year - found.year - ((today.month, today.day) < (found.month or 1, found.day or 1))
    if age > OLDEST:
        return NotRead("too_long_ago")
    said_age = _age_in(told)
    doubtful = (
        found.doubtful
        or found.day is None
        or not ADULT <= age <= VERY_OLD
        or _HEDGE.search(told) is not None
        or _OTHER_EVENT.search(told) is not None
        or (said_age is not None and abs(said_age - age) > 1)
    )
    return Read(
        found.iso,
        date_label(found.iso),
        sure=not doubtful,
        instead=found.instead(),
        flags=("minor",) if age < ADULT else (),
    )


def _partial(told: str, text: str, about: About, today: date) -> Read | NotRead:
    """A month and year, a year, an age; or none of these."""
    if match := _MONTH_YEAR.search(told) or _MONTH_OF.search(told):
        return _judged(_found(match["y"], int(match["m"]), None, today), told, today)
    if _NAMED.search(told):
        return NotRead("no_year")
    if match := _YEAR_ONLY.search(told):
        year = match["y"] or match["y2"] or match["y3"]
        return _judged(_found(year, None, None, today), told, today)
    age = _age_in(told)
    if age is not None and not _TURNS.search(told) and 0 < age <= OLDEST:
        return _by_age(age, today)
    return _by_library(text, about, today)


def _age_in(told: str) -> int | None:
    match = _AGE.search(told)
    return int(match["n"] or match["n2"] or match["n3"]) if match else None


def _by_age(age: int, today: date) -> Read:
    """Only the year, and that with a doubt: the birthday of this year may be past or to come."""
    past, to_come = today.year - age, today.year - age - 1
    likely, other = (past, to_come) if today.month > 6 else (to_come, past)
    return Read(
        str(likely),
        date_label(str(likely)),
        sure=False,
        instead=str(other),
        flags=("minor",) if age < ADULT else (),
    )


def _by_library(text: str, about: About, today: date) -> Read | NotRead:
    """Shapes nobody thought of, read by `dateparser` and always asked back."""
    if len(text) > 60 or not re.search(r"\b(?:18|19|20)\d\d\b", text):
        return NotRead("unclear")
    # Its first use loads tables for a good part of a second; most conversations never need it.
    import dateparser

    parsed = dateparser.parse(
        clean(text),
        languages=["en", "es"],
        settings={
            "REQUIRE_PARTS": ["day", "month", "year"],
            "DATE_ORDER": "DMY" if about.locale == "es" else "MDY",
            "PREFER_DATES_FROM": "past",
        },
    )
    if parsed is None:
        return NotRead("unclear")
    return _judged(_Found(parsed.year, parsed.month, parsed.day, doubtful=True), fold(text), today)
