"""Outside the sign-up: every reply leaves a next step, and nothing is said twice in a row."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bot import words
from bot.handoff import tickets
from bot.records.database import Database
from tests.actions.talker import Talker
from tests.support.intake_walk import answer_to

REQUESTS = (
    "human",
    "callback",
    "phone_line",
    "copy",
    "form",
    "english",
    "spanish",
    "complaint",
    "short_path",
    "stop_messages",
)
WAYS = (
    "skip",
    "back",
    "why",
    "repeat",
    "simpler",
    "more",
    "what_asked",
    "review",
    "change",
    "pause",
    "resume",
    "start_over",
    "capabilities",
)
KINDS = ("greeting", "thanks", "goodbye", "ok", "joke", "how_are_you", "anger", "feeling", "compliment")


@pytest.fixture
def talker(database: Database) -> Talker:
    return Talker(database)


def topics(database: Database, talker: Talker) -> list[str]:
    with database.begin() as connection:
        return [row.topic for row in tickets.open_tickets(connection, talker.conversation_id)]


@pytest.mark.parametrize("locale", ["en", "es"])
def test_every_wish_command_and_kind_word_leaves_a_next_step(database: Database, locale: str) -> None:
    labels = (
        [f"request/{name}" for name in REQUESTS]
        + [f"nav/{name}" for name in WAYS]
        + [f"social/{name}" for name in KINDS]
    )
    for label in [*labels, "affirm", "deny", "unsure", "out_of_scope"]:
        talker = Talker(database, locale)
        replies = talker.say("hm", label)
        assert replies, label
        has_next = talker.choices or "(800) 555-0142" in replies[-1] or replies[-1].endswith("?")
        assert has_next, (label, replies)


def test_an_answer_offers_more_and_the_sign_up(talker: Talker) -> None:
    talker.say("what does the nurse do?", "ask/role_nurse")
    assert talker.choices[0] == "Tell me more"
    assert "Sign up for care" in talker.choices
    short = talker.replies
    talker.say("tell me more", "nav/more")
    assert talker.replies != short


def test_yes_after_an_answer_is_more_and_no_is_respected(talker: Talker) -> None:
    talker.say("what does the nurse do?", "ask/role_nurse")
    talker.say("yes", "affirm")
    assert len(talker.replies) == 1
    talker.say("no thanks", "deny")
    assert talker.replies[0] == words.text("follow_up.no", "en", phone="(800) 555-0142")


def test_yes_to_the_offered_sign_up_begins_it(talker: Talker) -> None:
    talker.say("let's go on", "nav/resume")
    talker.say("yes", "affirm")
    assert talker.active
    assert talker.replies[-1].startswith("Who is this care for")


def test_too_tired_then_yes_is_the_short_way(talker: Talker) -> None:
    talker.say("I'm so tired", "request/short_path")
    talker.say("yes", "affirm")
    asked = []
    while talker.active:
        asked.append(talker.slots["requested_slot"])
        talker.say(answer_to(asked[-1]))
    helps = ["help_body", "help_now", "help_mind", "help_daily", "help_spirit"]
    assert asked == ["for_whom", "patient_name", *helps, "phone", "consent", "read_back"]


def test_not_understood_never_says_the_same_twice_and_calls_a_person(
    database: Database, talker: Talker
) -> None:
    said = [talker.say("florb the wug", "out_of_scope")[0] for _ in range(5)]
    assert all(before != after for before, after in pairwise(said))
    assert topics(database, talker) == ["not_understood"]
    assert "(800) 555-0142" in said[1]


def test_a_good_turn_in_between_begins_the_count_anew(database: Database, talker: Talker) -> None:
    talker.say("florb", "out_of_scope")
    talker.say("thanks", "social/thanks")
    talker.say("florb", "out_of_scope")
    assert topics(database, talker) == []


def test_commands_known_by_heart_need_no_classifier(talker: Talker) -> None:
    talker.say("talk to a person", "out_of_scope", 0.1)
    assert talker.slots["fallbacks"] == 0
    assert talker.messages[0]["custom"]["kind"] == "handoff"


def test_a_call_back_asks_for_the_number_and_takes_it(database: Database, talker: Talker) -> None:
    talker.say("can someone call me", "request/callback")
    talker.say("312 555 0188", "out_of_scope", 0.1)
    assert "(312) 555-0188" in talker.replies[0]
    with database.begin() as connection:
        notes = [tickets.note_of(row) for row in tickets.open_tickets(connection, talker.conversation_id)]
    assert any("(312) 555-0188" in note for note in notes)


def test_a_medical_question_reaches_a_person_word_for_word(database: Database, talker: Talker) -> None:
    talker.say("can I double her morphine?", "ask/medical_advice")
    with database.begin() as connection:
        row = tickets.open_tickets(connection, talker.conversation_id)[0]
    assert row.topic == "medical_question"
    assert tickets.note_of(row) == "can I double her morphine?"


def test_the_language_switches_and_stays(talker: Talker) -> None:
    talker.say("en español", "request/spanish")
    assert talker.slots["locale"] == "es"
    talker.say("hola", "social/greeting")
    assert talker.replies[0].startswith("Hola")


def test_more_with_nothing_explained_yet(talker: Talker) -> None:
    talker.say("more", "nav/more")
    assert talker.replies[0].endswith("?")
    assert talker.choices


def test_a_loss_is_met_with_care_and_a_person(database: Database, talker: Talker) -> None:
    talker.say("my mother passed away this morning", "tell/death")
    assert len(talker.replies) == 1
    assert "sorry" in talker.replies[0]
    assert topics(database, talker) == ["bereavement"]
    talker.say("her name was Rosa", "tell/name")
    assert not talker.active
