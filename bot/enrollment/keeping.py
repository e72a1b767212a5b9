"""Keeping answers: sure ones, volunteered ones, and whose name is whose."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from bot.enrollment.answers import AnswerValue, Read
from bot.enrollment.answers.kin import ANY_KIN
from bot.enrollment.answers.plain import fold
from bot.enrollment.answers.volunteered import Volunteered
from bot.enrollment.position import COMPLETE, DECLINED, Answers, Withdraw
from bot.enrollment.questionnaire import CONSENT, READ_BACK, Item
from bot.enrollment.turn import (
    CONFIDENT,
    CONFIDENT_OVER_WORDS,
    PERSON,
    Turn,
    answer_lines,
    call_name,
    party_of,
)

ILLNESS = "illness"
# Facts that a name or a relation said of somebody else may be mistaken for.
OF_PERSONS = frozenset({"caller_name", "patient_name", "relation"})


def take(turn: Turn, item: Item, reading: Read) -> None:
    """Keep a value we are sure of; ask back about the others."""
    waiting = as_waiting(item, reading)
    if reading.sure:
        keep_waiting(turn, item, waiting)
    else:
        turn.at.pending = waiting


def as_waiting(item: Item, reading: Read) -> dict[str, Any]:
    """A value as it waits for a "yes, that is right"."""
    return {
        "link_id": item.link_id,
        "value": reading.value,
        "note": reading.note,
        "label": reading.label,
        "instead": reading.instead,
        "flags": list(reading.flags),
        "detail": dict(reading.detail),
    }


def keep_waiting(turn: Turn, item: Item, waiting: Mapping[str, Any]) -> None:
    """Keep a value as it was read: with what was understood beside it, and what the team must know of it."""
    keep(turn, item, waiting["value"], waiting.get("note", ""))
    if waiting.get("detail") and turn.at.answers.get(item.link_id) == waiting["value"]:
        turn.at.details[item.link_id] = dict(waiting["detail"])
    for flag in waiting.get("flags") or ():
        turn.note(item.link_id, flag)
        turn.word(f"flag.{flag}")


def keep(turn: Turn, item: Item, value: AnswerValue, note: str) -> None:
    """Keep the answer to a question and do what follows from it."""
    leave_behind(turn)
    if note:
        turn.note(item.link_id, "said_too", note)
    if item.link_id == "for_whom" and turn.at.answers.get("for_whom") not in (None, value):
        switch_party(turn, str(value))
        return
    turn.record(item.link_id, value)
    thank(turn, item, value)
    if item.link_id == "for_whom":
        give_own_name(turn)
    if item.link_id == CONSENT and value is False:
        consent_refused(turn)
    if item.link_id == READ_BACK and value is True:
        turn.at.status = COMPLETE
        turn.over = True


def thank(turn: Turn, item: Item, value: AnswerValue) -> None:
    """A word of thanks where it means something: for a name, and for what was said from the heart."""
    if turn.at.read_back:
        return
    if item.type == "text":
        hurting = turn.said.intent == "social/feeling" and turn.said.confidence >= CONFIDENT_OVER_WORDS
        turn.word("thanks.feeling" if hurting else "thanks.own_words")
    elif item.link_id in ("caller_name", "patient_name") and (
        item.link_id == "caller_name" or party_of(turn) == "self"
    ):
        turn.word("thanks.name", name=(call_name(value) or "").rstrip("."))


def consent_refused(turn: Turn) -> None:
    """Respect it: give up what was kept, and leave."""
    turn.word("consent.declined", PERSON)
    turn.effects.append(Withdraw())
    leave(turn, DECLINED)


def leave(turn: Turn, status: str) -> None:
    """Leave the interview in a state; nothing is asked now."""
    turn.at.status = status
    turn.at.pending, turn.at.fixing = None, False
    turn.over = True


def leave_behind(turn: Turn) -> None:
    """Remember the open question for "back"."""
    if turn.at.open and (not turn.at.trail or turn.at.trail[-1] != turn.at.open):
        turn.at.trail.append(turn.at.open)


def facts_for(turn: Turn, facts: Volunteered) -> Answers:
    """Volunteered facts as answers to questions of this questionnaire that apply and are still open."""
    found = facts.answers()
    known_party = turn.at.answers.get("for_whom")
    if "for_whom" in found and known_party is not None:
        del found["for_whom"]
    party = found.get("for_whom", known_party)
    if party == "me":
        found.pop("patient_name", None)
        found.pop("relation", None)
    if facts.own_name and party:
        found["caller_name" if party == "other" else "patient_name"] = facts.own_name
    for link_id in OF_PERSONS & found.keys() & set(turn.at.skipped):
        # They would not say; a sister named later on is not the patient.
        del found[link_id]
    trial = {**turn.at.answers, **found}
    applies = {item.link_id for item in turn.asked.walk(trial)}
    return {link_id: value for link_id, value in found.items() if link_id in applies}


def keep_facts(
    turn: Turn, facts: Volunteered, besides: str | None = None, overwrite: bool = False
) -> Answers:
    """Keep volunteered facts; those already answered only when `overwrite`. Returns what was kept."""
    if facts.own_name and turn.at.answers.get("for_whom") is None and facts.party is None:
        turn.at.own_name = facts.own_name
    kept: Answers = {}
    for link_id, value in facts_for(turn, facts).items():
        known = link_id in turn.at.answers and link_id != turn.at.open
        if link_id == besides or (known and not overwrite):
            continue
        if turn.at.answers.get(link_id) == value:
            continue
        turn.record(link_id, value)
        kept[link_id] = value
    if "for_whom" in kept:
        give_own_name(turn)
    return kept


def keep_illness(turn: Turn) -> Answers:
    """An illness told before it is asked for, when it is one we know beyond doubt, of the person this is for.

    Whoever is asked "which illness?" after having said it was not heard.
    """
    told = any(
        intent == "tell/illness" and confidence >= CONFIDENT
        for intent, confidence in (
            (turn.said.intent, turn.said.confidence),
            *((part.intent, part.confidence) for part in turn.said.parts),
        )
    )
    item = turn.asked.item(ILLNESS) if turn.asked.has(ILLNESS) else None
    if not told or item is None or ILLNESS in turn.at.answers or turn.at.answers.get("for_whom") is None:
        return {}
    reading = turn.read_as(item, turn.said.text)
    if not isinstance(reading, Read) or not reading.sure or _several_people(turn.said.text):
        return {}
    turn.record(ILLNESS, reading.value)
    turn.at.details[ILLNESS] = dict(reading.detail)
    return {ILLNESS: reading.value}


def _several_people(text: str) -> bool:
    """Whether a story tells of more than one relative: whose illness it is, is asked then."""
    return len(set(re.findall(rf"\b(?:my|mi|our) (?:{ANY_KIN})\b", fold(text)))) > 1


def give_own_name(turn: Turn) -> None:
    """A name said before we knew for whom this is now has its place."""
    if not turn.at.own_name:
        return
    place = "caller_name" if turn.at.answers.get("for_whom") == "other" else "patient_name"
    if turn.asked.has(place) and place not in turn.at.answers:
        turn.record(place, turn.at.own_name)
    turn.at.own_name = None


def switch_party(turn: Turn, party: str) -> None:
    """It is for someone else than we thought: names move to whom they belong."""
    old, new = ("patient_name", "caller_name") if party == "other" else ("caller_name", "patient_name")
    name = turn.at.answers.get(old)
    turn.clear("patient_name")
    turn.record("for_whom", party)
    if name is not None and turn.asked.has(new):
        turn.record(new, name)


def acknowledge(turn: Turn, heard: Answers, besides: str | None = None) -> None:
    """Say what was noted on the way, so that nothing is taken down unseen."""
    lines = answer_lines(turn, [link_id for link_id in heard if link_id not in (besides, "for_whom")])
    # What they are to each other was only just said; repeating that alone would sound like a machine.
    if lines and set(heard) - {besides, "for_whom", "relation"}:
        turn.word("noted.facts", facts="; ".join(f"{label}: {value}" for label, value in lines))
