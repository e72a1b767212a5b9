"""Consents as they are given, refused and taken back in the conversation."""

from __future__ import annotations

import re

from bot.enrollment.answers.plain import fold
from bot.enrollment.position import Answers, Heard
from bot.enrollment.questionnaire import Item, Questionnaire
from bot.enrollment.record import Consented

# "Who else may we talk to?" answered with nobody.
_NOBODY = re.compile(
    r"(?:no|nope|nobody|no one|none|not anyone|just me|only me|me only|no thanks|nadie|con nadie|a nadie|ningun[oa]"
    r"|solo yo|solo conmigo|no gracias)[ .!]*(?:else|mas|please|por favor)?"
)


def given_in(asked: Questionnaire, heard: Heard) -> list[Consented]:
    """The consents that a message gave or refused, with who gave them and in what role (claimed, not verified)."""
    return [
        _consented(asked, asked.item(link_id), heard)
        for link_id in heard.recorded
        if asked.has(link_id) and asked.item(link_id).scope
    ]


def _consented(asked: Questionnaire, item: Item, heard: Heard) -> Consented:
    value = heard.recorded[item.link_id]
    detail = ""
    given = value is True
    if isinstance(value, str):
        given = not _NOBODY.fullmatch(fold(value))
        detail = value if given else ""
    return Consented(
        scope=str(item.scope),
        given=given,
        given_by=heard.party,
        wording_version=f"{asked.id}/{asked.version}/{item.link_id}",
        role=role(heard.position.answers),
        name=name(heard.position.answers),
        detail=detail,
        locale=heard.locale,
    )


def role(answers: Answers) -> str:
    """In what role somebody speaks: `patient`, or what a proxy claims (`agent`, `guardian`, `none`, `not_sure`)."""
    if answers.get("for_whom") != "other":
        return "patient"
    return str(answers.get("authority") or "not_asked")


def name(answers: Answers) -> str:
    """The name of who speaks, empty when it was not given."""
    return str(answers.get("caller_name" if answers.get("for_whom") == "other" else "patient_name") or "")
