"""Consents as they are given, refused and taken back in the conversation."""

from __future__ import annotations

import re

from bot.enrollment.answers import Read
from bot.enrollment.answers.kin import ANY_KIN
from bot.enrollment.answers.plain import fold
from bot.enrollment.answers.yes_no import read_yes_no
from bot.enrollment.position import Answers, Heard
from bot.enrollment.questionnaire import Item, Questionnaire
from bot.enrollment.record import Consented

# "Who else may we talk to?" answered with nobody.
_NO_MORE = (
    r"(?:no+|nope|nah|naw|nel|nuh uh|not really|nobody|no one|noone|none|nothing|not anyone|no thanks|no thank you"
    r"|nadie|con nadie|a nadie|ningun[oa]|nada|no gracias|(?:just|only|just with|only with) me|me only"
    r"|(?:solo|nomas) (?:yo|conmigo|a mi)|else|mas|please|por favor|thanks|thank you|gracias|for now|right now"
    r"|por ahora|ahorita|i guess|creo|pues|well|bueno|that i know of|que yo sepa|de momento)"
)
_NOBODY = re.compile(rf"{_NO_MORE}(?:[ ,.!;]+{_NO_MORE})*[ .!]*")
# "I don't want my sister to know", "no le digan a nadie".
_FORBIDS = re.compile(
    r"\b(?:don'?t|do not|dont|never|no|not)\s+(?:(?:i|want|need|you|ever|please|to|quiero|le|les|se|lo|a|que)\s+){0,4}"
    r"(?:tell|talk|call|say|share|contact|anyone|anybody|nobody|my|them|him|her|digan?|hablen?|cuenten?|cuente|sepan?"
    r"|llamen?|compartan?|nadie|mi)\b"
)
# "No, only my sister Ana", "nobody but Luis": somebody after all.
_BUT = re.compile(r"\b(?:but|except|only|just|pero|menos|solo|nomas|excepto)\b")
_SOMEBODY = re.compile(rf"\b(?:{ANY_KIN})\b")


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
        given = names_somebody(value)
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


def names_somebody(text: str) -> bool:
    """Whether an answer to "who else may we talk to?" allows anybody; in doubt it does not.

    A no that names nobody is a no, and so is a name with a "don't" before it.
    """
    folded = fold(text)
    if _NOBODY.fullmatch(folded):
        return False
    if _FORBIDS.search(folded) and not _BUT.search(folded):
        return False
    reading = read_yes_no(text)
    if not isinstance(reading, Read) or reading.value is True:
        return True
    named = any(word[0].isupper() for word in text.split()[1:] if word not in ("I", "I'd", "I'm"))
    return named or bool(_SOMEBODY.search(folded))


def role(answers: Answers) -> str:
    """In what role somebody speaks: `patient`, or what a proxy claims (`agent`, `guardian`, `none`, `not_sure`)."""
    if answers.get("for_whom") != "other":
        return "patient"
    return str(answers.get("authority") or "not_asked")


def name(answers: Answers) -> str:
    """The name of who speaks, empty when it was not given."""
    return str(answers.get("caller_name" if answers.get("for_whom") == "other" else "patient_name") or "")
