"""The enrollment record on both databases: states, history, consents, tasks, duplicates, silence, erasing."""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, select, update

from bot.conversation import conversations, timers
from bot.conversation.conversations import ConversationNotFound
from bot.conversation.tables import conversation, timer
from bot.enrollment import hand_in, record
from bot.enrollment.record import Consented
from bot.handoff import tasks, tickets
from bot.records import audit, migrate, retention
from bot.records.database import Database, now

STATES = tuple(record.TRANSITIONS)
MARIA: dict[str, Any] = {
    "for_whom": "me",
    "patient_name": "Maria Lopez",
    "phone": "+13125550188",
    "zip": "60601",
    "needs": ["practical"],
}


def talk_of(connection: Connection) -> str:
    return conversations.open_web(connection, "en", []).conversation_id


def told(connection: Connection, talk: str, answers: Mapping[str, Any]) -> str:
    """Answers as the interview keeps them; returns the enrollment's id."""
    kept = {
        link_id: None if value is None else {"value": value, "label": {"en": str(value), "es": str(value)}}
        for link_id, value in answers.items()
    }
    return record.save_answers(connection, talk, "intake", str(uuid.uuid4()), kept)


def consent(scope: str, given: bool = True, **more: str) -> Consented:
    return Consented(scope, given, "other", f"intake/2/consent_{scope}", **more)


def in_state(connection: Connection, state: str) -> str:
    """An enrollment that has come to a state by allowed steps."""
    ways = {
        record.STARTED: (),
        record.PARTIAL: (record.PARTIAL,),
        record.SUBMITTED: (record.SUBMITTED,),
        record.ACCEPTED: (record.SUBMITTED, record.ACCEPTED),
        record.ACTIVE: (record.SUBMITTED, record.ACCEPTED, record.ACTIVE),
        record.DECLINED: (record.SUBMITTED, record.DECLINED),
        record.WITHDRAWN: (record.WITHDRAWN,),
    }
    found = told(connection, talk_of(connection), MARIA)
    for step in ways[state]:
        record.move(connection, found, step, "assistant")
    return found


def test_every_pair_of_states_is_allowed_or_refused_and_history_tells(database: Database) -> None:
    with database.begin() as connection:
        for before, after in itertools.permutations(STATES, 2):
            found = in_state(connection, before)
            steps = len(record.history(connection, found))
            if after in record.TRANSITIONS[before]:
                assert record.move(connection, found, after, "x", reason="why")
                assert record.get(connection, found).state == after
                last = record.history(connection, found)[-1]
                assert (last.before, last.after, last.actor, last.reason) == (before, after, "x", "why")
            else:
                with pytest.raises(record.TransitionRefused):
                    record.move(connection, found, after, "x")
                assert record.get(connection, found).state == before
                assert len(record.history(connection, found)) == steps


def test_a_coordinator_decides_with_a_reason_and_it_is_audited(database: Database) -> None:
    with database.begin() as connection:
        found = in_state(connection, record.SUBMITTED)
        with pytest.raises(record.ReasonNeeded):
            record.decide(connection, found, record.DECLINED, "staff-1", "  ")
        with pytest.raises(record.TransitionRefused):
            record.decide(connection, found, record.STARTED, "staff-1", "x")
        assert record.decide(connection, found, record.ACCEPTED, "staff-1", "")
        assert record.decide(connection, found, record.ACTIVE, "staff-1", "")
        assert not record.decide(connection, found, record.ACTIVE, "staff-1", "")
        actions = [entry.action for entry in audit.entries(connection, found, 10)]
        assert actions == ["enrollment.accepted", "enrollment.active"]
        assert audit.verify(connection) is None


def test_a_reason_is_not_readable_in_the_table(database: Database) -> None:
    with database.begin() as connection:
        found = in_state(connection, record.SUBMITTED)
        record.decide(connection, found, record.DECLINED, "staff-1", "moved to Glapthorn")
        raw = connection.exec_driver_sql("SELECT reason FROM enrollment_event").scalars()
        assert all(b"Glapthorn" not in bytes(value or b"") for value in raw)


def test_completeness_grows_and_follows_the_branches(database: Database) -> None:
    with database.begin() as connection:
        talk = talk_of(connection)
        found = told(connection, talk, {"for_whom": "me"})
        first = record.get(connection, found).completeness
        told(connection, talk, MARIA)
        second = record.get(connection, found).completeness
        told(connection, talk, {"for_whom": "other"})
        third = record.get(connection, found).completeness
        assert 0 < first < second < 100
        assert third < second, "more is asked of somebody who signs another person up"


