"""Tables of the safety room: every detection, and the alarms that ring until someone reacts."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from bot.records.database import Moment, metadata

detection = Table(
    "safety_detection",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True),
    Column(
        "message_id", String(36), nullable=False
    ),  # the message it was found in, or the event that found it
    Column("source", String(16), nullable=False),  # gate | answer | silence | staff (missed by the gate)
    Column("level", String(16), nullable=False),
    Column("category", String(32), nullable=False),
    Column(
        "rule", String(64), nullable=False
    ),  # id of the pattern or model that fired; "" when there is none
    Column("person", String(16), nullable=False),  # whom it is about: self | other | ""
    Column("intentional", Boolean, nullable=False),
    Column("means", Boolean, nullable=False),
    Column(
        "answered", String(64), nullable=False
    ),  # id of the words that were said; "" when nothing could go out
    Column("alarm_id", String(36), index=True),
    Column("at", Moment, nullable=False),
    Column("cleared_at", Moment),
    Column("cleared_by", String(36)),
    Column("verdict", String(16)),  # right | wrong | missed, from a supervisor
    Column("verdict_by", String(36)),
    Column("verdict_at", Moment),
    UniqueConstraint("message_id", "category", "source"),
    Index("ix_safety_detection_at", "at"),
)

alarm = Table(
    "safety_alarm",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("level", String(16), nullable=False),
    Column("category", String(32), nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("step", Integer, nullable=False),  # steps of escalation taken so far
    Column("acknowledged_at", Moment),
    Column("acknowledged_by", String(36)),
    Index("ix_safety_alarm_open", "acknowledged_at", "opened_at"),
)
