"""How far the classifier's word counts: alone, beside a weak pattern, and where a pattern was taken back.

The thresholds are data (`data/safety/thresholds.yml`). Without a trained classifier the patterns go on alone.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.safety.classifier import HARMLESS as CLASSIFIED_HARMLESS
from bot.safety.classifier import Classifier, ClassifierError, load
from bot.safety.folding import fold
from bot.safety.phrases import FOLDER, HARMLESS, LEVELS, Match

log = logging.getLogger(__name__)

DESPAIR = frozenset({"suicide", "wish_to_die"})
# Labels that speak of the same danger: what is denied of one is denied of the other, and of nothing else.
KINDS = (DESPAIR, frozenset({"medical", "symptom"}))
# What a guard takes back ("I am not suicidal, just tired") the classifier does not read, nor this much around it.
AROUND = 80
# Two messages of at most so many words may be one sentence.
HALF_SENTENCE = 8


class ThresholdsError(ValueError):
    """The thresholds cannot be used; the message says why."""


@dataclass(frozen=True)
class Verdict:
    """What the classifier alone may raise: from `least` on, the sum of the labels' probabilities is this finding.

    `in_answer`: the same where a question is open: most of what is said then is its answer, and those of a caregiver
    sound like despair more often than they are ("of everything, he does nothing by himself any more").
    """

    labels: tuple[str, ...]
    least: float
    level: str
    category: str
    in_answer: float


@dataclass(frozen=True)
class Thresholds:
    """What the classifier may raise alone, in order; by category, which labels agree with a weak pattern.

    `doubted`: from this probability of harmlessness on, a strong pattern of a category becomes (level, category).
    `though_denied`: from this probability of suicide or a wish to die on, it counts although words of it are denied.
    """

    alone: tuple[Verdict, ...]
    agreeing: dict[str, float]
    related: dict[str, tuple[str, ...]]
    doubted_from: float
    doubted: dict[str, tuple[str, str]]
    though_denied: float


def read_thresholds(path: Path = FOLDER / "thresholds.yml") -> Thresholds:
    """Read the file. Raises ThresholdsError when it is missing or not in form."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        alone = tuple(
            Verdict(
                tuple(row["labels"]),
                float(row["least"]),
                row["level"],
                row["category"],
                float(row.get("in_answer", row["least"])),
            )
            for row in raw["alone"]
        )
        agreeing = {str(category): float(least) for category, least in raw["agreeing"].items()}
        related = {str(category): tuple(labels) for category, labels in raw["related"].items()}
        doubted = {
            str(key): (str(level), str(kind)) for key, (level, kind) in raw["doubted"]["becomes"].items()
        }
        doubted_from, though_denied = float(raw["doubted"]["least"]), float(raw["though_denied"])
        thresholds = Thresholds(alone, agreeing, related, doubted_from, doubted, though_denied)
    except (OSError, yaml.YAMLError, KeyError, TypeError, ValueError, AttributeError) as error:
        raise ThresholdsError(f"{path.name}: {type(error).__name__}: {error}") from error
    named = {verdict.level for verdict in alone} | {level for level, _ in doubted.values()}
    unknown = named - set(LEVELS)
    if unknown:
        raise ThresholdsError(f"{path.name}: unknown level {', '.join(sorted(unknown))}")
    return thresholds


@lru_cache(maxsize=1)
def get_thresholds() -> Thresholds:
    """The thresholds of this process, read once."""
    return read_thresholds()


@lru_cache(maxsize=1)
def get_classifier() -> Classifier | None:
    """The classifier of this process, loaded once; None, and an error in the log, when there is none to load."""
    try:
        return load()
    except ClassifierError:
        log.exception("safety: no classifier, the patterns go on alone; run `pes train`")
        return None


def judge(folded: str, matches: Iterable[Match], previous: str) -> dict[str, float]:
    """The classifier's probabilities for a folded message; {} without a classifier.

    Args:
        folded: the message.
        matches: what the patterns found in it; what their guards took back is left out of the reading.
        previous: the message before, as typed; when both look like halves of one sentence, they are read as one too.
    """
    classifier = get_classifier()
    if classifier is None:
        return {}
    every = list(matches)
    read = _without_taken_back(folded, every)
    judged = _by_kind(classifier, folded, every, classifier.judge(read))
    if any(match.denied and match.pattern.category in DESPAIR for match in every):
        judged = _though_denied(judged, classifier.judge(folded))
    whole = _one_sentence(previous, read)
    if not whole:
        return judged
    together = classifier.judge(whole)
    before = classifier.judge(fold(previous))
    # What the first half says by itself has been answered.
    return {
        label: max(p, together[label] if before[label] < p_least(label) else 0.0)
        for label, p in judged.items()
    }


