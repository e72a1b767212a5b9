"""Reading the answer to the one plain question: only a clear no is a no."""

from __future__ import annotations

import pytest

from bot.safety.wish import Answer, read

NO = (
    "no", "No.", "not really", "nah just tired", "no, la verdad no", "No, I don't want to die", "no im ok",
    "I'm not suicidal, just tired", "claro que no", "No, why would you ask me that?", "nunca lo haría", "👎",
    "No I am just so tired of this", "no thank you", "no no estoy pensando en eso, solo estoy cansada",
    "no, solo cansada", "para nada", "no way, I love my family", "No, I have grandkids to see",
    "i dont want to kill myself", "I would never do that", "Oh no, nothing like that", "no, no quiero morirme",
    "Dios mío, no", "No no no", "no, I want to live", "of course not!", "no señora, es que estoy cansada",
)  # fmt: skip
UNSURE = (
    "no sé", "No lo sé", "not yet", "not today", "no but sometimes", "i dont know", "I'm not sure", "maybe",
    "no, but i don't want to go on", "No, I don't want to live", "no todavia no", "a veces", "some days",
)  # fmt: skip
YES = (
    "yes",
    "Sí",
    "si",
    "i am",
    "👍",
    "i do",
    "yes but not really",
    "Si, todos los dias",
    "every night",
    "claro",
)
WHY = ("why do you ask", "¿por qué me pregunta eso?", "por que pregunta", "why?")
OTHER = (
    "my daughter comes at 5", "what?", "I don't want to talk about it", "I just want it to be over", "nobody cares",
    "never mind", "I am tired", "no quiero seguir", "no way out", "no sirvo para nada", "no one would care",
    "no puedo mas", "no hope left", "who is on the team?", "?", "...", "zip 60601",
)  # fmt: skip


@pytest.mark.parametrize("text", NO)
def test_a_clear_no(text: str) -> None:
    assert read(text) is Answer.NO


@pytest.mark.parametrize("text", UNSURE)
def test_a_doubt_is_not_a_no(text: str) -> None:
    assert read(text) is Answer.UNSURE


@pytest.mark.parametrize("text", YES)
def test_a_yes(text: str) -> None:
    assert read(text) is Answer.YES


@pytest.mark.parametrize("text", WHY)
def test_a_question_back(text: str) -> None:
    assert read(text) is Answer.WHY


@pytest.mark.parametrize("text", OTHER)
def test_whatever_is_not_clear_is_asked_again(text: str) -> None:
    assert read(text) is Answer.OTHER
