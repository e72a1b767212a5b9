"""Logging that cannot give away what people say.

Messages of this package are written with care and pass. Of every other library only the place passes: Rasa, sanic and
the rest put texts, slot values and server answers into their log lines, their warnings and their exceptions.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
from typing import Any

OURS = "bot.engine"
LOUDEST = logging.INFO


def where(error: BaseException) -> str:
    """An exception as its type and the last place in code, without its message (which may hold a person's words)."""
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {_short(frames[-1].filename)}:{frames[-1].lineno}" if frames else ""
    cause = error.__cause__ or error.__context__
    return f"{type(error).__name__}{place}" + (f" from {where(cause)}" if cause else "")


def _short(path: str) -> str:
    return "/".join(path.replace("\\", "/").split("/")[-3:])


class PlaceFormatter(logging.Formatter):
    """Own messages in full; of others only logger, level and line; of exceptions only type and place."""

    def format(self, record: logging.LogRecord) -> str:
        """One line, without anything that a person wrote."""
        ours = record.name == OURS or record.name.startswith(OURS + ".")
        said = record.getMessage() if ours else f"{_short(record.pathname)}:{record.lineno}"
        line = f"{self.formatTime(record)} {record.levelname} {record.name} {said}"
        error = record.exc_info[1] if record.exc_info else None
        return f"{line} [{where(error)}]" if error else line


def _drop(_logger: Any, _method: str, _event: dict[str, Any]) -> dict[str, Any]:
    import structlog  # type: ignore[import-not-found]  # in the engine's environment

    raise structlog.DropEvent


def _uncaught(kind: type[BaseException], error: BaseException, _trace: TracebackType | None) -> None:
    if issubclass(kind, KeyboardInterrupt):
        return
    logging.getLogger(OURS).critical("stopped by %s", where(error))


def silence_structured_log() -> None:
    """Rasa's structured log carries texts and slot values on every level, and prints when nobody configures it."""
    import structlog

    structlog.configure(processors=[_drop], cache_logger_on_first_use=True)


def set_up(level: str) -> None:
    """Send everything to standard error through `PlaceFormatter`; levels below INFO are never on.

    Args:
        level: a level's name; unknown names count as INFO.
    """
    wanted = logging.getLevelName(level)
    wanted = max(wanted, LOUDEST) if isinstance(wanted, int) else LOUDEST
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(PlaceFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(wanted, logging.WARNING))
    logging.getLogger(OURS).setLevel(wanted)
    silence_structured_log()
    # Warnings quote what they warn of.
    logging.captureWarnings(True)
    logging.getLogger("py.warnings").setLevel(logging.CRITICAL)
    sys.excepthook = _uncaught
