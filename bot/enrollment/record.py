"""The enrollment record: answers as they come, the state with its history, and the consents.

Everything here is idempotent, keyed by conversation and message or question: an action may run again after a crash.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.conversation import timers
from bot.conversation.tables import conversation
from bot.enrollment import hand_in
from bot.enrollment.assessment import assess, hashes, probable_duplicates
from bot.enrollment.catalog import get_catalog
from bot.enrollment.tables import answer, consent, enrollment, enrollment_event
from bot.handoff import tasks
from bot.handoff.tickets import QUEUE, TicketDraft, open_ticket
from bot.page import links
from bot.records import audit
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
    # A person may take back what was declined too: it must not be kept against their will.
    DECLINED: frozenset({ACCEPTED, WITHDRAWN}),
    WITHDRAWN: frozenset({STARTED}),
}

# States in which the program has it, and its health record server may.
HANDED_IN = frozenset({SUBMITTED, ACCEPTED, ACTIVE, DECLINED})


# What a coordinator may decide, and which of it needs a reason that others can read later.
BY_STAFF = (ACCEPTED, ACTIVE, DECLINED, WITHDRAWN)
WITH_REASON = (DECLINED, WITHDRAWN)
GIVEN, REFUSED, TAKEN_BACK = "yes", "no", "revoked"
STORE = "store"


class NoEnrollment(LookupError):
    """There is no such enrollment."""


class TransitionRefused(ValueError):
    """An enrollment cannot go from its state to the wanted one."""


class ReasonNeeded(ValueError):
    """This decision needs a reason."""


@dataclass(frozen=True)
class Consented:
    """A consent as it was given or refused in the conversation.

    `given_by`: `self` or `other`. `role`: patient, or the authority a proxy claims (not verified). `detail`: for the
    scope `family`, who may be told. `locale`: of the wording; empty means the conversation's.
    """

    scope: str
    given: bool
    given_by: str
    wording_version: str
    role: str = ""
    name: str = ""
    detail: str = ""
    locale: str = ""


@dataclass(frozen=True)
class Event:
    """One step of a record's history; `actor` is a staff id, `assistant`, `person` or `system`."""

    at: datetime
    actor: str
    before: str | None
    after: str
    reason: str


