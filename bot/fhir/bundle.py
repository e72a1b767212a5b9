"""An enrollment as one FHIR R4 Bundle.

The Bundle is a transaction: whoever reads it can leave the requests aside, and a FHIR server can take it as it is,
all or nothing. Each resource is a conditional update by an identifier that is the same at every export, so that sending
a Bundle again changes what is there and makes no second patient. A Provenance has no identifier; it is made once for
each version of the enrollment, found again by its tag.

Nothing is invented: an element that nobody spoke of is not there, and a resource that would be empty is left out.
Built with the R4B models of `fhir.resources`; the resources used here are the same in R4.
"""

from __future__ import annotations

from collections.abc import Sequence

from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.provenance import Provenance

from bot.enrollment.questionnaire import OWN
from bot.enrollment.snapshot import Snapshot
from bot.fhir import care, consents, people, requests, responses
from bot.fhir.care import TERMINOLOGY
from bot.fhir.case import URI_SYSTEM, Case, Entry, Json, instant, without_empty
from bot.fhir.form import Form

MEDIA_TYPE = "application/fhir+json"
ASSISTANT = "Palliative Intake assistant (automated)"
VERSION_TAG = OWN.replace("StructureDefinition/", "NamingSystem/enrollment-version")


class NotStored(LookupError):
    """Storing was never consented to: there is nothing that others may see."""


def bundle_of(snapshot: Snapshot, forms: Sequence[Form], program: str) -> Bundle:
    """The Bundle of an enrollment.

    Args:
        snapshot: the enrollment.
        forms: every questionnaire (`form.get_forms`).
        program: the name of the palliative care program.

    Raises:
        NotStored: the consent to store was never given. Once it was given and taken back, the Bundle tells that, and
            nothing of what was said.
    """
    if not snapshot.was_stored:
        raise NotStored(snapshot.id)
    case = Case(snapshot, forms, program)
    entries = [
        people.patient(case),
        *people.related_person(case),
        *responses.responses(case),
        *consents.consents(case),
        *care.goals(case),
        *care.conditions(case),
        *care.coverages(case),
        *care.care_team(case),
        *requests.service_requests(case),
        *requests.tasks(case),
        *requests.appointments(case),
    ]
    entries.append(_provenance(case, entries))
    bundle = {
        "type": "transaction",
        "identifier": case.identifier("Bundle"),
        "timestamp": instant(snapshot.updated_at),
        "entry": [_entry(entry) for entry in entries],
    }
    return Bundle.model_validate(bundle)


def _entry(entry: Entry) -> Json:
    kind = entry.resource.get_resource_type()
    if kind == "Provenance":
        request = {"method": "POST", "url": kind, "ifNoneExist": f"_tag={VERSION_TAG}|{_bare(entry.urn)}"}
    else:
        request = {"method": "PUT", "url": f"{kind}?identifier={URI_SYSTEM}|{entry.urn}"}
    return {"fullUrl": entry.urn, "resource": entry.resource, "request": request}


def _bare(urn: str) -> str:
    return urn.removeprefix("urn:uuid:")


def _provenance(case: Case, entries: Sequence[Entry]) -> Entry:
    """Who said all this, through what, and when; one for each version of the enrollment."""
    kept = case.snapshot
    urn = case.urn("Provenance", f"{kept.updated_at.isoformat()}/{kept.state}")
    provenance = {
        "meta": {"tag": [{"system": VERSION_TAG, "code": _bare(urn)}]},
        "target": [{"reference": entry.urn} for entry in entries],
        "recorded": instant(kept.updated_at),
        "agent": [*_author(case), _agent("assembler", {"display": ASSISTANT})],
        "entity": [
            {"role": "source", "what": case.ref(responses.KIND, form.id)} for form in responses.answered(case)
        ],
    }
    return Entry(urn, Provenance.model_validate(without_empty(provenance)))


def _author(case: Case) -> list[Json]:
    if case.source is None:
        return []
    author = _agent("author", case.source)
    if case.by_proxy:
        author["onBehalfOf"] = case.patient
    return [author]


def _agent(kind: str, who: Json) -> Json:
    coding = {"system": TERMINOLOGY + "provenance-participant-type", "code": kind}
    return {"type": {"coding": [coding]}, "who": who}
