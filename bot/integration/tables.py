"""Tables of the integration API: the keys of other systems."""

from __future__ import annotations

from sqlalchemy import Column, String, Table, UniqueConstraint

from bot.records.database import Moment, metadata

api_key = Table(
    "api_key",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("name", String(64), nullable=False),  # which system has it; for the audit log and for people
    Column("key_hash", String(64), nullable=False),  # SHA-256 of the key
    Column("created_at", Moment, nullable=False),
    Column("last_used_at", Moment),
    Column("removed_at", Moment),
    UniqueConstraint("key_hash"),
)
