"""The load generator, a process of its own: people who talk without a pause, each in whole conversations.

`python -m benchmarks.client` reads a `Job` as JSON from standard input and writes a `Load` as JSON to standard output.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol

import aiohttp

from benchmarks.script import Line
from bot.settings import ROOT

# Longer than any turn of a healthy system; a turn not answered by then counts as failed.
ANSWER_SECONDS = 60.0


class TurnFailed(RuntimeError):
    """A turn got no answer, or a wrong one; the message says which."""


@dataclass(frozen=True)
class Job:
    """What to do.

    Attributes:
        channel: "webchat" (ours) or "rest" (stock Rasa).
        seconds: no conversation begins after this time; those running are brought to their end.
    """

    channel: str
    url: str
    lines: tuple[Line, ...]
    talkers: int
    conversations: int
    seconds: float


@dataclass
class Load:
    """What came of it.

    Attributes:
        seconds: wall time of the whole job.
        turns: one latency in milliseconds a turn, message sent to reply read, in the order they were answered.
        completed: ids of the conversations that came to their end.
        failures: one line each.
    """

    seconds: float = 0.0
    turns: list[float] = field(default_factory=list)
    completed: list[str] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)


class Talk(Protocol):
    """One conversation with one of the systems."""

    id: str

    async def open(self) -> None:
        """Begin it, where the system wants that."""

    async def say(self, text: str) -> str:
        """Send a message; returns all of the reply's text. Raises TurnFailed when there is none."""


class WebChat:
    """A conversation through our web chat API."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.id = ""
        self._session = session
        self._headers: dict[str, str] = {}

    async def open(self) -> None:
        """Begin the conversation and keep its token."""
        async with self._session.post("/api/v1/conversations", json={"locale": "en"}) as answer:
            if answer.status != 201:
                raise TurnFailed(f"no conversation: status {answer.status}")
            body = await answer.json()
        self.id = body["conversation_id"]
        self._headers = {"Authorization": f"Bearer {body['token']}", "Prefer": "wait=20"}

    async def say(self, text: str) -> str:
        """What the assistant replied; notices of the system ("please wait") are no reply."""
        message = {"id": str(uuid.uuid4()), "text": text}
        path = f"/api/v1/conversations/{self.id}/messages"
        async with self._session.post(path, json=message, headers=self._headers) as answer:
            if answer.status != 200:
                raise TurnFailed(f"status {answer.status}")
            body = await answer.json()
        return "\n".join(item["text"] for item in body["messages"] if item["author"] == "assistant")


class RestChannel:
    """A conversation through Rasa's REST channel."""

    def __init__(self, session: aiohttp.ClientSession) -> None:
        self.id = str(uuid.uuid4())
        self._session = session

    async def open(self) -> None:
        """Nothing to do: the first message begins it."""

    async def say(self, text: str) -> str:
        """What the bot replied."""
        message = {"sender": self.id, "message": text}
        async with self._session.post("/webhooks/rest/webhook", json=message) as answer:
            if answer.status != 200:
                raise TurnFailed(f"status {answer.status}")
            body = await answer.json()
        return "\n".join(item.get("text", "") for item in body)


CHANNELS: dict[str, type[WebChat] | type[RestChannel]] = {"webchat": WebChat, "rest": RestChannel}


async def _hold(talk: Talk, lines: tuple[Line, ...], load: Load) -> None:
    """One whole conversation, every reply checked."""
    await talk.open()
    for number, line in enumerate(lines, 1):
        started = time.perf_counter()
        reply = await talk.say(line.say)
        load.turns.append((time.perf_counter() - started) * 1000)
        if not reply.strip() or line.expect not in reply.lower():
            raise TurnFailed(f"turn {number}, {line.say!r}: {reply[:200]!r} instead of ...{line.expect!r}...")
    load.completed.append(talk.id)


async def _talker(job: Job, session: aiohttp.ClientSession, waiting: Iterator[int], load: Load) -> None:
    """Hold conversations until none is left to hold or time is up."""
    deadline = time.monotonic() + job.seconds
    for _ in waiting:
        talk = CHANNELS[job.channel](session)
        try:
            await _hold(talk, job.lines, load)
        except (TurnFailed, aiohttp.ClientError, TimeoutError) as failure:
            load.failures.append(f"{job.talkers} talking: {type(failure).__name__} {failure}")
        if time.monotonic() > deadline:
            return


async def run(job: Job) -> Load:
    """Do the job in this process."""
    load, waiting = Load(), iter(range(job.conversations))
    async with aiohttp.ClientSession(
        job.url,
        connector=aiohttp.TCPConnector(limit=0),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=ANSWER_SECONDS),
    ) as session:
        started = time.perf_counter()
        await asyncio.gather(*(_talker(job, session, waiting, load) for _ in range(job.talkers)))
        load.seconds = time.perf_counter() - started
    return load


def put_load(job: Job) -> Load:
    """Do the job in a process of its own, so that the generator never shares a Python with what it measures."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.client"],
        input=json.dumps(asdict(job)),
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return Load(**json.loads(done.stdout))


def _job(fields: dict[str, Any]) -> Job:
    return Job(**fields | {"lines": tuple(Line(**line) for line in fields["lines"])})


if __name__ == "__main__":
    json.dump(asdict(asyncio.run(run(_job(json.load(sys.stdin))))), sys.stdout)
