"""The console's safety pages: acknowledge an alarm, clear a lock, judge what the gate found."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from bot.coordinator import accounts, safety
from bot.coordinator.pages import SignedIn, back, checked_form, services_of, show
from bot.coordinator.sessions import Session
from bot.problems import Problem
from bot.safety import detections, lock
from bot.safety.alarms import NoAlarm
from bot.safety.detections import NoDetection
from bot.safety.lock import NotLocked

router = APIRouter(prefix="/console", include_in_schema=False)


@router.post("/alarms/{alarm_id}/acknowledge")
async def acknowledge(request: Request, session: SignedIn, alarm_id: str) -> Response:
    """Somebody reacts: the escalation stops here."""
    form = await checked_form(request, session)
    services = services_of(request)
    try:
        await services.database.write(lock.acknowledge, alarm_id, session.staff_id, session.name)
    except NoAlarm:
        raise Problem(404, "There is no such alarm.") from None
    services.dispatcher.wake()
    conversation_id = form.get("conversation_id", "")
    return back(conversation_id) if conversation_id else RedirectResponse("/console", 303)


@router.post("/conversations/{conversation_id}/clear")
async def clear(request: Request, session: SignedIn, conversation_id: str) -> Response:
    """The intake may go on where it stopped."""
    await checked_form(request, session)
    services = services_of(request)
    try:
        await services.database.write(lock.clear, conversation_id, session.staff_id, session.name)
    except NotLocked:
        raise Problem(409, "This conversation is not locked any more. Reload the page.") from None
    services.dispatcher.wake()
    return back(conversation_id)


@router.post("/conversations/{conversation_id}/missed")
async def missed(request: Request, session: SignedIn, conversation_id: str) -> Response:
    """The gate should have found something in this message."""
    form = await checked_form(request, session)
    database = services_of(request).database
    arguments = (conversation_id, form.get("message_id", ""), session.staff_id, form.get("category", ""))
    try:
        await database.write(safety.missed, *arguments)
    except NoDetection:
        raise Problem(404, "There is no such message of a person in this conversation.") from None
    except ValueError:
        raise Problem(422, "Choose what was missed.") from None
    return back(conversation_id)


def _supervisor(session: Session) -> None:
    if session.role != accounts.SUPERVISOR:
        raise Problem(403, "This page is for supervisors.")


@router.get("/safety")
async def recent(request: Request, session: SignedIn) -> HTMLResponse:
    """What the gate found lately, to be judged."""
    _supervisor(session)
    found = await services_of(request).database.write(safety.recent, session.staff_id)
    counts = {
        verdict: sum(item.verdict == verdict for item in found) for verdict in ("right", "wrong", "missed")
    }
    return show(request, "safety.html", session=session, found=found, counts=counts)


@router.post("/safety/{detection_id}")
async def judge(request: Request, session: SignedIn, detection_id: str) -> Response:
    """Right or wrong."""
    form = await checked_form(request, session)
    _supervisor(session)
    try:
        await services_of(request).database.write(
            detections.judge, detection_id, session.staff_id, form.get("verdict", "")
        )
    except NoDetection:
        raise Problem(404, "There is no such detection.") from None
    except ValueError:
        raise Problem(422, "Say whether it was right or wrong.") from None
    return RedirectResponse(f"/console/safety#d-{detection_id}", 303)
