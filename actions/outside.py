"""The actions that answer while no question of the intake is open: one a family of intents, all served alike.

Which of them Rasa's rules pick says only where a message belongs; what it holds is for `actions.serve` to see.
"""

from __future__ import annotations

from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

from actions.context import context
from actions.reply import deliver
from actions.serve import reply_to


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
        return await deliver(ctx, dispatcher, reply_to(ctx))


class ActionRequest(ActionAnswer):
    """Serves a request for a person, a call, the number, a language and the like."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_request"


class ActionNavigate(ActionAnswer):
    """Serves a command given while no question is open."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_navigate"


class ActionSmallTalk(ActionAnswer):
    """Answers greetings, thanks, feelings and the like; and a loss."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_small_talk"


class ActionFollowUp(ActionAnswer):
    """Answers a bare yes, no or "I don't know" outside the intake."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_follow_up"


class ActionUnsure(ActionAnswer):
    """Answers what was not understood."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_unsure"
