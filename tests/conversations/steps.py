"""A sign-up for a mother, question by question, so that a test can stop at any of them."""

from __future__ import annotations

from tests.support.intake_walk import MOM_EN, MOM_ES, MOST_TURNS, answer_to, open_question
from tests.support.product import Person

# Some of the questions, from the first to the last, and words that each is known by.
ASKED = {
    "en": {
        "for_whom": "for you",
        "caller_name": "your own name",
        "patient_name": "name of the person",
        "matters_most": "matters most",
        "needs": "support",
        "date_of_birth": "date of birth",
        "zip": "zip",
        "phone": "phone",
        "best_time": "time",
        "consent": "keep",
        "read_back": "right",
    },
    "es": {
        "for_whom": "para usted",
        "caller_name": "cómo se llama usted",
        "patient_name": "la persona a quien usted cuida",
        "matters_most": "más importante",
        "needs": "apoyo",
        "date_of_birth": "fecha de nacimiento",
        "zip": "postal",
        "phone": "número de teléfono",
        "best_time": "buena hora",
        "consent": "guardar",
        "read_back": "bien",
    },
}
ANSWERS = {
    "en": MOM_EN
    | {"patient_name": "Rosa Canaria Lopez", "matters_most": "to see her garden again", "zip": "60614"},
    "es": MOM_ES
    | {"patient_name": "Rosa Canaria López", "matters_most": "ver su jardín otra vez", "zip": "60614"},
}
BEGIN = {"en": "I want to sign up", "es": "quiero inscribirme"}


def go_to(person: Person, question: str, locale: str = "en") -> str:
    """Answer until a question is open; what was said last."""
    heard = person.say(BEGIN[locale])
    for _ in range(MOST_TURNS):
        here = open_question(heard)
        if here == question:
            return heard
        assert here is not None, f"{question} was never asked, then {heard!r}"
        heard = person.say(answer_to(here, ANSWERS[locale], locale))
    raise LookupError(question)


def asked_at(question: str, locale: str = "en") -> str:
    """Words of a question, by which a reply is known to ask it."""
    return ASKED[locale][question]
