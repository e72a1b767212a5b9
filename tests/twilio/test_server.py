"""The mock of Twilio is itself held to Twilio's description: what Twilio would refuse, it refuses."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest
from twilio.rest import Client

from bot.channels.sms.sending import RedirectedHttpClient
from tests.twilio.server import ACCOUNT, TOKEN, TwilioMock

TO, FROM = "+13125550100", "+18005550142"


@pytest.fixture
def twilio() -> Iterator[TwilioMock]:
    mock = TwilioMock().start()
    yield mock
    mock.stop()


def test_twilios_own_client_creates_lists_and_fetches(twilio: TwilioMock) -> None:
    client = Client(ACCOUNT, TOKEN, http_client=RedirectedHttpClient(twilio.url))
    made = client.messages.create(to=TO, from_=FROM, body="Hello")
    assert made.date_created is not None
    assert made.date_created.tzinfo is not None
    assert [found.sid for found in client.messages.list(to=TO, limit=20)] == [made.sid]
    assert client.messages(made.sid).fetch().body == "Hello"
    assert twilio.violations == []


@pytest.mark.parametrize(
    ("path", "form"),
    [
        (f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json", {"From": FROM, "Body": "no recipient"}),
        ("/2010-04-01/Accounts/nobody/Messages.json", {"To": TO, "From": FROM, "Body": "no account"}),
        (
            f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json",
            {"To": TO, "MessagingServiceSid": "not a service", "Body": "x"},
        ),
    ],
)
def test_what_is_not_as_described_is_a_violation(twilio: TwilioMock, path: str, form: dict[str, str]) -> None:
    answer = httpx.post(twilio.url + path, data=form, auth=(ACCOUNT, TOKEN))
    assert answer.status_code == 500
    assert len(twilio.violations) == 1
    assert twilio.sent == []


def test_wrong_credentials_are_refused(twilio: TwilioMock) -> None:
    form = {"To": TO, "From": FROM, "Body": "Hello"}
    path = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
    answer = httpx.post(twilio.url + path, data=form, auth=(ACCOUNT, "wrong"))
    assert (answer.status_code, answer.json()["code"]) == (401, 20003)
