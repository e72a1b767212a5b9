"""Which language a person asks for, when a word like "no" stands beside a language.

"No English" asks for Spanish, "my dad doesn't speak English" asks about an interpreter; to a classifier of sentences
both look like a wish for English.
"""

from __future__ import annotations

import re

from bot.enrollment.answers.plain import fold

ENGLISH, SPANISH, INTERPRETER = "request/english", "request/spanish", "ask/language_interpreter"
LANGUAGE_WISHES = (ENGLISH, SPANISH)

_NAMES = {ENGLISH: r"(?:english|ingles)", SPANISH: r"(?:spanish|espanol|castellano)"}
_OTHER = {ENGLISH: SPANISH, SPANISH: ENGLISH}
_NOT = r"\b(?:no|not|don'?t|doesn'?t|can'?t|cannot|sin|tampoco|never)\b(?:\s+\w+){0,3}?\s+"
_THIRD_PERSON = re.compile(
    r"\b(?:he|she|they|(?:my|mi|our|su) \w+) (?:doesn'?t|does not|don'?t|do not|can'?t|cannot|no|only|solo)\b"
)


def asked_for(text: str, label: str) -> str:
    """The label that a wish for a language really is.

    Args:
        text: what the person wrote.
        label: the classifier's `request/english` or `request/spanish`.

    Returns:
        one of these two, or `ask/language_interpreter` when it is somebody else who does not speak a language.
    """
    folded = fold(text)
    refused = [wish for wish, name in _NAMES.items() if re.search(_NOT + name, folded)]
    if len(refused) != 1:
        return label
    # Somebody else's language is a question for the team, unless the writer refuses one too ("no English, my dad ...").
    opening = re.match(r"no\s+(?:\w+\s+){0,2}?(?:english|ingles|spanish|espanol)\b", folded)
    if _THIRD_PERSON.search(folded) and not opening:
        return INTERPRETER
    return _OTHER[refused[0]]
