"""One message being heard: the position as it changes, what has come of it so far, and what can be asked of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from bot.enrollment.answers import About, AnswerValue, NotRead, Read
from bot.enrollment.answers.zones import zone_for
from bot.enrollment.catalog import get_catalog
from bot.enrollment.position import Answers, Effect, Position, Say, Utterance, Word
from bot.enrollment.questionnaire import CONSENT, READ_BACK, Item, Questionnaire

# Parsers whose reading hangs on where the person lives: it takes a time zone to find out what "today" is.
DEPENDS_ON_PLACE = frozenset({"time", "date-of-birth"})
# Buttons, as word ids.
YES_NO = ("choice.yes", "choice.no")
SKIP_OR_PERSON = ("choice.skip_anyway", "choice.person")
PERSON = ("choice.person",)
RESUME = ("choice.resume", "choice.person")


@dataclass
class Turn:
    """One message being heard: the position as it changes, and what has come of it so far."""

    asked: Questionnaire
    at: Position
    said: Utterance
    recorded: Answers = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    say: list[Say] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    came_from: str | None = None
    goto: str | None = None
    mode: str | None = None
    asks: bool = True
    over: bool = False

    def __post_init__(self) -> None:
        self.came_from = self.at.open

    @property
    def item(self) -> Item | None:
        """The question the person is at."""
        return self.asked.item(self.at.open) if self.at.open and self.asked.has(self.at.open) else None

    @property
    def locale(self) -> str:
        """The language of this turn."""
        return self.said.locale

    def read(self) -> Read | NotRead:
        """The message as an answer to the open question."""
        return self.read_as(self.item, self.said.text) if self.item else NotRead()

    def read_as(self, item: Item, text: str) -> Read | NotRead:
        """Words as an answer to a question, with what we know of who says them, when and where."""
        if item.parser not in DEPENDS_ON_PLACE:
            return item.read(text, About(self.locale, self.said.at))
        zip_code, phone = (self.at.answers.get(link_id) for link_id in ("zip", "phone"))
        zone = zone_for(
            zip_code if isinstance(zip_code, str) else None,
            phone if isinstance(phone, str) else None,
            ZoneInfo(self.said.zone),
        )
        return item.read(text, About(self.locale, self.said.at, zone))

    def takes_any_words(self) -> bool:
        """Whether the open question takes any words for an answer."""
        return self.item is not None and self.item.parser in ("text", "time")

    def record(self, link_id: str, value: AnswerValue) -> None:
        """Keep an answer, and drop those that no longer apply."""
        self.at.answers[link_id] = value
        self.recorded[link_id] = value
        self.at.details.pop(link_id, None)
        self.at.misses.pop(link_id, None)
        if link_id in self.at.skipped:
            self.at.skipped.remove(link_id)
        if self.at.read_back and link_id not in (*self.at.changed, CONSENT, READ_BACK):
            self.at.changed.append(link_id)
        self._drop_what_no_longer_applies()

    def clear(self, link_id: str) -> None:
        """Take an answer back."""
        if self.at.answers.pop(link_id, None) is not None:
            self.cleared.append(link_id)
            self.at.details.pop(link_id, None)
        self.recorded.pop(link_id, None)

    def _drop_what_no_longer_applies(self) -> None:
        applies = {item.link_id for item in self.asked.walk(self.at.answers)}
        # Answers to other questionnaires are none of this one's business.
        ours = {item.link_id for item in self.asked.items} - applies
        for link_id in [known for known in self.at.answers if known in ours]:
            self.clear(link_id)

    def note(self, link_id: str, reason: str, text: str = "") -> None:
        """Something for the coordinator; the same thing only once."""
        entry = {"link_id": link_id, "reason": reason, "text": text}
        if entry not in self.at.notes:
            self.at.notes.append(entry)

    def word(self, word_id: str, choices: tuple[str, ...] = (), **facts: str) -> None:
        """Say a word by its id."""
        self.say.append(Word(word_id, facts, choices))


def party_of(turn: Turn) -> str:
    """Whose questions these are: `self` or `other`."""
    return "other" if turn.at.answers.get("for_whom") == "other" else "self"


def patient_of(turn: Turn) -> str | None:
    """What to call the patient, when we know."""
    return call_name(turn.at.answers.get("patient_name"))


def caller_of(turn: Turn) -> str | None:
    """What to call the person we talk with, when we know."""
    name = (
        turn.at.answers.get("caller_name")
        if party_of(turn) == "other"
        else turn.at.answers.get("patient_name")
    )
    return call_name(name)


def call_name(name: AnswerValue | None) -> str | None:
    """What to call someone by: the first of two names; a longer name whole, for family names come first in places."""
    if not isinstance(name, str) or not name:
        return None
    words = name.split()
    return words[0] if len(words) == 2 else name


def answer_lines(turn: Turn, link_ids: list[str]) -> tuple[tuple[str, str], ...]:
    """(label, value) of the answers among `link_ids`, in the order of the questions."""
    return tuple(
        (item.label[turn.locale], item.show(turn.at.answers[item.link_id])[turn.locale])
        for item in get_catalog().told_in(turn.asked, turn.at.answers)
        if item.link_id in link_ids and item.link_id in turn.at.answers and item.link_id != READ_BACK
    )


def label_of(turn: Turn, link_id: str) -> str:
    """The label of a question, empty when there is no such question."""
    return turn.asked.item(link_id).label[turn.locale] if turn.asked.has(link_id) else ""


def questions_left(turn: Turn) -> list[Item]:
    """Questions that apply and are still open, in order; on the short path only those it needs."""
    return [
        item
        for item in turn.asked.walk(turn.at.answers)
        if item.link_id not in turn.at.answers
        and item.link_id not in turn.at.skipped
        and (item.short or not turn.at.short)
    ]


# How sure the classifier must be: to take a message as something other than an answer, to do so while the open
# question takes any words at all, and to serve a question mark whose meaning is only likely.
CONFIDENT, CONFIDENT_OVER_WORDS, LIKELY = 0.55, 0.8, 0.3


# A message of more words than this at a free question is an answer, whatever it resembles.
SHORT_MESSAGE = 8


def confidence_needed(turn: Turn) -> float:
    """How sure the classifier must be here to overrule an answer."""
    return CONFIDENT_OVER_WORDS if turn.takes_any_words() else CONFIDENT


# A rule looks at the turn; True when it has taken the message.
Rule = Callable[[Turn], bool]
