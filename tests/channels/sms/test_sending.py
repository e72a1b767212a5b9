"""Texts that leave: in order, once, and with a human told when one cannot arrive."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from bot.channels.sms import sending
from bot.conversation import conversations
from bot.conversation.messages import Draft
from tests.channels.sms.line import OURS, PUBLIC_URL, STATUS, Line, mock
from tests.support.serving import wait_until
from tests.twilio.server import Refusal, Silence, TwilioMock


def bodies(line: Line, phone: str) -> list[str]:
    return [message["body"].splitlines()[-1] for message in mock(line).sent_to(phone)]


def test_a_reply_leaves_with_its_number_and_callback(twilio_line: Line, phone: str) -> None:
    twilio_line.say(phone, "hello")
    row = twilio_line.wait_for_status(phone, "sent")
    [message] = mock(twilio_line).sent_to(phone)
    assert (message["sid"], message["from"]) == (row.provider_id, OURS)
    asked = [create for create in mock(twilio_line).creates if create["To"] == phone]
    address = urlsplit(asked[0]["StatusCallback"])
    assert f"{address.scheme}://{address.netloc}{address.path}" == PUBLIC_URL + STATUS
    assert parse_qs(address.query) == {"parcel": [row.id], "attempt": ["1"]}


def test_texts_leave_in_their_order_also_when_one_has_to_wait(twilio_line: Line, phone: str) -> None:
    mock(twilio_line).will(phone, Refusal(20500, 503), Refusal(20429, 429))
    for number in range(4):
        twilio_line.text(phone, f"text {number}")
    wait_until(lambda: len(mock(twilio_line).sent_to(phone)) == 4)
    assert bodies(twilio_line, phone) == [f"You said: text {number}" for number in range(4)]


def test_the_parts_of_a_long_reply_leave_in_their_order(twilio_line: Line, phone: str) -> None:
    said = " ".join(f"This is sentence number {number}." for number in range(200))
    twilio_line.engine.replies["tell me everything"] = [{"text": said}]
    twilio_line.say(phone, "hello")
    twilio_line.say(phone, "tell me everything")
    wait_until(lambda: len(mock(twilio_line).sent_to(phone)) == 5)
    assert " ".join(message["body"] for message in mock(twilio_line).sent_to(phone)[1:]) == said


def test_a_text_that_was_taken_without_an_answer_is_not_sent_twice(twilio_line: Line, phone: str) -> None:
    mock(twilio_line).will(phone, Silence(accepted=True))
    twilio_line.say(phone, "hello")
    row = twilio_line.wait_for_status(phone, "sent")
    [message] = mock(twilio_line).sent_to(phone)
    assert (row.provider_id, row.attempts) == (message["sid"], 2)


def test_a_text_that_was_not_taken_is_sent_again(twilio_line: Line, phone: str) -> None:
    mock(twilio_line).will(phone, Silence(accepted=False))
    twilio_line.say(phone, "hello")
    row = twilio_line.wait_for_status(phone, "sent")
    [message] = mock(twilio_line).sent_to(phone)
    assert (row.provider_id, row.attempts) == (message["sid"], 2)


def test_equal_words_said_before_are_not_taken_for_a_lost_text(twilio_line: Line, phone: str) -> None:
    twilio_line.say(phone, "hello")
    twilio_line.say(phone, "again")
    wait_until(lambda: len(mock(twilio_line).sent_to(phone)) == 2)
    mock(twilio_line).will(phone, Refusal(20500, 500))
    twilio_line.say(phone, "again")
    wait_until(lambda: len(mock(twilio_line).sent_to(phone)) == 3)
    wait_until(lambda: twilio_line.parcels(phone)[-1][0].status == "sent")
    sids = [row.provider_id for row, _ in twilio_line.parcels(phone)]
    assert sids == [message["sid"] for message in mock(twilio_line).sent_to(phone)]


def test_a_report_that_overtakes_the_answer_is_believed(twilio_line: Line, phone: str) -> None:
    mock(twilio_line).will(phone, Silence(accepted=True))
    twilio_line.say(phone, "hello")
    [message] = wait_until(lambda: mock(twilio_line).sent_to(phone))
    row = twilio_line.sole_parcel(phone)
    answer = twilio_line.report(message["sid"], "delivered", query=f"?parcel={row.id}&attempt=1")
    assert answer.status_code == 200
    after = twilio_line.sole_parcel(phone)
    assert (after.status, after.provider_id) == ("delivered", message["sid"])
    twilio_line.say(phone, "still there?")
    wait_until(lambda: len(mock(twilio_line).sent_to(phone)) == 2)
    assert twilio_line.parcels(phone)[0][0].status == "delivered"


@pytest.mark.parametrize(
    ("code", "topic"),
    [
        (21211, "text_undelivered"),
        (21614, "text_undelivered"),
        (21635, "text_undelivered"),
        (21612, "text_undelivered"),
        (30005, "text_undelivered"),
        (30006, "text_undelivered"),
        (30007, "text_filtered"),
        (21610, "opted_out"),
    ],
)
def test_a_refusal_for_good_has_a_human_call(twilio_line: Line, phone: str, code: int, topic: str) -> None:
    mock(twilio_line).will(phone, Refusal(code))
    twilio_line.say(phone, "hello")
    row = twilio_line.wait_for_status(phone, "failed")
    assert (row.error_code, row.attempts) == (str(code), 1)
    assert twilio_line.tickets(phone) == [(topic, "urgent")]
    assert twilio_line.talk(phone).opted_out is (code == 21610)
    assert mock(twilio_line).sent_to(phone) == []


def test_one_call_is_enough_however_many_texts_are_lost(twilio_line: Line, phone: str) -> None:
    mock(twilio_line).will(phone, Refusal(21614), Refusal(21614), Refusal(21211))
    for number in range(3):
        twilio_line.text(phone, f"text {number}")
    wait_until(lambda: [row.status for row, _ in twilio_line.parcels(phone)] == ["failed"] * 3)
    assert twilio_line.tickets(phone) == [("text_undelivered", "urgent")]


def test_when_twilio_stays_away_it_is_given_up_and_a_human_told(twilio_line: Line, phone: str) -> None:
    mock(twilio_line).will(phone, *[Refusal(20500, 503)] * 6)
    twilio_line.say(phone, "hello")
    row = twilio_line.wait_for_status(phone, "failed")
    assert (row.attempts, row.error_code) == (6, "20500")
    assert twilio_line.tickets(phone) == [("text_undelivered", "urgent")]


def test_wrong_credentials_make_texts_wait(twilio_line: Line, phone: str) -> None:
    mock(twilio_line).will(phone, Refusal(20003, 401))
    twilio_line.say(phone, "hello")
    assert twilio_line.wait_for_status(phone, "sent").attempts == 2


def test_one_slow_text_does_not_hold_up_another_person(twilio_line: Line, phone: str) -> None:
    mock(twilio_line).will(phone, Silence(accepted=True))
    other = phone + "7"
    twilio_line.text(phone, "hello")
    wait_until(lambda: mock(twilio_line).sent_to(phone))
    assert twilio_line.sole_parcel(phone).status == "sending"
    twilio_line.text(other, "hello")
    wait_until(lambda: mock(twilio_line).sent_to(other))
    twilio_line.wait_for_status(other, "sent")
    twilio_line.wait_for_status(phone, "sent")


def test_what_a_coordinator_writes_leaves_too(twilio_line: Line, phone: str) -> None:
    twilio_line.say(phone, "hello")
    talk = twilio_line.talk(phone)
    with twilio_line.database.begin() as connection:
        reply = Draft("Nora here. I’ll call you at 3.", author="coordinator")
        conversations.say(connection, talk.id, [reply])
    wait_until(lambda: len(mock(twilio_line).sent_to(phone)) == 2)
    assert mock(twilio_line).sent_to(phone)[1]["body"] == "Nora here. I'll call you at 3."


def test_a_base_address_takes_the_place_of_twilios() -> None:
    twilio = TwilioMock().start()
    try:
        client = sending.RedirectedHttpClient(twilio.url + "/")
        answer = client.request("GET", "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json")
        # Our mock answered, and holds the request to Twilio's own description.
        assert (answer.status_code, len(twilio.violations)) == (500, 1)
    finally:
        twilio.stop()
