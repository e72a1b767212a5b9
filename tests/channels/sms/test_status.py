"""Status callbacks: twice, out of order, about texts we do not know, and what each error leads to."""

from __future__ import annotations

import itertools

import pytest

from tests.channels.sms.line import Line, mock, new_sid
from tests.support.serving import wait_until
from tests.twilio.server import Silence


@pytest.fixture
def sent(twilio_line: Line, phone: str) -> str:
    """Twilio's id of a text that is on its way to the phone."""
    twilio_line.say(phone, "hello")
    return str(twilio_line.wait_for_status(phone, "sent").provider_id)


def status(line: Line, phone: str) -> str:
    return str(line.sole_parcel(phone).status)


def sid_of_try(line: Line, phone: str, attempt: int) -> str:
    """Twilio's id of the try with this number, once we have recorded it."""
    wait_until(lambda: len(mock(line).sent_to(phone)) == attempt)
    sid = str(mock(line).sent_to(phone)[-1]["sid"])
    wait_until(lambda: line.sole_parcel(phone).provider_id == sid)
    return sid


@pytest.mark.parametrize("order", list(itertools.permutations(["queued", "sent", "delivered"])))
def test_any_order_ends_delivered(twilio_line: Line, phone: str, sent: str, order: tuple[str, ...]) -> None:
    for reported in (*order, *order):
        assert twilio_line.report(sent, reported).status_code == 200
    assert status(twilio_line, phone) == "delivered"


@pytest.mark.parametrize("last", ["failed", "undelivered"])
def test_a_terminal_state_stays(twilio_line: Line, phone: str, sent: str, last: str) -> None:
    twilio_line.report(sent, last, "30005")
    for later in ("queued", "sending", "sent", "delivered", "read"):
        twilio_line.report(sent, later)
    assert status(twilio_line, phone) == "failed"


def test_delivered_stays_delivered(twilio_line: Line, phone: str, sent: str) -> None:
    twilio_line.report(sent, "delivered")
    twilio_line.report(sent, "failed", "30008")
    assert status(twilio_line, phone) == "delivered"
    assert twilio_line.tickets(phone) == []


def test_reports_about_texts_we_do_not_know_are_ignored(twilio_line: Line) -> None:
    assert twilio_line.report(new_sid(), "delivered").status_code == 200
    assert (
        twilio_line.report(new_sid(), "failed", "30005", query="?parcel=nonsense&attempt=-1").status_code
        == 200
    )


def test_a_status_we_do_not_know_changes_nothing(twilio_line: Line, phone: str, sent: str) -> None:
    assert twilio_line.report(sent, "partially_delivered").status_code == 200
    assert status(twilio_line, phone) == "sent"


def test_a_report_without_a_status_is_refused(twilio_line: Line, sent: str) -> None:
    assert twilio_line.report(sent, "").status_code == 422


@pytest.mark.parametrize(
    ("code", "topic"),
    [
        ("30005", "text_undelivered"),
        ("30006", "text_undelivered"),
        ("30004", "text_undelivered"),
        ("21614", "text_undelivered"),
        ("30007", "text_filtered"),
        ("30034", "text_undelivered"),
        ("", "text_undelivered"),
        ("21610", "opted_out"),
    ],
)
def test_failures_for_good(twilio_line: Line, phone: str, sent: str, code: str, topic: str) -> None:
    twilio_line.report(sent, "undelivered", code)
    twilio_line.report(sent, "undelivered", code)
    assert status(twilio_line, phone) == "failed"
    assert twilio_line.tickets(phone) == [(topic, "urgent")]
    assert twilio_line.talk(phone).opted_out is (code == "21610")
    assert len(mock(twilio_line).sent_to(phone)) == 1


@pytest.mark.parametrize(("code", "tries"), [("30003", 3), ("30008", 2)])
def test_failures_that_may_pass_are_tried_again_so_often(
    twilio_line: Line, phone: str, sent: str, code: str, tries: int
) -> None:
    twilio = mock(twilio_line)
    for attempt in range(1, tries + 1):
        sid = sid_of_try(twilio_line, phone, attempt)
        twilio.set_status(sid, "undelivered", int(code))
        query = f"?parcel={twilio_line.sole_parcel(phone).id}&attempt={attempt}"
        for _ in range(3):
            assert twilio_line.report(sid, "undelivered", code, query=query).status_code == 200
    assert status(twilio_line, phone) == "failed"
    assert twilio_line.tickets(phone) == [("text_undelivered", "urgent")]
    assert len(twilio.sent_to(phone)) == tries


def test_a_second_try_that_arrives_ends_the_matter(twilio_line: Line, phone: str, sent: str) -> None:
    twilio = mock(twilio_line)
    twilio.set_status(sent, "undelivered", 30003)
    twilio_line.report(sent, "undelivered", "30003")
    second = sid_of_try(twilio_line, phone, 2)
    twilio_line.report(second, "delivered")
    twilio_line.report(sent, "undelivered", "30003")
    assert status(twilio_line, phone) == "delivered"
    assert twilio_line.tickets(phone) == []


def test_a_late_copy_of_a_failure_does_not_end_the_second_try(
    twilio_line: Line, phone: str, sent: str
) -> None:
    twilio = mock(twilio_line)
    twilio.set_status(sent, "undelivered", 30008)
    twilio.will(phone, Silence(accepted=True))
    twilio_line.report(sent, "undelivered", "30008")
    wait_until(lambda: len(twilio.sent_to(phone)) == 2)
    assert twilio_line.sole_parcel(phone).attempts == 2
    row_id = twilio_line.sole_parcel(phone).id
    twilio_line.report(sent, "undelivered", "30008", query=f"?parcel={row_id}&attempt=1")
    assert twilio_line.tickets(phone) == []
    assert sid_of_try(twilio_line, phone, 2) != sent