def test_the_area_is_noted_and_the_claim(database: Database) -> None:
    with database.begin() as connection:
        talk = talk_of(connection)
        found = told(connection, talk, MARIA | {"for_whom": "other", "authority": "agent"})
        kept = record.get(connection, found)
        assert (kept.service_area, kept.authority) == ("in", "agent")
        told(connection, talk, {"zip": "90210"})
        assert record.get(connection, found).service_area == "out"
        told(connection, talk, {"zip": None})
        assert record.get(connection, found).service_area == "unknown"


def test_sending_in_opens_the_tasks_once(database: Database) -> None:
    with database.begin() as connection:
        talk = talk_of(connection)
        told(connection, talk, MARIA | {"sx_pain": "9"})
        for _ in range(2):
            record.submit(connection, talk, "intake", "m-1")
        found = tasks.of_conversation(connection, talk)
        assert {row.rule for row in found} == {"welcome_call", "symptoms", "practical_needs"}
        nurse = next(row for row in found if row.role == "nurse")
        assert found[0].id == nurse.id, "the soonest due comes first"
        assert nurse.due_at - nurse.created_at <= timedelta(minutes=61)
        assert tasks.finish(connection, nurse.id, "staff-1")
        assert not tasks.finish(connection, nurse.id, "staff-1")
        assert {row.role for row in tasks.all_open(connection)} == {"coordinator", "social_worker"}
        assert [entry.action for entry in audit.entries(connection, nurse.id, 5)] == ["task.done"]


@pytest.mark.parametrize(
    ("other", "alike"),
    [
        ({"patient_name": "lopez, María"}, True),
        ({"patient_name": "Maria Lopez", "phone": "+13125550199", "date_of_birth": "1952-03-04"}, True),
        ({"patient_name": "Maria Lopez", "phone": "+13125550199"}, False),
        ({"patient_name": "Rosa Lopez"}, False),
    ],
)
def test_probable_duplicates_are_found_by_keyed_hash(
    database: Database, other: dict[str, Any], alike: bool
) -> None:
    with database.begin() as connection:
        first = told(connection, talk_of(connection), MARIA | {"date_of_birth": "1952-03-04"})
        talk = talk_of(connection)
        second = told(connection, talk, MARIA | other)
        assert (record.duplicates(connection, second) == [first]) is alike
        record.submit(connection, talk, "intake", "m-1")
        rules = {row.rule for row in tasks.of_conversation(connection, talk)}
        assert ("check_duplicate" in rules) is alike


def test_a_consent_is_kept_in_full_and_can_be_taken_back(database: Database) -> None:
    with database.begin() as connection:
        talk = talk_of(connection)
        found = told(connection, talk, MARIA | {"consent_text": True, "consent_family": "my sister Eva"})
        for given in (
            consent("store", role="agent", name="Ana Lopez", locale="es"),
            consent("text"),
            consent("family", detail="my sister Eva"),
            consent("voicemail", given=False),
        ):
            record.record_consent(connection, talk, "intake", "m-1", given)
        first = record.consents(connection, found)[0]
        assert (first.scope, first.given, first.role, first.name) == ("store", "yes", "agent", "Ana Lopez")
        assert (first.locale, first.channel, first.wording_version) == (
            "es",
            "webchat",
            "intake/2/consent_store",
        )
        assert record.take_back(connection, talk, "m-2", ("text",)) == ["text"]
        assert record.take_back(connection, talk, "m-3", ("text",)) == [], "it is not in force any more"
        assert record.get(connection, found).answers["consent_text"]["value"] is False
        in_force = {kept.scope: kept.given for kept in record.consents(connection, found)}
        assert in_force == {"store": "yes", "text": "revoked", "family": "yes", "voicemail": "no"}
        assert record.consented_to_store(connection, talk)


def test_taking_all_back_empties_the_record_and_ends_its_tasks(database: Database) -> None:
    with database.begin() as connection:
        talk = talk_of(connection)
        found = told(connection, talk, MARIA)
        record.record_consent(connection, talk, "intake", "m-1", consent("store"))
        record.submit(connection, talk, "intake", "m-1")
        record.take_back(connection, talk, "m-2", ())
        kept = record.get(connection, found)
        assert (kept.state, kept.answers) == ("withdrawn", {})
        assert not record.consented_to_store(connection, talk)
        assert tasks.all_open(connection) == []
        row = connection.exec_driver_sql("SELECT phone_hash, birth_hash FROM enrollment").one()
        assert tuple(row) == (None, None)


@pytest.mark.parametrize("state", STATES)
def test_permission_can_be_taken_back_in_every_state(database: Database, state: str) -> None:
    with database.begin() as connection:
        found = in_state(connection, state)
        talk = record.get(connection, found).conversation_id
        record.take_back(connection, talk, "m-2", ())
        kept = record.get(connection, found)
        assert (kept.state, kept.answers) == ("withdrawn", {})


def due_now(connection: Connection, kind: str) -> None:
    connection.execute(update(timer).where(timer.c.kind == kind).values(due_at=now() - timedelta(seconds=1)))


