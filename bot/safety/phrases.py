"""Reviewed patterns: phrases written in a small notation, and the circumstances in which they mean no danger.

The notation, on folded text (`bot.safety.folding`):

    word        this word                    (a|b c)     any of these
    <group>     any phrase of a word group   ..3         up to three words of the same sentence
    x?          perhaps                      ,           a pause (pauses elsewhere are passed over)
    <year>      1900 to 2099

A phrase is compiled to a regular expression and filed under one of its rare words, so that a message is compared only
with the few phrases that it can contain. (spaCy's Matcher, the usual tool, tries every pattern at every token: with
these patterns it took 4.6 ms for a message of 30 words, this takes 0.1 ms.)
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.settings import ROOT

FOLDER = ROOT / "data" / "safety"
# Characters before a match that may belong to a guard's words there.
BEFORE = 120
# Characters on either side of a match that count as its sentence: many people write a whole letter without a full stop,
# and a game at its end says nothing of the plan at its beginning.
AROUND = 60
LEVELS = ("emergency", "urgent", "concern", "stop", "route")
HARMLESS = "harmless"
STRENGTHS = ("strong", "weak")
_PAUSE = ", "
_GAP = re.compile(r"\.\.(\d+)$")
# Words that are in most messages: a poor place to file a phrase under.
_COMMON = frozenset(
    """
    i im a an the my me to of in on and or is it its he she they you his her him them that this for with be so do was
    at not have had has are we our just want wanna go get all if no dont yo el la los las de que en un una y o es mi
    me se le lo su con por para no si ya esta estoy muy mas al del
    """.split()
)


class PatternsError(ValueError):
    """The patterns cannot be used; the message names the file, the entry and the reason."""


def _cut(phrase: str, at: str) -> list[str]:
    """A phrase cut at a character that stands in no parentheses; empty pieces are left out."""
    pieces, depth = [""], 0
    for character in phrase:
        depth += (character == "(") - (character == ")")
        if character == at and depth == 0:
            pieces.append("")
        else:
            pieces[-1] += character
    if depth:
        raise ValueError(f"parentheses do not match in {phrase!r}")
    return [piece for piece in pieces if piece]


class Searched:
    """A folded text and what was already looked for in it: many patterns ask for the same circumstances.

    Args:
        text: the folded text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._seen: dict[tuple[re.Pattern[str], int, int], bool] = {}

    def has(self, pattern: re.Pattern[str] | None, first: int, last: int) -> bool:
        """Whether the pattern, if there is one, stands anywhere in [first, last)."""
        if pattern is None:
            return False
        key = (pattern, first, last)
        if key not in self._seen:
            self._seen[key] = bool(pattern.search(self.text[first:last]))
        return self._seen[key]


@dataclass(frozen=True)
class Guard:
    """Circumstances in which a pattern means something milder, or nothing.

    Args:
        before: ends right where the match begins.
        after: begins right where the match ends.
        sentence: stands anywhere in the sentence of the match, not further than `AROUND` from it.
        message: stands anywhere in the message.
        unless: words in the message that take the guard away ("again" beside "ten years ago").
        own: how a match begins that this guard says nothing of: in "no, I don't want to live" the "no" is an answer
            and the "don't" is part of what is found.
        becomes: (level, category) of a match that is guarded; None: it is dropped.
        denial: the words are denied; a "not" that can be mistaken, other than a year or a film.
    """

    before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None
    sentence: re.Pattern[str] | None = None
    message: re.Pattern[str] | None = None
    unless: re.Pattern[str] | None = None
    own: re.Pattern[str] | None = None
    becomes: tuple[str, str] | None = None
    denial: bool = False

    def holds(self, searched: Searched, start: int, end: int) -> bool:
        """Whether the circumstances are given for a match from `start` to `end`."""
        text = searched.text
        if searched.has(self.unless, 0, len(text)) or (self.own and self.own.match(text, start)):
            return False
        # "No, I want to die": what stands before a pause denies nothing after it.
        said_from = start + len(_PAUSE) if text.startswith(_PAUSE, start) else start
        first = text.rfind(" . ", 0, start + 1)
        first = max(0 if first < 0 else first + 2, start - AROUND)
        last = text.find(". ", end - 1)
        last = min(len(text) if last < 0 else last, end + AROUND)
        return bool(
            (self.before and self.before.search(text[max(first, start - BEFORE) : said_from]))
            or (self.after and self.after.match(" " + text[end:last], 1))
            or searched.has(self.sentence, first, last)
            or searched.has(self.message, 0, len(text))
        )