def _by_kind(
    classifier: Classifier, folded: str, matches: list[Match], judged: dict[str, float]
) -> dict[str, float]:
    """The probabilities, each of the text without what was taken back of its own kind of danger.

    "I want to sleep and not wake up": that nobody lies there and cannot be woken says nothing of the wish.
    """
    taken_back = {kind_of(match.pattern.category) for match in matches if match.taken_back} - {frozenset()}
    if not taken_back:
        return judged
    readings: dict[frozenset[str], dict[str, float]] = {}
    for label in judged:
        kind = kind_of(label)
        if label == CLASSIFIED_HARMLESS or kind in readings:
            continue
        of_others = [
            m for m in matches if m.taken_back and kind_of(m.pattern.category) not in (kind, frozenset())
        ]
        left = [match for match in matches if match not in of_others]
        readings[kind] = classifier.judge(_without_taken_back(folded, left)) if of_others else judged
    return {label: readings.get(kind_of(label), judged)[label] for label in judged}


def _though_denied(judged: dict[str, float], in_full: dict[str, float]) -> dict[str, float]:
    """The probabilities, those of despair raised where the classifier is all but certain of the whole text.

    "I see no reason not to kill myself", "I can't promise I won't": a "not" near such words is no denial for certain.
    """
    if sum(in_full[label] for label in DESPAIR) < get_thresholds().though_denied:
        return judged
    return judged | {label: in_full[label] for label in DESPAIR}


def kind_of(category: str) -> frozenset[str]:
    """The categories of the same kind of danger; none for a harmless saying."""
    if category == CLASSIFIED_HARMLESS:
        return frozenset()
    return next((kind for kind in KINDS if category in kind), frozenset({category}))


def p_least(label: str) -> float:
    """The lowest threshold that a label takes part in; 1 for a label without any."""
    return min((verdict.least for verdict in get_thresholds().alone if label in verdict.labels), default=1.0)


def _one_sentence(previous: str, folded: str) -> str:
    """Both messages as one, when the first is an unfinished few words and the second a few; otherwise ""."""
    first, second = fold(previous).split(), folded.split()
    few = 0 < len(first) <= HALF_SENTENCE and 0 < len(second) <= HALF_SENTENCE
    if not few or first[-1] == "." or not second[0].isalpha():
        return ""
    return f" {' '.join([*first, *second])} "


def _without_taken_back(folded: str, matches: Iterable[Match]) -> str:
    """The text without the surroundings, within the sentence, of what guards took back.

    What another pattern stands by stays: "not breathing" is no breathing denied.
    """
    every = list(matches)
    stands = [m for m in every if not m.taken_back and m.level in LEVELS]
    taken_back = [m for m in every if m.taken_back and not any(_overlap(m, other) for other in stands)]
    for match in sorted(taken_back, key=lambda m: -m.start):
        if match.end > len(folded):
            continue
        if match.pattern.level == HARMLESS:
            folded = f"{folded[: match.start]}{folded[match.end :]}"
            continue
        first = max(folded.rfind(" . ", 0, match.start + 1), match.start - AROUND, 0)
        last = folded.find(" . ", match.end - 1)
        last = min(len(folded) if last < 0 else last, match.end + AROUND)
        folded = f"{folded[:first].rstrip()} . {folded[last:].lstrip()}"
    return folded


def _overlap(one: Match, other: Match) -> bool:
    return one.start < other.end and other.start < one.end


def alone(judged: dict[str, float], answering: bool = False) -> list[Verdict]:
    """What the classifier raises by itself: of each category the first verdict that holds.

    Args:
        judged: the classifier's probabilities.
        answering: a question is open.
    """
    raised: dict[str, Verdict] = {}
    for verdict in get_thresholds().alone:
        kind = "suicide" if verdict.category in DESPAIR else verdict.category
        least = verdict.in_answer if answering else verdict.least
        if kind not in raised and sum(judged.get(label, 0.0) for label in verdict.labels) >= least:
            raised[kind] = verdict
    if "medical" in raised:
        raised.pop("symptom", None)
    return list(raised.values())


def agrees(category: str, judged: dict[str, float]) -> bool:
    """Whether the classifier agrees with a weak pattern; without a classifier nothing does."""
    thresholds = get_thresholds()
    labels = thresholds.related.get(category, ())
    return sum(judged.get(label, 0.0) for label in labels) >= thresholds.agreeing.get(category, 2.0)


def doubt(match: Match, judged: dict[str, float], folded: str) -> tuple[str, str] | None:
    """What a strong pattern's finding becomes when the classifier is sure that it is harmless; or None.

    Sure of the whole message and of the match's own sentence: a cry may stand in a long and friendly letter.
    """
    thresholds = get_thresholds()
    classifier = get_classifier()
    if classifier is None or judged.get(CLASSIFIED_HARMLESS, 0.0) < thresholds.doubted_from:
        return None
    alone_there = classifier.judge(_sentence(folded, match))
    if alone_there.get(CLASSIFIED_HARMLESS, 0.0) < thresholds.doubted_from:
        return None
    return thresholds.doubted.get(match.category)


def _sentence(folded: str, match: Match) -> str:
    """The sentence a match lies in, folded."""
    first = max(folded.rfind(" . ", 0, match.start + 1), 0)
    last = folded.find(" . ", match.end - 1)
    return f"{folded[first : len(folded) if last < 0 else last]} "
