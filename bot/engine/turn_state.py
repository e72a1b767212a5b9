"""A conversation's state as the service keeps it, and as Rasa needs it: JSON to tracker and back.

Only what decides the next turn travels: slots that were set, the form, and the last three turns. Slots are put before
those turns as they stand now; no slot has an influence on the rules, so the order does not matter and their history
need not be kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActionExecutionRejected,
    ActiveLoop,
    BotUttered,
    DefinePrevUserUtteredFeaturization,
    Event,
    LoopInterrupted,
    SessionStarted,
    SlotSet,
    UserUttered,
)
from rasa.shared.core.trackers import DialogueStateTracker

VERSION = 1
TURNS_KEPT = 3
RANKING_KEPT = 3
# What was said long ago decides nothing; a little of it stays for whoever looks into a conversation that went wrong.
CHARACTERS_KEPT = 200
NOT_OURS = frozenset({"session_started_metadata"})

State = dict[str, Any]


class StateProblem(ValueError):
    """The state that came with a turn is not one that this engine made."""


def pack(tracker: DialogueStateTracker) -> State:
    """What has to come back with the next turn."""
    events = list(tracker.events)
    start = _start_of_history(events)
    history = (_pack_event(event) for event in events[start:])
    return {
        "version": VERSION,
        "slots": _set_slots(tracker),
        "active_loop": _active_loop(tracker),
        "loop_before": _loop_after(events[:start]),
        "history": [packed for packed in history if packed is not None],
    }


def unpack(conversation_id: str, state: State | None, domain: Domain, locale: str) -> DialogueStateTracker:
    """A tracker that stands where the state says, listening, with the slot `locale` as given.

    Args:
        conversation_id: becomes the tracker's sender id.
        state: from `pack`, or None at the beginning of a conversation.
        domain: of the loaded model; slots it does not know (a question that was removed) are left behind.
        locale: en or es.

    Raises:
        StateProblem: the state is not one of ours.
    """
    tracker = DialogueStateTracker(conversation_id, domain.slots)
    try:
        for event in _events(state, set(tracker.slots), locale):
            tracker.update(event, domain)
        expected = _loop_name(state["active_loop"]) if state else None
    except (KeyError, TypeError, AttributeError) as error:
        raise StateProblem(f"not readable: {type(error).__name__}") from error
    if tracker.active_loop_name != expected:
        raise StateProblem("the form does not follow from the history")
    return tracker


def events_of_turn(tracker: DialogueStateTracker) -> list[Event]:
    """What has happened since the last message came in."""
    events = list(tracker.events)
    return events[_last_message(events) :]


def _last_message(events: list[Event]) -> int:
    return next(
        (i for i in range(len(events) - 1, -1, -1) if isinstance(events[i], UserUttered)), len(events)
    )


def _start_of_history(events: list[Event]) -> int:
    messages = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    return messages[-TURNS_KEPT:][0] if messages else len(events)


def _set_slots(tracker: DialogueStateTracker) -> dict[str, Any]:
    return {
        name: slot.value
        for name, slot in tracker.slots.items()
        if slot.value != slot.initial_value and name not in NOT_OURS
    }


def _active_loop(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    loop = tracker.active_loop
    if loop is None:
        return None
    return {"name": loop.name, "is_interrupted": loop.is_interrupted, "rejected": loop.rejected}


def _loop_after(events: Iterable[Event]) -> dict[str, Any] | None:
    """The form as it stood after these events, by the rules of Rasa's tracker."""
    loop: dict[str, Any] | None = None
    for event in events:
        if isinstance(event, ActiveLoop):
            loop = {"name": event.name, "is_interrupted": False, "rejected": False} if event.name else None
        elif loop is None:
            continue
        elif isinstance(event, LoopInterrupted):
            loop["is_interrupted"] = event.is_interrupted
        elif isinstance(event, ActionExecutionRejected) and event.action_name == loop["name"]:
            loop["rejected"] = True
        elif isinstance(event, ActionExecuted):
            loop["is_interrupted"] = False
            loop["rejected"] = loop["rejected"] and event.action_name != loop["name"]
    return loop


def _loop_name(loop: Mapping[str, Any] | None) -> str | None:
    return str(loop["name"]) if loop else None


def _events(state: State | None, known: set[str], locale: str) -> Iterable[Event]:
    """Events that rebuild the state from nothing."""
    yield ActionExecuted(ACTION_SESSION_START_NAME)
    yield SessionStarted()
    if state is not None:
        if state["version"] != VERSION:
            raise StateProblem("made by another version")
        for name, value in state["slots"].items():
            if name in known and name != "locale":
                yield SlotSet(name, value)
    yield SlotSet("locale", locale)
    yield ActionExecuted(ACTION_LISTEN_NAME)
    if state is not None:
        yield from _loop_events(state["loop_before"])
        for packed in state["history"]:
            yield _unpack_event(packed)


def _loop_events(loop: Mapping[str, Any] | None) -> Iterable[Event]:
    if not loop:
        return
    yield ActiveLoop(loop["name"])
    if loop["is_interrupted"]:
        yield LoopInterrupted(True)
    if loop["rejected"]:
        yield ActionExecutionRejected(loop["name"])


def _pack_event(event: Event) -> dict[str, Any] | None:
    """An event as short JSON; None for events that the next turn can do without."""
    if isinstance(event, UserUttered):
        return _pack_message(event)
    if isinstance(event, ActionExecuted) and event.action_name:
        return {
            "event": "action",
            "name": event.action_name,
            **({"hidden": True} if event.hide_rule_turn else {}),
        }
    if isinstance(event, BotUttered):
        return {"event": "bot", "text": (event.text or "")[:CHARACTERS_KEPT]}
    if isinstance(event, ActiveLoop):
        return {"event": "loop", "name": event.name}
    if isinstance(event, LoopInterrupted):
        return {"event": "interrupted", "value": event.is_interrupted}
    if isinstance(event, ActionExecutionRejected):
        return {"event": "rejected", "name": event.action_name}
    if isinstance(event, DefinePrevUserUtteredFeaturization):
        return {"event": "featurized", "text": event.use_text_for_featurization}
    return None


def _pack_message(event: UserUttered) -> dict[str, Any]:
    entities = [
        {key: entity[key] for key in ("entity", "value") if key in entity} for entity in event.entities
    ]
    return {
        "event": "user",
        "text": (event.text or "")[:CHARACTERS_KEPT],
        "intent": event.intent,
        "ranking": list(event.parse_data.get("intent_ranking") or [])[:RANKING_KEPT],
        "entities": entities,
        "message_id": event.message_id,
        "channel": event.input_channel,
    }


def _unpack_event(packed: Mapping[str, Any]) -> Event:
    kind = packed["event"]
    if kind == "user":
        return UserUttered(
            text=packed["text"],
            intent=packed["intent"],
            entities=packed["entities"],
            parse_data={"intent_ranking": packed["ranking"]},
            input_channel=packed["channel"],
            message_id=packed["message_id"],
        )
    if kind == "action":
        return ActionExecuted(packed["name"], hide_rule_turn=bool(packed.get("hidden")))
    return _SIMPLE[kind](packed)


_SIMPLE = {
    "bot": lambda packed: BotUttered(packed["text"]),
    "loop": lambda packed: ActiveLoop(packed["name"]),
    "interrupted": lambda packed: LoopInterrupted(packed["value"]),
    "rejected": lambda packed: ActionExecutionRejected(packed["name"]),
    "featurized": lambda packed: DefinePrevUserUtteredFeaturization(packed["text"]),
}
