"""Kind words: greetings, thanks, feelings, anger. Short, and always with a way on."""

from __future__ import annotations

from dataclasses import replace

from actions.context import Context
from actions.effects import Effects
from actions.reply import Reply, next_steps, one, say, vary
from actions.request import with_phone_link
from bot.enrollment.position import STOPPED
from bot.handoff.tickets import TicketDraft

LOSS = "tell/death"
KINDS = frozenset(
    {"greeting", "thanks", "goodbye", "ok", "joke", "how_are_you", "anger", "feeling", "compliment"}
)
# Strong feelings: a person is offered, not a menu.
HEAVY = frozenset({"anger", "feeling"})


def small_talk(ctx: Context, kind: str) -> Reply:
    """A kind word; inside the intake the question follows, so only the word is said."""
    known = kind if kind in KINDS else "ok"
    if ctx.in_intake:
        return one(ctx, f"small.{known}.short", ("choice.person",) if known in HEAVY else ())
    word_id = vary(ctx, f"small.{known}", f"small.{known}.short")
    if known in HEAVY:
        reply = one(ctx, word_id, ("choice.person", *next_steps(ctx)[:1]))
        reply.slots = {"offer": "human"}
        return reply
    first = ("choice.learn", "choice.team") if known in ("greeting", "how_are_you") else ("choice.learn",)
    return one(ctx, word_id, () if known == "goodbye" else (*first, *next_steps(ctx)))


def condolence(ctx: Context) -> Reply:
    """Someone has died: a kind word, a person who will call; whatever was under way is over (DOMAIN 2)."""
    reply = Reply([with_phone_link(ctx, say(ctx, "death.condolence"))])
    reply.effects = Effects(tickets=[TicketDraft("bereavement", ctx.said.text)])
    reply.slots = {"interview": replace(ctx.position, status=STOPPED).to_slot()}
    return reply
