"""One plain reading of an enrollment, for everyone who shows it: pages, exports, the API, other health records.

A snapshot is taken from the database once, opened, and never changes. Whoever takes one for staff or for another
system uses `read_by`, which writes the read into the audit log in the same transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, or_, select

from bot.conversation import conversations, messages
from bot.enrollment import record
from bot.enrollment.answers import AnswerValue, Label
from bot.enrollment.catalog import get_catalog
from bot.enrollment.record import ConsentView, NoEnrollment
from bot.enrollment.tables import answer, consent, enrollment
from bot.handoff import tasks, tickets
from bot.records import audit
from bot.records.crypto import get_keyring
from bot.records.database import now

PATIENT, PROXY, UNKNOWN = "patient", "proxy", "unknown"
GIVEN, REFUSED, TAKEN_BACK = "yes", "no", "revoked"
STORE = "store"
# A transaction that began earlier may commit later: what is younger waits for the next page, so that none is missed.
SETTLED = timedelta(seconds=2)


@dataclass(frozen=True)
class Writer:
    """Who is writing: the patient, or a proxy with the relation and the authority they claim (never verified here)."""

    role: str = UNKNOWN
    name: str | None = None
    relation: str | None = None
    authority: str | None = None


@dataclass(frozen=True)
class Answer:
    """One answer.

    `value`: what was understood: text as it was said, or the code (codes) of a choice. `label`: how people read it, by
    locale. `words`: the whole message it was said in; for people of the team only, because a message may tell more
    than the answer. `detail`: what was understood beyond the value, such as the windows of a time to call. `private`:
    said in a message that the safety gate hides, such as one about abuse; no paper that others may see shows it.
    """

    link_id: str
    value: AnswerValue
    label: Label
    at: datetime
    told_by: str
    words: str | None = None
    detail: Mapping[str, Any] = field(default_factory=dict)
    private: bool = False


@dataclass(frozen=True)
class StateChange:
    """One step of the history; `actor` is a staff id, `assistant`, `person` or `system`."""

    at: datetime
    actor: str
    before: str | None
    after: str
    reason: str = ""


@dataclass(frozen=True)
class ConsentGiven:
    """A consent as it was given, refused or taken back; the newest of a kind is in force.

    `given_by`: `patient` or `proxy`. `role`: patient, or the authority a proxy claims. `detail`: for the kind `family`,
    who may be told.
    """

    id: str
    kind: str
    decision: str
    wording_version: str
    locale: str
    channel: str
    at: datetime
    given_by: str
    role: str = ""
    name: str = ""
    detail: str = ""


@dataclass(frozen=True)
class Ticket:
    """A time a human was needed; topic and note are for the team only."""

    id: str
    topic: str
    urgency: str
    status: str
    note: str
    opened_at: datetime
    closed_at: datetime | None = None
    private: bool = False


@dataclass(frozen=True)
class Task:
    """What somebody of the team is to do about the enrollment: `role` says who, `open` or `done` is its status."""

    id: str
    rule: str
    role: str
    title: str
    status: str
    created_at: datetime
    due_at: datetime | None = None
    done_at: datetime | None = None


@dataclass(frozen=True)
class Snapshot:
    """An enrollment at one moment. `completeness`: percent of the questions that apply that are answered."""

    id: str
    conversation_id: str
    questionnaire: str
    state: str
    channel: str
    locale: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None
    completeness: int
    writer: Writer = Writer()
    answers: Mapping[str, Answer] = field(default_factory=dict)
    history: tuple[StateChange, ...] = ()
    consents: tuple[ConsentGiven, ...] = ()
    tickets: tuple[Ticket, ...] = ()
    tasks: tuple[Task, ...] = ()

    def consent(self, kind: str) -> ConsentGiven | None:
        """The consent of a kind that counts: the newest one."""
        return next((given for given in reversed(self.consents) if given.kind == kind), None)

    @property
    def may_store(self) -> bool:
        """Whether the consent to store is in force: without it nothing of what was said leaves the conversation."""
        given = self.consent(STORE)
        return given is not None and given.decision == GIVEN

    def for_others(self) -> Snapshot:
        """What pages for the family and other systems may show: no tickets, and nothing of what was said once the
        consent to store is no longer in force."""
        if self.may_store:
            return replace(self, tickets=())
        return replace(
            self, answers={}, tasks=(), tickets=(), completeness=0, writer=Writer(self.writer.role)
        )

    @property
    def was_stored(self) -> bool:
        """Whether the consent to store was ever given, so that others may know of this enrollment."""
        return any(given.kind == STORE and given.decision == GIVEN for given in self.consents)


@dataclass(frozen=True)
class Line:
    """An enrollment in a list: nothing that tells who somebody is."""

    id: str
    questionnaire: str
    state: str
    channel: str
    locale: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None


def take(connection: Connection, enrollment_id: str) -> Snapshot:
    """An enrollment, opened. Raises NoEnrollment."""
    row = connection.execute(select(enrollment).where(enrollment.c.id == enrollment_id)).one_or_none()
    if row is None:
        raise NoEnrollment(enrollment_id)
    talk = conversations.get(connection, row.conversation_id)
    writer = _writer(connection, row.conversation_id)
    answers = _answers(connection, row, writer.role)
    return Snapshot(
        id=row.id,
        conversation_id=row.conversation_id,
        questionnaire=row.questionnaire,
        state=row.state,
        channel=talk.channel,
        locale=row.locale,
        created_at=row.created_at,
        updated_at=row.updated_at,
        submitted_at=row.submitted_at,
        completeness=row.completeness,
        writer=writer,
        answers=answers,
        history=_history(connection, row.id),
        consents=_consents(connection, row),
        tickets=_tickets(connection, row.conversation_id),
        tasks=_tasks(connection, row),
    )


def read_by(connection: Connection, actor: str, enrollment_id: str, how: str) -> Snapshot:
    """An enrollment for staff or another system; the read is audited in this transaction.

    Args:
        actor: a staff id, `api:<key id>`, `command-line` ...
        how: in what form, such as "fhir".

    Raises:
        NoEnrollment: no such enrollment.
    """
    taken = take(connection, enrollment_id)
    audit.record(connection, actor, "enrollment.read", "enrollment", enrollment_id, how)
    return taken


def of_conversation(connection: Connection, conversation_id: str, questionnaire: str) -> str | None:
    """The id of the enrollment that a conversation has for a questionnaire's record."""
    found = select(enrollment.c.id).where(
        enrollment.c.conversation_id == conversation_id, enrollment.c.questionnaire == questionnaire
    )
    return connection.execute(found).scalar_one_or_none()


