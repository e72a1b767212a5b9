"""Table of the links to What Matters pages."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, String, Table, UniqueConstraint

from bot.records.database import Moment, metadata

page_link = Table(
    "page_link",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("message_id", String(36), nullable=False),  # the message that asked for it
    Column("token_hash", String(64), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("expires_at", Moment, nullable=False),
    UniqueConstraint("token_hash"),
    UniqueConstraint("conversation_id", "message_id"),
    Index("ix_page_link_conversation_id", "conversation_id"),
)
