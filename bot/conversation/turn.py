"""One turn of a conversation, top to bottom: opt-out, safety, who is in control, welcome, engine.

Each stage looks at the turn, may add to its result, and says whether the turn goes on. What the stages decided is
committed in one transaction by `bot.conversation.runner`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import Connection

from bot import language, words
from bot.channels.sms import keywords, media
from bot.conversation import conversations, hints
from bot.conversation.engine_client import EngineClient, EngineFailed, EngineUnavailable, Reply
from bot.conversation.greeting import sms_greeting
from bot.conversation.inbox import Memory, Result, Work
from bot.conversation.messages import Choice, Draft
from bot.enrollment import record, withdrawal
from bot.handoff.tickets import URGENT, TicketDraft
from bot.program import get_program
from bot.safety import gate, stage
from bot.settings import get_settings
from bot.webform import filling


@dataclass
class Turn:
    """A message on its way through the stages."""

    work: Work
    engine: EngineClient
    result: Result = field(init=False)
    # Said by the gate before the engine's reply, unless the engine understood the message as one of `understood`.
    preface: Draft | None = None
    understood: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        memory = self.work.memory
        if self.by_person:
            memory = replace(memory, heard=self.work.text, heard_at=self.work.created_at.isoformat())
        if not self.work.conversation.safety_question:
            memory = replace(memory, held={})
        self.result = Result(memory=memory, locale=self.work.conversation.locale)

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

    @property
    def opted_out(self) -> bool:
        """True for a number that gets no texts, also when this very message says so: nothing we say would reach it."""
        if not self.on_sms:
            return False
        now_out = self.result.opted_out
        return bool(self.work.conversation.opted_out if now_out is None else now_out)

    @property
    def picked(self) -> str:
        """What the person said, a number or title of the choices last shown replaced by its value."""
        return _picked(self.work.text, self.work.memory.choices)

    @property
    def open_question(self) -> str:
        """The intake question that is open (its linkId), or ""."""
        return open_question(self.work.memory.engine)

    def say(self, draft: Draft) -> None:
        """Add a reply; its choices are those a number now picks."""
        self.result.drafts.append(draft)
        self.result.memory = replace(self.result.memory, danger=True)
        if draft.choices:
            self.result.memory = replace(self.result.memory, choices=draft.choices)

    def offer(self, choices: tuple[Choice, ...]) -> None:
        """Put choices under the last reply."""
        last = self.result.drafts.pop()
        self.say(replace(last, choices=choices))

    def times_said(self, name: str) -> int:
        """How often the safety gate has said something in this conversation."""
        return self.result.memory.said.get(name, 0)

    def count(self, name: str) -> None:
        """The safety gate has said it once more."""
        said = self.result.memory.said | {name: self.times_said(name) + 1}
        self.result.memory = replace(self.result.memory, said=said)

    def effect(self, effect: Callable[[Connection], None]) -> None:
        """Something to do in the commit of this turn."""
        self.result.effects.append(effect)

    def do(self, function: Callable[[Connection, str, Any], None], value: Any) -> None:
        """The same, for a function of the conversation's id and one value."""
        conversation_id = self.work.conversation_id
        self.effect(lambda connection: function(connection, conversation_id, value))

    def keep_held(self) -> None:
        """The answers of a form that the gate had taken for danger."""
        if self.result.memory.held:
            filling.take_held(self)

    async def go_on(self) -> None:
        """Have the open question asked again. Raises EngineUnavailable, EngineFailed."""
        await self.ask(words.text("resume_command", self.locale), {"author": "system"})

    async def tell_of_loss(self) -> None:
        """Have the engine end the interview after a death; what it says is not said, the gate has spoken.

        Raises:
            EngineUnavailable, EngineFailed: it has to be told later.
        """
        metadata = {"author": "system", "said": self.work.text}
        reply = await self._reply(words.text("loss_command", self.locale), metadata)
        self.result.memory = replace(self.result.memory, engine=reply.state, loss=False)

    async def ask(self, text: str, metadata: dict[str, Any]) -> Reply:
        """One turn of the engine; its replies and state become this turn's. Raises EngineUnavailable, EngineFailed."""
        reply = await self._reply(text, metadata)
        self.result.drafts.extend(reply.drafts)
        choices = next((draft.choices for draft in reversed(reply.drafts) if draft.choices), ())
        self.result.memory = replace(
            self.result.memory, engine=reply.state, choices=choices, danger=False, loss=False
        )
        self.result.locale = _locale_after(reply.state, self.locale)
        return reply

    async def _reply(self, text: str, metadata: dict[str, Any]) -> Reply:
        work = self.work
        return await self.engine.turn(
            conversation_id=work.conversation_id,
            message_id=work.message_id,
            text=text,
            locale=self.locale,
            channel=work.conversation.channel,
            state=self.result.memory.engine,
            metadata=metadata,
        )


