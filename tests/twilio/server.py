"""Twilio's Message resource as a real server on loopback, held to Twilio's own description of it.

Every request and every answer of ours is validated against `messages_api.json`; a violation is answered with 500 and
kept in `violations`, where tests look for it.
"""

from __future__ import annotations

import asyncio
import base64
import json
import secrets
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import FastAPI, Request, Response
from openapi_core import OpenAPI
from openapi_core.exceptions import OpenAPIError
from openapi_core.testing import MockRequest, MockResponse

from bot.channels.sms import segments
from tests.support.serving import Served

DESCRIPTION = Path(__file__).parent / "messages_api.json"
REAL = "https://api.twilio.com"
ACCOUNT = "AC" + "0" * 31 + "1"
TOKEN = "token-of-the-tests"
# The longest a withheld answer is withheld, should nobody stop the mock.
MOST_HANG = 30.0


@dataclass(frozen=True)
class Refusal:
    """An error to answer the next message with.

    Args:
        code: Twilio's error code.
        status: HTTP status.
    """

    code: int
    status: int = 400


@dataclass(frozen=True)
class Silence:
    """Hold the answer to the next message back for so long that the caller gives up.

    Args:
        accepted: whether the message is taken all the same, as happens when only the answer is lost.
    """

    accepted: bool


@dataclass
class TwilioMock:
    """Twilio: what it was sent, and what it is told to do with the next messages."""

    sent: list[dict[str, Any]] = field(default_factory=list)
    # By number: what one test asks for must not meet another test's text.
    next_for: dict[str, deque[Refusal | Silence]] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)
    creates: list[dict[str, str]] = field(default_factory=list)
    lists: int = 0

    def __post_init__(self) -> None:
        self._api = OpenAPI.from_dict(json.loads(DESCRIPTION.read_text(encoding="utf-8")))
        self._released = asyncio.Event()
        self._served = Served(self._app())

    @property
    def url(self) -> str:
        """What takes the place of https://api.twilio.com."""
        return self._served.url

    def start(self) -> TwilioMock:
        """Listen."""
        self._served.start()
        return self

    def stop(self) -> None:
        """Stop listening."""
        self._released.set()
        self._served.stop()

    def will(self, phone: str, *behaviors: Refusal | Silence) -> None:
        """What happens to the next messages to a number, one after the other."""
        self.next_for.setdefault(phone, deque()).extend(behaviors)

    def sent_to(self, phone: str) -> list[dict[str, Any]]:
        """What Twilio took for a number, oldest first."""
        return [message for message in self.sent if message["to"] == phone]

    def set_status(self, sid: str, status: str, code: int | None = None) -> None:
        """What has become of a message."""
        found = next(message for message in self.sent if message["sid"] == sid)
        found.update(status=status, error_code=code)

    def _app(self) -> FastAPI:
        app = FastAPI()
        base = "/2010-04-01/Accounts/{account}/Messages"

        @app.post(base + ".json")
        async def create(request: Request, account: str) -> Response:
            return await self._answer(request, self._create(request, account))

        @app.get(base + ".json")
        async def listing(request: Request, account: str) -> Response:
            return await self._answer(request, self._list(request, account))

        @app.get(base + "/{sid}.json")
        async def fetch(request: Request, account: str, sid: str) -> Response:
            return await self._answer(request, self._fetch(request, account, sid))

        return app

    async def _answer(self, request: Request, work: Any) -> Response:
        asked = MockRequest(
            REAL,
            request.method.lower(),
            request.url.path,
            args=dict(request.query_params),
            headers=dict(request.headers),
            data=await request.body() or None,
            content_type=request.headers.get("content-type", "application/json").partition(";")[0],
        )
        try:
            self._api.validate_request(asked)
        except OpenAPIError as error:
            work.close()
            return self._violation(error)
        status, body = await work
        raw = json.dumps(body).encode()
        if status < 300:
            try:
                self._api.validate_response(asked, MockResponse(raw, status_code=status))
            except OpenAPIError as error:
                return self._violation(error)
        return Response(raw, status, media_type="application/json")

    def _violation(self, error: OpenAPIError) -> Response:
        self.violations.append(f"{error} {error.__cause__ or ''}")
        return Response(b'{"code": 99999, "message": "not as described"}', 500, media_type="application/json")

    def _allowed(self, request: Request, account: str) -> bool:
        basic = base64.b64encode(f"{ACCOUNT}:{TOKEN}".encode()).decode()
        return account == ACCOUNT and request.headers.get("authorization") == f"Basic {basic}"

    async def _create(self, request: Request, account: str) -> tuple[int, dict[str, Any]]:
        if not self._allowed(request, account):
            return _error(401, 20003)
        form = {name: values[0] for name, values in parse_qs((await request.body()).decode()).items()}
        self.creates.append(form)
        behaviors = self.next_for.get(form["To"])
        behavior = behaviors.popleft() if behaviors else None
        if isinstance(behavior, Refusal):
            return _error(behavior.status, behavior.code)
        if len(form["Body"]) > 1600:
            return _error(400, 21617)
        if isinstance(behavior, Silence) and not behavior.accepted:
            await self._hang()
            return _error(500, 20500)
        message = _message(form)
        self.sent.append(message)
        if isinstance(behavior, Silence):
            await self._hang()
        return 201, message

    async def _hang(self) -> None:
        try:
            await asyncio.wait_for(self._released.wait(), MOST_HANG)
        except TimeoutError:
            return

    async def _list(self, request: Request, account: str) -> tuple[int, dict[str, Any]]:
        if not self._allowed(request, account):
            return _error(401, 20003)
        self.lists += 1
        size = int(request.query_params.get("PageSize", 50))
        found = [
            message for message in reversed(self.sent) if message["to"] == request.query_params.get("To")
        ]
        uri = request.url.path
        return 200, {
            "messages": found[:size],
            "page": 0,
            "page_size": size,
            "start": 0,
            "end": max(0, len(found[:size]) - 1),
            "uri": uri,
            "first_page_uri": uri,
            "previous_page_uri": None,
            "next_page_uri": None,
        }

    async def _fetch(self, request: Request, account: str, sid: str) -> tuple[int, dict[str, Any]]:
        if not self._allowed(request, account):
            return _error(401, 20003)
        found = [message for message in self.sent if message["sid"] == sid]
        return (200, found[0]) if found else _error(404, 20404)


def _error(status: int, code: int) -> tuple[int, dict[str, Any]]:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return status, {"code": code, "message": "as told by the test", "more_info": more, "status": status}


def _message(form: dict[str, str]) -> dict[str, Any]:
    sid, moment = f"SM{secrets.token_hex(16)}", format_datetime(datetime.now(UTC))
    return {
        "account_sid": ACCOUNT,
        "api_version": "2010-04-01",
        "body": form["Body"],
        "date_created": moment,
        # A message in the queue has not been sent yet.
        "date_sent": None,
        "date_updated": moment,
        "direction": "outbound-api",
        "error_code": None,
        "error_message": None,
        "from": form.get("From"),
        "messaging_service_sid": form.get("MessagingServiceSid"),
        "num_media": "0",
        "num_segments": str(segments.size(form["Body"]).segments),
        "price": None,
        "price_unit": None,
        "sid": sid,
        "status": "queued",
        "subresource_uris": {},
        "to": form["To"],
        "uri": f"/2010-04-01/Accounts/{ACCOUNT}/Messages/{sid}.json",
    }
