"""What the mapping works on: a snapshot beside its questionnaires, and names for the resources made of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fhir.resources.R4B.resource import Resource

from bot.enrollment.questionnaire import OWN
from bot.enrollment.snapshot import PATIENT, PROXY, Answer, Snapshot
from bot.fhir.form import Coding, Form, Question, of_record

# Our own codes: what the standard has no code for, or none we are sure of.
CODES = OWN.replace("StructureDefinition/", "CodeSystem/")
URI_SYSTEM = "urn:ietf:rfc:3986"

Json = dict[str, Any]


@dataclass(frozen=True)
class Entry:
    """A resource and the `urn:uuid:` it is known by in its Bundle."""

    urn: str
    resource: Resource


@dataclass(frozen=True)
class Fact:
    """An answer with its question."""

    question: Question
    answer: Answer
    locale: str

    @property
    def values(self) -> list[object]:
        """The value, or each of several."""
        value = self.answer.value
        return list(value) if isinstance(value, list) else [value]

    @property
    def text(self) -> str:
        """The answer as people read it: own words word for word, a choice by its display."""
        return str(self.answer.label.get(self.locale) or self.answer.value)

    def concept(self, value: object) -> Json:
        """One value as a CodeableConcept: a choice with our code and the standard's, anything else as its words."""
        choice = self.question.choice(value)
        if choice is None:
            return {"text": str(value)}
        own: Coding = {"system": choice.system, "code": choice.code, "display": choice.display["en"]}
        return {"coding": [own, *choice.codings], "text": choice.display[self.locale]}

    def concepts(self) -> list[Json]:
        """Each value as a CodeableConcept; without those that say that there is nothing to name."""
        chosen = [(value, self.question.choice(value)) for value in self.values]
        return [self.concept(value) for value, choice in chosen if choice is None or not choice.nothing]


class Case:
    """One enrollment on its way to FHIR.

    Args:
        snapshot: the enrollment. When the consent to store is no longer in force, none of its answers is used.
        forms: every questionnaire; those of this record are used.
        program: the name of the palliative care program.
    """

    def __init__(self, snapshot: Snapshot, forms: Sequence[Form], program: str) -> None:
        self.snapshot = snapshot.for_others()
        # A questionnaire that is asked no more still has records.
        self.forms = of_record(forms, snapshot.questionnaire) or [Form(snapshot.questionnaire)]
        self.program = program
        self._facts = self._read()

    def _read(self) -> dict[str, Fact]:
        answers, locale = self.snapshot.answers, self.snapshot.locale
        return {
            question.link_id: Fact(question, answers[question.link_id], locale)
            for form in reversed(self.forms)
            for question in form.walk()
            if question.link_id in answers
        }

    def facts(self, target: str) -> list[Fact]:
        """The answers that fill an element of FHIR, in the order they were given."""
        found = [fact for fact in self._facts.values() if target in fact.question.targets]
        return sorted(found, key=lambda fact: (fact.answer.at, fact.question.link_id))

    def value(self, target: str) -> str | None:
        """The newest answer that fills an element, as it was understood."""
        found = self.facts(target)
        return str(found[-1].answer.value) if found else None

    def urn(self, kind: str, key: str = "") -> str:
        """The name of a resource: the same for the same enrollment, kind and key, at every export."""
        return f"urn:uuid:{uuid.uuid5(uuid.UUID(self.snapshot.id), f'{kind}/{key}')}"

    def ref(self, kind: str, key: str = "") -> Json:
        """A reference to a resource of this Bundle."""
        return {"reference": self.urn(kind, key), "type": kind}

    @property
    def patient(self) -> Json:
        """A reference to the patient."""
        return self.ref("Patient")

    @property
    def by_proxy(self) -> bool:
        """Whether a related person writes: they say so, or the questionnaire is about somebody who cares."""
        return self.snapshot.writer.role == PROXY or self.forms[0].about == "RelatedPerson"

    @property
    def source(self) -> Json | None:
        """A reference to whoever tells all this; None when they have not said who they are."""
        if self.by_proxy:
            return self.ref("RelatedPerson")
        return self.patient if self.snapshot.writer.role == PATIENT else None

    def identifier(self, kind: str, key: str = "") -> Json:
        """By which a server finds the resource of an earlier export, so that a second one changes it."""
        return {"system": URI_SYSTEM, "value": self.urn(kind, key)}


def local(system: str, code: str, text: str = "") -> Json:
    """A CodeableConcept of one of our own code systems."""
    concept: Json = {"coding": [{"system": CODES + system, "code": code}]}
    return concept | ({"text": text} if text else {})


def instant(moment: datetime) -> str:
    """A moment as FHIR writes it, to the millisecond."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def without_empty(values: Json) -> Json:
    """FHIR has no empty lists, texts or nulls: what is not known is not there."""
    return {name: value for name, value in values.items() if value not in (None, "", [], {})}
