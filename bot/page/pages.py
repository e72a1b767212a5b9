"""The page over HTTP: for whoever has the link, and for the team from the console. Each opening is audited."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from bot.coordinator.pages import SignedIn, services_of
from bot.enrollment.record import NoEnrollment
from bot.page import document, reading
from bot.page.reading import Reading
from bot.page.sheet import Sheet, sheet
from bot.words import LOCALES

_LONGEST_TOKEN = 64

router = APIRouter(include_in_schema=False)
Language = Annotated[str, Query(max_length=8)]


@router.get("/p/{token}")
async def family_page(request: Request, token: str, lang: Language = "") -> HTMLResponse:
    """The family's page, for whoever has its link; a kind page when the link opens nothing."""
    found = None
    if len(token) <= _LONGEST_TOKEN:
        found = await services_of(request).database.write(reading.opened, token)
    if found is None:
        return _shown(document.not_here(), 404)
    return _shown(document.page(_sheet(found, lang or found.taken.locale, for_team=False)))


@router.get("/console/enrollments/{enrollment_id}/page")
async def team_page(
    request: Request, session: SignedIn, enrollment_id: str, lang: Language = "en"
) -> HTMLResponse:
    """The team's page."""
    database = services_of(request).database
    try:
        found = await database.write(reading.read_by, session.staff_id, enrollment_id, reading.TEAM)
    except NoEnrollment:
        return _shown(document.not_here(), 404)
    return _shown(document.page(_sheet(found, lang, for_team=True)))


def _sheet(found: Reading, wanted: str, for_team: bool) -> Sheet:
    locale = wanted if wanted in LOCALES else found.taken.locale
    return sheet(found.taken, locale, for_team, found.others)


def _shown(text: str, status: int = 200) -> HTMLResponse:
    headers = {
        "Cache-Control": "no-store",
        "Referrer-Policy": "no-referrer",
        "X-Robots-Tag": "noindex, nofollow, noarchive",
        "Content-Security-Policy": document.content_security_policy(),
    }
    return HTMLResponse(text, status, headers)
