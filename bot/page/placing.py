"""Where an answer stands on the page, from `data/what_matters.yml` and the questionnaire."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import yaml

from bot.enrollment.questionnaire import Item
from bot.fhir.form import get_forms
from bot.settings import ROOT

FILE = ROOT / "data" / "what_matters.yml"
WORDS, NEEDS, PEOPLE, PREFERENCES, ALSO, TEAM = "words", "needs", "people", "preferences", "also", "team"
SECTIONS = (WORDS, NEEDS, PEOPLE, PREFERENCES, ALSO, TEAM)
_KEYS = frozenset({"section", "questions", "targets", "parsers", "types"})


class PlacingError(ValueError):
    """`data/what_matters.yml` cannot be used; the message says which line and why."""


@dataclass(frozen=True)
class Rule:
    """Questions that stand in a section: by linkId, by what they fill in a health record, by parser or by type."""

    section: str
    questions: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    parsers: tuple[str, ...] = ()
    types: tuple[str, ...] = ()

    def fits(self, item: Item, targets: tuple[str, ...]) -> bool:
        """Whether a question with these targets stands here."""
        return (
            item.link_id in self.questions
            or item.parser in self.parsers
            or item.type in self.types
            or any(target.startswith(wanted) for target in targets for wanted in self.targets)
        )


@lru_cache(maxsize=1)
def get_rules() -> tuple[Rule, ...]:
    """The rules of this process, read once; restart to pick up an edit. Raises PlacingError."""
    rules = []
    for number, raw in enumerate(yaml.safe_load(FILE.read_text(encoding="utf-8")) or [], 1):
        unknown = raw.keys() - _KEYS
        if unknown:
            raise PlacingError(f"{FILE.name}, line {number}: {', '.join(sorted(unknown))} is not known")
        if raw.get("section") not in SECTIONS:
            raise PlacingError(f"{FILE.name}, line {number}: section: one of {', '.join(SECTIONS)}")
        by = {name: tuple(raw.get(name) or ()) for name in sorted(_KEYS - {"section"})}
        rules.append(Rule(raw["section"], **by))
    return tuple(rules)


def section_of(item: Item) -> str:
    """The section a question's answer stands in; `also` when no rule fits."""
    targets, _ = _known(item.link_id)
    return next((rule.section for rule in get_rules() if rule.fits(item, targets)), ALSO)


def is_claim(link_id: str) -> bool:
    """Whether what is answered is a claim that nobody has verified."""
    return _known(link_id)[1]


def _known(link_id: str) -> tuple[tuple[str, ...], bool]:
    for form in get_forms():
        for question in form.walk():
            if question.link_id == link_id:
                return question.targets, question.claimed
    return (), False


def targets_of(link_id: str) -> tuple[str, ...]:
    """The elements of a health record that a question's answer fills."""
    return _known(link_id)[0]
