"""A questionnaire as other systems see it: its questions with their codes, and where in FHIR an answer belongs.

Besides the standard parts, these of our own extensions are read (`OWN` is their base address):

- on an item, `fhir-target` (valueCode, may be there several times): the element an answer fills, one of `TARGETS`;
- on an item, `fhir-code` (valueCoding): what the answer is about, where the target needs a code (the role of a
  participant in a care team);
- on an item, `fhir-claimed` (valueBoolean): what is answered is a claim that nobody has verified (an authority);
- on an answerOption, `fhir-coding` (valueCoding): the standard code that this choice stands for;
- on an answerOption, `fhir-nothing` (valueBoolean): this choice ("none", "not sure") names nothing to fill in.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from bot.enrollment.answers import Label
from bot.enrollment.questionnaire import OWN, TRANSLATION, QuestionnaireError
from bot.settings import get_settings

Coding = dict[str, str]

# The elements an answer can fill. `source` is whoever answers: the patient, or the related person who writes for them.
TARGETS = frozenset(
    {
        "Patient.name",
        "Patient.birthDate",
        "Patient.gender",
        "Patient.address.postalCode",
        "Patient.telecom.phone",
        "Patient.telecom.email",
        "Patient.interpreterNeeded",
        "RelatedPerson.name",
        "RelatedPerson.relationship",
        "source.telecom.phone",
        "source.telecom.email",
        "Goal.description",
        "Condition.code",
        "Coverage.type",
        "Coverage.subscriberId",
        "CareTeam.participant",
        "Appointment.requestedPeriod",
        "Task.note",
    }
)


@dataclass(frozen=True)
class Choice:
    """One answerOption: its own coding, its words by locale, and what it stands for elsewhere."""

    system: str
    code: str
    display: Label
    codings: tuple[Coding, ...] = ()
    nothing: bool = False


@dataclass(frozen=True)
class Question:
    """One question, or a group of them. `text` is asked of the patient, `proxy_text` of who writes for them."""

    link_id: str
    type: str
    text: Label
    proxy_text: Label
    label: Label
    codes: tuple[Coding, ...] = ()
    targets: tuple[str, ...] = ()
    about: tuple[Coding, ...] = ()
    claimed: bool = False
    choices: tuple[Choice, ...] = ()
    questions: tuple[Question, ...] = ()

    def choice(self, code: object) -> Choice | None:
        """The choice of this code."""
        return next((choice for choice in self.choices if choice.code == str(code)), None)

    def walk(self) -> Iterator[Question]:
        """This question and those in it."""
        yield self
        for question in self.questions:
            yield from question.walk()


@dataclass(frozen=True)
class Form:
    """A questionnaire. `record`: the id of the questionnaire whose enrollment record its answers go to."""

    id: str
    url: str = ""
    version: str = ""
    record: str = ""
    about: str = "Patient"
    questions: tuple[Question, ...] = ()

    def walk(self) -> Iterator[Question]:
        """Every question and group, in order."""
        for question in self.questions:
            yield from question.walk()


def load(path: Path) -> Form:
    """Read a questionnaire file.

    Raises:
        QuestionnaireError: the file cannot be read, or an extension names something that is not there.
    """
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise QuestionnaireError(path.name, f"cannot be read: {error}") from error
    return parse(raw, path.name)


def parse(raw: Mapping[str, Any], name: str = "questionnaire") -> Form:
    """A questionnaire that was read from JSON. Raises QuestionnaireError."""
    if not raw.get("url"):
        raise QuestionnaireError(name, "url: is missing; other systems know a questionnaire by it")
    form_id = str(raw.get("id") or name)
    origins = raw.get("derivedFrom") or []
    return Form(
        id=form_id,
        url=str(raw["url"]),
        version=str(raw.get("version") or "1"),
        record=str(origins[0]).rsplit("/", 1)[-1] if origins else form_id,
        about=str((raw.get("subjectType") or ["Patient"])[0]),
        questions=_questions(raw.get("item") or []),
    )


@lru_cache(maxsize=1)
def get_forms() -> tuple[Form, ...]:
    """The questionnaires of this process, the intake first; restart to pick up an edit. Raises QuestionnaireError."""
    main = get_settings().questionnaire_file
    others = sorted(path for path in main.parent.glob("*.json") if path.name != main.name)
    return tuple(load(path) for path in (main, *others))


def of_record(forms: Iterable[Form], record: str) -> list[Form]:
    """The questionnaires whose answers are in a record: the one it is named after first."""
    return sorted(
        (form for form in forms if record in (form.id, form.record)), key=lambda form: form.id != record
    )


def _questions(nodes: Iterable[Mapping[str, Any]]) -> tuple[Question, ...]:
    return tuple(_question(node) for node in nodes if node.get("type") != "display")


def _question(node: Mapping[str, Any]) -> Question:
    link_id = str(node.get("linkId"))
    text = _label(node.get("text"), node.get("_text"))
    return Question(
        link_id=link_id,
        type=str(node.get("type")),
        text=text,
        proxy_text=_worded(node, "question-text-proxy", text),
        label=_worded(node, "question-label", text),
        codes=tuple(_coding(code) for code in node.get("code") or []),
        targets=tuple(_target(link_id, ext.get("valueCode")) for ext in _own(node, "fhir-target")),
        about=tuple(_coding(ext.get("valueCoding") or {}) for ext in _own(node, "fhir-code")),
        claimed=any(ext.get("valueBoolean") is True for ext in _own(node, "fhir-claimed")),
        choices=tuple(_choice(option) for option in node.get("answerOption") or []),
        questions=_questions(node.get("item") or []),
    )


def _worded(node: Mapping[str, Any], name: str, otherwise: Label) -> Label:
    found = _own(node, name)
    return _label(found[0].get("valueString"), found[0].get("_valueString")) if found else otherwise


def _target(link_id: str, target: object) -> str:
    if target not in TARGETS:
        raise QuestionnaireError(
            link_id, f'fhir-target: unknown target "{target}"; one of {", ".join(sorted(TARGETS))}'
        )
    return str(target)


def _choice(option: Mapping[str, Any]) -> Choice:
    coding = option.get("valueCoding") or {}
    return Choice(
        system=str(coding.get("system") or ""),
        code=str(coding.get("code")),
        display=_label(coding.get("display"), coding.get("_display")),
        codings=tuple(_coding(ext.get("valueCoding") or {}) for ext in _own(option, "fhir-coding")),
        nothing=any(ext.get("valueBoolean") is True for ext in _own(option, "fhir-nothing")),
    )


def _own(node: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
    return [ext for ext in node.get("extension") or [] if ext.get("url") == OWN + name]


def _coding(raw: Mapping[str, Any]) -> Coding:
    return {name: str(raw[name]) for name in ("system", "code", "display") if raw.get(name)}


def _label(text: object, shadow: Mapping[str, Any] | None) -> Label:
    """A text by locale; one without a translation reads the same in every language."""
    label = {"en": str(text or ""), "es": str(text or "")}
    for ext in (shadow or {}).get("extension") or []:
        parts = {part.get("url"): part for part in ext.get("extension") or []}
        if ext.get("url") == TRANSLATION and "lang" in parts and "content" in parts:
            label[str(parts["lang"].get("valueCode"))] = str(parts["content"].get("valueString"))
    return label
