"""Handing a record to people: the tasks that the rules ask for, when it is sent in and when it falls silent."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Row

from bot.conversation import timers
from bot.enrollment.answers import AnswerValue
from bot.enrollment.assessment import probable_duplicates
from bot.enrollment.routing import Facts, tasks_for
from bot.handoff import tasks
from bot.program import get_program
from bot.records.database import now
from bot.settings import get_settings

# Timer of a record that is being filled in; its key is the enrollment's id.
SILENT = "enrollment_silent"


def route(connection: Connection, row: Row[Any], answers: Mapping[str, AnswerValue], partial: bool) -> None:
    """Open the tasks that the rules ask for; those that are there already stay as they are."""
    facts = Facts(
        answers=answers,
        service_area=row.service_area or "unknown",
        probable_duplicate=bool(probable_duplicates(connection, row)),
        partial=partial,
    )
    for draft in tasks_for(row.questionnaire, facts, get_program(), now()):
        tasks.open_task(connection, row.conversation_id, row.id, draft)


def wait_for_more(connection: Connection, row: Row[Any]) -> None:
    """Something was said: the silence after which the record is handed in as it is begins anew."""
    due = now() + timedelta(hours=get_settings().partial_after_hours)
    timers.schedule(connection, SILENT, row.id, due, row.conversation_id)


def wait_no_more(connection: Connection, enrollment_id: str) -> None:
    """It was sent in or taken back: silence means nothing any more."""
    timers.cancel(connection, SILENT, enrollment_id)
