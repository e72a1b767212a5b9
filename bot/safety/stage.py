"""The safety stages of a turn: what a person gets when the gate finds something, and what they get while locked.

Nothing here needs the engine. What is decided goes into the turn's result and is committed with it: words, ticket,
lock, open question and alarm stand or fall together. A question of the gate that waits for its answer is one of

- `wish`, with `+why` once the reason was given and `+again` once it was asked again: the one plain question;
- `safe_here`, `safe_details`: after abuse, whether it is safe to talk, and how to reach the person.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from bot import words
from bot.conversation import conversations, hints, timers
from bot.conversation.engine_client import EngineFailed, EngineUnavailable
from bot.conversation.messages import Draft
from bot.enrollment.answers import Read
from bot.enrollment.answers.yes_no import read_yes_no
from bot.handoff import tickets
from bot.handoff.tickets import EMERGENCY, URGENT, TicketDraft
from bot.knowledge import articles
from bot.program import get_program
from bot.records.database import now
from bot.safety import detections, gate, loss, responses, tongue, wish
from bot.safety.detections import ANSWER, GATE
from bot.safety.gate import Context, Finding
from bot.safety.responses import Row

if TYPE_CHECKING:
    from bot.conversation.turn import Turn

log = logging.getLogger(__name__)

WISH = "wish"
SILENCE = "wish.silence"
SAFE_HERE, SAFE_DETAILS = "safe_here", "safe_details"
# A message this long before belongs to another moment, not to a cry split over two.
SPLIT = timedelta(minutes=30)
# These findings are decided by the gate even while the plain question waits for its answer.
DECISIVE = ("emergency", "urgent", "stop")
# What the engine can go on with, after the gate has said its word; and what shows that the engine has said it already.
PASSED_ON = {
    "grief": ("social/feeling", "tell/death"),
    "anger": ("social/anger", "request/complaint"),
    "complaint": ("request/complaint",),
    "medical_advice": ("ask/medical_advice",),
}
# A feeling needs a kind word and the offer of a person, not a task for one.
NO_TICKET = ("grief", "anger")
KEPT_WORD_FOR_WORD = ("medical_advice", "aid_in_dying", "complaint", "death")
CERTAIN = 0.8
CRISIS = Finding("emergency", "suicide")


async def safety(turn: Turn) -> bool:
    """Danger first, whoever is in control. A failure of the gate itself gives the static help and a human."""
    if not turn.by_person:
        return turn.work.text == SILENCE and _silence(turn)
    before = (list(turn.result.drafts), list(turn.result.effects))
    try:
        return await _hear(turn)
    except Exception:
        log.exception("safety: no answer could be made on message %s", turn.work.message_id)
        turn.result.drafts, turn.result.effects = before
        _answer(turn, Finding("emergency", "check_failed"), GATE)
        return True


async def locked(turn: Turn) -> bool:
    """No intake while locked: a kind word that is not the last one, or the answer to a simple question."""
    lock = turn.work.conversation.safety_lock
    if not lock:
        return False
    if not turn.by_person:
        return True
    answer = await _simple_answer(turn)
    if answer:
        turn.say(answer)
        return True
    if lock == "minor":
        _say_next(turn, responses.MINOR_LOCKED)
    else:
        _say_next(turn, responses.LOCKED, lines=_lines(turn, lock))
    return True


async def _hear(turn: Turn) -> bool:
    finding = gate.assess(turn.work.text, context(turn))
    # A page of the form that was open meanwhile does not answer the gate, whatever stands in its fields.
    question = "" if turn.work.fields is not None else turn.work.conversation.safety_question or ""
    if question.startswith(WISH) and (finding is None or finding.level not in DECISIVE):
        return await _wish_answer(turn, question)
    if question in (SAFE_HERE, SAFE_DETAILS) and (finding is None or finding.category == "abuse"):
        return _safe_answer(turn, question, finding)
    if finding is None:
        return False
    if finding.level == "route":
        return _route(turn, finding)
    if finding.category == "death":
        return await _loss(turn, finding)
    if finding.category == "wish_to_die":
        return _wish(turn, finding)
    _answer(turn, finding, GATE)
    # A check that fails at every message must not keep people from everything else.
    return finding.category != "check_failed" or turn.opted_out


def context(turn: Turn) -> Context:
    """What the gate must know of the conversation to judge this message."""
    memory, question = turn.work.memory, turn.work.conversation.safety_question or ""
    fresh = bool(memory.heard_at) and datetime.fromisoformat(memory.heard_at) + SPLIT > now()
    return Context(
        previous=memory.heard if fresh else "",
        question="wish_to_die" if question.startswith(WISH) else turn.open_question,
        locale=turn.locale,
    )


# --- answering a finding ---------------------------------------------------------------------------------------------


def _answer(turn: Turn, finding: Finding, source: str, word_id: str = "") -> None:
    """Words, record, ticket, alarm and lock of a finding.

    Args:
        word_id: said in place of the row's own words.
    """
    row = responses.row_for(finding)
    said = "" if turn.opted_out else _say_row(turn, finding, row, word_id)
    _record(turn, finding, row, source, said)
    if row.lock:
        turn.do(detections.lock, finding.category)
    if finding.category == "abuse":
        turn.do(detections.ask, None if turn.opted_out else SAFE_HERE)
    elif finding.level == "emergency":
        _no_question(turn)


def _say_row(turn: Turn, finding: Finding, row: Row, word_id: str) -> str:
    """Say a row's words, or when they were said before, a sentence that was not the last one."""
    wanted = word_id or row.words
    if finding.category == "abuse" and turn.on_sms:
        # The phone may be in the wrong hands: no number of a hotline, no word of what it is about.
        turn.say(_draft(turn, "safety_abuse_sms", row.choices, private=True))
        return "safety_abuse_sms"
    if turn.times_said(wanted) and finding.category != "abuse":
        return _say_next(turn, responses.AGAIN, row.links, lines=_lines(turn, finding.category))
    turn.say(_draft(turn, wanted, _choices(turn, row), row.links, private=finding.category == "abuse"))
    turn.count(wanted)
    return wanted


