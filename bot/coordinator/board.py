"""What the console shows: who is waiting and why, one conversation with its record; every read is audited."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.conversation import conversations, messages
from bot.conversation.messages import Message
from bot.conversation.tables import conversation, message
from bot.coordinator import accounts, safety
from bot.coordinator.safety import SafetyPanel
from bot.enrollment import record
from bot.enrollment.catalog import get_catalog
from bot.enrollment.record import Enrollment
from bot.handoff import tasks, tickets
from bot.program import get_program
from bot.records import audit
from bot.records.database import now

MOST_ROWS = 100
NAME_ANSWERS = ("caller_name", "patient_name")
# The console is in English, whatever the conversation is in.
STAFF_LOCALE = "en"
TOPICS = {
    "person": "Asked for a person",
    "callback": "Wants to be called",
    "enrollment": "New enrollment: call to welcome",
    "engine_down": "The assistant could not answer in time",
    "not_answered": "The assistant failed on a message",
    "opted_out": "Texts",
    "partial": "Sign-up fell silent, call with what there is",
    "questionnaire": "Answered questions",
    "permission": "Took permission back",
    "complaint": "Complaint",
    "bereavement": "A death was reported",
    "fhir_push": "The health record server did not take a sign-up",
    "text_failed": "A text could not be delivered",
    "safety_suicide": "SAFETY: thoughts of suicide",
    "safety_medical": "SAFETY: medical emergency",
    "safety_overdose": "SAFETY: overdose",
    "safety_check_failed": "SAFETY: the check failed",
    "safety_symptom": "SAFETY: a symptom out of control",
    "safety_abuse": "SAFETY: abuse, neglect or violence",
    "safety_wish_to_die": "SAFETY: wish to die",
    "safety_minor": "Under 18",
    "safety_medical_advice": "Medical question for a nurse or doctor",
    "safety_aid_in_dying": "Asked about aid in dying: clinician to call",
}


@dataclass(frozen=True)
class TicketView:
    """A ticket as shown."""

    id: str
    topic: str
    urgency: str
    note: str
    opened_at: datetime
    assigned_to: str | None

    @property
    def want(self) -> str:
        """What is wanted, in one line."""
        note = PERMISSIONS.get(self.note, self.note) if self.topic == "permission" else self.note
        return f"{TOPICS.get(self.topic, self.topic.replace('_', ' '))}{': ' if note else ''}{note}"


PERMISSIONS = {
    "text": "no texts",
    "voicemail": "no voice mail",
    "share": "do not talk with their doctors",
    "family": "do not talk with their family",
    "all": "all of it; the answers are removed",
    "erased": "all of it, and asked to erase what they told us",
}
ROLES = {
    "coordinator": "Coordinator",
    "nurse": "Nurse line",
    "social_worker": "Social worker",
    "chaplain": "Chaplain",
    "pediatrics": "Pediatric team",
}


@dataclass(frozen=True)
class TaskView:
    """A task as shown; `late` when it should have been done by now."""

    id: str
    conversation_id: str
    title: str
    role: str
    status: str
    due_at: datetime
    late: bool
    who: str = ""


@dataclass(frozen=True)
class Line:
    """One answer of a record: the question's short name and what was answered."""

    label: str
    value: str


@dataclass(frozen=True)
class Row:
    """One line of the board: a conversation, what it needs and how long it has waited."""

    conversation_id: str
    who: str
    channel: str
    locale: str
    control: str
    assigned_to: str | None
    last_text: str
    last_at: datetime
    enrollment_state: str | None
    tickets: list[TicketView] = field(default_factory=list)

    @property
    def urgency(self) -> str:
        """The most urgent ticket's urgency, or "none"."""
        return self.tickets[0].urgency if self.tickets else "none"

    @property
    def waiting_since(self) -> datetime | None:
        """When the first open ticket was opened."""
        return min((ticket.opened_at for ticket in self.tickets), default=None)


@dataclass(frozen=True)
class Page:
    """One conversation, whole."""

    row: Row
    messages: list[Message]
    enrollments: list[Enrollment]
    consents: dict[str, list[record.ConsentView]]
    phone: str | None
    safety: SafetyPanel
    history: dict[str, list[record.Event]] = field(default_factory=dict)
    tasks: list[TaskView] = field(default_factory=list)
    duplicates: dict[str, int] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)


def _view(row: Any) -> TicketView:
    return TicketView(row.id, row.topic, row.urgency, tickets.note_of(row), row.opened_at, row.assigned_to)


def _who(enrollments: list[Enrollment]) -> str:
    for item in enrollments:
        for link_id in NAME_ANSWERS:
            kept = item.answers.get(link_id)
            if kept:
                return str(kept["value"])
    return ""


