"""Finding one's way when no question is open: help, more, what did I tell you, change, go on, later."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.answer import more
from actions.context import Context, context
from actions.effects import Effects
from actions.reply import Reply, deliver, next_steps, one, say
from actions.request import go_to_intake
from actions.summary import summary
from bot.enrollment.position import SUBMITTED
from bot.handoff.tickets import TicketDraft


def navigate(ctx: Context, where: str) -> Reply:
    """Serve a command by the name of its intent, outside the intake (inside, the interview does)."""
    if where == "more":
        return more(ctx)
    if where == "review":
        return review(ctx)
    if where == "change":
        return change(ctx)
    if where == "capabilities":
        return capabilities(ctx)
    if where == "pause":
        return one(ctx, "pause.any_time", next_steps(ctx))
    if where in ("resume", "start_over"):
        return resume(ctx)
    return nothing_open(ctx)


def capabilities(ctx: Context) -> Reply:
    """What the assistant can do."""
    if ctx.in_intake:
        return one(ctx, "capabilities.in_intake")
    return one(ctx, "capabilities", ("choice.learn", "choice.team", *next_steps(ctx)))


def review(ctx: Context) -> Reply:
    """What the person has told us."""
    lines = summary(ctx, "review.opening")
    if lines is None:
        return one(ctx, "review.nothing_yet", next_steps(ctx))
    return Reply([lines, say(ctx, "review.next", next_steps(ctx))], spoken="review.next")


def change(ctx: Context) -> Reply:
    """After the sign-up went out a coordinator makes the change; before, the sign-up opens at that question."""
    if ctx.position.status == SUBMITTED:
        reply = one(ctx, "change.passed_on", next_steps(ctx))
        reply.effects = Effects(tickets=[TicketDraft("change", ctx.said.text)])
        return reply
    if ctx.position.answers:
        return go_to_intake(ctx)
    return one(ctx, "review.nothing_yet", next_steps(ctx))


def resume(ctx: Context) -> Reply:
    """Go on with a sign-up that was begun; offer one that was not."""
    if ctx.position.asked and ctx.position.status != SUBMITTED:
        return go_to_intake(ctx)
    if ctx.position.status == SUBMITTED:
        return one(ctx, "intake.already", next_steps(ctx))
    reply = one(ctx, "resume.offer", ("choice.learn", *next_steps(ctx)))
    reply.slots = {"offer": "enroll"}
    return reply


def nothing_open(ctx: Context) -> Reply:
    """ "Skip", "back", "why?" with no question to skip."""
    return one(ctx, "navigate.nothing_open", ("choice.learn", *next_steps(ctx)))


class ActionNavigate(Action):
    """Serves a command given while no question is open."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_navigate"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Serve the last message."""
        ctx = context(tracker)
        best = ctx.said.best("nav")
        return await deliver(
            ctx, dispatcher, navigate(ctx, best[0].partition("/")[2] if best else "capabilities")
        )
