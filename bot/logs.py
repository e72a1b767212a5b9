"""Logging that cannot leak: exceptions are written as type and code location, never with their message.

An exception's message often quotes the value that caused it, and here values are what people said.
"""

from __future__ import annotations

import json
import logging
import sys
import traceback
from datetime import UTC, datetime


class SafeFormatter(logging.Formatter):
    """One JSON object a line: time, level, logger, message, and for exceptions their type and location."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record without any exception text."""
        entry = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": record.getMessage(),
        }
        if record.exc_info and record.exc_info[1] is not None:
            entry["error"] = describe(record.exc_info[1])
        return json.dumps(entry, ensure_ascii=False)


def describe(error: BaseException) -> str:
    """An exception as `Type at file:line in function < ...`, innermost last, without its message."""
    parts = []
    current: BaseException | None = error
    while current is not None:
        frames = traceback.extract_tb(current.__traceback__)[-4:]
        where = " > ".join(
            f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames
        )
        parts.append(f"{type(current).__name__} at {where}")
        current = current.__cause__
    return " caused by ".join(parts)


def configure(level: str) -> None:
    """Send everything through the safe formatter; libraries that would log requests stay quiet."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(SafeFormatter())
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Their INFO and DEBUG lines hold request lines, URLs or bodies.
    for name in ("uvicorn.access", "rasa_sdk", "twilio", "aiohttp", "urllib3", "alembic", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    sys.excepthook = _report


def _report(kind: type[BaseException], error: BaseException, _trace: object) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger("palliative-intake").critical("stopped by an error", exc_info=error)
