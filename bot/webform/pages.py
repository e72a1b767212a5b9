"""The intake as a plain form at /form: pages that work without scripts, on the conversation of the chat.

What is filled in is one message of the conversation (docs/decisions/0015); nothing of it stands in an address.
"""

from __future__ import annotations

import hmac
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from fastapi.templating import Jinja2Templates
from sqlalchemy import Connection, Row

from bot import bodies, words
from bot.conversation import conversations, greeting, inbox, messages
from bot.conversation.messages import Message
from bot.enrollment.answers import Read
from bot.enrollment.position import SUBMITTED
from bot.enrollment.questionnaire import READ_BACK, Item
from bot.enrollment.turn import Turn as Interview
from bot.enrollment.turn import caller_of, party_of, patient_of
from bot.problems import Problem
from bot.program import get_program
from bot.records.database import Database, now
from bot.services import Services
from bot.webform import filling

HERE = Path(__file__).parent
STATIC = HERE / "static"
COOKIE = "pes_form"
PER_PAGE = 6
MOST_BYTES = 256 * 1024
MOST_CHARACTERS = 2000
WAIT_SECONDS = 8.0
# Where somebody goes who must not be seen here; the chat's own way out goes there too.
ELSEWHERE = "https://www.weather.gov/"
LAST_SHOWN = 6

router = APIRouter(prefix="/form", include_in_schema=False)
templates = Jinja2Templates(directory=HERE / "templates")


@dataclass(frozen=True)
class Visit:
    """A request of somebody whose cookie opens a conversation."""

    conversation: Row[Any]
    token: str
    form: Interview

    @property
    def id(self) -> str:
        """The conversation."""
        return str(self.conversation.id)

    @property
    def locale(self) -> str:
        """The language of the conversation."""
        return str(self.conversation.locale)

    @property
    def stopped(self) -> bool:
        """Whether the safety gate waits for something else than a form."""
        return bool(self.conversation.safety_lock or self.conversation.safety_question)

    @property
    def with_a_human(self) -> bool:
        """Whether a coordinator is in the conversation; the assistant is silent."""
        return bool(self.conversation.control == conversations.HUMAN)

    @property
    def pages(self) -> list[list[Item]]:
        """The questions by page; the read-back has a page of its own."""
        items = [item for item in self.form.asked.items if item.link_id != READ_BACK]
        return [items[at : at + PER_PAGE] for at in range(0, len(items), PER_PAGE)]

    @property
    def csrf(self) -> str:
        """Only a page of ours knows this; it does not give the token away."""
        return conversations.hash_token(f"form:{self.token}")

    def on_page(self, number: int) -> list[Item]:
        """The questions of a page that apply now."""
        applies = {item.link_id for item in self.form.asked.walk(self.form.at.answers)}
        return [item for item in self.pages[number - 1] if item.link_id in applies]

    def next_page(self, after: int) -> str:
        """Where to go from a page: to itself while it has new questions, to the next, or to the read-back."""
        at = self.form.at
        for number in range(after, len(self.pages) + 1):
            items = self.on_page(number)
            if number > after and items:
                return f"/form/{number}"
            if any(item.link_id not in at.answers and item.link_id not in at.skipped for item in items):
                return f"/form/{number}"
        return "/form/check"


def _look(connection: Connection, conversation_id: str, token: str) -> Visit:
    row = conversations.authorize(connection, conversation_id, token)
    form = filling.interview(inbox.open_memory(row).engine, row.locale, now())
    return Visit(row, token, form)


async def _visit(request: Request) -> Visit | None:
    conversation_id, _, token = request.cookies.get(COOKIE, "").partition(".")
    try:
        return await _services(request).database.read(_look, conversation_id, token)
    except (conversations.ConversationNotFound, conversations.WrongToken):
        return None


