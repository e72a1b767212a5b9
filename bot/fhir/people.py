"""Patient and RelatedPerson: who this is about, and who writes for them."""

from __future__ import annotations

from datetime import date

from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.relatedperson import RelatedPerson

from bot.enrollment.questionnaire import OWN
from bot.enrollment.snapshot import PATIENT
from bot.fhir.case import Case, Entry, Fact, Json, without_empty

LANGUAGES = "urn:ietf:bcp:47"
SNOMED = "http://snomed.info/sct"
# US Core's extension and its value set of yes and no.
INTERPRETER = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-interpreter-needed"
YES_NO = {
    True: {"system": SNOMED, "code": "373066001", "display": "Yes"},
    False: {"system": SNOMED, "code": "373067005", "display": "No"},
}
GENDERS = frozenset({"male", "female", "other", "unknown"})
CLAIMED = OWN + "claimed-not-verified"


def patient(case: Case) -> Entry:
    """The patient; one who is not named yet is known by the identifier alone."""
    writes = case.snapshot.writer.role == PATIENT and not case.by_proxy
    name, birth_date = case.value("Patient.name"), case.value("Patient.birthDate")
    gender, zip_code = case.value("Patient.gender"), case.value("Patient.address.postalCode")
    person = {
        "identifier": [case.identifier("Patient")],
        # Not cut into given and family name: that would be a guess.
        "name": [{"text": name}] if name else [],
        "telecom": _telecom(case, "Patient") + (_telecom(case, "source") if writes else []),
        "gender": gender if gender in GENDERS else None,
        "birthDate": birth_date if birth_date and _is_iso(birth_date) else None,
        "address": [{"postalCode": zip_code}] if zip_code else [],
        "communication": _languages(case) if writes else [],
        "extension": _interpreter(case),
    }
    return Entry(case.urn("Patient"), Patient.model_validate(without_empty(person)))


def related_person(case: Case) -> list[Entry]:
    """The proxy who writes, with the relation and the authority they claim."""
    if not case.by_proxy:
        return []
    name = case.value("RelatedPerson.name")
    person = {
        "identifier": [case.identifier("RelatedPerson")],
        "patient": case.patient,
        "relationship": [
            concept for fact in case.facts("RelatedPerson.relationship") for concept in _relations(fact)
        ],
        "name": [{"text": name}] if name else [],
        "telecom": _telecom(case, "source"),
        "communication": _languages(case),
    }
    return [Entry(case.urn("RelatedPerson"), RelatedPerson.model_validate(without_empty(person)))]


def _relations(fact: Fact) -> list[Json]:
    claim = {"extension": [{"url": CLAIMED, "valueBoolean": True}]} if fact.question.claimed else {}
    return [concept | claim for concept in fact.concepts()]


def _telecom(case: Case, whose: str) -> list[Json]:
    return [
        {"system": system, "value": str(fact.answer.value)}
        for system in ("phone", "email")
        for fact in case.facts(f"{whose}.telecom.{system}")
    ]


def _languages(case: Case) -> list[Json]:
    """The language they write in; whether they prefer it was not asked."""
    if not case.snapshot.may_store:
        return []
    return [{"language": {"coding": [{"system": LANGUAGES, "code": case.snapshot.locale}]}}]


def _interpreter(case: Case) -> list[Json]:
    said = [fact.answer.value for fact in case.facts("Patient.interpreterNeeded")]
    return [
        {"url": INTERPRETER, "valueCoding": YES_NO[value]} for value in said[-1:] if isinstance(value, bool)
    ]


def _is_iso(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False
