"""The real product for tests: a trained engine and the service as processes, on free ports, in a folder of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bot.supervisor import free_port
from tests.support.commands import Commands

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 90
# Connections opened by the people of one test; a fixture closes them when the test ends.
open_clients: list[httpx.Client] = []
FIRST_PASSWORD = "a-password-for-tests"
TWILIO_TOKEN = "twilio-token-of-the-tests"
pes_commands = Commands()


@dataclass
class Product:
    """A running product.

    Args:
        folder: where it writes.
        database_url: a PostgreSQL URL, or "" for SQLite in the folder.
        environment: further PES_* settings.
    """

    folder: Path
    database_url: str = ""
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    engine_port: int = field(default_factory=free_port)
    actions_port: int = field(default_factory=free_port)
    engine: subprocess.Popen[bytes] | None = None
    service: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Base address of the service."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self) -> dict[str, str]:
        """The environment of its processes and of `pes` commands on its data."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PES_")}
        return kept | {
            "PES_DATA": str(self.folder),
            "PES_DATABASE_URL": self.database_url,
            "PES_PORT": str(self.port),
            "PES_ENGINE_PORT": str(self.engine_port),
            "PES_ENGINE_URL": f"http://127.0.0.1:{self.engine_port}",
            "PES_ENGINE_SECRET": "secret-of-the-tests",
            "PES_TWILIO_AUTH_TOKEN": TWILIO_TOKEN,
            "PES_ACTIONS_PORT": str(self.actions_port),
            "PES_ACTIONS_URL": f"http://127.0.0.1:{self.actions_port}/webhook",
            "PES_MODELS": str(ROOT / "models"),
            "PES_EXIT_WITH_STDIN": "1",
            "RASA_TELEMETRY_ENABLED": "false",
            "PYTHONPATH": str(ROOT),
            **self.environment,
        }

    def start(self) -> Product:
        """Migrate, make a staff account, start both processes and wait until they are ready."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.pes("migrate")
        self.pes(
            "user", "add", "nora", "--name", "Nora", "--role", "supervisor", PES_NEW_PASSWORD=FIRST_PASSWORD
        )
        self.start_engine()
        self.start_service()
        self.wait_until_ready()
        return self

    def _spawn(self, command: list[str], log: str) -> subprocess.Popen[bytes]:
        with (self.folder / log).open("a") as output:
            return subprocess.Popen(
                command,
                cwd=ROOT,
                env=self.settings(),
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def start_engine(self) -> None:
        """Start the engine (again)."""
        python = ROOT / ".venv-rasa" / "bin" / "python"
        self.engine = self._spawn([str(python), "-m", "bot.engine.server"], "engine.log")

    def start_service(self) -> None:
        """Start the service (again)."""
        self.service = self._spawn([sys.executable, "-m", "bot.cli", "serve"], "service.log")

    def kill_engine(self) -> None:
        """kill -9."""
        _kill(self.engine)

    def kill_service(self) -> None:
        """kill -9."""
        _kill(self.service)

    def wait_until_ready(self) -> None:
        """Wait for /readyz; fails with the end of the logs when it takes too long."""
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            for process in (self.engine, self.service):
                if process is not None and process.poll() not in (None, -signal.SIGKILL):
                    raise AssertionError(f"a process ended: {self.log_tail()}")
            try:
                if httpx.get(f"{self.url}/readyz", timeout=2).status_code == 200:
                    return
            except httpx.TransportError:
                pass
            time.sleep(0.1)
        raise AssertionError(f"not ready in {READY_SECONDS} s: {self.log_tail()}")

    def wait_until_it_serves(self) -> None:
        """Wait for the service alone; without an engine it is never ready."""
        if not eventually(self._serves, READY_SECONDS):
            raise AssertionError(f"it does not serve: {self.log_tail()}")

    def _serves(self) -> bool:
        try:
            return httpx.get(f"{self.url}/healthz", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def log_tail(self) -> str:
        """The last lines of both logs."""
        return "\n".join(
            (self.folder / name).read_text()[-1500:]
            for name in ("engine.log", "service.log")
            if (self.folder / name).exists()
        )

    def stop(self) -> None:
        """End both processes."""
        for process in (self.service, self.engine):
            if process is not None and process.poll() is None:
                process.terminate()
                try:
                    process.wait(15)
                except subprocess.TimeoutExpired:
                    process.kill()
                    process.wait()
            if process is not None and process.stdin:
                process.stdin.close()

    def pes(self, *arguments: str, **environment: str) -> str:
        """Run a `pes` command on this product's data; returns what it prints."""
        code, output, errors = pes_commands.run(arguments, self.settings() | environment)
        assert code == 0, output + errors
        return output

    def enrollments(self) -> list[dict[str, Any]]:
        """`pes enrollment list --json`."""
        found: list[dict[str, Any]] = json.loads(self.pes("enrollment", "list", "--json"))
        return found

    def enrollment_of(self, conversation_id: str) -> dict[str, Any]:
        """The only enrollment of a conversation."""
        found = [item for item in self.enrollments() if item["conversation_id"] == conversation_id]
        assert len(found) == 1, f"{len(found)} enrollments"
        return found[0]


