"""Times to call, as people say them: "weekday mornings", "not before 10", "mañana a las 3", "any time but Friday".

The words are kept as they are; beside them stand the windows we made of them, in the person's own time zone.
A text is cut into marks (days, hours, "not", "or"), the marks into clauses, and the clauses are put together.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from bot.enrollment.answers.free import says_nothing
from bot.enrollment.answers.marks import EVERY_DAY, Mark, marks_of
from bot.enrollment.answers.plain import clean
from bot.enrollment.answers.reading import About, NotRead, Read, same
from bot.enrollment.answers.windows import ALL_HOURS, Spans, Times, overlap, union


@dataclass
class _Clause:
    """Days and hours that belong together.

    `joined`: an "or" stands before the next. `at_odds`: days that exclude each other.
    """

    days: set[int | date] = field(default_factory=set)
    hours: Spans | None = None
    negative: bool = False
    joined: bool = False
    at_odds: bool = False
    ends_in_day: bool = False

    @property
    def doubtful(self) -> bool:
        """ "Every day but Sunday after eleven": after eleven on Sundays, or on all the others? And "not today" leaves
        every other day, which nobody meant to offer."""
        recurring = not any(isinstance(day, date) for day in self.days)
        if self.at_odds:
            return True
        return self.negative and bool(self.days) and (self.hours is not None or not recurring)

    def take_hours(self, hours: Spans) -> None:
        """Narrow the hours ("afternoon" and "after 2"), or widen them ("mornings or evenings")."""
        if self.hours is None:
            self.hours = hours
            return
        shared = overlap(self.hours, hours)
        # "Afternoons on Monday and Wednesday mornings": which hours go with which day?
        self.at_odds = self.at_odds or (not shared and not self.joined and len(self.days) > 1)
        self.hours = union(self.hours, hours) if self.joined or not shared else shared


def read_time(text: str, about: About) -> Read | NotRead:
    """When to call: the person's words, trimmed, with `detail` {pattern, zone, windows}.

    Asked back when the hour could be of the morning or the evening, or hangs on something we do not know ("after my
    dialysis"). Reasons: wordless, nothing, quiet (a time at which we do not call), no_time (words without a time).
    """
    reason = says_nothing(text)
    if reason:
        return NotRead(reason)
    moment = about.moment
    marks = list(marks_of(text, about.locale, moment))
    clauses = _clauses(marks)
    if not any(clause.days or clause.hours for clause in clauses):
        return NotRead("no_time")
    times = _together(clauses).callable()
    if times.empty:
        return NotRead("quiet")
    detail = {"pattern": times.pattern(), "zone": str(moment.tzinfo), "windows": times.intervals(moment)}
    # "Can you call in the evening?" is an answer.
    doubtful = any(mark.doubtful for mark in marks) or any(clause.doubtful for clause in clauses)
    return Read(text.strip(), same(clean(text)), sure=not doubtful, detail=detail)


# --- clauses ------------------------------------------------------------------------------------------------


def _clauses(marks: list[Mark]) -> list[_Clause]:
    """Group marks: a day after days and hours begins a new clause; "not" and a comma do so too when it matters."""
    clauses = [_Clause()]
    for mark in marks:
        if mark.kind == "when":
            _put(clauses, mark)
        elif mark.kind in _TURNS:
            _TURNS[mark.kind](clauses)
    return clauses


def _or(clauses: list[_Clause]) -> None:
    clauses[-1].joined = True


def _stop(clauses: list[_Clause]) -> None:
    if clauses[-1].negative or (clauses[-1].days and clauses[-1].hours):
        clauses.append(_Clause())


def _not(clauses: list[_Clause]) -> None:
    if clauses[-1].days or clauses[-1].hours:
        clauses.append(_Clause())
    clauses[-1].negative = True


def _bad(clauses: list[_Clause]) -> None:
    """ "Mornings are bad", "los jueves no": it is said of what stands before."""
    _last_with_words(clauses).negative = True
    clauses.append(_Clause())


def _other(clauses: list[_Clause]) -> None:
    """ "I nap from one to three, any other time"."""
    for earlier in clauses:
        earlier.negative = earlier.negative or bool(earlier.days or earlier.hours)
    clauses.append(_Clause())


_TURNS = {"or": _or, "stop": _stop, "not": _not, "bad": _bad, "other": _other}


def _last_with_words(clauses: list[_Clause]) -> _Clause:
    return next((clause for clause in reversed(clauses) if clause.days or clause.hours), clauses[-1])


def _put(clauses: list[_Clause], mark: Mark) -> None:
    clause = clauses[-1]
    full = bool(clause.days) and clause.hours is not None
    # "Afternoons on Monday and Wednesday": the second day goes with the first.
    goes_on = clause.joined and clause.ends_in_day and not mark.hours
    anew = full and not goes_on and (bool(mark.days) or mark.hours == ALL_HOURS)
    if anew:
        clause = _Clause()
        clauses.append(clause)
    _put_days(clause, mark)
    if mark.hours:
        clause.take_hours(mark.hours)
    clause.joined, clause.ends_in_day = False, bool(mark.days)


def _put_days(clause: _Clause, mark: Mark) -> None:
    """ "Friday the fourth" is one day; when the fourth is no Friday, we ask."""
    dates = {day for day in mark.days if isinstance(day, date)}
    weekdays = {day for day in clause.days if not isinstance(day, date)}
    if dates and weekdays and not clause.joined:
        clause.at_odds = clause.at_odds or {day.weekday() for day in dates} != weekdays
        clause.days -= weekdays
    clause.days |= mark.days


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
