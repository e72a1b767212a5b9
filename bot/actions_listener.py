"""Hosts the custom actions (`actions/`) for the engine on an internal loopback listener, inside the service.

`python -m rasa_sdk --actions actions` would work too; this saves a process and shares the service's database.
"""

from __future__ import annotations

import contextlib
import hmac
import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import uvicorn
from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

from bot.settings import Settings

log = logging.getLogger(__name__)

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]


class ActionsApp:
    """A bare ASGI app: `POST /webhook` runs one action. Bare because every turn comes through here.

    Args:
        secret: what the engine sends as `?token=`; other users of this machine must not run actions.
    """

    def __init__(self, secret: str) -> None:
        self._secret = secret
        self._executor = ActionExecutor()
        self._executor.register_package("actions")

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            return
        token = parse_qs(scope.get("query_string", b"").decode()).get("token", [""])[0]
        if not hmac.compare_digest(token.encode(), self._secret.encode()):
            await _answer(send, 401, {"error": "wrong token"})
            return
        body = bytearray()
        while True:
            part = await receive()
            body += part.get("body", b"")
            if not part.get("more_body"):
                break
        status, answer = await self._run(json.loads(bytes(body)))
        await _answer(send, status, answer)

    async def _run(self, call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        name = str(call.get("next_action"))
        # No action of ours needs the domain, and rasa-sdk insists on one.
        call.setdefault("domain", {})
        try:
            result = await self._executor.run(call)
        except ActionExecutionRejection:
            return 400, {"error": "rejected", "action_name": name}
        except ActionNotFoundException:
            log.error("actions: %s does not exist", name)
            return 404, {"error": "not found", "action_name": name}
        except Exception:
            log.exception("actions: %s failed", name)
            return 500, {"error": "failed", "action_name": name}
        if result is None:
            return 200, {"events": [], "responses": []}
        return 200, {"events": result.events, "responses": result.responses}


async def _answer(send: Send, status: int, body: dict[str, Any]) -> None:
    raw = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", str(len(raw)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": raw})


class QuietServer(uvicorn.Server):
    """A uvicorn server that leaves signals to the public listener of the same process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture nothing."""
        yield


def make_server(settings: Settings) -> QuietServer:
    """The internal listener, not yet running."""
    config = uvicorn.Config(
        ActionsApp(settings.engine_secret.get_secret_value()),
        host="127.0.0.1",
        port=settings.actions_port,
        log_config=None,
        access_log=False,
        lifespan="off",
    )
    return QuietServer(config)