@dataclass(frozen=True)
class Pattern:
    """One reviewed pattern: what it finds, what takes it back, and examples of both.

    `look_alike`: words beside the match that make it another thing ("harm myself lifting her"). They take the match
    away, and the classifier still reads it: a list of words says less than a denial.
    """

    id: str
    level: str
    category: str
    why: str
    strength: str
    person: str
    intentional: bool
    means: bool
    look_alike: Guard | None = field(repr=False)
    phrases: tuple[str, ...] = field(repr=False)
    guards: tuple[Guard, ...] = field(repr=False)
    fires: tuple[str, ...] = field(repr=False)
    silent: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Match:
    """A pattern found in a folded text, at [start, end), with the level and category after its guards.

    `taken_back`: a guard holds; what is left of the match (a milder level) or that it means nothing is told by level,
    which is "none" then. `denied`: that guard is a denial.
    """

    pattern: Pattern
    level: str
    category: str
    start: int
    end: int
    taken_back: bool = False
    denied: bool = False


class Notation:
    """Compiles phrases to regular expressions.

    Args:
        groups: word group name -> its phrases.
    """

    def __init__(self, groups: dict[str, tuple[str, ...]]) -> None:
        self._groups = groups
        self._compiled: dict[str, str] = {}

    def regex(self, phrase: str) -> str:
        """The regular expression for a phrase; every word in it is followed by a space."""
        return "".join(self._part(part) for part in _cut(phrase, " "))

    def one_of(self, phrases: Iterable[str], end: str = "") -> re.Pattern[str] | None:
        """One expression for several phrases, each preceded by a space; None for no phrases."""
        parts = [self.regex(phrase) for phrase in phrases]
        return re.compile(rf"(?<= )(?:{'|'.join(parts)}){end}") if parts else None

    def anchors(self, phrase: str) -> frozenset[str]:
        """Words of which a text must hold at least one to hold the phrase: of its parts the rarest.

        Raises:
            ValueError: every part of the phrase may be missing.
        """
        required = [
            part
            for part in _cut(phrase, " ")
            if not part.endswith("?") and not _GAP.match(part) and part != ","
        ]
        if not required:
            raise ValueError(f"nothing in {phrase!r} must be there")
        choices = [
            frozenset(word for option in self._options(part) for word in self._anchor(option))
            for part in required
        ]
        return min(choices, key=lambda words: sum(50 if word in _COMMON else 1 for word in words))

    def _options(self, part: str) -> tuple[str, ...]:
        if part.startswith("<"):
            return self._groups[part.strip("<>")]
        if part.startswith("("):
            return tuple(_cut(part[1:-1], "|"))
        return (part,)

    def _anchor(self, option: str) -> frozenset[str]:
        """Words of which an option needs at least one."""
        if " " in option or option[0] in "<(":
            return self.anchors(option)
        return frozenset({option})

    def _part(self, part: str) -> str:
        gap = _GAP.match(part)
        if gap:
            return rf"(?:[^ .]+ ){{0,{gap.group(1)}}}?"
        if part == ",":
            return ", "
        perhaps = "?" if part.endswith("?") else ""
        part = part.removesuffix("?")
        if part == "<year>":
            return rf"(?:19|20)\d\d {perhaps}"
        if part.startswith("<"):
            return f"{self._group(part[1:-1])}{perhaps}"
        if part.startswith("("):
            return f"{self._either(_cut(part[1:-1], '|'))}{perhaps}"
        return f"(?:(?:, )?{re.escape(part)} ){perhaps}"

    def _group(self, name: str) -> str:
        if name not in self._compiled:
            self._compiled[name] = self._either(self._groups[name])
        return self._compiled[name]

    def _either(self, options: Iterable[str]) -> str:
        return f"(?:{'|'.join(self.regex(option) for option in options)})"


@dataclass(frozen=True)
class Patterns:
    """All patterns, filed under their rare words."""

    all: tuple[Pattern, ...]
    _filed: dict[str, tuple[int, ...]]
    _compiled: tuple[tuple[re.Pattern[str], Pattern], ...]

    def find(self, folded: str) -> Iterator[Match]:
        """Every place where a folded text holds a pattern, with what its guards make of it."""
        return iter(_outside_sayings(list(self._all(folded))))

    def _all(self, folded: str) -> Iterator[Match]:
        candidates = {number for word in set(folded.split()) for number in self._filed.get(word, ())}
        searched = Searched(folded)
        for number in sorted(candidates):
            expression, pattern = self._compiled[number]
            for found in expression.finditer(folded):
                yield _judged(pattern, searched, found.start(), found.end())


def _outside_sayings(matches: list[Match]) -> list[Match]:
    """The matches without those that touch a harmless saying."""
    sayings = [match for match in matches if match.pattern.level == HARMLESS]
    return sayings + [
        match
        for match in matches
        if match.pattern.level != HARMLESS
        and not any(match.start < saying.end and saying.start < match.end for saying in sayings)
    ]


