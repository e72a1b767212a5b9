"""The enrollment record: answers as they come, the state with its history, and the consents.

Everything here is idempotent, keyed by conversation and message or question: an action may run again after a crash.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation.tables import conversation
from bot.enrollment.tables import answer, consent, enrollment, enrollment_event
from bot.handoff.tickets import QUEUE
from bot.records.crypto import get_keyring
from bot.records.database import now
from bot.records.statements import announce, insert_or_ignore

STARTED, PARTIAL, SUBMITTED = "started", "partial", "submitted"
ACCEPTED, ACTIVE, DECLINED, WITHDRAWN = "accepted", "active", "declined", "withdrawn"

# What may follow what; anything else is refused.
TRANSITIONS: dict[str, frozenset[str]] = {
    STARTED: frozenset({PARTIAL, SUBMITTED, WITHDRAWN}),
    PARTIAL: frozenset({SUBMITTED, ACCEPTED, DECLINED, WITHDRAWN}),
    SUBMITTED: frozenset({ACCEPTED, DECLINED, WITHDRAWN}),
    ACCEPTED: frozenset({ACTIVE, DECLINED, WITHDRAWN}),
    ACTIVE: frozenset({WITHDRAWN}),
    DECLINED: frozenset({ACCEPTED}),
    WITHDRAWN: frozenset({STARTED}),
}

# States in which the program has it, and its health record server may.
HANDED_IN = frozenset({SUBMITTED, ACCEPTED, ACTIVE, DECLINED})


class NoEnrollment(LookupError):
    """There is no such enrollment."""


class TransitionRefused(ValueError):
    """An enrollment cannot go from its state to the wanted one."""


@dataclass(frozen=True)
class Consented:
    """A consent as it was given or refused in the conversation."""

    scope: str
    given: bool
    given_by: str
    wording_version: str


@dataclass(frozen=True)
class Enrollment:
    """An enrollment with its answers opened: link id -> {value, label}."""

    id: str
    conversation_id: str
    questionnaire: str
    state: str
    locale: str
    answers: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None


def _ensure(connection: Connection, conversation_id: str, questionnaire: str) -> Row[Any]:
    moment = now()
    locale = connection.execute(
        select(conversation.c.locale).where(conversation.c.id == conversation_id)
    ).scalar_one()
    enrollment_id = str(uuid.uuid4())
    started = insert_or_ignore(
        connection,
        enrollment,
        id=enrollment_id,
        conversation_id=conversation_id,
        questionnaire=questionnaire,
        state=STARTED,
        locale=locale,
        created_at=moment,
        updated_at=moment,
    )
    if started:
        _event(connection, enrollment_id, "assistant", None, STARTED, None)
        announce(connection, QUEUE)
    return connection.execute(
        select(enrollment).where(
            enrollment.c.conversation_id == conversation_id, enrollment.c.questionnaire == questionnaire
        )
    ).one()


def _event(
    connection: Connection,
    enrollment_id: str,
    actor: str,
    before: str | None,
    after: str,
    message_id: str | None,
) -> None:
    connection.execute(
        insert(enrollment_event).values(
            enrollment_id=enrollment_id,
            at=now(),
            actor=actor,
            from_state=before,
            to_state=after,
            message_id=message_id,
        )
    )


def save_answers(
    connection: Connection,
    conversation_id: str,
    questionnaire: str,
    message_id: str,
    answers: Mapping[str, Any],
) -> str:
    """Store answers by link id; None takes an answer back. Returns the enrollment's id.

    Args:
        answers: link id -> JSON value of the answer (with its label), or None.
        message_id: the message the answers were said in.
    """
    row = _ensure(connection, conversation_id, questionnaire)
    module = postgresql if connection.dialect.name == "postgresql" else sqlite
    moment, kept = now(), _kept(connection, row.id)
    for link_id, value in answers.items():
        if value is not None and kept.get(link_id) == value:
            # Said before: the message in which it was first said stays its source.
            continue
        here = (answer.c.enrollment_id == row.id) & (answer.c.link_id == link_id)
        if value is None:
            connection.execute(delete(answer).where(here))
            continue
        # The row id is a function of its place: a second run seals for the same row.
        answer_id = str(uuid.uuid5(uuid.UUID(row.id), link_id))
        sealed = get_keyring().seal_json("enrollment_answer.value", answer_id, value)
        statement = module.insert(answer).values(
            id=answer_id,
            enrollment_id=row.id,
            link_id=link_id,
            value=sealed,
            message_id=message_id,
            answered_at=moment,
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["enrollment_id", "link_id"],
                set_={"value": sealed, "message_id": message_id, "answered_at": moment},
            )
        )
    connection.execute(update(enrollment).where(enrollment.c.id == row.id).values(updated_at=moment))
    _pass_on(connection, row, message_id)
    return str(row.id)


def _kept(connection: Connection, enrollment_id: str) -> dict[str, Any]:
    """The answers of a record by linkId, opened."""
    found = (
        select(answer)
        .where(answer.c.enrollment_id == enrollment_id)
        .order_by(answer.c.answered_at, answer.c.link_id)
    )
    return {
        row.link_id: get_keyring().open_json("enrollment_answer.value", row.id, row.value)
        for row in connection.execute(found)
    }


def record_consent(
    connection: Connection, conversation_id: str, questionnaire: str, message_id: str, given: Consented
) -> None:
    """Keep a consent or its refusal with wording version, language, time, channel and who gave it."""
    row = _ensure(connection, conversation_id, questionnaire)
    talk = connection.execute(select(conversation).where(conversation.c.id == conversation_id)).one()
    insert_or_ignore(
        connection,
        consent,
        id=str(uuid.uuid4()),
        enrollment_id=row.id,
        scope=given.scope,
        given="yes" if given.given else "no",
        given_by=given.given_by,
        wording_version=given.wording_version,
        locale=talk.locale,
        channel=talk.channel,
        message_id=message_id,
        at=now(),
    )
    _pass_on(connection, row, message_id)


def _pass_on(connection: Connection, row: Row[Any], why: str) -> None:
    """Tell the program's health record server, when there is one, of a change to what was handed in."""
    from bot.integration import push  # it reads what is recorded here

    if row.state in HANDED_IN:
        push.changed(connection, row.conversation_id, row.id, why)


