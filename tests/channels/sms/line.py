"""A phone line for tests: the real app on a real database, a small engine beside it, and Twilio as a server."""

from __future__ import annotations

import itertools
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from sqlalchemy import Row, select
from starlette.datastructures import ImmutableMultiDict

from bot.app import create_app
from bot.channels.sms import webhooks
from bot.conversation import messages
from bot.conversation.tables import conversation, message, outbox
from bot.handoff import tickets
from bot.records import migrate
from bot.records.crypto import get_keyring
from bot.records.database import Database
from bot.settings import get_settings
from bot.supervisor import free_port
from tests.support.caches import forget_settings
from tests.support.serving import Served, wait_until
from tests.twilio.server import TwilioMock

PUBLIC_URL = "https://texts.example.org"
INBOUND, STATUS = "/channels/sms/inbound", "/channels/sms/status"
OURS = "+18005550142"
_numbers = itertools.count(1000)


def new_number() -> str:
    """A phone number that no other test uses."""
    return f"+1312555{next(_numbers):04d}"


@dataclass
class EnginePeer:
    """The engine's HTTP side: answers `/turn` with what a test said it should, or repeats what it heard."""

    replies: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    heard: list[dict[str, Any]] = field(default_factory=list)

    def app(self) -> FastAPI:
        """The ASGI app to serve."""
        app = FastAPI()

        @app.get("/health")
        async def health() -> dict[str, str]:
            return {"status": "ok"}

        @app.post("/turn")
        async def turn(request: Request) -> JSONResponse:
            asked = await request.json()
            self.heard.append(asked)
            said = self.replies.get(asked["text"], [{"text": f"You said: {asked['text']}"}])
            turns = ((asked["state"] or {}).get("turns") or 0) + 1
            state = {"turns": turns, "slots": {"locale": asked["locale"]}}
            return JSONResponse({"messages": said, "state": state, "trace": {}})

        return app

    def heard_from(self, conversation_id: str) -> list[str]:
        """What the engine was asked in one conversation."""
        return [asked["text"] for asked in self.heard if asked["conversation_id"] == conversation_id]


@dataclass
class Line:
    """The running service as Twilio and people's phones see it."""

    app: Served
    engine: EnginePeer
    database: Database
    twilio: TwilioMock | None
    http: httpx.Client
    engine_served: Served | None = None

    def stop_engine(self) -> None:
        """From now on the engine does not answer."""
        if self.engine_served is not None:
            self.engine_served.stop()

    def post(
        self, path: str, fields: dict[str, str], *, base: str | None = None, **headers: str
    ) -> httpx.Response:
        """A signed form post; a header given here replaces the real one."""
        settings = get_settings()
        url = (base or settings.public_url or self.app.url) + path
        signature = webhooks.sign(url, ImmutableMultiDict(fields), settings)
        sent = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
        return self.http.post(path, content=urlencode(fields).encode(), headers=sent | headers)

    def text(self, phone: str, body: str, sid: str | None = None, **more: str) -> httpx.Response:
        """A text from a phone, with blank fields as Twilio sends them."""
        return self.post(INBOUND, inbound_fields(phone, body, sid, **more))

    def say(self, phone: str, body: str, **more: str) -> str:
        """Send a text and return what came back, as the body of the texts that were queued for it."""
        sid = new_sid()
        assert self.text(phone, body, sid, **more).status_code == 200
        wait_until(lambda: self.turn_of(sid) == "done")
        row = self.message(sid)
        with self.database.begin() as connection:
            replies = {reply["id"] for reply in messages.replies_to(connection, row.id)}
        return "\n---\n".join(body for parcel, body in self.parcels(phone) if parcel.message_id in replies)

    def report(self, sid: str, status: str, code: str = "", query: str = "") -> httpx.Response:
        """A status callback of Twilio."""
        fields = {"MessageSid": sid, "SmsSid": sid, "MessageStatus": status, "SmsStatus": status, "To": ""}
        if code:
            fields["ErrorCode"] = code
        return self.post(f"{STATUS}{query}", fields)

    def message(self, sid: str) -> Row[Any]:
        """The log's row of an inbound text."""
        with self.database.begin() as connection:
            return connection.execute(select(message).where(message.c.external_id == sid)).one()

    def turn_of(self, sid: str) -> str | None:
        """`pending`, `done` or None."""
        with self.database.begin() as connection:
            return connection.execute(select(message.c.turn).where(message.c.external_id == sid)).scalar()

    def talk(self, phone: str) -> Row[Any]:
        """The conversation with a number."""
        wanted = conversation.c.address_hash == get_keyring().lookup("phone", phone)
        with self.database.begin() as connection:
            return connection.execute(select(conversation).where(wanted)).one()

    def log(self, phone: str) -> list[messages.Message]:
        """All that was said with a number."""
        talk = self.talk(phone)
        with self.database.begin() as connection:
            return messages.after(connection, talk.id, 0)

    def parcels(self, phone: str) -> list[tuple[Row[Any], str]]:
        """The outbox of a number, in order: the row and its body."""
        talk = self.talk(phone)
        wanted = (outbox.c.conversation_id == talk.id) & (outbox.c.kind == "sms")
        found = select(outbox).where(wanted).order_by(outbox.c.created_at)
        with self.database.begin() as connection:
            rows = connection.execute(found).all()
        keyring = get_keyring()
        return [(row, keyring.open_json("outbox.payload", row.id, row.payload)["body"]) for row in rows]

    def sole_parcel(self, phone: str) -> Row[Any]:
        """The only row of a number's outbox."""
        [(row, _)] = self.parcels(phone)
        return row

    def tickets(self, phone: str) -> list[tuple[str, str]]:
        """Topic and urgency of the open tickets of a number."""
        talk = self.talk(phone)
        with self.database.begin() as connection:
            return [(row.topic, row.urgency) for row in tickets.open_tickets(connection, talk.id)]

    def wait_for_status(self, phone: str, status: str) -> Row[Any]:
        """The sole parcel of a number, once it has this status."""
        wait_until(lambda: self.sole_parcel(phone).status == status)
        return self.sole_parcel(phone)


