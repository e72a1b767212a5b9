"""The first words of a conversation; they come from the service, so that they are there even when the engine is not."""

from __future__ import annotations

from bot import words
from bot.conversation.messages import Choice, Draft
from bot.program import get_program

FIRST_CHOICES = ("choice_sign_up", "choice_learn", "choice_team", "choice_person")


def first_choices(locale: str) -> tuple[Choice, ...]:
    """What a person can do first."""
    titles = [words.text(word_id, locale) for word_id in FIRST_CHOICES]
    return tuple(Choice(title=title, value=title) for title in titles)


def web_greeting(locale: str) -> list[Draft]:
    """Who we are (a computer, not a person), emergencies, and a first question with choices."""
    facts = get_program().facts(locale)
    return [
        Draft(words.text("greeting", locale, **facts)),
        Draft(words.text("greeting_question", locale), choices=first_choices(locale)),
    ]


def sms_greeting(locale: str) -> list[Draft]:
    """The first text: program name, disclosure, emergency, HELP and STOP."""
    program = get_program()
    facts = program.facts(locale) | {"program": program.short_name}
    return [Draft(words.text("greeting_sms", locale, **facts))]
