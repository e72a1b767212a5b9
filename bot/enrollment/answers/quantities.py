"""How much and how many: 0 to 10, and plain counts, in digits or words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.enrollment.answers.choosing import Option
from bot.enrollment.answers.counting import in_digits
from bot.enrollment.answers.plain import fold, is_unreadable
from bot.enrollment.answers.reading import About, NotRead, Read, same

WORST = 10
MOST = 10_000

_OUT_OF = re.compile(
    r"(?:(?:on |in )?(?:a |the |una? |la )?(?:scale|escala) )?\b(?:of|from|de|del) [01] (?:to|a|al) 10\b"
    r"|(?:/| out of | de cada |(?<!mas)(?<!menos) de | sobre )10\b"
)
_NONE = re.compile(
    r"(?<!casi )\b(?:nada|none)$"
    r"|^(?:pretty much |almost )?(?:none|nothing|not at all|not a bit|no pain|not any|nada|ningun[oa]?)\b|\bno (?:pain"
    r"|tengo dolor|me duele"
    r"|hay dolor)\b|\bningun dolor\b"
    r"|\bdoes ?n'?t hurt\b|\bzip\b|\bzilch\b"
)
_WORST = re.compile(
    r"\b(?:the worst|worst (?:\w+ )?(?:ever|possible)|el peor|lo peor|la peor|maximum|al maximo)\b"
)
_NUMBER = re.compile(
    r"(?<![\w.])(?P<sign>-|minus )?(?P<n>\d+(?:\.\d+)?)(?P<half> and a half| y medi[oa])?(?:-?ish)?(?![\w/])"
)
# Numbers of something else: medicine, days, hours.
_MINUS = re.compile(r"\s*(?:-|minus|menos) ?\d")
_UNITS = re.compile(
    r"\d+ ?(?:mg|ml|mcg|milligrams?|miligramos?|days?|weeks?|months?|hours?|hrs?|minutes?|years?"
    r"|pills?|dias?|semanas?"
    r"|mes(?:es)?|horas?|minutos?|anos?|pastillas?|am|pm|times a)\b"
)
_BETWEEN = re.compile(r"^(?:ish|-ish)? ?(?:-|or|to|and|o|u|a|y|maybe|tal vez|,? casi|almost|,) ?$")
_TAKEN_BACK = re.compile(r"\b(?:but now|now|no|wait|i mean|pero ahora|ahora|digo|mas bien|perdon|sorry)\b")
_SOMETIMES = re.compile(
    r"\b(?:on (?:a )?(?:good|bad) days?|sometimes|with(?:out)? (?:the |my )?(?:pills?|meds?|medicine)"
    r"|a veces|(?:con|sin) "
    r"(?:la|las|el) (?:pastillas?|medicinas?))\b"
)
_LESS = re.compile(r"\b(?:less than|under|below|menos de|no mas de|up to)\b")
_MORE = re.compile(r"\b(?:more than|over|above|mas de)\b")
_AT_LEAST = re.compile(
    r"\b(?:casi|nearly|almost|at least|(?:por lo|al) menos|minimum|or (?:higher|more|worse|above)"
    r"|plus|o (?:mas|peor)|y pico)\b"
)
_NUMBER_AS_WORD = re.compile(r"\b(?:one|uno?|una|two|dos|second|primero|first)\b")
_FILLER = frozenset(
    "a an is it it's its about around maybe like i i'd say think guess a or so the my pain level"
    " number right now today"
    " please probably just only solid at un una es como creo que yo digo diria tal vez por favor hoy"
    " ahora ahorita el la"
    " dolor nivel she he says ella dice me we somos are there people times veces vez personas of de"
    " in en one's no the"
    " todo dia all been ive"
    " somewhere ish he's she's i'm been was to pretty tired with good bad day well um uh ok it'd be rate give put"
    " still le pongo doy tengo"
    " tiene esta estoy anda llega como al mas menos o ya ahora casi no mucho tanto bueno este pues"
    " por lo peor mal muy so"
    " really very not too ha han sido fue be have had visits stays trips visitas hospital er"
    " emergencias total todos"
    " familia con the all of us en casa dia level her his pain's i've you could call that".split()
)
_VAGUE = re.compile(
    r"\b(?:bad|terrible|awful|horrible|a lot|lots|little|medium|moderate|mild|severe|some|few|several"
    r"|many|off the charts"
    r"|mal|mucho|poco|poquito|regular|fuerte|leve|varias?|varios|unas cuantas|unos cuantos|bastante)\b"
)


def read_scale(text: str, options: Sequence[Option], about: About) -> Read | NotRead:
    """A whole number from 0 to 10; as the code of that option when the question has choices.

    A range or a half gives its upper end, asked back; so does "the worst" (10).
    Reasons: wordless, range (out of 0 to 10), vague (bad, a lot), several (two numbers for two moments), unclear.
    """
    if is_unreadable(text) and not any(char.isdigit() for char in text):
        return NotRead("wordless")
    told = in_digits(text, about.locale)
    # "7,5", "siete punto cinco".
    told = re.sub(r"(?<=\d)(?:,| (?:point|punto|coma) )(?=5\b)", ".", told)
    told = _OUT_OF.sub(" ", f" {told} ").strip()
    if told == "o":
        return _scaled(0, options, sure=False)
    if _MINUS.match(text):
        return NotRead("range")
    told, other_numbers = _UNITS.subn(" ", told)
    numbers = [*_NUMBER.finditer(told)]
    if not numbers:
        return _scale_in_words(told, options) if not other_numbers else NotRead("unclear")
    if other_numbers or _SOMETIMES.search(told):
        return NotRead("several")
    if any(match["sign"] or float(match["n"]) > WORST for match in numbers) or _beyond(told, numbers):
        return NotRead("range")
    if _LESS.search(told) or _only_a_word(told, text, numbers):
        return NotRead("unclear")
    number = _one_of(told, numbers)
    if number is None:
        return NotRead("several")
    return _scaled(number[0], options, sure=number[1] and not _says_more(told))


def read_number(text: str, about: About) -> Read | NotRead:
    """A count, 0 or more. A range gives its upper end, asked back. Reasons: wordless, vague, several, unclear."""
    if is_unreadable(text) and not any(char.isdigit() for char in text):
        return NotRead("wordless")
    told = re.sub(r"(?<=\d),(?=\d{3}\b)", "", fold(text))
    if _MINUS.match(text) or re.search(r"\bun[ao]s cuant[ao]s\b", told):
        return NotRead("vague")
    if known := _count_in_words(told):
        return known
    told = in_digits(told, about.locale)
    numbers = [*_NUMBER.finditer(told)]
    if not numbers:
        return NotRead("vague" if _VAGUE.search(told) else "unclear")
    if any(match["sign"] or "." in match["n"] or match["half"] for match in numbers) or _LESS.search(told):
        return NotRead("unclear")
    if float(numbers[-1]["n"]) > MOST or _only_a_word(told, text, numbers):
        return NotRead("unclear")
    number = _one_of(told, numbers)
    if number is None:
        return NotRead("several")
    sure = number[1] and not _MORE.search(told) and not _says_more(told)
    return Read(number[0], same(str(number[0])), sure=sure)


def _scale_in_words(told: str, options: Sequence[Option]) -> Read | NotRead:
    if _NONE.search(told):
        return _scaled(0, options, sure=True)
    if _WORST.search(told):
        return _scaled(WORST, options, sure=False)
    return NotRead("vague" if _VAGUE.search(told) else "unclear")


def _count_in_words(told: str) -> Read | None:
    for pattern, value, sure in (
        (
            r"(?:none|never|zero|ningun[oa]?|nunca|nada|ni un[oa]|not once|cero)(?: (?:times?|vez|veces))?",
            0,
            True,
        ),
        (r"(?:no|nope)", 0, False),
        (r"(?:just )?(?:once|(?:una |1 )vez|(?:the |solo )?(?:just )?(?:the )?(?:one|un[oa]))", 1, True),
        (r"twice", 2, True),
        (r"(?:about )?(?:a )?(?:couple|un par)(?: of)?(?: \w+)?", 2, False),
        (r"(?:a|una|1) (?:dozen|docena)", 12, True),
    ):
        if re.fullmatch(pattern, told):
            return Read(value, same(str(value)), sure=sure)
    return None


def _beyond(told: str, numbers: list[re.Match[str]]) -> bool:
    return _MORE.search(told) is not None and any(float(match["n"]) >= WORST for match in numbers)


def _only_a_word(told: str, text: str, numbers: list[re.Match[str]]) -> bool:
    """ "The one on my left": a number word that counts nothing."""
    if any(char.isdigit() for char in text) or not _NUMBER_AS_WORD.search(fold(text)) or len(numbers) > 1:
        return False
    return float(numbers[0]["n"]) <= 2 and _says_more(told)


def _says_more(told: str) -> bool:
    """Words we do not know around the number: it may count something else ("I have 3 kids")."""
    return any(word not in _FILLER for word in re.findall(r"[a-z']+", _NUMBER.sub(" ", told)))


def _one_of(told: str, numbers: list[re.Match[str]]) -> tuple[int, bool] | None:
    """The number that is meant, and whether beyond doubt."""
    values = [float(match["n"]) + (0.5 if match["half"] else 0) for match in numbers]
    last = values[-1]
    whole = last == int(last)
    if len(set(values)) == 1:
        return (int(last) if whole else int(last) + 1), whole and not _AT_LEAST.search(told)
    if len(values) > 2:
        return None
    between = told[numbers[0].end() : numbers[1].start()]
    if _BETWEEN.match(between) or re.fullmatch(r"[ ,]*(?:casi|almost) ", between):
        return int(max(values) + 0.5), False
    if _TAKEN_BACK.search(between):
        return int(last + 0.5), False
    return None


def _scaled(value: int, options: Sequence[Option], sure: bool) -> Read | NotRead:
    if not options:
        return Read(value, same(str(value)), sure=sure)
    option = next((option for option in options if option.code == str(value)), None)
    return Read(option.code, option.display, sure=sure) if option else NotRead("range")
