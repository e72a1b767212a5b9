"""Tables of a conversation: who we talk with, every message of the log, and what still has to leave."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
)

from bot.records.database import Moment, metadata

conversation = Table(
    "conversation",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("channel", String(16), nullable=False),  # webchat | sms
    Column("locale", String(8), nullable=False),
    Column("control", String(16), nullable=False),  # assistant | human
    Column("assigned_to", String(36)),  # staff id while a human is in control
    Column("token_hash", String(64)),  # web chat: SHA-256 of the bearer token
    Column("address_hash", String(64)),  # SMS: keyed hash of the phone number, for look-up
    Column("address", LargeBinary),  # SMS: sealed E.164 number
    Column("opted_out", Boolean, nullable=False, default=False),
    Column("state", LargeBinary),  # sealed engine state after the last turn
    Column("last_seq", Integer, nullable=False, default=0),
    Column("lease_owner", String(64)),  # worker that holds the turn now
    Column("lease_until", Moment),
    Column("retry_at", Moment),  # engine down: when to try the waiting turn again
    Column("held_since", Moment),  # engine down: since when this person has had the holding message
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("last_person_at", Moment),
    UniqueConstraint("channel", "address_hash"),
)

message = Table(
    "message",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("seq", Integer, nullable=False),
    Column("author", String(16), nullable=False),  # person | assistant | coordinator | system
    Column("kind", String(16), nullable=False),  # text | safety | handoff | summary
    Column("channel", String(16), nullable=False),
    Column("external_id", String(128)),  # what the channel calls it; unique, so nothing runs twice
    Column("body", LargeBinary, nullable=False),  # sealed {text, choices, links}
    Column("locale", String(8), nullable=False),
    Column("in_reply_to", String(36)),  # the person's message whose turn wrote this
    Column("turn", String(16)),  # person's messages: pending | done | given_up
    Column("attempts", Integer, nullable=False, default=0),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("conversation_id", "seq"),
    UniqueConstraint("channel", "external_id"),
    Index("ix_message_pending", "turn", "conversation_id", "seq"),
    Index("ix_message_in_reply_to", "in_reply_to"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", String(36), nullable=False),  # the first message of the log that this carries
    Column("kind", String(16), nullable=False),  # sms
    Column("payload", LargeBinary, nullable=False),  # sealed
    Column("status", String(16), nullable=False),  # waiting | sending | sent | delivered | failed
    Column("attempts", Integer, nullable=False, default=0),
    Column("due_at", Moment, nullable=False),
    Column("lease_until", Moment),
    Column("provider_id", String(64)),
    Column("error_code", String(16)),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    UniqueConstraint("message_id", "kind"),
    Index("ix_outbox_due", "status", "due_at"),
    Index("ix_outbox_provider_id", "provider_id"),
)

timer = Table(
    "timer",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE")),
    Column("kind", String(32), nullable=False),
    Column("key", String(64), nullable=False),  # what it is about; with the kind, unique
    Column("due_at", Moment, nullable=False),
    Column("created_at", Moment, nullable=False),
    UniqueConstraint("kind", "key"),
    Index("ix_timer_due_at", "due_at"),
    Index("ix_timer_conversation_id", "conversation_id"),
)
