"""`pes chat`: talk with a running assistant in the terminal, over the same API as the web chat."""

from __future__ import annotations

import asyncio
import sys
import uuid
from typing import Any

import aiohttp


def _show(message: dict[str, Any]) -> None:
    print(f"\n{message['author']}: {message['text']}")
    for number, choice in enumerate(message["choices"], 1):
        print(f"   {number} {choice['title']}")
    for link in message["links"]:
        print(f"   -> {link['title']}: {link['url']}")


async def talk(url: str, locale: str) -> None:
    """Hold a conversation until end of input.

    Args:
        url: base address of a running service.
        locale: "en" or "es".
    """
    async with aiohttp.ClientSession(base_url=url) as client:
        try:
            async with client.post("/api/v1/conversations", json={"locale": locale}) as answer:
                opened = await answer.json()
        except aiohttp.ClientConnectionError:
            print(f"Nothing answers at {url}. Start it with: make run", file=sys.stderr)
            raise SystemExit(1) from None
        for message in opened["messages"]:
            _show(message)
        headers = {"Authorization": f"Bearer {opened['token']}", "Prefer": "wait=20"}
        path = f"/api/v1/conversations/{opened['conversation_id']}/messages"
        while True:
            try:
                text = await asyncio.to_thread(input, "\nyou: ")
            except EOFError:
                return
            if not text.strip():
                continue
            async with client.post(
                path, json={"id": str(uuid.uuid4()), "text": text}, headers=headers
            ) as sent:
                body = await sent.json()
            if sent.status >= 400:
                print(f"({body['detail']})")
            for message in body.get("messages", []):
                _show(message)
            if sent.status == 202:
                print("(stored; the answer takes longer)")
