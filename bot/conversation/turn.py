"""One turn of a conversation, top to bottom: opt-out, safety, who is in control, welcome, engine.

Each stage looks at the turn, may add to its result, and says whether the turn goes on. What the stages decided is
committed in one transaction by `bot.conversation.runner`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from bot import words
from bot.channels.sms import keywords, media
from bot.conversation import conversations
from bot.conversation.engine_client import EngineClient
from bot.conversation.greeting import sms_greeting
from bot.conversation.inbox import Memory, Result, Work
from bot.conversation.messages import Choice, Draft
from bot.enrollment import record, withdrawal
from bot.enrollment.catalog import get_catalog
from bot.handoff.tickets import URGENT, TicketDraft
from bot.program import get_program
from bot.safety import gate, responses
from bot.settings import get_settings


@dataclass
class Turn:
    """A message on its way through the stages."""

    work: Work
    engine: EngineClient
    result: Result = field(init=False)

    def __post_init__(self) -> None:
        self.result = Result(memory=self.work.memory, locale=self.work.conversation.locale)

    @property
    def locale(self) -> str:
        """The language of this conversation."""
        return self.result.locale

    @property
    def by_person(self) -> bool:
        """False for an event of our own that needs a turn (control handed back)."""
        return self.work.author == "person"

    @property
    def on_sms(self) -> bool:
        """True for a text message."""
        return bool(self.work.conversation.channel == "sms")


# Returns True when the turn is finished and later stages must not run.
Stage = Callable[[Turn], Awaitable[bool]]


async def opt_out(turn: Turn) -> bool:
    """STOP, START and HELP on SMS: carriers act on them before us, we mirror the state (DOMAIN 3)."""
    if not (turn.on_sms and turn.by_person):
        return False
    keyword = keywords.read(turn.work.text, opted_out=bool(turn.work.conversation.opted_out))
    if keyword is None:
        return False
    facts = get_program().facts(turn.locale)
    if keyword is keywords.Keyword.STOP:
        # Twilio answers STOP itself and blocks anything we would send; a coordinator must know (and may call).
        turn.result.opted_out = True
        turn.result.tickets.append(TicketDraft("opted_out", "opted out of text messages"))
        _take_back(turn, (withdrawal.TEXT,))
        # Danger in the same text goes on to the next stage, whose ticket has a human call.
        return gate.assess(turn.work.text) is None
    if keyword is keywords.Keyword.START:
        turn.result.opted_out = False
        turn.result.drafts.append(Draft(words.text("opted_in", turn.locale, **facts), author="system"))
        return True
    turn.result.drafts.append(Draft(words.text("help_sms", turn.locale, **facts), author="system"))
    return True


async def safety(turn: Turn) -> bool:
    """Danger first, whoever is in control: reviewed words and an urgent ticket."""
    if not turn.by_person:
        return False
    finding = gate.assess(turn.work.text)
    if finding is None:
        return False
    turn.result.drafts.append(responses.to(finding, turn.locale))
    turn.result.tickets.append(responses.ticket(finding))
    turn.result.memory = replace(turn.result.memory, danger=True)
    return True


async def permission_taken_back(turn: Turn) -> bool:
    """ "Don't text me any more", "delete what I told you": done at once, whoever is in control, engine up or down."""
    wish = withdrawal.read(turn.work.text) if turn.by_person else None
    if wish is None:
        return False
    _take_back(turn, wish.scopes)
    memory = turn.result.memory
    if withdrawal.takes_back_storing(wish):
        # What the dialogue still knows goes with the record.
        turn.result.memory = Memory()
    else:
        turn.result.memory = replace(memory, engine=_told_no(memory.engine, wish.scopes))
    facts = get_program().facts(turn.locale) | {"days": f"{get_settings().held_days:g}"}
    turn.result.drafts.append(Draft(words.text(wish.word, turn.locale, **facts), author="system"))
    turn.result.tickets.append(TicketDraft("permission", wish.word.partition(".")[2]))
    return True


def _take_back(turn: Turn, scopes: tuple[str, ...]) -> None:
    def take_back(connection: Connection) -> None:
        record.take_back(connection, turn.work.conversation_id, turn.work.message_id, scopes)

    turn.result.effects.append(take_back)


def _told_no(state: dict[str, Any] | None, scopes: tuple[str, ...]) -> dict[str, Any] | None:
    """The dialogue's state with a no where a yes to these scopes was kept."""
    if state is None or not isinstance(state.get("slots"), dict):
        return state
    asked = [item for one in get_catalog().all() for item in one.items if item.scope in scopes]
    told = {
        item.link_id: False for item in asked if item.type == "boolean" and item.link_id in state["slots"]
    }
    return {**state, "slots": {**state["slots"], **told}}


