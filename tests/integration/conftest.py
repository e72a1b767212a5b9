"""The service on a database of its own, with enrollments written as the conversation writes them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.conversation import outbox
from tests.integration.fhir_server import TOKEN, FhirServer
from tests.integration.office import Office, OpenOffice
from tests.support.fhir_validator import Validator


def _database_url(request: pytest.FixtureRequest) -> str:
    if request.param == "sqlite":
        return ""
    url: str = request.getfixturevalue("postgres").new_database()
    return url


@pytest.fixture(params=["sqlite", "postgresql"])
def office(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Office]:
    """A program whose enrollments other systems read."""
    with OpenOffice(tmp_path, _database_url(request)) as opened:
        yield opened


@pytest.fixture
def fhir_server(fhir_validator: Validator) -> Iterator[FhirServer]:
    """A FHIR server that checks what it is sent."""
    server = FhirServer(fhir_validator).start()
    yield server
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def pushing(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    fhir_server: FhirServer,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Office]:
    """A program that sends its enrollments to that server, with impatient retries."""
    monkeypatch.setattr(outbox, "RETRY_SECONDS", (0.0,) * len(outbox.RETRY_SECONDS))
    settings = {"PES_FHIR_URL": fhir_server.url, "PES_FHIR_TOKEN": TOKEN}
    with OpenOffice(tmp_path, _database_url(request), **settings) as opened:
        yield opened