@dataclass(frozen=True)
class ConsentView:
    """A consent as kept, opened."""

    scope: str
    given: str
    given_by: str
    role: str
    name: str
    detail: str
    wording_version: str
    locale: str
    channel: str
    at: datetime


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
    completeness: int = 0
    authority: str | None = None
    service_area: str | None = None


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
    reason: str = "",
) -> None:
    place = f"{enrollment_id}:{after}"
    sealed = get_keyring().seal("enrollment_event.reason", place, reason.encode()) if reason else None
    connection.execute(
        insert(enrollment_event).values(
            enrollment_id=enrollment_id,
            at=now(),
            actor=actor,
            from_state=before,
            to_state=after,
            message_id=message_id,
            reason=sealed,
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
    assess(connection, row.id, questionnaire, _values(connection, row.id))
    if row.state in (STARTED, PARTIAL):
        hand_in.wait_for_more(connection, row)
    _pass_on(connection, row, message_id)
    return str(row.id)


def look_up_again(connection: Connection, enrollment_id: str) -> None:
    """Make the hashes of a record anew, with the current key."""
    values = hashes(_values(connection, enrollment_id))
    connection.execute(update(enrollment).where(enrollment.c.id == enrollment_id).values(**values))


def _values(connection: Connection, enrollment_id: str) -> dict[str, Any]:
    """The plain values of a record's answers by linkId."""
    return {link_id: kept["value"] for link_id, kept in _kept(connection, enrollment_id).items()}


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
    answered = GIVEN if given.given else REFUSED
    _consent(connection, conversation_id, row.id, message_id, given, answered)


def _consent(
    connection: Connection,
    conversation_id: str,
    enrollment_id: str,
    message_id: str,
    given: Consented,
    answered: str,
) -> None:
    talk = connection.execute(select(conversation).where(conversation.c.id == conversation_id)).one()
    # The row id is a function of its place: a second run of the same message writes the same row.
    consent_id = str(uuid.uuid5(uuid.UUID(enrollment_id), f"{given.scope}:{message_id}"))
    keyring = get_keyring()
    insert_or_ignore(
        connection,
        consent,
        id=consent_id,
        enrollment_id=enrollment_id,
        scope=given.scope,
        given=answered,
        given_by=given.given_by,
        wording_version=given.wording_version,
        locale=given.locale or talk.locale,
        channel=talk.channel,
        message_id=message_id,
        at=now(),
        role=given.role or None,
        name=keyring.seal("enrollment_consent.name", consent_id, given.name.encode()) if given.name else None,
        detail=keyring.seal("enrollment_consent.detail", consent_id, given.detail.encode())
        if given.detail
        else None,
    )
    here = enrollment.c.id == enrollment_id
    connection.execute(update(enrollment).where(here).values(updated_at=now()))
    row = connection.execute(select(enrollment).where(here)).one()
    _pass_on(connection, row, message_id)


def _pass_on(connection: Connection, row: Row[Any], why: str) -> None:
    """Tell the program's health record server, when there is one, of a change to what was handed in."""
    from bot.integration import push  # it reads what is recorded here

    if row.state in HANDED_IN:
        push.changed(connection, row.conversation_id, row.id, why)


def take_back(
    connection: Connection, conversation_id: str, message_id: str, scopes: Collection[str]
) -> list[str]:
    """The person takes consents back: from now on they are not in force. Empty `scopes` means all.

    Taking back the consent to store empties the record too.

    Returns:
        the scopes that were in force until now.
    """
    taken: list[str] = []
    for item in of_conversation(connection, conversation_id):
        kept = {row.scope: row for row in consents(connection, item.id)}
        for scope, row in kept.items():
            if row.given != GIVEN or (scopes and scope not in scopes):
                continue
            withdrawn = Consented(scope, False, row.given_by, "in own words", row.role, row.name)
            _consent(connection, conversation_id, item.id, message_id, withdrawn, TAKEN_BACK)
            taken.append(scope)
            _correct_answer(connection, item, scope, message_id)
    if not scopes or STORE in scopes:
        empty(connection, conversation_id, message_id)
    return taken


def _correct_answer(connection: Connection, item: Enrollment, scope: str, message_id: str) -> None:
    """What the record says must not differ from what is in force."""
    for question in get_catalog().items_of_record(item.questionnaire):
        if question.scope != scope or question.link_id not in item.answers:
            continue
        value = {"value": False, "label": question.show(False)} if question.type == "boolean" else None
        save_answers(
            connection, item.conversation_id, item.questionnaire, message_id, {question.link_id: value}
        )


def empty(connection: Connection, conversation_id: str, message_id: str) -> None:
    """Consent to store was refused or taken back: the records keep that fact and their history, and no answer."""
    for found in of_conversation(connection, conversation_id):
        nothing: dict[str, Any] = dict.fromkeys(found.answers)
        save_answers(connection, conversation_id, found.questionnaire, message_id, nothing)
        move(connection, found.id, WITHDRAWN, "person", message_id)


def consented_to_store(connection: Connection, conversation_id: str) -> bool:
    """Whether a consent to store is in force in a conversation."""
    found = (
        select(consent.c.given)
        .join(enrollment, enrollment.c.id == consent.c.enrollment_id)
        .where(enrollment.c.conversation_id == conversation_id, consent.c.scope == STORE)
        .order_by(consent.c.at.desc())
        .limit(1)
    )
    return connection.execute(found).scalar_one_or_none() == GIVEN


def move(
    connection: Connection,
    enrollment_id: str,
    state: str,
    actor: str,
    message_id: str | None = None,
    reason: str = "",
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
        _event(connection, enrollment_id, actor, row.state, state, message_id, reason)
        if state != PARTIAL:
            hand_in.wait_no_more(connection, enrollment_id)
        if state in (DECLINED, WITHDRAWN):
            tasks.drop_open(connection, enrollment_id)
        if state == WITHDRAWN:
            links.revoke(connection, row.conversation_id)
        announce(connection, QUEUE)
        # What was handed in before is passed on when it is withdrawn, what is handed in now at once.
        after = connection.execute(select(enrollment).where(enrollment.c.id == enrollment_id)).one()
        _pass_on(
            connection, after if state in HANDED_IN else row, message_id or f"{state}/{moment.isoformat()}"
        )
    return bool(changed)


def decide(connection: Connection, enrollment_id: str, state: str, staff_id: str, reason: str) -> bool:
    """A coordinator accepts, activates, declines or withdraws an enrollment; audited.

    Raises:
        NoEnrollment: no such enrollment.
        TransitionRefused: that state cannot follow, or is not theirs to set.
        ReasonNeeded: declining and withdrawing need one.
    """
    if state not in BY_STAFF:
        raise TransitionRefused(state)
    if state in WITH_REASON and not reason.strip():
        raise ReasonNeeded(state)
    moved = move(connection, enrollment_id, state, staff_id, reason=reason.strip())
    if moved:
        audit.record(connection, staff_id, f"enrollment.{state}", "enrollment", enrollment_id)
    return moved


def submit(connection: Connection, conversation_id: str, questionnaire: str, message_id: str) -> str:
    """The person confirmed: the enrollment goes to the coordinators. Once; returns its id."""
    row = _ensure(connection, conversation_id, questionnaire)
    if row.state in (STARTED, PARTIAL):
        move(connection, row.id, SUBMITTED, "assistant", message_id)
        _hand_in(connection, row.id, partial=False)
    return str(row.id)


def _hand_in(connection: Connection, enrollment_id: str, partial: bool) -> None:
    row = connection.execute(select(enrollment).where(enrollment.c.id == enrollment_id)).one()
    hand_in.route(connection, row, _values(connection, enrollment_id), partial)


def duplicates(connection: Connection, enrollment_id: str) -> list[str]:
    """Ids of enrollments that are probably about the same person; for staff, never for who writes."""
    row = connection.execute(select(enrollment).where(enrollment.c.id == enrollment_id)).one()
    return probable_duplicates(connection, row)


def fell_silent(connection: Connection, due: timers.Timer) -> None:
    """An unfinished record has been silent for long: it goes to the coordinators as it is (timer `hand_in.SILENT`)."""
    row = connection.execute(select(enrollment).where(enrollment.c.id == due.key)).one_or_none()
    if row is None or row.state not in (STARTED, PARTIAL):
        return
    if not _values(connection, row.id):
        return
    if move(connection, row.id, PARTIAL, "system"):
        asked = get_catalog().get(row.questionnaire)
        note = f"{asked.title['en']}: {row.completeness} % answered"
        open_ticket(connection, row.conversation_id, row.id, TicketDraft("partial", note))
    _hand_in(connection, row.id, partial=True)


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
        row.completeness,
        row.authority,
        row.service_area,
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


def history(connection: Connection, enrollment_id: str) -> list[Event]:
    """How the state changed, oldest first."""
    found = select(enrollment_event).where(enrollment_event.c.enrollment_id == enrollment_id)
    return [
        Event(row.at, row.actor, row.from_state, row.to_state, _reason(row))
        for row in connection.execute(found.order_by(enrollment_event.c.id))
    ]


def _reason(row: Row[Any]) -> str:
    if row.reason is None:
        return ""
    place = f"{row.enrollment_id}:{row.to_state}"
    return get_keyring().open("enrollment_event.reason", place, row.reason).decode()


def consents(connection: Connection, enrollment_id: str) -> list[ConsentView]:
    """Consents given, refused and taken back, oldest first; the last of a scope is in force."""
    found = select(consent).where(consent.c.enrollment_id == enrollment_id).order_by(consent.c.at)
    return [
        ConsentView(
            row.scope,
            row.given,
            row.given_by,
            row.role or "",
            _opened_text("name", row),
            _opened_text("detail", row),
            row.wording_version,
            row.locale,
            row.channel,
            row.at,
        )
        for row in connection.execute(found)
    ]


def _opened_text(column: str, row: Row[Any]) -> str:
    sealed = getattr(row, column)
    return get_keyring().open(f"enrollment_consent.{column}", row.id, sealed).decode() if sealed else ""
