"""Alarms as texts to staff, through the same Twilio account as everything else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.channels.sms import sending
from bot.conversation import outbox
from tests.channels.sms.line import OURS, PUBLIC_URL, Line, OpenLine, mock
from tests.safety.watched import program
from tests.support.serving import wait_until
from tests.twilio.server import ACCOUNT, TOKEN, Refusal, TwilioMock

NURSE = "+13125550777"


@pytest.fixture
def texting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Line]:
    """A line whose alarms go to a nurse's phone."""
    monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 1.0)
    monkeypatch.setattr(outbox, "RETRY_SECONDS", (0.1,) * len(outbox.RETRY_SECONDS))
    twilio = TwilioMock().start()
    steps = [{"after_minutes": 0, "sms": [NURSE]}, {"after_minutes": 60, "sms": [NURSE]}]
    settings = {
        "PES_PROGRAM_FILE": str(program(tmp_path, steps)),
        "PES_PUBLIC_URL": PUBLIC_URL,
        "PES_TWILIO_ACCOUNT_SID": ACCOUNT,
        "PES_TWILIO_AUTH_TOKEN": TOKEN,
        "PES_TWILIO_FROM_NUMBER": OURS,
        "PES_TWILIO_API_BASE": twilio.url,
    }
    try:
        with OpenLine(tmp_path, "", twilio, **settings) as line:
            yield line
    finally:
        twilio.stop()


def test_a_nurse_gets_a_text_that_says_where_to_look_and_nothing_more(texting: Line, phone: str) -> None:
    texting.say(phone, "I am Rosa Canaria and I want to kill myself")
    wait_until(lambda: mock(texting).sent_to(NURSE) and mock(texting).sent_to(phone))
    [text] = mock(texting).sent_to(NURSE)
    assert "EMERGENCY: thoughts of suicide" in text["body"]
    assert f"{PUBLIC_URL}/console/conversations/{texting.talk(phone).id}" in text["body"]
    for secret in ("Rosa", "kill", phone, phone[-10:]):
        assert secret not in text["body"]


def test_twilio_refuses_for_now_and_the_nurse_gets_it_once(texting: Line, phone: str) -> None:
    mock(texting).will(NURSE, Refusal(20500, 503), Refusal(20429, 429))
    texting.say(phone, "I want to kill myself")
    wait_until(lambda: mock(texting).sent_to(NURSE))
    assert len(mock(texting).sent_to(NURSE)) == 1


def test_a_person_who_opted_out_does_not_keep_staff_from_their_text(texting: Line, phone: str) -> None:
    texting.say(phone, "STOP")
    texting.say(phone, "I want to kill myself")
    wait_until(lambda: mock(texting).sent_to(NURSE))
    assert mock(texting).sent_to(phone) == []
