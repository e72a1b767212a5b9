"""Tasks: what a person of the team is to do about an enrollment, and until when."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from bot.handoff.tables import task
from bot.handoff.tickets import QUEUE
from bot.records import audit
from bot.records.database import now
from bot.records.statements import announce, insert_or_ignore

OPEN, DONE = "open", "done"


@dataclass(frozen=True)
class TaskDraft:
    """What is to be done, by whom and until when, and the rule that asked for it."""

    rule: str
    role: str
    title: str
    due_at: datetime


def open_task(connection: Connection, conversation_id: str, enrollment_id: str, draft: TaskDraft) -> bool:
    """Open a task; False when this rule has one for this enrollment already."""
    opened = insert_or_ignore(
        connection,
        task,
        id=str(uuid.uuid4()),
        conversation_id=conversation_id,
        enrollment_id=enrollment_id,
        rule=draft.rule,
        role=draft.role,
        title=draft.title,
        status=OPEN,
        created_at=now(),
        due_at=draft.due_at,
    )
    if opened:
        announce(connection, QUEUE)
    return opened


def of_conversation(connection: Connection, conversation_id: str) -> list[Row[Any]]:
    """Every task of a conversation, the soonest due first, open ones before done ones."""
    found = select(task).where(task.c.conversation_id == conversation_id)
    return list(connection.execute(found.order_by(task.c.status.desc(), task.c.due_at)))


def all_open(connection: Connection, role: str | None = None, most: int = 200) -> list[Row[Any]]:
    """Open tasks of everybody or of one role, the soonest due first."""
    found = select(task).where(task.c.status == OPEN).order_by(task.c.due_at).limit(most)
    return list(connection.execute(found.where(task.c.role == role) if role else found))


def finish(connection: Connection, task_id: str, staff_id: str) -> bool:
    """Mark a task as done, audited; False when it was not open."""
    done = connection.execute(
        update(task)
        .where(task.c.id == task_id, task.c.status == OPEN)
        .values(status=DONE, done_at=now(), done_by=staff_id)
    ).rowcount
    if done:
        audit.record(connection, staff_id, "task.done", "task", task_id)
        announce(connection, QUEUE)
    return bool(done)


def drop_open(connection: Connection, enrollment_id: str) -> None:
    """The person took their sign-up back: nobody is to act on it any more."""
    connection.execute(
        update(task)
        .where(task.c.enrollment_id == enrollment_id, task.c.status == OPEN)
        .values(status=DONE, done_at=now(), done_by="person")
    )
    announce(connection, QUEUE)
