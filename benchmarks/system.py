"""What both systems have in common: processes that are started, weighed and always ended."""

from __future__ import annotations

import abc
import contextlib
import os
import signal
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

START_SECONDS = 300.0
STOP_SECONDS = 30.0
POLL_SECONDS = 0.1


class SystemFailed(RuntimeError):
    """A system could not be trained or started; the message ends with its log."""


def environment(**more: str) -> dict[str, str]:
    """The environment for what we start: ours without our product's settings, and nothing told to outside hosts."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PES_")}
    return kept | {"RASA_TELEMETRY_ENABLED": "false", "PYTHONUNBUFFERED": "1"} | more


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=3) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


class System(abc.ABC):
    """One of the two systems, in a folder of its own.

    Attributes:
        name: as in the report.
        channel: how the load generator talks to it.
        url: where it listens once started.
        examples: what it is trained on, in words.
    """

    name: str
    channel: str
    examples: str

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self.folder = folder
        self.url = ""
        self._processes: list[subprocess.Popen[bytes]] = []

    @abc.abstractmethod
    def train(self) -> float:
        """Train from nothing; returns the seconds it took."""

    @abc.abstractmethod
    def start(self) -> float:
        """Start it; returns the seconds from the first process to the first 200 of all its parts."""

    @abc.abstractmethod
    def enrolled(self) -> dict[str, dict[str, Any]]:
        """The answers kept of every finished intake, by conversation id."""

    def stop(self) -> None:
        """End every process that was started; also right when none was."""
        for process in self._processes:
            process.terminate()
        for process in self._processes:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        self._processes.clear()

    def memory(self) -> float:
        """Resident memory of all its processes, in MB."""
        listed = subprocess.run(["ps", "-A", "-o", "pid=,ppid=,rss="], stdout=subprocess.PIPE, check=True)
        rows = [[int(field) for field in line.split()] for line in listed.stdout.splitlines()]
        family = {process.pid for process in self._processes}
        while found := {pid for pid, parent, _ in rows if parent in family} - family:
            family |= found
        return sum(size for pid, _, size in rows if pid in family) / 1024

    def _run(self, command: list[str], cwd: Path, env: dict[str, str]) -> float:
        """Run a training command to its end; returns its seconds."""
        started = time.perf_counter()
        self._spawn("train", command, cwd, env)
        code = self._processes[-1].wait()
        if code != 0:
            raise SystemFailed(f"{self.name}: training failed\n{_tail(self.folder / 'train.log')}")
        self._processes.pop()
        return time.perf_counter() - started

    def _spawn(self, name: str, command: list[str], cwd: Path, env: dict[str, str]) -> None:
        with (self.folder / f"{name}.log").open("w") as output:
            self._processes.append(
                subprocess.Popen(
                    command, cwd=cwd, env=env, stdout=output, stderr=output, start_new_session=True
                )
            )

    def _await(self, *urls: str) -> None:
        deadline = time.monotonic() + START_SECONDS
        while not all(_answers(url) for url in urls):
            ended = any(process.poll() is not None for process in self._processes)
            if ended or time.monotonic() > deadline:
                logs = "\n".join(_tail(log) for log in sorted(self.folder.glob("*.log")))
                raise SystemFailed(f"{self.name} did not start\n{logs}")
            time.sleep(POLL_SECONDS)


def _tail(log: Path) -> str:
    return f"--- {log.name}\n{log.read_text(encoding='utf-8', errors='replace')[-3000:]}"
