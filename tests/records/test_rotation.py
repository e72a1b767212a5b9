"""A new master key: everything is sealed again, also after an interruption, and the old key is not needed any more."""

from __future__ import annotations

import uuid

import pytest
from sqlalchemy import LargeBinary, select, update

from bot.conversation import conversations, inbox, messages
from bot.conversation.messages import Draft
from bot.conversation.tables import message
from bot.enrollment import record
from bot.enrollment.tables import enrollment
from bot.handoff import tickets
from bot.handoff.tickets import TicketDraft
from bot.records import audit, rotation
from bot.records.crypto import SealError, get_keyring
from bot.records.database import Database
from bot.records.schema import metadata
from tests.support.caches import forget_settings

PHONE = "+13125550188"
ANSWERS = {"patient_name": "Rosa Díaz", "phone": PHONE, "matters_most": "my dog"}


def keys(monkeypatch: pytest.MonkeyPatch, key: str, *old: str) -> None:
    """What the settings of this process say from now on."""
    monkeypatch.setenv("PES_SECRET_KEY", key)
    monkeypatch.setenv("PES_OLD_SECRET_KEYS", ",".join(old))
    forget_settings()


def fill(database: Database) -> tuple[str, str]:
    """A number that texts and a record; the ids of the conversation and of a message."""
    with database.begin() as connection:
        talk = conversations.ensure_sms(connection, PHONE, "en")
        said = [inbox.receive(connection, talk, uuid.uuid4().hex, f"hello {n}", 0) for n in range(5)]
        conversations.say(connection, talk, [Draft("Hello, Rosa.")])
        values = {
            key: {"value": value, "label": {"en": value, "es": value}} for key, value in ANSWERS.items()
        }
        record.save_answers(connection, talk, "intake", said[0].message_id, values)
        draft = TicketDraft("person", "please call Rosa")
        tickets.open_ticket(connection, talk, said[0].message_id, draft)
        audit.record(connection, "command-line", "enrollment.read", "enrollment", talk)
    return talk, said[-1].message_id


def stale(database: Database) -> int:
    """How many sealed values still need an earlier key."""
    with database.begin() as connection:
        return sum(
            get_keyring().needs_rotation(value)
            for table in metadata.sorted_tables
            for column in table.columns
            if isinstance(column.type, LargeBinary)
            for value in connection.execute(select(column).where(column.is_not(None))).scalars()
        )


def test_after_a_rotation_the_new_key_alone_opens_everything(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    keys(monkeypatch, "the first key")
    talk, _ = fill(database)
    keys(monkeypatch, "the second key", "the first key")
    with database.begin() as connection:
        assert conversations.ensure_sms(connection, PHONE, "en") == talk
    before = stale(database)
    assert before >= 10
    assert rotation.rotate(database).values == before
    assert rotation.rotate(database).values == 0

    keys(monkeypatch, "the second key")
    assert stale(database) == 0
    with database.begin() as connection:
        assert conversations.ensure_sms(connection, PHONE, "en") == talk
        assert conversations.phone_of(conversations.get(connection, talk)) == PHONE
        assert messages.after(connection, talk, 0)[-1]["text"] == "Hello, Rosa."
        (kept,) = record.of_conversation(connection, talk)
        assert {key: one["value"] for key, one in kept.answers.items()} == ANSWERS
        assert [tickets.note_of(row) for row in tickets.open_tickets(connection, talk)] == [
            "please call Rosa"
        ]
        assert audit.verify(connection) is None


def test_the_same_person_is_still_found_twice(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    keys(monkeypatch, "the first key")
    talk, _ = fill(database)
    keys(monkeypatch, "the second key", "the first key")
    rotation.rotate(database)
    keys(monkeypatch, "the second key")
    with database.begin() as connection:
        other = conversations.open_web(connection, "en", []).conversation_id
        values = {
            key: {"value": value, "label": {"en": value, "es": value}} for key, value in ANSWERS.items()
        }
        record.save_answers(connection, other, "intake", "m", values)
        hashes = select(enrollment.c.phone_hash).where(enrollment.c.conversation_id.in_([talk, other]))
        first, second = connection.execute(hashes).scalars()
        assert first == second


def test_interrupted_half_way_it_is_run_again(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    keys(monkeypatch, "the first key")
    talk, last = fill(database)
    keys(monkeypatch, "the second key", "the first key")
    place = message.c.id == last
    with database.begin() as connection:
        whole = connection.execute(select(message.c.body).where(place)).scalar_one()
        connection.execute(update(message).where(place).values(body=whole[:-1] + bytes([whole[-1] ^ 1])))
    everything = stale(database)
    with pytest.raises(SealError):
        rotation.rotate(database)
    assert 0 < stale(database) < everything
    with database.begin() as connection:
        connection.execute(update(message).where(place).values(body=whole))
        assert len(messages.after(connection, talk, 0)) == 6
    rotation.rotate(database)
    assert stale(database) == 0


def test_a_log_that_was_tampered_with_is_not_chained_anew(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys(monkeypatch, "the first key")
    fill(database)
    with database.begin() as connection:
        connection.execute(update(audit.audit).values(actor="somebody else"))
    keys(monkeypatch, "the second key", "the first key")
    with pytest.raises(rotation.AuditBroken):
        rotation.rotate(database)
    with database.begin() as connection:
        assert audit.verify(connection) is not None
