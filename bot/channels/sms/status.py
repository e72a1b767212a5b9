"""What Twilio reports about a text on its way, and what follows from each of its error codes (DOMAIN 3)."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, update

from bot import metrics
from bot.conversation import outbox
from bot.conversation.outbox import DELIVERED, FAILED, SENDING, SENT, WAITING, Never, NotNow, Parcel
from bot.conversation.tables import conversation
from bot.handoff import tickets
from bot.handoff.tickets import ROUTINE, URGENT, TicketDraft

log = logging.getLogger(__name__)

OPTED_OUT = "21610"
FILTERED = "30007"

# Reports come twice and out of order: a status only ever replaces one of a lower rank, and the last rank is for good.
RANK = {WAITING: 0, SENDING: 0, SENT: 1, DELIVERED: 2, FAILED: 2}
REPORTED = {
    "accepted": SENT,
    "scheduled": SENT,
    "queued": SENT,
    "sending": SENT,
    "sent": SENT,
    "delivered": DELIVERED,
    "read": DELIVERED,
    "undelivered": FAILED,
    "failed": FAILED,
    "canceled": FAILED,
}

# Tries in all for failures that may pass.
MOST_TRIES = {
    "30001": 4,  # Twilio's queue is full
    "30003": 3,  # phone off or out of reach
    "30008": 2,  # unknown error of the carrier: once more
    "30009": 2,  # a segment got lost
    "30017": 4,  # the carrier is congested
    "30022": 4,  # more than the sender's registration allows a minute
}
# Our account or registration is at fault: every text fails until somebody repairs it.
OUR_FAULT = frozenset(
    {
        "20003",
        "20404",
        "21408",
        "21606",
        "21659",
        "21660",
        "21703",
        "30002",
        FILTERED,
        "30023",
        "30032",
        "30034",
    }
)


@dataclass(frozen=True)
class Report:
    """One status callback.

    Args:
        provider_id: Twilio's MessageSid.
        status: Twilio's MessageStatus.
        code: Twilio's ErrorCode, or "".
        parcel_id: the outbox row we put into the callback's address, or "".
        attempt: the try we put there, or 0.
    """

    provider_id: str
    status: str
    code: str = ""
    parcel_id: str = ""
    attempt: int = 0


def refusal(code: str) -> Never | NotNow:
    """What a code that Twilio gave when we tried to send means for the outbox."""
    warn(code)
    if code in MOST_TRIES:
        return NotNow(code, MOST_TRIES[code])
    return Never(code)


def warn(code: str) -> None:
    """Tell who runs the service when a code says that every text will fail."""
    if code in OUR_FAULT:
        log.error("sms: Twilio code %s: texts do not arrive, check the account and its registration", code)


def apply(connection: Connection, report: Report) -> bool:
    """Record a report; False when it says nothing new or is about a text that is not ours.

    A report may come before our own request has returned: then it is known by the address it was sent to.
    """
    status = REPORTED.get(report.status.lower())
    row = outbox.accepted(connection, report.provider_id) or outbox.unanswered(
        connection, report.parcel_id, report.attempt
    )
    if row is None or status is None or RANK[status] <= RANK[row.status]:
        return False
    if status != FAILED:
        outbox.report(connection, row.id, status, report.provider_id)
        return True
    _failed(connection, row, report)
    return True


def _failed(connection: Connection, row: Row[Any], report: Report) -> None:
    code, parcel = report.code or "unknown", outbox.parcel_of(row)
    warn(code)
    metrics.texts_sent.labels("undelivered").inc()
    if parcel.attempts < MOST_TRIES.get(code, 0):
        outbox.send_again(connection, parcel, code)
        return
    outbox.report(connection, row.id, FAILED, report.provider_id, code)
    give_up(connection, parcel, code)


def give_up(connection: Connection, parcel: Parcel, code: str) -> None:
    """A text will not arrive: mirror an opt-out, and have a human reach the person another way."""
    if code == OPTED_OUT:
        connection.execute(
            update(conversation).where(conversation.c.id == parcel.conversation_id).values(opted_out=True)
        )
    draft = _ticket(code)
    # One call is enough, however many texts are lost.
    known = tickets.open_tickets(connection, parcel.conversation_id)
    if not any(row.topic == draft.topic and _at_least(row.urgency, draft.urgency) for row in known):
        tickets.open_ticket(connection, parcel.conversation_id, parcel.message_id, draft)


def _at_least(urgency: str, wanted: str) -> bool:
    return wanted == ROUTINE or urgency != ROUTINE


def _ticket(code: str) -> TicketDraft:
    if code == OPTED_OUT:
        note = "Opted out of texts, so our answer did not go out: please call."
        return TicketDraft("opted_out", note, URGENT)
    if code == FILTERED:
        note = f"The carrier filtered our text (code {code}): please call, and tell who runs the texting account."
        return TicketDraft("text_filtered", note, URGENT)
    return TicketDraft(
        "text_undelivered", f"A text could not be delivered (code {code}): please call.", URGENT
    )
