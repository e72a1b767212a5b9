"""Calls to the custom actions in the service: one kept connection, one compiled schema, eight seconds.

Rasa opens a connection for each call, checks the schema of the schema each time, and waits up to five minutes.
"""

from __future__ import annotations

import asyncio
import json
from functools import lru_cache
from typing import Any

import aiohttp
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import ClientResponseError, EndpointConfig

CALL_SECONDS = 8.0
CONNECT_SECONDS = 2.0
# Shorter than servers keep an idle connection (uvicorn: 5 s), so that we seldom write into one just closed.
IDLE_SECONDS = 3.0
REJECTED = 400


class ActionFailed(RuntimeError):
    """A custom action could not be run, or answered something that is not an action's result."""


@lru_cache(maxsize=1)
def _event_validators() -> dict[str, Any]:
    """Rasa's schema of an event, compiled once for each kind of event.

    Rasa's own has one schema with some twenty alternatives and tries every one of them on every event.
    """
    from jsonschema import validators

    schema = RemoteAction.action_response_format_spec()["properties"]["events"]["items"]
    common = {name: part for name, part in schema.items() if name != "oneOf"}
    found: dict[str, Any] = {}
    for alternative in schema["oneOf"]:
        whole = {"allOf": [common, alternative]}
        found[alternative["properties"]["event"]["const"]] = validators.validator_for(whole)(whole)
    return found


def is_result(result: Any) -> bool:
    """Whether an action answered what an action may answer: `{events: [...], responses: [...]}`."""
    if not isinstance(result, dict):
        return False
    events, responses = result.get("events", []), result.get("responses", [])
    if not isinstance(events, list) or not isinstance(responses, list):
        return False
    return all(isinstance(response, dict) for response in responses) and all(map(_is_event, events))


def _is_event(event: Any) -> bool:
    kind = event.get("event") if isinstance(event, dict) else None
    validator = _event_validators().get(kind) if isinstance(kind, str) else None
    return validator is not None and bool(validator.is_valid(event))


class ActionEndpoint(EndpointConfig):
    """Rasa's endpoint settings with a connection that is kept. Close it with `close`."""

    @classmethod
    def of(cls, settings: EndpointConfig) -> ActionEndpoint:
        """From what endpoints.yml says."""
        return cls(
            settings.url,
            settings.params,
            settings.headers,
            settings.basic_auth,
            settings.token,
            settings.token_name,
            **settings.kwargs,
        )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._kept: aiohttp.ClientSession | None = None

    def session(self) -> aiohttp.ClientSession:
        """The kept session; made at the first call, inside the event loop."""
        if self._kept is None or self._kept.closed:
            self._kept = aiohttp.ClientSession(
                headers=self.headers,
                timeout=aiohttp.ClientTimeout(total=CALL_SECONDS, connect=CONNECT_SECONDS),
                connector=aiohttp.TCPConnector(limit=64, keepalive_timeout=IDLE_SECONDS),
                # What PES passes between its own processes goes through no proxy.
                trust_env=False,
            )
        return self._kept

    async def close(self) -> None:
        """Close the connections."""
        if self._kept is not None:
            await self._kept.close()

    async def request(
        self,
        method: str = "post",
        subpath: str | None = None,
        content_type: str | None = "application/json",
        compress: bool = False,
        **kwargs: Any,
    ) -> Any:
        """Run an action.

        Args:
            method, subpath, content_type, compress: as Rasa passes them; only JSON by POST is ever asked for.
            kwargs: `json`, the call; Rasa's `timeout` of minutes is not used.

        Returns:
            The checked result.

        Raises:
            ClientResponseError: status 400, by which an action refuses to run (Rasa lets others try).
            ActionFailed: anything else that is not a result.
        """
        call = only_this_turn(kwargs["json"])
        try:
            result = await self._ask(call)
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError) as error:
            if isinstance(error, ClientResponseError):
                raise
            raise ActionFailed(type(error).__name__) from error
        if not is_result(result):
            raise ActionFailed("not the result of an action")
        return result

    async def _ask(self, call: dict[str, Any]) -> Any:
        try:
            return await self._post(call)
        except aiohttp.ServerDisconnectedError:
            # The server closed the idle connection as we wrote. Actions do nothing twice for the same message.
            return await self._post(call)

    async def _post(self, call: dict[str, Any]) -> Any:
        async with self.session().post(self.url, json=call, params=self.combine_parameters()) as response:
            if response.status == REJECTED:
                raise _rejection(await response.read(), call["next_action"])
            if response.status != 200:
                raise ActionFailed(f"status {response.status}")
            return await response.json(content_type=None)


def only_this_turn(call: dict[str, Any]) -> dict[str, Any]:
    """The call with the events since the last message only; slots, form and message stay whole."""
    tracker = call["tracker"]
    events = tracker.get("events") or []
    start = next((i for i in range(len(events) - 1, -1, -1) if events[i]["event"] == "user"), 0)
    return {**call, "tracker": {**tracker, "events": events[start:]}}


def _rejection(body: bytes, action: str) -> ClientResponseError:
    """What Rasa understands as "this action refuses"; the action's own words for it stay out of the log."""
    try:
        named = json.loads(body).get("action_name")
    except (ValueError, AttributeError):
        named = None
    if named is None:
        raise ActionFailed("status 400 without an action's name")
    return ClientResponseError(REJECTED, "rejected", json.dumps({"action_name": action, "error": "rejected"}))


def check_results_once() -> None:
    """Let Rasa skip its own check of action results: `ActionEndpoint` has made it, with a compiled schema.

    Rasa offers no setting for this; its check takes longer than the rest of a turn.
    """
    RemoteAction._validate_action_result = lambda self, result: True