def _choices(turn: Turn, row: Row) -> tuple[str, ...]:
    """The row's next steps; "go on with my sign-up" only for those who have begun one."""
    return tuple(c for c in row.choices if c != "choice.resume" or turn.open_question)


def _draft(
    turn: Turn,
    word_id: str,
    choices: tuple[str, ...] = (),
    links: tuple[str, ...] = (),
    private: bool = False,
    **more: str,
) -> Draft:
    """A message of the gate, in the language of what it answers."""
    return responses.draft(word_id, tongue.of(turn.work.text, turn.locale), links, choices, private, **more)


def _say_next(turn: Turn, pool: tuple[str, int], links: tuple[str, ...] = (), lines: str = "") -> str:
    name, count = pool
    word_id = f"{name}_{turn.times_said(name) % count + 1}"
    turn.say(_draft(turn, word_id, (), links, lines=lines))
    turn.count(name)
    return word_id


def _lines(turn: Turn, category: str) -> str:
    locale = tongue.of(turn.work.text, turn.locale)
    row = responses.ROWS.get(category, responses.ROWS["check_failed"])
    return words.text(row.lines, locale, **responses.facts(locale))


def _record(turn: Turn, finding: Finding, row: Row, source: str, said: str) -> None:
    if finding.category == "abuse":
        turn.result.private = True
    ids = (turn.work.conversation_id, turn.work.message_id)
    turn.effect(partial(_keep, ids=ids, finding=finding, source=source, said=said, rings=row.rings))
    if finding.category not in NO_TICKET:
        turn.effect(partial(_open_ticket, ids=ids, draft=_ticket(turn, finding, row)))


def _keep(
    connection: Connection, ids: tuple[str, str], finding: Finding, source: str, said: str, rings: bool
) -> None:
    detections.record(connection, *ids, finding, source, said, rings)


def _open_ticket(connection: Connection, ids: tuple[str, str], draft: TicketDraft) -> None:
    tickets.open_or_repeat(connection, *ids, draft)


