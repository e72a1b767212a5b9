"""`pes run`: prepares what is needed, then keeps the engine and the service running on this machine.

A process that dies is started again at once. If this supervisor dies, its children see their standard input close
and end too, so that nothing is left behind to block a new start.
"""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import TextIO

from bot.settings import ROOT, Settings

ENGINE_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
QUICK_DEATH_SECONDS = 5.0
LONGEST_PAUSE = 10.0
POLL_SECONDS = 0.1
STOP_SECONDS = 10.0


def free_port() -> int:
    """A loopback port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Child:
    """One process to keep alive."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    quick_deaths: int = 0
    start_after: float = 0.0
    _file: TextIO | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start it, with a pipe as standard input that closes when we die."""
        if self._file is None:
            self._file = self.log.open("a")
        self.process = subprocess.Popen(
            self.command,
            env=self.environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=self._file,
            stderr=self._file,
            # A Ctrl-C at the terminal reaches us alone; we stop the children in order.
            start_new_session=True,
        )
        self.started_at = time.monotonic()
        self.log.with_suffix(".pid").write_text(str(self.process.pid), encoding="utf-8")

    def tend(self) -> bool:
        """Start it again if it died; longer pauses when it keeps dying at once. True when it was restarted."""
        moment = time.monotonic()
        if self.process is not None and self.process.poll() is None:
            return False
        if self.process is not None and self.start_after <= self.started_at:
            quick = moment - self.started_at < QUICK_DEATH_SECONDS
            self.quick_deaths = self.quick_deaths + 1 if quick else 0
            pause = min(LONGEST_PAUSE, 0.5 * 2**self.quick_deaths) if self.quick_deaths > 1 else 0.0
            self.start_after = moment + pause
        if moment < self.start_after:
            return False
        self.start()
        return True

    def stop(self) -> None:
        """Ask it to end, then insist."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def exit_with_parent() -> None:
    """For children: end this process when standard input closes, because the supervisor is gone."""

    def wait() -> None:
        # Not sys.stdin: its lock would stand in the way of an ordinary exit.
        while os.read(0, 1):
            continue
        os._exit(0)

    threading.Thread(target=wait, daemon=True).start()


def children(settings: Settings) -> list[Child]:
    """The engine and the service, with what they need to find and trust each other."""
    engine_port, actions_port = free_port(), free_port()
    secret = secrets.token_urlsafe(24)
    logs = settings.data / "logs"
    logs.mkdir(parents=True, exist_ok=True)
    shared = os.environ | {
        "PES_ENGINE_SECRET": secret,
        "PES_EXIT_WITH_STDIN": "1",
        "PYTHONUNBUFFERED": "1",
        "PYTHONPATH": str(ROOT),
    }
    # The engine gets no database address and no keys: it stores nothing and needs none.
    kept = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "PES_ENGINE_SECRET", "PES_EXIT_WITH_STDIN")
    engine = {name: shared[name] for name in (*kept, "PYTHONUNBUFFERED", "PYTHONPATH") if name in shared} | {
        "PES_ENGINE_PORT": str(engine_port),
        "PES_ACTIONS_URL": f"http://127.0.0.1:{actions_port}/webhook",
        "PES_MODELS": str(settings.models),
        "PES_LOG_LEVEL": settings.log_level,
        "RASA_TELEMETRY_ENABLED": "false",
    }
    service = shared | {
        "PES_ENGINE_URL": f"http://127.0.0.1:{engine_port}",
        "PES_ACTIONS_PORT": str(actions_port),
        "PES_PORT": str(settings.port),
        "PES_HOST": settings.host,
        "PES_DATA": str(settings.data),
    }
    return [
        Child("engine", [str(ENGINE_PYTHON), "-m", "bot.engine.server"], engine, logs / "engine.log"),
        Child("service", [sys.executable, "-m", "bot.cli", "serve"], service, logs / "service.log"),
    ]


def is_ready(settings: Settings) -> bool:
    """Whether the service says that everything answers."""
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104 - compared, not bound
    try:
        with urllib.request.urlopen(f"http://{host}:{settings.port}/readyz", timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def port_taken(settings: Settings) -> bool:
    """Whether something already listens on our port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError:
            return True
    return False


class Supervisor:
    """Keeps the children running until told to stop."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._children = children(settings)
        self._stopping = threading.Event()

    def run(self, first_words: str) -> int:
        """Start, print the addresses when all is ready, tend the children; returns the exit code."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda *_: self._stopping.set())
        for child in self._children:
            child.start()
        self._await_ready(first_words)
        while not self._stopping.wait(POLL_SECONDS):
            for child in self._children:
                if child.tend():
                    _say(f"The {child.name} had stopped; it was started again.")
        _say("Stopping ...")
        # The service first: it lets running turns finish, which needs the engine.
        for child in reversed(self._children):
            child.stop()
        return 0

    def _await_ready(self, first_words: str) -> None:
        started = last_said = time.monotonic()
        _say("Starting the engine and the service ...")
        while not self._stopping.is_set():
            if is_ready(self._settings):
                _say(f"Ready after {time.monotonic() - started:.0f} s.\n{first_words}")
                return
            for child in self._children:
                if child.tend():
                    _say(f"The {child.name} stopped while starting. See {child.log} . Trying again.")
            if time.monotonic() - last_said > 5:
                last_said = time.monotonic()
                _say(f"... still starting ({last_said - started:.0f} s)")
            self._stopping.wait(0.2)


def _say(text: str) -> None:
    print(text, flush=True)