def lines(item: Enrollment) -> list[Line]:
    """A record's answers in the questionnaire's order; what the questionnaire no longer asks comes last."""
    questions = get_catalog().items_of_record(item.questionnaire)
    order = {question.link_id: number for number, question in enumerate(questions)}
    found = []
    for link_id in sorted(item.answers, key=lambda known: order.get(known, len(order))):
        kept = item.answers[link_id]
        name = questions[order[link_id]].label[STAFF_LOCALE] if link_id in order else link_id
        found.append(Line(name, str(kept["label"][STAFF_LOCALE])))
    return found


def _row(connection: Connection, talk: Any, opened: list[TicketView], enrollments: list[Enrollment]) -> Row:
    last = connection.execute(
        select(message)
        .where(message.c.conversation_id == talk.id, message.c.author == "person")
        .order_by(message.c.seq.desc())
        .limit(1)
    ).one_or_none()
    return Row(
        conversation_id=talk.id,
        who=_who(enrollments),
        channel=talk.channel,
        locale=talk.locale,
        control=talk.control,
        assigned_to=talk.assigned_to,
        last_text=messages.open_body(last.id, last.body)["text"] if last else "",
        last_at=talk.updated_at,
        enrollment_state=enrollments[0].state if enrollments else None,
        tickets=opened,
    )


def board(connection: Connection, staff_id: str, folder: str) -> list[Row]:
    """The rows of a folder: `waiting` (open tickets), `mine` (in my hands), `all` (newest first)."""
    by_conversation: dict[str, list[TicketView]] = {}
    for row in tickets.open_tickets(connection):
        by_conversation.setdefault(row.conversation_id, []).append(_view(row))
    if folder == "waiting":
        wanted = list(by_conversation)[:MOST_ROWS]
    else:
        found = select(conversation.c.id).order_by(conversation.c.updated_at.desc()).limit(MOST_ROWS)
        if folder == "mine":
            found = found.where(conversation.c.assigned_to == staff_id)
        else:
            found = found.where(conversation.c.last_person_at.is_not(None))
        wanted = list(connection.execute(found).scalars())
    rows = []
    for conversation_id in wanted:
        talk = conversations.get(connection, conversation_id)
        opened = by_conversation.get(conversation_id, [])
        rows.append(_row(connection, talk, opened, record.of_conversation(connection, conversation_id)))
    audit.record(connection, staff_id, "board.read", "board", folder, f"{len(rows)} rows")
    return rows


def page(connection: Connection, staff_id: str, conversation_id: str) -> Page:
    """One conversation with its tickets and records. Raises ConversationNotFound."""
    talk = conversations.get(connection, conversation_id)
    enrollments = record.of_conversation(connection, conversation_id)
    opened = [_view(row) for row in tickets.open_tickets(connection, conversation_id)]
    audit.record(connection, staff_id, "conversation.read", "conversation", conversation_id)
    for item in enrollments:
        audit.record(connection, staff_id, "enrollment.read", "enrollment", item.id)
    return Page(
        row=_row(connection, talk, opened, enrollments),
        messages=messages.after(connection, conversation_id, 0, limit=1000),
        enrollments=enrollments,
        consents={item.id: record.consents(connection, item.id) for item in enrollments},
        phone=conversations.phone_of(talk) if talk.channel == "sms" else None,
        safety=safety.panel(connection, conversation_id),
        history={item.id: record.history(connection, item.id) for item in enrollments},
        tasks=[_task(row) for row in tasks.of_conversation(connection, conversation_id)],
        duplicates={item.id: len(record.duplicates(connection, item.id)) for item in enrollments},
        names=accounts.names(connection),
    )


def _task(row: Any, who: str = "") -> TaskView:
    late = row.status == tasks.OPEN and row.due_at < now()
    return TaskView(
        row.id,
        row.conversation_id,
        row.title,
        ROLES.get(row.role, row.role),
        row.status,
        row.due_at,
        late,
        who,
    )


def task_list(connection: Connection, staff_id: str, role: str | None) -> list[TaskView]:
    """Open tasks of everybody or of one role, the soonest due first, with whom they are about; audited."""
    found = []
    for row in tasks.all_open(connection, role):
        enrollments = record.of_conversation(connection, row.conversation_id)
        found.append(_task(row, _who(enrollments)))
    audit.record(connection, staff_id, "tasks.read", "board", role or "all", f"{len(found)} rows")
    return found


def local(moment: datetime) -> str:
    """A time in the program's zone, short: `Mon Nov 23, 4:30 PM`."""
    return f"{moment.astimezone(get_program().timezone):%a %b %-d, %-I:%M %p}"


def waited(since: datetime | None) -> str:
    """How long ago, in words short enough for a table."""
    if since is None:
        return ""
    minutes = int((now() - since).total_seconds() // 60)
    if minutes < 1:
        return "just now"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 60 * 24:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // (60 * 24)} d"
