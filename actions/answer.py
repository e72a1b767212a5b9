"""Questions about the care: answered from the articles, never in words made up on the spot."""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context, context
from actions.effects import Effects
from actions.reply import Message, Reply, deliver, next_steps, one
from actions.request import phone_line
from bot import words
from bot.handoff.tickets import TicketDraft
from bot.knowledge import articles

MEDICAL = "medical_advice"
CONTACT = "program_contact"
MOST_FOLLOW_UPS = 2


def answer(ctx: Context, topic: str) -> Reply:
    """The short form of an article, and what may come next."""
    if topic == CONTACT:
        return phone_line(ctx)
    try:
        article = articles.get(topic, ctx.locale)
    except articles.ArticleNotFound:
        return _passed_on(ctx)
    choices = (
        [] if ctx.in_intake else [words.text("choice.more", ctx.locale), *_titles(ctx, article.follow_ups)]
    )
    choices += [words.text(word_id, ctx.locale) for word_id in next_steps(ctx)[:1]]
    reply = Reply([Message(article.short.format(**ctx.facts), tuple(choices))])
    reply.slots = {"topic": topic, "offer": f"more:{topic}"}
    reply.spoken = f"article:{topic}"
    if topic == MEDICAL:
        reply.effects = Effects(tickets=[TicketDraft("medical_question", ctx.said.text)])
    return reply


def more(ctx: Context) -> Reply:
    """The longer form of the last article."""
    try:
        article = articles.get(ctx.said.topic, ctx.locale)
    except articles.ArticleNotFound:
        return one(ctx, "more.of_what", ("choice.learn", "choice.team", *next_steps(ctx)))
    choices = () if ctx.in_intake else tuple(_titles(ctx, article.follow_ups))
    choices += tuple(words.text(word_id, ctx.locale) for word_id in next_steps(ctx))
    return Reply(
        [Message(article.more.format(**ctx.facts), choices)],
        slots={"topic": article.id},
        spoken=f"more:{article.id}",
    )


def _titles(ctx: Context, ids: tuple[str, ...]) -> list[str]:
    return [title for _, title in articles.titles(ids[:MOST_FOLLOW_UPS], ctx.locale)]


def _passed_on(ctx: Context) -> Reply:
    reply = one(ctx, "question.passed_on" if ctx.in_intake else "question.passed_on_now", next_steps(ctx))
    reply.effects = Effects(tickets=[TicketDraft("question", ctx.said.text)])
    return reply


class ActionAnswer(Action):
    """Answers a question about palliative care, the team or the program."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_answer"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Answer the last message."""
        ctx = context(tracker)
        best = ctx.said.best("ask")
        topic = best[0].partition("/")[2] if best else ""
        return await deliver(ctx, dispatcher, answer(ctx, topic))
