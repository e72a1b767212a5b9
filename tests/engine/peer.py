"""A real action server for the engine to call: it answers what a test tells it to, and keeps what it was asked."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import Any

from aiohttp import web

Call = dict[str, Any]
Answer = tuple[int, Any]
QUESTIONS = ("for_whom", "caller_name", "zip")


def result(*texts: str, events: list[Call] | None = None, **more: Any) -> Answer:
    """What an action answers: texts to say and events."""
    return 200, {"events": events or [], "responses": [{"text": text, **more} for text in texts]}


def slot(name: str, value: Any) -> Call:
    """A slot event."""
    return {"event": "slot", "timestamp": None, "name": name, "value": value}


def short_interview(call: Call) -> Answer:
    """The usual answers: three questions, each of which takes whatever is said; else the action says its own name."""
    if call["next_action"] != "validate_intake_form":
        return result(call["next_action"])
    slots, said = call["tracker"]["slots"], call["tracker"]["latest_message"]["text"]
    open_question = slots["requested_slot"]
    taken = [slot(open_question, said)] if open_question else []
    answered = {name for name in QUESTIONS if slots[name] is not None} | (
        {open_question} if open_question else set()
    )
    following = next((name for name in QUESTIONS if name not in answered), None)
    return result(
        events=[*taken, slot("interview", {"heard": len(answered)}), slot("requested_slot", following)]
    )


class Peer:
    """The server, in a thread of its own. Assign `answer` to change what it does."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.answer: Callable[[Call], Answer] = short_interview
        self.delay: Callable[[Call], float] = lambda call: 0.0
        self.calls: list[Call] = []
        self.tokens: list[str | None] = []
        self.connections: set[Any] = set()
        self._loop = asyncio.new_event_loop()
        self._runner: web.AppRunner | None = None
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def start(self) -> None:
        """Listen."""
        asyncio.run_coroutine_threadsafe(self._start(), self._loop).result()

    def stop(self) -> None:
        """Stop listening."""
        asyncio.run_coroutine_threadsafe(self._stop(), self._loop).result()

    def close(self) -> None:
        """Stop listening and end the thread."""
        self.stop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def reset(self) -> None:
        """The usual answers again, and nothing remembered."""
        self.answer, self.delay = short_interview, lambda call: 0.0
        self.calls, self.tokens, self.connections = [], [], set()

    async def _start(self) -> None:
        app = web.Application()
        app.router.add_post("/webhook", self._run)
        self._runner = web.AppRunner(app)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self.port, shutdown_timeout=0.1).start()

    async def _stop(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    async def _run(self, request: web.Request) -> web.Response:
        call = await request.json()
        self.calls.append(call)
        self.tokens.append(request.query.get("token"))
        self.connections.add(request.transport.get_extra_info("peername") if request.transport else None)
        await asyncio.sleep(self.delay(call))
        status, body = self.answer(call)
        if isinstance(body, str):
            return web.Response(text=body, status=status)
        return web.json_response(body, status=status)
