"""Yes, no and "I don't know" to whatever was offered last."""

from __future__ import annotations

from actions.answer import more
from actions.context import Context
from actions.reply import Reply, next_steps, one
from actions.request import callback, go_to_intake, human
from bot.enrollment.position import DECLINED


def follow_up(ctx: Context, said: str) -> Reply:
    """Take an offer, leave it, or be helped to choose. `said`: affirm, deny or unsure."""
    if said == "affirm":
        return accept(ctx, ctx.said.offer)
    if said == "deny":
        return one(ctx, "follow_up.no", ("choice.learn", *next_steps(ctx)))
    return one(ctx, "follow_up.unsure", ("choice.learn", "choice.team", *next_steps(ctx)))


def accept(ctx: Context, offer: str) -> Reply:
    """Do what was offered."""
    if offer in ("enroll", "resume", "short"):
        return go_to_intake(ctx, short=offer == "short")
    if offer.startswith("more:"):
        return more(ctx)
    if offer == "human":
        return human(ctx)
    if offer == "callback":
        return callback(ctx)
    if ctx.position.status == DECLINED:
        # "Actually, yes" after a no to the consent: it is asked again, never taken as given.
        return go_to_intake(ctx)
    return one(ctx, "follow_up.yes_to_what", ("choice.learn", "choice.team", *next_steps(ctx)))
