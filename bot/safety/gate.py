"""The safety gate: looks at every inbound message before anything else does.

This first form knows a short list of reviewed, unmistakable phrases in both languages (`data/safety/phrases.yml`)
and fails safe. It never depends on Rasa.
"""

from __future__ import annotations

import logging
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import yaml

from bot.settings import ROOT

log = logging.getLogger(__name__)
PHRASES = ROOT / "data" / "safety" / "phrases.yml"


@dataclass(frozen=True)
class Finding:
    """What was found.

    `level`: emergency, urgent, concern, stop or route. `category`: a row of DOMAIN 2. `rule`: id of what fired.
    `person`: "self", "other" or "". `intentional`: an overdose on purpose. `means`: they are in hand.
    """

    level: str
    category: str
    rule: str = ""
    person: str = ""
    intentional: bool = False
    means: bool = False


@dataclass(frozen=True)
class Context:
    """What a message is read with: the person's message before it, the question it may answer, their language."""

    previous: str = ""
    question: str = ""
    locale: str = "en"


NOTHING_KNOWN = Context()


def normalize(text: str) -> str:
    """Lower case, no accents, no zero-width characters, single spaces, straight apostrophes."""
    text = unicodedata.normalize("NFKD", text).replace("\u2019", "'")
    text = "".join(c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", text).strip().casefold()


class PhrasesError(ValueError):
    """The list of phrases cannot be used; the service must not start with it."""


def check_phrases() -> None:
    """Read the list at start, so that a mistake in it is found before anyone needs it. Raises PhrasesError."""
    try:
        _patterns()
    except (OSError, TypeError, KeyError, re.error, yaml.YAMLError) as error:
        raise PhrasesError(f"{PHRASES.name}: {error}") from error


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[Finding, re.Pattern[str]], ...]:
    raw = yaml.safe_load(PHRASES.read_text(encoding="utf-8"))
    compiled = []
    for entry in raw:
        alternatives = "|".join(entry["any"])
        pattern = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)")
        compiled.append((Finding(entry["level"], entry["category"]), pattern))
    return tuple(compiled)


def assess(text: str, context: Context = NOTHING_KNOWN) -> Finding | None:
    """The first danger found in a message, or None. Never raises: a failure is itself a finding."""
    try:
        plain = normalize(text)
        for finding, pattern in _patterns():
            if pattern.search(plain):
                return finding
    except Exception:
        # Fail safe: if we could not look, the person gets the help lines and a human looks.
        log.exception("safety: the check itself failed")
        return Finding("emergency", "check_failed")
    return None