def mock(line: Line) -> TwilioMock:
    """The Twilio behind a line that has one."""
    assert line.twilio is not None
    return line.twilio


def new_sid() -> str:
    """A MessageSid."""
    return f"SM{secrets.token_hex(16)}"


def inbound_fields(phone: str, body: str, sid: str | None = None, **more: str) -> dict[str, str]:
    """What Twilio posts for a text."""
    sid = sid or new_sid()
    return {
        "ToCountry": "US",
        "ToState": "",
        "SmsMessageSid": sid,
        "NumMedia": "0",
        "ToCity": "",
        "FromZip": "60601",
        "SmsSid": sid,
        "FromState": "IL",
        "SmsStatus": "received",
        "FromCity": "",
        "Body": body,
        "FromCountry": "US",
        "To": OURS,
        "NumSegments": "1",
        "MessageSid": sid,
        "AccountSid": "AC" + "0" * 31 + "1",
        "From": phone,
        "ApiVersion": "2010-04-01",
    } | more


class OpenLine:
    """Starts a line and stops it again (a context manager)."""

    def __init__(self, folder: Path, database_url: str, twilio: TwilioMock | None, **settings: str) -> None:
        self._patch = pytest.MonkeyPatch()
        self._folder = folder
        self._twilio = twilio
        self._settings = {"PES_DATA": str(folder), "PES_DATABASE_URL": database_url} | settings

    def __enter__(self) -> Line:
        self._engine = EnginePeer()
        self._engine_served = Served(self._engine.app()).start()
        environment = self._settings | {
            "PES_ENGINE_URL": self._engine_served.url,
            "PES_ENGINE_SECRET": "secret-of-the-tests",
            "PES_ACTIONS_PORT": str(free_port()),
        }
        for name, value in environment.items():
            self._patch.setenv(name, value)
        forget_settings()
        self._database = Database(get_settings().sqlalchemy_url)
        migrate.upgrade(self._database)
        self._app = Served(create_app(), lifespan=True).start()
        self._http = httpx.Client(base_url=self._app.url, timeout=20)
        return Line(self._app, self._engine, self._database, self._twilio, self._http, self._engine_served)

    def __exit__(self, *_error: object) -> None:
        self._http.close()
        self._app.stop()
        self._engine_served.stop()
        self._database.close()
        self._patch.undo()
        forget_settings()
