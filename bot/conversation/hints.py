"""What the service knows about a message before the engine reads it: its clauses, and what it means beyond doubt."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot import readings
from bot.enrollment.answers.plain import fold, is_wordless, sentences
from bot.enrollment.commands import command_in

MOST_PARTS = 6
_ASKING = (
    r"what|what's|whats|how|why|who|whos|who's|when|where|is|are|do|does|can|could|will|would|should|i want"
    r"|i need|i'd like|please|let me|call|qué|que|cómo|como|quién|quien|cuándo|cuando|dónde|donde|cuánto|cuanto"
    r"|cuál|cual|puedo|puede|pueden|podría|me pueden?|quiero|quisiera|necesito|hay|es|son"
)
_CUT = re.compile(
    rf"[,;:]?\s+(?:and|but|also|so|y|pero|también|tambien|entonces)[,]?\s+(?=(?:{_ASKING})\b)"
    rf"|,\s+(?=(?:{_ASKING})\b)"
    # "I don't know what to do can somebody call me": people leave the mark out when they are at their end.
    r"|(?<=\w)\s+(?=(?:can|could) (?:you|u|i|we|someone|somebody|anyone)\b)"
    r"|(?<=\w)\s+(?=(?:me pueden?|puede alguien|alguien (?:me )?puede|por favor ll[aá]m)\b)"
    r"|\s+(?=¿)",
    re.IGNORECASE,
)
# "And her?" after an answer: the thing the answer was about.
_REFERS = re.compile(
    r"(?:and|but|so|what about|how about|tell me (?:more )?about|more about|y|pero|que hay de|digame (?:mas )?de"
    r"|que hay con)(?: (?:and|about|de|con))? (?:her|him|that|that one|this|it|them|those|she|he|they|ella|el|eso|esa"
    r"|ese|ellos|ellas|esto)"
)


def clauses(text: str) -> list[str]:
    """The parts of a message that may mean things of their own; empty when it is only one.

    "I'm Ana, calling for my dad, and is this hospice?" -> ["I'm Ana, calling for my dad", "is this hospice?"]
    """
    parts = [part.strip(" ,;") for sentence in sentences(text) for part in _CUT.split(sentence) if part]
    parts = [part for part in parts if not is_wordless(part)]
    return parts[-MOST_PARTS:] if len(parts) > 1 else []


def known_meaning(text: str, state: Mapping[str, Any] | None) -> str | None:
    """The intent that a message means beyond doubt, None when the engine has to read it.

    Args:
        text: what the person wrote or picked.
        state: the engine's state after the last turn.
    """
    label = readings.meaning(text)
    if label is not None:
        return label
    slots = (state or {}).get("slots") or {}
    said_last = slots.get("last_said") or []
    explained = slots.get("topic") and any(str(said).startswith(("article:", "more:")) for said in said_last)
    if explained and _REFERS.fullmatch(fold(text)):
        return "nav/more"
    if (state or {}).get("active_loop"):
        # While a question is open, "later" or "ready" may be its answer; the interview decides.
        return None
    command = command_in(text)
    # "Sign me up" goes on with an open sign-up; with none open it begins one, and the engine knows that.
    return None if command == "nav/resume" else command
