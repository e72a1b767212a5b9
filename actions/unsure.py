"""Not understood, or not sure: two readings are asked about; otherwise what we can do, and a person.

The second time in a row the phone line and a coordinator are offered, and the coordinator is told.
"""

from __future__ import annotations

from dataclasses import replace

from actions.context import Context
from actions.effects import Effects
from actions.reply import Reply, next_steps, one, vary
from actions.request import with_phone_link
from bot import readings
from bot.enrollment.answers.plain import is_unreadable
from bot.handoff.tickets import TicketDraft
from bot.thresholds import thresholds

PATIENCE = 2
WHICH = "unsure.which"


def unsure(ctx: Context) -> Reply:
    """What to say to something we did not understand; never the same sentence twice in a row."""
    reply = (which(ctx) or _first(ctx)) if ctx.fallbacks + 1 < PATIENCE else _person(ctx)
    reply.slots["fallbacks"] = ctx.fallbacks + 1
    return reply


def which(ctx: Context) -> Reply | None:
    """Which of two close readings is meant; None when there are no two that can be named."""
    titles = between(ctx)
    if len(titles) < 2:
        return None
    return _with_labels(one(ctx, WHICH, ("choice.person",)), titles)


def between(ctx: Context) -> tuple[str, ...]:
    """The titles of the readings that are too close to choose from."""
    found = (readings.title(label, ctx.locale) for label in ctx.said.between)
    return tuple(dict.fromkeys(title for title in found if title))


def _first(ctx: Context) -> Reply:
    perhaps = _perhaps(ctx)
    word_id = "unsure.wordless" if is_unreadable(ctx.said.text) else "unsure.first"
    said = vary(ctx, word_id, "unsure.first_again")
    if perhaps:
        return _with_labels(one(ctx, said, next_steps(ctx)), (perhaps,))
    return one(ctx, said, ("choice.learn", "choice.team", *next_steps(ctx)))


def _person(ctx: Context) -> Reply:
    """A person, without being asked again; the coordinator is told once."""
    word_id = vary(ctx, "unsure.person", "unsure.person_again")
    reply = one(ctx, word_id, ("choice.person", *next_steps(ctx)[:1]))
    reply.messages[0] = with_phone_link(ctx, reply.messages[0])
    if ctx.fallbacks + 1 == PATIENCE:
        reply.effects = Effects(tickets=[TicketDraft("not_understood", ctx.said.text)])
    return reply


def _perhaps(ctx: Context) -> str | None:
    """The title of the article nearest in meaning, when it is near enough to be worth a choice; never an answer."""
    best = ctx.said.best("ask")
    if best is None or best[1] < thresholds().perhaps_article:
        return None
    return readings.title(best[0], ctx.locale)


def _with_labels(reply: Reply, labels: tuple[str, ...]) -> Reply:
    first = reply.messages[0]
    reply.messages[0] = replace(first, choices=(*labels, *first.choices))
    return reply
