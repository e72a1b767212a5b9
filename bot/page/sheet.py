"""What stands on the page: a snapshot of the enrollment, put in the order in which people read it. Pure, no I/O."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from bot import words
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import READ_BACK, Item
from bot.enrollment.snapshot import PROXY, Answer, ConsentGiven, Snapshot
from bot.page import placing
from bot.page.placing import SECTIONS, TEAM, WORDS, is_claim, section_of
from bot.program import get_program

# Tickets that hold a question for a person of the trade, in the words it was asked in.
QUESTIONS = ("medical_question", "question")


@dataclass(frozen=True)
class Line:
    """One answer: what was asked, what was answered, and for the team what else there is to know of it."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Section:
    """A part of the page with its heading; `quoted`: its values are the person's own words."""

    id: str
    heading: str
    lines: tuple[Line, ...]
    quoted: bool = False


@dataclass(frozen=True)
class Sheet:
    """The page, ready to show in one language. What only the team may see is empty on the family's page."""

    locale: str
    for_team: bool
    title: str
    intro: str
    updated: str
    sections: tuple[Section, ...]
    questions: tuple[str, ...]
    consents: Section
    team: Section | None = None
    unanswered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    tasks: tuple[str, ...] = ()
    private: bool = field(default=False)


def sheet(taken: Snapshot, locale: str, for_team: bool) -> Sheet:
    """The page of an enrollment.

    Args:
        taken: as it was read from the record; what is private in it is left out of both versions.
        locale: the language of the headings and of what was picked from choices. Own words stay as they were typed.
        for_team: adds how to reach them, the plan, what is claimed, missing, noted and to be done.
    """
    facts = get_program().facts(locale)
    asked = _asked(taken)
    shown = {link_id: told for link_id, told in taken.answers.items() if not told.private}
    sections = [_section(name, asked, shown, locale, for_team) for name in SECTIONS if name != TEAM]
    page = Sheet(
        locale=locale,
        for_team=for_team,
        title=_title(shown, locale),
        intro=words.text("page.intro_team" if for_team else "page.intro", locale, **facts),
        updated=words.text("page.updated", locale, date=_day(taken.updated_at)),
        sections=tuple(section for section in sections if section.lines),
        questions=tuple(t.note for t in taken.tickets if t.topic in QUESTIONS and not t.private and t.note),
        consents=_consents(taken, asked, locale, for_team),
    )
    return _with_team(page, taken, asked, shown) if for_team else page


def _with_team(page: Sheet, taken: Snapshot, asked: list[Item], shown: dict[str, Answer]) -> Sheet:
    locale = page.locale
    team = _section(TEAM, asked, shown, locale, for_team=True)
    about = (
        Line(words.text("page.writer", locale), *_writer(taken, locale)),
        Line(words.text("page.state", locale), taken.state),
        Line(words.text("page.completeness", locale), f"{taken.completeness} %"),
    )
    given = {link_id: told.value for link_id, told in taken.answers.items()}
    applies = get_catalog().get(taken.questionnaire).walk(given)
    missing = [
        item.label[locale] for item in applies if item.link_id not in given and item.link_id != READ_BACK
    ]
    return Sheet(
        **{name: getattr(page, name) for name in page.__dataclass_fields__ if name not in _TEAMS},
        team=Section(TEAM, team.heading, about + team.lines),
        unanswered=tuple(missing),
        notes=tuple(t.note for t in taken.tickets if t.note and not t.private and t.topic not in QUESTIONS),
        tasks=tuple(_task(todo.title, todo.status, todo.due_at, locale) for todo in taken.tasks),
        private=any(told.private for told in taken.answers.values())
        or any(ticket.private for ticket in taken.tickets),
    )


_TEAMS = frozenset({"team", "unanswered", "notes", "tasks", "private"})


def _asked(taken: Snapshot) -> list[Item]:
    """Every question of the record in the order they are asked, then answered ones that nobody asks any more."""
    items = get_catalog().items_of_record(taken.questionnaire)
    known = {item.link_id for item in items}
    others = (get_catalog().item(link_id) for link_id in taken.answers if link_id not in known)
    return [*items, *(item for item in others if item is not None)]


def _section(name: str, asked: list[Item], shown: dict[str, Answer], locale: str, for_team: bool) -> Section:
    heading = f"page.{name}_team" if for_team and f"page.{name}_team" in words.ids() else f"page.{name}"
    lines = tuple(
        _line(item, shown[item.link_id], locale, for_team)
        for item in asked
        if item.link_id in shown and not item.scope and item.link_id != READ_BACK and section_of(item) == name
    )
    return Section(name, words.text(heading, locale), lines, quoted=name == WORDS)


def _line(item: Item, told: Answer, locale: str, for_team: bool) -> Line:
    value = told.label.get(locale) or str(told.value)
    notes = []
    if for_team and is_claim(item.link_id):
        notes.append(words.text("page.claimed", locale))
    if for_team and told.words and told.words.strip() not in (value, str(told.value)):
        notes.append(words.text("page.said", locale, words=told.words.strip()))
    return Line(item.label[locale], value, " · ".join(notes))


def _title(shown: dict[str, Answer], locale: str) -> str:
    for link_id, told in shown.items():
        if "Patient.name" in placing.targets_of(link_id):
            return words.text("page.title_of", locale, name=str(told.value))
    return words.text("page.title", locale)


def _consents(taken: Snapshot, asked: list[Item], locale: str, for_team: bool) -> Section:
    newest = {given.kind: given for given in taken.consents}
    lines = [
        _consent(item, newest[item.scope], locale, for_team)
        for item in asked
        if item.scope and item.scope in newest
    ]
    heading = "page.consents_team" if for_team else "page.consents"
    return Section("consents", words.text(heading, locale), tuple(lines))


def _consent(item: Item, given: ConsentGiven, locale: str, for_team: bool) -> Line:
    value = words.text(f"page.{given.decision}", locale)
    if given.detail:
        value = f"{value}: {given.detail}"
    notes = [_day(given.at)]
    if for_team:
        role = words.text(f"page.writer.{given.given_by}", locale)
        claimed = f", {words.text('page.claimed', locale)}" if given.given_by == PROXY else ""
        notes += [f"{role}{claimed}", given.wording_version]
    return Line(item.label[locale], value, " · ".join(notes))


def _writer(taken: Snapshot, locale: str) -> tuple[str, str]:
    role = words.text(f"page.writer.{taken.writer.role}", locale)
    named = f"{taken.writer.name} ({role})" if taken.writer.name else role
    return named, words.text("page.claimed", locale) if taken.writer.role == PROXY else ""


def _task(title: str, status: str, due: datetime | None, locale: str) -> str:
    parts = [title, words.text(f"page.task.{status}", locale)]
    if due is not None and status == "open":
        parts.append(words.text("page.due", locale, date=_day(due)))
    return " · ".join(parts)


def _day(moment: datetime) -> str:
    return moment.astimezone(get_program().timezone).strftime("%Y-%m-%d")
