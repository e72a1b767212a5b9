"""`pes parse`: how messages are understood, without a conversation: intent, entities, and what the safety gate says."""

from __future__ import annotations

import asyncio
import json
import os
import secrets
import subprocess
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from typing import Any

from pydantic import SecretStr

from bot.conversation.engine_client import EngineClient
from bot.safety import gate
from bot.settings import ROOT, Settings
from bot.supervisor import ENGINE_PYTHON, free_port

START_SECONDS = 60.0


class BadLine(ValueError):
    """A line of input is not a JSON object with a text; the message has its number."""


@asynccontextmanager
async def own_engine(settings: Settings) -> AsyncIterator[EngineClient]:
    """An engine of our own for the time of a command. Raises RuntimeError when it does not start."""
    port, secret = free_port(), secrets.token_urlsafe(16)
    environment = os.environ | {
        "PES_ENGINE_PORT": str(port),
        "PES_ENGINE_SECRET": secret,
        "PES_ACTIONS_URL": "http://127.0.0.1:9/webhook",  # parsing runs no action
        "PES_MODELS": str(settings.models),
        "PES_EXIT_WITH_STDIN": "1",
        "PYTHONPATH": str(ROOT),
        "RASA_TELEMETRY_ENABLED": "false",
    }
    process = await asyncio.create_subprocess_exec(
        str(ENGINE_PYTHON),
        "-m",
        "bot.engine.server",
        cwd=ROOT,
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    client = EngineClient(
        settings.model_copy(
            update={"engine_url": f"http://127.0.0.1:{port}", "engine_secret": SecretStr(secret)}
        )
    )
    try:
        for _ in range(int(START_SECONDS * 10)):
            if await client.healthy():
                break
            if process.returncode is not None:
                raise RuntimeError("the engine did not start; is the model trained? (pes train)")
            await asyncio.sleep(0.1)
        else:
            raise RuntimeError(f"the engine did not start in {START_SECONDS:.0f} s")
        yield client
    finally:
        await client.close()
        if process.returncode is None:
            process.terminate()
        await process.wait()


def _read(number: int, line: str) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise BadLine(f"line {number} is not JSON") from error
    if not isinstance(row, dict) or not isinstance(row.get("text"), str):
        raise BadLine(f'line {number} has no "text"')
    return row


async def parse_lines(settings: Settings, lines: Iterable[str]) -> AsyncIterator[dict[str, Any]]:
    """Understand JSON lines `{"text", "locale"?}`, one result for each, in order.

    Raises:
        BadLine: a line cannot be read.
        RuntimeError: the engine does not start.
    """
    async with own_engine(settings) as engine:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            row = _read(number, line)
            found = await engine.parse(row["text"], row.get("locale") or "en")
            danger = gate.assess(row["text"], gate.Context(locale=row.get("locale") or "en"))
            yield {
                "text": row["text"],
                "intent": found["intent"],
                "confidence": found["confidence"],
                "entities": found["entities"],
                "safety": {
                    "level": danger.level if danger else "none",
                    "category": danger.category if danger else None,
                },
            }
