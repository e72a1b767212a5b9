"""Asking the engine (Rasa) for one turn; it keeps nothing, so any replica may answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import aiohttp

from bot.conversation.messages import Choice, Draft, Link
from bot.settings import Settings


class EngineUnavailable(RuntimeError):
    """The engine did not answer in time, or is starting; the same turn may be tried again later."""


class EngineFailed(RuntimeError):
    """The engine answered that it cannot run this turn."""


@dataclass(frozen=True)
class Reply:
    """The engine's answer: what to say, its state for the next turn, and how it understood the message."""

    drafts: list[Draft]
    state: dict[str, Any]
    trace: dict[str, Any]


class EngineClient:
    """HTTP client of the engine's `/turn`, `/parse` and `/health`."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.engine_url.rstrip("/")
        self._headers = {"X-Engine-Secret": settings.engine_secret.get_secret_value()}
        self._timeout = aiohttp.ClientTimeout(total=settings.engine_timeout, connect=2)
        self._session: aiohttp.ClientSession | None = None

    def _client(self) -> aiohttp.ClientSession:
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=64, keepalive_timeout=30)
            self._session = aiohttp.ClientSession(connector=connector, timeout=self._timeout)
        return self._session

    async def close(self) -> None:
        """Close the connections."""
        if self._session is not None:
            await self._session.close()

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            async with self._client().post(self._url + path, json=body, headers=self._headers) as response:
                if response.status == 200:
                    answer: dict[str, Any] = await response.json()
                    return answer
                if response.status == 503:
                    raise EngineUnavailable("no model is loaded")
                raise EngineFailed(f"status {response.status}")
        except (TimeoutError, aiohttp.ClientConnectionError, aiohttp.ClientPayloadError) as error:
            raise EngineUnavailable(type(error).__name__) from None

    async def turn(
        self,
        conversation_id: str,
        message_id: str,
        text: str,
        locale: str,
        channel: str,
        state: dict[str, Any] | None,
        metadata: dict[str, Any],
    ) -> Reply:
        """Run one turn.

        Raises:
            EngineUnavailable: no answer in time, connection lost, no model.
            EngineFailed: the turn cannot be run (an action failed, the message was refused).
        """
        answer = await self._post(
            "/turn",
            {
                "conversation_id": conversation_id,
                "message_id": message_id,
                "text": text,
                "locale": locale,
                "channel": channel,
                "metadata": metadata,
                "state": state,
            },
        )
        return Reply([_draft(raw) for raw in answer["messages"]], answer["state"], answer["trace"])

    async def parse(self, text: str, locale: str) -> dict[str, Any]:
        """How the engine understands a text, without a conversation."""
        return await self._post("/parse", {"text": text, "locale": locale})

    async def healthy(self) -> bool:
        """True when the engine answers and has a model."""
        try:
            async with self._client().get(
                self._url + "/health", timeout=aiohttp.ClientTimeout(total=2)
            ) as response:
                return response.status == 200
        except (TimeoutError, aiohttp.ClientError, OSError):
            return False


def _draft(raw: dict[str, Any]) -> Draft:
    return Draft(
        text=raw["text"],
        kind=raw.get("kind") or "text",
        choices=tuple(Choice(title=c["title"], value=c["value"]) for c in raw.get("choices") or ()),
        links=tuple(Link(title=link["title"], url=link["url"]) for link in raw.get("links") or ()),
    )
