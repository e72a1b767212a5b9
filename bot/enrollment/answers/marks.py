"""The pieces of meaning in a time to call: days, dates, hours, "not", "or"; cut from the text from left to right."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from bot.enrollment.answers.counting import in_digits
from bot.enrollment.answers.dates import month_named
from bot.enrollment.answers.plain import fold
from bot.enrollment.answers.windows import ALL_HOURS, AN_HOUR, Spans

EVERY_DAY = frozenset(range(7))
WEEKDAYS, WEEKEND = frozenset(range(5)), frozenset((5, 6))
_H = 60

_DAY_WORDS: dict[str, int] = {}
for _number, _names in enumerate(
    (
        "monday mondays mon lunes", "tuesday tuesdays tues tue martes",
        "wednesday wednesdays weds wed miercoles", "thursday thursdays thurs thur thu jueves",
        "friday fridays fri viernes", "saturday saturdays sat sabado sabados",
        "sunday sundays sun domingo domingos",
    )
):  # fmt: skip
    _DAY_WORDS.update(dict.fromkeys(_names.split(), _number))
_DAY = "|".join(sorted(_DAY_WORDS, key=len, reverse=True))

_CLOCK = (
    r"(?:(?P<h{0}>\d{{1,2}})(?:[:.h](?P<n{0}>[0-5]\d))?(?: ?(?:o'?clock|en punto|sharp|ish))?"
    r"(?: ?(?P<m{0}>am|pm|a|p|hrs)\b| (?:de|in|por|en) (?:the|la) (?P<p{0}>morning|afternoon|evening"
    r"|manana|tarde|noche"
    r"|madrugada)| at (?P<q{0}>night))?"
    r"|(?P<w{0}>noon|midnight|mediodia|medianoche))(?![\d:/])"
)


def _clock(key: str) -> str:
    return _CLOCK.replace("{0}", key).replace("{{", "{").replace("}}", "}")


@dataclass(frozen=True)
class Mark:
    """A piece of meaning: what it is (`when`, `not`, `bad`, `other`, `or`, `stop`), and its days or hours.

    `doubtful`: it may mean something else, or there are words in it we do not understand.
    """

    kind: str
    days: frozenset[int | date] = frozenset()
    hours: Spans = ()
    doubtful: bool = False


Maker = Callable[[re.Match[str], datetime], Mark | None]


# A hyphen between days is "to"; between other words it means nothing.
_DAYS_HYPHEN = re.compile(rf"(?<=[a-z])\.? ?[-–] ?(?=(?:{_DAY})\b)")


def _prepared(text: str, locale: str) -> str:
    """Folded, in digits, quarters and halves as minutes, misspelled days mended."""
    told = re.sub(r"\b([ap])\. ?m\b\.?", r"\1m", fold(text))
    told = re.sub(r"\by (?:cuarto|quince)\b", "y 15", told)
    told = _DAYS_HYPHEN.sub(" to ", told)
    spoken = not any(char.isdigit() for char in told)
    told = re.sub(r"\b([a-z]+)'s\b", _without_possessive, in_digits(told, locale))
    if spoken:
        # "Three thirty".
        told = re.sub(r"\b(1[0-2]|[1-9]) ([1-5][05])\b", r"\1:\2", told)
    told = re.sub(r"\bhalf past (\d{1,2})\b|\b(\d{1,2}) y media\b", _with_minutes(30), told)
    told = re.sub(r"\bquarter (?:past|after) (\d{1,2})\b|\b(\d{1,2}) y 15\b", _with_minutes(15), told)
    told = re.sub(r"\bquarter to (\d{1,2})\b|\bcuarto para las (\d{1,2})\b", _with_minutes(-15), told)
    return re.sub(r"[a-z]{6,}", _day_spelled, told)


def _without_possessive(match: re.Match[str]) -> str:
    """ "Monday's good"."""
    return match.group(1) if match.group(1) in _DAY_WORDS else match.group()


def _with_minutes(minutes: int) -> Callable[[re.Match[str]], str]:
    def written(match: re.Match[str]) -> str:
        hour = int(match.group(1) or match.group(2))
        return f"{hour}:{minutes}" if minutes > 0 else f"{(hour - 2) % 12 + 1}:{60 + minutes}"

    return written


def _day_spelled(match: re.Match[str]) -> str:
    """ "Wendsday" is Wednesday."""
    word = match.group()
    if word in _DAY_WORDS or word in ("manana", "morning", "mornings", "martes"):
        return word
    long = [name for name in _DAY_WORDS if len(name) >= 6]
    close = difflib.get_close_matches(word, long, n=1, cutoff=0.8)
    return close[0] if close else word


def marks_of(text: str, locale: str, moment: datetime) -> Iterator[Mark]:
    """The marks of a text said at `moment`; a word that is neither a mark nor small talk is a doubtful one."""
    told, at = _prepared(text, locale), 0
    while at < len(told):
        mark, ends = _mark_at(told, at, moment)
        if mark is None:
            word = _ANY_WORD.match(told, at)
            ends = word.end() if word else at + 1
            if told[at:ends].strip() and told[at:ends] not in _SMALL_TALK:
                mark = Mark("word", doubtful=True)
        if mark:
            yield mark
        at = ends


def _mark_at(told: str, at: int, moment: datetime) -> tuple[Mark | None, int]:
    if _STOP.match(told, at):
        return Mark("stop"), at + 1
    for pattern, make in _PATTERNS:
        match = pattern.match(told, at)
        found = make(match, moment) if match and match.end() > at else None
        if found and match:
            return found, match.end()
    return None, at


def _minutes(match: re.Match[str], key: str, later_than: int | None = None) -> tuple[int, bool] | None:
    """A clock time in minutes after midnight, and whether morning or evening is only guessed."""
    parts = match.groupdict()
    if word := parts.get(f"w{key}"):
        return (12 * _H if word in ("noon", "mediodia") else 0), False
    hour, minute = int(parts[f"h{key}"]), int(parts[f"n{key}"] or 0)
    if hour > 24:
        return None
    part = parts[f"m{key}"] or parts[f"p{key}"] or parts[f"q{key}"] or ""
    return _of_the_day(hour, minute, part, later_than)


def _of_the_day(hour: int, minute: int, part: str, later_than: int | None) -> tuple[int, bool]:
    if part in ("am", "a", "morning", "manana", "madrugada"):
        return hour % 12 * _H + minute if hour <= 12 else hour * _H + minute, False
    if part in ("pm", "p", "afternoon", "evening", "tarde", "noche", "night"):
        return (hour % 12 + 12) * _H + minute if hour <= 12 else hour * _H + minute, False
    if hour >= 12 or part == "hrs":
        return hour * _H + minute, False
    morning = hour * _H + minute
    if later_than is not None:
        return (morning if morning > later_than else morning + 12 * _H), False
    # We call from eight to nine: one to seven can only be the afternoon, and nine to eleven only the morning.
    if hour <= 7:
        return morning + 12 * _H, False
    return morning, hour == 8


def _span(match: re.Match[str], _: datetime) -> Mark | None:
    """From one time to another; "9-11am" gives its part of the day to both."""
    start, end = _minutes(match, "1"), _minutes(match, "2")
    if start is None or end is None:
        return None
    parts = match.groupdict()
    of_start = parts["m1"] or parts["p1"] or parts["q1"] or parts["w1"]
    of_end = parts["m2"] or parts["p2"] or parts["q2"]
    if not of_start and of_end and parts["h1"]:
        first = _of_the_day(int(parts["h1"]), start[0] % _H, of_end, None)[0]
        start = (first if first < end[0] else start[0]), False
        if start[0] >= end[0]:
            start = int(parts["h1"]) * _H + start[0] % _H, False
    elif not of_end and parts["h2"]:
        end = _of_the_day(int(parts["h2"]), end[0] % _H, "", start[0]) if int(parts["h2"]) < 12 else end
    if end[0] <= start[0]:
        return None
    return Mark("when", hours=((start[0], end[0]),), doubtful=start[1] and end[1])


def _after(match: re.Match[str], _: datetime) -> Mark | None:
    clock = _minutes(match, "1")
    if clock is None:
        return None
    return Mark("when", hours=((clock[0], 24 * _H),), doubtful=clock[1])


def _before(match: re.Match[str], _: datetime) -> Mark | None:
    clock = _minutes(match, "1")
    if clock is None:
        return None
    parts = match.groupdict()
    told = parts["m1"] or parts["p1"] or parts["w1"]
    # "Before ten" leaves two hours, or thirteen.
    return Mark("when", hours=((0, clock[0]),), doubtful=not told and 8 * _H <= clock[0] < 12 * _H)


def _before_something(match: re.Match[str], moment: datetime) -> Mark | None:
    """ "Before my appointment at two"."""
    mark = _before(match, moment)
    return replace(mark, doubtful=True) if mark else None


def _after_something(match: re.Match[str], moment: datetime) -> Mark | None:
    mark = _after(match, moment)
    return replace(mark, doubtful=True) if mark else None


def _never_before(match: re.Match[str], moment: datetime) -> Mark | None:
    return _after(match, moment)


def _never_after(match: re.Match[str], _: datetime) -> Mark | None:
    clock = _minutes(match, "1")
    return Mark("when", hours=((0, clock[0]),)) if clock else None


def _point(match: re.Match[str], _: datetime) -> Mark | None:
    clock = _minutes(match, "1")
    if clock is None:
        return None
    return Mark("when", hours=((clock[0], clock[0] + AN_HOUR),), doubtful=clock[1])


def _days(match: re.Match[str], _: datetime) -> Mark:
    first, last = _DAY_WORDS[match["d1"]], _DAY_WORDS[match["d2"]]
    count = (last - first) % 7 + 1
    return Mark("when", days=frozenset((first + step) % 7 for step in range(count)))


def _day(match: re.Match[str], _: datetime) -> Mark:
    return Mark("when", days=frozenset({_DAY_WORDS[match["d"]]}))


def _coming_day(match: re.Match[str], moment: datetime) -> Mark:
    """ "This Friday" is the coming one; "next Friday" may be that or the one after, so it is asked."""
    ahead = (_DAY_WORDS[match["d"]] - moment.weekday()) % 7
    following = match["which"] in ("next", "proximo", "proxima", "siguiente")
    if not match["which"]:
        ahead = ahead or 7
    if following:
        ahead += 7 if ahead < 7 and _DAY_WORDS[match["d"]] > moment.weekday() else 0
        ahead = ahead or 7
    return Mark("when", days=frozenset({moment.date() + timedelta(days=ahead)}), doubtful=following)


def _in_days(days: int, hours: Spans = ()) -> Maker:
    def make(_: re.Match[str], moment: datetime) -> Mark:
        return Mark("when", days=frozenset({moment.date() + timedelta(days=days)}), hours=hours)

    return make


def _manana(_: re.Match[str], moment: datetime) -> Mark:
    """A bare "mañana" is tomorrow, or the morning: asked when no hour stands beside it (see `_PATTERNS`)."""
    return Mark("when", days=frozenset({moment.date() + timedelta(days=1)}), doubtful=True)


def _next_week(_: re.Match[str], moment: datetime) -> Mark:
    monday = moment.date() + timedelta(days=7 - moment.weekday())
    return Mark("when", days=frozenset(monday + timedelta(days=step) for step in range(7)))


def _this_weekend(_: re.Match[str], moment: datetime) -> Mark:
    saturday = moment.date() + timedelta(days=(5 - moment.weekday()) % 7)
    return Mark("when", days=frozenset({saturday, saturday + timedelta(days=1)}))


def _dated(match: re.Match[str], moment: datetime) -> Mark | None:
    """A day of a month: the next one that comes."""
    parts = match.groupdict()
    month = month_named(parts["month"]) if parts.get("month") else int(parts.get("mm") or moment.month)
    if month is None:
        return None
    day = int(parts["day"])
    for year in (moment.year, moment.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            return None
        if found >= moment.date():
            return Mark("when", days=frozenset({found}))
    return None


def _in_hours(match: re.Match[str], moment: datetime) -> Mark:
    return _from_now(moment, int(match["n"]), AN_HOUR)


def _in_some_days(match: re.Match[str], moment: datetime) -> Mark:
    return Mark("when", days=frozenset({moment.date() + timedelta(days=int(match["n"]))}))


def _this_week(_: re.Match[str], moment: datetime) -> Mark:
    return Mark(
        "when", days=frozenset(moment.date() + timedelta(days=n) for n in range(7 - moment.weekday()))
    )


def _soon(hours: int, length: int | None) -> Maker:
    return lambda _, moment: _from_now(moment, hours, length)


def _from_now(moment: datetime, hours: int, length: int | None) -> Mark:
    start = moment.hour * _H + moment.minute + hours * _H
    end = start + length if length else 24 * _H
    return Mark("when", days=frozenset({moment.date()}), hours=((start, min(end, 24 * _H)),))


def _fixed(days: frozenset[int] = frozenset(), hours: Spans = (), doubtful: bool = False) -> Maker:
    mark = Mark("when", frozenset[int | date](days), hours, doubtful)
    return lambda _, __: mark


def _word(kind: str) -> Maker:
    mark = Mark(kind)
    return lambda _, __: mark


def _anchor(_: re.Match[str], __: datetime) -> Mark:
    """ "After my dialysis": we do not know when that is."""
    return Mark("when", doubtful=True)


_ANY_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)?|.", re.DOTALL)
# Words around a time that change nothing about it.
_SMALL_TALK = frozenset(
    (
        "i i'm im i'd am is are be it it's its that's would will can could may you we he she they me my the a "
        "an at on in by of for to so as call calls calling phone reach ring free available home good great ok "
        "okay fine best better easiest works please thanks thank yes sure well usually mostly generally "
        "always only just really prefer like love want time times hour hours then during o'clock sharp there "
        "here if possible any anytime maybe probably about around this coming that both either your when yo "
        "estoy soy es son esta seria mi le la el los las lo un una unos unas en de del por para al que se su "
        "sus si llame llamen llamar llameme llamenme marque hable hablen hablar pueden puede podria puedo "
        "mejor bien libre disponible casa prefiero quiero gustaria favor gracias siempre casi normalmente "
        "solo nomas nada mas hora horas dia dias rato tiempo como tipo bueno pues claro ese esa tambien con "
        "hija hijo daughter sea guste quiera ya all once "
        "- ( ) ! ? & ' \""
    ).split()
)
_NOT = r"(?:not|never|no|nunca|do(?:n'?t| not) call(?: me)?|no me (?:llame|llamen|marque|hable)n?)"
_AT_CLOCK = r"(?:(?:at|around|about|like|maybe|a|como|a eso de|tipo|sobre)? ?(?:a )?(?:las |la )?)"
_THE = r"(?: (?:las|la|el|the|around|about|like|como))*"
_MORNING, _AFTERNOON, _EVENING = ((8 * _H, 12 * _H),), ((12 * _H, 17 * _H),), ((17 * _H, 21 * _H),)
_TARDE, _NOCHE, _LUNCH = ((12 * _H, 19 * _H),), ((18 * _H, 21 * _H),), ((12 * _H, 13 * _H),)
_EARLY = ((8 * _H, 10 * _H),)
_MONTH = "|".join(
    "jan(?:uary)? feb(?:ruary)? mar(?:ch)? apr(?:il)? may june? july? aug(?:ust)? sept?(?:ember)? oct(?:ober)? "
    "nov(?:ember)? dec(?:ember)? enero febrero marzo abril mayo junio julio agosto se[pt]?tiembre"
    " octubre noviembre "
    "diciembre".split()
)
_STOP = re.compile(r"[,;.]")
_PATTERNS: tuple[tuple[re.Pattern[str], Maker], ...] = tuple(
    (re.compile(rf"(?<![^\W_]){pattern}"), make)
    for pattern, make in (
        # Whole days and dates.
        (r"(?:the )?day after tomorrow\b|pasado manana\b", _in_days(2)),
        (r"(?:tomorrow|manana)(?: (?:in the |por la |en la |a la )?)(?:morning|manana)\b", _in_days(1, _MORNING)),
        (r"tomorrow\b", _in_days(1)),
        (r"(?:todas )?(?:por|en|a|de) las? mananas?\b|las mananas\b|mananas\b", _fixed(hours=_MORNING)),
        (r"manana(?= (?:a (?:las?|mediodia|eso)|por|en|de|despues|antes|como|entre|temprano))", _in_days(1)),
        (r"manana\b", _manana),
        (r"tonight\b|esta noche\b", _in_days(0, _EVENING)),
        (r"this morning\b|esta manana\b", _in_days(0, _MORNING)),
        (r"(?:in|en) (?P<n>\d{1,2}) (?:hours?|hrs?|horas?)\b", _in_hours),
        (r"(?:in|en) (?P<n>\d{1,2}) (?:days?|dias?)\b", _in_some_days),
        (r"(?:any day )?(?:this|esta) (?:week|semana)\b", _this_week),
        (r"this afternoon\b", _in_days(0, _AFTERNOON)),
        (r"esta tarde\b", _in_days(0, _TARDE)),
        (r"this evening\b", _in_days(0, _EVENING)),
        (r"later today\b|today\b|hoy\b", _in_days(0)),
        (r"(?:right )?now\b|ahorita\b|ahora(?: mismo)?\b|ya mismo\b", _soon(0, AN_HOUR)),
        (r"as soon as (?:possible|you can)\b|asap\b|soon\b"
         r"|lo (?:antes|mas pronto) posible\b|cuanto antes\b", _soon(0, None)),
        (r"(?:in|en) (?:an|1|una) hora?\b|in an hour\b|in 1 hour\b", _soon(1, AN_HOUR)),
        (r"next week\b|(?:la )?proxima semana\b|la semana que (?:viene|entra)\b|la otra semana\b", _next_week),
        (r"(?:this|el proximo|este) (?:weekend|fin de semana)\b", _this_weekend),
        (rf"(?:el |the )?(?P<which>this|next|este|proximo|siguiente) (?P<d>{_DAY})\b", _coming_day),
        (rf"(?:el )?(?P<d>{_DAY}) que (?:viene|entra)(?P<which>)\b", _coming_day),
        (r"(?:in|within) the next hour\b|en la proxima hora\b", _soon(0, AN_HOUR)),
        (rf"(?:on )?(?P<month>{_MONTH})\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)", _dated),
        (rf"(?:el |the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:de|of) (?P<month>{_MONTH})\b", _dated),
        (r"(?P<mm>1[0-2]|0?[1-9])/(?P<day>\d{1,2})\b(?!/)", _dated),
        (r"el (?:dia )?(?P<day>\d{1,2})(?= (?:a las?|en la|por la|despues|antes)|$)", _dated),
        (r"(?:on )?the (?P<day>\d{1,2})(?:st|nd|rd|th)\b", _dated),
        # Days of the week.
        (r"(?:any|every|each) (?:other )?day of the week\b|every ?day\b|daily\b", _fixed(EVERY_DAY)),
        (r"todos los dias\b|diario\b", _fixed(EVERY_DAY)),
        (r"any ?(?:other|else) (?:time|day)\b|(?:cualquier )?otro dia\b|cualquier otra hora\b", _word("other")),
        (r"any day\b|cualquier dia\b", _fixed(EVERY_DAY)),
        (r"(?:week ?days?|during the week|working days|business days|entre semana|dias de semana)\b", _fixed(WEEKDAYS)),
        (r"m ?(?:-|to|thru|through)? ?f\b", _fixed(WEEKDAYS)),
        (r"mwf\b", _fixed(frozenset({0, 2, 4}))),
        (r"(?:week ?ends?|fin(?:es)? de semana)\b", _fixed(WEEKEND)),
        (
            rf"(?:de )?(?P<d1>{_DAY}) ?(?:-|to|thru|through|till|until|a|al"
            rf"|hasta(?: el)?) ?(?:el )?(?P<d2>{_DAY})\b",
            _days,
        ),
        (rf"(?P<d>{_DAY})\b\.?", _day),
        # "Not", and what a "not" turns around.
        (rf"{_NOT} (?:me )?(?:before|earlier than|antes de){_THE} {_clock('1')} (?:or|and|nor|ni|o)"
         rf" (?:after|later than|past|despues de){_THE} {_clock('2')}", _span),
        (rf"{_NOT} (?:me )?(?:before|earlier than|antes de){_THE} {_clock('1')}", _never_before),
        (rf"{_NOT} (?:me )?(?:after|later than|past|despues de){_THE} {_clock('1')}", _never_after),
        (
            r"(?:(?:is|are|'s) (?:bad|no good|not good|hard|out|no)|(?:do|does|wo)(?:n'?t"
            r"| not)(?: work|(?=$|[,.;]))"
            r"|not then|not that day"
            r"|i can'?t|can'?t|busy|no puedo|no se puede|estoy ocupad[oa]|(?<=\w )no(?=$|[,.;]))\b",
            _word("bad"),
        ),
        (r"(?:except|excepto|but not|but|menos|salvo|other than|apart from|pero no)\b(?! (?:i|the"
         r"|a)\b)", _word("not")),
        (rf"(?:{_NOT}|neither|ni)\b(?!,)", _word("not")),
        (r"nor\b", _word("or")),
        (r"(?:i|yo)? ?(?:work|sleep|nap|trabajo|duermo|descanso|am asleep)\b(?! (?:best|better|well|for me))", _anchor),
        (r"works?\b(?: (?:best|better|well|for me))*", _word("and")),
        # Hours.
        (r"any ?time\b|when ?ever\b|cualquier (?:hora|momento)\b|a (?:la|cualquier) hora(?: que)?\b"
         r"|cuando (?:guste|quiera|pueda|sea)n?\b|all day\b|todo el dia\b", _fixed(hours=ALL_HOURS)),
        (rf"(?:between|from|entre|de|desde)?{_THE} ?{_clock('1')} ?"
         rf"(?:-|to|and|til|till|until|thru|y|a|hasta)(?: (?:las|la|el|the))? ?{_clock('2')}", _span),
        (rf"{_AT_CLOCK}{_clock('1')} (?:or later|or after|or past|at the earliest|on(?=$|[,.;])"
         rf"|onwards?|en adelante"
         r"|o mas tarde|o despues)\b", _after),
        (rf"{_AT_CLOCK}{_clock('1')} (?:or earlier|or before|at the latest|o antes)\b", _never_after),
        (rf"(?:before|antes de(?:l)?) (?:\w+ ){{1,4}}?(?:at|a las?) {_clock('1')}", _before_something),
        (rf"(?:after|despues de(?:l)?) (?:\w+ ){{1,4}}?(?:at|a las?) {_clock('1')}", _after_something),
        (rf"(?:any ?time )?(?:after|from|past|despues del?|a partir de|desde|pasad[oa]s?){_THE} {_clock('1')}"
         r"(?: on| or later| onwards?| en adelante)?", _after),
        (rf"(?:before|until|till|til|by|up to|no later than|antes de|antes del|hasta){_THE} {_clock('1')}", _before),
        (r"(?:after|despues de(?:l)?) (?:lunch|almuerzo|almorzar)\b", _fixed(hours=((13 * _H, 17 * _H),))),
        (r"(?:after|despues de(?: la)?) (?:dinner|supper|cena|cenar)\b",
         _fixed(hours=((18 * _H, 21 * _H),), doubtful=True)),
        (r"(?:after work|despues del? trabaj(?:o|ar))\b", _fixed(hours=_EVENING, doubtful=True)),
        (r"despues de (?:comer|la comida)\b", _fixed(hours=((15 * _H, 19 * _H),), doubtful=True)),
        (r"(?:after|before|when|once|while|until|unless|if|depends|despues de(?:l)?|antes de(?:l)?|cuando|mientras"
         r"|depende)(?: que)?\b (?!\d|possible)", _anchor),
        (r"mid[ -]?mornings?\b|media manana\b", _fixed(hours=_MORNING)),
        (r"mid[ -]?afternoons?\b|media tarde\b", _fixed(hours=_AFTERNOON)),
        (r"late mornings?\b", _fixed(hours=((10 * _H, 12 * _H),))),
        (r"early mornings?\b|temprano (?:en|por) la manana\b", _fixed(hours=_EARLY)),
        (r"early afternoons?\b", _fixed(hours=((12 * _H, 15 * _H),))),
        (r"late afternoons?\b", _fixed(hours=((15 * _H, 17 * _H),))),
        (r"early evenings?\b", _fixed(hours=((17 * _H, 19 * _H),))),
        (r"(?:lunch ?time|lunch|noon ?time|la hora (?:del almuerzo|de la comida))\b", _fixed(hours=_LUNCH)),
        (rf"{_AT_CLOCK}{_clock('1')}(?: ?ish)?", _point),
        (r"mornings?\b|a\.?m\b|mananitas?\b", _fixed(hours=_MORNING)),
        (r"afternoons?\b", _fixed(hours=_AFTERNOON)),
        (r"(?:evenings?|nights?)\b", _fixed(hours=_EVENING)),
        (r"tarde(?:cita)?s?\b", _fixed(hours=_TARDE)),
        (r"noche(?:cita)?s?\b", _fixed(hours=_NOCHE)),
        (r"early\b|temprano\b", _fixed(hours=_EARLY, doubtful=True)),
        (r"or\b|o\b|and\b|y\b|/", _word("or")),
    )
)  # fmt: skip
