"""A language with a "no" beside it."""

from __future__ import annotations

import pytest

from bot.language import ENGLISH, INTERPRETER, SPANISH, asked_for


@pytest.mark.parametrize(
    ("text", "label", "wanted"),
    [
        ("in English please", ENGLISH, ENGLISH),
        ("en español por favor", SPANISH, SPANISH),
        ("no english", ENGLISH, SPANISH),
        ("no english, mi papa no habla ingles", ENGLISH, SPANISH),
        ("I don't speak English", ENGLISH, SPANISH),
        ("no hablo inglés", ENGLISH, SPANISH),
        ("no entiendo el inglés", ENGLISH, SPANISH),
        ("I don't understand Spanish", SPANISH, ENGLISH),
        ("no Spanish please, English", SPANISH, ENGLISH),
        ("my dad doesn't speak English", ENGLISH, INTERPRETER),
        ("mi mamá no habla inglés", ENGLISH, INTERPRETER),
        ("she does not speak english at all", ENGLISH, INTERPRETER),
    ],
)
def test_what_is_wanted(text: str, label: str, wanted: str) -> None:
    assert asked_for(text, label) == wanted
