"""What a page is made from: its record and what else was told in the same conversation; each read is audited."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection

from bot.enrollment import record, snapshot
from bot.enrollment.catalog import get_catalog
from bot.enrollment.record import WITHDRAWN, Enrollment
from bot.enrollment.snapshot import Snapshot
from bot.page import links

FAMILY, TEAM = "page", "page for the team"
# In the audit log: whoever holds a link; nobody knows who that is.
HOLDER = "link"


@dataclass(frozen=True)
class Reading:
    """The record a page is about, and those of the other questionnaires of its conversation."""

    taken: Snapshot
    others: tuple[Snapshot, ...] = ()


def read_by(connection: Connection, actor: str, enrollment_id: str, how: str) -> Reading:
    """What a page about an enrollment shows, read by staff. Raises NoEnrollment."""
    taken = snapshot.read_by(connection, actor, enrollment_id, how)
    known = record.of_conversation(connection, taken.conversation_id)
    return Reading(taken, _others(connection, known, taken, actor, how))


def opened(connection: Connection, token: str) -> Reading | None:
    """What a link shows; None when it is wrong, too old or taken back, or what it led to is withdrawn.

    Nothing is read then, and the audit log says of no record that it was. Without consent to store the page is there
    as long as the conversation is.
    """
    conversation_id = links.conversation_of(connection, token)
    if conversation_id is None:
        return None
    known = record.of_conversation(connection, conversation_id)
    shown = _shown_first(known)
    if shown is None:
        return None
    taken = snapshot.read_by(connection, HOLDER, shown.id, FAMILY)
    return Reading(taken, _others(connection, known, taken, HOLDER, FAMILY))


def _shown_first(known: list[Enrollment]) -> Enrollment | None:
    """The intake's record; someone who only answered another questionnaire has a page about that one."""
    main = [item for item in known if item.questionnaire == get_catalog().main.record]
    return next((item for item in main or known if item.state != WITHDRAWN), None)


def _others(
    connection: Connection, known: list[Enrollment], taken: Snapshot, actor: str, how: str
) -> tuple[Snapshot, ...]:
    rest = [item for item in known if item.id != taken.id and item.state != WITHDRAWN]
    return tuple(snapshot.read_by(connection, actor, item.id, how) for item in rest)
