"""Everything the service says that is neither a question nor an article, from `data/words/*.yml`.

A file maps an id to its texts: `id: {en: "...", es: "..."}`. Facts stand in braces: `{phone}`.
"""

from __future__ import annotations

import string
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).resolve().parent.parent / "data" / "words"
LOCALES = ("en", "es")


class WordsError(ValueError):
    """A words file that cannot be used; the message names the file, the id and the reason."""


class UnknownWord(KeyError):
    """No text has this id."""


class MissingFact(KeyError):
    """A text needs a fact that was not given; the message names both."""


def placeholders(text: str) -> frozenset[str]:
    """Names in braces in `text`. Raises ValueError when the braces do not match."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name is not None)


def load(folder: Path) -> dict[str, dict[str, str]]:
    """Read every words file of a folder: id -> locale -> text.

    Raises:
        WordsError: an id twice, a language missing, or languages that do not use the same facts.
    """
    found: dict[str, dict[str, str]] = {}
    for path in sorted(folder.glob("*.yml")):
        for word_id, texts in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if word_id in found:
                raise WordsError(f"{path.name}: {word_id}: is there twice")
            _check(path.name, word_id, texts)
            found[word_id] = {locale: str(texts[locale]).strip() for locale in LOCALES}
    return found


def _check(file: str, word_id: str, texts: Any) -> None:
    if not isinstance(texts, dict):
        raise WordsError(f"{file}: {word_id}: is not a pair of texts")
    for locale in LOCALES:
        if not str(texts.get(locale) or "").strip():
            raise WordsError(f"{file}: {word_id}: has no text in {locale}")
    try:
        needed = [placeholders(str(texts[locale])) for locale in LOCALES]
    except ValueError as error:
        raise WordsError(f"{file}: {word_id}: {error}") from error
    if needed[0] != needed[1]:
        raise WordsError(f"{file}: {word_id}: en and es do not use the same facts")


@lru_cache(maxsize=1)
def _all() -> dict[str, dict[str, str]]:
    return load(FOLDER)


def ids() -> frozenset[str]:
    """Every id there is."""
    return frozenset(_all())


def needs(word_id: str) -> frozenset[str]:
    """The facts a text asks for. Raises UnknownWord."""
    return placeholders(_texts(word_id)["en"])


def text(word_id: str, locale: str, **facts: str) -> str:
    """The text in `locale` with its facts filled in.

    Raises:
        UnknownWord: no such id (a KeyError).
        MissingFact: the text has a placeholder that `facts` does not hold.
    """
    template = _texts(word_id)[locale]
    missing = placeholders(template) - facts.keys()
    if missing:
        raise MissingFact(f"{word_id}: {', '.join(sorted(missing))}")
    return template.format(**facts)


def _texts(word_id: str) -> dict[str, str]:
    try:
        return _all()[word_id]
    except KeyError:
        raise UnknownWord(word_id) from None
