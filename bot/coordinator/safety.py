"""What the console shows of the safety gate: alarms that ring, what was found and answered, what supervisors judge."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.conversation import messages
from bot.conversation.tables import conversation, message
from bot.coordinator import accounts
from bot.handoff import tickets
from bot.records import audit
from bot.safety import alarms, detections
from bot.safety.alarms import Delivery
from bot.safety.sinks import CATEGORIES
from bot.settings import get_settings

MOST_SHOWN = 100
# How many messages before the one in question are shown with it.
CONTEXT = 3
# What a human may say the gate has missed.
MISSABLE = (
    "suicide", "wish_to_die", "overdose", "medical", "symptom", "abuse", "death", "aid_in_dying", "medical_advice",
    "minor",
)  # fmt: skip
OTHER_NAMES = {
    "wish_to_die": "wish to die",
    "death": "a death was reported",
    "medical_advice": "medical question",
    "aid_in_dying": "aid in dying",
    "minor": "under 18",
    "grief": "grief",
    "anger": "anger",
    "complaint": "complaint",
}
TRIES = {
    "timeout": "no answer in time",
    "connection": "cannot be reached",
    "exception": "an error of ours, see the log",
}


def name_of(category: str) -> str:
    """A category in words."""
    known = CATEGORIES | OTHER_NAMES
    return known.get(category, category.replace("_", " "))


@dataclass(frozen=True)
class AlarmView:
    """An alarm as shown. `by`: who acknowledged it; `said`: the message it rang for."""

    id: str
    conversation_id: str
    level: str
    what: str
    since: datetime
    step: int
    said: str
    by: str
    deliveries: list[Delivery] = field(default_factory=list)

    @property
    def troubles(self) -> list[str]:
        """Ways that do not get through, in words."""
        found = {}
        for delivery in self.deliveries:
            if delivery.trouble:
                why = TRIES.get(delivery.code, f"code {delivery.code}")
                state = "refused" if delivery.status == "failed" else f"{delivery.tries} tries, trying again"
                found[delivery.way] = f"{delivery.way}: {why} ({state})"
        return list(found.values())

    @property
    def reached(self) -> list[str]:
        """Ways that got through."""
        return sorted({d.way for d in self.deliveries if d.status in ("sent", "delivered")})


@dataclass(frozen=True)
class DetectionView:
    """A detection as shown: the message, those before it, and what was answered."""

    id: str
    conversation_id: str
    message_id: str
    level: str
    what: str
    source: str
    rule: str
    at: datetime
    said: str
    before: list[str]
    answered: str
    verdict: str
    cleared: bool


@dataclass(frozen=True)
class SafetyPanel:
    """Everything about one conversation."""

    lock: str
    waits: bool
    alarms: list[AlarmView]
    detections: list[DetectionView]


def nobody_told() -> bool:
    """True when no way is configured in which an alarm could leave the console."""
    return not alarms.configured(get_settings())


def ringing(connection: Connection, staff_id: str) -> list[AlarmView]:
    """The alarms nobody has acknowledged, with the message each rang for. The read is audited."""
    found = [_alarm(connection, row) for row in alarms.ringing(connection)]
    for view in found:
        audit.record(connection, staff_id, "alarm.read", "conversation", view.conversation_id)
    return found


def _alarm(connection: Connection, row: Any) -> AlarmView:
    rung = [
        found
        for found in detections.of_conversation(connection, row.conversation_id)
        if found.alarm_id == row.id
    ]
    acknowledged = accounts.get(connection, row.acknowledged_by) if row.acknowledged_by else None
    return AlarmView(
        id=row.id,
        conversation_id=row.conversation_id,
        level=row.level,
        what=name_of(row.category),
        since=row.opened_at,
        step=row.step,
        said=_said(connection, rung[0].message_id) if rung else "",
        by=acknowledged.display_name if acknowledged is not None else "",
        deliveries=alarms.deliveries(connection, row),
    )


def panel(connection: Connection, conversation_id: str) -> SafetyPanel:
    """What the gate found in a conversation and what was done; the caller audits the read."""
    talk = connection.execute(
        select(conversation.c.safety_lock, conversation.c.safety_question).where(
            conversation.c.id == conversation_id
        )
    ).one()
    return SafetyPanel(
        lock=name_of(talk.safety_lock) if talk.safety_lock else "",
        waits=bool(talk.safety_question),
        alarms=[_alarm(connection, row) for row in alarms.of_conversation(connection, conversation_id)],
        detections=[
            _detection(connection, row) for row in detections.of_conversation(connection, conversation_id)
        ],
    )


def recent(connection: Connection, staff_id: str) -> list[DetectionView]:
    """The newest detections of all conversations, for supervisors. The read is audited."""
    found = [_detection(connection, row) for row in detections.recent(connection, MOST_SHOWN)]
    audit.record(connection, staff_id, "safety.read", "board", "safety", f"{len(found)} detections")
    return found


def _detection(connection: Connection, row: Any) -> DetectionView:
    return DetectionView(
        id=row.id,
        conversation_id=row.conversation_id,
        message_id=row.message_id,
        level=row.level,
        what=name_of(row.category),
        source=row.source,
        rule=row.rule,
        at=row.at,
        said=_said(connection, row.message_id),
        before=_before(connection, row.conversation_id, row.message_id),
        answered=_answered(connection, row),
        verdict=row.verdict or "",
        cleared=row.cleared_at is not None,
    )


def _said(connection: Connection, message_id: str) -> str:
    row = connection.execute(select(message).where(message.c.id == message_id)).one_or_none()
    if row is None:
        return ""
    if row.kind == messages.EVENT:
        return "(no answer to the question)"
    return str(messages.open_body(row.id, row.body)["text"])


def _before(connection: Connection, conversation_id: str, message_id: str) -> list[str]:
    here = select(message.c.seq).where(message.c.id == message_id).scalar_subquery()
    rows = connection.execute(
        select(message)
        .where(
            message.c.conversation_id == conversation_id,
            message.c.seq < here,
            message.c.kind != messages.EVENT,
        )
        .order_by(message.c.seq.desc())
        .limit(CONTEXT)
    ).all()
    return [f"{row.author}: {messages.open_body(row.id, row.body)['text']}" for row in reversed(rows)]


def _answered(connection: Connection, row: Any) -> str:
    if row.source == detections.STAFF:
        return ""
    if not row.answered:
        return "(nothing: no text may go out, or a person was in control)"
    return "\n".join(reply["text"] for reply in messages.replies_to(connection, row.message_id))


def missed(
    connection: Connection, conversation_id: str, message_id: str, staff_id: str, category: str
) -> None:
    """A human found danger that the gate did not: kept for the gate, and a ticket so that somebody sees to it.

    Raises:
        NoDetection: no such message. ValueError: no such category.
    """
    if category not in MISSABLE:
        raise ValueError(category)
    detections.missed(connection, conversation_id, message_id, staff_id, category)
    if category in ("suicide", "wish_to_die", "overdose", "medical", "symptom", "abuse"):
        draft = tickets.TicketDraft(
            f"safety_{category}", "found by a person; the gate missed it", tickets.URGENT
        )
        tickets.open_or_repeat(connection, conversation_id, message_id, draft)