def _kill(process: subprocess.Popen[bytes] | None) -> None:
    assert process is not None
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    if process.stdin:
        process.stdin.close()


def eventually(check: Callable[[], bool], seconds: float = 15) -> bool:
    """Whether something comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.1)
    return False


def client(base_url: str, **options: Any) -> httpx.Client:
    """An HTTP client that is closed when the test ends."""
    made = httpx.Client(base_url=base_url, timeout=40, **options)
    open_clients.append(made)
    return made


class Person:
    """Somebody who talks with the assistant through the public web chat API.

    Args:
        product: whom they talk to.
        locale: the language of their page.
    """

    def __init__(self, product: Product, locale: str = "en") -> None:
        self.product = product
        self.http = client(product.url)
        opened = self.http.post("/api/v1/conversations", json={"locale": locale})
        assert opened.status_code == 201, opened.text
        self.id: str = opened.json()["conversation_id"]
        self.token: str = opened.json()["token"]
        self.heard: list[dict[str, Any]] = opened.json()["messages"]
        self.said: list[str] = []

    @property
    def headers(self) -> dict[str, str]:
        """What authorizes this person."""
        return {"Authorization": f"Bearer {self.token}"}

    def send(self, text: str, message_id: str | None = None, wait: int = 20) -> httpx.Response:
        """Post one message; the raw response."""
        body = {"id": message_id or str(uuid.uuid4()), "text": text}
        headers = self.headers | ({"Prefer": f"wait={wait}"} if wait else {})
        return self.http.post(f"/api/v1/conversations/{self.id}/messages", json=body, headers=headers)

    def say(self, text: str) -> str:
        """Send a message and return all that came back, as one text."""
        answer = self.send(text)
        assert answer.status_code == 200, f"{answer.status_code} {answer.text}"
        replies = answer.json()["messages"]
        self.said.append(text)
        self.heard.extend(replies)
        return "\n".join(reply["text"] for reply in replies)

    def choices(self) -> list[str]:
        """Titles of the choices last shown."""
        for message in reversed(self.heard):
            if message["choices"]:
                return [choice["title"] for choice in message["choices"]]
        return []

    def log(self) -> list[dict[str, Any]]:
        """The whole conversation as the API gives it."""
        found: list[dict[str, Any]] = []
        while True:
            after = found[-1]["seq"] if found else 0
            answer = self.http.get(
                f"/api/v1/conversations/{self.id}/messages", params={"after": after}, headers=self.headers
            )
            assert answer.status_code == 200, answer.text
            page = answer.json()["messages"]
            if not page:
                return found
            found.extend(page)
