"""Consent: each one as it was given, refused or taken back, with its wording, moment, channel and giver."""

from __future__ import annotations

from fhir.resources.R4B.consent import Consent

from bot.enrollment.questionnaire import OWN
from bot.enrollment.snapshot import GIVEN, PROXY, REFUSED, ConsentGiven
from bot.fhir.care import TERMINOLOGY
from bot.fhir.case import Case, Entry, Json, instant, local, without_empty

WORDING = OWN.replace("fhir/StructureDefinition/", "consent-wording/")
TREATMENT, PRIVACY = "treatment", "patient-privacy"


def consents(case: Case) -> list[Entry]:
    """Every consent; of each kind the newest is in force, the earlier ones are inactive."""
    return [_consent(case, given) for given in case.snapshot.consents]


def status(case: Case, given: ConsentGiven) -> str:
    """`active` for a yes, `rejected` for a no, `inactive` for what was taken back or answered anew."""
    if case.snapshot.consent(given.kind) is not given:
        return "inactive"
    return {GIVEN: "active", REFUSED: "rejected"}.get(given.decision, "inactive")


def _consent(case: Case, given: ConsentGiven) -> Entry:
    scope = TREATMENT if given.kind == "enroll" else PRIVACY
    consent = {
        "identifier": [case.identifier("Consent", given.id)],
        "status": status(case, given),
        "language": given.locale,
        "scope": {"coding": [{"system": TERMINOLOGY + "consentscope", "code": scope}]},
        "category": [local("consent-kind", given.kind)],
        "patient": case.patient,
        "dateTime": instant(given.at),
        "performer": _performer(case, given),
        "organization": [{"display": case.program}],
        "policy": [{"uri": WORDING + given.wording_version.replace(" ", "-")}],
        "provision": _provision(case, given),
        "extension": _how(given),
    }
    return Entry(case.urn("Consent", given.id), Consent.model_validate(without_empty(consent)))


def _performer(case: Case, given: ConsentGiven) -> list[Json]:
    if given.given_by != PROXY:
        return [case.patient]
    # Of a record that was emptied we no longer know who the proxy was.
    return [case.ref("RelatedPerson")] if case.by_proxy else []


def _provision(case: Case, given: ConsentGiven) -> Json:
    provision: Json = {"type": "permit" if given.decision == GIVEN else "deny"}
    if given.detail and case.snapshot.may_store:
        told = {"role": local("consent-actor", "may-be-told"), "reference": {"display": given.detail}}
        provision["actor"] = [told]
    return provision


def _how(given: ConsentGiven) -> list[Json]:
    """By which channel, and in what role a proxy said they speak (a claim, not verified)."""
    told = [{"url": OWN + "consent-channel", "valueCode": given.channel}]
    if given.role:
        told.append({"url": OWN + "consent-claimed-role", "valueCode": given.role})
    return told
