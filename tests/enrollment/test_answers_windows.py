"""Times to call as windows in the person's own time zone."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.enrollment.answers import About, Read, read
from bot.enrollment.answers.windows import pattern_label
from bot.enrollment.answers.zones import zone_for

CHICAGO, NEW_YORK, PHOENIX = (ZoneInfo(f"America/{name}") for name in ("Chicago", "New_York", "Phoenix"))
# A Monday, ten in the morning in Chicago.
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=CHICAGO)


def windows(text: str, zone: ZoneInfo = CHICAGO, now: datetime = NOW, locale: str = "en") -> list[str]:
    reading = read("time", text, (), About(locale, now, zone))
    assert isinstance(reading, Read), reading
    assert reading.value == text
    assert reading.detail["zone"] == zone.key
    return list(reading.detail["windows"])


def test_a_day_and_hour_is_one_interval_with_its_offset() -> None:
    assert windows("tomorrow at 3") == ["2026-11-24T15:00-06:00/2026-11-24T16:00-06:00"]
    assert windows("mañana a las 3", locale="es") == ["2026-11-24T15:00-06:00/2026-11-24T16:00-06:00"]


def test_it_is_tomorrow_where_the_person_lives() -> None:
    late = datetime(2026, 11, 24, 0, 30, tzinfo=NEW_YORK)
    assert windows("tomorrow at 3", NEW_YORK, late) == ["2026-11-25T15:00-05:00/2026-11-25T16:00-05:00"]
    assert windows("tomorrow at 3", CHICAGO, late) == ["2026-11-24T15:00-06:00/2026-11-24T16:00-06:00"]


def test_recurring_hours_are_written_out_for_a_week_without_what_is_past() -> None:
    found = windows("weekday mornings")
    assert found[0] == "2026-11-23T08:00-06:00/2026-11-23T12:00-06:00"
    assert len(found) == 5
    afternoon = NOW.replace(hour=13)
    assert windows("weekday mornings", now=afternoon)[0] == "2026-11-24T08:00-06:00/2026-11-24T12:00-06:00"


def test_summer_time_moves_the_offset() -> None:
    friday = datetime(2027, 3, 12, 9, 0, tzinfo=CHICAGO)
    found = windows("at 10", now=friday)
    assert found[0] == "2027-03-12T10:00-06:00/2027-03-12T11:00-06:00"
    assert found[2] == "2027-03-14T10:00-05:00/2027-03-14T11:00-05:00"


@pytest.mark.parametrize(
    ("zip_code", "phone", "zone"),
    [
        ("85001", "+13125550188", PHOENIX),
        (None, "+12125550188", NEW_YORK),
        ("10001", None, NEW_YORK),
        (None, None, CHICAGO),
        (None, "+18005550142", CHICAGO),
        ("99999", None, CHICAGO),
    ],
)
def test_the_zone_is_that_of_the_zip_or_the_area_code_or_the_program(
    zip_code: str | None, phone: str | None, zone: ZoneInfo
) -> None:
    assert zone_for(zip_code, phone, CHICAGO) == zone


def test_a_pattern_reads_as_words() -> None:
    assert pattern_label("Mo-Fr 08:00-12:00") == {
        "en": "weekdays, 8 AM to 12 PM",
        "es": "de lunes a viernes, 8 AM a 12 PM",
    }
    assert pattern_label("Tu,Th 14:30-17:00; 2026-11-24 08:00-13:00,15:00-21:00") == {
        "en": "Tuesday and Thursday, 2:30 PM to 5 PM; November 24, 2026, 8 AM to 1 PM and 3 PM to 9 PM",
        "es": "martes y jueves, 2:30 PM a 5 PM; 24 de noviembre de 2026, 8 AM a 1 PM y 3 PM a 9 PM",
    }
