"""A running service and its record, as other systems meet it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import Row, select

from bot.app import create_app
from bot.conversation import conversations
from bot.conversation.tables import outbox
from bot.enrollment import record, snapshot
from bot.enrollment.record import Consented
from bot.handoff import tickets
from bot.integration import keys
from bot.records import audit, migrate
from bot.records.database import Database
from bot.settings import get_settings
from bot.supervisor import free_port
from tests.support.caches import forget_settings
from tests.support.serving import Served, wait_until

ROSA: dict[str, Any] = {
    "for_whom": "other",
    "caller_name": "Ana Lopez",
    "patient_name": "Rosa Canaria Lopez",
    "relation": "child",
    "matters_most": "To stay home with her dog.",
    "phone": "+13125550188",
    "zip": "60614",
}


@dataclass
class Office:
    """The service as other systems see it, and its database."""

    app: Served
    database: Database
    http: httpx.Client
    key: str = ""
    talks: dict[str, str] = field(default_factory=dict)

    def ask(
        self, path: str = "", query: Mapping[str, str | int] | None = None, key: str = ""
    ) -> httpx.Response:
        """GET a path of the integration API, with this office's key or another one."""
        headers = {"Authorization": f"Bearer {key or self.key}"}
        return self.http.get(f"/api/v1/enrollments{path}", params=query, headers=headers)

    def begin(
        self, answers: Mapping[str, Any] = ROSA, consent: bool | None = True, submit: bool = True
    ) -> str:
        """An enrollment as a conversation writes it; returns its id."""
        with self.database.begin() as connection:
            talk = conversations.open_web(connection, "en", []).conversation_id
            enrollment_id = record.save_answers(connection, talk, "intake", _message(), _kept(answers))
            self.talks[enrollment_id] = talk
            if consent is not None:
                given = Consented("store", consent, "other", "intake/1/consent")
                record.record_consent(connection, talk, "intake", _message(), given)
            if submit:
                record.submit(connection, talk, "intake", _message())
        return enrollment_id

    def change(self, enrollment_id: str, **answers: Any) -> None:
        """Say something else later."""
        with self.database.begin() as connection:
            record.save_answers(connection, self.talks[enrollment_id], "intake", _message(), _kept(answers))

    def take_back(self, enrollment_id: str) -> None:
        """Take the consent to store back, and with it what was said."""
        talk = self.talks[enrollment_id]
        with self.database.begin() as connection:
            refused = Consented("store", False, "other", "intake/1/consent")
            record.record_consent(connection, talk, "intake", _message(), refused)
            kept = record.get(connection, enrollment_id).answers
            record.save_answers(connection, talk, "intake", _message(), dict.fromkeys(kept))
            record.move(connection, enrollment_id, record.WITHDRAWN, "person", _message())

    def move(self, enrollment_id: str, state: str) -> None:
        """A coordinator decides."""
        with self.database.begin() as connection:
            record.move(connection, enrollment_id, state, "staff-1")

    def taken(self, enrollment_id: str) -> snapshot.Snapshot:
        """The enrollment's snapshot."""
        with self.database.begin() as connection:
            return snapshot.take(connection, enrollment_id)

    def reads(self, enrollment_id: str) -> list[tuple[str, str]]:
        """Who read it and how, from the audit log."""
        with self.database.begin() as connection:
            entries = audit.entries(connection, enrollment_id, 1000)
            assert audit.verify(connection) is None
        return [(entry.actor, entry.detail) for entry in entries if entry.action == "enrollment.read"]

    def parcels(self) -> list[Row[Any]]:
        """What was queued for the FHIR server, oldest first."""
        with self.database.begin() as connection:
            found = select(outbox).where(outbox.c.kind == "fhir").order_by(outbox.c.created_at)
            return list(connection.execute(found))

    def tickets(self, enrollment_id: str) -> list[tuple[str, str, str]]:
        """Topic, urgency and note of the open tickets about an enrollment's conversation."""
        with self.database.begin() as connection:
            rows = tickets.open_tickets(connection, self.talks[enrollment_id])
            return [(row.topic, row.urgency, tickets.note_of(row)) for row in rows]

    def settled(self) -> None:
        """Wait until everything queued has left or was given up."""
        over = ("sent", "failed", "dropped")
        wait_until(lambda: self.parcels() and all(row.status in over for row in self.parcels()))


def _message() -> str:
    return str(uuid.uuid4())


def _kept(answers: Mapping[str, Any]) -> dict[str, Any]:
    return {
        link_id: {"value": value, "label": {"en": str(value), "es": str(value)}}
        for link_id, value in answers.items()
    }


class OpenOffice:
    """Starts and stops the service around a test.

    Args:
        folder: where it writes.
        database_url: a PostgreSQL URL, or "" for SQLite in the folder.
        settings: further PES_* settings.
    """

    def __init__(self, folder: Path, database_url: str, **settings: str) -> None:
        self._settings = {
            "PES_DATA": str(folder),
            "PES_DATABASE_URL": database_url,
            "PES_ACTIONS_PORT": str(free_port()),
            # No engine: these tests write the record themselves.
            "PES_ENGINE_URL": f"http://127.0.0.1:{free_port()}",
            **settings,
        }
        self._patch = pytest.MonkeyPatch()

    def __enter__(self) -> Office:
        for name, value in self._settings.items():
            self._patch.setenv(name, value)
        # Long enough to be waited for, short enough for a test.
        self._patch.setattr(snapshot, "SETTLED", timedelta(seconds=0.1))
        forget_settings()
        self._database = Database(get_settings().sqlalchemy_url)
        migrate.upgrade(self._database)
        with self._database.begin() as connection:
            key = keys.add(connection, "clinic record")
        self._app = Served(create_app(), lifespan=True).start()
        self._http = httpx.Client(base_url=self._app.url, timeout=20)
        return Office(self._app, self._database, self._http, key)

    def __exit__(self, *_: object) -> None:
        self._http.close()
        self._app.stop()
        self._database.close()
        self._patch.undo()
        forget_settings()
