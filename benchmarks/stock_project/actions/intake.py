"""The intake form's checks and its end, the way Rasa's own examples write them.

It runs in Rasa's environment; where mypy runs, rasa_sdk has no types.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from contextlib import closing
from typing import Any

from rasa_sdk import Action, FormValidationAction, Tracker
from rasa_sdk.events import EventType
from rasa_sdk.executor import CollectingDispatcher

QUESTIONS = (
    "for_whom caller_name patient_name relation matters_most needs zip phone best_time consent read_back"
).split()
ONLY_FOR_OTHERS = ("caller_name", "relation")


class ValidateIntakeForm(FormValidationAction):  # type: ignore[misc]
    """Checks each answer before it becomes a slot."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "validate_intake_form"

    async def required_slots(
        self,
        domain_slots: list[str],
        dispatcher: CollectingDispatcher,
        tracker: Tracker,
        domain: dict[str, Any],
    ) -> list[str]:
        """The questions to ask; two of them only when the care is for someone else."""
        if tracker.get_slot("for_whom") == "other":
            return domain_slots
        return [slot for slot in domain_slots if slot not in ONLY_FOR_OTHERS]

    def validate_for_whom(
        self, value: str, dispatcher: CollectingDispatcher, *_: object
    ) -> dict[str, str | None]:
        """For the person who writes, or for someone else."""
        words = set(re.findall(r"\w+", value.lower()))
        if words & {"someone", "mother", "mom", "father", "dad", "wife", "husband"}:
            return {"for_whom": "other"}
        if words & {"me", "myself"}:
            return {"for_whom": "me"}
        return _refused("for_whom", dispatcher)

    def validate_zip(self, value: str, dispatcher: CollectingDispatcher, *_: object) -> dict[str, str | None]:
        """Five digits."""
        found = re.search(r"\b\d{5}\b", value)
        return {"zip": found.group()} if found else _refused("zip", dispatcher)

    def validate_phone(
        self, value: str, dispatcher: CollectingDispatcher, *_: object
    ) -> dict[str, str | None]:
        """Ten digits."""
        digits = re.sub(r"\D", "", value)
        return {"phone": f"+1{digits}"} if len(digits) == 10 else _refused("phone", dispatcher)

    def validate_consent(
        self, value: str, dispatcher: CollectingDispatcher, *_: object
    ) -> dict[str, str | None]:
        """Yes or no."""
        return _yes_or_no("consent", value, dispatcher)

    def validate_read_back(
        self, value: str, dispatcher: CollectingDispatcher, *_: object
    ) -> dict[str, str | None]:
        """Yes or no."""
        return _yes_or_no("read_back", value, dispatcher)


class ActionSubmitIntake(Action):  # type: ignore[misc]
    """Stores what was gathered."""

    def name(self) -> str:
        """The action's name in the domain."""
        return "action_submit_intake"

    def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        """Store the slots under the conversation's id."""
        answers = {slot: tracker.get_slot(slot) for slot in QUESTIONS}
        with closing(sqlite3.connect(os.environ["STOCK_ENROLLMENTS"])) as database, database:
            database.execute(
                "CREATE TABLE IF NOT EXISTS enrollments (conversation_id TEXT PRIMARY KEY, answers TEXT)"
            )
            database.execute(
                "INSERT OR REPLACE INTO enrollments VALUES (?, ?)", (tracker.sender_id, json.dumps(answers))
            )
        dispatcher.utter_message(response="utter_submitted")
        return []


def _yes_or_no(slot: str, value: str, dispatcher: CollectingDispatcher) -> dict[str, str | None]:
    said = value.strip().lower()
    return {slot: said} if said in ("yes", "no") else _refused(slot, dispatcher)


def _refused(slot: str, dispatcher: CollectingDispatcher) -> dict[str, str | None]:
    dispatcher.utter_message(response="utter_not_valid")
    return {slot: None}
