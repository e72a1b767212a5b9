"""Reading a request's body with a limit, so that nobody can fill the memory."""

from __future__ import annotations

from fastapi import Request

from bot.problems import Problem


async def read(request: Request, most_bytes: int, refusal: str) -> bytes:
    """The whole body.

    Args:
        most_bytes: the limit; a longer body is not read to its end.
        refusal: what the 413 problem says.

    Raises:
        Problem: 413, the body is longer, or says that it will be.
    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > most_bytes:
        raise Problem(413, refusal)
    raw = bytearray()
    async for chunk in request.stream():
        raw += chunk
        if len(raw) > most_bytes:
            raise Problem(413, refusal)
    return bytes(raw)
