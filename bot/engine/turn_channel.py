"""The engine's door: `POST /turn`, `POST /parse`, `GET /health`, for the service on this machine only.

A turn is a pure function: the same request brings the same answer, from any engine process. Whoever asks shows the
shared secret in `X-Engine-Secret`.
"""

from __future__ import annotations

import hmac
import json
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from rasa.core.channels.channel import InputChannel, OutputChannel, UserMessage
from rasa.shared.core.events import ActionExecuted
from rasa.shared.core.trackers import DialogueStateTracker
from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse
from sanic.response import json as answer

from bot.engine.action_endpoint import ActionFailed
from bot.engine.logs import where
from bot.engine.turn_state import StateProblem, events_of_turn, pack
from bot.engine.turn_store import Turn, running

LOCALES = ("en", "es")
CHANNELS = ("webchat", "sms")
LONGEST_TEXT = 10_000
LONGEST_ID = 200
BOOKKEEPING = frozenset({"action_listen", "action_extract_slots", "action_session_start"})

log = logging.getLogger(__name__)


class Malformed(ValueError):
    """A request that is not as agreed; the message names the field, never its content."""


@dataclass(frozen=True)
class TurnRequest:
    """A checked `POST /turn`."""

    conversation_id: str
    message_id: str
    text: str
    locale: str
    channel: str
    metadata: dict[str, Any]
    state: dict[str, Any] | None


