"""Which people of the team act on an enrollment: rules as data (`data/routing.yml`), evaluated on the record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from bot.enrollment.answers import AnswerValue
from bot.enrollment.catalog import Catalog, get_catalog
from bot.handoff.tasks import TaskDraft
from bot.program import Program
from bot.settings import get_settings

ROLES = ("coordinator", "nurse", "social_worker", "chaplain", "pediatrics")
TESTS = ("has", "is", "at_least", "answered")
FACTS = ("patient_age_under", "service_area", "probable_duplicate", "partial")


class RoutingError(ValueError):
    """`data/routing.yml` cannot be used; the message names the rule and the reason."""


@dataclass(frozen=True)
class Facts:
    """What the rules look at: the answers by linkId, and what is known beside them."""

    answers: Mapping[str, AnswerValue]
    service_area: str = "unknown"
    probable_duplicate: bool = False
    partial: bool = False


@dataclass(frozen=True)
class Rule:
    """One rule. `conditions` hold all or any; without any, it always holds. `due`: minutes or business days."""

    id: str
    record: str
    role: str
    title: str
    due: tuple[str, int]
    conditions: tuple[Mapping[str, Any], ...] = ()
    every: bool = False

    def holds(self, facts: Facts, today: date) -> bool:
        """Whether the rule asks for its task."""
        if not self.conditions:
            return True
        held = [_holds(condition, facts, today) for condition in self.conditions]
        return all(held) if self.every else any(held)


def _holds(condition: Mapping[str, Any], facts: Facts, today: date) -> bool:
    if "question" in condition:
        return _answer_holds(condition, facts.answers.get(condition["question"]))
    if "patient_age_under" in condition:
        age = age_of(facts.answers.get("date_of_birth"), today)
        return age is not None and age < condition["patient_age_under"]
    if "service_area" in condition:
        return bool(facts.service_area == condition["service_area"])
    if "partial" in condition:
        return bool(facts.partial is condition["partial"])
    return bool(facts.probable_duplicate is condition["probable_duplicate"])


def _answer_holds(condition: Mapping[str, Any], value: AnswerValue | None) -> bool:
    if "answered" in condition:
        return (value is not None) is condition["answered"]
    if value is None:
        return False
    if "is" in condition:
        return bool(value == condition["is"])
    if "at_least" in condition:
        number = _number(value)
        return number is not None and number >= condition["at_least"]
    wanted = condition["has"] if isinstance(condition["has"], list) else [condition["has"]]
    given = value if isinstance(value, list) else [value]
    return any(code in wanted for code in given)


def _number(value: AnswerValue) -> int | None:
    if isinstance(value, bool | list):
        return None
    return int(value) if str(value).isdecimal() else None


def age_of(born: AnswerValue | None, today: date) -> int | None:
    """Age in years of someone born on an ISO date; None when it is not one."""
    try:
        day = date.fromisoformat(str(born))
    except ValueError:
        return None
    return today.year - day.year - ((today.month, today.day) < (day.month, day.day))


def tasks_for(record: str, facts: Facts, program: Program, moment: datetime) -> list[TaskDraft]:
    """The tasks that the rules ask for about a record."""
    today = moment.astimezone(program.timezone).date()
    return [
        TaskDraft(rule.id, rule.role, rule.title, due_at(rule.due, program, moment))
        for rule in get_rules()
        if rule.record == record and rule.holds(facts, today)
    ]


def due_at(due: tuple[str, int], program: Program, moment: datetime) -> datetime:
    """When a task is due: minutes by the clock, or closing time of the n-th day we are open after today."""
    unit, amount = due
    if unit == "minutes":
        return moment + timedelta(minutes=amount)
    day = moment.astimezone(program.timezone).date()
    left = amount
    for _ in range(366):
        day += timedelta(days=1)
        spans = program.hours[day.weekday()]
        if spans and day not in program.holidays:
            left -= 1
        if left == 0 and spans:
            return datetime.combine(day, spans[-1][1], program.timezone)
    return moment + timedelta(days=amount)


# --- reading the file ------------------------------------------------------------------------------------------


def load(path: Path, catalog: Catalog) -> tuple[Rule, ...]:
    """Read and check the rules.

    Raises:
        RoutingError: the file is missing, or a rule cannot be followed; names the rule and the reason.
    """
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except FileNotFoundError:
        raise RoutingError(f"{path.name}: the file is missing") from None
    except yaml.YAMLError as error:
        raise RoutingError(f"{path.name}: is not YAML: {error}") from error
    rules = tuple(_rule(entry, catalog) for entry in raw.get("rules") or [])
    ids = [rule.id for rule in rules]
    twice = next((rule_id for rule_id in ids if ids.count(rule_id) > 1), None)
    if twice:
        raise RoutingError(f"{twice}: is there twice")
    return rules


def _rule(raw: Mapping[str, Any], catalog: Catalog) -> Rule:
    rule_id = str(raw.get("id") or "")
    if not rule_id:
        raise RoutingError(f"a rule has no id: {raw.get('title', '')}")
    for name in ("for", "role", "title", "due"):
        if not raw.get(name):
            raise RoutingError(f"{rule_id}: {name}: is missing")
    if raw["role"] not in ROLES:
        raise RoutingError(f'{rule_id}: role: unknown role "{raw["role"]}" (known: {", ".join(ROLES)})')
    if not catalog.of_record(str(raw["for"])):
        raise RoutingError(f'{rule_id}: for: there is no questionnaire "{raw["for"]}"')
    when = raw.get("when") or {}
    if when and set(when) not in ({"any"}, {"all"}):
        raise RoutingError(f"{rule_id}: when: needs any: or all:")
    conditions = tuple(when.get("any") or when.get("all") or ())
    for condition in conditions:
        _check(rule_id, condition, catalog, str(raw["for"]))
    return Rule(
        rule_id,
        str(raw["for"]),
        str(raw["role"]),
        str(raw["title"]),
        _due(rule_id, raw["due"]),
        conditions,
        "all" in when,
    )


def _due(rule_id: str, raw: Any) -> tuple[str, int]:
    if isinstance(raw, dict) and len(raw) == 1:
        ((unit, amount),) = raw.items()
        if unit in ("minutes", "business_days") and isinstance(amount, int) and amount > 0:
            return unit, amount
    raise RoutingError(f"{rule_id}: due: must be like {{minutes: 60}} or {{business_days: 1}}")


def _check(rule_id: str, condition: Any, catalog: Catalog, record: str) -> None:
    if not isinstance(condition, dict):
        raise RoutingError(f"{rule_id}: when: {condition!r} is not a condition")
    if "question" not in condition:
        if len(condition) != 1 or next(iter(condition)) not in FACTS:
            raise RoutingError(f"{rule_id}: when: unknown condition {sorted(condition)}")
        return
    items = {item.link_id: item for item in catalog.items_of_record(record)}
    item = items.get(str(condition["question"]))
    if item is None:
        raise RoutingError(f'{rule_id}: when: "{record}" has no question "{condition["question"]}"')
    tests = [name for name in condition if name != "question"]
    if len(tests) != 1 or tests[0] not in TESTS:
        raise RoutingError(f"{rule_id}: when: {item.link_id}: needs one of {', '.join(TESTS)}")
    wanted = condition.get("has", [])
    codes = {option.code for option in item.options}
    for code in wanted if isinstance(wanted, list) else [wanted]:
        if code not in codes:
            raise RoutingError(f'{rule_id}: when: {item.link_id} has no choice "{code}"')


@lru_cache(maxsize=1)
def get_rules() -> tuple[Rule, ...]:
    """The rules of this process, read once; restart to pick up an edit."""
    return load(get_settings().routing_file, get_catalog())
