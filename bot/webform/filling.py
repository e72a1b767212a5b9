"""A part of the plain form as a message of the conversation: through the gate, into the record, into the dialogue.

It goes through the interview's own rules for keeping an answer, without the engine.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import asdict, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection

from bot import words
from bot.conversation import conversations
from bot.conversation.messages import Choice, Draft
from bot.enrollment import record
from bot.enrollment.answers import NotRead, Read, same
from bot.enrollment.catalog import get_catalog
from bot.enrollment.closing import close
from bot.enrollment.consents import given_in
from bot.enrollment.keeping import keep_waiting
from bot.enrollment.moves import notes_text
from bot.enrollment.position import COMPLETE, OPEN, SUBMITTED, Heard, Position, Utterance, Withdraw
from bot.enrollment.questionnaire import CONSENT, READ_BACK, Item, Questionnaire
from bot.enrollment.turn import Turn as Interview
from bot.handoff.tickets import TicketDraft
from bot.program import get_program
from bot.safety import gate, stage

if TYPE_CHECKING:
    from bot.conversation.turn import Turn

log = logging.getLogger(__name__)

# Before a linkId: the words that the person has confirmed to be meant as we read them.
SURE = "sure:"
# Between the codes of several choices; codes have no space.
BETWEEN = " "
_NEW_STATE: dict[str, Any] = {
    "version": 1, "slots": {}, "active_loop": None, "loop_before": None, "history": [],
}  # fmt: skip


async def safety(turn: Turn) -> bool:
    """Every field by itself, then all of them together, as if each had been written in the chat.

    What is harmless on a page with danger in it is kept all the same: nobody should type it twice.
    """
    whole = turn.work
    danger = False
    typed = [text for text in typed_in(whole.fields or {}) if text.strip()]
    try:
        for text in dict.fromkeys([*typed, whole.text]):
            turn.work = replace(whole, text=text)
            danger = await stage.safety(turn)
            if danger:
                break
    finally:
        turn.work = whole
    if danger:
        _rescue(turn)
        return True
    if turn.preface is not None:
        turn.say(turn.preface)
    return False


def typed_in(fields: Mapping[str, str]) -> list[str]:
    """What was filled in, without confirmations, which repeat it."""
    return [text for key, text in fields.items() if not key.startswith(SURE)]


async def locked(turn: Turn) -> bool:
    """A page that was open when the gate locked, or asked: what it holds is kept, and nothing more is asked."""
    waits = bool(turn.work.conversation.safety_question)
    if not waits and not await stage.locked(turn):
        return False
    _rescue(turn)
    return True


async def with_a_human(turn: Turn) -> bool:
    """While a coordinator is in control the answers are kept, the assistant is silent; the page says who is there."""
    if turn.work.conversation.control != conversations.HUMAN:
        return False
    fields = dict(turn.work.fields or {})
    if turn.work.conversation.safety_lock or turn.work.conversation.safety_question:
        fields.pop(READ_BACK, None)
    take(turn, fields)
    turn.result.memory = replace(turn.result.memory, choices=(), danger=False)
    return True


async def keep(turn: Turn) -> bool:
    """Write the answers that can be read, and let the chat go on at the first question left."""
    heard = take(turn, turn.work.fields or {})
    if heard is None:
        turn.result.drafts.append(Draft(words.text("form.already", turn.locale), author="system"))
        return True
    turn.result.memory = replace(turn.result.memory, choices=(), danger=False)
    word_id = "form.sent" if heard.position.status == SUBMITTED else "form.filled"
    title = words.text("choice.resume", turn.locale)
    said = words.text(word_id, turn.locale, **get_program().facts(turn.locale))
    turn.result.drafts.append(Draft(said, author="system"))
    if heard.next is not None:
        turn.offer((Choice(title=title, value=title),))
    return True


def take(turn: Turn, fields: Mapping[str, str]) -> Heard | None:
    """Put fields into the record and the dialogue's state, with the commit of the turn; nothing is said.

    Returns:
        What came of it; None when the form was sent before.
    """
    form = interview(turn.result.memory.engine, turn.locale, turn.work.created_at)
    if form.at.status == SUBMITTED:
        return None
    form.at.heard = turn.work.message_id
    form.at.pending, form.at.fixing, form.at.status = None, False, OPEN
    _fill(form, fields)
    heard = close(form)
    # What the page read back, the chat has not.
    heard.position.read_back = False
    submitted = heard.position.status == COMPLETE and form.at.answers.get(CONSENT) is not False
    if submitted:
        turn.result.tickets.append(TicketDraft("enrollment", notes_text(heard.position)))
        heard.position.status = SUBMITTED
    _write(turn, form.asked, heard, submitted)
    turn.result.memory = replace(turn.result.memory, engine=_state(turn.result.memory.engine, heard))
    return heard


def take_held(turn: Turn) -> None:
    """The person has said that they are in no danger: answers in which only the classifier heard it are answers."""
    held = turn.result.memory.held
    meant = {key: text for key, text in held.items() if key.startswith(SURE) or _is_mistaken(text)}
    turn.result.memory = replace(turn.result.memory, held={})
    if meant:
        take(turn, meant)


def _is_mistaken(text: str) -> bool:
    finding = gate.assess(text)
    return finding is None or finding.rule == "classifier"


def _rescue(turn: Turn) -> None:
    """Keep what is harmless on a page that stopped the form; the rest stays in the log, for people."""
    before = turn.work.memory
    if turn.result.memory.loss or turn.result.memory.engine != before.engine:
        # The patient has died: nothing is taken down any more.
        return
    harmless = _harmless(turn)
    fields = turn.work.fields or {}
    held = {key: text for key, text in fields.items() if key not in harmless and key != READ_BACK}
    turn.result.memory = replace(turn.result.memory, held=turn.result.memory.held | held)
    # Nobody hands in a form at such a moment.
    harmless.pop(READ_BACK, None)
    if not harmless:
        return
    try:
        take(turn, harmless)
    except Exception:
        # Nothing may stand between a cry for help and its answer. The words are in the log all the same.
        log.exception("form: nothing kept of a page with danger in it, message %s", turn.work.message_id)


def _harmless(turn: Turn) -> dict[str, str]:
    """The fields in which the gate hears no danger, neither in each nor in all of them together."""
    context = stage.context(turn)
    fields = turn.work.fields or {}
    found: dict[str, str] = {}
    said: list[str] = []
    for key, text in fields.items():
        if key.startswith(SURE):
            continue
        if text.strip() and any(_is_danger(one, context) for one in (text, "\n".join([*said, text]))):
            continue
        found[key] = text
        said.append(text)
    return found | {key: text for key, text in fields.items() if key.removeprefix(SURE) in found}


def _is_danger(text: str, context: gate.Context) -> bool:
    finding = gate.assess(text, context)
    return finding is not None and finding.level != "route"


def interview(state: Mapping[str, Any] | None, locale: str, at: datetime) -> Interview:
    """Where the conversation stands, from the engine's state."""
    slots = (state or {}).get("slots") or {}
    catalog = get_catalog()
    position = Position.from_slot(slots.get("interview"), {key: slots.get(key) for key in catalog.link_ids()})
    said = Utterance("", locale=locale, at=at, zone=str(get_program().timezone))
    return Interview(catalog.get(position.questionnaire), deepcopy(position), said)