def page(
    connection: Connection, state: str | None, after: tuple[datetime, str] | None, most: int
) -> list[Line]:
    """Enrollments for which storing was ever consented to, the longest unchanged first; one that changes comes again.

    Args:
        state: only those in this state.
        after: moment of change and id of the last line that is known already.
        most: how many at most.
    """
    asked_in = enrollment.alias()
    stored = exists().where(
        asked_in.c.conversation_id == enrollment.c.conversation_id,
        consent.c.enrollment_id == asked_in.c.id,
        consent.c.scope == STORE,
        consent.c.given == GIVEN,
    )
    found = select(enrollment).where(stored, enrollment.c.updated_at <= now() - SETTLED)
    if state:
        found = found.where(enrollment.c.state == state)
    if after:
        moment, last = after
        same_moment = and_(enrollment.c.updated_at == moment, enrollment.c.id > last)
        found = found.where(or_(enrollment.c.updated_at > moment, same_moment))
    rows = connection.execute(found.order_by(enrollment.c.updated_at, enrollment.c.id).limit(most))
    return [_line(connection, row) for row in rows.all()]


def _line(connection: Connection, row: Row[Any]) -> Line:
    channel = conversations.get(connection, row.conversation_id).channel
    return Line(
        row.id,
        row.questionnaire,
        row.state,
        channel,
        row.locale,
        row.created_at,
        row.updated_at,
        row.submitted_at,
    )


