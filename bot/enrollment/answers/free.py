"""What people say in their own words: kept, never parsed away."""

from __future__ import annotations

import re

from bot.enrollment.answers.plain import clean, fold, is_unreadable, tokens
from bot.enrollment.answers.reading import NotRead, Read, same

# Said to our question, yet no answer to it.
EMPTY_SAYINGS = frozenset(
    (
        "yes|no|ok|okay|si|sure|nope|yeah|nothing|nada|none|idk|hello|hi|hola|i don't know|i dont know"
        "|dont know"
        "|not sure|i'm not sure|im not sure|no se|no lo se|no estoy seguro|no estoy segura|i have no idea"
        "|no idea"
        "|maybe|ni idea|hmm|um|claro|what|huh|que|test|n a|thanks|thank you|gracias|bueno"
    ).split("|")
)


_NO_IDEA = re.compile(
    r"(?:i )?(?:really )?(?:idk|dunno|don'?t know|do not know|have no idea|not sure|no se|no lo se)\b"
)
_TIME = re.compile(
    r"\d|\b(?:morning|mornings|noon|lunch|afternoons?|evenings?|nights?|tonight|today|tomorrow|weekdays?"
    r"|weekends?|any ?time"
    r"|mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|early|late|before|after|week"
    r"|manana|mananas|tardes?|noches?|mediodia|hoy|lunes|martes|miercoles|jueves|viernes|sabados?"
    r"|domingos?|temprano"
    r"|antes|despues|semana|cualquier hora)\b"
)


def read_text(text: str) -> Read | NotRead:
    """The very string that was typed, untouched. Reasons: wordless, nothing."""
    reason = _no_answer(text)
    return NotRead(reason) if reason else Read(text, same(text), strong=False)


def read_time(text: str) -> Read | NotRead:
    """A time to call, in the person's words, trimmed. Reasons: wordless, nothing."""
    reason = _no_answer(text)
    if reason:
        return NotRead(reason)
    # "Can you call in the evening?" is an answer.
    return Read(text.strip(), same(clean(text)), strong=bool(_TIME.search(fold(text))))


def _no_answer(text: str) -> str | None:
    if is_unreadable(text):
        return "wordless"
    said = tokens(text)
    told = " ".join(said)
    clueless = len(said) <= 6 and _NO_IDEA.match(told)
    if told in EMPTY_SAYINGS or len("".join(said)) < 2 or clueless:
        return "nothing"
    return None
