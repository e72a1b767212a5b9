"""What people say in their own words: kept, never parsed away."""

from __future__ import annotations

import re

from bot.enrollment.answers.plain import is_command, is_mash, is_wordless, tokens
from bot.enrollment.answers.reading import NotRead, Read, same

# Said to our question, yet no answer to it.
EMPTY_SAYINGS = frozenset(
    (
        "yes|no|ok|okay|si|sure|nope|yeah|nothing|nada|none|idk|hello|hi|hola|i don't know|i dont know"
        "|dont know"
        "|not sure|i'm not sure|im not sure|no se|no lo se|no estoy seguro|no estoy segura|i have no idea"
        "|no idea"
        "|maybe|ni idea|hmm|um|claro|what|huh|que|test|n a|thanks|thank you|gracias|bueno"
        "|nah|naw|nuh uh|no thanks|no thank you|not really|no gracias|la verdad no|no nada|no ninguna|no ninguno"
        "|nothing special|nothing in particular|nada en especial|nada en particular|nel"
    ).split("|")
)


_NO_IDEA = re.compile(
    r"(?:i )?(?:really )?(?:idk|dunno|don'?t know|do not know|have no idea|not sure|no se|no lo se)\b"
)


def read_text(text: str) -> Read | NotRead:
    """The very string that was typed, untouched. Reasons: wordless, nothing."""
    reason = says_nothing(text)
    return NotRead(reason) if reason else Read(text, same(text), strong=False)


def says_nothing(text: str) -> str | None:
    """Why a text is no answer at all (`wordless`, `nothing`); None when it says something."""
    # Signs and brackets are how some people write: "<my dog>", "to choose from {home, hospice} --". They stay.
    if is_wordless(text) or is_command(text) or is_mash(text):
        return "wordless"
    said = tokens(text)
    told = " ".join(said)
    clueless = len(said) <= 6 and _NO_IDEA.match(told)
    if told in EMPTY_SAYINGS or len("".join(said)) < 2 or clueless:
        return "nothing"
    return None
