"""The sign-up through its actions, with the real database under it."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection

from bot.enrollment import record, withdrawal
from bot.handoff import tickets
from bot.records.database import Database
from tests.actions.talker import Talker
from tests.support.intake_walk import ME_EN, MOM_ES

ANSWERS = ME_EN | {"matters_most": "to be at home"}


@pytest.fixture
def talker(database: Database) -> Talker:
    return Talker(database)


def kept(database: Database, talker: Talker) -> record.Enrollment:
    with database.begin() as connection:
        return kept_in(connection, talker)


def kept_in(connection: Connection, talker: Talker) -> record.Enrollment:
    return record.of_conversation(connection, talker.conversation_id)[0]


def topics(database: Database, talker: Talker) -> list[str]:
    with database.begin() as connection:
        return [row.topic for row in tickets.open_tickets(connection, talker.conversation_id)]


def sign_up(talker: Talker) -> None:
    talker.say("I want to sign up", "enroll")
    talker.walk(ANSWERS)


def test_a_sign_up_is_recorded_and_submitted_once(database: Database, talker: Talker) -> None:
    sign_up(talker)
    found = kept(database, talker)
    assert found.state == "submitted"
    assert found.answers["matters_most"]["value"] == "to be at home"
    assert found.answers["needs"]["value"] == ["body", "practical"]
    assert found.answers["phone"]["label"]["en"] == "(312) 555-0188"
    assert topics(database, talker) == ["enrollment"]
    assert "(312) 555-0188" in talker.replies[-1]
    with database.begin() as connection:
        given = [(row.scope, row.given, row.given_by) for row in record.consents(connection, found.id)]
    assert sorted(given) == [
        ("enroll", "yes", "self"),
        ("family", "yes", "self"),
        ("share", "yes", "self"),
        ("store", "yes", "self"),
        ("text", "yes", "self"),
        ("voicemail", "no", "self"),
    ]


STOP_WRITING = "enough with all the little notes on my phone"


def last_text_consent(database: Database, talker: Talker) -> str:
    with database.begin() as connection:
        given = record.consents(connection, kept_in(connection, talker).id)
    return [row.given for row in given if row.scope == "text"][-1]


def test_a_consent_to_text_ends_when_only_the_intent_says_so(database: Database, talker: Talker) -> None:
    """Words no rule of `data/withdrawal.yml` knows; a coordinator hears of it too."""
    assert withdrawal.read(STOP_WRITING) is None
    sign_up(talker)
    assert last_text_consent(database, talker) == record.GIVEN
    talker.say(STOP_WRITING, "request/stop_messages")
    assert last_text_consent(database, talker) == record.TAKEN_BACK
    assert kept(database, talker).answers["consent_text"]["value"] is False
    assert kept(database, talker).state == "submitted"
    assert "stop_messages" in topics(database, talker)


def test_a_consent_to_text_ended_in_the_middle_is_not_asked_for_again(
    database: Database, talker: Talker
) -> None:
    talker.say("I want to sign up", "enroll")
    talker.walk(ANSWERS, until="consent_voicemail")
    talker.say(STOP_WRITING, "request/stop_messages")
    assert talker.slots["requested_slot"] == "consent_voicemail"
    talker.walk(ANSWERS)
    assert kept(database, talker).state == "submitted"
    assert last_text_consent(database, talker) == record.TAKEN_BACK
    assert talker.slots["consent_text"] is False


def test_no_more_messages_before_anything_was_told_changes_no_record(
    database: Database, talker: Talker
) -> None:
    talker.say(STOP_WRITING, "request/stop_messages")
    with database.begin() as connection:
        assert record.of_conversation(connection, talker.conversation_id) == []
    assert topics(database, talker) == ["stop_messages"]


def test_a_time_to_call_is_recorded_in_words_and_as_windows(database: Database, talker: Talker) -> None:
    talker.say("I want to sign up", "enroll")
    talker.walk(ANSWERS, until="best_time")
    talker.say("after my dialysis on Tuesday")
    assert "Tuesday, 8 AM to 9 PM. Is that right?" in talker.replies[-1]
    talker.say("yes")
    talker.walk(ANSWERS)
    time = kept(database, talker).answers["best_time"]
    assert time["value"] == "after my dialysis on Tuesday"
    assert time["detail"]["pattern"] == "Tu 08:00-21:00"
    assert time["detail"]["zone"] == "America/Chicago"
    assert len(time["detail"]["windows"]) == 1


def test_nothing_is_asked_after_it_was_submitted(database: Database, talker: Talker) -> None:
    sign_up(talker)
    talker.say("I want to sign up", "enroll")
    assert not talker.active
    talker.say("change my phone number please", "nav/change")
    assert topics(database, talker) == ["enrollment", "change"]


def test_the_read_back_is_a_summary(talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.walk(ANSWERS, until="read_back")
    summary = next(message for message in talker.messages if message["custom"]["kind"] == "summary")
    assert "What matters most: to be at home" in summary["text"]
    assert talker.replies[-1] == "Did I get it right?"


def test_a_person_is_called_and_the_sign_up_stays_where_it_was(database: Database, talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.say("me")
    talker.say("can I talk to a person?", "request/human")
    assert topics(database, talker) == ["person"]
    assert talker.active
    assert talker.replies[-1] == "Back to your sign-up: what is your name?"
    assert any("(800) 555-0142" in reply for reply in talker.replies)
    assert talker.messages[0]["custom"]["links"] == [{"title": "Call us", "url": "tel:+18005550142"}]


def test_the_same_action_run_twice_does_everything_once(database: Database, talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.say("me")
    slots = dict(talker.slots)
    message = {
        "text": "talk to a person",
        "message_id": "m-1",
        "intent": {"name": "request", "full": "request/human", "confidence": 0.9},
        "entities": [],
    }
    first = talker.run_again("validate_intake_form", slots, message)
    second = talker.run_again("validate_intake_form", slots, message)
    assert first == second
    assert topics(database, talker) == ["person"]


def test_the_form_is_never_rejected(talker: Talker) -> None:
    """Rasa rejects a form whose validation sets nothing besides `requested_slot`."""
    talker.say("sign me up", "enroll")
    for text in ("", "👍", "/restart", "what?", "skip", "back"):
        result = talker.run_again(
            "validate_intake_form", talker.slots, {"text": text, "message_id": f"x{text}"}
        )
        names = [event["name"] for event in result["events"] if event["event"] == "slot"]
        assert names.count("requested_slot") == 1
        assert len(names) > 1


def test_a_second_call_without_news_only_asks_again(talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.say("me")
    message = {
        "text": "me",
        "message_id": f"{talker.conversation_id[:8]}-2",
        "intent": {"name": "tell", "confidence": 0.9},
    }
    result = talker.run_again("validate_intake_form", talker.slots, message)
    slots = {event["name"]: event["value"] for event in result["events"] if event["event"] == "slot"}
    assert slots["requested_slot"] == "patient_name"
    assert slots["ask_mode"] == "again"
    assert result["responses"] == []


def test_a_confirmation_keeps_rasa_quiet(talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.say("me")
    talker.say("Lopez, Maria")
    assert talker.slots["requested_slot"] == "waiting_for_person"
    assert talker.choices == ["Yes", "No"]
    talker.say("yes", "affirm")
    assert talker.slots["patient_name"] == "Maria Lopez"


def test_consent_refused_empties_the_record(database: Database, talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.walk(ANSWERS, until="consent")
    talker.say("no", "deny")
    found = kept(database, talker)
    assert found.answers == {}
    assert found.state == "withdrawn"
    assert topics(database, talker) == []
    assert not talker.active
    talker.say("I changed my mind, sign me up", "enroll")
    talker.say("yes", "affirm")
    talker.say("yes", "affirm")
    found = kept(database, talker)
    assert found.state == "submitted"
    assert found.answers["matters_most"]["value"] == "to be at home"


def test_a_death_opens_a_ticket_and_asks_nothing(database: Database, talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.say("my husband died last night", "tell/death")
    assert topics(database, talker) == ["bereavement"]
    assert not talker.active
    assert len(talker.replies) == 1


def test_spanish_all_the_way(database: Database) -> None:
    talker = Talker(database, "es")
    talker.say("quiero inscribir a mi mamá Rosa López", "enroll")
    assert talker.slots["patient_name"] == "Rosa López"
    talker.walk(MOM_ES, locale="es")
    assert kept(database, talker).state == "submitted"
    assert talker.replies[-1].startswith("Gracias.")


def test_changing_the_language_in_the_middle(talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.say("me")
    talker.say("español por favor", "request/spanish")
    assert talker.slots["locale"] == "es"
    assert talker.replies == [
        "Claro, seguimos en español.",
        "Sigamos con su inscripción: ¿cómo se llama usted?",
    ]


def test_an_article_then_the_question(talker: Talker) -> None:
    talker.say("sign me up", "enroll")
    talker.say("what does the nurse do?", "ask/role_nurse")
    assert "nurse" in talker.replies[0].lower()
    assert talker.replies[-1].startswith("Back to your sign-up")
    assert talker.slots["topic"] == "role_nurse"
    talker.say("yes please", "affirm")
    assert len(talker.replies[0]) > 50
    # A return once more, in other words than a moment ago.
    assert talker.replies[-2:] == [
        "Now back to my question.",
        "Who is this care for: you, or someone you care for?",
    ]
