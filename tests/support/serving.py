"""Runs an ASGI app in a thread on a port of its own: outside services as real servers, not as patched functions."""

from __future__ import annotations

import asyncio
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

import uvicorn

START_SECONDS = 30
WAIT_SECONDS = 20


class Served:
    """A running app.

    Args:
        app: the ASGI app.
        lifespan: whether it has something to start and stop.
    """

    def __init__(self, app: Any, *, lifespan: bool = False) -> None:
        self._socket = socket.socket()
        self._socket.bind(("127.0.0.1", 0))
        self.port: int = self._socket.getsockname()[1]
        self._server = uvicorn.Server(
            uvicorn.Config(
                app,
                log_config=None,
                access_log=False,
                # As in production without PES_TRUSTED_PROXIES; by default uvicorn would trust loopback.
                proxy_headers=False,
                ws="none",
                lifespan="on" if lifespan else "off",
                timeout_graceful_shutdown=2,
            )
        )
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def url(self) -> str:
        """Its base address."""
        return f"http://127.0.0.1:{self.port}"

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))

    def start(self) -> Served:
        """Start, and return when it answers."""
        self._thread.start()
        deadline = time.monotonic() + START_SECONDS
        while not self._server.started:
            assert self._thread.is_alive(), "the server ended before it answered"
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.01)
        return self

    def stop(self) -> None:
        """Stop, and return when it has."""
        self._server.should_exit = True
        self._thread.join(START_SECONDS)
        self._socket.close()
        assert not self._thread.is_alive(), "the server did not stop"


def wait_until(holds: Callable[[], Any], seconds: float = WAIT_SECONDS) -> Any:
    """The first true value of `holds()`; fails when there is none in time."""
    deadline = time.monotonic() + seconds
    while True:
        value = holds()
        if value:
            return value
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.02)
