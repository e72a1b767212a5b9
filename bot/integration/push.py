"""Sending enrollments to the program's FHIR server, when one is set (`PES_FHIR_URL`).

Queued in the transaction that changes the record, sent by the outbox with its pauses between tries; the Bundle is built
when it leaves, so it always tells how things are then, and nothing of what was said waits in the queue. When the server
does not take it, a human is told.
"""

from __future__ import annotations

import logging
import uuid
from urllib.parse import urlsplit

import aiohttp
from sqlalchemy import Connection

from bot import metrics
from bot.conversation import outbox
from bot.conversation.outbox import Never, NotNow, Parcel, Sender, Unwanted
from bot.enrollment import snapshot
from bot.enrollment.record import NoEnrollment
from bot.enrollment.snapshot import Snapshot
from bot.fhir.bundle import MEDIA_TYPE, bundle_of
from bot.fhir.form import get_forms
from bot.handoff.tickets import URGENT, TicketDraft, open_ticket
from bot.program import get_program
from bot.records.database import Database
from bot.settings import Settings, get_settings

log = logging.getLogger(__name__)

KIND = "fhir"
TOPIC = "fhir_push"
ACTOR = "fhir-push"
TIMEOUT_SECONDS = 30.0
# With the outbox's pauses about seven hours: a server's maintenance of a night needs nobody.
MOST_TRIES = 12
# The Bundle itself is refused: sending it again changes nothing.
REFUSED = frozenset({400, 413, 415, 422})


def changed(connection: Connection, conversation_id: str, enrollment_id: str, why: str) -> None:
    """Queue an enrollment that was handed in and has changed.

    Args:
        why: what changed it (a message, a state); the same again queues nothing.
    """
    if not get_settings().fhir_url:
        return
    key = str(uuid.uuid5(uuid.UUID(enrollment_id), why))
    outbox.put(connection, conversation_id, KIND, key, {"enrollment": enrollment_id})


class FhirSender:
    """Hands an enrollment to the FHIR server.

    Args:
        settings: the server's address and token.
        database: where the enrollments are.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._url = settings.fhir_url.rstrip("/")
        self._token = settings.fhir_token.get_secret_value()
        self._database = database

    async def __call__(self, parcel: Parcel) -> str:
        """Send the enrollment as it is now; returns how we call the Bundle.

        Raises:
            NotNow: the server could not be reached, is too busy, or does not let us in.
            Never: the server refuses the Bundle.
            Unwanted: there is nothing that may be sent.
        """
        try:
            sent = await self._send(parcel)
        except NotNow:
            metrics.bundles_sent.labels("delayed").inc()
            raise
        except Never:
            metrics.bundles_sent.labels("refused").inc()
            raise
        metrics.bundles_sent.labels("sent").inc()
        return sent

    async def _send(self, parcel: Parcel) -> str:
        taken = await self._database.write(_taken, parcel.payload["enrollment"])
        bundle = bundle_of(taken, get_forms(), get_program().name)
        await self._post(bundle.model_dump_json().encode())
        return f"{KIND}:{taken.id}"

    async def _post(self, body: bytes) -> None:
        headers = {"Content-Type": MEDIA_TYPE, "Accept": MEDIA_TYPE, "Prefer": "return=minimal"}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        limit = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=limit) as session,
                # A redirect would carry a person's record to an address that nobody has set.
                session.post(self._url, data=body, headers=headers, allow_redirects=False) as answer,
            ):
                status = answer.status
        except TimeoutError:
            raise NotNow(outbox.TIMEOUT, MOST_TRIES) from None
        except aiohttp.ClientError:
            raise NotNow(outbox.CONNECTION, MOST_TRIES) from None
        if 200 <= status < 300:
            return
        # Not the answer's text: servers repeat what they were sent.
        log.warning("fhir: %s answered %s", urlsplit(self._url).hostname, status)
        code = f"http_{status}"
        raise Never(code) if status in REFUSED else NotNow(code, MOST_TRIES)


def _taken(connection: Connection, enrollment_id: str) -> Snapshot:
    """The enrollment as it is now, audited; raises Unwanted when it is gone or was never to be stored."""
    try:
        taken = snapshot.read_by(connection, ACTOR, enrollment_id, "fhir")
    except NoEnrollment:
        raise Unwanted from None
    if not taken.was_stored:
        raise Unwanted
    return taken


def make_sender(settings: Settings, database: Database) -> Sender:
    """The sender of the outbox's `fhir` parcels."""
    return FhirSender(settings, database)


def gave_up(connection: Connection, parcel: Parcel, code: str) -> None:
    """The server did not take it: a human is told in the same transaction."""
    note = f"The health record server did not take this sign-up ({code}). Enter it there by hand and tell IT."
    open_ticket(connection, parcel.conversation_id, parcel.message_id, TicketDraft(TOPIC, note, URGENT))
