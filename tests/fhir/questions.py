"""Questionnaires for the mapping's tests: one with a question for every target."""

from __future__ import annotations

from typing import Any

from bot.enrollment.questionnaire import OWN
from bot.fhir.form import Form, parse

Json = dict[str, Any]
SNOMED = "http://snomed.info/sct"
ROLES = "http://terminology.hl7.org/CodeSystem/v3-RoleCode"


def question(link_id: str, kind: str = "string", target: str = "", **more: Any) -> Json:
    """One question."""
    extensions = [{"url": OWN + "fhir-target", "valueCode": target}] if target else []
    return {"linkId": link_id, "type": kind, "text": f"{link_id}?", "extension": extensions, **more}


def choice(link_id: str, *codes: str, target: str = "", standard: Json | None = None, **more: Any) -> Json:
    """A choice; `standard` maps codes to what they stand for, None for nothing."""
    options = []
    for code in codes:
        coding = {
            "system": f"https://palliative-intake.invalid/fhir/CodeSystem/{link_id}",
            "code": code,
            "display": code.capitalize(),
        }
        extensions = []
        if standard and code in standard:
            stands_for = standard[code]
            extensions = [
                {"url": OWN + "fhir-nothing", "valueBoolean": True}
                if stands_for is None
                else {"url": OWN + "fhir-coding", "valueCoding": stands_for}
            ]
        options.append({"valueCoding": coding, "extension": extensions})
    return question(link_id, "choice", target, answerOption=options, **more)


def asked(*questions: Json, form_id: str = "wide", derived_from: str = "") -> Form:
    """A questionnaire of these questions."""
    base = "https://palliative-intake.invalid/fhir/Questionnaire/"
    raw: Json = {"id": form_id, "url": base + form_id, "version": "7", "item": list(questions)}
    if derived_from:
        raw["derivedFrom"] = [base + derived_from]
    return parse(raw)


def _claimed(item: Json) -> Json:
    return item | {"extension": [*item["extension"], {"url": OWN + "fhir-claimed", "valueBoolean": True}]}


def _about(item: Json, code: str) -> Json:
    coding = {"system": SNOMED, "code": code}
    return item | {"extension": [*item["extension"], {"url": OWN + "fhir-code", "valueCoding": coding}]}


WIDE: tuple[Json, ...] = (
    choice("for_whom", "me", "other"),
    choice(
        "relation",
        "child",
        target="RelatedPerson.relationship",
        standard={"child": {"system": ROLES, "code": "CHILD"}},
    ),
    _claimed(
        choice(
            "authority",
            "agent",
            "guardian",
            "none",
            target="RelatedPerson.relationship",
            standard={
                "agent": {"system": ROLES, "code": "HPOWATT"},
                "guardian": {"system": ROLES, "code": "GUARD"},
                "none": None,
            },
        )
    ),
    choice(
        "illness",
        "cancer",
        target="Condition.code",
        standard={"cancer": {"system": SNOMED, "code": "363346000"}},
        repeats=True,
    ),
    choice(
        "plan",
        "medicare",
        "none",
        "not_sure",
        target="Coverage.type",
        standard={"none": None, "not_sure": None},
    ),
    question("member_id", target="Coverage.subscriberId"),
    question("doctor", target="CareTeam.participant"),
    _about(question("main_helper", target="CareTeam.participant"), "133932002"),
    question("date_of_birth", target="Patient.birthDate"),
    question("gender", target="Patient.gender"),
    question("email", target="source.telecom.email"),
    question("interpreter", "boolean", target="Patient.interpreterNeeded"),
    choice("patient_knows", "yes", "no", target="Task.note"),
    question("hopes", "text", target="Goal.description"),
)
