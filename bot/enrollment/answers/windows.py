"""Windows to call in: days and hours put together, as a short pattern to read and as ISO intervals to plan with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import TypeVar

from bot.enrollment.answers.dates import date_label
from bot.enrollment.answers.reading import Label

# Minutes after midnight: we call people between these. Same hours as for texts that we start.
OPENS, CLOSES = 8 * 60, 21 * 60
# A call "at three" may come until four.
AN_HOUR = 60
# How far ahead recurring windows are written out.
AHEAD = timedelta(days=7)

Span = tuple[int, int]
Spans = tuple[Span, ...]
ALL_HOURS: Spans = ((0, 24 * 60),)
_Day = TypeVar("_Day", int, date)
_CODES = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")


def union(one: Spans, other: Spans) -> Spans:
    """Minutes in either."""
    merged: list[Span] = []
    for start, end in sorted((*one, *other)):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def overlap(one: Spans, other: Spans) -> Spans:
    """Minutes in both."""
    shared = ((max(start, begin), min(end, finish)) for start, end in one for begin, finish in other)
    return union((), tuple(span for span in shared if span[0] < span[1]))


def without(one: Spans, other: Spans) -> Spans:
    """Minutes in the first and not in the second."""
    edges = [0, *(minute for span in union((), other) for minute in span), 24 * 60]
    gaps = tuple(zip(edges[::2], edges[1::2], strict=True))
    return overlap(one, tuple(gap for gap in gaps if gap[0] < gap[1]))


@dataclass
class Times:
    """Hours by weekday (0 is Monday), for every week, and by date, for once."""

    weekly: dict[int, Spans] = field(default_factory=dict)
    dated: dict[date, Spans] = field(default_factory=dict)

    def add(self, days: Iterable[int | date], hours: Spans) -> None:
        """These hours too, on these days."""
        for day in days:
            if isinstance(day, date):
                self.dated[day] = union(self.dated.get(day, ()), hours)
            else:
                self.weekly[day] = union(self.weekly.get(day, ()), hours)

    def remove(self, days: Iterable[int | date], hours: Spans) -> None:
        """Not these hours on these days; a weekday counts for the dates that fall on it."""
        for day in days:
            if not isinstance(day, date):
                self.weekly[day] = without(self.weekly.get(day, ()), hours)
            for known in self.dated:
                if known == day or known.weekday() == day:
                    self.dated[known] = without(self.dated[known], hours)

    def callable(self) -> Times:
        """Only the hours in which we call, and only days that have any."""
        return Times(_in_our_hours(self.weekly), _in_our_hours(self.dated))

    @property
    def empty(self) -> bool:
        """Whether no time is left."""
        return not any(self.weekly.values()) and not any(self.dated.values())

    def pattern(self) -> str:
        """In short: "Mo-Fr 08:00-12:00; Sa 10:00-11:00", "2026-11-24 15:00-16:00"."""
        by_hours: dict[Spans, list[int]] = {}
        for day in sorted(self.weekly):
            by_hours.setdefault(self.weekly[day], []).append(day)
        lines = [f"{_runs(days)} {_hours(hours)}" for hours, days in by_hours.items()]
        return "; ".join((*lines, *self._dated_lines()))

    def _dated_lines(self) -> list[str]:
        lines = []
        for first, last in _date_runs(self.dated):
            days = first.isoformat() if first == last else f"{first.isoformat()}..{last.isoformat()}"
            lines.append(f"{days} {_hours(self.dated[first])}")
        return lines

    def intervals(self, moment: datetime) -> list[str]:
        """ISO 8601 intervals with offset from `moment` on: the dates named, or the recurring windows of a week."""
        days = set(self.dated)
        if self.weekly:
            days |= {(moment + timedelta(days=ahead)).date() for ahead in range(AHEAD.days)}
        found = []
        for day in sorted(days):
            hours = union(self.dated.get(day, ()), self.weekly.get(day.weekday(), ()))
            for start, end in hours:
                begins, ends = (_at(day, minute, moment) for minute in (start, end))
                if ends > moment:
                    found.append(
                        f"{begins.isoformat(timespec='minutes')}/{ends.isoformat(timespec='minutes')}"
                    )
        return found


_DAY_LABELS = {
    "en": dict(zip(_CODES, "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split(), strict=True)),
    "es": dict(zip(_CODES, "lunes martes miércoles jueves viernes sábado domingo".split(), strict=True)),
}
_EVERY = {
    "Mo-Su": {"en": "any day", "es": "cualquier día"},
    "Mo-Fr": {"en": "weekdays", "es": "de lunes a viernes"},
}
_TO, _AND = {"en": " to ", "es": " a "}, {"en": " and ", "es": " y "}


def pattern_label(pattern: str) -> Label:
    """A pattern of `Times` in words: "weekdays, 8 AM to 12 PM", "el 24 de noviembre de 2026, 3 PM a 4 PM"."""
    return {locale: "; ".join(_line(line, locale) for line in pattern.split("; ")) for locale in _TO}


def _line(line: str, locale: str) -> str:
    days, hours = line.split(" ")
    spoken = [_TO[locale].join(_spoken(clock) for clock in span.split("-")) for span in hours.split(",")]
    return f"{_spoken_days(days, locale)}, {_AND[locale].join(spoken)}"


def _spoken_days(days: str, locale: str) -> str:
    if days in _EVERY:
        return _EVERY[days][locale]
    if days[0].isdigit():
        return _TO[locale].join(date_label(day)[locale] for day in days.split(".."))
    names = _DAY_LABELS[locale]
    return _AND[locale].join(
        _TO[locale].join(names[day] for day in run.split("-")) for run in days.split(",")
    )


def _spoken(clock: str) -> str:
    hour, minute = (int(part) for part in clock.split(":"))
    shown = f"{hour % 12 or 12}" + (f":{minute:02d}" if minute else "")
    return f"{shown} {'AM' if hour < 12 else 'PM'}"


def _in_our_hours(hours: dict[_Day, Spans]) -> dict[_Day, Spans]:
    open_hours = {day: overlap(spans, ((OPENS, CLOSES),)) for day, spans in hours.items()}
    return {day: spans for day, spans in open_hours.items() if spans}


def _at(day: date, minute: int, moment: datetime) -> datetime:
    return datetime.combine(day, time(), moment.tzinfo) + timedelta(minutes=minute)


def _hours(spans: Spans) -> str:
    return ",".join(
        f"{start // 60:02d}:{start % 60:02d}-{end // 60:02d}:{end % 60:02d}" for start, end in spans
    )


def _runs(days: list[int]) -> str:
    pieces: list[list[int]] = []
    for day in days:
        if pieces and pieces[-1][-1] == day - 1:
            pieces[-1].append(day)
        else:
            pieces.append([day])
    return ",".join(
        _CODES[piece[0]] if len(piece) == 1 else f"{_CODES[piece[0]]}-{_CODES[piece[-1]]}" for piece in pieces
    )


def _date_runs(dated: dict[date, Spans]) -> list[tuple[date, date]]:
    runs: list[tuple[date, date]] = []
    for day in sorted(dated):
        previous = runs[-1] if runs else None
        if previous and previous[1] + timedelta(days=1) == day and dated[previous[0]] == dated[day]:
            runs[-1] = (previous[0], day)
        else:
            runs.append((day, day))
    return runs
