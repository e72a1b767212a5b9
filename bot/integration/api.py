"""The integration API: other systems of the program read enrollments, as JSON or as FHIR, with an API key.

Only enrollments whose storing was consented to are there; once that consent is taken back, only the fact remains.
Every read is written into the audit log in the transaction that reads.
"""

from __future__ import annotations

import base64
import binascii
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import JSONResponse, Response
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from pydantic import BaseModel
from sqlalchemy import Connection

from bot.conversation.conversations import is_id
from bot.enrollment import snapshot
from bot.enrollment.record import NoEnrollment
from bot.enrollment.snapshot import Line, Snapshot
from bot.fhir.bundle import MEDIA_TYPE, bundle_of
from bot.fhir.form import get_forms
from bot.integration import keys
from bot.integration.keys import ApiKey
from bot.problems import Problem
from bot.program import get_program
from bot.records import audit
from bot.services import Services

State = Literal["started", "partial", "submitted", "accepted", "active", "declined", "withdrawn"]
MOST_LINES = 100
NO_STORE = {"Cache-Control": "no-store"}

router = APIRouter(
    prefix="/api/v1/enrollments",
    tags=["integration"],
    responses={
        401: {"description": "No API key, or one that is not in force (problem+json)."},
        429: {"description": "Too many requests in a minute; see Retry-After (problem+json)."},
    },
)
bearer = HTTPBearer(
    auto_error=False,
    scheme_name="apiKey",
    description="An API key made with `pes apikey add`, as a bearer token.",
)


class EnrollmentLine(BaseModel):
    """An enrollment in the list; nothing that tells who somebody is."""

    id: str
    questionnaire: str
    state: State
    channel: str
    locale: str
    created_at: datetime
    updated_at: datetime
    submitted_at: datetime | None


class EnrollmentPage(BaseModel):
    """Enrollments, the longest unchanged first. `next` asks for those after them; null when there are no more now.

    An enrollment that changes comes again: keep the last `next` and ask from there to hear of changes.
    """

    enrollments: list[EnrollmentLine]
    next: str | None


class AnswerView(BaseModel):
    """An answer: `value` is text as it was said, a number, yes or no, or codes; `label` is how people read it."""

    value: str | bool | int | list[str]
    label: dict[str, str]
    answered_at: datetime
    told_by: str


class WriterView(BaseModel):
    """Who wrote: `patient`, `proxy` or `unknown`; relation and authority are what a proxy claims, not verified."""

    role: str
    name: str | None
    relation: str | None
    authority: str | None


class ConsentView(BaseModel):
    """A consent: `yes`, `no` or `revoked`; the newest of a kind is in force."""

    kind: str
    decision: str
    wording_version: str
    locale: str
    channel: str
    at: datetime
    given_by: str
    role: str


class TaskView(BaseModel):
    """What somebody of the team is to do."""

    id: str
    rule: str
    role: str
    title: str
    status: str
    created_at: datetime
    due_at: datetime | None
    done_at: datetime | None


class StateView(BaseModel):
    """One step of the history."""

    at: datetime
    actor: str
    before: str | None
    after: str


class EnrollmentView(EnrollmentLine):
    """One enrollment. `completeness`: percent of the questions that apply that are answered."""

    completeness: int
    writer: WriterView
    answers: dict[str, AnswerView]
    consents: list[ConsentView]
    tasks: list[TaskView]
    history: list[StateView]


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


async def _known_key(
    request: Request, shown: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]
) -> ApiKey:
    """The key of this request; how often it may ask is counted here."""
    services = _services(request)
    key = await services.database.read(keys.find, shown.credentials) if shown else None
    if key is None:
        raise Problem(401, "Send an API key in force as a bearer token.", {"WWW-Authenticate": "Bearer"})
    seconds = services.throttle.wait_for(key.id)
    if seconds:
        raise Problem(429, "Too many requests with this key. Wait a moment.", {"Retry-After": str(seconds)})
    return key


Key = Annotated[ApiKey, Depends(_known_key)]


def _cursor(line: Line) -> str:
    return base64.urlsafe_b64encode(f"{line.updated_at.isoformat()}|{line.id}".encode()).decode()


