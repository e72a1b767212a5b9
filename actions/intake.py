"""The intake form: every message while a question is open, and the end of it.

Rasa's form calls `validate_intake_form` when it begins (with the message that began it), on every message while it is
active, and once more without news when it is interrupted. `requested_slot` is ours to set: the question to put next,
None to leave the form, or `WAITING` when we have just asked something ourselves and Rasa must not ask on top of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher

from actions.context import Context, context
from actions.effects import Effects
from actions.reply import Message, Reply, deliver, next_steps, one, say
from actions.request import with_phone_link
from actions.serve import one_set_of_choices, serve
from actions.summary import as_message
from bot import words
from bot.enrollment.answers import AnswerValue, same
from bot.enrollment.catalog import get_catalog
from bot.enrollment.consents import given_in
from bot.enrollment.interview import come_back, hear, mark_submitted, open_interview
from bot.enrollment.moves import notes_text
from bot.enrollment.position import (
    COMPLETE,
    PAUSED,
    Aside,
    Heard,
    Own,
    Say,
    Summary,
    Ticket,
    Why,
    Withdraw,
    Word,
)
from bot.enrollment.questionnaire import CONSENT, Questionnaire
from bot.enrollment.switching import back_to_main
from bot.enrollment.turn import call_name
from bot.handoff.tickets import TicketDraft

# No slot has this name, so Rasa finds no text to ask for it and stays quiet.
WAITING = "waiting_for_person"
# Said when a person asks for a language; from then on it is theirs, whatever language they write.
SWITCHED = "language.switched"


class ValidateIntakeForm(Action):
    """Hears one message of the intake. Not a FormValidationAction: the interview decides everything itself."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_intake_form"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Hear the last message, say what is to be said, and set where the form stands."""
        ctx = replace(context(tracker), in_intake=True)
        heard = _hear(ctx, tracker)
        there = replace(
            ctx,
            said=replace(ctx.said, locale=heard.locale),
            position=heard.position,
            questionnaire=_asked(ctx, heard),
            in_intake=heard.next is not None,
        )
        reply = _reply(there, heard)
        events = await deliver(there, dispatcher, reply)
        return _changes(tracker, [*events, *_events(there, heard)])


def _asked(ctx: Context, heard: Heard) -> Questionnaire:
    """The questionnaire we are in after the message; it may have asked for another one."""
    if heard.position.questionnaire in ("", ctx.questionnaire.id):
        return ctx.questionnaire
    return get_catalog().get(heard.position.questionnaire)


def _changes(tracker: Tracker, events: list[EventType]) -> list[EventType]:
    """Without slots that keep their value: each one costs the engine time. Rasa's form needs the two that stay."""
    kept = ("requested_slot", "interview")
    return [
        event
        for event in events
        if event["event"] != "slot"
        or event["name"] in kept
        or event["value"] != tracker.slots.get(event["name"])
    ]


def _hear(ctx: Context, tracker: Tracker) -> Heard:
    """Beginning, hearing, or coming back, told apart by what Rasa left in the tracker."""
    asked, position, said = ctx.questionnaire, ctx.position, ctx.said
    if tracker.get_slot("requested_slot") is None:
        return open_interview(asked, position, said)
    seen = position.heard is not None and position.heard == said.message_id
    if seen or _interrupted(tracker):
        return come_back(asked, position, said)
    return hear(asked, position, said)


def _interrupted(tracker: Tracker) -> bool:
    """Whether another action has already answered the last message."""
    for event in reversed(tracker.events):
        if event.get("event") == "user":
            return False
        if event.get("event") == "action" and event.get("name") not in (
            "intake_form",
            "action_listen",
            "action_extract_slots",
        ):
            return True
    return False


def _reply(ctx: Context, heard: Heard) -> Reply:
    reply = Reply(effects=_effects(ctx, heard))
    for said in heard.say:
        reply.add(_spoken(ctx, said))
    return one_set_of_choices(reply)


def _spoken(ctx: Context, said: Say) -> Reply:
    """One thing to say, in words."""
    match said:
        case Aside():
            return serve(ctx, said.label)
        case Own():
            return Reply([Message(said.text, said=f"start:{ctx.questionnaire.id}")])
        case Summary():
            return Reply([as_message(ctx, said.opening, said.lines)])
        case Why():
            facts = {"patient": _patient(ctx), "caller": ""}
            party = "other" if ctx.position.answers.get("for_whom") == "other" else "self"
            if f"why:{said.link_id}" in ctx.last_said:
                return one(ctx, "why.again")
            text = ctx.questionnaire.render(said.link_id, ctx.locale, party, "why", facts)
            return Reply([Message(text, said=f"why:{said.link_id}")])
        case Word():
            message = say(ctx, said.id, said.choices, patient=_patient(ctx), **said.facts)
            message = replace(message, choices=(*message.choices, *said.labels))
            calls = said.id in CALLING
            return Reply([with_phone_link(ctx, message) if calls else message])


# Words that give the phone line; they carry it as a link too.
CALLING = frozenset(
    {
        "consent.declined",
        "consent.undecided",
        "death.condolence",
        "unread.offer_person",
        "unread.offer_person_again",
    }
)


def _patient(ctx: Context) -> str:
    return call_name(ctx.position.answers.get("patient_name")) or words.text("patient.unnamed", ctx.locale)