def move(
    connection: Connection, enrollment_id: str, state: str, actor: str, message_id: str | None = None
) -> bool:
    """Change an enrollment's state, with history; False when it is in that state already.

    Raises:
        NoEnrollment: no such enrollment.
        TransitionRefused: that state cannot follow.
    """
    row = connection.execute(select(enrollment).where(enrollment.c.id == enrollment_id)).one_or_none()
    if row is None:
        raise NoEnrollment(enrollment_id)
    if row.state == state:
        return False
    if state not in TRANSITIONS[row.state]:
        raise TransitionRefused(f"{row.state} -> {state}")
    moment = now()
    values: dict[str, Any] = {"state": state, "updated_at": moment}
    if state == SUBMITTED:
        values["submitted_at"] = moment
    changed = connection.execute(
        update(enrollment)
        .where(enrollment.c.id == enrollment_id, enrollment.c.state == row.state)
        .values(**values)
    ).rowcount
    if changed:
        _event(connection, enrollment_id, actor, row.state, state, message_id)
        announce(connection, QUEUE)
        # What was handed in before is passed on when it is withdrawn, what is handed in now at once.
        after = connection.execute(select(enrollment).where(enrollment.c.id == enrollment_id)).one()
        _pass_on(
            connection, after if state in HANDED_IN else row, message_id or f"{state}/{moment.isoformat()}"
        )
    return bool(changed)


def submit(connection: Connection, conversation_id: str, questionnaire: str, message_id: str) -> str:
    """The person confirmed: the enrollment goes to the coordinators. Once; returns its id."""
    row = _ensure(connection, conversation_id, questionnaire)
    if row.state in (STARTED, PARTIAL):
        move(connection, row.id, SUBMITTED, "assistant", message_id)
    return str(row.id)


def _opened(connection: Connection, row: Row[Any]) -> Enrollment:
    answers = _kept(connection, row.id)
    return Enrollment(
        row.id,
        row.conversation_id,
        row.questionnaire,
        row.state,
        row.locale,
        answers,
        row.created_at,
        row.updated_at,
        row.submitted_at,
    )


def get(connection: Connection, enrollment_id: str) -> Enrollment:
    """One enrollment, opened. The caller audits the read. Raises NoEnrollment."""
    row = connection.execute(select(enrollment).where(enrollment.c.id == enrollment_id)).one_or_none()
    if row is None:
        raise NoEnrollment(enrollment_id)
    return _opened(connection, row)


def of_conversation(connection: Connection, conversation_id: str) -> list[Enrollment]:
    """The enrollments of a conversation, newest first."""
    found = (
        select(enrollment)
        .where(enrollment.c.conversation_id == conversation_id)
        .order_by(enrollment.c.created_at.desc())
    )
    return [_opened(connection, row) for row in connection.execute(found)]


def all_of(connection: Connection, state: str | None = None) -> list[Enrollment]:
    """Every enrollment, oldest first, in one state or in all."""
    found = select(enrollment).order_by(enrollment.c.created_at)
    if state:
        found = found.where(enrollment.c.state == state)
    return [_opened(connection, row) for row in connection.execute(found)]


def history(connection: Connection, enrollment_id: str) -> list[Row[Any]]:
    """How the state changed, oldest first."""
    found = select(enrollment_event).where(enrollment_event.c.enrollment_id == enrollment_id)
    return list(connection.execute(found.order_by(enrollment_event.c.id)))


def consents(connection: Connection, enrollment_id: str) -> list[Row[Any]]:
    """Consents given and refused, oldest first."""
    return list(
        connection.execute(
            select(consent).where(consent.c.enrollment_id == enrollment_id).order_by(consent.c.at)
        )
    )