def _writer(connection: Connection, conversation_id: str) -> Writer:
    """From every record of the conversation: one questionnaire does not ask again what another has learned."""
    known: dict[str, Any] = {}
    for item in record.of_conversation(connection, conversation_id):
        known = {link_id: kept["value"] for link_id, kept in item.answers.items()} | known
    role = {"me": PATIENT, "other": PROXY}.get(str(known.get("for_whom")), UNKNOWN)
    if role != PROXY:
        return Writer(role, _text(known.get("patient_name")) if role == PATIENT else None)
    return Writer(
        role, _text(known.get("caller_name")), _text(known.get("relation")), _text(known.get("authority"))
    )


def _text(value: Any) -> str | None:
    return str(value) if value else None


def _answers(connection: Connection, row: Row[Any], told_by: str) -> dict[str, Answer]:
    found = connection.execute(
        select(answer)
        .where(answer.c.enrollment_id == row.id)
        .order_by(answer.c.answered_at, answer.c.link_id)
    ).all()
    words = messages.texts(connection, {kept.message_id for kept in found})
    private = messages.private_ones(connection, {kept.message_id for kept in found})
    opened = {}
    for kept in found:
        said = get_keyring().open_json("enrollment_answer.value", kept.id, kept.value)
        opened[kept.link_id] = Answer(
            link_id=kept.link_id,
            value=said["value"],
            label=said.get("label") or {},
            at=kept.answered_at,
            told_by=told_by,
            words=words.get(kept.message_id),
            detail=said.get("detail") or {},
            private=kept.message_id in private,
        )
    return opened


def _history(connection: Connection, enrollment_id: str) -> tuple[StateChange, ...]:
    return tuple(
        StateChange(step.at, step.actor, step.before, step.after, step.reason)
        for step in record.history(connection, enrollment_id)
    )


def _consents(connection: Connection, row: Row[Any]) -> tuple[ConsentGiven, ...]:
    """Those of the record, and those that another record of the conversation asked for by the same question: who has
    answered it there is not asked again here."""
    found = list(record.consents(connection, row.id))
    for other in record.of_conversation(connection, row.conversation_id):
        if other.id != row.id:
            shared = _shared_scopes(row.questionnaire, other.questionnaire)
            found += [given for given in record.consents(connection, other.id) if given.scope in shared]
    return tuple(_consent(view) for view in sorted(found, key=lambda view: view.at))


def _shared_scopes(one: str, other: str) -> frozenset[str]:
    catalog = get_catalog()
    asked = [
        {(item.link_id, item.scope) for item in catalog.items_of_record(name) if item.scope}
        for name in (one, other)
    ]
    return frozenset(str(scope) for _, scope in asked[0] & asked[1])


def _consent(view: ConsentView) -> ConsentGiven:
    return ConsentGiven(
        # A scope is answered once at one moment, and both stay as they are.
        id=f"{view.scope}:{view.at.isoformat()}",
        kind=view.scope,
        decision=view.given,
        wording_version=view.wording_version,
        locale=view.locale,
        channel=view.channel,
        at=view.at,
        given_by=PROXY if view.given_by == "other" else PATIENT,
        role=view.role,
        name=view.name,
        detail=view.detail,
    )


def _tickets(connection: Connection, conversation_id: str) -> tuple[Ticket, ...]:
    found = tickets.of_conversation(connection, conversation_id)
    private = messages.private_ones(connection, {row.message_id for row in found})
    return tuple(
        Ticket(
            row.id,
            row.topic,
            row.urgency,
            row.status,
            tickets.note_of(row),
            row.opened_at,
            row.closed_at,
            row.message_id in private,
        )
        for row in found
    )


def _tasks(connection: Connection, row: Row[Any]) -> tuple[Task, ...]:
    return tuple(
        Task(
            todo.id, todo.rule, todo.role, todo.title, todo.status, todo.created_at, todo.due_at, todo.done_at
        )
        for todo in tasks.of_conversation(connection, row.conversation_id)
        if todo.enrollment_id == row.id
    )
