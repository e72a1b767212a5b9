"""Finding one's way when no question is open: help, more, what did I tell you, change, go on, later."""

from __future__ import annotations

from dataclasses import replace

from actions.answer import more, simpler
from actions.context import Context
from actions.effects import Effects
from actions.reply import Message, Reply, next_steps, one, say
from actions.request import go_to_intake
from actions.summary import summary
from bot import words
from bot.enrollment.position import PAUSED, SUBMITTED
from bot.enrollment.turn import call_name
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
    if where == "repeat":
        return repeat(ctx)
    if where == "simpler":
        return simpler(ctx)
    if where == "what_asked":
        return what_asked(ctx)
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
    return Reply([lines, say(ctx, "review.next", next_steps(ctx))])


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


def repeat(ctx: Context) -> Reply:
    """What was said last, once more, because the person asks for it."""
    if not ctx.last_reply:
        return nothing_open(ctx)
    lead = say(ctx, "repeat.lead")
    steps = tuple(words.text(choice, ctx.locale) for choice in next_steps(ctx))
    messages = [Message(text) for text in ctx.last_reply]
    messages[0] = Message(f"{lead.text}\n{messages[0].text}")
    messages[-1] = replace(messages[-1], choices=steps)
    # What was said stays what was said: "simpler" and "tell me more" still speak of it.
    slots = {
        "last_said": list(ctx.last_said),
        "last_reply": list(ctx.last_reply),
        "offer": ctx.said.offer or None,
    }
    return Reply(messages, slots=slots)


def what_asked(ctx: Context) -> Reply:
    """The question a person left open, and the way back to it."""
    open_question = ctx.position.open
    if ctx.position.status != PAUSED or open_question is None or not ctx.questionnaire.has(open_question):
        return nothing_open(ctx)
    party = "other" if ctx.position.answers.get("for_whom") == "other" else "self"
    named = call_name(ctx.position.answers.get("patient_name"))
    facts = {"patient": named or words.text("patient.unnamed", ctx.locale), "caller": ""}
    question = ctx.questionnaire.render(open_question, ctx.locale, party, "first", facts)
    return one(ctx, "what_asked.paused", next_steps(ctx), question=question)


def nothing_open(ctx: Context) -> Reply:
    """ "Skip", "back", "why?" with no question to skip."""
    return one(ctx, "navigate.nothing_open", ("choice.learn", *next_steps(ctx)))
