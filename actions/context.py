"""What an action is told: the message, where things stand, and the facts it may speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from rasa_sdk import Tracker

from bot import language
from bot.enrollment.catalog import get_catalog
from bot.enrollment.position import Position, Utterance
from bot.enrollment.questionnaire import Questionnaire
from bot.program import Program, get_program
from bot.words import LOCALES

FALLBACK = "nlu_fallback"


@dataclass(frozen=True)
class Context:
    """One call of an action. Everything in it comes from the tracker, so the same call again is the same."""

    conversation_id: str
    message_id: str
    said: Utterance
    position: Position
    questionnaire: Questionnaire
    program: Program
    fallbacks: int = 0
    last_said: str = ""
    in_intake: bool = False
    moment: datetime | None = None

    @property
    def locale(self) -> str:
        """The language to speak."""
        return self.said.locale

    @property
    def facts(self) -> dict[str, str]:
        """The program's facts, ready to show."""
        return self.program.facts(self.locale)

    @property
    def on_sms(self) -> bool:
        """Whether this is a text message conversation."""
        return self.said.channel == "sms"


def context(tracker: Tracker) -> Context:
    """Read a tracker."""
    catalog, slots = get_catalog(), tracker.slots
    answers = {link_id: slots.get(link_id) for link_id in catalog.link_ids()}
    position = Position.from_slot(slots.get("interview"), answers)
    loop = (tracker.active_loop or {}).get("name")
    return Context(
        conversation_id=tracker.sender_id,
        message_id=str(_message(tracker).get("message_id") or ""),
        said=_utterance(tracker),
        position=position,
        questionnaire=catalog.get(position.questionnaire),
        program=get_program(),
        fallbacks=int(slots.get("fallbacks") or 0),
        last_said=str(slots.get("last_said") or ""),
        in_intake=loop == "intake_form",
    )


def _message(tracker: Tracker) -> dict[str, Any]:
    return tracker.latest_message or {}


def _utterance(tracker: Tracker) -> Utterance:
    message = _message(tracker)
    intent = message.get("intent") or {}
    ranking = tuple(
        (str(entry.get("name")), float(entry.get("confidence") or 0.0))
        for entry in message.get("intent_ranking") or []
        if entry.get("name") not in (None, FALLBACK)
    )
    label = str(intent.get("full") or intent.get("name") or "out_of_scope")
    confidence = float(intent.get("confidence") or 0.0)
    if label == FALLBACK:
        # The fallback's own confidence says nothing about what was meant.
        label, confidence = ranking[0] if ranking else ("out_of_scope", 0.0)
    locale = tracker.slots.get("locale")
    text = str(message.get("text") or "")
    if label in language.LANGUAGE_WISHES:
        label = language.asked_for(text, label)
    return Utterance(
        text=text,
        intent=label,
        confidence=confidence,
        ranking=ranking,
        locale=locale if locale in LOCALES else "en",
        channel=_channel(tracker),
        topic=str(tracker.slots.get("topic") or ""),
        offer=str(tracker.slots.get("offer") or ""),
        message_id=message.get("message_id"),
        after_danger=bool((message.get("metadata") or {}).get("after_danger")),
    )


def _channel(tracker: Tracker) -> str:
    metadata = _message(tracker).get("metadata") or {}
    return str(metadata.get("channel") or tracker.get_latest_input_channel() or "webchat")
