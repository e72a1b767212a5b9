"""Goal, Condition, Coverage, CareTeam: what matters, the illness, the plan and the people, as told and unverified."""

from __future__ import annotations

from fhir.resources.R4B.careteam import CareTeam
from fhir.resources.R4B.condition import Condition
from fhir.resources.R4B.coverage import Coverage
from fhir.resources.R4B.goal import Goal

from bot.fhir.case import Case, Entry, Fact, Json, without_empty

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
HEALTH_CONCERN = {
    "system": "http://hl7.org/fhir/us/core/CodeSystem/condition-category",
    "code": "health-concern",
    "display": "Health Concern",
}


def goals(case: Case) -> list[Entry]:
    """What matters to them, word for word."""
    return [_goal(case, fact) for fact in case.facts("Goal.description")]


def _goal(case: Case, fact: Fact) -> Entry:
    key = fact.question.link_id
    goal = {
        "identifier": [case.identifier("Goal", key)],
        # Nobody of the team has agreed on it yet.
        "lifecycleStatus": "proposed",
        "category": [{"coding": list(fact.question.codes)}] if fact.question.codes else [],
        "description": {"text": fact.text},
        "subject": case.patient,
        "expressedBy": case.source,
    }
    return Entry(case.urn("Goal", key), Goal.model_validate(without_empty(goal)))


def conditions(case: Case) -> list[Entry]:
    """The illnesses they name; unconfirmed, because nobody has looked at a chart."""
    return [
        _condition(case, f"{fact.question.link_id}/{number}", concept)
        for fact in case.facts("Condition.code")
        for number, concept in enumerate(fact.concepts())
    ]


def _condition(case: Case, key: str, code: Json) -> Entry:
    unconfirmed = {"system": TERMINOLOGY + "condition-ver-status", "code": "unconfirmed"}
    condition = {
        "identifier": [case.identifier("Condition", key)],
        "verificationStatus": {"coding": [unconfirmed]},
        "category": [{"coding": [HEALTH_CONCERN]}],
        "code": code,
        "subject": case.patient,
        "asserter": case.source,
    }
    return Entry(case.urn("Condition", key), Condition.model_validate(without_empty(condition)))


def coverages(case: Case) -> list[Entry]:
    """The health plans they name; drafts, because no plan has been asked."""
    member_id = case.value("Coverage.subscriberId")
    return [
        _coverage(case, f"{fact.question.link_id}/{number}", concept, member_id)
        for fact in case.facts("Coverage.type")
        for number, concept in enumerate(fact.concepts())
    ]


def _coverage(case: Case, key: str, kind: Json, member_id: str | None) -> Entry:
    coverage = {
        "identifier": [case.identifier("Coverage", key)],
        "status": "draft",
        "type": kind,
        "subscriberId": member_id,
        "beneficiary": case.patient,
        "payor": [{"display": kind["text"]}],
    }
    return Entry(case.urn("Coverage", key), Coverage.model_validate(without_empty(coverage)))


def care_team(case: Case) -> list[Entry]:
    """The people they name: by name only, for we know no more of them."""
    facts = case.facts("CareTeam.participant")
    if not facts:
        return []
    team = {
        "identifier": [case.identifier("CareTeam")],
        "status": "proposed",
        "subject": case.patient,
        "participant": [
            {
                "role": [
                    without_empty({"coding": list(fact.question.about), "text": fact.question.label["en"]})
                ],
                "member": {"display": fact.text},
            }
            for fact in facts
        ],
    }
    return [Entry(case.urn("CareTeam"), CareTeam.model_validate(without_empty(team)))]
