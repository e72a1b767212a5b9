"""Facts people give before they are asked: "I'm Ana, calling for my mom Rosa, she's in 60601"."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.enrollment.answers.kin import caller_is, for_whom, speaks_of_other
from bot.enrollment.answers.names import name_of_other, own_name
from bot.enrollment.answers.phones import read_phone
from bot.enrollment.answers.plain import fold, is_code
from bot.enrollment.answers.reading import AnswerValue, Read

_ZIP_CUE = re.compile(
    r"\b(?:zip(?: code)?|codigo postal|postal code|in|from|near|at|en|de|cerca de)(?: is| es"
    r"|:)?\s+(\d{5})(?:-\d{4})?\b(?! [a-z]+ (?:st|street|ave|rd|road)\b)"
)
# Five digits and nothing else, where no number was asked for.
_ONLY_ZIP = re.compile(r"(\d{5})(?:-\d{4})?")


@dataclass(frozen=True)
class Volunteered:
    """What a message holds besides its answer. `own_name` is apart: whose it is depends on who it is "
    "for."""

    party: str | None = None
    own_name: str | None = None
    patient_name: str | None = None
    relation: str | None = None
    zip: str | None = None
    phone: str | None = None

    def answers(self) -> dict[str, AnswerValue]:
        """The facts that are answers as they stand, by linkId."""
        pairs = {
            "for_whom": self.party,
            "patient_name": self.patient_name,
            "relation": self.relation,
            "zip": self.zip,
            "phone": self.phone,
        }
        return {link_id: value for link_id, value in pairs.items() if value is not None}


def volunteered(text: str) -> Volunteered:
    """Read the facts in a message that says more than an answer. Only what is beyond doubt."""
    if is_code(text):
        return Volunteered()
    kin = caller_is(text)
    party = for_whom(text) or ("other" if speaks_of_other(text) else None)
    return Volunteered(
        party=party,
        own_name=own_name(text),
        patient_name=name_of_other(text),
        relation=kin.code if kin and kin.sure and party != "me" else None,
        zip=_zip(text),
        phone=_phone(text),
    )


def _zip(text: str) -> str | None:
    match = _ZIP_CUE.search(fold(text)) or _ONLY_ZIP.fullmatch(text.strip(" ."))
    return match.group(1) if match else None


def _phone(text: str) -> str | None:
    if sum(char.isdigit() for char in text) < 10:
        return None
    reading = read_phone(text)
    return str(reading.value) if isinstance(reading, Read) and reading.sure else None