def _services(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


def _language(request: Request) -> str:
    wanted = request.query_params.get("locale") or request.headers.get("accept-language", "")[:2].lower()
    return wanted if wanted in words.LOCALES else "en"


def _page(request: Request, name: str, locale: str, status: int = 200, **more: Any) -> Response:
    def say(word_id: str, **facts: str) -> str:
        return words.text(word_id, locale, **facts)

    shown = {"locale": locale, "t": say, "program": get_program(), **more}
    response = templates.TemplateResponse(request, name, shown, status_code=status)
    response.headers["Cache-Control"] = "no-store"
    return response


def _go(to: str) -> RedirectResponse:
    return RedirectResponse(to, 303, headers={"Cache-Control": "no-store"})


async def _posted(request: Request) -> dict[str, list[str]]:
    raw = await bodies.read(request, MOST_BYTES, "Send less at once.")
    try:
        return parse_qs(raw.decode(), keep_blank_values=True, strict_parsing=False, max_num_fields=200)
    except ValueError:
        raise Problem(400, "The form cannot be read.") from None


def _first(posted: dict[str, list[str]], name: str) -> str:
    return posted.get(name, [""])[0]


@router.get("")
async def begin(request: Request) -> Response:
    """The way in, or back to where the form stands."""
    visit = await _visit(request)
    if visit is not None:
        return _go(visit.next_page(1) if not visit.stopped else "/form/help")
    locale = _language(request)
    return _page(request, "begin.html", locale, greeting=greeting.web_greeting(locale))


@router.post("/start")
async def start(request: Request) -> Response:
    """Open a conversation as the chat does, or take up the chat's own (its id and token are in the body)."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        # Another site must not put somebody into a conversation that it can read.
        raise Problem(403, words.text("form.expired", "en"))
    posted = await _posted(request)
    conversation_id, token = _first(posted, "conversation"), _first(posted, "token")
    database = _services(request).database
    if not token or not await _opens(database, conversation_id, token):
        locale = _first(posted, "locale")
        locale = locale if locale in words.LOCALES else "en"
        opened = await database.write(conversations.open_web, locale, greeting.web_greeting(locale))
        conversation_id, token = opened.conversation_id, opened.token
    response = _go("/form")
    secure = request.url.scheme == "https" or request.headers.get("x-forwarded-proto") == "https"
    response.set_cookie(
        COOKIE,
        f"{conversation_id}.{token}",
        # No lifetime: it goes when the browser is closed, because many people share a device.
        path="/form",
        secure=secure,
        httponly=True,
        samesite="strict",
    )
    return response


async def _opens(database: Database, conversation_id: str, token: str) -> bool:
    try:
        await database.read(conversations.authorize, conversation_id, token)
    except (conversations.ConversationNotFound, conversations.WrongToken):
        # The chat was kept in the browser for longer than with us: they begin anew.
        return False
    return True


@router.post("/chat")
async def into_the_chat(request: Request) -> Response:
    """Hand the conversation to the chat of this browser: in the body of a page, never in an address."""
    visit = await _visit(request)
    if visit is None:
        return _go("/form")
    _check_csrf(await _posted(request), visit)
    return _page(request, "chat.html", visit.locale, handed=visit)


def _check_csrf(posted: dict[str, list[str]], visit: Visit | None) -> Visit:
    if visit is None or not hmac.compare_digest(_first(posted, "csrf"), visit.csrf):
        raise Problem(403, words.text("form.expired", "en"))
    return visit


@router.post("/leave")
async def leave() -> Response:
    """Forget this browser and go elsewhere: for a shared device, or when somebody walks in."""
    # A page that moves on by itself: our security policy forbids a form to lead to another site.
    moved = f'<!doctype html><title>Weather</title><meta http-equiv="refresh" content="0;url={ELSEWHERE}">'
    response = Response(moved, media_type="text/html", headers={"Cache-Control": "no-store"})
    response.delete_cookie(COOKIE, path="/form", httponly=True, samesite="strict")
    return response


@router.get("/help")
async def get_help(request: Request) -> Response:
    """What the safety gate said last; the form cannot go on."""
    visit = await _visit(request)
    if visit is None or not visit.stopped:
        return _go("/form")
    said = await _services(request).database.read(
        messages.after, visit.id, max(0, visit.conversation.last_seq - LAST_SHOWN), public=True
    )
    return _stop(request, visit, [message for message in said if message["author"] != "person"])


def _stop(request: Request, visit: Visit, said: list[Message]) -> Response:
    return _page(request, "help.html", visit.locale, visit=visit, said=said)


@router.get("/check")
async def check(request: Request) -> Response:
    """Everything read back."""
    visit = await _visit(request)
    if visit is None or visit.stopped:
        return _go("/form")
    return _show_check(request, visit)


def _show_check(request: Request, visit: Visit) -> Response:
    form = visit.form
    lines = [
        (item.label[visit.locale], item.show(form.at.answers[item.link_id])[visit.locale], number)
        for number in range(1, len(visit.pages) + 1)
        for item in visit.on_page(number)
        if item.link_id in form.at.answers
    ]
    sent = form.at.status == SUBMITTED
    return _page(request, "check.html", visit.locale, visit=visit, lines=lines, sent=sent, id=uuid.uuid4())


@router.get("/{number}")
async def show(request: Request, number: int) -> Response:
    """One page of the form, with what is known filled in."""
    visit = await _visit(request)
    if visit is None or visit.stopped or not 1 <= number <= len(visit.pages):
        return _go("/form")
    if visit.form.at.status == SUBMITTED:
        return _go("/form/check")
    return _show(request, visit, number, {})


@router.post("/{page}")
async def save(request: Request, page: str) -> Response:
    """Save a page: durable before it is answered, once however often it is sent."""
    posted = await _posted(request)
    visit = _check_csrf(posted, await _visit(request))
    number = int(page) if page.isascii() and page.isdecimal() else 0
    if page != "check" and not 1 <= number <= len(visit.pages):
        raise Problem(404, "There is no such page.")
    fields = _fields(visit, posted, number)
    try:
        sent_id = uuid.UUID(_first(posted, "id"))
    except ValueError:
        raise Problem(422, "Check the field: id.") from None
    received = await _services(request).runner.receive(
        visit.id, f"{visit.id}:{sent_id}", _as_text(visit, fields), visit.token, fields
    )
    replies = await _services(request).runner.replies(received, WAIT_SECONDS)
    after = await _visit(request)
    if after is None:
        return _go("/form")
    if replies is None:
        return _page(request, "later.html", after.locale, visit=after)
    if any(reply["kind"] == "safety" for reply in replies):
        return _stop(request, after, replies)
    if after.stopped:
        return _go("/form/help")
    if page == "check":
        return _show_check(request, after)
    if _problems(after, fields):
        return _show(request, after, number, fields, 422)
    return _go(after.next_page(number))


def _fields(visit: Visit, posted: dict[str, list[str]], number: int) -> dict[str, str]:
    if not number:
        return {READ_BACK: "true"}
    found: dict[str, str] = {}
    for item in visit.pages[number - 1]:
        shown = f"shown:{item.link_id}" in posted
        if not shown:
            continue
        found[item.link_id] = filling.BETWEEN.join(posted.get(item.link_id, [""])).replace("\r\n", "\n")
        sure = _first(posted, filling.SURE + item.link_id)
        if sure:
            found[filling.SURE + item.link_id] = sure
    for text in found.values():
        if len(text) > MOST_CHARACTERS or "\x00" in text:
            raise Problem(413, f"Write at most {MOST_CHARACTERS} characters in one field.")
    return found


def _as_text(visit: Visit, fields: dict[str, str]) -> str:
    """The message as the log shows it: what was typed as it stands, what was ticked in words."""
    lines: list[str] = []
    for item in visit.form.asked.items:
        text = fields.get(item.link_id, "")
        if not text.strip():
            continue
        ticked = filling.read(visit.form, item, text) if item.options or item.type == "boolean" else None
        lines.append(item.show(ticked.value)[visit.locale] if isinstance(ticked, Read) else text)
    return "\n".join(lines) or words.text("form.left_empty", visit.locale)


def _problems(visit: Visit, fields: dict[str, str]) -> dict[str, dict[str, str]]:
    """What could not be kept, by linkId: the words beside the field, and the reading to confirm."""
    found: dict[str, dict[str, str]] = {}
    for item in visit.form.asked.items:
        text = fields.get(item.link_id, "")
        if not text.strip():
            if item.link_id in fields and _is_needed(visit, item):
                found[item.link_id] = {"text": words.text("form.needed", visit.locale)}
            continue
        reading = filling.read(visit.form, item, text)
        if filling.is_kept(reading, fields, item.link_id):
            continue
        if isinstance(reading, Read):
            value = (reading.label or item.show(reading.value))[visit.locale]
            found[item.link_id] = {
                "text": words.text("form.doubt_error", visit.locale, value=value),
                "doubt": value,
            }
        else:
            found[item.link_id] = {"text": _wording(visit, item, "example")}
    return found


def _is_needed(visit: Visit, item: Item) -> bool:
    """Whether the form cannot go on without it: it was left empty, and could not be skipped."""
    at = visit.form.at
    return item.required and item.link_id not in at.answers and item.link_id not in at.skipped


def _wording(visit: Visit, item: Item, mode: str) -> str:
    patient = patient_of(visit.form) or words.text("patient.unnamed", visit.locale)
    facts = {"patient": patient, "caller": caller_of(visit.form) or ""}
    return visit.form.asked.render(item.link_id, visit.locale, party_of(visit.form), mode, facts)


def _show(request: Request, visit: Visit, number: int, fields: dict[str, str], status: int = 200) -> Response:
    problems = _problems(visit, fields)
    questions = [_question(visit, item, fields, problems.get(item.link_id)) for item in visit.on_page(number)]
    return _page(
        request,
        "page.html",
        visit.locale,
        status,
        visit=visit,
        number=number,
        questions=questions,
        errors=[question for question in questions if question["problem"]],
        id=uuid.uuid4(),
    )


def _question(
    visit: Visit, item: Item, fields: dict[str, str], problem: dict[str, str] | None
) -> dict[str, Any]:
    value = visit.form.at.answers.get(item.link_id)
    options = [(option.code, option.display[visit.locale]) for option in item.options]
    if item.type == "boolean":
        options = [("true", item.show(True)[visit.locale]), ("false", item.show(False)[visit.locale])]
    if item.type == "boolean" or item.options:
        options += _no_answer(item, visit.locale)
    several = item.parser == "choices" or item.repeats
    chosen = [str(one).lower() if isinstance(one, bool) else str(one) for one in _listed(value)]
    own_words = item.type == "open-choice" or item.parser == "scale"
    text = "" if value is None else item.show(value)[visit.locale]
    return {
        "id": item.link_id,
        "name": item.label[visit.locale],
        "label": _wording(visit, item, "first"),
        "hint": _wording(visit, item, "why") if item.scope else "",
        "long": item.type == "text",
        "options": [] if own_words else options,
        "several": several,
        "chosen": chosen,
        "text": fields.get(item.link_id, text),
        "problem": problem,
    }


def _no_answer(item: Item, locale: str) -> list[tuple[str, str]]:
    """What takes a mark away again: a browser lets nobody untick a radio button."""
    several = item.parser == "choices" or item.repeats
    return [] if item.required or several else [("", words.text("form.no_answer", locale))]


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]
