"""Which language a person writes, and which one they ask for.

The conversation follows the language of each message, but holds on to the one it has: a name, "ok", "gracias", a
number or a place say nothing about what a person wants to read. A wish ("in Spanish please") is kept until there is
another one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bot.enrollment.answers.plain import clean, fold
from bot.settings import ROOT
from bot.words import LOCALES

FILE = ROOT / "data" / "language.yml"

ENGLISH, SPANISH, INTERPRETER = "request/english", "request/spanish", "ask/language_interpreter"
LANGUAGE_WISHES = (ENGLISH, SPANISH)

_NAMES = {ENGLISH: r"(?:english|ingles)", SPANISH: r"(?:spanish|espanol|castellano)"}
_OTHER = {ENGLISH: SPANISH, SPANISH: ENGLISH}
_NOT = r"\b(?:no|not|don'?t|doesn'?t|can'?t|cannot|sin|tampoco|never)\b(?:\s+\w+){0,3}?\s+"
_THIRD_PERSON = re.compile(
    r"\b(?:he|she|they|(?:my|mi|our|su) \w+) (?:doesn'?t|does not|don'?t|do not|can'?t|cannot|no|only|solo)\b"
)
_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)*")


class LanguageDataError(ValueError):
    """`data/language.yml` cannot be used; the service must not start with it."""


@dataclass(frozen=True)
class Signs:
    """What tells two languages apart, from `data/language.yml`. Thresholds are probabilities and numbers of words."""

    clear: float
    very_clear: float
    likely: float
    least_words: int
    few_words: int
    many_words: int
    words: dict[str, frozenset[str]]
    courtesies: dict[str, frozenset[str]]
    alone: dict[str, frozenset[str]]
    in_names: frozenset[str]

    def count(self, found: list[str], locale: str, first: bool) -> int:
        """How many of the words are everyday words of a language; courtesies count in a first message."""
        known = self.words[locale] | (self.courtesies[locale] if first else frozenset())
        return len({word for word in found if word in known})


@lru_cache(maxsize=1)
def signs() -> Signs:
    """The signs, read once. Raises LanguageDataError."""
    try:
        raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
        lists: dict[str, Any] = {
            name: {locale: frozenset(fold(str(raw[name][locale])).split()) for locale in LOCALES}
            for name in ("words", "courtesies", "alone")
        }
        return Signs(**raw["thresholds"], **lists, in_names=frozenset(raw["in_names"].split()))
    except (OSError, KeyError, TypeError, AttributeError, yaml.YAMLError) as error:
        raise LanguageDataError(f"{FILE.name}: {type(error).__name__}: {error}") from error


@lru_cache(maxsize=1)
def _identifier() -> LanguageIdentifier:
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(LOCALES))
    return identifier


def get_ready() -> None:
    """Load what detection needs (0.6 s), so that no person waits for it. Raises LanguageDataError."""
    signs()
    _identifier()


def followed(text: str, current: str, first: bool = False) -> str:
    """The language to answer in.

    Args:
        text: what the person wrote, no choice that was picked.
        current: the language so far, en or es.
        first: whether this is the first message of a conversation, when there is nothing to hold on to.

    Returns:
        `current`, unless the message is clearly in the other language.
    """
    known = signs()
    other = next(locale for locale in LOCALES if locale != current)
    shown = clean(text)
    found = _WORD.findall(fold(shown))
    if len(found) == 1 and found[0] in known.alone[other]:
        return other
    kind = frozenset[str]() if first else known.courtesies[current] | known.courtesies[other]
    telling = [word for word in found if word not in known.in_names | kind]
    if len(telling) < known.least_words and not first and "¿" not in shown:
        return current
    ours, theirs = (known.count(telling, locale, first) for locale in (current, other))
    if theirs <= ours and (theirs or ours):
        return current
    sure = dict(_identifier().rank(shown.casefold()))[other]
    if first and theirs:
        return other if sure >= known.likely or len(found) <= known.few_words else current
    if theirs:
        return other if sure >= known.clear or theirs >= known.many_words else current
    return other if len(telling) >= known.many_words and sure >= known.very_clear else current


def asked_for(text: str, label: str) -> str:
    """The label that a wish for a language really is.

    "No English" asks for Spanish, "my dad doesn't speak English" asks about an interpreter; to a classifier of
    sentences both look like a wish for English.

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
