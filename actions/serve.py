"""From an intent to its reply: the one place where labels meet what is said to them."""

from __future__ import annotations

from collections.abc import Callable

from actions.answer import answer
from actions.context import FALLBACK, Context
from actions.follow_up import follow_up
from actions.navigate import navigate
from actions.reply import Message, Reply, say
from actions.request import callback, go_to_intake, request
from actions.small_talk import LOSS, condolence, small_talk
from actions.unsure import unsure
from bot.enrollment.answers import Read
from bot.enrollment.answers.phones import read_phone
from bot.enrollment.answers.volunteered import volunteered
from bot.enrollment.commands import command_in
from bot.enrollment.position import OPEN, Part
from bot.thresholds import thresholds

# Wishes that a person serves: whoever has one is not asked questions first.
PERSON_WISHES = frozenset({"request/human", "request/callback", "request/phone_line"})

_FAMILIES: dict[str, Callable[[Context, str], Reply]] = {
    "ask": answer,
    "request": request,
    "nav": navigate,
    "social": small_talk,
}


def serve(ctx: Context, label: str) -> Reply:
    """The reply to one intent, by its full label."""
    family, _, name = label.partition("/")
    if label == LOSS:
        return condolence(ctx)
    if family in _FAMILIES:
        return _FAMILIES[family](ctx, name)
    if family in ("affirm", "deny", "unsure"):
        return follow_up(ctx, family)
    if family in ("enroll", "tell"):
        return go_to_intake(ctx)
    return unsure(ctx)


def serve_all(ctx: Context, labels: tuple[str, ...]) -> Reply:
    """The replies to several intents, one after the other; the choices of the last stand under all of them."""
    reply = Reply()
    for label in labels:
        reply.add(serve(ctx, label))
    return one_set_of_choices(reply)


def one_set_of_choices(reply: Reply) -> Reply:
    """Choices under the last message only: on a phone they are numbered, and two lists would have the same numbers."""
    last = len(reply.messages) - 1
    reply.messages = [
        message if at == last else Message(message.text, (), message.kind, message.links, message.said)
        for at, message in enumerate(reply.messages)
    ]
    return reply


def reply_to(ctx: Context) -> Reply:
    """The reply to a message while no question is open; it may hold facts and questions at once."""
    said = ctx.said
    if isinstance(read_phone(said.text), Read) and (said.offer == "callback" or _only_digits(said.text)):
        # Nobody writes a bare number but to be called.
        return callback(ctx)
    if introduces_themselves(ctx):
        return go_to_intake(ctx)
    if said.between and (said.family not in ("social", "tell") or said.intent == LOSS):
        # A kind word, or the first question, does no harm where it was not meant; an answer might, and so might
        # condolences to somebody who has lost nobody. Unless a clause of its own says which of the two it is.
        settled = [part.intent for part in said.parts if _settles(ctx, part)]
        return serve(ctx, settled[0]) if settled else unsure(ctx)
    if said.intent == LOSS:
        return condolence(ctx)
    wishes = said.wishes()
    if tells_of_care(ctx) and not PERSON_WISHES.intersection(wishes):
        # The interview takes the facts down, answers what was asked, and goes on with its first question.
        return go_to_intake(ctx)
    if len(wishes) > 1 or (wishes and said.family not in ("ask", "request", "nav")):
        reply = serve_all(ctx, wishes)
        if said.intent in ("social/feeling", "tell/illness"):
            reply.messages.insert(0, say(ctx, "illness.sorry"))
        return reply
    if wishes:
        return serve(ctx, wishes[0])
    by_heart = command_in(said.text) if said.intent in ("out_of_scope", FALLBACK) else None
    return serve(ctx, by_heart or said.intent)


def _settles(ctx: Context, part: Part) -> bool:
    """Whether a clause clearly says which of two close readings of the whole message is meant."""
    return part.intent in ctx.said.between and part.wants_something(thresholds())


def _only_digits(text: str) -> bool:
    return not any(character.isalpha() for character in text)


def introduces_themselves(ctx: Context) -> bool:
    """Whether a message most likely signs up, and says beyond doubt for whom and who they are: then a second reading
    close to it is no reason to ask back, and to lose what was told."""
    said = ctx.said
    if (
        said.family not in ("enroll", "tell")
        or LOSS in (said.intent, *said.between)
        or ctx.position.status != OPEN
    ):
        return False
    facts = volunteered(said.text)
    return facts.party is not None and (facts.own_name or facts.patient_name) is not None


def tells_of_care(ctx: Context) -> bool:
    """Whether a message tells who it is for, or who is writing, beside what it asks; only while no sign-up is done."""
    said = ctx.said
    if said.known or ctx.position.status != OPEN or said.family in ("enroll", "tell"):
        return False
    told = any(
        part.family in ("tell", "enroll") and part.confidence >= thresholds().clear_facts
        for part in said.parts
    )
    facts = volunteered(said.text)
    return told and bool(
        facts.own_name or facts.patient_name or facts.zip or (facts.party and facts.relation)
    )
