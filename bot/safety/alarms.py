"""Alarms: people are told that someone is in danger, step by step, until one of them acknowledges it.

An alarm is a row, its next step a timer, what goes out a parcel in the outbox: all of it is written with the turn that
found the danger, so that nothing is lost when a process dies. What leaves carries an id, a level, a category, a time
and a link; never a word of what was said or who said it.
"""

from __future__ import annotations

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from bot.conversation import outbox, timers
from bot.conversation.tables import outbox as parcels
from bot.conversation.timers import Timer
from bot.handoff.tickets import QUEUE
from bot.program import AlarmStep, get_program
from bot.records import audit
from bot.records.crypto import get_keyring
from bot.records.database import now
from bot.records.statements import announce, locked
from bot.safety.tables import alarm
from bot.settings import Settings, get_settings

log = logging.getLogger(__name__)

STEP = "alarm.step"
EMAIL, SMS, WEBHOOK = "alarm_email", "alarm_sms", "alarm_webhook"
KINDS = (EMAIL, SMS, WEBHOOK)
SEVERITY = {"emergency": 3, "urgent": 2, "concern": 1}
NAMES = {EMAIL: "e-mail", SMS: "text", WEBHOOK: "webhook"}


class NoAlarm(LookupError):
    """There is no such alarm."""


@dataclass(frozen=True)
class Delivery:
    """How one way of telling people stands.

    Args:
        way: e-mail, text or webhook.
        status: of the outbox: waiting, sending, sent, delivered, failed.
        tries: so far.
        code: the last error, or "".
    """

    way: str
    status: str
    tries: int
    code: str

    @property
    def trouble(self) -> bool:
        """Whether it did not get through so far."""
        return bool(self.status == outbox.FAILED or (self.status == outbox.WAITING and self.tries))


def configured(settings: Settings) -> tuple[str, ...]:
    """The ways in which an alarm can leave this installation."""
    ways = []
    if settings.smtp_host:
        ways.append(EMAIL)
    if settings.texting_enabled and settings.twilio_from_number:
        ways.append(SMS)
    if settings.alarm_webhook_url:
        ways.append(WEBHOOK)
    return tuple(ways)


def ring(connection: Connection, conversation_id: str, level: str, category: str) -> str:
    """Raise an alarm; returns its id.

    One that rings already goes on, from its first step again when the danger has grown. Shortly after somebody has
    reacted, the same danger in the same conversation joins that alarm instead of ringing anew.
    """
    audit.take_turn(connection)
    last = connection.execute(
        locked(
            connection,
            select(alarm)
            .where(alarm.c.conversation_id == conversation_id)
            .order_by(alarm.c.opened_at.desc())
            .limit(1),
        )
    ).one_or_none()
    if last is not None and last.acknowledged_at is None:
        return _louder(connection, last, level, category)
    if last is not None and _seen_to(last, level, category):
        return str(last.id)
    alarm_id, moment = str(uuid.uuid4()), now()
    connection.execute(
        insert(alarm).values(
            id=alarm_id,
            conversation_id=conversation_id,
            level=level,
            category=category,
            opened_at=moment,
            step=0,
        )
    )
    _start(connection, alarm_id, conversation_id, moment)
    audit.record(
        connection, "assistant", "alarm.ring", "conversation", conversation_id, f"{level} {category}"
    )
    return alarm_id


def _seen_to(row: Row[Any], level: str, category: str) -> bool:
    quiet = timedelta(minutes=get_program().quiet_minutes)
    milder = SEVERITY.get(level, 3) <= SEVERITY.get(row.level, 3)
    return bool(milder and row.category == category and row.acknowledged_at + quiet > now())


def _louder(connection: Connection, row: Row[Any], level: str, category: str) -> str:
    if SEVERITY.get(level, 3) > SEVERITY.get(row.level, 3):
        moment = now()
        connection.execute(
            update(alarm)
            .where(alarm.c.id == row.id)
            .values(level=level, category=category, step=0, opened_at=moment)
        )
        _start(connection, row.id, row.conversation_id, moment)
        audit.record(
            connection,
            "assistant",
            "alarm.louder",
            "conversation",
            row.conversation_id,
            f"{level} {category}",
        )
    return str(row.id)


def _start(connection: Connection, alarm_id: str, conversation_id: str, opened_at: datetime) -> None:
    steps = get_program().alarm_steps
    if steps:
        due_at = opened_at + timedelta(minutes=steps[0].after_minutes)
        timers.schedule(connection, STEP, alarm_id, due_at, conversation_id)


def step(connection: Connection, timer: Timer) -> None:
    """The timer's handler: tell the people of this step, and set the next one."""
    audit.take_turn(connection)
    row = connection.execute(locked(connection, select(alarm).where(alarm.c.id == timer.key))).one_or_none()
    steps, program = get_program().alarm_steps, get_program()
    if row is None or row.acknowledged_at is not None or not steps:
        return
    number = min(row.step, len(steps) - 1)
    told = _tell(connection, row, steps[number])
    if row.step + 1 < len(steps):
        due_at = max(now(), row.opened_at + timedelta(minutes=steps[row.step + 1].after_minutes))
    else:
        due_at = now() + timedelta(minutes=program.alarm_repeat_minutes)
    connection.execute(update(alarm).where(alarm.c.id == row.id).values(step=row.step + 1))
    timers.schedule(connection, STEP, row.id, due_at, row.conversation_id)
    detail = f"step {row.step + 1}: {told} told"
    audit.record(connection, "system", "alarm.step", "conversation", row.conversation_id, detail)
    if not told:
        log.error("alarm %s: step %d reaches nobody; see `pes doctor`", row.id, row.step + 1)
    announce(connection, QUEUE)


