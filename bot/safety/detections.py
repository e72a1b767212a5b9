"""What the gate found: kept, audited, shown to coordinators and supervisors, judged, and cleared."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot import metrics
from bot.conversation.tables import conversation, message
from bot.handoff.tickets import QUEUE
from bot.records import audit
from bot.records.database import now
from bot.records.statements import announce, insert_or_ignore
from bot.safety import alarms
from bot.safety.gate import Finding
from bot.safety.tables import detection

GATE, ANSWER, SILENCE, STAFF = "gate", "answer", "silence", "staff"
RIGHT, WRONG, MISSED = "right", "wrong", "missed"
MOST_RULE = 64


class NoDetection(LookupError):
    """There is no such detection, or no such message."""


def record(
    connection: Connection,
    conversation_id: str,
    message_id: str,
    finding: Finding,
    source: str,
    answered: str,
    rings: bool,
) -> None:
    """Keep what was found, audit it, and ring if it must; the same finding again changes nothing.

    Args:
        source: GATE, ANSWER (to the plain question) or SILENCE (after it).
        answered: id of the words that were said, "" when nothing could go out.
    """
    detection_id = str(uuid.uuid4())
    new = insert_or_ignore(
        connection,
        detection,
        id=detection_id,
        conversation_id=conversation_id,
        message_id=message_id,
        source=source,
        level=finding.level,
        category=finding.category,
        rule=finding.rule[:MOST_RULE],
        person=finding.person,
        intentional=finding.intentional,
        means=finding.means,
        answered=answered,
        at=now(),
    )
    if not new:
        return
    detail = (
        f"{finding.level} {finding.category} by {source}{f' rule {finding.rule}' if finding.rule else ''}"
    )
    audit.record(connection, "assistant", "safety.detect", "conversation", conversation_id, detail[:200])
    if rings:
        alarm_id = alarms.ring(connection, conversation_id, finding.level, finding.category)
        connection.execute(update(detection).where(detection.c.id == detection_id).values(alarm_id=alarm_id))
    metrics.detections.labels(finding.level, finding.category).inc()
    announce(connection, QUEUE)


def lock(connection: Connection, conversation_id: str, category: str) -> None:
    """Stop the intake until a human clears it."""
    connection.execute(
        update(conversation).where(conversation.c.id == conversation_id).values(safety_lock=category)
    )
    audit.record(connection, "assistant", "safety.lock", "conversation", conversation_id, category)


def ask(connection: Connection, conversation_id: str, question: str | None) -> None:
    """Note which question of the gate waits for an answer; None when none does any more."""
    connection.execute(
        update(conversation).where(conversation.c.id == conversation_id).values(safety_question=question)
    )


def of_conversation(connection: Connection, conversation_id: str) -> list[Row[Any]]:
    """The detections of a conversation, newest first."""
    found = select(detection).where(detection.c.conversation_id == conversation_id)
    return list(connection.execute(found.order_by(detection.c.at.desc())))


def recent(connection: Connection, most: int) -> list[Row[Any]]:
    """The newest detections of all conversations."""
    return list(connection.execute(select(detection).order_by(detection.c.at.desc()).limit(most)))


def clear_all(connection: Connection, conversation_id: str, staff_id: str) -> int:
    """Mark what was found in a conversation as seen to; how many there were."""
    here = (detection.c.conversation_id == conversation_id) & detection.c.cleared_at.is_(None)
    values = {"cleared_at": now(), "cleared_by": staff_id}
    return int(connection.execute(update(detection).where(here).values(**values)).rowcount)


def judge(connection: Connection, detection_id: str, staff_id: str, verdict: str) -> None:
    """A supervisor says whether the gate was right. Raises NoDetection, ValueError (no such verdict)."""
    if verdict not in (RIGHT, WRONG):
        raise ValueError(verdict)
    judged = {"verdict": verdict, "verdict_by": staff_id, "verdict_at": now()}
    found = connection.execute(
        update(detection)
        .where(detection.c.id == detection_id)
        .values(**judged)
        .returning(detection.c.category)
    ).scalar_one_or_none()
    if found is None:
        raise NoDetection(detection_id)
    audit.record(connection, staff_id, "safety.judge", "detection", detection_id, f"{verdict} {found}")


def missed(
    connection: Connection, conversation_id: str, message_id: str, staff_id: str, category: str
) -> None:
    """A human found danger that the gate did not. The same message and category again changes nothing.

    Raises:
        NoDetection: no message of a person with this id in this conversation.
    """
    here = (message.c.id == message_id) & (message.c.conversation_id == conversation_id)
    if connection.execute(select(message.c.author).where(here)).scalar_one_or_none() != "person":
        raise NoDetection(message_id)
    known = select(detection.c.id).where(
        detection.c.message_id == message_id, detection.c.category == category, detection.c.source == STAFF
    )
    if connection.execute(known).first() is not None:
        return
    moment = now()
    connection.execute(
        insert(detection).values(
            id=str(uuid.uuid4()),
            conversation_id=conversation_id,
            message_id=message_id,
            source=STAFF,
            level="",
            category=category,
            rule="",
            person="",
            intentional=False,
            means=False,
            answered="",
            at=moment,
            verdict=MISSED,
            verdict_by=staff_id,
            verdict_at=moment,
        )
    )
    audit.record(connection, staff_id, "safety.missed", "message", message_id, category)
