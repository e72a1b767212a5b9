"""Lines to text on whose alarms leave."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversation import outbox
from bot.coordinator import accounts
from bot.records.database import Database
from tests.channels.sms.line import Line, OpenLine, new_number
from tests.safety.watched import SECRET, settings
from tests.support.hooks import HookServer
from tests.support.mail import MailServer


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server."""
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture
def hook() -> Iterator[HookServer]:
    """Somebody to post alarms to."""
    server = HookServer(SECRET).start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def watched(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    mail: MailServer,
    hook: HookServer,
) -> Iterator[Line]:
    """A line whose alarms go to `mail` and `hook`, with impatient retries."""
    monkeypatch.setattr(outbox, "RETRY_SECONDS", (0.2,) * len(outbox.RETRY_SECONDS))
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()
    with OpenLine(tmp_path, url, None, **settings(tmp_path, mail, hook)) as line:
        yield line


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def slow(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Line]:
    """A line as the example program has it: minutes, not seconds, and no way for alarms to leave."""
    url = "" if request.param == "sqlite" else request.getfixturevalue("postgres").new_database()
    with OpenLine(tmp_path_factory.mktemp("slow"), url, None) as line:
        yield line


@pytest.fixture
def phone() -> str:
    """The number of somebody who has never texted us."""
    return new_number()


def staff(database: Database) -> str:
    """A coordinator's id."""
    with database.begin() as connection:
        return accounts.add(connection, "nora", "a-password-for-tests", "supervisor", "Nora")