def _effects(ctx: Context, heard: Heard) -> Effects:
    refused = any(isinstance(effect, Withdraw) for effect in heard.effects)
    effects = Effects(
        answers={} if refused else _values(ctx, heard),
        withdraw=refused,
        tickets=[
            TicketDraft(effect.topic, effect.note) for effect in heard.effects if isinstance(effect, Ticket)
        ],
    )
    effects.consents = given_in(ctx.questionnaire, heard)
    return effects


def _values(ctx: Context, heard: Heard) -> dict[str, Any]:
    """Changed answers with labels; with a fresh consent all, for a refusal may have emptied the record."""
    changed = heard.recorded
    if heard.recorded.get(CONSENT) is True:
        ours = {item.link_id for item in get_catalog().items_of_record(ctx.questionnaire.record)}
        changed = {known: value for known, value in heard.position.answers.items() if known in ours}
    return {link_id: _value(ctx, link_id, value) for link_id, value in changed.items()} | dict.fromkeys(
        heard.cleared
    )


def _value(ctx: Context, link_id: str, value: AnswerValue) -> dict[str, Any]:
    item = get_catalog().item(link_id, ctx.questionnaire.id)
    kept = {"value": value, "label": item.show(value) if item else same(str(value))}
    detail = ctx.position.details.get(link_id)
    return {**kept, "detail": detail} if detail else kept


def _events(ctx: Context, heard: Heard) -> list[EventType]:
    requested = heard.next if heard.next is None or heard.asks else WAITING
    slots: dict[str, Any] = {
        **heard.recorded,
        **dict.fromkeys(heard.cleared),
        "interview": heard.position.to_slot(),
        "locale": heard.locale,
        "party": heard.party,
        "ask_mode": heard.mode,
        "patient": heard.patient or words.text("patient.unnamed", heard.locale),
        "caller": heard.caller or "",
        "questionnaire": heard.position.questionnaire or get_catalog().main.id,
        "requested_slot": requested,
    }
    if any(isinstance(said, Word) and said.id == SWITCHED for said in heard.say):
        slots["chosen_locale"] = heard.locale
    return [SlotSet(name, value) for name, value in slots.items()]


class ActionSubmitIntake(Action):
    """Runs when the form is over: sends a confirmed sign-up to the coordinators, and nothing else."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_submit_intake"

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Submit, once, what was confirmed; back to the intake when it was another questionnaire."""
        ctx = replace(context(tracker), in_intake=False)
        if ctx.position.status != COMPLETE:
            return _put_aside(ctx)
        if ctx.position.answers.get(CONSENT) is False:
            return []
        position = mark_submitted(ctx.position)
        done = replace(ctx, position=back_to_main(position, ctx.questionnaire))
        reply = _thanks(done)
        reply.effects = Effects(submit=True, tickets=[_ticket(ctx)])
        reply.slots = _where(done)
        return await deliver(done, dispatcher, reply)


def _put_aside(ctx: Context) -> list[EventType]:
    """Left before its end: another questionnaire waits by its name, and the intake is where we are."""
    if ctx.position.status != PAUSED or ctx.questionnaire.record == get_catalog().main.record:
        return []
    there = replace(ctx, position=back_to_main(ctx.position, ctx.questionnaire))
    return [SlotSet(name, value) for name, value in _where(there).items()]


def _where(ctx: Context) -> dict[str, Any]:
    questionnaire = ctx.position.questionnaire or get_catalog().main.id
    return {"interview": ctx.position.to_slot(), "questionnaire": questionnaire}


def _ticket(ctx: Context) -> TicketDraft:
    """A finished sign-up has its own topic; any other questionnaire is named by its title."""
    if ctx.questionnaire.record == get_catalog().main.record:
        return TicketDraft("enrollment", notes_text(ctx.position))
    notes = notes_text(ctx.position)
    return TicketDraft(
        "questionnaire", "\n".join(part for part in (ctx.questionnaire.title["en"], notes) if part)
    )


def _thanks(ctx: Context) -> Reply:
    """A receipt: what happens now, when, and the number to call. `ctx` has the questionnaire that was done."""
    if ctx.questionnaire.thanks:
        text = ctx.questionnaire.thanks[ctx.locale].format(**ctx.facts)
        titles = tuple(words.text(step, ctx.locale) for step in next_steps(ctx))
        return Reply([Message(text, titles, said=f"thanks:{ctx.questionnaire.id}")])
    number = ctx.position.answers.get("phone")
    item = ctx.questionnaire.item("phone") if ctx.questionnaire.has("phone") else None
    if number and item:
        message = say(ctx, "submitted", _after(ctx), number=item.show(number)[ctx.locale])
    else:
        message = say(ctx, "submitted.no_phone", _after(ctx))
    message = replace(message, choices=(*message.choices, *_offers(ctx)))
    return Reply([with_phone_link(ctx, message)])


def _after(ctx: Context) -> Iterable[str]:
    return ("choice.copy", "choice.after_enrollment", *next_steps(ctx))


def _offers(ctx: Context) -> list[str]:
    """Buttons to other questionnaires that are offered to this person now that this one is done."""
    party = "other" if ctx.position.answers.get("for_whom") == "other" else "self"
    return [
        asked.offer[ctx.locale]
        for asked in get_catalog().all()
        if asked.offer
        and asked.offered_after == ctx.questionnaire.record
        and asked.offered_to in (None, party)
        and ctx.position.others.get(asked.id, {}).get("status") != "submitted"
    ]