# The engine's form, as in the domain.
INTAKE = "intake_form"

# Returns True when the turn is finished and later stages must not run.
Stage = Callable[[Turn], Awaitable[bool]]


async def speak_as_they_do(turn: Turn) -> bool:
    """The language of the message, unless the person has asked for one or only picked a choice we had put."""
    if not turn.by_person or _asked_for_language(turn.work.memory):
        return False
    said, _ = media.read(turn.work.text)
    if _picked(said, turn.work.memory.choices) == said:
        turn.result.locale = language.followed(said, turn.locale, first=turn.work.memory.engine is None)
    return False


def _asked_for_language(memory: Memory) -> bool:
    return bool(((memory.engine or {}).get("slots") or {}).get("chosen_locale"))


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
    told = {link_id: no for link_id, no in withdrawal.told_no(scopes).items() if link_id in state["slots"]}
    return {**state, "slots": {**state["slots"], **told}}


async def human_control(turn: Turn) -> bool:
    """While a coordinator is in control the assistant is silent: the message is in the log, their console shows it."""
    return bool(turn.work.conversation.control == conversations.HUMAN)


async def opted_out(turn: Turn) -> bool:
    """Someone who opted out of texts wrote anyway: we may not answer by text, so a human is told."""
    if not turn.opted_out:
        return False
    if turn.work.conversation.opted_out:
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
    before = len(turn.result.drafts)
    try:
        if work.memory.loss:
            await turn.tell_of_loss()
        text = turn.picked
        metadata = {
            "author": work.author,
            "after_danger": work.memory.danger and turn.by_person,
            "label": hints.known_meaning(text, work.memory.engine),
            "parts": hints.clauses(text),
        }
        reply = await turn.ask(text, metadata)
    except (EngineUnavailable, EngineFailed):
        if turn.preface is None:
            raise
        # What the gate has to say does not wait for the engine.
        turn.say(turn.preface)
        return True
    if turn.preface is not None and not _says_it_too(reply, turn.understood):
        turn.result.drafts.insert(before, replace(turn.preface, choices=(), kind="text"))
    return True


def _says_it_too(reply: Reply, labels: tuple[str, ...]) -> bool:
    trace = reply.trace
    return trace.get("intent") in labels and float(trace.get("confidence") or 0.0) >= stage.CERTAIN


def open_question(state: dict[str, Any] | None) -> str:
    """The linkId of the intake question an engine's state stands at, "" when none is open."""
    if not state or (state.get("active_loop") or {}).get("name") != INTAKE:
        return ""
    slots = state.get("slots") or {}
    interview = slots.get("interview") or {}
    return str(interview.get("open") or slots.get("requested_slot") or "")


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
    # Before anything that could fail: nothing may stand between a cry for help and its answer.
    stage.safety,
    speak_as_they_do,
    permission_taken_back,
    human_control,
    opted_out,
    stage.locked,
    welcome,
    wordless,
    ask_engine,
)


# A part of the plain form: the same gate first; the engine is not needed, so that the form saves while it is away.
FORM_STAGES: tuple[Stage, ...] = (
    filling.safety,
    permission_taken_back,
    filling.with_a_human,
    filling.locked,
    filling.keep,
)


async def run(turn: Turn) -> Result:
    """Take a turn through the stages.

    Raises:
        EngineUnavailable, EngineFailed: nothing of the turn counts; the runner decides what happens.
    """
    for one in STAGES if turn.work.fields is None else FORM_STAGES:
        if await one(turn):
            break
    return turn.result
