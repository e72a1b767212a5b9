"""A tracker store that keeps nothing: a tracker lives as long as its turn.

The running turn stands in a context variable, so turns of different conversations in one process never meet.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker

from bot.engine.turn_state import State, unpack


@dataclass
class Turn:
    """One turn while it runs; `tracker` is there once Rasa is done with it."""

    conversation_id: str
    locale: str
    state: State | None
    tracker: DialogueStateTracker | None = None


_running: ContextVar[Turn | None] = ContextVar("running_turn", default=None)


@contextmanager
def running(turn: Turn) -> Iterator[Turn]:
    """Make `turn` the one that the store serves within this context."""
    token = _running.set(turn)
    try:
        yield turn
    finally:
        _running.reset(token)


class TurnStore(TrackerStore):
    """Gives Rasa the tracker of the running turn, and takes it back into the turn."""

    def __init__(
        self, domain: Domain | None = None, event_broker: EventBroker | None = None, **_: Any
    ) -> None:
        super().__init__(domain, event_broker)
        self.domain = domain or Domain.empty()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """The tracker of the running turn; None when none runs, or one of another conversation.

        Raises:
            StateProblem: the turn came with a state that cannot be read.
        """
        turn = _running.get()
        if turn is None or turn.conversation_id != sender_id:
            return None
        return unpack(sender_id, turn.state, self.domain, turn.locale)

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Leave the tracker with its turn; nothing is written anywhere."""
        turn = _running.get()
        if turn is not None and turn.conversation_id == tracker.sender_id:
            turn.tracker = tracker

    async def keys(self) -> Iterable[str]:
        """Nobody: nothing is kept."""
        return []
