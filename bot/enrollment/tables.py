"""Tables of the enrollment record: its state, every answer, its history, and the consents."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, UniqueConstraint

from bot.records.database import Moment, metadata

enrollment = Table(
    "enrollment",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("conversation_id", ForeignKey("conversation.id", ondelete="CASCADE"), nullable=False),
    Column("questionnaire", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("locale", String(8), nullable=False),
    Column("created_at", Moment, nullable=False),
    Column("updated_at", Moment, nullable=False),
    Column("submitted_at", Moment),
    Column("completeness", Integer, nullable=False, default=0),  # percent of the questions that apply
    Column(
        "authority", String(16)
    ),  # what a proxy claims: agent | guardian | none | not_sure; never verified here
    Column("service_area", String(8)),  # in | out | unknown, by zip; never told to anybody who writes
    # Keyed hashes of name and phone, and of name and birth: equal ones are probably the same person.
    Column("phone_hash", String(64)),
    Column("birth_hash", String(64)),
    UniqueConstraint("conversation_id", "questionnaire"),
    Index("ix_enrollment_state", "state", "updated_at"),
    Index("ix_enrollment_phone_hash", "phone_hash"),
    Index("ix_enrollment_birth_hash", "birth_hash"),
)

answer = Table(
    "enrollment_answer",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("enrollment_id", ForeignKey("enrollment.id", ondelete="CASCADE"), nullable=False),
    Column("link_id", String(64), nullable=False),
    Column("value", LargeBinary, nullable=False),  # sealed {value, label, source}
    Column("message_id", String(36), nullable=False),  # the message it was said in
    Column("answered_at", Moment, nullable=False),
    UniqueConstraint("enrollment_id", "link_id"),
)

enrollment_event = Table(
    "enrollment_event",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("enrollment_id", ForeignKey("enrollment.id", ondelete="CASCADE"), nullable=False),
    Column("at", Moment, nullable=False),
    Column("actor", String(64), nullable=False),
    Column("from_state", String(16)),
    Column("to_state", String(16), nullable=False),
    Column("message_id", String(36)),
    Column("reason", LargeBinary),  # sealed: what a coordinator wrote
    Index("ix_enrollment_event_enrollment_id", "enrollment_id"),
)

consent = Table(
    "consent",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("enrollment_id", ForeignKey("enrollment.id", ondelete="CASCADE"), nullable=False),
    Column("scope", String(32), nullable=False),  # store | share | text | voicemail | enroll ...
    Column("given", String(8), nullable=False),  # yes | no | revoked; the newest of a scope is in force
    Column("given_by", String(16), nullable=False),  # self | other (claimed, not verified)
    Column("wording_version", String(32), nullable=False),
    Column("locale", String(8), nullable=False),
    Column("channel", String(16), nullable=False),
    Column("message_id", String(36), nullable=False),
    Column("at", Moment, nullable=False),
    Column("role", String(16)),  # patient, or the authority a proxy claims
    Column("name", LargeBinary),  # sealed: who gave it
    Column("detail", LargeBinary),  # sealed: for the scope "family", who may be told
    UniqueConstraint("enrollment_id", "scope", "message_id"),
)
