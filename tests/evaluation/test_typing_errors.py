"""Simulated typing errors: the same every time, of the kinds they say, as many as asked for."""

from __future__ import annotations

import pytest

from bot.evaluation.examples import Example, training_examples
from bot.evaluation.options import NLU
from bot.evaluation.typing_errors import NEIGHBORS, TEXT_SPELLINGS, Typist

SENTENCE = "What does the nurse do when you call because my mother cannot sleep tonight"
ORACION = "Qué hace la enfermera cuando también está en el hospital porque mi mamá no duerme"


def _all(word: str, locale: str = "en") -> set[str]:
    """What a hundred people who type badly make of a word."""
    return {Typist(1.0, seed).type(word, locale) for seed in range(100)}


def test_the_same_seed_makes_the_same_errors() -> None:
    once, again = (Typist(0.5, 7).type(SENTENCE, "en") for _ in range(2))
    assert once == again != SENTENCE
    assert Typist(0.5, 8).type(SENTENCE, "en") != once


def test_the_errors_of_a_text_do_not_depend_on_what_was_typed_before() -> None:
    busy = Typist(0.5, 7)
    busy.type(ORACION, "es")
    assert busy.type(SENTENCE, "en") == Typist(0.5, 7).type(SENTENCE, "en")


def test_nobody_makes_errors_at_a_share_of_nothing() -> None:
    typist = Typist(0.0)
    assert typist.type(SENTENCE, "en") == SENTENCE
    assert (typist.words, typist.hit) == (len(SENTENCE.split()), 0)


def test_about_the_share_that_was_asked_for_is_hit() -> None:
    typist = Typist(0.2, 0)
    for example in training_examples(NLU)[:1000]:
        typist.retype(example)
    assert 0.17 < typist.hit / typist.words < 0.22


def test_each_kind_of_error_happens() -> None:
    made = _all("nurse")
    assert {"urse", "nnurse", "unrse", "nyrse"} <= made | _all("nurse", "es")
    assert all(abs(len(word) - 5) <= 1 for word in made)


def test_text_message_spellings_and_lost_accents_are_those_of_the_language() -> None:
    assert "ur" in _all("your")
    assert "ur" not in _all("your", "es")
    assert "q" in _all("que", "es")
    assert "q" not in _all("que", "en")
    assert {"tmb", "tambien"} <= _all("también", "es")
    assert "xq" in _all("porque", "es")


def test_numbers_and_marks_are_left_alone() -> None:
    assert Typist(1.0).type("555 010 1234!? 24/7 :)", "en") == "555 010 1234!? 24/7 :)"


def test_label_and_language_stay() -> None:
    typed = Typist(1.0).retype(Example(SENTENCE, "ask/role_nurse", "en", "test"))
    assert (typed.label, typed.locale, typed.split) == ("ask/role_nurse", "en", "test")
    assert typed.text != SENTENCE


@pytest.mark.parametrize(
    ("letter", "near"), [("q", {"w", "a"}), ("g", {"f", "h", "t", "b"}), ("m", {"n", "j"})]
)
def test_neighbors_are_those_of_the_keyboard(letter: str, near: set[str]) -> None:
    assert set(NEIGHBORS[letter]) == near


def test_every_shortening_is_another_spelling() -> None:
    for words in TEXT_SPELLINGS.values():
        assert all(short != word for word, short in words.items())
