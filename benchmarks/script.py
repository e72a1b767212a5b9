"""What the talkers say, the same words to both systems, and what must come of it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Line:
    """One message; `expect` must be part of the reply, whatever its case (empty: any reply will do)."""

    say: str
    expect: str = ""


# A whole intake with one question in the middle of it.
WHOLE_INTAKE = (
    Line("I want to sign up", "who is this care for"),
    Line("for someone I care for", "your own name"),
    Line("Ana Lopez", "name of the person you care for"),
    Line("Rosa Lopez", "how are you related"),
    Line("she is my mother", "what matters most"),
    Line("what does the nurse do?", "nurse"),
    Line("to stay at home with her dog and her garden", "what kind of support"),
    Line("body and practical", "zip code"),
    Line("60614", "phone number"),
    Line("312 555 0188", "good time to call"),
    Line("weekday mornings", "may we keep"),
    Line("yes", "did i get it right"),
    Line("yes", "thank you"),
)

# The answers that both systems must have kept at the end of it, word for word.
KEPT = {
    "caller_name": "Ana Lopez",
    "patient_name": "Rosa Lopez",
    "matters_most": "to stay at home with her dog and her garden",
    "zip": "60614",
    "phone": "+13125550188",
    "best_time": "weekday mornings",
}

# One conversation that goes on: questions about care while the intake waits for its answer.
_QUESTIONS = (
    Line("what does the nurse do?", "nurse"),
    Line("who is on the team?", "team"),
    Line("what does the chaplain do?", "chaplain"),
    Line("what is palliative care?", "palliative"),
)
_OPENING = (Line("I want to sign up", "who is this care for"), Line("for me", "what is your name"))

# The turns compared, counted from 1: 11 turns from the 4th on, and 11 turns of the same questions at the end.
EARLY = range(4, 15)
SHORTEST_LONG = EARLY.stop - 1 + len(_QUESTIONS)


def long_conversation(turns: int) -> tuple[Line, ...]:
    """A conversation of this many turns."""
    return (*_OPENING, *(_QUESTIONS[turn % len(_QUESTIONS)] for turn in range(turns - len(_OPENING))))


def late(turns: int) -> range:
    """The last turns that hold the same questions in the same order as EARLY."""
    shift = (turns - (EARLY.stop - 1)) // len(_QUESTIONS) * len(_QUESTIONS)
    return range(EARLY.start + shift, EARLY.stop + shift)