async def human_control(turn: Turn) -> bool:
    """While a coordinator is in control the assistant is silent: the message is in the log, their console shows it."""
    return bool(turn.work.conversation.control == conversations.HUMAN)


async def opted_out(turn: Turn) -> bool:
    """Someone who opted out of texts wrote anyway: we may not answer by text, so a human is told."""
    if not turn.on_sms or not turn.work.conversation.opted_out:
        return False
    turn.result.tickets.append(TicketDraft("opted_out", "wrote after opting out; please call", URGENT))
    return True


async def welcome(turn: Turn) -> bool:
    """The first text of a number is answered with who we are, how often we text, HELP and STOP (DOMAIN 3)."""
    if turn.on_sms and turn.work.seq == 1:
        turn.result.drafts.extend(sms_greeting(turn.locale))
    return False


async def wordless(turn: Turn) -> bool:
    """A text that brought a picture or nothing at all: say kindly what we can read; words beside it go on."""
    if not (turn.on_sms and turn.by_person):
        return False
    said, picture = media.read(turn.work.text)
    facts = get_program().facts(turn.locale)
    if picture:
        turn.result.drafts.append(Draft(words.text("sms_no_pictures", turn.locale, **facts), author="system"))
        turn.work = replace(turn.work, text=said)
    elif not said.strip():
        turn.result.drafts.append(Draft(words.text("sms_empty", turn.locale, **facts), author="system"))
    return not said.strip()


async def ask_engine(turn: Turn) -> bool:
    """The dialogue model leads: one stateless turn of Rasa."""
    work = turn.work
    reply = await turn.engine.turn(
        conversation_id=work.conversation_id,
        message_id=work.message_id,
        text=_picked(work.text, work.memory.choices),
        locale=turn.locale,
        channel=work.conversation.channel,
        state=work.memory.engine,
        metadata={"author": work.author, "after_danger": work.memory.danger},
    )
    turn.result.drafts.extend(reply.drafts)
    choices = next((draft.choices for draft in reversed(reply.drafts) if draft.choices), ())
    turn.result.memory = Memory(engine=reply.state, choices=choices)
    turn.result.locale = _locale_after(reply.state, turn.locale)
    return True


def _picked(text: str, choices: tuple[Choice, ...]) -> str:
    """The value of the choice a person picked by its number ("2", "2.") or title; otherwise what they wrote."""
    said = text.strip().rstrip(".)").strip()
    if said.isdecimal() and said.isascii() and 1 <= int(said) <= len(choices):
        return choices[int(said) - 1]["value"]
    for choice in choices:
        if said.casefold() == choice["title"].casefold():
            return choice["value"]
    return text


def _locale_after(state: dict[str, object], before: str) -> str:
    slots = state.get("slots")
    locale = slots.get("locale") if isinstance(slots, dict) else None
    return locale if locale in words.LOCALES else before


STAGES: tuple[Stage, ...] = (
    opt_out,
    safety,
    permission_taken_back,
    human_control,
    opted_out,
    welcome,
    wordless,
    ask_engine,
)


async def run(turn: Turn) -> Result:
    """Take a turn through the stages.

    Raises:
        EngineUnavailable, EngineFailed: nothing of the turn counts; the runner decides what happens.
    """
    for stage in STAGES:
        if await stage(turn):
            break
    return turn.result
