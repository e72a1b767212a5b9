"""Twilio's webhooks: a text that came in, and what became of one of ours.

Twilio waits 15 seconds for an answer, so an incoming text is answered as soon as it is durably stored; replies leave
through the outbox. The signature is checked over every field, and MessageSid makes a replayed request harmless.
"""

from __future__ import annotations

import hmac
import ipaddress
import logging
from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request, Response
from starlette.datastructures import ImmutableMultiDict
from twilio.request_validator import RequestValidator

from bot import bodies, language, metrics
from bot.channels.sms import keywords, media, status
from bot.conversation import conversations
from bot.problems import Problem
from bot.records.crypto import get_keyring
from bot.services import Services
from bot.settings import Settings

log = logging.getLogger(__name__)
router = APIRouter(prefix="/channels/sms", tags=["text messages"])

MOST_BYTES = 64 * 1024
MOST_FIELDS = 500
LONGEST_SID = 64
SIGNATURE = "X-Twilio-Signature"
NO_REPLY = '<?xml version="1.0" encoding="UTF-8"?><Response/>'

Form = ImmutableMultiDict[str, str]


ANSWERS: dict[int | str, dict[str, Any]] = {
    403: {"description": "The signature is missing or wrong."},
    413: {"description": "The form is too long."},
    422: {"description": "A field that Twilio always sends is missing."},
}


def auth_token(settings: Settings) -> str:
    """The token that signs webhooks: Twilio's, or without an account one that only this installation knows."""
    configured = settings.twilio_auth_token.get_secret_value()
    return configured or get_keyring().subkey("twilio-development").hex()


def sign(url: str, form: Form, settings: Settings) -> str:
    """The signature of a form post to `url` (whole, as the sender calls it)."""
    return str(RequestValidator(auth_token(settings)).compute_signature(url, form))


def public_url(request: Request, settings: Settings) -> str:
    """The address the sender called, with its query: as configured, or else as the request says."""
    path = request.url.path + (f"?{request.url.query}" if request.url.query else "")
    if settings.public_url:
        return settings.public_url.rstrip("/") + path
    scheme, host = request.url.scheme, request.url.netloc
    if request.client is not None and _is_trusted(request.client.host, settings.trusted_proxies):
        scheme = _first(request.headers.get("x-forwarded-proto")) or scheme
        host = _first(request.headers.get("x-forwarded-host")) or host
    return f"{scheme}://{host}{path}"


def _first(header: str | None) -> str:
    return (header or "").partition(",")[0].strip()


def _is_trusted(address: str, proxies: str) -> bool:
    known = [proxy.strip() for proxy in proxies.split(",") if proxy.strip()]
    if "*" in known or address in known:
        return True
    try:
        peer = ipaddress.ip_address(address)
        return any(peer in ipaddress.ip_network(proxy, strict=False) for proxy in known)
    except ValueError:
        return False


def _addresses(url: str) -> list[str]:
    """The ways a sender may write the same address: Twilio signs the standard port in some cases and not in others."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    port = ":443" if scheme == "https" else ":80"
    other = host.removesuffix(port) if host.endswith(port) else host + port
    # Another port than the standard one is part of the address.
    has_port = host.rpartition(":")[2].isdecimal() and not host.endswith(port)
    return [url] if has_port else [url, f"{scheme}://{other}{slash}{path}"]


def _parse(raw: bytes) -> Form:
    try:
        # Blank fields are signed too, and a framework's own form parser would drop them.
        pairs = parse_qsl(
            raw.decode("utf-8", "replace"),
            keep_blank_values=True,
            max_num_fields=MOST_FIELDS,
            errors="replace",
        )
    except ValueError:
        raise Problem(413, "The form has too many fields.") from None
    return ImmutableMultiDict(pairs)


async def signed_form(request: Request, settings: Settings) -> Form:
    """The fields of a post that Twilio has signed. Raises Problem 403 or 413."""
    signature = request.headers.get(SIGNATURE, "")
    if not signature:
        # Unsigned posts are not even read.
        raise Problem(403, "The signature is missing.")
    form = _parse(await bodies.read(request, MOST_BYTES, "The form is too long."))
    matches = False
    for url in _addresses(public_url(request, settings)):
        # Every way is tried, so that the time does not tell which one was near.
        matches |= hmac.compare_digest(sign(url, form, settings).encode(), signature.encode())
    if not matches:
        log.warning("sms: a webhook post had a wrong signature; is PES_PUBLIC_URL what Twilio calls?")
        raise Problem(403, "The signature does not fit.")
    return form


def _field(form: Form, name: str) -> str:
    """A field without NUL, which no database takes."""
    return form.get(name, "").replace("\x00", "")


def _required(form: Form, *names: str) -> str:
    """The first of these fields that is not blank. Raises Problem 422."""
    for name in names:
        if value := _field(form, name).strip():
            return value
    raise Problem(422, f"The field {names[0]} is missing.")


def _message_sid(form: Form) -> str:
    sid = _required(form, "MessageSid", "SmsMessageSid", "SmsSid")
    if len(sid) > LONGEST_SID:
        raise Problem(422, "The field MessageSid is too long.")
    return sid


def _text(form: Form) -> str:
    """What the person said, whole, and with a line for what we do not open."""
    body = keywords.as_sent(_field(form, "Body"), _field(form, "OptOutType"))
    has_media = _field(form, "NumMedia").strip() not in ("", "0")
    if has_media and keywords.read(body, opted_out=True) is None:
        return media.mark(body)
    return body


@router.post("/inbound", responses=ANSWERS)
async def inbound(request: Request) -> Response:
    """A text from a person: stored, acknowledged, then answered through the outbox."""
    services: Services = request.app.state.services
    form = await signed_form(request, services.settings)
    sid = _message_sid(form)
    sender = _required(form, "From")
    text = _text(form)
    conversation_id = await services.database.write(
        conversations.ensure_sms, sender, language.followed(_field(form, "Body"), "en", first=True)
    )
    received = await services.runner.receive(conversation_id, sid, text)
    if received.new:
        metrics.messages_received.labels("sms").inc()
    return Response(NO_REPLY, media_type="text/xml")


@router.post("/status", responses=ANSWERS)
async def delivery_status(request: Request) -> Response:
    """What became of a text of ours; a report about a text that we do not know is no error."""
    services: Services = request.app.state.services
    form = await signed_form(request, services.settings)
    attempt = request.query_params.get("attempt", "")
    report = status.Report(
        provider_id=_message_sid(form),
        status=_required(form, "MessageStatus", "SmsStatus"),
        code=_field(form, "ErrorCode").strip()[:16],
        parcel_id=request.query_params.get("parcel", ""),
        attempt=int(attempt) if attempt.isascii() and attempt.isdecimal() and len(attempt) < 6 else 0,
    )
    changed = await services.database.write(status.apply, report)
    if changed:
        services.dispatcher.wake()
    return Response(status_code=200)
