"""Zip codes and phone numbers, written and spoken."""

from __future__ import annotations

import pytest

from bot.enrollment.answers import NotRead, Read, read
from bot.enrollment.answers.numbers import spoken_digits


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("60601", "60601"),
        ("60601-1234", "60601"),
        ("it's 60601", "60601"),
        ("zip is 60601 thanks", "60601"),
        ("my zip code is 60614.", "60614"),
        ("six oh six oh one", "60601"),
        ("six zero six one four", "60614"),
        ("6 0 6 0 1", "60601"),
        ("sixty six oh one", None),
        ("seis cero seis cero uno", "60601"),
        ("es el 60601", "60601"),
        ("código postal 60601", "60601"),
        ("00501", "00501"),
        ("60601, what does the nurse do?", "60601"),
        ("60601 60601", "60601"),
        ("Chicago, IL 60601", "60601"),
    ],
)
def test_zips(text: str, value: str | None) -> None:
    reading = read("zip", text)
    assert (reading.value if isinstance(reading, Read) else None) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("6060", "short"),
        ("606011", "long"),
        ("3125550188", "phone"),
        ("99999", "not_a_zip"),
        ("00000", "not_a_zip"),
        ("Chicago", "city"),
        ("by the lake", "unclear"),
        ("", "wordless"),
        ("👍", "wordless"),
    ],
)
def test_what_is_no_zip(text: str, reason: str) -> None:
    assert read("zip", text) == NotRead(reason)


def test_of_two_numbers_the_last_is_the_zip_and_asked_back() -> None:
    reading = read("zip", "12345 Oak St, 60601")
    assert isinstance(reading, Read)
    assert (reading.value, reading.sure) == ("60601", False)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("312 555 0188", "+13125550188"),
        ("(312) 555-0188", "+13125550188"),
        ("312.555.0188", "+13125550188"),
        ("3125550188", "+13125550188"),
        ("1 312 555 0188", "+13125550188"),
        ("+1 (312) 555-0188", "+13125550188"),
        ("call me at 312-555-0188 please", "+13125550188"),
        ("my number is 3125550188.", "+13125550188"),
        ("is 312 555 0188 ok?", "+13125550188"),
        ("three one two five five five oh one eight eight", "+13125550188"),
        ("three one two, five five five, zero one eight eight", "+13125550188"),
        ("three one two triple five oh one double eight", "+13125550188"),
        ("tres uno dos cinco cinco cinco cero uno ocho ocho", "+13125550188"),
        ("tres doce cincuenta y cinco cincuenta y uno ochenta y ocho", None),
        ("es el 312 555 0188, gracias", "+13125550188"),
        ("mi celular es 773-555-0123", "+17735550123"),
        ("787 555 0188", "+17875550188"),
        ("800 555 0142", "+18005550142"),
    ],
)
def test_phones(text: str, value: str | None) -> None:
    reading = read("phone", text)
    assert (reading.value if isinstance(reading, Read) else None) == value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("+52 55 1234 5678", "foreign"),
        ("011 52 55 1234 5678", "foreign"),
        ("+44 20 7946 0958", "foreign"),
        ("416 555 0188", "foreign"),
        ("555 0188", "no_area_code"),
        ("312 555 018", "short"),
        ("1234567890", "not_a_phone"),
        ("31255501888888", "long"),
        ("ana@example.org", "email"),
        ("I have no phone", "none"),
        ("no tengo teléfono", "none"),
        ("Rosa", "unclear"),
        ("60601", "short"),
        ("🙂", "wordless"),
    ],
)
def test_what_is_no_phone(text: str, reason: str) -> None:
    assert read("phone", text) == NotRead(reason)


def test_a_second_number_and_an_extension_are_noted() -> None:
    for text in ("312 555 0188 or 773 555 0123", "312 555 0188 ext 12"):
        reading = read("phone", text)
        assert isinstance(reading, Read)
        assert reading.value == "+13125550188"
        assert reading.note == text


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("six oh six", "606"),
        ("fifty five twelve", "5512"),
        ("cincuenta y cinco doce", "5512"),
        ("veintidos", "22"),
        ("no one called", "no 1 called"),
        ("tres o cuatro", "304"),
    ],
)
def test_spoken_digits(text: str, digits: str) -> None:
    assert spoken_digits(text) == digits
