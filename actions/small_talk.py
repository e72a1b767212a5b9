"""Kind words: greetings, thanks, feelings, anger. Short, and always with a way on."""

from __future__ import annotations

from dataclasses import replace

from actions.context import Context
from actions.effects import Effects
from actions.reply import Reply, next_steps, one, say, vary
from actions.request import go_to_intake, with_phone_link
from bot.enrollment.answers.plain import fold
from bot.enrollment.position import PAUSED, STOPPED
from bot.handoff.tickets import TicketDraft

LOSS = "tell/death"
KINDS = frozenset(
    {"greeting", "thanks", "goodbye", "ok", "joke", "how_are_you", "anger", "feeling", "compliment"}
)
# "Hold on", and after a while: what an "ok" alone does not say, for that may be the answer to our goodbye.
BACK_AGAIN = frozenset(
    fold(text)
    for text in (
        "ya|ya ya|ya estuvo|ya está|ya listo|ya lista|listo|lista|ok ya|ya ok|ahora sí|ya ahora sí|ya vine|ya volví"
        "|ya llegué|back|ok back|i'm back|ok i'm back|ready|ok ready|i'm ready|ok now|here|i'm here|go ahead"
    ).split("|")
)
# Strong feelings: a person is offered, not a menu.
HEAVY = frozenset({"anger", "feeling"})


def small_talk(ctx: Context, kind: str) -> Reply:
    """A kind word; inside the intake the question follows, so only the word is said."""
    if ctx.position.status == PAUSED and fold(ctx.said.text) in BACK_AGAIN:
        return go_to_intake(ctx)
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
