"""Sends text messages through Twilio: each one once, also when an answer got lost on the way."""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode, urlsplit, urlunsplit

import requests
from sqlalchemy import Connection
from twilio.base.exceptions import TwilioException, TwilioRestException
from twilio.http.http_client import TwilioHttpClient
from twilio.http.response import Response
from twilio.rest import Client

from bot import metrics
from bot.channels.sms import status
from bot.conversation import conversations, outbox
from bot.conversation.outbox import Never, NotNow, Parcel, Sender
from bot.records.database import Database
from bot.safety import alarms, sinks
from bot.settings import Settings

log = logging.getLogger(__name__)

TIMEOUT_SECONDS = 10.0
STATUS_PATH = "/channels/sms/status"
# How far the provider's clock and ours may be apart.
CLOCK_SKEW = timedelta(minutes=2)
LOOK_BACK = 100
LOST = frozenset({"failed", "undelivered", "canceled"})


class RedirectedHttpClient(TwilioHttpClient):  # type: ignore[misc]  # the library has no types
    """Twilio's HTTP client with a time limit, and with another base URL when one is set.

    Args:
        base: scheme and host that take the place of Twilio's, or "".
    """

    def __init__(self, base: str) -> None:
        # It would log what we send; retries are the outbox's, which looks a message up first.
        super().__init__(timeout=TIMEOUT_SECONDS, logger=_silent(), max_retries=0)
        self._base = base.rstrip("/")

    def request(self, method: str, url: str, *args: Any, **kwargs: Any) -> Response:
        """Send one request."""
        if self._base:
            parts = urlsplit(url)
            url = self._base + urlunsplit(("", "", parts.path, parts.query, ""))
        return super().request(method, url, *args, **kwargs)


def _silent() -> logging.Logger:
    quiet = logging.getLogger("twilio.http_client.silent")
    quiet.disabled = True
    return quiet


class TwilioSender:
    """Hands a parcel to Twilio.

    Args:
        settings: account, number and addresses.
        database: where the conversation's phone number is.
    """

    def __init__(self, settings: Settings, database: Database) -> None:
        self._settings = settings
        self._database = database
        self._client = Client(
            settings.twilio_account_sid,
            settings.twilio_auth_token.get_secret_value(),
            http_client=RedirectedHttpClient(settings.twilio_api_base),
        )

    async def __call__(self, parcel: Parcel) -> str:
        """Send, and return Twilio's id of the message.

        Raises:
            NotNow: Twilio could not be reached or asks to wait.
            Never: this text will never arrive.
        """
        try:
            sent = await self._send(parcel)
        except NotNow:
            metrics.texts_sent.labels("delayed").inc()
            raise
        except Never:
            metrics.texts_sent.labels("refused").inc()
            raise
        metrics.texts_sent.labels("sent").inc()
        return sent

    async def _send(self, parcel: Parcel) -> str:
        phone = await self._phone(parcel)
        if parcel.attempts > 1:
            known = await self._database.read(outbox.provider_ids, parcel.conversation_id)
            before = await asyncio.to_thread(self._calling, self._find, parcel, phone, known)
            if before is not None:
                return str(before)
        return str(await asyncio.to_thread(self._calling, self._create, parcel, phone))

    async def _phone(self, parcel: Parcel) -> str:
        """Who gets it: the person of the conversation, or, for an alarm, the number in the parcel."""
        if parcel.kind != "sms":
            return str(parcel.payload["to"])
        talk = await self._database.read(conversations.get, parcel.conversation_id)
        if talk.opted_out:
            # Not every wish to get no more texts is one that Twilio knows of.
            raise Never(status.OPTED_OUT)
        return conversations.phone_of(talk)

    def _create(self, parcel: Parcel, phone: str) -> str:
        sent = self._client.messages.create(
            to=phone, body=self._body(parcel), **self._sender(), **self._callback(parcel)
        )
        return str(sent.sid)

    def _body(self, parcel: Parcel) -> str:
        if parcel.kind == "sms":
            return str(parcel.payload["body"])
        return sinks.text(self._settings, parcel.payload)

    def _sender(self) -> dict[str, str]:
        number = self._settings.twilio_from_number
        if number.startswith("MG"):
            return {"messaging_service_sid": number}
        return {"from_": number}

    def _callback(self, parcel: Parcel) -> dict[str, str]:
        # Whether an alarm arrived shows by somebody acknowledging it; until then it goes on by itself.
        if not self._settings.public_url or parcel.kind != "sms":
            return {}
        # A report may overtake the answer to our request: it then finds its row by what is in its address.
        query = urlencode({"parcel": parcel.id, "attempt": parcel.attempts})
        return {"status_callback": f"{self._settings.public_url.rstrip('/')}{STATUS_PATH}?{query}"}

    def _find(self, parcel: Parcel, phone: str, known: set[str]) -> str | None:
        """The message an earlier try of this parcel may have made.

        Not filtered by the date of sending: a message that waits in Twilio's queue has none yet.
        """
        since = parcel.created_at - CLOCK_SKEW
        body = self._body(parcel).strip()
        for found in self._client.messages.list(to=phone, limit=LOOK_BACK):
            if found.date_created is not None and found.date_created < since:
                return None
            ours = found.direction != "inbound" and found.sid not in known
            if ours and found.status not in LOST and (found.body or "").strip() == body:
                return str(found.sid)
        return None

    def _calling(self, function: Any, *arguments: Any) -> Any:
        """Call Twilio; its errors and the network's become the outbox's, without a word of the text or the number."""
        try:
            return function(*arguments)
        except TwilioRestException as error:
            raise _outcome(error) from None
        except requests.Timeout:
            raise NotNow(outbox.TIMEOUT) from None
        except requests.RequestException:
            raise NotNow(outbox.CONNECTION) from None
        except TwilioException:
            # The library's own complaint about what it was given (no credentials, an answer that is no JSON).
            raise NotNow("client") from None


def _outcome(error: TwilioRestException) -> NotNow | Never:
    code = str(error.code or error.status)
    # Theirs to mend, or our account's: either way the text itself is in order and waits.
    if error.status in (401, 403, 429) or error.status >= 500:
        status.warn(code)
        return NotNow(code)
    return status.refusal(code)


def make_sender(settings: Settings, database: Database) -> Sender:
    """The sender of the outbox's `sms` parcels."""
    return TwilioSender(settings, database)


def on_failure(connection: Connection, parcel: Parcel, code: str) -> None:
    """A parcel was given up: a human is told in the same transaction."""
    if parcel.kind in alarms.KINDS:
        alarms.gave_up(connection, parcel, code)
        return
    status.give_up(connection, parcel, code)
