"""A telephone for developers: text with the assistant without an account. Never mounted in production.

What is sent goes through the real webhook as a genuinely signed post; what is shown are the texts in the outbox.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import FileResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from sqlalchemy import Connection, Row, select
from starlette.datastructures import ImmutableMultiDict
from starlette.types import Message as AsgiMessage

from bot import bodies
from bot.channels.sms import segments, webhooks
from bot.conversation import messages, outbox
from bot.conversation.messages import EVENT
from bot.conversation.tables import conversation, message
from bot.conversation.tables import outbox as outbox_table
from bot.problems import Problem
from bot.program import get_program
from bot.records.crypto import get_keyring
from bot.services import Services

FOLDER = Path(__file__).parent
STATIC = FOLDER / "static"
# 555-01xx numbers belong to nobody.
SOME_NUMBER = "+13125550100"
OUR_NUMBER = "+18005550142"
INBOUND_PATH = "/channels/sms/inbound"
MOST_FORM_BYTES = 16 * 1024
SHOWN = 200

router = APIRouter(prefix="/dev/phone", include_in_schema=False)
templates = Jinja2Templates(directory=FOLDER / "templates")


@dataclass(frozen=True)
class Bubble:
    """One text on the screen of the phone.

    Args:
        at: when it was written.
        ours: True for a text of the assistant, False for one of the person.
        body: what it says.
        detail: how it travels: status, encoding, segments.
    """

    at: datetime
    ours: bool
    body: str
    detail: str


def texts_of(connection: Connection, phone: str) -> list[Bubble]:
    """What a number has sent and what waits for it, or was sent, oldest first."""
    talk = connection.execute(
        select(conversation).where(
            conversation.c.channel == "sms",
            conversation.c.address_hash == get_keyring().lookup("phone", phone),
        )
    ).one_or_none()
    if talk is None:
        return []
    sent = (
        select(message)
        .where(message.c.conversation_id == talk.id, message.c.author == "person", message.c.kind != EVENT)
        .order_by(message.c.seq.desc())
        .limit(SHOWN)
    )
    waiting = (
        select(outbox_table)
        .where(outbox_table.c.conversation_id == talk.id, outbox_table.c.kind == "sms")
        .order_by(outbox_table.c.created_at.desc())
        .limit(SHOWN)
    )
    bubbles = [_from_person(row) for row in connection.execute(sent)]
    bubbles += [_from_outbox(row) for row in connection.execute(waiting)]
    return sorted(bubbles, key=lambda bubble: bubble.at)


def _from_person(row: Row[Any]) -> Bubble:
    return Bubble(row.created_at, False, messages.open_body(row.id, row.body)["text"], "sent by the phone")


def _from_outbox(row: Row[Any]) -> Bubble:
    body = outbox.parcel_of(row).payload["body"]
    size = segments.size(body)
    plural = "" if size.segments == 1 else "s"
    return Bubble(
        row.created_at, True, body, f"{row.status}, {size.encoding}, {size.segments} segment{plural}"
    )


async def _page(request: Request, template: str, number: str) -> Response:
    services: Services = request.app.state.services
    bubbles = await services.database.read(texts_of, number)
    context = {"number": number, "bubbles": bubbles, "program": get_program()}
    response = templates.TemplateResponse(request, template, context)
    response.headers["Cache-Control"] = "no-store"
    return response


def _number(raw: str) -> str:
    """A number as typed, in the form Twilio sends; whatever else was typed stays, to try odd senders."""
    raw = raw.replace("\x00", "").strip()
    bare = "".join(char for char in raw if char not in " ()-.")
    if bare.isascii() and bare.isdecimal() and len(bare) == 10:
        return f"+1{bare}"
    return bare or SOME_NUMBER


@router.get("")
async def phone(request: Request, number: str = Query(SOME_NUMBER, max_length=64)) -> Response:
    """The phone."""
    return await _page(request, "phone.html", _number(number))


@router.get("/texts")
async def texts(request: Request, number: str = Query(SOME_NUMBER, max_length=64)) -> Response:
    """Only the texts, for the page's own refresh."""
    return await _page(request, "_texts.html", _number(number))


@router.get("/static/{name}")
async def static(name: str) -> Response:
    """The page's style and script."""
    if name not in {path.name for path in STATIC.iterdir()}:
        raise Problem(404, "There is no such file.")
    return FileResponse(STATIC / name, headers={"Cache-Control": "no-cache"})


@router.post("")
async def text_us(request: Request) -> Response:
    """Send a text: a signed post to the real webhook, then back to the page."""
    form = parse_qs(
        (await bodies.read(request, MOST_FORM_BYTES, "That is more than a phone can send.")).decode(
            "utf-8", "replace"
        ),
        keep_blank_values=True,
        errors="replace",
    )
    number = _number(form.get("number", [""])[0])[:64]
    status = await _deliver(request, number, form.get("text", [""])[0].replace("\r\n", "\n"))
    if status != 200:
        raise Problem(status, "The webhook did not take that text.")
    return RedirectResponse(f"/dev/phone?{urlencode({'number': number})}#text", 303)


async def _deliver(request: Request, number: str, text: str) -> int:
    """Post a text to our own webhook as Twilio would, blank fields and all; the status of its answer."""
    services: Services = request.app.state.services
    fields = {
        "ToCountry": "US",
        "ToState": "",
        "MessageSid": f"SM{secrets.token_hex(16)}",
        "AccountSid": f"AC{'0' * 32}",
        "From": number,
        "To": services.settings.twilio_from_number or OUR_NUMBER,
        "Body": text,
        "NumMedia": "0",
        "NumSegments": str(segments.size(text).segments),
        "FromCity": "",
        "ApiVersion": "2010-04-01",
    }
    raw = urlencode(fields).encode()
    path = {"path": INBOUND_PATH, "raw_path": INBOUND_PATH.encode(), "query_string": b""}
    scope = {
        key: value for key, value in request.scope.items() if key not in ("route", "endpoint", "path_params")
    }
    scope |= path
    url = webhooks.public_url(Request(scope), services.settings)
    signature = webhooks.sign(url, ImmutableMultiDict(fields), services.settings)
    kept = [
        (name, value) for name, value in scope["headers"] if name not in (b"content-length", b"content-type")
    ]
    scope["headers"] = [
        *kept,
        (b"content-type", b"application/x-www-form-urlencoded"),
        (b"content-length", str(len(raw)).encode()),
        (webhooks.SIGNATURE.lower().encode(), signature.encode()),
    ]
    return await _call(request, scope, raw)


async def _call(request: Request, scope: dict[str, Any], raw: bytes) -> int:
    status = 500

    async def receive() -> AsgiMessage:
        return {"type": "http.request", "body": raw, "more_body": False}

    async def send(event: AsgiMessage) -> None:
        nonlocal status
        if event["type"] == "http.response.start":
            status = int(event["status"])

    await request.app(scope, receive, send)
    return status
