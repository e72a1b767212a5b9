"""What people type ends in the words they mean."""

from __future__ import annotations

import pytest

from bot.safety.folding import fold


@pytest.mark.parametrize(
    "typed",
    [
        "I want to die",
        "I WANT TO DIE",
        "  i   want\tto  die ",
        "I w\u200ba\u200bnt to d\u200bi\u200be",
        "I wаnt tо dіе",  # Cyrillic a, o, i, e
        "Ι ωαnt tο dιε",  # Greek
        "Ｉ　ｗａｎｔ　ｔｏ　ｄｉｅ",
        "𝓘 𝔀𝓪𝓷𝓽 𝓽𝓸 𝓭𝓲𝓮",
        "ⓘ ⓦⓐⓝⓣ ⓣⓞ ⓓⓘⓔ",
        "i wanna diiiiie",
        "I want to d1e",
        "i want to d!e",
        "I want to d*e",
        "i wnat to dei",
        "I want to d.i.e",
        "I want to d i e",
    ],
)
def test_a_disguise_is_seen_through(typed: str) -> None:
    assert fold(typed) == " i wanna die "


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("k i l l  m y s e l f", " kill myself "),
        ("s-u-i-c-i-d-e", " suicide "),
        ("su1c!d3", " suicide "),
        ("s**cide", " suicide "),
        ("un-alive", " unalive "),
        ("She’s not breathing", " shes not breathing "),
        ("i dont wanna be here any more", " i dont wanna be here anymore "),
        ("I do not want to live", " i dont wanna live "),
        ("suicidl overdsoe", " suicidal overdose "),
        ("kiero morirme x favor", " quiero morirme por favor "),
        ("me quiero morír", " me quiero morir "),
        ("💊💀", " emopill emoskull "),
        ("", "  "),
        ("...!!!", " . "),
        ("ok. fine", " ok . fine "),
        ("he said 'no'", " he said no "),
        ("I'll take them", " i will take them "),
    ],
)
def test_spelling_and_signs(typed: str, plain: str) -> None:
    assert fold(typed) == plain


@pytest.mark.parametrize(
    "ordinary",
    [
        "call 312-555-0123",
        "my zip is 60601",
        "a diet of rice",
        "healing and clothing",
        "mother-in-law",
        "3/4 cup",
        "N/A",
    ],
)
def test_ordinary_words_do_not_become_dangerous(ordinary: str) -> None:
    assert not {"die", "kill", "suicide", "dying", "choking"} & set(fold(ordinary).split())


def test_a_long_text_is_bounded() -> None:
    assert len(fold("a b " * 100_000)) < 10_000
