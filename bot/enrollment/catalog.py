"""Every questionnaire of this process: the intake and what else stands in its folder.

The same linkId in two questionnaires is the same question: answered in one, it is not asked again in the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bot.enrollment.answers import AnswerValue, Label
from bot.enrollment.answers.plain import fold
from bot.enrollment.questionnaire import Item, Questionnaire, QuestionnaireError, get_questionnaire, load
from bot.settings import get_settings

START = "enroll/"
# A longer message tells something; it is not just the name of a questionnaire.
LONGEST_WISH = 100


@dataclass(frozen=True)
class Catalog:
    """Questionnaires by id; `main` is the intake, which everyone begins with."""

    main: Questionnaire
    others: Mapping[str, Questionnaire]

    def get(self, questionnaire_id: str) -> Questionnaire:
        """A questionnaire by id; one that is no longer there gives the intake."""
        return self.others.get(questionnaire_id, self.main)

    def all(self) -> Iterator[Questionnaire]:
        """Every questionnaire, the intake first."""
        yield self.main
        yield from self.others.values()

    def link_ids(self) -> list[str]:
        """Every linkId once, those of the intake first."""
        return list(dict.fromkeys(item.link_id for asked in self.all() for item in asked.items))

    def item(self, link_id: str, questionnaire_id: str = "") -> Item | None:
        """The question of that linkId, in that questionnaire if it is there; None when nobody asks it any more."""
        for asked in (self.get(questionnaire_id), *self.all()):
            if asked.has(link_id):
                return asked.item(link_id)
        return None

    def of_record(self, record: str) -> list[Questionnaire]:
        """The questionnaires whose answers go to a record: the one it is named after, then those derived from it."""
        return [asked for asked in self.all() if asked.record == record]

    def items_of_record(self, record: str) -> list[Item]:
        """Every question of a record, each once, in the order they are asked."""
        items: dict[str, Item] = {}
        for asked in self.of_record(record):
            for item in asked.items:
                items.setdefault(item.link_id, item)
        return list(items.values())

    def told_in(self, asked: Questionnaire, answers: Mapping[str, AnswerValue | None]) -> list[Item]:
        """The questions that apply in a questionnaire, and those of its record that were answered in another one."""
        here = asked.walk(answers)
        if self.get(asked.id) is not asked:
            return here
        ours = {item.link_id for item in here}
        elsewhere = {
            item.link_id
            for other in self.of_record(asked.record)
            for item in other.walk(answers)
            if answers.get(item.link_id) is not None
        }
        return [item for item in self.items_of_record(asked.record) if item.link_id in ours | elsewhere]

    def asked_for(self, text: str, intent: str = "") -> Questionnaire | None:
        """The questionnaire a message asks for by one of its names, or the classifier by `enroll/<id>`."""
        folded = fold(text) if len(text) <= LONGEST_WISH else ""
        for asked in self.all():
            if any(_whole(name, folded) for name in (*asked.names, *_titles(asked.offer))):
                return asked
        return self.others.get(intent.removeprefix(START)) if intent.startswith(START) else None


def _titles(label: Label | None) -> tuple[str, ...]:
    return tuple(label.values()) if label else ()


_POLITE = (
    r"(?:(?:ok|okay|yes|please|now|can we|could we|can you|let'?s|i want|i'?d like|i would like|to|do|try|start"
    r"|answer|ask me|go to|open|si|por favor|quiero|quisiera|vamos a|hacer|hagamos|contestar|ahora|empezar"
    r"|empecemos)[ ,.]+)*"
)


@lru_cache(maxsize=512)
def _finder(name: str) -> re.Pattern[str]:
    return re.compile(rf"{_POLITE}{re.escape(fold(name))}(?:[ ,.!]+(?:please|now|por favor|ahora))*")


def _whole(name: str, folded: str) -> bool:
    """Whether a message is this name, with no more than polite words around it."""
    return _finder(name).fullmatch(folded) is not None


def load_all(main: Questionnaire, folder: Path, main_file: str) -> Catalog:
    """Read and check every other questionnaire in a folder against the intake and each other.

    Raises:
        QuestionnaireError: a file is wrong, an id is there twice, or two files ask different things by one linkId.
    """
    others: dict[str, Questionnaire] = {}
    known = {item.link_id: item for item in main.items}
    for path in sorted(folder.glob("*.json")):
        if path.name == main_file:
            continue
        asked = load(path)
        if asked.id == main.id or asked.id in others:
            raise QuestionnaireError(path.name, f'the id "{asked.id}" is there twice')
        for item in asked.items:
            _check_same(path.name, item, known.setdefault(item.link_id, item))
        others[asked.id] = asked
    for asked in others.values():
        if asked.record not in (main.id, *others):
            raise QuestionnaireError(asked.id, f'derivedFrom: there is no questionnaire "{asked.record}"')
    return Catalog(main, others)


def _check_same(file: str, item: Item, other: Item) -> None:
    same = (item.type, item.parser, item.scope, tuple(option.code for option in item.options))
    if same != (other.type, other.parser, other.scope, tuple(option.code for option in other.options)):
        raise QuestionnaireError(
            item.link_id,
            f"{file}: another questionnaire has this linkId with another type, parser or choices",
        )


@lru_cache(maxsize=1)
def get_catalog() -> Catalog:
    """The questionnaires of this process, read once; restart to pick up an edit."""
    path = get_settings().questionnaire_file
    return load_all(get_questionnaire(), path.parent, path.name)
