"""What an action says and does, as data, and how it is said through rasa-sdk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from rasa_sdk.events import EventType, FollowupAction, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context
from actions.effects import Effects
from bot import words

INTAKE = "intake_form"


@dataclass(frozen=True)
class Message:
    """One reply. `choices` are titles; picking one sends its title. `links` are (title, url).

    `said` names what it says (a word id, `article:<id>`), so that the same is not said twice in a row.
    """

    text: str
    choices: tuple[str, ...] = ()
    kind: str = "text"
    links: tuple[tuple[str, str], ...] = ()
    said: str = ""


@dataclass
class Reply:
    """Everything one action says and does."""

    messages: list[Message] = field(default_factory=list)
    slots: dict[str, Any] = field(default_factory=dict)
    effects: Effects = field(default_factory=Effects)
    followup: str | None = None

    def add(self, other: Reply) -> None:
        """Say and do what another reply does, after this one."""
        self.messages += other.messages
        self.slots |= other.slots
        self.effects.add(other.effects)
        self.followup = other.followup or self.followup


def say(ctx: Context, word_id: str, choices: Iterable[str] = (), kind: str = "text", **facts: str) -> Message:
    """A text of `data/words` with the program's facts and others; `choices` are word ids.

    What was said in the last reply is said in other words, where `data/words` has any (`<id>_again`).
    """
    again = f"{word_id}_again"
    said = again if word_id in ctx.last_said and again in words.ids() else word_id
    titles = tuple(words.text(choice, ctx.locale) for choice in choices)
    return Message(words.text(said, ctx.locale, **ctx.facts, **facts), titles, kind, said=said)


def one(ctx: Context, word_id: str, choices: Iterable[str] = (), **facts: str) -> Reply:
    """A reply of one text."""
    return Reply([say(ctx, word_id, choices, **facts)])


def vary(ctx: Context, *word_ids: str) -> str:
    """The first of these that was not said last."""
    return next((word_id for word_id in word_ids if word_id not in ctx.last_said), word_ids[0])


def next_steps(ctx: Context) -> tuple[str, ...]:
    """What a person can do next, as word ids: no path ends without one. Inside the intake its question is next."""
    if ctx.in_intake:
        return ()
    status = ctx.position.status
    if status in ("submitted", "complete", "stopped"):
        return ("choice.team", "choice.person")
    if ctx.position.asked:
        return ("choice.resume", "choice.person")
    return ("choice.sign_up", "choice.person")


async def deliver(ctx: Context, dispatcher: CollectingDispatcher, reply: Reply) -> list[EventType]:
    """Carry out a reply's effects, then say it. Effects first: nothing is promised that was not done."""
    await reply.effects.carry_out(ctx)
    for message in reply.messages:
        dispatcher.utter_message(
            text=message.text,
            buttons=[{"title": title, "payload": title} for title in message.choices],
            json_message={
                "kind": message.kind,
                "links": [{"title": title, "url": url} for title, url in message.links],
            },
        )
    slots = {"fallbacks": 0, "offer": None, **_remembered(reply)} | reply.slots
    events: list[EventType] = [SlotSet(name, value) for name, value in slots.items()]
    if reply.followup:
        events.append(FollowupAction(reply.followup))
    return events


def _remembered(reply: Reply) -> dict[str, Any]:
    """What the next turn may have to know of this reply. Nothing said: a form follows, and what was said stays last."""
    if not reply.messages:
        return {}
    return {
        "last_said": [message.said for message in reply.messages if message.said],
        "last_reply": [message.text for message in reply.messages],
    }
