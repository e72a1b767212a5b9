"""Someone talking to the actions directly, with a tracker kept as Rasa's form keeps it (rasa/core/actions/forms.py)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from rasa_sdk import Tracker
from rasa_sdk.executor import ActionExecutor

from bot.conversation import conversations
from bot.enrollment.catalog import get_catalog
from bot.records.database import Database
from tests.support.intake_walk import ME_EN, answer_to

FORM = "intake_form"
# Which action answers which family of intents outside the form: the bot's general rules.
BY_FAMILY = {
    "enroll": FORM,
    "tell": FORM,
    "loss": "action_small_talk",
    "ask": "action_answer",
    "request": "action_request",
    "nav": "action_navigate",
    "social": "action_small_talk",
    "affirm": "action_follow_up",
    "deny": "action_follow_up",
    "unsure": "action_follow_up",
    "out_of_scope": "action_unsure",
}


class Talker:
    """A conversation with the actions. `replies` are the texts of the last turn, question included."""

    def __init__(self, database: Database, locale: str = "en", channel: str = "webchat") -> None:
        self.executor = ActionExecutor()
        self.executor.register_package("actions")
        with database.begin() as connection:
            self.conversation_id = (
                conversations.open_web(connection, locale, []).conversation_id
                if channel == "webchat"
                else conversations.ensure_sms(connection, "+13125550100", locale)
            )
        self.slots: dict[str, Any] = {"locale": locale}
        self.channel = channel
        self.active = False
        self.count = 0
        self.replies: list[str] = []
        self.messages: list[dict[str, Any]] = []

    def say(self, text: str, intent: str = "out_of_scope", confidence: float = 0.95) -> list[str]:
        """One turn. Returns what was replied."""
        self.count += 1
        self.replies, self.messages = [], []
        message = {
            "text": text,
            "message_id": f"{self.conversation_id[:8]}-{self.count}",
            "intent": {"name": intent.split("/")[0], "full": intent, "confidence": confidence},
            "intent_ranking": [{"name": intent, "confidence": confidence}],
            "entities": [],
            "metadata": {"channel": self.channel},
        }
        family = "loss" if intent == "tell/death" else intent.split("/")[0]
        action: str | None = FORM if self.active else BY_FAMILY[family]
        events: list[dict[str, Any]] = [{"event": "user", "text": text}]
        while action:
            action = self._form(message, events) if action == FORM else self._run(action, message, events)
        return self.replies

    def walk(
        self, answers: Mapping[str, str] = ME_EN, until: str | None = None, locale: str = "en"
    ) -> Talker:
        """Answer what is asked until the question `until` is open, or until nothing is."""
        for _ in range(90):
            if not self.active or self.slots.get("requested_slot") == until:
                break
            self.say(answer_to(str(self.slots["requested_slot"]), answers, locale))
        assert until is None or self.slots.get("requested_slot") == until, f"{until} was never asked"
        return self

    def run_again(self, action: str, slots: dict[str, Any], message: dict[str, Any]) -> Any:
        """The very same call of an action once more, as after a crash."""
        return self._call(action, slots, message, [{"event": "user", "text": message["text"]}])

    def _form(self, message: dict[str, Any], events: list[dict[str, Any]]) -> str | None:
        self.slots["requested_slot"] = self.slots.get("requested_slot") if self.active else None
        self.active = True
        events.append({"event": "action", "name": FORM})
        self._run("validate_intake_form", message, events)
        requested = self.slots.get("requested_slot")
        if requested is None:
            self.active = False
            return "action_submit_intake"
        questionnaire = get_catalog().get(self.slots["questionnaire"])
        if questionnaire.has(requested):
            facts = {"patient": self.slots["patient"], "caller": self.slots["caller"]}
            asked = questionnaire.render(
                requested, self.slots["locale"], self.slots["party"], self.slots["ask_mode"], facts
            )
            self.replies.append(asked)
        return None

    def _run(self, action: str, message: dict[str, Any], events: list[dict[str, Any]]) -> str | None:
        result = self._call(action, self.slots, message, events)
        events.append({"event": "action", "name": action})
        following = None
        for event in result["events"]:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
            elif event["event"] == "followup":
                following = event["name"]
        self.messages += result["responses"]
        self.replies += [response["text"] for response in result["responses"]]
        return following

    def _call(
        self, action: str, slots: dict[str, Any], message: dict[str, Any], events: list[dict[str, Any]]
    ) -> dict[str, Any]:
        tracker = Tracker(
            self.conversation_id,
            dict(slots),
            message,
            list(events),
            False,
            None,
            {"name": FORM} if self.active else {},
            None,
        ).current_state()
        result = asyncio.run(
            self.executor.run(
                {"next_action": action, "tracker": tracker, "domain": {}, "sender_id": self.conversation_id}
            )
        )
        assert result is not None
        return {"events": result.events, "responses": result.responses}

    @property
    def choices(self) -> list[str]:
        """Titles of the buttons of the last turn."""
        return [button["title"] for message in self.messages for button in message["buttons"]]
