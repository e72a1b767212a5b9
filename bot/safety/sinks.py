"""How alarms leave: e-mail, a text to staff, a signed HTTP post. They say where to look, never what was said."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import smtplib
import ssl
import time
from collections.abc import Awaitable, Callable
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

import aiohttp

from bot import metrics
from bot.conversation import outbox
from bot.conversation.outbox import Never, NotNow, Parcel, Sender, Unwanted
from bot.program import get_program
from bot.records.database import Database
from bot.safety import alarms
from bot.settings import Settings

TIMEOUT_SECONDS = 10.0
# An alarm is tried until it gets through or somebody acknowledges it, at least once a minute.
MOST_TRIES = 1_000_000
LONGEST_PAUSE = 60.0
SIGNATURE, DELIVERY = "X-PES-Signature", "X-PES-Delivery"
CATEGORIES = {
    "suicide": "thoughts of suicide",
    "medical": "medical emergency",
    "overdose": "overdose",
    "symptom": "a symptom out of control",
    "abuse": "safety at home",
    "check_failed": "the safety check failed",
}


def link(settings: Settings, facts: dict[str, Any]) -> str:
    """Where in the console the alarm is."""
    base = settings.public_url.rstrip("/") or f"http://{settings.host}:{settings.port}"
    return f"{base}/console/conversations/{facts['conversation']}"


def _headline(facts: dict[str, Any]) -> str:
    what = CATEGORIES.get(facts["category"], str(facts["category"]).replace("_", " "))
    again = "" if facts["step"] == 1 else f" (notice {facts['step']}, nobody has reacted)"
    return f"{str(facts['level']).upper()}: {what}{again}"


def _not_now(code: str) -> NotNow:
    return NotNow(code, MOST_TRIES, LONGEST_PAUSE)


class EmailSender:
    """Sends an alarm by SMTP.

    Args:
        settings: server, sign-in, sender.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, parcel: Parcel) -> str:
        """Send; returns the Message-ID.

        Raises:
            NotNow: the server is away or asks to wait.
            Never: it refuses this address.
        """
        message = self._message(parcel)
        await asyncio.to_thread(self._deliver, message)
        return str(message["Message-ID"])[:64]

    def _message(self, parcel: Parcel) -> EmailMessage:
        facts, program = parcel.payload, get_program()
        message = EmailMessage()
        message["Subject"] = f"{program.short_name}: {_headline(facts)}"
        message["From"] = self._settings.alarm_from or program.email
        message["To"] = facts["to"]
        message["Date"] = format_datetime(datetime.fromisoformat(facts["at"]))
        # The same at every try, so that a mail server can drop what it has had already.
        message["Message-ID"] = f"<{parcel.id}@alarms.palliative-intake.invalid>"
        message["X-Priority"] = "1"
        message.set_content(
            f"{_headline(facts)}\nSince {facts['at']}\n\nOpen: {link(self._settings, facts)}\n"
            "Press Acknowledge there; until somebody does, this goes on to the next people.\n"
            f"\nAlarm {facts['alarm']}\n"
        )
        return message

    def _deliver(self, message: EmailMessage) -> None:
        settings = self._settings
        try:
            with connect(settings) as server:
                if settings.smtp_username:
                    server.login(settings.smtp_username, settings.smtp_password.get_secret_value())
                server.send_message(message)
        except smtplib.SMTPRecipientsRefused as error:
            codes = [code for code, _ in error.recipients.values()]
            raise (Never if all(code >= 500 for code in codes) else _not_now)(str(codes[0])) from None
        except smtplib.SMTPResponseException as error:
            # A wrong password or a refused sender is mended on our side: the alarm waits for it.
            raise _not_now(str(error.smtp_code)) from None
        except TimeoutError:
            raise _not_now(outbox.TIMEOUT) from None
        except (OSError, smtplib.SMTPException):
            raise _not_now(outbox.CONNECTION) from None


def connect(settings: Settings) -> smtplib.SMTP:
    """A connection to the mail server. Raises OSError, smtplib.SMTPException."""
    if settings.smtp_security == "tls":
        context = ssl.create_default_context()
        return smtplib.SMTP_SSL(
            settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS, context=context
        )
    server = smtplib.SMTP(settings.smtp_host, settings.smtp_port, timeout=TIMEOUT_SECONDS)
    if settings.smtp_security == "starttls":
        try:
            server.starttls(context=ssl.create_default_context())
        except (OSError, smtplib.SMTPException):
            server.close()
            raise
    return server


def sign(secret: str, moment: int, body: bytes) -> str:
    """The value of the signature header: `t=<unix seconds>,v1=<HMAC-SHA-256 of "t.body", hex>`."""
    digest = hmac.new(secret.encode(), f"{moment}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={moment},v1={digest}"


class WebhookSender:
    """Posts an alarm as JSON.

    Args:
        settings: address and key.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings

    async def __call__(self, parcel: Parcel) -> str:
        """Post; returns the delivery's id. Raises NotNow for every answer but a 2xx."""
        facts = {name: value for name, value in parcel.payload.items() if name != "to"}
        facts |= {"event": "safety.alarm", "link": link(self._settings, parcel.payload)}
        body = json.dumps(facts, sort_keys=True).encode()
        secret = self._settings.alarm_webhook_secret.get_secret_value()
        headers = {
            "Content-Type": "application/json",
            SIGNATURE: sign(secret, int(time.time()), body),
            DELIVERY: parcel.id,
        }
        timeout = aiohttp.ClientTimeout(total=TIMEOUT_SECONDS)
        try:
            async with (
                aiohttp.ClientSession(timeout=timeout) as session,
                session.post(
                    self._settings.alarm_webhook_url, data=body, headers=headers, allow_redirects=False
                ) as answer,
            ):
                if 200 <= answer.status < 300:
                    return parcel.id
                raise _not_now(str(answer.status))
        except TimeoutError:
            raise _not_now(outbox.TIMEOUT) from None
        except aiohttp.ClientError:
            raise _not_now(outbox.CONNECTION) from None


def text(settings: Settings, facts: dict[str, Any]) -> str:
    """What a text to staff says."""
    where = link(settings, facts)
    return f"{get_program().short_name} {_headline(facts)}. {facts['at'][11:16]} UTC. Acknowledge: {where}"


def only_while_ringing(database: Database, way: str, send: Sender) -> Sender:
    """A sender that leaves an alarm alone once somebody has acknowledged it, and counts what comes of it."""

    async def checked(parcel: Parcel) -> str:
        if not await database.read(alarms.is_ringing, parcel.payload["alarm"]):
            raise Unwanted
        try:
            sent = await send(parcel)
        except NotNow:
            metrics.alarms_sent.labels(way, "delayed").inc()
            raise
        except Never:
            metrics.alarms_sent.labels(way, "refused").inc()
            raise
        metrics.alarms_sent.labels(way, "sent").inc()
        return sent

    return checked


def make_senders(settings: Settings, database: Database, texting: Sender | None) -> dict[str, Sender]:
    """The outbox's senders of alarms, for the ways that are configured.

    Args:
        texting: sends a text to the number in the parcel's `to`; None without an account.
    """
    ways: dict[str, Callable[[Parcel], Awaitable[str]]] = {}
    for kind in alarms.configured(settings):
        if kind == alarms.EMAIL:
            ways[kind] = EmailSender(settings)
        elif kind == alarms.WEBHOOK:
            ways[kind] = WebhookSender(settings)
        elif texting is not None:
            ways[kind] = texting
    return {kind: only_while_ringing(database, alarms.NAMES[kind], send) for kind, send in ways.items()}