def test_silence_hands_in_what_there_is_once(database: Database) -> None:
    handlers: dict[str, timers.Handler] = {hand_in.SILENT: record.fell_silent}
    with database.begin() as connection:
        talk = talk_of(connection)
        found = told(connection, talk, MARIA)
        assert timers.due(connection, tuple(handlers)) == [], "it is not silent yet"
        due_now(connection, hand_in.SILENT)
        (timer_id,) = timers.due(connection, tuple(handlers))
    for _ in range(2):
        with database.begin() as connection:
            timers.fire(connection, timer_id, handlers)
    with database.begin() as connection:
        assert record.get(connection, found).state == "partial"
        assert [row.topic for row in tickets.open_tickets(connection, talk)] == ["partial"]
        assert {row.rule for row in tasks.of_conversation(connection, talk)} == {
            "welcome_call",
            "practical_needs",
        }
        told(connection, talk, {"needs": ["practical", "spirit"]})
        record.submit(connection, talk, "intake", "m-9")
        assert record.get(connection, found).state == "submitted"
        assert "spiritual_needs" in {row.rule for row in tasks.of_conversation(connection, talk)}
        assert connection.execute(select(timer).where(timer.c.kind == hand_in.SILENT)).all() == []


def test_a_handler_that_fails_loses_no_timer(database: Database) -> None:
    with database.begin() as connection:
        told(connection, talk_of(connection), MARIA)
        due_now(connection, hand_in.SILENT)
        (timer_id,) = timers.due(connection, (hand_in.SILENT,))

    def fails(_connection: Connection, _timer: timers.Timer) -> None:
        raise RuntimeError("killed")

    with pytest.raises(RuntimeError), database.begin() as connection:
        timers.fire(connection, timer_id, {hand_in.SILENT: fails})
    with database.begin() as connection:
        assert timers.due(connection, (hand_in.SILENT,)) == [timer_id]


def left_long_ago(connection: Connection, talk: str) -> None:
    old = now() - timedelta(days=31)
    connection.execute(update(conversation).where(conversation.c.id == talk).values(updated_at=old))


def test_what_nobody_agreed_to_keep_is_erased(database: Database) -> None:
    with database.begin() as connection:
        agreed, silent, waits, new = (talk_of(connection) for _ in range(4))
        for talk in (agreed, silent, waits, new):
            told(connection, talk, MARIA)
        record.record_consent(connection, agreed, "intake", "m-1", consent("store"))
        tickets.open_ticket(connection, waits, "m-1", tickets.TicketDraft("person", "please"))
        for talk in (agreed, silent, waits):
            left_long_ago(connection, talk)
        assert retention.purge(connection, 30) == 1
        with pytest.raises(ConversationNotFound):
            conversations.get(connection, silent)
        for talk in (agreed, waits, new):
            assert record.of_conversation(connection, talk)[0].answers
        assert record.of_conversation(connection, silent) == []
        assert [entry.action for entry in audit.entries(connection, silent, 5)] == ["conversation.erased"]
        record.take_back(connection, agreed, "m-2", ())
        left_long_ago(connection, agreed)
        assert retention.purge(connection, 30) == 1


def test_a_number_that_opted_out_stays_opted_out(database: Database) -> None:
    with database.begin() as connection:
        talk = conversations.ensure_sms(connection, "+13125550100", "en")
        told(connection, talk, MARIA)
        connection.execute(
            update(conversation).where(conversation.c.id == talk).values(opted_out=True, last_seq=3)
        )
        left_long_ago(connection, talk)
        assert retention.purge(connection, 30) == 1
        left_long_ago(connection, talk)
        assert retention.purge(connection, 30) == 0
        again = conversations.ensure_sms(connection, "+13125550100", "en")
        kept = conversations.get(connection, again)
        assert kept.opted_out
        assert record.of_conversation(connection, again) == []


def test_the_timer_of_erasing_sets_itself_again(database: Database) -> None:
    with database.begin() as connection:
        talk = talk_of(connection)
        left_long_ago(connection, talk)
        retention.plan(connection)
        (timer_id,) = timers.due(connection, (retention.LOOK,))
        timers.fire(connection, timer_id, {retention.LOOK: retention.look})
        with pytest.raises(ConversationNotFound):
            conversations.get(connection, talk)
        assert timers.due(connection, (retention.LOOK,)) == []
        assert (
            connection.execute(select(timer.c.due_at).where(timer.c.kind == retention.LOOK)).scalar_one()
            > now()
        )


def test_the_migration_goes_down_and_up_with_records_in_it(database: Database) -> None:
    with database.begin() as connection:
        found = told(connection, talk_of(connection), MARIA)
    migrate.downgrade(database, "0001")
    migrate.upgrade(database)
    with database.begin() as connection:
        assert record.get(connection, found).answers["zip"]["value"] == "60601"
