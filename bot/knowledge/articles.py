"""The articles in `data/knowledge/<locale>/<id>.md`, read and checked once.

An article has front matter (YAML between `---` lines), a short form (the first answer, sized for two text
messages), a line `<!-- more -->` and a longer form for "tell me more". Facts stand in braces: `{phone}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.words import placeholders

FOLDER = Path(__file__).resolve().parent.parent.parent / "data" / "knowledge"
LOCALES = ("en", "es")
AUDIENCES = ("everyone", "patient", "caregiver")
MORE = "<!-- more -->"

SHORT_LIMIT = 300  # characters as shown, facts filled in: two segments of 153 GSM-7 characters
MORE_LIMIT = 700
TITLE_LIMIT = 28

# Room kept for each fact when lengths are checked, so that another program's name or hours still fit.
FACT_ROOM = {"program": 40, "phone": 14, "nurse_line": 14, "hours": 60}

# 3GPP TS 23.038, basic character set, without its control characters other than the line feed. The extension
# table ({}[]~\^|€) is left out on purpose: each of its characters costs two.
GSM_7 = frozenset(
    "@£$¥èéùìòÇ\nØøÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
_FOLD = str.maketrans("áíóúÁÍÓÚ", "aiouAIOU")

# Carriers read these as "send no more texts" (47 CFR 64.1200(a)(10)), so people are never shown them as words to type.
_OPT_OUT = re.compile(r"\b(stop|stopall|unsubscribe|cancel|end|quit|revoke|optout|opt out)\b", re.IGNORECASE)
_PARTS = re.compile(r"\A---\n(?P<front>.*?)\n---\n(?P<body>.*)\Z", re.DOTALL)
_FIELDS = ("id", "title", "locale", "audience", "source", "reviewed_on", "follow_ups")


class ArticleError(ValueError):
    """An article that cannot be used. `path` is the file, `reason` what is wrong with it."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path.parent.name}/{path.name}: {reason}")
        self.path = path
        self.reason = reason


class ArticleNotFound(LookupError):
    """No article has this topic in this language; nothing else is shown in its place."""

    def __init__(self, topic: str, locale: str) -> None:
        super().__init__(f"no article {topic!r} in {locale!r}")
        self.topic = topic
        self.locale = locale


@dataclass(frozen=True)
class Article:
    """One answer in one language.

    `title` is a short question, used as a button. `short` and `more` may hold the facts `{program}`, `{phone}`,
    `{hours}` and `{nurse_line}`. `follow_ups` are ids of what people ask next. `reviewed_on` is the day the text
    was last read through; a program's own clinicians set it when they have reviewed it.
    """

    id: str
    title: str
    locale: str
    audience: str
    source: str
    reviewed_on: date
    follow_ups: tuple[str, ...]
    short: str
    more: str

    @property
    def facts(self) -> frozenset[str]:
        """Names of the program's facts that either form needs."""
        return placeholders(self.short) | placeholders(self.more)


Shelf = dict[str, dict[str, Article]]


def fold_accents(text: str) -> str:
    """`text` as a text message carries it: á í ó ú lose their accent (GSM-7 has no such letters; é ñ ü stay)."""
    return text.translate(_FOLD)


def outside_gsm7(text: str) -> str:
    """Characters of `text` that would make a text message cost double, once each, after folding."""
    return "".join(sorted(set(fold_accents(text)) - GSM_7))


def room_needed(text: str) -> int:
    """Length of `text` in characters when each fact takes all the room kept for it."""
    return len(_with_room(text))


def load(folder: Path) -> Shelf:
    """Read and check every article of a folder: locale -> id -> article.

    Raises:
        ArticleError: a file is malformed, too long or not fit for a text message, has no twin in the other
            language, or names a follow-up that does not exist.
    """
    shelf: Shelf = {locale: {} for locale in LOCALES}
    for locale in LOCALES:
        for path in sorted((folder / locale).glob("*.md")):
            shelf[locale][path.stem] = parse(path)
    for locale in LOCALES:
        _check_links(folder / locale, shelf[locale])
    _check_twins(folder, shelf)
    return shelf