def _tell(connection: Connection, row: Row[Any], whom: AlarmStep) -> int:
    """Queue what this step sends; how many."""
    ways = configured(get_settings())
    wanted: list[tuple[str, str]] = [(EMAIL, address) for address in whom.email]
    wanted += [(SMS, number) for number in whom.sms]
    wanted += [(WEBHOOK, "")] if whom.webhook else []
    told = 0
    for kind, to in wanted:
        if kind not in ways:
            continue
        # Grown louder, an alarm begins again at step 0: its time tells the rounds apart.
        key = str(uuid.uuid5(uuid.UUID(row.id), f"{row.opened_at.isoformat()}:{row.step}:{to}"))
        told += outbox.put(connection, row.conversation_id, kind, key, {"to": to, **_facts(row)})
    return told


def _facts(row: Row[Any]) -> dict[str, Any]:
    """All that an alarm says to the outside."""
    return {
        "alarm": row.id,
        "level": row.level,
        "category": row.category,
        "at": row.opened_at.isoformat(timespec="seconds"),
        "step": row.step + 1,
        "conversation": row.conversation_id,
    }


def acknowledge(connection: Connection, alarm_id: str, staff_id: str) -> Row[Any] | None:
    """Somebody reacts: no further step, and what has not left yet stays. None when somebody had before.

    Raises:
        NoAlarm: no such alarm.
    """
    audit.take_turn(connection)
    row = connection.execute(locked(connection, select(alarm).where(alarm.c.id == alarm_id))).one_or_none()
    if row is None:
        raise NoAlarm(alarm_id)
    if row.acknowledged_at is not None:
        return None
    connection.execute(
        update(alarm).where(alarm.c.id == alarm_id).values(acknowledged_at=now(), acknowledged_by=staff_id)
    )
    timers.cancel(connection, STEP, alarm_id)
    outbox.drop(connection, [parcel.id for parcel, _ in _parcels(connection, row)])
    audit.record(connection, staff_id, "alarm.acknowledge", "conversation", row.conversation_id, row.category)
    announce(connection, QUEUE)
    return row


def acknowledge_all(connection: Connection, conversation_id: str, staff_id: str) -> int:
    """Somebody is with this person now: every alarm of the conversation is acknowledged; how many rang."""
    rung = [row for row in ringing(connection) if row.conversation_id == conversation_id]
    for row in rung:
        acknowledge(connection, row.id, staff_id)
    return len(rung)


def ringing(connection: Connection) -> list[Row[Any]]:
    """Alarms nobody has acknowledged, most severe first, then longest."""
    found = connection.execute(
        select(alarm).where(alarm.c.acknowledged_at.is_(None)).order_by(alarm.c.opened_at)
    ).all()
    return sorted(found, key=lambda row: -SEVERITY.get(row.level, 3))


def is_ringing(connection: Connection, alarm_id: str) -> bool:
    """Whether nobody has acknowledged an alarm."""
    found = select(alarm.c.id).where(alarm.c.id == alarm_id, alarm.c.acknowledged_at.is_(None))
    return connection.execute(found).first() is not None


def of_conversation(connection: Connection, conversation_id: str) -> list[Row[Any]]:
    """The alarms of a conversation, newest first."""
    found = select(alarm).where(alarm.c.conversation_id == conversation_id)
    return list(connection.execute(found.order_by(alarm.c.opened_at.desc())))


def _parcels(connection: Connection, row: Row[Any]) -> list[tuple[Row[Any], dict[str, Any]]]:
    found = connection.execute(
        select(parcels)
        .where(parcels.c.conversation_id == row.conversation_id, parcels.c.kind.in_(KINDS))
        .order_by(parcels.c.created_at)
    )
    opened = [
        (parcel, get_keyring().open_json("outbox.payload", parcel.id, parcel.payload)) for parcel in found
    ]
    return [(parcel, payload) for parcel, payload in opened if payload["alarm"] == row.id]


def deliveries(connection: Connection, row: Row[Any]) -> list[Delivery]:
    """What has become of everything an alarm sent, oldest first."""
    return [
        Delivery(NAMES[parcel.kind], parcel.status, parcel.attempts, parcel.error_code or "")
        for parcel, _ in _parcels(connection, row)
        if parcel.status != outbox.DROPPED
    ]


def stuck(connection: Connection) -> dict[str, tuple[int, str]]:
    """Ways that do not get through now: e-mail, text or webhook -> (how many wait or failed, the last error)."""
    ringing_here = select(alarm.c.conversation_id).where(alarm.c.acknowledged_at.is_(None))
    found = connection.execute(
        select(parcels.c.kind, func.count(), func.max(parcels.c.error_code))
        .where(
            parcels.c.kind.in_(KINDS),
            parcels.c.conversation_id.in_(ringing_here),
            parcels.c.error_code.is_not(None),
            parcels.c.status.in_((outbox.WAITING, outbox.SENDING, outbox.FAILED)),
        )
        .group_by(parcels.c.kind)
    )
    return {NAMES[kind]: (int(count), str(code)) for kind, count, code in found}


def gave_up(connection: Connection, parcel: outbox.Parcel, code: str) -> None:
    """A way refused for good: it stands in the console and in the audit log; the escalation goes on."""
    detail = f"{NAMES[parcel.kind]} refused: {code}"[:200]
    audit.record(connection, "system", "alarm.failed", "conversation", parcel.conversation_id, detail)
    announce(connection, QUEUE)
