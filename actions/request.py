"""Wishes: a person, a call, the phone number, another language, a shorter way, a complaint."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from actions.context import Context
from actions.effects import Effects
from actions.reply import INTAKE, Message, Reply, next_steps, one, say
from actions.summary import summary
from bot import words
from bot.enrollment import withdrawal
from bot.enrollment.answers import Read
from bot.enrollment.answers.phones import read_phone, show_phone
from bot.enrollment.catalog import get_catalog
from bot.enrollment.moves import notes_text
from bot.enrollment.position import DECLINED
from bot.handoff.tickets import TicketDraft
from bot.page import links
from bot.settings import get_settings


def with_phone_link(ctx: Context, message: Message) -> Message:
    """The message as a handoff, with the phone line to tap."""
    link = (words.text("link_call_us", ctx.locale), f"tel:{ctx.program.phone}")
    return replace(message, kind="handoff", links=(link,))


def human(ctx: Context) -> Reply:
    """A person of the team: a ticket now, the phone line for those who cannot wait; the intake stays open."""
    word_id = "human.open" if ctx.program.is_open(ctx.moment) else "human.closed"
    reply = Reply([with_phone_link(ctx, say(ctx, word_id, next_steps(ctx)[:1]))])
    if ctx.in_intake:
        reply.messages.append(say(ctx, "human.meanwhile"))
    note = "\n".join(part for part in (ctx.said.text, notes_text(ctx.position)) if part)
    reply.effects = Effects(tickets=[TicketDraft("person", note)])
    return reply


def callback(ctx: Context) -> Reply:
    """A call: to the number in this message, or to the one we know; otherwise we ask for one."""
    reading = read_phone(ctx.said.text)
    number = str(reading.value) if isinstance(reading, Read) else ctx.position.answers.get("phone")
    if not number:
        reply = Reply([with_phone_link(ctx, say(ctx, "callback.which_number"))])
        reply.slots = {"offer": "callback"}
        reply.effects = Effects(tickets=[TicketDraft("callback", ctx.said.text)])
        return reply
    shown = show_phone(str(number))
    reply = Reply([say(ctx, "callback.promised", next_steps(ctx), number=shown)])
    reply.effects = Effects(tickets=[TicketDraft("callback", f"{shown}\n{ctx.said.text}")])
    return reply


def phone_line(ctx: Context) -> Reply:
    """The program's number and hours, and the nurse line when nobody else is there."""
    word_id = "phone_line.open" if ctx.program.is_open(ctx.moment) else "phone_line.closed"
    return Reply([with_phone_link(ctx, say(ctx, word_id, next_steps(ctx)))])


def copy(ctx: Context) -> Reply:
    """A link to the page of what we have; on paper it comes from a coordinator."""
    lines = summary(ctx, "review.opening")
    if lines is None:
        return one(ctx, "review.nothing_yet", next_steps(ctx))
    asked = TicketDraft("copy", ctx.said.text)
    if ctx.position.status == DECLINED:
        # Nothing is kept that a page could show: here it is, in the conversation.
        return Reply([lines, say(ctx, "copy.on_paper", next_steps(ctx))], effects=Effects(tickets=[asked]))
    settings, token = get_settings(), links.new_token()
    link = (words.text("page.link", ctx.locale), links.address(settings.base_url, token))
    message = say(ctx, "copy.link", next_steps(ctx), days=f"{settings.page_days:g}")
    return Reply([replace(message, links=(link,))], effects=Effects(tickets=[asked], page_token=token))


def form(ctx: Context) -> Reply:
    """People who would rather not chat: the plain form, which on the web holds what was said here."""
    word_id = "form.instead_sms" if ctx.on_sms else "form.instead"
    link = (words.text("form.link", ctx.locale), f"{get_settings().base_url}/form")
    message = say(ctx, word_id, ("choice.person", *next_steps(ctx)[:1]))
    return Reply([replace(message, links=(link,))])


def english(ctx: Context) -> Reply:
    """Go on in English."""
    return _language(ctx, "en")


def spanish(ctx: Context) -> Reply:
    """Go on in Spanish."""
    return _language(ctx, "es")


def _language(ctx: Context, locale: str) -> Reply:
    there = replace(ctx, said=replace(ctx.said, locale=locale))
    reply = one(there, "language.switched", ("choice.learn", *next_steps(there)))
    reply.slots = {"locale": locale, "chosen_locale": locale}
    return reply


def complaint(ctx: Context) -> Reply:
    """No defence: thanks, a person hears of it."""
    reply = one(ctx, "complaint.heard", next_steps(ctx))
    reply.effects = Effects(tickets=[TicketDraft("complaint", ctx.said.text)])
    return reply


def short_path(ctx: Context) -> Reply:
    """Too tired: offer the few questions that let a person call."""
    reply = one(ctx, "short.offer", ("choice.yes", "choice.person"))
    reply.slots = {"offer": "short"}
    return reply


def stop_messages(ctx: Context) -> Reply:
    """No more messages: the consent to text ends at once, and a coordinator sees to it.

    Any reasonable way of taking it back counts (47 CFR 64.1200(a)(10)), so a misreading that ends it too early costs
    less than one that keeps it.
    """
    reply = one(ctx, "stop_messages.done" if ctx.on_sms else "stop_messages.web")
    reply.slots = dict(withdrawal.told_no((withdrawal.TEXT,)))
    reply.effects = Effects(
        take_back=(withdrawal.TEXT,), tickets=[TicketDraft("stop_messages", ctx.said.text)]
    )
    return reply


def go_to_intake(ctx: Context, short: bool = False) -> Reply:
    """Open the sign-up, or go on with it."""
    reply = Reply(followup=INTAKE)
    if short:
        shorter = next(
            (q for q in get_catalog().of_record(ctx.questionnaire.record) if q.id != q.record), None
        )
        position = replace(ctx.position, questionnaire=shorter.id) if shorter else ctx.position
        reply.slots["interview"] = replace(position, short=shorter is None).to_slot()
    return reply


REQUESTS: dict[str, Callable[[Context], Reply]] = {
    "human": human,
    "callback": callback,
    "phone_line": phone_line,
    "copy": copy,
    "form": form,
    "english": english,
    "spanish": spanish,
    "complaint": complaint,
    "short_path": short_path,
    "stop_messages": stop_messages,
}


def request(ctx: Context, wish: str) -> Reply:
    """Serve a wish by the name of its intent; one we do not know goes to a person."""
    return REQUESTS.get(wish, human)(ctx)
