"""Links to a page: a random word that nobody can guess, kept as a hash, for so many days, gone with the record."""

from __future__ import annotations

import hashlib
import secrets
import uuid
from datetime import timedelta

from sqlalchemy import Connection, delete, insert, select

from bot.page.tables import page_link
from bot.records import audit
from bot.records.database import now

# Random bytes in a link: 144 bits in 24 letters, short enough for a text message.
BYTES = 18


def new_token() -> str:
    """A token; it is known only to whoever is given the link."""
    return secrets.token_urlsafe(BYTES)


def address(base_url: str, token: str) -> str:
    """The address of the page a token opens."""
    return f"{base_url.rstrip('/')}/p/{token}"


def keep(connection: Connection, conversation_id: str, message_id: str, token: str, days: float) -> None:
    """Let a token open the page of a conversation for `days`; asked again by the same message, the newest counts."""
    moment = now()
    same = (page_link.c.conversation_id == conversation_id, page_link.c.message_id == message_id)
    connection.execute(delete(page_link).where(*same))
    connection.execute(
        insert(page_link).values(
            id=str(uuid.uuid4()),
            conversation_id=conversation_id,
            message_id=message_id,
            token_hash=_hash(token),
            created_at=moment,
            expires_at=moment + timedelta(days=days),
        )
    )
    audit.record(connection, "assistant", "page.link", "conversation", conversation_id)


def conversation_of(connection: Connection, token: str) -> str | None:
    """The conversation whose page a token opens; None when it is wrong, too old or taken back."""
    found = select(page_link.c.conversation_id).where(
        page_link.c.token_hash == _hash(token), page_link.c.expires_at > now()
    )
    return connection.execute(found).scalar_one_or_none()


def revoke(connection: Connection, conversation_id: str) -> None:
    """No link to the page of a conversation opens it any more."""
    connection.execute(delete(page_link).where(page_link.c.conversation_id == conversation_id))


def _hash(token: str) -> str:
    # 144 random bits need no slow hash: nobody can go through them.
    return hashlib.sha256(token.encode()).hexdigest()
