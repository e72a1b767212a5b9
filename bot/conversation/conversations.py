"""Opening conversations and finding them again."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, not_, select, update

from bot.conversation import messages
from bot.conversation.messages import Draft, Message
from bot.conversation.tables import conversation
from bot.records.crypto import get_keyring
from bot.records.database import now
from bot.records.statements import announce, insert_or_ignore

ASSISTANT = "assistant"
HUMAN = "human"


class ConversationNotFound(LookupError):
    """There is no such conversation."""


class WrongToken(PermissionError):
    """The token does not belong to this conversation."""


@dataclass(frozen=True)
class Opened:
    """A new web conversation; the token is known only now, the database keeps its hash."""

    conversation_id: str
    token: str
    messages: list[Message]


def hash_token(token: str) -> str:
    """How a bearer token is kept."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_web(connection: Connection, locale: str, greeting: list[Draft]) -> Opened:
    """Start a web chat: the conversation, its token and the greeting, in one transaction."""
    conversation_id, token, moment = str(uuid.uuid4()), secrets.token_urlsafe(32), now()
    connection.execute(
        insert(conversation).values(
            id=conversation_id,
            channel="webchat",
            locale=locale,
            control=ASSISTANT,
            token_hash=hash_token(token),
            opted_out=False,
            last_seq=len(greeting),
            created_at=moment,
            updated_at=moment,
        )
    )
    written = messages.add(connection, conversation_id, "webchat", locale, 1, greeting, created_at=moment)
    return Opened(conversation_id, token, written)


def ensure_sms(connection: Connection, phone: str, locale: str) -> str:
    """The id of the conversation with a phone number (E.164), started if there is none."""
    keyring, moment = get_keyring(), now()
    address_hash, *earlier = keyring.lookups("phone", phone)
    if earlier:
        # A new key was set and `pes keys rotate` has not come to this number yet.
        known = select(conversation.c.id).where(
            conversation.c.channel == "sms", conversation.c.address_hash.in_(earlier)
        )
        found_id = connection.execute(known).scalar_one_or_none()
        if found_id:
            return str(found_id)
    conversation_id = str(uuid.uuid4())
    started = insert_or_ignore(
        connection,
        conversation,
        id=conversation_id,
        channel="sms",
        locale=locale,
        control=ASSISTANT,
        address_hash=address_hash,
        address=keyring.seal("conversation.address", conversation_id, phone.encode()),
        opted_out=False,
        last_seq=0,
        created_at=moment,
        updated_at=moment,
    )
    if started:
        return conversation_id
    found = select(conversation.c.id).where(
        conversation.c.channel == "sms", conversation.c.address_hash == address_hash
    )
    return str(connection.execute(found).scalar_one())


def get(connection: Connection, conversation_id: str) -> Row[Any]:
    """One conversation.

    Raises:
        ConversationNotFound: no such conversation.
    """
    row = None
    if is_id(conversation_id):
        found = select(conversation).where(conversation.c.id == conversation_id)
        row = connection.execute(found).one_or_none()
    if row is None:
        raise ConversationNotFound(conversation_id)
    return row


def is_id(text: str) -> bool:
    """Whether a text from outside can be the id of a conversation; others must not reach the database (NUL)."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False


def check_token(row: Row[Any], token: str) -> None:
    """Raise WrongToken unless `token` opens the conversation `row`."""
    if not row.token_hash or not hmac.compare_digest(row.token_hash, hash_token(token)):
        raise WrongToken(row.id)


def authorize(connection: Connection, conversation_id: str, token: str) -> Row[Any]:
    """The conversation that `token` opens; raises ConversationNotFound or WrongToken."""
    row = get(connection, conversation_id)
    check_token(row, token)
    return row


def phone_of(row: Row[Any]) -> str:
    """The E.164 number of an SMS conversation."""
    return get_keyring().open("conversation.address", row.id, row.address).decode()


def take_seq(connection: Connection, conversation_id: str, count: int) -> int:
    """Take `count` sequence numbers; returns the first. The row stays locked until the commit."""
    last = connection.execute(
        update(conversation)
        .where(conversation.c.id == conversation_id)
        .values(last_seq=conversation.c.last_seq + count, updated_at=now())
        .returning(conversation.c.last_seq)
    ).scalar_one_or_none()
    if last is None:
        raise ConversationNotFound(conversation_id)
    return int(last) - count + 1


def say(connection: Connection, conversation_id: str, drafts: list[Draft]) -> list[Message]:
    """Append messages that no turn wrote (a coordinator's reply, a notice) and send them on their way."""
    from bot.conversation import outbox  # the outbox needs conversations too

    row = get(connection, conversation_id)
    first = take_seq(connection, conversation_id, len(drafts))
    written = messages.add(connection, conversation_id, row.channel, row.locale, first, drafts)
    outbox.enqueue(connection, row, written)
    announce(connection, conversation_id)
    return written


def left_before(connection: Connection, moment: datetime) -> list[str]:
    """Conversations in the assistant's hands in which nothing has happened since `moment`, oldest first."""
    found = (
        select(conversation.c.id)
        .where(
            conversation.c.updated_at <= moment,
            conversation.c.control == ASSISTANT,
            # What is kept of a number that opted out.
            not_(and_(conversation.c.opted_out, conversation.c.last_seq == 0)),
        )
        .order_by(conversation.c.updated_at)
    )
    return list(connection.execute(found).scalars())


def erase(connection: Connection, conversation_id: str) -> None:
    """Erase a conversation with everything in it. A number that opted out of texts stays known as opted out."""
    row = get(connection, conversation_id)
    connection.execute(delete(conversation).where(conversation.c.id == conversation_id))
    if row.channel == "sms" and row.opted_out:
        moment = now()
        connection.execute(
            insert(conversation).values(
                id=row.id,
                channel=row.channel,
                locale=row.locale,
                control=ASSISTANT,
                address_hash=row.address_hash,
                address=row.address,
                opted_out=True,
                last_seq=0,
                created_at=moment,
                updated_at=moment,
            )
        )
