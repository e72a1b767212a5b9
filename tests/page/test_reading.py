"""What a link opens, on both databases: one page, as long as it may, and nothing read when it opens none."""

from __future__ import annotations

import uuid
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, update

from bot.conversation import conversations
from bot.enrollment import record
from bot.enrollment.record import Consented
from bot.page import links, reading
from bot.page.tables import page_link
from bot.records.audit import audit
from bot.records.database import Database, now

DAYS = 14.0


def told(connection: Connection, talk: str, questionnaire: str = "intake", **answers: Any) -> str:
    """Answers as the interview keeps them; returns the enrollment's id."""
    kept = {link_id: {"value": value, "label": {}} for link_id, value in answers.items()}
    return record.save_answers(connection, talk, questionnaire, str(uuid.uuid4()), kept)


def allow(connection: Connection, talk: str, questionnaire: str, given: bool = True) -> None:
    consented = Consented("store", given, "other", f"{questionnaire}/1/consent")
    record.record_consent(connection, talk, questionnaire, str(uuid.uuid4()), consented)


def a_talk(connection: Connection, words: str = "to be home") -> tuple[str, str]:
    """A conversation with something told in it, and a link to its page."""
    talk = conversations.open_web(connection, "en", []).conversation_id
    told(connection, talk, for_whom="other", matters_most=words)
    token = links.new_token()
    links.keep(connection, talk, str(uuid.uuid4()), token, DAYS)
    return talk, token


def reads(connection: Connection) -> int:
    found = select(func.count()).select_from(audit).where(audit.c.action == "enrollment.read")
    return connection.execute(found).scalar_one()


def words_of(found: reading.Reading | None) -> str:
    assert found is not None
    return str(found.taken.answers["matters_most"].value)


def test_each_link_opens_its_own_page_and_the_reading_is_audited(database: Database) -> None:
    with database.begin() as connection:
        _, first = a_talk(connection, "the garden")
        _, second = a_talk(connection, "the sea")
        assert words_of(reading.opened(connection, first)) == "the garden"
        assert words_of(reading.opened(connection, second)) == "the sea"
        assert reads(connection) == 2


@pytest.mark.parametrize("why", ["wrong", "expired", "revoked", "withdrawn", "nothing told"])
def test_a_link_that_opens_nothing_reads_nothing(database: Database, why: str) -> None:
    with database.begin() as connection:
        talk, token = a_talk(connection)
        if why == "wrong":
            token = links.new_token()
        elif why == "expired":
            connection.execute(update(page_link).values(expires_at=now() - timedelta(seconds=1)))
        elif why == "revoked":
            links.revoke(connection, talk)
        elif why == "withdrawn":
            (known,) = record.of_conversation(connection, talk)
            record.move(connection, known.id, record.WITHDRAWN, "person")
            links.keep(connection, talk, str(uuid.uuid4()), token, DAYS)
        else:
            talk = conversations.open_web(connection, "en", []).conversation_id
            links.keep(connection, talk, str(uuid.uuid4()), token := links.new_token(), DAYS)
        assert reading.opened(connection, token) is None
        assert reads(connection) == 0


def test_asked_for_twice_both_links_open_until_they_are_taken_back(database: Database) -> None:
    with database.begin() as connection:
        talk, first = a_talk(connection)
        links.keep(connection, talk, str(uuid.uuid4()), second := links.new_token(), DAYS)
        assert words_of(reading.opened(connection, first)) == words_of(reading.opened(connection, second))
        links.revoke(connection, talk)
        assert reading.opened(connection, first) is None
        assert reading.opened(connection, second) is None


def test_what_a_caregiver_told_of_herself_is_read_with_it(database: Database) -> None:
    with database.begin() as connection:
        talk, token = a_talk(connection)
        own = told(connection, talk, "caregiver", cg_hardest="the nights")
        allow(connection, talk, "caregiver")
        found = reading.opened(connection, token)
        assert found is not None
        assert [other.id for other in found.others] == [own]
        assert reads(connection) == 2, "both records were read"
        team = reading.read_by(connection, "staff", found.taken.id, reading.TEAM)
        assert [other.id for other in team.others] == [own]


def test_someone_who_only_answered_another_questionnaire_has_a_page_of_that(database: Database) -> None:
    with database.begin() as connection:
        talk = conversations.open_web(connection, "es", []).conversation_id
        own = told(connection, talk, "caregiver", cg_hardest="las noches")
        links.keep(connection, talk, str(uuid.uuid4()), token := links.new_token(), DAYS)
        found = reading.opened(connection, token)
        assert found is not None
        assert found.taken.id == own
