"""What a record says about itself: how complete it is, where they live, who else it may be. For staff only."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Row, or_, select, update

from bot.enrollment.answers import AnswerValue
from bot.enrollment.answers.plain import fold
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import READ_BACK
from bot.enrollment.tables import enrollment
from bot.program import get_program
from bot.records.crypto import get_keyring

IN, OUT, UNKNOWN = "in", "out", "unknown"


def assess(
    connection: Connection, enrollment_id: str, record: str, answers: Mapping[str, AnswerValue]
) -> None:
    """Write down what the answers say about the record as a whole."""
    values: dict[str, Any] = {
        "completeness": completeness(record, answers),
        "authority": _text(answers, "authority"),
        "service_area": service_area(answers.get("zip")),
    } | hashes(answers)
    connection.execute(update(enrollment).where(enrollment.c.id == enrollment_id).values(**values))


def hashes(answers: Mapping[str, AnswerValue]) -> dict[str, str | None]:
    """The columns by which records of the same person are found."""
    return {"phone_hash": _hash(answers, "phone"), "birth_hash": _hash(answers, "date_of_birth")}


def completeness(record: str, answers: Mapping[str, AnswerValue]) -> int:
    """Percent of the questions that apply, given the answers, that are answered."""
    asked = next((asked for asked in get_catalog().of_record(record) if asked.id == record), None)
    if asked is None:
        return 0
    applies = [item.link_id for item in asked.walk(answers) if item.link_id != READ_BACK]
    return round(100 * sum(link_id in answers for link_id in applies) / len(applies)) if applies else 0


def service_area(zip_code: AnswerValue | None) -> str:
    """`in`, `out` or `unknown`: a coordinator decides, and nobody who writes is told."""
    served = get_program().serves(str(zip_code)) if zip_code else None
    return UNKNOWN if served is None else IN if served else OUT


def _text(answers: Mapping[str, AnswerValue], link_id: str) -> str | None:
    value = answers.get(link_id)
    return str(value) if value else None


def _hash(answers: Mapping[str, AnswerValue], link_id: str) -> str | None:
    """A keyed hash of the patient's name (its words in any order, any case) with another answer."""
    name, other = _text(answers, "patient_name"), _text(answers, link_id)
    if not name or not other:
        return None
    words = " ".join(sorted(re.findall(r"\w+", fold(name))))
    return get_keyring().lookup(f"enrollment.{link_id}", f"{words}|{fold(other)}")


def probable_duplicates(connection: Connection, row: Row[Any]) -> list[str]:
    """Ids of other conversations' enrollments that are probably about the same person, oldest first."""
    alike = []
    if row.phone_hash:
        alike.append(enrollment.c.phone_hash == row.phone_hash)
    if row.birth_hash:
        alike.append(enrollment.c.birth_hash == row.birth_hash)
    if not alike:
        return []
    found = (
        select(enrollment.c.id)
        .where(
            or_(*alike),
            enrollment.c.conversation_id != row.conversation_id,
            enrollment.c.questionnaire == row.questionnaire,
        )
        .order_by(enrollment.c.created_at)
    )
    return list(connection.execute(found).scalars())
