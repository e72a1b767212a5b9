"""Lines to text on: one with Twilio behind it, one without an account; each on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.channels.sms import sending
from bot.conversation import outbox
from tests.channels.sms.line import OURS, PUBLIC_URL, Line, OpenLine, new_number
from tests.twilio.server import ACCOUNT, TOKEN, TwilioMock


def _database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres").new_database()
    return url


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line without a Twilio account: texts wait in the outbox."""
    folder = tmp_path_factory.mktemp("line")
    with OpenLine(folder, _database_url(request), None) as opened:
        yield opened


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def twilio_line(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line with a Twilio account and impatient retries."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sending, "TIMEOUT_SECONDS", 1.0)
        patch.setattr(outbox, "RETRY_SECONDS", (0.1,) * len(outbox.RETRY_SECONDS))
        twilio = TwilioMock().start()
        settings = {
            "PES_PUBLIC_URL": PUBLIC_URL,
            "PES_TWILIO_ACCOUNT_SID": ACCOUNT,
            "PES_TWILIO_AUTH_TOKEN": TOKEN,
            "PES_TWILIO_FROM_NUMBER": OURS,
            "PES_TWILIO_API_BASE": twilio.url,
        }
        folder = tmp_path_factory.mktemp("twilio-line")
        try:
            with OpenLine(folder, _database_url(request), twilio, **settings) as opened:
                yield opened
        finally:
            twilio.stop()
        assert twilio.violations == []


@pytest.fixture
def phone() -> str:
    """The number of somebody who has never texted us."""
    return new_number()
