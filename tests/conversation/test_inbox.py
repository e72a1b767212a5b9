"""The durable inbox: once, in order, and never by two workers at a time."""

from __future__ import annotations

import threading

import pytest

from bot.conversation import conversations, inbox, messages
from bot.conversation.inbox import Memory, Result
from bot.conversation.messages import Choice, Draft
from bot.handoff import tickets
from bot.handoff.tickets import TicketDraft
from bot.records.database import Database

LEASE = 30.0


def opened(database: Database) -> conversations.Opened:
    with database.begin() as connection:
        return conversations.open_web(connection, "en", [Draft("Hello")])


def received(database: Database, talk: conversations.Opened, name: str, text: str = "hi") -> inbox.Received:
    with database.begin() as connection:
        return inbox.receive(connection, talk.conversation_id, name, text, LEASE, talk.token)


def committed(database: Database, work: inbox.Work, *texts: str) -> inbox.Work | None:
    result = Result(drafts=[Draft(text) for text in texts], memory=Memory({"turns": 1}))
    with database.begin() as connection:
        return inbox.commit(connection, work, result, LEASE)[1]


def texts(database: Database, talk: conversations.Opened) -> list[str]:
    with database.begin() as connection:
        return [message["text"] for message in messages.after(connection, talk.conversation_id, 0)]


def test_a_message_is_stored_and_its_turn_taken_at_once(database: Database) -> None:
    talk = opened(database)
    first = received(database, talk, "a", "Who is on the team?")
    assert first.new
    assert first.work is not None
    assert first.work.text == "Who is on the team?"
    assert committed(database, first.work, "A doctor and a nurse.") is None
    assert texts(database, talk) == ["Hello", "Who is on the team?", "A doctor and a nurse."]


def test_the_same_message_again_changes_nothing(database: Database) -> None:
    talk = opened(database)
    first = received(database, talk, "a")
    again = received(database, talk, "a")
    assert (again.new, again.work, again.seq) == (False, None, first.seq)
    assert texts(database, talk) == ["Hello", "hi"]


def test_ten_deliveries_at_once_store_one_message(database: Database) -> None:
    talk = opened(database)
    outcomes: list[inbox.Received] = []
    threads = [
        threading.Thread(target=lambda: outcomes.append(received(database, talk, "a"))) for _ in range(10)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(outcome.new for outcome in outcomes) == 1
    assert sum(outcome.work is not None for outcome in outcomes) == 1
    assert len({outcome.seq for outcome in outcomes}) == 1


def test_what_comes_while_a_turn_runs_waits_and_follows_in_order(database: Database) -> None:
    talk = opened(database)
    first = received(database, talk, "a", "one")
    assert received(database, talk, "b", "two").work is None
    assert received(database, talk, "c", "three").work is None
    assert first.work is not None
    second = committed(database, first.work, "answer to one")
    assert second is not None
    assert second.text == "two"
    third = committed(database, second, "answer to two")
    assert third is not None
    assert third.text == "three"
    assert committed(database, third, "answer to three") is None


def test_a_worker_that_lost_its_lease_writes_nothing(database: Database) -> None:
    talk = opened(database)
    first = received(database, talk, "a")
    assert first.work is not None
    with database.begin() as connection:
        inbox.release_all(connection)
    with database.begin() as connection:
        again = inbox.claim(connection, talk.conversation_id, LEASE)
    assert again is not None
    with pytest.raises(inbox.LeaseLost):
        committed(database, first.work, "too late")
    assert committed(database, again, "in time") is None
    assert texts(database, talk) == ["Hello", "hi", "in time"]


def test_a_turn_cannot_be_committed_twice(database: Database) -> None:
    talk = opened(database)
    work = received(database, talk, "a").work
    assert work is not None
    committed(database, work, "once")
    with pytest.raises(inbox.LeaseLost):
        committed(database, work, "twice")
    assert texts(database, talk) == ["Hello", "hi", "once"]


def test_while_the_engine_is_away_the_person_is_told_once_and_the_message_kept(database: Database) -> None:
    talk = opened(database)
    work = received(database, talk, "a").work
    assert work is not None
    sorry, ticket = [Draft("One moment", author="system")], TicketDraft("engine_down", "down", "urgent")
    with database.begin() as connection:
        inbox.hold(connection, work, sorry, ticket, 60)
        assert inbox.waiting(connection) == []
        inbox.retry_now(connection)
        assert inbox.waiting(connection) == [talk.conversation_id]
        again = inbox.claim(connection, talk.conversation_id, LEASE)
        assert again is not None
        assert again.attempts == 1
        inbox.hold(connection, again, sorry, ticket, 0)
        last = inbox.claim(connection, talk.conversation_id, LEASE)
        assert last is not None
        assert len(tickets.open_tickets(connection, talk.conversation_id)) == 1
    committed(database, last, "Here I am")
    assert texts(database, talk) == ["Hello", "hi", "One moment", "Here I am"]


def test_memory_and_choices_come_back_with_the_next_turn(database: Database) -> None:
    talk = opened(database)
    work = received(database, talk, "a").work
    assert work is not None
    memory = Memory({"slots": {"zip": "60601"}}, (Choice(title="Yes", value="yes"),))
    with database.begin() as connection:
        inbox.commit(connection, work, Result([], memory, "es"), LEASE)
    following = received(database, talk, "b").work
    assert following is not None
    assert following.memory == memory
    assert following.conversation.locale == "es"


def test_another_conversations_token_stores_nothing(database: Database) -> None:
    talk, other = opened(database), opened(database)
    with database.begin() as connection, pytest.raises(conversations.WrongToken):
        inbox.receive(connection, talk.conversation_id, "a", "hi", LEASE, other.token)
    assert texts(database, talk) == ["Hello"]


def test_a_flood_is_refused_and_nothing_of_it_stored(database: Database) -> None:
    talk = opened(database)
    for number in range(inbox.MOST_WAITING):
        received(database, talk, f"m{number}")
    with pytest.raises(inbox.TooManyWaiting):
        received(database, talk, "one too many")
    assert len(texts(database, talk)) == inbox.MOST_WAITING + 1


def test_the_first_texts_of_a_number_at_once_open_one_conversation(database: Database) -> None:
    found: list[str] = []

    def text_us() -> None:
        with database.begin() as connection:
            found.append(conversations.ensure_sms(connection, "+13125550188", "en"))

    threads = [threading.Thread(target=text_us) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