def _ticket(turn: Turn, finding: Finding, row: Row) -> TicketDraft:
    topic = {"death": "bereavement", "complaint": "complaint"}.get(
        finding.category, f"safety_{finding.category}"
    )
    note = turn.work.text if finding.category in KEPT_WORD_FOR_WORD else row.note
    urgency = row.urgency
    if turn.opted_out:
        note = f"opted out of texts, so nothing was answered: phone now. {note}"
        urgency = EMERGENCY if urgency == EMERGENCY else URGENT
    return TicketDraft(topic, note, urgency)


def _no_question(turn: Turn) -> None:
    turn.do(detections.ask, None)
    turn.effect(partial(_stop_waiting, conversation_id=turn.work.conversation_id))


def _stop_waiting(connection: Connection, conversation_id: str) -> None:
    timers.cancel(connection, SILENCE, conversation_id)


# --- rows with a course of their own ---------------------------------------------------------------------------------


def _route(turn: Turn, finding: Finding) -> bool:
    """No danger, but a person is needed. Under a human's hands they see it, and the assistant keeps silent."""
    row, talk = responses.row_for(finding), turn.work.conversation
    if talk.control == conversations.HUMAN or turn.opted_out:
        _record(turn, finding, row, GATE, "")
        return turn.opted_out
    if finding.category not in PASSED_ON or (finding.category == "medical_advice" and talk.safety_lock):
        _answer(turn, finding, GATE)
        return True
    _record(turn, finding, row, GATE, row.words)
    if not talk.safety_lock:
        # The message may hold an answer, too: the engine hears it, after the gate's word.
        turn.preface = _draft(turn, row.words, _choices(turn, row), row.links)
        turn.understood = PASSED_ON[finding.category]
    return False


async def _loss(turn: Turn, finding: Finding) -> bool:
    """The patient has died: a kind word, a person who calls; all that was planned stops, and nothing more is asked."""
    row = responses.row_for(finding)
    speaks = not turn.opted_out and turn.work.conversation.control != conversations.HUMAN
    if speaks:
        turn.say(_draft(turn, row.words, (), row.links))
    _record(turn, finding, row, GATE, row.words if speaks else "")
    turn.effect(partial(loss.stop_everything, conversation_id=turn.work.conversation_id))
    turn.result.memory = replace(turn.result.memory, loss=True, choices=())
    try:
        await turn.tell_of_loss()
    except (EngineUnavailable, EngineFailed):
        log.warning("safety: the engine will hear of a loss later, message %s", turn.work.message_id)
    return True


def _wish(turn: Turn, finding: Finding) -> bool:
    """Acknowledge, then one plain question."""
    row = responses.row_for(finding)
    if turn.work.conversation.safety_lock:
        _record(turn, finding, row, GATE, _say_next(turn, responses.LOCKED, lines=_lines(turn, "suicide")))
        return True
    word_id = "wish_ask_other" if finding.person == "other" else row.words
    if not turn.opted_out:
        turn.say(_draft(turn, word_id, row.choices))
        _wait(turn, WISH)
    _record(turn, finding, row, GATE, "" if turn.opted_out else word_id)
    return True


def _wait(turn: Turn, question: str) -> None:
    """The question waits for its answer; so long without one counts as unsure."""
    turn.do(detections.ask, question)
    turn.effect(partial(_start_waiting, conversation_id=turn.work.conversation_id))


def _start_waiting(connection: Connection, conversation_id: str) -> None:
    due_at = now() + timedelta(minutes=get_program().answer_minutes)
    timers.schedule(connection, SILENCE, conversation_id, due_at, conversation_id)