def _judged(pattern: Pattern, searched: Searched, start: int, end: int) -> Match:
    level, category, taken_back = pattern.level, pattern.category, False
    if level == HARMLESS:
        return Match(pattern, "none", "none", start, end, taken_back=True)
    if pattern.look_alike and pattern.look_alike.holds(searched, start, end):
        return Match(pattern, "none", "none", start, end)
    for guard in pattern.guards:
        if not guard.holds(searched, start, end):
            continue
        taken_back = True
        if guard.becomes is None:
            return Match(pattern, "none", "none", start, end, taken_back, guard.denial)
        level, category = guard.becomes
    return Match(pattern, level, category, start, end, taken_back)


def load(folder: Path = FOLDER) -> Patterns:
    """Read the words, the guards and every pattern file of a folder.

    Raises:
        PatternsError: a file is missing or not in form, an id comes twice, a level is unknown.
    """
    try:
        words = _read(folder / "words.yml")
        notation = Notation({name: tuple(str(many).split(" / ")) for name, many in words.items()})
        guards = {name: _guard(notation, raw) for name, raw in _read(folder / "guards.yml").items()}
        patterns = tuple(
            pattern
            for path in sorted((folder / "patterns").glob("*.yml"))
            for pattern in _patterns(path, notation, guards)
        )
        if not patterns:
            raise PatternsError("patterns/: no patterns")
        _require_unique(patterns)
        return _filed(patterns, notation)
    except (OSError, yaml.YAMLError, re.error, KeyError, TypeError, AttributeError) as error:
        raise PatternsError(f"{type(error).__name__}: {error}") from error


def _read(path: Path) -> dict[str, Any]:
    raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(raw, dict) or not raw:
        raise PatternsError(f"{path.name}: not a mapping")
    return raw


def _guard(notation: Notation, raw: dict[str, Any]) -> Guard:
    becomes = str(raw["becomes"]).split() if "becomes" in raw else None
    return Guard(
        before=notation.one_of(raw.get("before", ()), end="$"),
        after=notation.one_of(raw.get("after", ())),
        sentence=notation.one_of(raw.get("sentence", ())),
        message=notation.one_of(raw.get("message", ())),
        unless=notation.one_of(raw.get("unless", ())),
        own=notation.one_of(raw.get("own", ())),
        becomes=(becomes[0], becomes[1]) if becomes else None,
        denial=bool(raw.get("denial")),
    )


def _patterns(path: Path, notation: Notation, guards: dict[str, Guard]) -> Iterator[Pattern]:
    raw = _read(path)
    for entry in raw["patterns"]:
        try:
            yield _pattern({**raw, **entry}, notation, guards)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise PatternsError(f"{path.name}: {entry.get('id', entry)}: {error}") from error


def _pattern(raw: dict[str, Any], notation: Notation, guards: dict[str, Guard]) -> Pattern:
    strength = raw.get("strength", "strong")
    if raw["level"] not in (*LEVELS, HARMLESS) or strength not in STRENGTHS:
        raise ValueError(f"unknown level or strength: {raw['level']}, {strength}")
    own = _guard(notation, {"sentence": raw["unless"]}) if raw.get("unless") else None
    return Pattern(
        id=raw["id"],
        level=raw["level"],
        category=raw["category"],
        why=raw["why"],
        strength=strength,
        person=raw.get("person", ""),
        intentional=bool(raw.get("intentional")),
        means=bool(raw.get("means")),
        look_alike=own,
        phrases=tuple(raw["any"]),
        guards=tuple(guards[name] for name in raw.get("guards", ())),
        fires=tuple(raw["fires"]),
        silent=tuple(raw.get("silent", ())),
    )


def _require_unique(patterns: tuple[Pattern, ...]) -> None:
    seen: set[str] = set()
    for pattern in patterns:
        if pattern.id in seen:
            raise PatternsError(f"{pattern.id}: the id comes twice")
        seen.add(pattern.id)


def _filed(patterns: tuple[Pattern, ...], notation: Notation) -> Patterns:
    filed: dict[str, list[int]] = {}
    compiled: list[tuple[re.Pattern[str], Pattern]] = []
    for pattern in patterns:
        for phrase in pattern.phrases:
            try:
                anchors = notation.anchors(phrase)
                expression = re.compile(rf"(?<= ){notation.regex(phrase)}")
            except (KeyError, ValueError, re.error) as error:
                raise PatternsError(f"{pattern.id}: {phrase!r}: {error}") from error
            for word in anchors:
                filed.setdefault(word, []).append(len(compiled))
            compiled.append((expression, pattern))
    return Patterns(patterns, {word: tuple(many) for word, many in filed.items()}, tuple(compiled))


@lru_cache(maxsize=1)
def get_patterns() -> Patterns:
    """The patterns of this process, read once."""
    return load()
