"""The console's pages: sign in, who is waiting, one conversation, and what a coordinator can do in it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from fastapi.templating import Jinja2Templates

from bot import bodies
from bot.channels.webchat import api as webchat_api
from bot.conversation.conversations import ConversationNotFound
from bot.coordinator import board, safety, sessions
from bot.coordinator.sessions import COOKIE, Session
from bot.enrollment import record
from bot.handoff import control, tasks, tickets
from bot.problems import Problem
from bot.program import get_program
from bot.records import audit
from bot.services import Services

STATIC = Path(__file__).parent / "static"
MOST_BYTES = 32 * 1024
HEARTBEAT_SECONDS = 15.0
FOLDERS = {"waiting": "Waiting", "mine": "Mine", "all": "All"}
# What a coordinator may do next with an enrollment, as the buttons say it.
DECISIONS = {
    record.ACCEPTED: "Accept",
    record.ACTIVE: "Activate",
    record.DECLINED: "Decline",
    record.WITHDRAWN: "Withdraw",
}

router = APIRouter(prefix="/console", include_in_schema=False)
templates = Jinja2Templates(directory=Path(__file__).parent / "templates")
templates.env.filters["waited"] = board.waited
templates.env.filters["lines"] = board.lines
templates.env.filters["local"] = board.local


def services_of(request: Request) -> Services:
    """The parts of the running service."""
    services: Services = request.app.state.services
    return services


async def signed_in(request: Request) -> Session:
    """The session of this request; pages redirect to the sign-in when there is none."""
    cookie = request.cookies.get(COOKIE, "")
    database = services_of(request).database
    session = await database.read(sessions.find, cookie) if cookie else None
    if session is None:
        raise Problem(303, "Sign in first.", {"Location": "/console/sign-in"})
    await database.write(sessions.touch, cookie)
    return session


SignedIn = Annotated[Session, Depends(signed_in)]


async def _form(request: Request) -> dict[str, str]:
    raw = await bodies.read(request, MOST_BYTES, "That is too long.")
    try:
        fields = parse_qs(raw.decode(), keep_blank_values=True)
    except UnicodeDecodeError:
        raise Problem(400, "The form could not be read.") from None
    return {name: values[-1] for name, values in fields.items()}


async def checked_form(request: Request, session: Session) -> dict[str, str]:
    """The fields of a form that came from a page of this session."""
    form = await _form(request)
    if not sessions.csrf_matches(session, form.get("csrf", "")):
        raise Problem(403, "This form is too old. Go back, reload the page and try again.")
    return form


def show(request: Request, template: str, status: int = 200, **facts: Any) -> HTMLResponse:
    """A page, never kept by the browser."""
    facts["program"] = get_program()
    response = templates.TemplateResponse(request, template, facts, status_code=status)
    response.headers["Cache-Control"] = "no-store"
    return response


@router.get("/sign-in")
async def sign_in_page(request: Request) -> HTMLResponse:
    """The sign-in form."""
    return show(request, "sign_in.html", problem="")


@router.post("/sign-in")
async def sign_in(request: Request) -> Response:
    """Check name and password; the same answer for an unknown name, a wrong password and a locked account."""
    form = await _form(request)
    services = services_of(request)
    cookie = await services.database.write(
        sessions.sign_in, form.get("username", ""), form.get("password", "")
    )
    if cookie is None:
        problem = "That name and password do not fit. After five tries an account rests for 15 minutes."
        return show(request, "sign_in.html", 401, problem=problem)
    response = RedirectResponse("/console", 303)
    response.set_cookie(
        COOKIE, cookie, httponly=True, samesite="strict", secure=services.settings.production, path="/console"
    )
    return response


@router.post("/sign-out")
async def sign_out(request: Request, session: SignedIn) -> Response:
    """End the session."""
    await checked_form(request, session)
    await services_of(request).database.write(sessions.sign_out, request.cookies[COOKIE])
    response = RedirectResponse("/console/sign-in", 303)
    response.delete_cookie(COOKIE, path="/console")
    return response


@router.get("")
async def board_page(
    request: Request, session: SignedIn, folder: Annotated[str, Query()] = "waiting"
) -> HTMLResponse:
    """Who is waiting, with what they want."""
    folder = folder if folder in FOLDERS else "waiting"
    rows = await services_of(request).database.write(board.board, session.staff_id, folder)
    alarms = await services_of(request).database.write(safety.ringing, session.staff_id)
    return show(
        request,
        "board.html",
        session=session,
        rows=rows,
        folder=folder,
        folders=FOLDERS,
        alarms=alarms,
        nobody_told=safety.nobody_told(),
    )


@router.get("/events")
async def board_events(request: Request, session: SignedIn) -> StreamingResponse:
    """Says when the board has changed, so that the page can look again."""

    async def stream() -> AsyncIterator[str]:
        services = services_of(request)
        yield "retry: 2000\n\n"
        with services.feed.subscribe(tickets.QUEUE) as news:
            while not services.stopping.is_set():
                try:
                    await asyncio.wait_for(news.wait(), HEARTBEAT_SECONDS)
                except TimeoutError:
                    yield ": still here\n\n"
                    continue
                news.clear()
                yield "event: board\ndata: changed\n\n"

    return StreamingResponse(stream(), media_type="text/event-stream", headers={"Cache-Control": "no-store"})


@router.get("/conversations/{conversation_id}")
async def conversation_page(request: Request, session: SignedIn, conversation_id: str) -> HTMLResponse:
    """One conversation, live, with its tickets and its enrollment record."""
    database = services_of(request).database
    try:
        page = await database.write(board.page, session.staff_id, conversation_id)
    except ConversationNotFound:
        return show(request, "not_found.html", 404, session=session)
    last_seq = page.messages[-1]["seq"] if page.messages else 0
    return show(
        request,
        "conversation.html",
        session=session,
        page=page,
        safety=page.safety,
        categories=safety.MISSABLE,
        name_of=safety.name_of,
        last_seq=last_seq,
        mine=page.row.assigned_to == session.staff_id,
        decisions=_decisions(page),
    )


def _decisions(page: board.Page) -> dict[str, dict[str, str]]:
    """What may follow for each enrollment: state -> what the button says."""
    return {
        item.id: {
            state: label for state, label in DECISIONS.items() if state in record.TRANSITIONS[item.state]
        }
        for item in page.enrollments
    }


@router.get("/conversations/{conversation_id}/record")
async def record_fragment(request: Request, session: SignedIn, conversation_id: str) -> HTMLResponse:
    """The side panel (tickets and record) alone, fetched again when something changes."""
    page = await services_of(request).database.write(board.page, session.staff_id, conversation_id)
    return show(
        request, "_record.html", session=session, page=page, safety=page.safety, decisions=_decisions(page)
    )


@router.get("/conversations/{conversation_id}/events")
async def conversation_events(
    request: Request,
    session: SignedIn,
    conversation_id: str,
    after: Annotated[int, Query(ge=0, le=2**31 - 1)] = 0,
    last_event_id: Annotated[str | None, Header()] = None,
) -> StreamingResponse:
    """New messages of a conversation as they come."""
    services = services_of(request)
    await services.database.write(
        audit.record, session.staff_id, "conversation.follow", "conversation", conversation_id
    )
    if last_event_id and last_event_id.isdecimal():
        after = int(last_event_id)
    stream = webchat_api.events(services, conversation_id, after, public=False)
    return StreamingResponse(stream, media_type="text/event-stream", headers={"Cache-Control": "no-store"})


def back(conversation_id: str) -> RedirectResponse:
    """To the page of a conversation."""
    return RedirectResponse(f"/console/conversations/{conversation_id}", 303)


def _woken(services: Services, conversation_id: str) -> RedirectResponse:
    services.dispatcher.wake()
    return back(conversation_id)


@router.post("/conversations/{conversation_id}/take-over")
async def take_over(request: Request, session: SignedIn, conversation_id: str) -> Response:
    """From now on the assistant is silent here."""
    await checked_form(request, session)
    services = services_of(request)
    try:
        await services.database.write(control.take_over, conversation_id, session.staff_id, session.name)
    except control.NotInControl:
        raise Problem(409, "Another coordinator has taken this conversation.") from None
    return _woken(services, conversation_id)


@router.post("/conversations/{conversation_id}/reply")
async def reply(request: Request, session: SignedIn, conversation_id: str) -> Response:
    """Write to the person."""
    form = await checked_form(request, session)
    services = services_of(request)
    text = form.get("text", "").replace("\x00", "").strip()
    if not text or len(text) > webchat_api.MOST_CHARACTERS:
        raise Problem(422, f"Write between 1 and {webchat_api.MOST_CHARACTERS} characters.")
    try:
        await services.database.write(control.reply, conversation_id, session.staff_id, text)
    except control.NotInControl:
        raise Problem(409, "Take the conversation over before you reply.") from None
    response = _woken(services, conversation_id)
    if request.headers.get("accept") == "application/json":
        return Response(json.dumps({"sent": True}), media_type="application/json")
    return response


@router.post("/conversations/{conversation_id}/hand-back")
async def handback(request: Request, session: SignedIn, conversation_id: str) -> Response:
    """The assistant goes on where it was."""
    await checked_form(request, session)
    services = services_of(request)
    try:
        await services.database.write(control.hand_back, conversation_id, session.staff_id)
    except control.NotInControl:
        raise Problem(409, "You do not have this conversation.") from None
    return _woken(services, conversation_id)


@router.post("/tickets/{ticket_id}/resolve")
async def resolve(request: Request, session: SignedIn, ticket_id: str) -> Response:
    """Close a ticket."""
    form = await checked_form(request, session)
    services = services_of(request)
    await services.database.write(tickets.resolve, ticket_id, session.staff_id)
    return _woken(services, form.get("conversation_id", ""))


@router.post("/enrollments/{enrollment_id}/state")
async def change_state(request: Request, session: SignedIn, enrollment_id: str) -> Response:
    """Accept, activate, decline or withdraw an enrollment."""
    form = await checked_form(request, session)
    services = services_of(request)
    try:
        await services.database.write(
            record.decide, enrollment_id, form.get("state", ""), session.staff_id, form.get("reason", "")
        )
    except record.ReasonNeeded:
        raise Problem(422, "Write a reason first: others need to know why.") from None
    except record.NoEnrollment:
        raise Problem(404, "There is no such enrollment.") from None
    except record.TransitionRefused:
        raise Problem(409, "This enrollment has changed meanwhile. Reload the page.") from None
    return _woken(services, form.get("conversation_id", ""))


@router.get("/tasks")
async def tasks_page(
    request: Request, session: SignedIn, role: Annotated[str, Query(max_length=24)] = ""
) -> HTMLResponse:
    """What is to be done about enrollments, the soonest due first."""
    role = role if role in board.ROLES else ""
    found = await services_of(request).database.write(board.task_list, session.staff_id, role or None)
    return show(request, "tasks.html", session=session, tasks=found, role=role, roles=board.ROLES)


@router.post("/tasks/{task_id}/done")
async def task_done(request: Request, session: SignedIn, task_id: str) -> Response:
    """Mark a task as done."""
    form = await checked_form(request, session)
    services = services_of(request)
    await services.database.write(tasks.finish, task_id, session.staff_id)
    if not form.get("conversation_id"):
        return RedirectResponse("/console/tasks", 303)
    return _woken(services, form["conversation_id"])
