"""Times to call, as people say them: "weekday mornings", "not before 10", "mañana a las 3", "any time but Friday".

The words are kept as they are; beside them stand the windows we made of them, in the person's own time zone.
A text is cut into marks (days, hours, "not", "or"), the marks into clauses, and the clauses are put together.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

from bot.enrollment.answers.counting import in_digits
from bot.enrollment.answers.dates import month_named
from bot.enrollment.answers.free import says_nothing
from bot.enrollment.answers.plain import clean, fold
from bot.enrollment.answers.reading import About, NotRead, Read, same
from bot.enrollment.answers.windows import ALL_HOURS, AN_HOUR, Spans, Times, overlap, union

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
    r"(?P<half{0}> y media| y cuarto)?"
    r"(?: ?(?P<m{0}>am|pm|a|p|hrs)\b| (?:de|in|por|en) (?:the|la) (?P<p{0}>morning|afternoon|evening"
    r"|manana|tarde|noche"
    r"|madrugada)| at (?P<q{0}>night))?"
    r"|half past (?P<past{0}>\d{{1,2}})|(?P<w{0}>noon|midnight|mediodia|medianoche))(?![\d:/])"
)


def _clock(key: str) -> str:
    return _CLOCK.replace("{0}", key).replace("{{", "{").replace("}}", "}")


@dataclass
class _Clause:
    """Days and hours that belong together. `joined`: an "or" stands before the next hours."""

    days: set[int | date] = field(default_factory=set)
    hours: Spans | None = None
    negative: bool = False
    joined: bool = False

    def take_hours(self, hours: Spans) -> None:
        """Narrow the hours ("afternoon" and "after 2"), or widen them ("mornings or evenings")."""
        if self.hours is None:
            self.hours = hours
            return
        shared = overlap(self.hours, hours)
        self.hours = union(self.hours, hours) if self.joined or not shared else shared


@dataclass(frozen=True)
class _Mark:
    """A piece of meaning: what it is, and its days or hours."""

    kind: str
    days: frozenset[int | date] = frozenset()
    hours: Spans = ()
    doubtful: bool = False


Maker = Callable[[re.Match[str], datetime], _Mark | None]


def read_time(text: str, about: About) -> Read | NotRead:
    """When to call: the person's words, trimmed, with `detail` {pattern, zone, windows}.

    Asked back when the hour could be of the morning or the evening, or hangs on something we do not know ("after my
    dialysis"). Reasons: wordless, nothing, quiet (a time at which we do not call), no_time (words without a time).
    """
    reason = says_nothing(text)
    if reason:
        return NotRead(reason)
    moment = about.moment
    marks = list(_marks(_prepared(text, about), moment))
    # A new start: "after my dialysis" gives a day at most, so it is asked.
    doubtful = any(mark.doubtful for mark in marks)
    clauses = _clauses(marks)
    if not any(clause.days or clause.hours for clause in clauses):
        return NotRead("no_time")
    said = _together(clauses)
    times = said.callable()
    if times.empty:
        return NotRead("quiet")
    detail = {"pattern": times.pattern(), "zone": str(moment.tzinfo), "windows": times.intervals(moment)}
    # "Can you call in the evening?" is an answer.
    return Read(text.strip(), same(clean(text)), sure=not doubtful, detail=detail)


# --- clauses ------------------------------------------------------------------------------------------------


def _clauses(marks: list[_Mark]) -> list[_Clause]:
    """Group marks: a day after days and hours begins a new clause; "not" and a comma do so too when it matters."""
    clauses = [_Clause()]
    for mark in marks:
        clause = clauses[-1]
        if mark.kind == "or":
            clause.joined = True
        elif mark.kind == "stop":
            if clause.negative or (clause.days and clause.hours):
                clauses.append(_Clause())
        elif mark.kind == "not":
            if clause.days or clause.hours:
                clauses.append(_Clause())
            clauses[-1].negative = True
        elif mark.kind == "bad":
            # "Mornings are bad", "los jueves no": it is said of what stands before.
            _last_with_words(clauses).negative = True
            clauses.append(_Clause())
        elif mark.kind == "other":
            # "I nap from one to three, any other time".
            for earlier in clauses:
                earlier.negative = earlier.negative or bool(earlier.days or earlier.hours)
            clauses.append(_Clause())
        else:
            _put(clauses, mark)
    return clauses


def _last_with_words(clauses: list[_Clause]) -> _Clause:
    return next((clause for clause in reversed(clauses) if clause.days or clause.hours), clauses[-1])


def _put(clauses: list[_Clause], mark: _Mark) -> None:
    clause = clauses[-1]
    full = bool(clause.days) and clause.hours is not None
    anew = full and (bool(mark.days) or mark.hours == ALL_HOURS)
    if anew:
        clause = _Clause()
        clauses.append(clause)
    clause.days |= mark.days
    if mark.hours:
        clause.take_hours(mark.hours)
    clause.joined = False


def _together(clauses: list[_Clause]) -> Times:
    times = Times()
    positive = [clause for clause in clauses if not clause.negative and (clause.days or clause.hours)]
    for clause in positive:
        times.add(clause.days or EVERY_DAY, clause.hours or ALL_HOURS)
    if not positive:
        times.add(EVERY_DAY, ALL_HOURS)
    for clause in clauses:
        if clause.negative and (clause.days or clause.hours):
            times.remove(clause.days or {*EVERY_DAY, *times.dated}, clause.hours or ALL_HOURS)
    return times


# --- marks --------------------------------------------------------------------------------------------------


def _prepared(text: str, about: About) -> str:
    told = re.sub(r"\b([ap])\. ?m\b\.?", r"\1m", fold(text))
    told = in_digits(told, about.locale)
    return re.sub(r"[a-z]{6,}", _day_spelled, told)


def _day_spelled(match: re.Match[str]) -> str:
    """ "Wendsday" is Wednesday."""
    word = match.group()
    if word in _DAY_WORDS or word in ("manana", "morning", "mornings", "martes"):
        return word
    long = [name for name in _DAY_WORDS if len(name) >= 6]
    close = difflib.get_close_matches(word, long, n=1, cutoff=0.8)
    return close[0] if close else word


def _marks(told: str, moment: datetime) -> Iterator[_Mark]:
    at = 0
    while at < len(told):
        found = None
        for pattern, make in _PATTERNS:
            match = pattern.match(told, at)
            if match and match.end() > at:
                found = make(match, moment)
            if found and match:
                at = match.end()
                yield found
                break
        if not found:
            word = re.compile(r"[^\W_]+|.", re.DOTALL).match(told, at)
            at = word.end() if word else at + 1


def _minutes(match: re.Match[str], key: str, later_than: int | None = None) -> tuple[int, bool] | None:
    """A clock time in minutes after midnight, and whether morning or evening is only guessed."""
    parts = match.groupdict()
    if word := parts.get(f"w{key}"):
        return (12 * _H if word in ("noon", "mediodia") else 0), False
    hour = int(parts[f"past{key}"] or parts[f"h{key}"])
    minute = 30 if parts[f"past{key}"] else int(parts[f"n{key}"] or 0)
    minute += {" y media": 30, " y cuarto": 15}.get(parts[f"half{key}"] or "", 0)
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


def _span(match: re.Match[str], _: datetime) -> _Mark | None:
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
    return _Mark("when", hours=((start[0], end[0]),), doubtful=start[1] and end[1])


def _after(match: re.Match[str], _: datetime) -> _Mark | None:
    clock = _minutes(match, "1")
    if clock is None:
        return None
    return _Mark("when", hours=((clock[0], 24 * _H),), doubtful=clock[1])


def _before(match: re.Match[str], _: datetime) -> _Mark | None:
    clock = _minutes(match, "1")
    if clock is None:
        return None
    parts = match.groupdict()
    told = parts["m1"] or parts["p1"] or parts["w1"]
    # "Before ten" leaves two hours, or thirteen.
    return _Mark("when", hours=((0, clock[0]),), doubtful=not told and 8 * _H <= clock[0] < 12 * _H)


def _never_before(match: re.Match[str], moment: datetime) -> _Mark | None:
    return _after(match, moment)


def _never_after(match: re.Match[str], _: datetime) -> _Mark | None:
    clock = _minutes(match, "1")
    return _Mark("when", hours=((0, clock[0]),)) if clock else None


def _point(match: re.Match[str], _: datetime) -> _Mark | None:
    clock = _minutes(match, "1")
    if clock is None:
        return None
    return _Mark("when", hours=((clock[0], clock[0] + AN_HOUR),), doubtful=clock[1])


def _days(match: re.Match[str], _: datetime) -> _Mark:
    first, last = _DAY_WORDS[match["d1"]], _DAY_WORDS[match["d2"]]
    count = (last - first) % 7 + 1
    return _Mark("when", days=frozenset((first + step) % 7 for step in range(count)))


def _day(match: re.Match[str], _: datetime) -> _Mark:
    return _Mark("when", days=frozenset({_DAY_WORDS[match["d"]]}))


def _coming_day(match: re.Match[str], moment: datetime) -> _Mark:
    """ "This Friday" is the coming one; "next Friday" may be that or the one after, so it is asked."""
    ahead = (_DAY_WORDS[match["d"]] - moment.weekday()) % 7
    following = match["which"] in ("next", "proximo", "proxima", "siguiente")
    if following:
        ahead += 7 if ahead < 7 and _DAY_WORDS[match["d"]] > moment.weekday() else 0
        ahead = ahead or 7
    return _Mark("when", days=frozenset({moment.date() + timedelta(days=ahead)}), doubtful=following)


def _in_days(days: int, hours: Spans = ()) -> Maker:
    def make(_: re.Match[str], moment: datetime) -> _Mark:
        return _Mark("when", days=frozenset({moment.date() + timedelta(days=days)}), hours=hours)

    return make


def _manana(_: re.Match[str], moment: datetime) -> _Mark:
    """A bare "mañana" is tomorrow, or the morning: asked when no hour stands beside it (see `_PATTERNS`)."""
    return _Mark("when", days=frozenset({moment.date() + timedelta(days=1)}), doubtful=True)


def _next_week(_: re.Match[str], moment: datetime) -> _Mark:
    monday = moment.date() + timedelta(days=7 - moment.weekday())
    return _Mark("when", days=frozenset(monday + timedelta(days=step) for step in range(7)))


def _this_weekend(_: re.Match[str], moment: datetime) -> _Mark:
    saturday = moment.date() + timedelta(days=(5 - moment.weekday()) % 7)
    return _Mark("when", days=frozenset({saturday, saturday + timedelta(days=1)}))


def _dated(match: re.Match[str], moment: datetime) -> _Mark | None:
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
            return _Mark("when", days=frozenset({found}))
    return None


def _soon(hours: int, length: int | None) -> Maker:
    def make(_: re.Match[str], moment: datetime) -> _Mark:
        start = moment.hour * _H + moment.minute + hours * _H
        end = start + length if length else 24 * _H
        return _Mark("when", days=frozenset({moment.date()}), hours=((start, min(end, 24 * _H)),))

    return make


def _fixed(days: frozenset[int] = frozenset(), hours: Spans = (), doubtful: bool = False) -> Maker:
    mark = _Mark("when", frozenset[int | date](days), hours, doubtful)
    return lambda _, __: mark


def _word(kind: str) -> Maker:
    mark = _Mark(kind)
    return lambda _, __: mark


def _anchor(_: re.Match[str], __: datetime) -> _Mark:
    """ "After my dialysis": we do not know when that is."""
    return _Mark("when", doubtful=True)


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
        (r"this afternoon\b", _in_days(0, _AFTERNOON)),
        (r"esta tarde\b", _in_days(0, _TARDE)),
        (r"this evening\b", _in_days(0, _EVENING)),
        (r"later today\b|today\b|hoy\b", _in_days(0)),
        (r"(?:right )?now\b|ahorita\b|ahora(?: mismo)?\b|ya mismo\b", _soon(0, AN_HOUR)),
        (r"as soon as (?:possible|you can)\b|asap\b|soon\b|lo antes posible\b|cuanto antes\b", _soon(0, None)),
        (r"(?:in|en) (?:an|1|una) hora?\b|in an hour\b|in 1 hour\b", _soon(1, AN_HOUR)),
        (r"next week\b|(?:la )?proxima semana\b|la semana que viene\b|la otra semana\b", _next_week),
        (r"(?:this|el proximo|este) (?:weekend|fin de semana)\b", _this_weekend),
        (rf"(?:el |the )?(?P<which>this|next|este|proximo|siguiente) (?P<d>{_DAY})\b", _coming_day),
        (rf"(?:on )?(?P<month>{_MONTH})\.? (?:the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?!:)", _dated),
        (rf"(?:el |the )?(?P<day>\d{{1,2}})(?:st|nd|rd|th)? (?:de|of) (?P<month>{_MONTH})\b", _dated),
        (r"(?P<mm>1[0-2]|0?[1-9])/(?P<day>\d{1,2})\b(?!/)", _dated),
        (r"(?:on )?the (?P<day>\d{1,2})(?:st|nd|rd|th)\b", _dated),
        # Days of the week.
        (r"(?:any|every|each) (?:other )?day of the week\b|every ?day\b|daily\b", _fixed(EVERY_DAY)),
        (r"todos los dias\b|diario\b", _fixed(EVERY_DAY)),
        (r"any ?(?:other|else) (?:time|day)\b|(?:cualquier )?otro dia\b|cualquier otra hora\b", _word("other")),
        (r"any day\b|cualquier dia\b", _fixed(EVERY_DAY)),
        (r"(?:week ?days?|during the week|working days|business days|entre semana|dias de semana)\b", _fixed(WEEKDAYS)),
        (r"(?:week ?ends?|fin(?:es)? de semana)\b", _fixed(WEEKEND)),
        (
            rf"(?:de )?(?P<d1>{_DAY}) ?(?:-|to|thru|through|till|until|a|al"
            rf"|hasta(?: el)?) ?(?:el )?(?P<d2>{_DAY})\b",
            _days,
        ),
        (rf"(?P<d>{_DAY})\b\.?", _day),
        # "Not", and what a "not" turns around.
        (rf"{_NOT} (?:me )?(?:before|earlier than|antes de){_THE} {_clock('1')}", _never_before),
        (rf"{_NOT} (?:me )?(?:after|later than|past|despues de){_THE} {_clock('1')}", _never_after),
        (
            r"(?:(?:is|are|'s) (?:bad|no good|not good|hard|out|no)|(?:do|does|wo)(?:n'?t| not) work"
            r"|not then|not that day"
            r"|i can'?t|can'?t|busy|no puedo|no se puede|estoy ocupad[oa]|(?<=\w )no(?=$|[,.;]))\b",
            _word("bad"),
        ),
        (r"(?:except|excepto|but not|but|menos|salvo|other than|apart from|pero no)\b(?! (?:i|the"
         r"|a)\b)", _word("not")),
        (rf"{_NOT}\b(?!,)", _word("not")),
        # Hours.
        (r"any ?time\b|when ?ever\b|cualquier (?:hora|momento)\b|a (?:la|cualquier) hora(?: que)?\b"
         r"|cuando (?:guste|quiera|pueda|sea)n?\b|all day\b|todo el dia\b", _fixed(hours=ALL_HOURS)),
        (rf"(?:between|from|entre|de|desde)?{_THE} ?{_clock('1')} ?"
         rf"(?:-|to|and|til|till|until|thru|y|a|hasta)(?: (?:las|la|el|the))? ?{_clock('2')}", _span),
        (rf"(?:any ?time )?(?:after|from|past|despues de|a partir de|desde|pasadas){_THE} {_clock('1')}"
         r"(?: on| or later| onwards?| en adelante)?", _after),
        (rf"(?:before|until|till|til|by|up to|no later than|antes de|antes del|hasta){_THE} {_clock('1')}", _before),
        (r"(?:after|despues de(?:l)?) (?:lunch|almuerzo|almorzar)\b", _fixed(hours=((13 * _H, 17 * _H),))),
        (r"(?:after|despues de(?: la)?) (?:dinner|supper|cena|cenar)\b",
         _fixed(hours=((18 * _H, 21 * _H),), doubtful=True)),
        (r"despues de (?:comer|la comida)\b", _fixed(hours=((15 * _H, 19 * _H),), doubtful=True)),
        (r"(?:after|before|when|once|while|until|unless|if|depends|despues de|antes de|cuando|mientras|si|depende)"
         r"(?: que)?(?: \w+){0,1} (?!\d)", _anchor),
        (r"late mornings?\b", _fixed(hours=((10 * _H, 12 * _H),))),
        (r"early mornings?\b|temprano (?:en|por) la manana\b", _fixed(hours=_EARLY)),
        (r"early afternoons?\b", _fixed(hours=((12 * _H, 15 * _H),))),
        (r"late afternoons?\b", _fixed(hours=((15 * _H, 17 * _H),))),
        (r"early evenings?\b", _fixed(hours=((17 * _H, 19 * _H),))),
        (r"(?:lunch ?time|lunch|noon ?time|la hora (?:del almuerzo|de la comida))\b", _fixed(hours=_LUNCH)),
        (rf"{_AT_CLOCK}{_clock('1')}(?: ?ish)?", _point),
        (r"mornings?\b|a\.?m\b", _fixed(hours=_MORNING)),
        (r"afternoons?\b", _fixed(hours=_AFTERNOON)),
        (r"(?:evenings?|nights?)\b", _fixed(hours=_EVENING)),
        (r"tardes?\b", _fixed(hours=_TARDE)),
        (r"noches?\b", _fixed(hours=_NOCHE)),
        (r"early\b|temprano\b", _fixed(hours=_EARLY, doubtful=True)),
        (r"or\b|o\b|and\b|y\b|/", _word("or")),
        (r"[,;.]", _word("stop")),
    )
)  # fmt: skip
