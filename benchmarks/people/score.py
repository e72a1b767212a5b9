"""What the record holds of what was said."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from sqlalchemy import Connection, select

from benchmarks.people.cast import CAREGIVER, VERBATIM
from benchmarks.people.play import Played
from bot.conversation import messages
from bot.conversation.tables import conversation
from bot.enrollment import record, snapshot
from bot.enrollment.answers import AnswerValue
from bot.enrollment.answers.plain import fold
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import READ_BACK
from bot.enrollment.snapshot import Snapshot
from bot.records.crypto import get_keyring
from bot.safety import detections

RIGHT, WRONG, MISSING = "right", "wrong", "missing"
DONE_STATES = frozenset({"submitted", "accepted", "active"})


@dataclass(frozen=True)
class Verdict:
    """What became of one answer.

    Attributes:
        typed: what the person wrote last for it.
        wanted: what the record must hold, and `kept`: what it holds.
        asked_back: whether we asked "is that right?" about it.
    """

    link_id: str
    typed: str
    wanted: AnswerValue | None
    kept: AnswerValue | None
    outcome: str
    asked_back: bool


@dataclass(frozen=True)
class Alarm:
    """A message that the safety gate answered. Nobody here is in danger: each is a false alarm."""

    level: str
    category: str
    rule: str
    words: str


@dataclass
class Result:
    """One person's record beside what they said."""

    played: Played
    state: str = ""
    caregiver_state: str = ""
    verdicts: list[Verdict] = field(default_factory=list)
    alarms: list[Alarm] = field(default_factory=list)

    @property
    def wants(self) -> bool:
        """Whether they want to complete the sign-up."""
        return self.played.who.agrees

    @property
    def completed(self) -> bool:
        """Whether everything they came for was sent in."""
        asked_for = [self.state]
        if self.played.who.path == CAREGIVER:
            asked_for.append(self.caregiver_state)
        return all(state in DONE_STATES for state in asked_for)


def read_records(connection: Connection, plays: Iterable[Played]) -> list[Result]:
    """Every person's record, read as the pages and the Bundle read it, beside what they said."""
    return [_result(connection, played) for played in plays]


def _result(connection: Connection, played: Played) -> Result:
    result = Result(played)
    kept: dict[str, AnswerValue] = {}
    patterns: dict[str, str] = {}
    conversation_id = _conversation_id(connection, played)
    result.alarms = _alarms(connection, conversation_id)
    for known in record.of_conversation(connection, conversation_id):
        taken = snapshot.take(connection, known.id)
        if taken.questionnaire == get_catalog().main.id:
            result.state = taken.state
        else:
            result.caregiver_state = taken.state
        kept = _values(taken) | kept
        patterns |= {name: str(found.detail.get("pattern", "")) for name, found in taken.answers.items()}
    if played.ended == "refused":
        result.verdicts = [Verdict(link_id, "", None, value, WRONG, False) for link_id, value in kept.items()]
        return result
    result.verdicts = [
        _verdict(played, link_id, kept.get(link_id), patterns.get(link_id, ""))
        for link_id in sorted(played.truth)
        if link_id not in (READ_BACK,)
    ]
    return result


def _alarms(connection: Connection, conversation_id: str) -> list[Alarm]:
    found = [
        row
        for row in detections.of_conversation(connection, conversation_id)
        if row.source == detections.GATE
    ]
    words = messages.texts(connection, {row.message_id for row in found})
    return [Alarm(row.level, row.category, row.rule, words.get(row.message_id, "")) for row in found]


def _conversation_id(connection: Connection, played: Played) -> str:
    channel, key = played.key
    if channel == "webchat":
        return key
    wanted = conversation.c.address_hash == get_keyring().lookup("phone", key)
    return str(connection.execute(select(conversation.c.id).where(wanted)).scalar_one())


def _values(taken: Snapshot) -> dict[str, AnswerValue]:
    return {link_id: answer.value for link_id, answer in taken.answers.items()}


def _verdict(played: Played, link_id: str, kept: AnswerValue | None, pattern: str) -> Verdict:
    wanted = played.truth[link_id]
    outcome = _outcome(link_id, wanted, kept)
    if outcome == RIGHT and pattern != played.patterns.get(link_id, pattern):
        outcome, kept = WRONG, f"{kept} [{pattern}]"
    return Verdict(
        link_id, played.answered.get(link_id, ""), wanted, kept, outcome, link_id in played.asked_back
    )


def _outcome(link_id: str, wanted: AnswerValue | None, kept: AnswerValue | None) -> str:
    if kept is None:
        return RIGHT if wanted is None else MISSING
    if link_id in ("caller_name", "patient_name"):
        # How a name typed in small letters is written is a matter of taste.
        return RIGHT if fold(str(wanted)) == fold(str(kept)) else WRONG
    if isinstance(wanted, list) and isinstance(kept, list):
        return RIGHT if sorted(wanted) == sorted(kept) else WRONG
    return RIGHT if kept == wanted else WRONG


def verbatim(results: Iterable[Result]) -> list[Verdict]:
    """The answers from the heart that were given."""
    return [
        verdict
        for result in results
        for verdict in result.verdicts
        if verdict.link_id in VERBATIM and verdict.wanted is not None
    ]


def given(results: Iterable[Result]) -> list[Verdict]:
    """Answers and refusals of those who did not refuse to have them kept, the consent itself included."""
    return [verdict for result in results for verdict in result.verdicts]
