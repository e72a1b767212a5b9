"""A message of the log: what is shown, how it is sealed at rest, and what a turn wants to say."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import (
    Any,
    NotRequired,  # pydantic needs this one before Python 3.12
)

from sqlalchemy import Connection, Row, insert, or_, select
from typing_extensions import TypedDict

from bot.conversation.tables import message
from bot.records.crypto import get_keyring
from bot.records.database import now

# A message of this kind is part of the log but shown to nobody: it only asks for a turn.
EVENT = "event"
# How long a page may show what is private: long enough to read the answer.
PRIVATE_SHOWN = timedelta(minutes=5)


class Choice(TypedDict):
    """A button: `title` is shown, `value` is what a person could type instead."""

    title: str
    value: str


class Link(TypedDict):
    """A link under a message; `tel:` and `sms:` addresses are allowed."""

    title: str
    url: str


class Message(TypedDict):
    """One message as the API shows it (DESIGN 4)."""

    seq: int
    id: str
    author: str
    kind: str
    text: str
    choices: list[Choice]
    links: list[Link]
    locale: str
    created_at: str
    in_reply_to: NotRequired[str | None]
    private: NotRequired[bool]


@dataclass(frozen=True)
class Draft:
    """A message that is about to enter the log."""

    text: str
    author: str = "assistant"
    kind: str = "text"
    choices: tuple[Choice, ...] = ()
    links: tuple[Link, ...] = ()
    # When it is not said in the conversation's own language.
    locale: str | None = None
    private: bool = False
    # A part of the plain form: linkId -> what was filled in (see `bot.webform.filling`).
    fields: dict[str, str] | None = None


def seal_body(message_id: str, draft: Draft) -> bytes:
    """The encrypted body column of a message."""
    body: dict[str, Any] = {"text": draft.text}
    if draft.choices:
        body["choices"] = list(draft.choices)
    if draft.links:
        body["links"] = list(draft.links)
    if draft.fields is not None:
        body["fields"] = draft.fields
    return get_keyring().seal_json("message.body", message_id, body)


def open_body(message_id: str, sealed: bytes) -> dict[str, Any]:
    """What `seal_body` sealed: `{text, choices?, links?}`."""
    body: dict[str, Any] = get_keyring().open_json("message.body", message_id, sealed)
    return body


def as_message(row: Row[Any]) -> Message:
    """A row of the message table as the API shows it."""
    body = open_body(row.id, row.body)
    return Message(
        seq=row.seq,
        id=row.id,
        author=row.author,
        kind=row.kind,
        text=body["text"],
        choices=body.get("choices", []),
        links=body.get("links", []),
        locale=row.locale,
        created_at=row.created_at.isoformat().replace("+00:00", "Z"),
        in_reply_to=row.in_reply_to,
        private=row.private,
    )


def add(
    connection: Connection,
    conversation_id: str,
    channel: str,
    locale: str,
    first_seq: int,
    drafts: list[Draft],
    in_reply_to: str | None = None,
    created_at: datetime | None = None,
) -> list[Message]:
    """Append drafts to the log with sequence numbers from `first_seq`; the caller has taken the numbers."""
    moment = created_at or now()
    written: list[Message] = []
    rows = []
    for offset, draft in enumerate(drafts):
        message_id = str(uuid.uuid4())
        rows.append(
            {
                "id": message_id,
                "conversation_id": conversation_id,
                "seq": first_seq + offset,
                "author": draft.author,
                "kind": draft.kind,
                "channel": channel,
                "body": seal_body(message_id, draft),
                "locale": draft.locale or locale,
                "in_reply_to": in_reply_to,
                "attempts": 0,
                "private": draft.private,
                "created_at": moment,
            }
        )
        written.append(
            Message(
                seq=first_seq + offset,
                id=message_id,
                author=draft.author,
                kind=draft.kind,
                text=draft.text,
                choices=list(draft.choices),
                links=list(draft.links),
                locale=draft.locale or locale,
                created_at=moment.isoformat().replace("+00:00", "Z"),
                in_reply_to=in_reply_to,
                private=draft.private,
            )
        )
    if rows:
        connection.execute(insert(message), rows)
    return written


def after(
    connection: Connection, conversation_id: str, seq: int, limit: int = 200, public: bool = False
) -> list[Message]:
    """Messages of a conversation with a sequence number above `seq`, oldest first.

    Args:
        public: for the page of the person, which somebody else may open later: what is private is there only while
            it is fresh.
    """
    found = select(message).where(
        message.c.conversation_id == conversation_id, message.c.seq > seq, message.c.kind != EVENT
    )
    if public:
        found = found.where(or_(message.c.private.is_(False), message.c.created_at > now() - PRIVATE_SHOWN))
    rows = connection.execute(found.order_by(message.c.seq).limit(limit))
    return [as_message(row) for row in rows]


def replies_to(connection: Connection, message_id: str) -> list[Message]:
    """What was answered to one message of a person."""
    rows = connection.execute(
        select(message).where(message.c.in_reply_to == message_id).order_by(message.c.seq)
    )
    return [as_message(row) for row in rows]


def texts(connection: Connection, message_ids: Collection[str]) -> dict[str, str]:
    """What was said in messages, by their id; those that are gone are left out."""
    found = connection.execute(
        select(message.c.id, message.c.body).where(message.c.id.in_(list(message_ids)))
    )
    return {row.id: str(open_body(row.id, row.body)["text"]) for row in found}


def private_ones(connection: Connection, message_ids: Collection[str]) -> set[str]:
    """Those of these messages that are private: told about abuse, or about whether it is safe to talk."""
    found = select(message.c.id).where(message.c.id.in_(list(message_ids)), message.c.private.is_(True))
    return set(connection.execute(found).scalars())
