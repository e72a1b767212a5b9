"""The web chat API: open a conversation, send, read, and follow it live (DESIGN 4)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal, TypeVar
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot import bodies, metrics
from bot.conversation import conversations, greeting, messages
from bot.conversation.messages import Message
from bot.problems import Problem
from bot.program import get_program
from bot.services import Services

MOST_CHARACTERS = 2000
MOST_BYTES = 64 * 1024
HEARTBEAT_SECONDS = 15.0
LONGEST_WAIT = 30.0

router = APIRouter(prefix="/api/v1", tags=["web chat"])
Body = TypeVar("Body", bound=BaseModel)


class NewConversation(BaseModel):
    """What opens a conversation."""

    model_config = ConfigDict(extra="ignore")
    locale: Literal["en", "es"] | None = None
    page: str | None = Field(None, max_length=500, description="Address of the page the chat is on.")


class NewMessage(BaseModel):
    """One message of the person; `id` is made by the client and makes sending again harmless."""

    model_config = ConfigDict(extra="ignore")
    id: UUID
    text: str = Field(description=f"What the person wrote, at most {MOST_CHARACTERS} characters.")


class MessageList(BaseModel):
    """A part of the log, oldest first."""

    messages: list[Message]


class ConversationOpened(MessageList):
    """A new conversation; the token is shown only this once."""

    conversation_id: str
    token: str


class Accepted(BaseModel):
    """The message is durably stored."""

    seq: int


class Answered(Accepted, MessageList):
    """The message is stored and this turn's replies are here."""


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _read(request: Request, model: type[Body]) -> Body:
    raw = await bodies.read(request, MOST_BYTES, f"Send at most {MOST_CHARACTERS} characters.")
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        if first["type"] == "json_invalid":
            raise Problem(400, "The body is not valid JSON in UTF-8.") from None
        where = ".".join(str(part) for part in first["loc"])
        raise Problem(422, f"Check the field: {where}.") from None


def _token(authorization: str | None) -> str:
    scheme, _, token = (authorization or "").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Problem(401, "Send the conversation's token as a bearer token.", {"WWW-Authenticate": "Bearer"})
    return token.strip()


def _check_text(text: str) -> str:
    if len(text) > MOST_CHARACTERS:
        raise Problem(413, f"Send at most {MOST_CHARACTERS} characters. Split a long message in two.")
    if not text.strip():
        raise Problem(422, "The message is empty. Write something and send it again.")
    if "\x00" in text:
        raise Problem(
            422, "The message has a character that cannot be read (NUL). Take it out and send again."
        )
    return text


def _patience(prefer: str | None) -> float:
    """Seconds of `Prefer: wait=N` (RFC 7240); 0 when not asked for."""
    for part in (prefer or "").replace(";", ",").split(","):
        name, _, value = part.strip().partition("=")
        if name.strip().lower() == "wait" and value.strip().strip('"').isdecimal():
            return min(float(value.strip().strip('"')), LONGEST_WAIT)
    return 0.0


# What a message carries for our own use.
HIDDEN = frozenset({"in_reply_to", "private"})


def _public(message: Message) -> dict[str, Any]:
    return {key: value for key, value in message.items() if key not in HIDDEN}


@router.get("/program")
async def program(locale: Literal["en", "es"] = "en") -> dict[str, str]:
    """Name, numbers and hours of the program."""
    facts = get_program()
    return {
        "name": facts.name,
        "phone": facts.phone,
        "phone_display": facts.phone_display,
        "nurse_line": facts.nurse_line,
        "nurse_line_display": facts.nurse_line_display,
        "hours": facts.hours_text(locale),
        "email": facts.email,
    }


@router.post(
    "/conversations",
    status_code=201,
    response_model=ConversationOpened,
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": NewConversation.model_json_schema()}}}
    },
)
async def open_conversation(request: Request, accept_language: Annotated[str, Header()] = "") -> JSONResponse:
    """Open a conversation; answers with its id, its token and the greeting."""
    wanted = await _read(request, NewConversation)
    locale = wanted.locale or ("es" if accept_language.lower().startswith("es") else "en")
    opened = await _services(request).database.write(
        conversations.open_web, locale, greeting.web_greeting(locale)
    )
    body = {
        "conversation_id": opened.conversation_id,
        "token": opened.token,
        "messages": [_public(message) for message in opened.messages],
    }
    return JSONResponse(body, 201, headers={"Cache-Control": "no-store"})


@router.post(
    "/conversations/{conversation_id}/messages",
    status_code=202,
    response_model=Accepted,
    responses={200: {"model": Answered, "description": "With `Prefer: wait=N`: this turn's replies."}},
    openapi_extra={
        "requestBody": {"content": {"application/json": {"schema": NewMessage.model_json_schema()}}}
    },
)
async def send_message(
    request: Request,
    conversation_id: str,
    authorization: Annotated[str | None, Header()] = None,
    prefer: Annotated[str | None, Header()] = None,
) -> JSONResponse:
    """Store a message durably and answer it; the same id again gives the same answer and no second turn."""
    token = _token(authorization)
    sent = await _read(request, NewMessage)
    text = _check_text(sent.text)
    services = _services(request)
    # Namespaced by the conversation: a client id is only unique among one client's messages.
    external_id = f"{conversation_id}:{sent.id}"
    received = await services.runner.receive(conversation_id, external_id, text, token)
    if received.new:
        metrics.messages_received.labels("webchat").inc()
    seconds = _patience(prefer)
    if seconds:
        replies = await services.runner.replies(received, seconds)
        if replies is not None:
            body = {"seq": received.seq, "messages": [_public(message) for message in replies]}
            return JSONResponse(body, 200, headers={"Preference-Applied": f"wait={seconds:g}"})
    return JSONResponse({"seq": received.seq}, 202)


@router.get("/conversations/{conversation_id}/messages", response_model=MessageList)
async def read_messages(
    request: Request,
    conversation_id: str,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    authorization: Annotated[str | None, Header()] = None,
) -> JSONResponse:
    """Messages with a sequence number above `after`, oldest first, at most 200."""
    database = _services(request).database
    await database.read(conversations.authorize, conversation_id, _token(authorization))
    found = await database.read(messages.after, conversation_id, after, public=True)
    body = {"messages": [_public(message) for message in found]}
    return JSONResponse(body, headers={"Cache-Control": "no-store"})


@router.get("/conversations/{conversation_id}/events")
async def follow(
    request: Request,
    conversation_id: str,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    last_event_id: Annotated[str | None, Header()] = None,
    authorization: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """The same messages as Server-Sent Events; resume with `Last-Event-ID`."""
    database = _services(request).database
    await database.read(conversations.authorize, conversation_id, _token(authorization))
    if last_event_id and last_event_id.isdecimal():
        after = min(int(last_event_id), 2**31 - 1)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(
        events(_services(request), conversation_id, after), media_type="text/event-stream", headers=headers
    )


async def events(
    services: Services, conversation_id: str, after: int, public: bool = True
) -> AsyncIterator[str]:
    """SSE text of a conversation's messages from `after` on, with a comment as heartbeat.

    Args:
        public: see `messages.after`.
    """
    yield "retry: 2000\n\n"
    with services.feed.subscribe(conversation_id) as news:
        while not services.stopping.is_set():
            news.clear()
            found = await services.database.read(messages.after, conversation_id, after, public=public)
            for message in found:
                after = message["seq"]
                data = json.dumps(_public(message), ensure_ascii=False)
                yield f"id: {after}\nevent: message\ndata: {data}\n\n"
            try:
                await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