async def _wish_answer(turn: Turn, question: str) -> bool:
    row = responses.ROWS["wish_to_die"]
    answer = wish.read(turn.picked)
    if turn.opted_out:
        # They opted out while the question was open; whatever the answer is, a human must phone.
        _answer(turn, CRISIS, ANSWER)
    elif answer is wish.Answer.NO:
        await _wish_denied(turn, question)
    elif answer is wish.Answer.WHY and "+why" not in question:
        turn.say(_draft(turn, "wish_why", row.choices))
        _wait(turn, f"{question}+why")
    elif answer is wish.Answer.OTHER and "+again" not in question:
        turn.say(_draft(turn, "wish_again", row.choices))
        _wait(turn, f"{question}+again")
    else:
        # Who spoke of something else twice told us nothing to be glad of; help comes all the same.
        word_id = "wish_unclear" if answer in (wish.Answer.OTHER, wish.Answer.WHY) else ""
        _answer(turn, replace(CRISIS, rule=f"wish_to_die.{answer.value}"), ANSWER, word_id)
    return True


def _mistaken(turn: Turn, question: str) -> str:
    """The words that raised the plain question, when only the classifier heard danger in them; otherwise "".

    After a no they are what they were meant as: the answer to our question, in the person's own words.
    """
    if turn.work.memory.held:
        # They stood in the form, where each field is an answer of its own.
        return ""
    heard = turn.work.memory.heard if question == WISH else ""
    finding = gate.assess(heard) if heard else None
    return heard if finding is not None and finding.rule == "classifier" else ""


async def _wish_denied(turn: Turn, question: str) -> None:
    """A no: a nurse or social worker the same day (the ticket is open), and the conversation may go on."""
    _no_question(turn)
    turn.keep_held()
    word_id = "wish_no" if get_program().is_open() else "wish_no_closed"
    link_ids = ("link_call_988", "link_text_988", "link_nurse_line")
    in_human_hands = turn.work.conversation.control == conversations.HUMAN
    if turn.open_question and not in_human_hands:
        turn.say(_draft(turn, word_id, (), link_ids))
        meant = _mistaken(turn, question)
        try:
            if meant:
                await turn.ask(meant, {"author": "person", "parts": hints.clauses(meant)})
            else:
                await turn.go_on()
        except (EngineUnavailable, EngineFailed):
            turn.offer(responses.choices(("choice.resume", "choice.person"), turn.locale))
        return
    turn.say(_draft(turn, word_id, () if in_human_hands else ("choice.person",), link_ids))


def _silence(turn: Turn) -> bool:
    """The timer's event: the plain question had no answer for too long, which counts as unsure."""
    talk = turn.work.conversation
    if not (talk.safety_question or "").startswith(WISH):
        return True
    finding = replace(CRISIS, rule="wish_to_die.silence")
    _answer(turn, finding, detections.SILENCE, "wish_silence")
    return True


def _safe_answer(turn: Turn, question: str, finding: Finding | None) -> bool:
    """ "Is it safe to talk here?" and what follows; all of it is private."""
    turn.result.private = True
    if finding is not None:
        _record(turn, finding, responses.ROWS["abuse"], GATE, "")
    suffix = "_sms" if turn.on_sms else ""
    reading = read_yes_no(turn.picked)
    said = reading.value if isinstance(reading, Read) else None
    if turn.opted_out:
        return True
    if question == SAFE_DETAILS:
        turn.say(_draft(turn, "safe_noted", ("choice.resume",) if turn.open_question else (), private=True))
        turn.do(detections.ask, None)
    elif said is False:
        turn.say(_draft(turn, f"safe_no{suffix}", private=True))
        turn.do(detections.ask, None)
    else:
        turn.say(_draft(turn, f"safe_yes{suffix}", private=True))
        turn.do(detections.ask, SAFE_DETAILS)
    return True


# --- while locked --------------------------------------------------------------------------------


async def _simple_answer(turn: Turn) -> Draft | None:
    """The short form of an article, when the message is plainly a question that one answers; else None."""
    try:
        parsed = await turn.engine.parse(turn.work.text, turn.locale)
    except (EngineUnavailable, EngineFailed):
        return None
    intent = parsed.get("intent") or ""
    family, _, topic = str(intent).partition("/")
    if family != "ask" or float(parsed.get("confidence") or 0.0) < CERTAIN or topic in PASSED_ON:
        return None
    try:
        article = articles.get(topic, turn.locale)
    except articles.ArticleNotFound:
        return None
    return responses.plain(article.short.format(**responses.facts(turn.locale)), turn.locale)
