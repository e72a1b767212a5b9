"""The page over HTTP: for whoever has the link, and for the team from the console. Each opening is audited."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from bot.coordinator.pages import SignedIn, services_of
from bot.enrollment import snapshot
from bot.enrollment.catalog import get_catalog
from bot.enrollment.record import WITHDRAWN, NoEnrollment
from bot.enrollment.snapshot import Snapshot
from bot.page import document, links
from bot.page.sheet import sheet
from bot.words import LOCALES

FAMILY, TEAM = "page", "page for the team"
# In the audit log: whoever holds a link; nobody knows who that is.
HOLDER = "link"
_LONGEST_TOKEN = 64

router = APIRouter(include_in_schema=False)
Language = Annotated[str, Query(max_length=8)]


@router.get("/p/{token}")
async def family_page(request: Request, token: str, lang: Language = "") -> HTMLResponse:
    """The family's page, for whoever has its link; a kind page when the link opens nothing."""
    taken = None
    if len(token) <= _LONGEST_TOKEN:
        taken = await services_of(request).database.write(_opened, token)
    if taken is None:
        return _shown(document.not_here(), 404)
    return _shown(document.page(sheet(taken, _language(lang, taken), for_team=False)))


@router.get("/console/enrollments/{enrollment_id}/page")
async def team_page(
    request: Request, session: SignedIn, enrollment_id: str, lang: Language = "en"
) -> HTMLResponse:
    """The team's page."""
    database = services_of(request).database
    try:
        taken = await database.write(snapshot.read_by, session.staff_id, enrollment_id, TEAM)
    except NoEnrollment:
        return _shown(document.not_here(), 404)
    return _shown(document.page(sheet(taken, _language(lang, taken), for_team=True)))


def _opened(connection: Connection, token: str) -> Snapshot | None:
    """What a token opens, audited; without consent to store it is there as long as the conversation is."""
    conversation_id = links.conversation_of(connection, token)
    if conversation_id is None:
        return None
    enrollment_id = snapshot.of_conversation(connection, conversation_id, get_catalog().main.record)
    if enrollment_id is None:
        return None
    taken = snapshot.read_by(connection, HOLDER, enrollment_id, FAMILY)
    return None if taken.state == WITHDRAWN else taken


def _language(wanted: str, taken: Snapshot) -> str:
    return wanted if wanted in LOCALES else taken.locale


def _shown(text: str, status: int = 200) -> HTMLResponse:
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Content-Security-Policy": document.content_security_policy(),
    }
    return HTMLResponse(text, status, headers)