class TurnOutput(OutputChannel):
    """Collects what is said in one turn.

    Args:
        channel: the channel's name, for response variations by channel.
    """

    def __init__(self, channel: str) -> None:
        self._channel = channel
        self.messages: list[dict[str, Any]] = []

    def name(self) -> str:
        """The name of the person's channel."""
        return self._channel

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Keep one reply, in the shape the service expects."""
        custom = message.get("custom") or {}
        text = message.get("text") or ""
        links = [{"title": link["title"], "url": link["url"]} for link in custom.get("links") or []]
        if not text and not custom:
            return
        self.messages.append(
            {
                "text": text,
                "choices": [_choice(button) for button in message.get("buttons") or []],
                "links": links,
                "kind": custom.get("kind") or "text",
            }
        )


def _choice(button: Mapping[str, Any]) -> dict[str, str]:
    return {"title": button["title"], "value": button.get("payload") or button["title"]}


class TurnChannel(InputChannel):
    """The input channel named in credentials.yml.

    Args:
        secret: what callers must show.
    """

    @classmethod
    def name(cls) -> str:
        """The channel's name in Rasa."""
        return "turn"

    @classmethod
    def from_credentials(cls, credentials: dict[str, Any] | None) -> TurnChannel:
        """From credentials.yml. Raises ValueError without a secret: an open engine is never meant."""
        secret = str((credentials or {}).get("secret") or "")
        if not secret or secret.startswith("${"):
            raise ValueError("credentials.yml gives the turn channel no secret (PES_ENGINE_SECRET)")
        return cls(secret)

    def __init__(self, secret: str) -> None:
        self._secret = secret.encode()

    def url_prefix(self) -> str:
        """None: the routes stand at the root."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """The three routes."""
        door = Blueprint("turn")

        @door.get("/health")
        async def health(request: Request) -> HTTPResponse:
            if not _ready(request):
                return answer({"status": "no model"}, 503)
            return answer({"status": "ok"})

        @door.post("/turn")
        async def turn(request: Request) -> HTTPResponse:
            refused = self._refuse(request)
            return refused or await _turn(request, on_new_message)

        @door.post("/parse")
        async def parse(request: Request) -> HTTPResponse:
            refused = self._refuse(request)
            return refused or await _parse(request)

        return door

    def _refuse(self, request: Request) -> HTTPResponse | None:
        shown = request.headers.get("X-Engine-Secret", "").encode()
        if not hmac.compare_digest(shown, self._secret):
            return answer({"error": "wrong secret"}, 401)
        if not _ready(request):
            return answer({"error": "no model"}, 503)
        return None


def _ready(request: Request) -> bool:
    agent = getattr(request.app.ctx, "agent", None)
    return agent is not None and agent.is_ready()


async def _turn(request: Request, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> HTTPResponse:
    started = time.perf_counter()
    try:
        asked = read_turn(request.body)
        output = TurnOutput(asked.channel)
        with running(Turn(asked.conversation_id, asked.locale, asked.state)) as turn:
            await on_new_message(_message(asked, output))
    except (Malformed, StateProblem) as error:
        return answer({"error": "malformed", "detail": str(error)}, 422)
    except ActionFailed as error:
        log.error("turn %s %s failed: %s", asked.conversation_id, asked.message_id, where(error))
        return answer({"error": "action_failed"}, 502)
    tracker = turn.tracker
    assert tracker is not None, "Rasa saves the tracker at the end of a turn"
    spent = (time.perf_counter() - started) * 1000
    family = tracker.latest_message.intent["name"]
    log.info("turn %s %s %.1f ms %s", asked.conversation_id, asked.message_id, spent, family)
    return answer({"messages": output.messages, "state": pack(tracker), "trace": _trace(tracker)})


async def _parse(request: Request) -> HTTPResponse:
    try:
        body = _body(request.body)
        text = _text(body)
        _one_of(body, "locale", LOCALES)
    except Malformed as error:
        return answer({"error": "malformed", "detail": str(error)}, 422)
    message = UserMessage(text)
    message.text = text
    parsed = await request.app.ctx.agent.processor.parse_message(message)
    return answer({"text": text, **_understood(parsed)})


def _message(asked: TurnRequest, output: TurnOutput) -> UserMessage:
    message = UserMessage(
        asked.text,
        output_channel=output,
        sender_id=asked.conversation_id,
        input_channel=asked.channel,
        message_id=asked.message_id,
        metadata=asked.metadata,
    )
    # Rasa strips it; what a person wrote stays as it is.
    message.text = asked.text
    return message


def _understood(parsed: Mapping[str, Any]) -> dict[str, Any]:
    intent = parsed["intent"]
    return {
        "intent": intent.get("full") or intent.get("name"),
        "confidence": intent.get("confidence", 0.0),
        "ranking": list(parsed.get("intent_ranking") or []),
        "entities": [
            {key: entity[key] for key in ("entity", "value", "start", "end") if key in entity}
            for entity in parsed.get("entities") or []
        ],
    }


def _trace(tracker: DialogueStateTracker) -> dict[str, Any]:
    done = [event.action_name for event in events_of_turn(tracker) if isinstance(event, ActionExecuted)]
    return {
        **_understood(tracker.latest_message.parse_data),
        "actions": [name for name in done if name not in BOOKKEEPING],
    }


def read_turn(body: bytes) -> TurnRequest:
    """Check a request. Raises Malformed, naming the field."""
    raw = _body(body)
    state = raw.get("state")
    if state is not None and not isinstance(state, dict):
        raise Malformed("state")
    metadata = raw.get("metadata")
    if metadata is not None and not isinstance(metadata, dict):
        raise Malformed("metadata")
    return TurnRequest(
        conversation_id=_id(raw, "conversation_id"),
        message_id=_id(raw, "message_id"),
        text=_text(raw),
        locale=_one_of(raw, "locale", LOCALES),
        channel=_one_of(raw, "channel", CHANNELS),
        metadata=metadata or {},
        state=state,
    )


def _body(body: bytes) -> dict[str, Any]:
    try:
        raw = json.loads(body)
    except ValueError:
        raise Malformed("not JSON") from None
    if not isinstance(raw, dict):
        raise Malformed("not an object")
    return raw


def _id(raw: Mapping[str, Any], field: str) -> str:
    value = raw.get(field)
    if not isinstance(value, str) or not value or len(value) > LONGEST_ID or not value.isprintable():
        raise Malformed(field)
    return value


def _text(raw: Mapping[str, Any]) -> str:
    """A message's text; empty is allowed, because a picture by SMS has none."""
    value = raw.get("text")
    if not isinstance(value, str) or len(value) > LONGEST_TEXT:
        raise Malformed("text")
    return value


def _one_of(raw: Mapping[str, Any], field: str, allowed: tuple[str, ...]) -> str:
    value = raw.get(field)
    if value not in allowed:
        raise Malformed(field)
    return str(value)