def read(form: Interview, item: Item, text: str) -> Read | NotRead:
    """A field with the chat's parsers; what was ticked is a code and needs none."""
    if item.type == "boolean" and text in ("true", "false"):
        return Read(text == "true")
    codes = {option.code for option in item.options}
    ticked = text.split(BETWEEN)
    if item.type in ("choice", "open-choice") and text and codes.issuperset(ticked):
        if item.parser == "choices" or item.repeats:
            return Read(ticked)
        return Read(text)
    return form.read_as(item, text)


def is_kept(reading: Read | NotRead, fields: Mapping[str, str], link_id: str) -> bool:
    """Whether a field's reading may be kept: it is sure, or these very words were confirmed."""
    if not isinstance(reading, Read):
        return False
    return reading.sure or fields.get(SURE + link_id) == fields[link_id]


def _fill(form: Interview, fields: Mapping[str, str]) -> None:
    for item in form.asked.items:
        text = fields.get(item.link_id)
        if text is None or item.link_id not in {one.link_id for one in form.asked.walk(form.at.answers)}:
            continue
        if not text.strip():
            _leave_empty(form, item)
            continue
        reading = read(form, item, text)
        if not isinstance(reading, Read) or not is_kept(reading, fields, item.link_id):
            form.note(item.link_id, "unread", text)
            continue
        if form.at.answers.get(item.link_id) != reading.value:
            keep_waiting(form, item, {**asdict(reading), "flags": list(reading.flags)})
        if form.over:
            return


