"""What stands on the page: a snapshot of the enrollment, put in the order in which people read it. Pure, no I/O."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from bot import words
from bot.enrollment.answers.plain import fold
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import READ_BACK, Item
from bot.enrollment.snapshot import GIVEN, PROXY, TAKEN_BACK, Answer, ConsentGiven, Snapshot
from bot.page import placing
from bot.page.placing import SECTIONS, TEAM, WORDS, is_claim, section_of
from bot.program import get_program

# Tickets that hold a question for a person of the trade, in the words it was asked in.
QUESTIONS = ("medical_question", "question")


@dataclass(frozen=True)
class Line:
    """One answer: what was asked, what was answered, and for the team what else there is to know of it.

    `said`: the whole message, where it says more than the value.
    """

    label: str
    value: str
    note: str = ""
    said: str = ""


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


def sheet(taken: Snapshot, locale: str, for_team: bool, others: Sequence[Snapshot] = ()) -> Sheet:
    """The page of an enrollment.

    Args:
        taken: as it was read from the record; what is private in it is left out of both versions.
        locale: the language of the headings and of what was picked from choices. Own words stay as they were typed.
        for_team: adds how to reach them, the plan, what is claimed, missing, noted and to be done.
        others: what was told in the same conversation to other questionnaires, such as the caregiver's own. Each is a
            section of its own, and only while the consent to store that it asked for is in force: a caregiver's words
            about herself are not part of the patient's record, and go around with it only when she said so.
    """
    facts = get_program().facts(locale)
    asked = _asked(taken)
    shown = {link_id: told for link_id, told in taken.answers.items() if not told.private}
    sections = [_section(name, asked, shown, locale, for_team) for name in SECTIONS if name != TEAM]
    allowed = [other for other in others if other.may_store]
    sections += [_other(other, shown, locale, for_team) for other in allowed]
    page = Sheet(
        locale=locale,
        for_team=for_team,
        title=_title(shown, locale),
        intro=words.text("page.intro_team" if for_team else "page.intro", locale, **facts),
        updated=words.text("page.updated", locale, date=_day(taken.updated_at)),
        sections=tuple(section for section in sections if section.lines),
        questions=tuple(t.note for t in taken.tickets if t.topic in QUESTIONS and not t.private and t.note),
        consents=_consents((taken, *allowed), locale, for_team),
    )
    return _said_once(_with_team(page, taken, asked, shown)) if for_team else page


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


def _other(taken: Snapshot, known: dict[str, Answer], locale: str, for_team: bool) -> Section:
    """What was told to another questionnaire, without what the page has already and what is for the team only."""
    asked = get_catalog().get(taken.questionnaire)
    lines = tuple(
        _line(item, taken.answers[item.link_id], locale, for_team)
        for item in _asked(taken)
        if item.link_id in taken.answers
        and item.link_id not in known
        and not taken.answers[item.link_id].private
        and not item.scope
        and item.link_id != READ_BACK
        and (for_team or section_of(item) != TEAM)
    )
    return Section(f"other-{asked.id}", asked.title[locale], lines)


def _said_once(page: Sheet) -> Sheet:
    """A message that answered several questions is quoted beside the first of them."""
    said: set[str] = set()

    def once(section: Section) -> Section:
        lines = []
        for line in section.lines:
            lines.append(replace(line, said="") if line.said in said else line)
            said.add(line.said)
        return replace(section, lines=tuple(lines))

    sections = tuple(once(section) for section in page.sections)
    return replace(page, sections=sections, team=once(page.team) if page.team else None)


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
    if not for_team:
        return Line(item.label[locale], value)
    claimed = words.text("page.claimed", locale) if is_claim(item.link_id) else ""
    return Line(item.label[locale], value, claimed, _more_than(value, told))


def _more_than(value: str, told: Answer) -> str:
    """The message an answer was read from; empty when it holds no more than the answer."""
    said = (told.words or "").strip()
    known = {fold(text) for text in (value, str(told.value), *told.label.values())}
    return "" if fold(said) in known else said


def _title(shown: dict[str, Answer], locale: str) -> str:
    for link_id, told in shown.items():
        if "Patient.name" in placing.targets_of(link_id):
            return words.text("page.title_of", locale, name=str(told.value))
    return words.text("page.title", locale)


def _consents(records: Sequence[Snapshot], locale: str, for_team: bool) -> Section:
    lines = []
    known: set[str] = set()
    for taken in records:
        for item in _asked(taken):
            steps = [given for given in taken.consents if item.scope and given.kind == item.scope]
            if steps and steps[-1].id not in known:
                lines.append(_consent(item, steps, locale, for_team))
            known.update(step.id for step in steps)
    heading = "page.consents_team" if for_team else "page.consents"
    return Section("consents", words.text(heading, locale), tuple(lines))


def _consent(item: Item, steps: Sequence[ConsentGiven], locale: str, for_team: bool) -> Line:
    """The answer in force with its day; taken back, also the day on which it had been given."""
    newest = steps[-1]
    value = words.text(f"page.{newest.decision}", locale)
    if newest.detail:
        value = f"{value}: {newest.detail}"
    notes = [_day(newest.at)]
    before = next((step for step in reversed(steps[:-1]) if step.decision == GIVEN), None)
    if newest.decision == TAKEN_BACK and before is not None:
        notes.append(words.text("page.given_on", locale, date=_day(before.at)))
    if for_team:
        role = words.text(f"page.writer.{newest.given_by}", locale)
        claimed = f", {words.text('page.claimed', locale)}" if newest.given_by == PROXY else ""
        notes += [f"{role}{claimed}", newest.wording_version]
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
