"""Someone who answers whatever is asked, so that a question added to a questionnaire breaks no test.

`open_question` finds the linkId of the question in a reply by the questionnaires' own wordings; `answer_to` has an
answer to it, in both roles and languages; `walk` goes on until nothing is asked any more.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Protocol

from bot.channels.sms.rendering import fold
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import MODES, PARTIES, Item, wording
from bot.words import LOCALES

MOST_TURNS = 90
ME_EN: dict[str, str] = {
    "for_whom": "me",
    "patient_name": "Maria Lopez",
    "matters_most": "to sleep in my own bed",
    "needs": "body and practical",
    "illness": "heart failure",
    "daily_help": "some help",
    "sx_pain": "4",
    "sx_breath": "2",
    "lives_with": "my husband",
    "main_helper": "my husband Luis",
    "social_needs": "rides",
    "faith_culture": "I am Catholic",
    "spokesperson": "yes",
    "wishes_written": "no",
    "date_of_birth": "March 4, 1952",
    "plan": "Medicare",
    "member_id": "1EG4 TE5 MK73",
    "zip": "60601",
    "phone": "312 555 0188",
    "best_time": "weekday mornings",
    "contact_by": "call",
    "email": "maria@example.org",
    "interpreter": "no",
    "consent_enroll": "yes",
    "consent_share": "yes",
    "doctor": "Dr. Ruiz",
    "consent_text": "yes",
    "consent_voicemail": "no",
    "consent_family": "my sister Eva",
    "consent": "yes",
    "read_back": "yes",
    "help_body": "yes",
    "help_now": "no",
    "help_mind": "yes",
    "help_daily": "no",
    "help_spirit": "no",
    "caller_name": "Ana Lopez",
    "cg_worn_out": "8",
    "cg_nights": "bad",
    "cg_hardest": "doing it all alone",
    "cg_help": "a break",
}
MOM_EN: dict[str, str] = ME_EN | {
    "for_whom": "my mom",
    "caller_name": "Ana Lopez",
    "patient_name": "Rosa Lopez",
    "relation": "daughter",
    "authority": "I have power of attorney",
    "patient_knows": "yes",
    "matters_most": "that she is not in pain",
    "needs": "body",
    "lives_with": "alone",
    "main_helper": "I do",
    "best_time": "after 3",
}
ME_ES: dict[str, str] = ME_EN | {
    "for_whom": "para mí",
    "patient_name": "María López",
    "matters_most": "dormir en mi cama",
    "needs": "cuerpo y cosas prácticas",
    "illness": "insuficiencia del corazón",
    "daily_help": "algo de ayuda",
    "lives_with": "mi esposo",
    "main_helper": "mi esposo Luis",
    "social_needs": "transporte",
    "faith_culture": "soy católica",
    "spokesperson": "sí",
    "date_of_birth": "4 de marzo de 1952",
    "best_time": "por las mañanas",
    "contact_by": "llamada",
    "consent_enroll": "sí",
    "consent_share": "sí",
    "doctor": "la doctora Ruiz",
    "consent_text": "sí",
    "consent_family": "mi hermana Eva",
    "consent": "sí",
    "read_back": "sí",
    "help_body": "sí",
    "help_mind": "sí",
    "cg_nights": "malas",
    "cg_hardest": "hacerlo sin ayuda",
    "cg_help": "un descanso",
}
MOM_ES: dict[str, str] = ME_ES | {
    "for_whom": "para mi mamá",
    "caller_name": "Ana López",
    "patient_name": "Rosa López",
    "relation": "soy su hija",
    "authority": "tengo poder notarial",
    "patient_knows": "sí",
    "matters_most": "que no tenga dolor",
    "lives_with": "sola",
    "main_helper": "yo",
}
BY_ROLE = {("en", "self"): ME_EN, ("en", "other"): MOM_EN, ("es", "self"): ME_ES, ("es", "other"): MOM_ES}


class Talks(Protocol):
    """Whoever can say something and hears all that comes back, as one text."""

    def say(self, text: str) -> str:
        """Say it."""
        ...


@lru_cache(maxsize=1)
def _wordings() -> tuple[tuple[re.Pattern[str], str], ...]:
    found: dict[str, str] = {}
    for asked in get_catalog().all():
        for item in asked.items:
            for locale in LOCALES:
                for party in PARTIES:
                    for mode in MODES:
                        if mode != "why":
                            asking = wording(item, mode, party, locale)
                            # As it is said in the chat, and in the letters of a text message.
                            found.setdefault(asking, item.link_id)
                            found.setdefault(fold(asking), item.link_id)
    patterns = {re.sub(r"\\\{\w+\\\}", r"[^\\n]+?", re.escape(text)): name for text, name in found.items()}
    # Between words a text message may have a line break where the chat has a space.
    return tuple((re.compile(text.replace(r"\ ", r"\s+")), name) for text, name in patterns.items())


def open_question(reply: str) -> str | None:
    """The linkId of the last question in a reply; `confirm` when something was asked back; None when none is open."""
    asked = [
        (match.start(), name) for pattern, name in _wordings() if (match := _last(pattern, reply)) is not None
    ]
    if asked:
        return max(asked)[1]
    return "confirm" if re.search(r"I want to be sure|Quiero estar segur", reply) else None


def _last(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    return max(pattern.finditer(text), key=lambda match: match.start(), default=None)


def answer_to(
    link_id: str, answers: Mapping[str, str] = ME_EN, locale: str = "en", item: Item | None = None
) -> str:
    """An answer to a question; one that nobody has prepared gets its first choice, a yes, or a few words."""
    if link_id in answers:
        return answers[link_id]
    asked = item or get_catalog().item(link_id)
    if asked is None or asked.type == "boolean" or link_id == "confirm":
        return {"en": "yes", "es": "sí"}[locale]
    if asked.options:
        return asked.options[0].display[locale]
    return {"en": "sitting in my garden in the sun", "es": "sentarme en mi jardín al sol"}[locale]


def walk(
    person: Talks,
    reply: str,
    answers: Mapping[str, str] = ME_EN,
    locale: str = "en",
    until: str | None = None,
) -> list[str]:
    """Answer what is asked from `reply` on, until nothing is, or until the question `until` is.

    Returns:
        the linkIds in the order they were asked (`confirm` for a value asked back).
    """
    asked: list[str] = []
    while (link_id := open_question(reply)) is not None and link_id != until:
        asked.append(link_id)
        assert len(asked) < MOST_TURNS, asked
        reply = person.say(answer_to(link_id, answers, locale))
    assert until is None or link_id == until, f"{until} was never asked: {asked}, then {reply!r}"
    return asked