def _leave_empty(form: Interview, item: Item) -> None:
    if item.link_id in form.at.answers:
        form.clear(item.link_id)
    # Consent is asked again: silence is not a no, and never a yes.
    if item.link_id not in (*form.at.skipped, CONSENT, READ_BACK):
        form.at.skipped.append(item.link_id)


def _write(turn: Turn, asked: Questionnaire, heard: Heard, submitted: bool) -> None:
    """The record in the commit of the turn; nothing is kept of a sign-up whose storing was refused."""
    ids = (turn.work.conversation_id, asked.record, turn.work.message_id)
    refused = any(isinstance(effect, Withdraw) for effect in heard.effects)
    values = {} if refused else _values(asked, heard)
    consents = given_in(asked, heard)

    def write(connection: Connection) -> None:
        if values:
            for found in record.of_conversation(connection, ids[0]):
                if found.state == record.WITHDRAWN:
                    record.move(connection, found.id, record.STARTED, "person")
            record.save_answers(connection, *ids, values)
        for given in consents:
            record.record_consent(connection, *ids, given)
        if refused:
            record.empty(connection, ids[0], ids[2])
        if submitted:
            record.submit(connection, *ids)

    turn.effect(write)


def _values(asked: Questionnaire, heard: Heard) -> dict[str, Any]:
    changed = heard.recorded
    if changed.get(CONSENT) is True:
        ours = {item.link_id for item in get_catalog().items_of_record(asked.record)}
        changed = {known: value for known, value in heard.position.answers.items() if known in ours}
    found: dict[str, Any] = dict.fromkeys(heard.cleared)
    for link_id, value in changed.items():
        item, detail = get_catalog().item(link_id, asked.id), heard.position.details.get(link_id)
        found[link_id] = {"value": value, "label": item.show(value) if item else same(str(value))}
        if detail:
            found[link_id]["detail"] = detail
    return found


def _state(state: Mapping[str, Any] | None, heard: Heard) -> dict[str, Any]:
    """The engine's state as if the answers had been given in the chat."""
    kept = {**_NEW_STATE, **(state or {})}
    slots = {key: value for key, value in kept["slots"].items() if key not in heard.cleared}
    slots |= heard.recorded | {
        "interview": heard.position.to_slot(),
        "party": heard.party,
        "ask_mode": heard.mode,
        "patient": heard.patient or words.text("patient.unnamed", heard.locale),
        "caller": heard.caller or "",
        "questionnaire": heard.position.questionnaire or get_catalog().main.id,
    }
    if kept["active_loop"] and heard.next is not None:
        return {**kept, "slots": slots | {"requested_slot": heard.next}}
    # Nothing is open in the chat: the next wish to go on opens the interview where it stands.
    slots.pop("requested_slot", None)
    return {**kept, "slots": slots, "active_loop": None, "loop_before": None, "history": []}
