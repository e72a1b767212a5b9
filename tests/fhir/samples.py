"""Snapshots as the record gives them, written down by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from bot.enrollment.answers import AnswerValue
from bot.enrollment.snapshot import PATIENT, PROXY, Answer, ConsentGiven, Snapshot, Task, Writer

BEGAN = datetime(2026, 11, 20, 15, 30, 5, 123456, tzinfo=UTC)
SENT = BEGAN + timedelta(minutes=12)
PROGRAM = "Harbor Palliative Care"
HER_WORDS = 'To stay home with her dog ("Canela") & see the garden. Que no le falte música.'


def answered(
    link_id: str, value: AnswerValue, at: datetime = BEGAN, detail: Mapping[str, Any] | None = None
) -> Answer:
    """One answer whose label reads as its value."""
    label = {"en": str(value), "es": str(value)}
    return Answer(link_id, value, label, at, PROXY, words="a whole message", detail=detail or {})


def consented(
    kind: str, decision: str = "yes", at: datetime = BEGAN, by: str = PROXY, **more: str
) -> ConsentGiven:
    """One consent."""
    wording = f"intake/2/consent_{kind}"
    return ConsentGiven(f"{kind}:{at.isoformat()}", kind, decision, wording, "en", "webchat", at, by, **more)


def snapshot(answers: Mapping[str, AnswerValue | Answer], **more: Any) -> Snapshot:
    """A submitted enrollment with these answers, stored with consent."""
    kept = {
        link_id: value if isinstance(value, Answer) else answered(link_id, value)
        for link_id, value in answers.items()
    }
    fields: dict[str, Any] = {
        "id": "7b0b5c9e-58fb-4b44-a6a8-5d2f5a7b7c11",
        "conversation_id": "11111111-58fb-4b44-a6a8-5d2f5a7b7c11",
        "questionnaire": "intake",
        "state": "submitted",
        "channel": "webchat",
        "locale": "en",
        "created_at": BEGAN,
        "updated_at": SENT,
        "submitted_at": SENT,
        "completeness": 100,
        "answers": kept,
        "writer": Writer(PROXY, "Ana Lopez", "child"),
        "consents": (consented("store"),),
        "tasks": (Task("t1", "welcome_call", "coordinator", "Call to welcome", "open", SENT, SENT),),
    }
    return Snapshot(**(fields | more))


def daughter() -> Snapshot:
    """A daughter who signed her mother up."""
    windows = ["2026-11-23T08:00-06:00/2026-11-23T12:00-06:00"]
    return snapshot(
        {
            "for_whom": "other",
            "caller_name": "Ana Lopez",
            "patient_name": "Rosa Canaria Lopez",
            "relation": "child",
            "matters_most": HER_WORDS,
            "needs": ["body", "practical"],
            "zip": "60614",
            "phone": "+13125550188",
            "best_time": answered("best_time", "weekday mornings", detail={"windows": windows}),
            "consent": True,
            "read_back": True,
        }
    )


def patient() -> Snapshot:
    """A patient who signed up for herself, in Spanish."""
    return snapshot(
        {
            "for_whom": "me",
            "patient_name": "María López",
            "matters_most": "dormir en mi cama",
            "phone": "+13125550188",
            "consent": True,
        },
        locale="es",
        channel="sms",
        writer=Writer(PATIENT, "María López"),
        consents=(replace(consented("store", by=PATIENT), locale="es", channel="sms"),),
    )
