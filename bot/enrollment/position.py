"""Where an interview stands, what was just said, and what came of it. Plain data, kept in dialogue slots as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import datetime
from typing import Any

from bot.enrollment.answers import AnswerValue
from bot.enrollment.answers.plain import is_question
from bot.thresholds import Thresholds, thresholds

Answers = dict[str, AnswerValue]

OPEN, PAUSED, DECLINED, COMPLETE, SUBMITTED, STOPPED = (
    "open", "paused", "declined", "complete", "submitted", "stopped",
)  # fmt: skip


@dataclass
class Position:
    """Where the interview stands.

    `open`: the question the person is at. `asked`: every question asked so far. `trail`: the questions left behind,
    for "back". `skipped`: passed over. `insisted`: required ones asked again after a skip. `misses`: unreadable
    answers in a row, by question. `details`: what was understood beyond an answer's value (windows of a time to call).
    `pending`: a value waiting for a yes, and what it may be instead. `fixing`: we asked what to fix.
    `changed`: answers changed since the last read-back. `notes`: what a coordinator should see. `worded`: the question
    put last and its wording, so that the same sentence is not said twice in a row. `questionnaire`: the id of the one
    being asked, empty for the intake. `others`: where others stand that were left for this one, by id.
    """

    answers: Answers = field(default_factory=dict)
    status: str = OPEN
    open: str | None = None
    asked: list[str] = field(default_factory=list)
    trail: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    insisted: list[str] = field(default_factory=list)
    misses: dict[str, int] = field(default_factory=dict)
    details: dict[str, dict[str, Any]] = field(default_factory=dict)
    pending: dict[str, Any] | None = None
    fixing: bool = False
    changed: list[str] = field(default_factory=list)
    read_back: bool = False
    short: bool = False
    own_name: str | None = None
    notes: list[dict[str, str]] = field(default_factory=list)
    heard: str | None = None
    worded: str | None = None
    questionnaire: str = ""
    others: dict[str, dict[str, Any]] = field(default_factory=dict)

    def to_slot(self) -> dict[str, Any]:
        """Everything but the answers, which have slots of their own."""
        state = asdict(self)
        state.pop("answers")
        return state

    @classmethod
    def from_slot(
        cls, state: Mapping[str, Any] | None, answers: Mapping[str, AnswerValue | None]
    ) -> Position:
        """The position kept by `to_slot`; unknown keys (from another version) are ignored."""
        known = {f.name for f in fields(cls)} - {"answers"}
        kept = {key: value for key, value in (state or {}).items() if key in known}
        return cls(answers={key: value for key, value in answers.items() if value is not None}, **kept)


@dataclass(frozen=True)
class Part:
    """A clause of a message, and what the classifier made of it on its own."""

    text: str
    intent: str
    confidence: float

    @property
    def family(self) -> str:
        """The intent's family."""
        return self.intent.split("/")[0]

    def wants_something(self, sure: Thresholds) -> bool:
        """Whether it is a question or a request; "to be at home" is none, however much it sounds like an article."""
        if self.family == "ask" and not is_question(self.text):
            return self.confidence >= sure.clear_statement
        return self.family in WISHES and self.confidence >= sure.clear_part


@dataclass(frozen=True)
class Utterance:
    """One message and what the classifier made of it. `intent` is a full label (`ask/role_nurse`).

    `parts`: its clauses, when there are several. `between`: two readings too close to choose from. `known`: the intent
    is beyond doubt (a choice that was picked, a title that was typed).
    """

    text: str
    intent: str = "out_of_scope"
    confidence: float = 0.0
    ranking: tuple[tuple[str, float], ...] = ()
    locale: str = "en"
    channel: str = "webchat"
    topic: str = ""
    offer: str = ""
    message_id: str | None = None
    # When it was said (aware; now when omitted), and the program's time zone.
    at: datetime | None = None
    zone: str = "UTC"
    # The message before this one was answered by the safety gate.
    after_danger: bool = False
    parts: tuple[Part, ...] = ()
    between: tuple[str, ...] = ()
    known: bool = False
    # What the last reply said: word ids, `article:<id>`, `more:<id>`.
    last_said: tuple[str, ...] = ()

    @property
    def family(self) -> str:
        """The intent's family: `ask` of `ask/role_nurse`."""
        return self.intent.split("/")[0]

    def best(self, *families: str) -> tuple[str, float] | None:
        """The likeliest label of these families, with its confidence."""
        candidates = [(self.intent, self.confidence), *self.ranking]
        fitting = [pair for pair in candidates if pair[0].split("/")[0] in families]
        return max(fitting, key=lambda pair: pair[1], default=None)

    def wishes(self) -> tuple[str, ...]:
        """The questions and requests in a message, as labels in the order said; at most two.

        A message of one clause holds at most what it is as a whole. In a longer one the clauses speak for themselves;
        where only one of them wants something, it or the whole, whichever is clearer.
        """
        sure = thresholds()
        whole = self.intent if self.family in WISHES else ""
        heard = {part.intent: part.confidence for part in self.parts if part.wants_something(sure)}
        found = tuple(heard)
        if len(found) == 1 and whole and self.confidence >= heard[found[0]]:
            return (whole,)
        return found[:MOST_WISHES] or ((whole,) if whole else ())


# Families that want something of us.
WISHES = ("ask", "request")
MOST_WISHES = 2


@dataclass(frozen=True)
class Word:
    """Say a text of `data/words`, with facts. Buttons: `choices` are word ids, `labels` texts as they stand."""

    id: str
    facts: Mapping[str, str] = field(default_factory=dict)
    choices: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True)
class Why:
    """Say why a question is asked."""

    link_id: str


@dataclass(frozen=True)
class Aside:
    """Answer something beside the interview, by intent label: an article, a request, a kind word."""

    label: str


@dataclass(frozen=True)
class Summary:
    """Read answers back: (label, value) lines under an opening word."""

    opening: str
    lines: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Own:
    """Say a text of the questionnaire itself, as it stands."""

    text: str


Say = Word | Why | Aside | Summary | Own


@dataclass(frozen=True)
class Ticket:
    """A human is needed: a topic of `bot.handoff` and a note."""

    topic: str
    note: str


@dataclass(frozen=True)
class Withdraw:
    """What was kept of this sign-up is to be given up."""


Effect = Ticket | Withdraw


@dataclass(frozen=True)
class Heard:
    """What came of a message.

    `recorded` and `cleared`: changes of answers. `next`: the question the form stands at, None when it is over or
    paused. `asks`: whether that question is to be put now (not when something else was just asked).
    """

    position: Position
    recorded: Answers
    cleared: tuple[str, ...]
    next: str | None
    asks: bool
    mode: str
    say: tuple[Say, ...]
    effects: tuple[Effect, ...]
    locale: str
    party: str
    patient: str | None
    caller: str | None
