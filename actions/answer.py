"""Questions about the care: answered from the articles, never in words made up on the spot."""

from __future__ import annotations

from dataclasses import replace

from actions.context import Context
from actions.effects import Effects
from actions.reply import Message, Reply, next_steps, one, say
from actions.request import phone_line
from bot import words
from bot.enrollment.answers.plain import sentences
from bot.handoff.tickets import TicketDraft
from bot.knowledge import articles

MEDICAL = "medical_advice"
CONTACT = "program_contact"
MOST_FOLLOW_UPS = 2


def answer(ctx: Context, topic: str) -> Reply:
    """The short form of an article, and what may come next; asked again at once, its longer form."""
    if topic == CONTACT:
        return phone_line(ctx)
    try:
        article = articles.get(topic, ctx.locale)
    except articles.ArticleNotFound:
        return _passed_on(ctx)
    if {_mark("article", article), _mark("more", article)}.intersection(ctx.last_said):
        return more(replace(ctx, said=replace(ctx.said, topic=article.id)))
    choices = (
        [] if ctx.in_intake else [words.text("choice.more", ctx.locale), *_titles(ctx, article.follow_ups)]
    )
    choices += [words.text(word_id, ctx.locale) for word_id in next_steps(ctx)[:1]]
    short = Message(article.short.format(**ctx.facts), tuple(choices), said=_mark("article", article))
    reply = Reply([short], slots={"topic": topic, "offer": f"more:{topic}"})
    if topic == MEDICAL:
        reply.effects = Effects(tickets=[TicketDraft("medical_question", ctx.said.text)])
    return reply


def more(ctx: Context) -> Reply:
    """The longer form of the last article; after that, a person knows more than we do."""
    try:
        article = articles.get(ctx.said.topic, ctx.locale)
    except articles.ArticleNotFound:
        return one(ctx, "more.of_what", ("choice.learn", "choice.team", *next_steps(ctx)))
    choices = () if ctx.in_intake else tuple(_titles(ctx, article.follow_ups))
    choices += tuple(words.text(word_id, ctx.locale) for word_id in next_steps(ctx))
    if _mark("more", article) in ctx.last_said:
        that_is_all = say(ctx, "more.that_is_all")
        return Reply(
            [replace(that_is_all, choices=choices or that_is_all.choices)], slots={"offer": "callback"}
        )
    longer = Message(article.more.format(**ctx.facts), choices, said=_mark("more", article))
    return Reply([longer], slots={"topic": article.id})


def simpler(ctx: Context) -> Reply:
    """The heart of the last answer in one sentence; after that, a person explains it better."""
    try:
        article = articles.get(ctx.said.topic, ctx.locale)
    except articles.ArticleNotFound:
        return one(ctx, "navigate.nothing_open", ("choice.learn", *next_steps(ctx)))
    said = _mark("simple", article)
    if said in ctx.last_said:
        reply = one(ctx, "simpler.person", () if ctx.in_intake else ("choice.call_me", *next_steps(ctx)[:1]))
        reply.slots = {"offer": "callback"}
        return reply
    heart = sentences(article.short)[0].format(**ctx.facts)
    text = words.text("simpler.lead", ctx.locale, heart=heart)
    choices = tuple(words.text(choice, ctx.locale) for choice in next_steps(ctx))
    return Reply([Message(text, choices, said=said)], slots={"topic": article.id})


def _mark(form: str, article: articles.Article) -> str:
    """What is remembered of an article that was said; in another language it is not the same again."""
    return f"{form}:{article.id}/{article.locale}"


def _titles(ctx: Context, ids: tuple[str, ...]) -> list[str]:
    return [title for _, title in articles.titles(ids[:MOST_FOLLOW_UPS], ctx.locale)]


def _passed_on(ctx: Context) -> Reply:
    reply = one(ctx, "question.passed_on" if ctx.in_intake else "question.passed_on_now", next_steps(ctx))
    reply.effects = Effects(tickets=[TicketDraft("question", ctx.said.text)])
    return reply
