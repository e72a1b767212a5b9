"""ServiceRequest, Task, Appointment: what they ask for, what the team is to do, and when to call."""

from __future__ import annotations

from fhir.resources.R4B.appointment import Appointment
from fhir.resources.R4B.servicerequest import ServiceRequest
from fhir.resources.R4B.task import Task

from bot.enrollment.record import ACCEPTED, ACTIVE, DECLINED, PARTIAL, SUBMITTED, WITHDRAWN
from bot.enrollment.snapshot import GIVEN
from bot.enrollment.snapshot import Task as TaskToDo
from bot.fhir.case import Case, Entry, Fact, Json, instant, local, without_empty
from bot.fhir.people import SNOMED
from bot.fhir.responses import KIND as RESPONSE
from bot.fhir.responses import answered

REFERRAL = {"system": SNOMED, "code": "306237005", "display": "Referral to palliative care service"}
COORDINATOR = {"system": SNOMED, "code": "768820003", "display": "Care coordinator"}
# The referral follows the enrollment; one that was only begun asks for nothing yet.
STATUS = {
    PARTIAL: "draft",
    SUBMITTED: "active",
    ACCEPTED: "active",
    ACTIVE: "completed",
    DECLINED: "revoked",
    WITHDRAWN: "revoked",
}


def asks_for_care(case: Case) -> bool:
    """Whether there is a referral: the record was handed in, and signing up was not refused."""
    kept = case.snapshot
    handed_in = kept.submitted_at is not None or kept.state in (PARTIAL, ACCEPTED, ACTIVE, DECLINED)
    enrolls = kept.consent("enroll")
    refused = enrolls is not None and enrolls.decision != GIVEN and kept.state != WITHDRAWN
    return _about_patient(case) and handed_in and kept.state in STATUS and not refused


def _about_patient(case: Case) -> bool:
    return case.forms[0].about == "Patient"


def service_requests(case: Case) -> list[Entry]:
    """The referral to palliative care that they ask for themselves."""
    if not asks_for_care(case):
        return []
    kept = case.snapshot
    status = STATUS[kept.state] if kept.may_store else "revoked"
    request = {
        "identifier": [case.identifier("ServiceRequest")],
        "status": status,
        # Theirs is a wish; an order needs a clinician.
        "intent": "proposal",
        "code": {"coding": [REFERRAL]},
        "subject": case.patient,
        "requester": case.source,
        "authoredOn": instant(kept.submitted_at) if kept.submitted_at else None,
        "supportingInfo": [case.ref(RESPONSE, form.id) for form in answered(case)],
    }
    return [Entry(case.urn("ServiceRequest"), ServiceRequest.model_validate(without_empty(request)))]


def tasks(case: Case) -> list[Entry]:
    """What people of the team are to do, and until when."""
    return [_task(case, todo) for todo in case.snapshot.tasks]


def _task(case: Case, todo: TaskToDo) -> Entry:
    task = {
        "identifier": [case.identifier("Task", todo.id)],
        "status": "completed" if todo.status == "done" else "requested",
        "intent": "proposal",
        "code": local("task-rule", todo.rule, todo.title),
        "focus": case.ref("ServiceRequest") if asks_for_care(case) else None,
        "for": case.patient,
        "authoredOn": instant(todo.created_at),
        "lastModified": instant(todo.done_at or todo.created_at),
        "requester": case.source,
        "performerType": [_performer(todo.role)],
        "note": [{"text": _note(fact)} for fact in case.facts("Task.note")],
        "restriction": {"period": {"end": instant(todo.due_at)}} if todo.due_at else None,
    }
    return Entry(case.urn("Task", todo.id), Task.model_validate(without_empty(task)))


def _performer(role: str) -> Json:
    concept = local("team-role", role)
    if role == "coordinator":
        concept["coding"].append(COORDINATOR)
    return concept


def _note(fact: Fact) -> str:
    return f"{fact.question.label[fact.locale]}: {fact.text}"


def appointments(case: Case) -> list[Entry]:
    """A first call, proposed for the times they gave; their words stand beside what we made of them."""
    return [_appointment(case, fact) for fact in case.facts("Appointment.requestedPeriod")]


def _appointment(case: Case, fact: Fact) -> Entry:
    key = fact.question.link_id
    windows = [str(window).split("/", 1) for window in fact.answer.detail.get("windows") or []]
    appointment = {
        "identifier": [case.identifier("Appointment", key)],
        "status": "proposed",
        "comment": fact.text,
        "basedOn": [case.ref("ServiceRequest")] if asks_for_care(case) else [],
        "participant": [{"actor": case.source or case.patient, "status": "needs-action"}],
        "requestedPeriod": [{"start": _seconds(start), "end": _seconds(end)} for start, end in windows],
    }
    return Entry(case.urn("Appointment", key), Appointment.model_validate(without_empty(appointment)))


def _seconds(moment: str) -> str:
    """ISO 8601 to the minute, as our windows have it, with the seconds FHIR asks for."""
    return moment if len(moment) != len("2026-11-23T08:00-06:00") else f"{moment[:16]}:00{moment[16:]}"
