"""The safety gate: looks at every inbound message before anything else does.

Two layers that check each other: reviewed patterns (`data/safety/patterns/`) and a classifier trained on
`data/safety/examples/`. It never depends on Rasa, and it fails safe: when it cannot look, that is itself a finding.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass

from bot.enrollment.bare import is_bare_answer
from bot.safety import judging, phrases
from bot.safety.folding import fold

log = logging.getLogger(__name__)

# How much of the previous message may be the first half of a cry split over two.
SPLIT_CHARACTERS = 200
SEVERITY = {level: rank for rank, level in enumerate(phrases.LEVELS)}
# Within a level, what must be seen first; a death is told before advice is given.
URGENCY = {
    category: rank
    for rank, category in enumerate(
        "check_failed medical overdose suicide abuse symptom wish_to_die death minor aid_in_dying medical_advice "
        "complaint anger grief".split()
    )
}
# The dialogue model leads through these unless the gate is asked for all.
ROUTES_ACTED_ON = frozenset({"medical_advice", "aid_in_dying", "minor"})


@dataclass(frozen=True)
class Context:
    """What the gate may know beside the message.

    Args:
        previous: the person's previous message, for cries split over two.
        question: linkId of the open intake question.
        locale: the conversation's language.
    """

    previous: str = ""
    question: str = ""
    locale: str = "en"


@dataclass(frozen=True)
class Finding:
    """What was found.

    Args:
        level: emergency, urgent, concern, stop or route.
        category: medical, suicide, overdose, wish_to_die, symptom, abuse, death, aid_in_dying, medical_advice, grief,
            anger, complaint, minor, or check_failed.
        rule: id of the pattern that fired, or "classifier".
        person: whose danger it is: "self", "other", or "" when not known.
        intentional: an overdose on purpose, which is the suicide row too.
        means: the means of a suicide are in hand.
    """

    level: str
    category: str
    rule: str = ""
    person: str = ""
    intentional: bool = False
    means: bool = False


NOWHERE = Context()


def check_patterns() -> None:
    """Read everything at start, so that a mistake is found before anyone needs it; a missing classifier is logged.

    Raises:
        PatternsError, SpellingError, ThresholdsError: a file is missing or cannot be used.
    """
    phrases.get_patterns()
    judging.get_thresholds()
    judging.get_classifier()
    fold("ready")


def assess(text: str, context: Context = NOWHERE) -> Finding | None:
    """The most severe finding that the service acts on, or None. Never raises."""
    return next((finding for finding in assess_all(text, context) if _acted_on(finding)), None)


def assess_all(text: str, context: Context = NOWHERE) -> tuple[Finding, ...]:
    """All findings, the most severe first. Never raises: a failure is itself a finding."""
    try:
        return _assess(text, context)
    except Exception:
        # Fail safe: if we could not look, the person gets the help lines and a human looks.
        log.exception("safety: the check itself failed")
        return (Finding("emergency", "check_failed"),)


def _acted_on(finding: Finding) -> bool:
    return finding.level != "route" or finding.category in ROUTES_ACTED_ON


def _assess(text: str, context: Context) -> tuple[Finding, ...]:
    folded = fold(text)
    patterns = phrases.get_patterns()
    split = _split_over_two(folded, context, patterns)
    matches = [*patterns.find(folded), *split]
    # The message before an open question's answer was the answer to another one: no half of the same sentence.
    judged = judging.judge(folded, matches, "" if context.question else context.previous)
    # What only both messages say, the classifier did not read, and cannot doubt.
    found = {
        _finding(match, {} if match in split else judged, folded)
        for match in matches
        if _counts(match, judged)
    }
    found |= {
        Finding(verdict.level, verdict.category, "classifier")
        for verdict in judging.alone(judged, answering=bool(context.question))
        if not any(_covers(finding, verdict) for finding in found)
    }
    if found and is_bare_answer(context.question, text):
        found = {finding for finding in found if _is_plain(finding, matches)}
    return tuple(sorted(found, key=_severity))


def _is_plain(finding: Finding, matches: list[phrases.Match]) -> bool:
    """Whether a strong pattern stands by a finding. Without one, a bare answer is no more than what we asked for: the
    name of a complaint, a home, a person."""
    return any(match.pattern.id == finding.rule and match.pattern.strength == "strong" for match in matches)


def _counts(match: phrases.Match, judged: dict[str, float]) -> bool:
    """Whether a match is a finding: a strong one is, a weak one when the classifier agrees."""
    if match.level == "none":
        return False
    return match.pattern.strength == "strong" or judging.agrees(match.category, judged)


def _covers(finding: Finding, verdict: judging.Verdict) -> bool:
    """Whether a pattern has already said as much as the classifier's verdict, or more."""
    same = finding.category == verdict.category or {finding.category, verdict.category} <= judging.DESPAIR
    return same and SEVERITY[finding.level] <= SEVERITY[verdict.level]


def _split_over_two(folded: str, context: Context, patterns: phrases.Patterns) -> list[phrases.Match]:
    """What only the previous message and this one together say; what lies within one of them does not count."""
    if not context.previous.strip():
        return []
    before = fold(context.previous[-SPLIT_CHARACTERS:]).rstrip(" .")
    after = folded[:SPLIT_CHARACTERS]
    seam = len(before) + 1
    return [match for match in patterns.find(before + after) if match.start < seam < match.end]


def _finding(match: phrases.Match, judged: dict[str, float], folded: str) -> Finding:
    """A match as a finding; words that the classifier is sure mean no harm are asked about, not passed over."""
    pattern = match.pattern
    level, category = match.level, match.category
    if level == "emergency" and not pattern.means and not pattern.intentional:
        level, category = judging.doubt(match, judged, folded) or (level, category)
    return Finding(level, category, pattern.id, pattern.person, pattern.intentional, pattern.means)


def _severity(finding: Finding) -> tuple[int, int, bool, bool, bool, str]:
    return (
        SEVERITY[finding.level],
        URGENCY[finding.category],
        not finding.means,
        not finding.intentional,
        # A pattern that knows whose danger it is knows more than one that only knows the words.
        finding.person != "other",
        finding.rule,
    )