def _position(cursor: str) -> tuple[datetime, str]:
    try:
        moment, _, line_id = base64.urlsafe_b64decode(cursor.encode()).decode().partition("|")
        position = datetime.fromisoformat(moment), line_id
    except (ValueError, binascii.Error):
        raise Problem(422, "Check: after. Send the `next` of an earlier answer as it was.") from None
    if position[0].tzinfo is None or not is_id(line_id):
        raise Problem(422, "Check: after. Send the `next` of an earlier answer as it was.")
    return position


def _page(
    connection: Connection, key: ApiKey, state: str | None, after: tuple[datetime, str] | None, most: int
) -> list[Line]:
    found = snapshot.page(connection, state, after, most)
    keys.used(connection, key)
    audit.record(connection, key.actor, "enrollment.list", "enrollment", "", f"{len(found)} lines")
    return found


def _one(connection: Connection, key: ApiKey, enrollment_id: str, how: str) -> Snapshot:
    """An enrollment that others may see. Raises Problem: 404."""
    try:
        found = snapshot.read_by(connection, key.actor, enrollment_id, how) if is_id(enrollment_id) else None
    except NoEnrollment:
        found = None
    if found is None or not found.was_stored:
        raise Problem(404, "There is no such enrollment.")
    keys.used(connection, key)
    return found


@router.get("", response_model=EnrollmentPage)
async def list_enrollments(
    request: Request,
    key: Key,
    status: Annotated[State | None, Query(description="Only those in this state.")] = None,
    after: Annotated[str, Query(description="The `next` of the answer before.", max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=MOST_LINES)] = MOST_LINES,
) -> JSONResponse:
    """Enrollments, the longest unchanged first; one that changes comes again."""
    position = _position(after) if after else None
    found = await _services(request).database.write(_page, key, status, position, limit)
    page = EnrollmentPage(
        enrollments=[EnrollmentLine.model_validate(line, from_attributes=True) for line in found],
        next=_cursor(found[-1]) if found else None,
    )
    return JSONResponse(page.model_dump(mode="json"), headers=NO_STORE)


@router.get(
    "/{enrollment_id}", response_model=EnrollmentView, responses={404: {"description": "No such enrollment."}}
)
async def read_enrollment(request: Request, key: Key, enrollment_id: str) -> JSONResponse:
    """One enrollment: answers by linkId, consents, tasks and history."""
    found = await _services(request).database.write(_one, key, enrollment_id, "json")
    return JSONResponse(view(found), headers=NO_STORE)


@router.get(
    "/{enrollment_id}/fhir",
    response_class=Response,
    responses={
        200: {
            "description": "A FHIR R4 Bundle (transaction) of the enrollment.",
            "content": {MEDIA_TYPE: {"schema": {"type": "object"}}},
        },
        404: {"description": "No such enrollment."},
    },
)
async def read_as_fhir(request: Request, key: Key, enrollment_id: str) -> Response:
    """One enrollment as a FHIR R4 Bundle."""
    found = await _services(request).database.write(_one, key, enrollment_id, "fhir")
    bundle = bundle_of(found, get_forms(), get_program().name)
    return Response(bundle.model_dump_json(), media_type=MEDIA_TYPE, headers=NO_STORE)


def view(taken: Snapshot) -> dict[str, Any]:
    """A snapshot as the API shows it."""
    kept = taken.for_others()
    shown = EnrollmentView(
        **EnrollmentLine.model_validate(kept, from_attributes=True).model_dump(),
        completeness=kept.completeness,
        writer=WriterView.model_validate(kept.writer, from_attributes=True),
        answers={
            link_id: AnswerView(value=said.value, label=said.label, answered_at=said.at, told_by=said.told_by)
            for link_id, said in kept.answers.items()
        },
        consents=[ConsentView.model_validate(given, from_attributes=True) for given in kept.consents],
        tasks=[TaskView.model_validate(task, from_attributes=True) for task in kept.tasks],
        history=[StateView.model_validate(step, from_attributes=True) for step in kept.history],
    )
    return shown.model_dump(mode="json")
