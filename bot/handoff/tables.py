"""Tables of the handoff: a ticket for every time a human is needed, and the log of what was done with it."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.records.database import Moment, metadata

ticket = Table(
    "ticket",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", String(36), nullable=False),  # what made us open it; with the topic, unique
    Column("topic", String(32), nullable=False),
    Column("urgency", String(16), nullable=False),  # emergency | urgent | routine
    Column("status", String(16), nullable=False),  # open | resolved
    Column("note", LargeBinary, nullable=False),  # sealed: one line for the coordinator
    Column("assigned_to", String(36)),
    Column("opened_at", Moment, nullable=False),
    Column("first_reply_at", Moment),
    Column("closed_at", Moment),
    UniqueConstraint("conversation_id", "message_id", "topic"),
    Index("ix_ticket_open", "status", "urgency", "opened_at"),
)

ticket_event = Table(
    "ticket_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("ticket_id", ForeignKey("ticket.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),  # staff id, or "assistant"
    Column("event", String(32), nullable=False),  # opened | taken | replied | handed_back | resolved
)

task = Table(
    "task",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False, index=True),
    Column("enrollment_id", String(36), nullable=False),
    Column("rule", String(48), nullable=False),  # the rule of data/routing.yml that asked for it
    Column("role", String(24), nullable=False),  # who is to do it: coordinator, nurse, social_worker, ...
    Column(
        "title", String(120), nullable=False
    ),  # from the rule: what is to be done, nothing of what was said
    Column("status", String(8), nullable=False),  # open | done
    Column("created_at", Moment, nullable=False),
    Column("due_at", Moment, nullable=False),
    Column("done_at", Moment),
    Column("done_by", String(36)),
    UniqueConstraint("enrollment_id", "rule"),
    Index("ix_task_open", "status", "due_at"),
)
