"""A sign-up for a mother, question by question, so that a test can stop at any of them."""

from __future__ import annotations

from dataclasses import dataclass

from tests.support.product import Person


@dataclass(frozen=True)
class Step:
    """One question: its linkId, words it is known by, and an answer."""

    question: str
    asked: str
    answer: str


STEPS = {
    "en": (
        Step("for_whom", "for you", "my mom"),
        Step("caller_name", "your own name", "Ana Lopez"),
        Step("patient_name", "name of the person", "Rosa Canaria Lopez"),
        Step("matters_most", "matters most", "to see her garden again"),
        Step("needs", "support", "body and practical"),
        Step("zip", "zip", "60614"),
        Step("phone", "phone", "312-555-0188"),
        Step("best_time", "time", "weekday mornings"),
        Step("consent", "keep", "yes"),
        Step("read_back", "right", "yes"),
    ),
    "es": (
        Step("for_whom", "para usted", "mi mamá"),
        Step("caller_name", "cómo se llama usted", "Ana López"),
        Step("patient_name", "la persona a quien usted cuida", "Rosa Canaria López"),
        Step("matters_most", "más importante", "ver su jardín otra vez"),
        Step("needs", "apoyo", "cuerpo y cosas prácticas"),
        Step("zip", "postal", "60614"),
        Step("phone", "número de teléfono", "312-555-0188"),
        Step("best_time", "buena hora", "por la mañana"),
        Step("consent", "guardar", "sí"),
        Step("read_back", "bien", "sí"),
    ),
}
BEGIN = {"en": "I want to sign up", "es": "quiero inscribirme"}


def go_to(person: Person, question: str, locale: str = "en") -> str:
    """Answer until a question is open; what was said last."""
    heard = person.say(BEGIN[locale])
    for step in STEPS[locale]:
        if step.question == question:
            return heard
        heard = person.say(step.answer)
    raise LookupError(question)


def asked_at(question: str, locale: str = "en") -> str:
    """Words of a question, by which a reply is known to ask it."""
    return next(step.asked for step in STEPS[locale] if step.question == question)
