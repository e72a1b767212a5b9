"""What an action is told: the message, where things stand, and the facts it may speak of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from rasa_sdk import Tracker

from bot import language
from bot.enrollment.catalog import get_catalog
from bot.enrollment.position import Part, Position, Utterance
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
    # Word ids, `article:<id>` and the like, of the last reply; and that reply itself, for "say that again".
    last_said: tuple[str, ...] = ()
    last_reply: tuple[str, ...] = ()
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
        last_said=tuple(slots.get("last_said") or ()),
        last_reply=tuple(slots.get("last_reply") or ()),
        in_intake=loop == "intake_form",
    )


def _message(tracker: Tracker) -> dict[str, Any]:
    return tracker.latest_message or {}


def _utterance(tracker: Tracker) -> Utterance:
    message = _message(tracker)
    metadata = message.get("metadata") or {}
    intent = message.get("intent") or {}
    ranking = tuple(
        (str(entry.get("name")), float(entry.get("confidence") or 0.0))
        for entry in message.get("intent_ranking") or []
        if entry.get("name") not in (None, FALLBACK)
    )
    label = str(intent.get("full") or intent.get("name") or "out_of_scope")
    confidence = float(intent.get("confidence") or 0.0)
    # A label with the fallback for a family: two readings are too close to choose from.
    between = intent.get("name") == FALLBACK and label != FALLBACK
    if label == FALLBACK:
        # The fallback's own confidence says nothing about what was meant.
        label, confidence = ranking[0] if ranking else ("out_of_scope", 0.0)
    locale = tracker.slots.get("locale")
    # The safety gate speaks to the engine in words it knows; what the person said comes beside them.
    text = str((message.get("metadata") or {}).get("said") or message.get("text") or "")
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
        after_danger=bool(metadata.get("after_danger")),
        parts=tuple(_part(part) for part in message.get("parts") or [] if part.get("ranking")),
        between=tuple(name for name, _ in ranking[:2]) if between else (),
        known=metadata.get("label") == label,
        last_said=tuple(tracker.slots.get("last_said") or ()),
        at=_said_at(tracker),
        zone=str(get_program().timezone),
    )


def _part(raw: dict[str, Any]) -> Part:
    best = raw["ranking"][0]
    label = str(best.get("name"))
    if label in language.LANGUAGE_WISHES:
        label = language.asked_for(raw["text"], label)
    return Part(raw["text"], label, float(best.get("confidence") or 0.0))


def _said_at(tracker: Tracker) -> datetime | None:
    """When the message came in: kept by the engine, so the same call again reads "tomorrow" the same."""
    for event in reversed(tracker.events):
        if event.get("event") == "user" and event.get("timestamp"):
            return datetime.fromtimestamp(float(event["timestamp"]), UTC)
    return None


def _channel(tracker: Tracker) -> str:
    metadata = _message(tracker).get("metadata") or {}
    return str(metadata.get("channel") or tracker.get_latest_input_channel() or "webchat")
