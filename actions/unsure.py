"""Not understood: what we can do, and a person; the second time in a row the person is told without being asked."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context, context
from actions.effects import Effects
from actions.navigate import navigate
from actions.reply import Reply, deliver, next_steps, one, vary
from actions.request import callback, request, with_phone_link
from bot.enrollment.answers import Read
from bot.enrollment.answers.phones import read_phone
from bot.enrollment.answers.plain import is_unreadable
from bot.enrollment.commands import command_in
from bot.handoff.tickets import TicketDraft

PATIENCE = 2


def unsure(ctx: Context) -> Reply:
    """What to say to something we did not understand; never the same sentence twice in a row."""
    known = _understood_after_all(ctx)
    if known is not None:
        return known
    if ctx.fallbacks + 1 < PATIENCE:
        word_id = "unsure.wordless" if is_unreadable(ctx.said.text) else "unsure.first"
        reply = one(
            ctx, vary(ctx, word_id, "unsure.first_again"), ("choice.learn", "choice.team", *next_steps(ctx))
        )
    else:
        reply = one(ctx, vary(ctx, "unsure.person", "unsure.person_again"), next_steps(ctx)[:1])
        reply.messages[0] = with_phone_link(ctx, reply.messages[0])
        if ctx.fallbacks + 1 == PATIENCE:
            reply.effects = Effects(tickets=[TicketDraft("not_understood", ctx.said.text)])
    reply.slots["fallbacks"] = ctx.fallbacks + 1
    return reply


def _understood_after_all(ctx: Context) -> Reply | None:
    """A number we just asked for, or a command in words we know by heart."""
    if ctx.said.offer == "callback" and isinstance(read_phone(ctx.said.text), Read):
        return callback(ctx)
    label = command_in(ctx.said.text)
    if label is None:
        return None
    family, _, name = label.partition("/")
    return request(ctx, name) if family == "request" else navigate(ctx, name)


class ActionUnsure(Action):
    """Answers what was not understood."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_unsure"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Answer the last message."""
        ctx = context(tracker)
        return await deliver(ctx, dispatcher, unsure(ctx))