def parse(path: Path) -> Article:
    """One article from its file.

    Raises:
        ArticleError: a part or a field is missing or impossible, or a text breaks a rule for words.
    """
    try:
        parts = _PARTS.match(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise ArticleError(path, f"is not UTF-8: {error}") from error
    if parts is None:
        raise ArticleError(path, "does not begin with front matter between two --- lines")
    front = _front(path, parts["front"])
    short, found, more = (part.strip() for part in parts["body"].partition(MORE))
    if not found or not short or not more:
        raise ArticleError(path, f"needs a short form, a line {MORE} and a longer form")
    article = Article(
        id=front["id"],
        title=front["title"],
        locale=front["locale"],
        audience=front["audience"],
        source=front["source"],
        reviewed_on=front["reviewed_on"],
        follow_ups=tuple(front["follow_ups"]),
        short=short,
        more=more,
    )
    for name, text, limit in (
        ("title", article.title, TITLE_LIMIT),
        ("short form", short, SHORT_LIMIT),
        ("longer form", more, MORE_LIMIT),
    ):
        _check_text(path, name, text, limit)
    if placeholders(article.title):
        raise ArticleError(path, "title: a button holds no facts in braces")
    return article


def get(topic: str, locale: str) -> Article:
    """The article on a topic (the part of an intent after `ask/`).

    Raises:
        ArticleNotFound: there is none in this language. Never another language or topic instead.
    """
    try:
        return _shelf()[locale][topic]
    except KeyError:
        raise ArticleNotFound(topic, locale) from None


def all(locale: str) -> tuple[Article, ...]:  # noqa: A001 - read as `articles.all`, and not used by this module
    """Every article in a language, by id; empty for a language without articles."""
    return tuple(_shelf().get(locale, {}).values())


def titles(ids: Iterable[str], locale: str) -> list[tuple[str, str]]:
    """(id, title) of each article, in the order given, as choices to show. Raises ArticleNotFound."""
    return [(article_id, get(article_id, locale).title) for article_id in ids]


@lru_cache(maxsize=1)
def _shelf() -> Shelf:
    return load(FOLDER)


def _front(path: Path, text: str) -> dict[str, Any]:
    try:
        front = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise ArticleError(path, f"front matter is not YAML: {error}") from error
    if not isinstance(front, dict):
        raise ArticleError(path, "front matter is not a list of fields")
    for name in _FIELDS:
        if not front.get(name):
            raise ArticleError(path, f"{name}: missing")
    if unknown := front.keys() - set(_FIELDS):
        raise ArticleError(path, f"{', '.join(sorted(map(str, unknown)))}: not a field of an article")
    _check_front(path, front)
    return front


def _check_front(path: Path, front: dict[str, Any]) -> None:
    for name in ("id", "title", "locale", "audience", "source"):
        if not isinstance(front[name], str):
            raise ArticleError(path, f"{name}: is not text")
    if front["id"] != path.stem:
        raise ArticleError(path, f"id: {front['id']} is not the file's name")
    if front["locale"] != path.parent.name:
        raise ArticleError(path, f"locale: {front['locale']} is not the folder's name")
    if front["audience"] not in AUDIENCES:
        raise ArticleError(path, f"audience: {front['audience']} is none of {', '.join(AUDIENCES)}")
    # type() and not isinstance: a datetime is a date too, and a time of day would be a slip here.
    if type(front["reviewed_on"]) is not date:
        raise ArticleError(path, "reviewed_on: is not a date like 2026-01-31")
    follow_ups = front["follow_ups"]
    if (
        not isinstance(follow_ups, list)
        or not 2 <= len(follow_ups) <= 3
        or any(not isinstance(follow_up, str) for follow_up in follow_ups)
    ):
        raise ArticleError(path, "follow_ups: are not two or three ids")


def _check_text(path: Path, name: str, text: str, limit: int) -> None:
    try:
        unknown = placeholders(text) - FACT_ROOM.keys()
    except ValueError as error:
        raise ArticleError(path, f"{name}: {error}") from error
    if unknown:
        raise ArticleError(path, f"{name}: {', '.join(sorted(unknown))}: not a fact of the program")
    if (length := room_needed(text)) > limit:
        raise ArticleError(path, f"{name}: {length} characters with its facts, at most {limit} fit")
    if odd := outside_gsm7(_with_room(text)):
        raise ArticleError(path, f"{name}: {odd}: not in GSM-7, the letters of text messages")
    if word := _OPT_OUT.search(text):
        raise ArticleError(path, f'{name}: "{word[0]}": carriers treat this word as an opt-out')


def _with_room(text: str) -> str:
    return text.format(**{fact: "x" * room for fact, room in FACT_ROOM.items()})


def _check_links(folder: Path, articles: dict[str, Article]) -> None:
    seen: dict[str, str] = {}
    for article in articles.values():
        path = folder / f"{article.id}.md"
        for follow_up in article.follow_ups:
            if follow_up not in articles:
                raise ArticleError(path, f"follow_ups: no article {follow_up}")
        if article.id in article.follow_ups or len(set(article.follow_ups)) < len(article.follow_ups):
            raise ArticleError(path, "follow_ups: names itself, or one article twice")
        if article.title in seen:
            raise ArticleError(path, f"title: {seen[article.title]} has the same")
        seen[article.title] = article.id


def _check_twins(folder: Path, shelf: Shelf) -> None:
    for locale in LOCALES:
        for other in LOCALES:
            if lonely := sorted(shelf[locale].keys() - shelf[other].keys()):
                raise ArticleError(folder / locale / f"{lonely[0]}.md", f"has no twin in {other}")
    first, second = (shelf[locale] for locale in LOCALES)
    for article_id, article in second.items():
        path = folder / article.locale / f"{article_id}.md"
        twin = first[article_id]
        if (placeholders(article.short), placeholders(article.more)) != (
            placeholders(twin.short),
            placeholders(twin.more),
        ):
            raise ArticleError(path, f"does not use the same facts as its twin in {twin.locale}")
        if article.follow_ups != twin.follow_ups:
            raise ArticleError(path, f"does not have the same follow-ups as its twin in {twin.locale}")
