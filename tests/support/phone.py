"""A phone that texts the real product through Twilio's webhook."""

from __future__ import annotations

import html
import itertools
import re
import uuid

import httpx
from twilio.request_validator import RequestValidator

from tests.support.product import TWILIO_TOKEN, Product, client, eventually

INBOUND = "/channels/sms/inbound"
_numbers = itertools.count(2000)


class Phone:
    """A phone that texts the program, through Twilio's webhook, and shows what comes back."""

    def __init__(self, product: Product) -> None:
        self.product = product
        self.number = f"+1773555{next(_numbers):04d}"
        self.http = client(product.url)

    def post(self, body: str, sid: str | None = None, token: str = TWILIO_TOKEN) -> httpx.Response:
        """One webhook post with a real signature, blank fields included."""
        fields = {
            "MessageSid": sid or f"SM{uuid.uuid4().hex}",
            "From": self.number,
            "To": "+18005550142",
            "Body": body,
            "NumMedia": "0",
            "FromCity": "",
            "FromState": "",
        }
        signature = RequestValidator(token).compute_signature(self.product.url + INBOUND, fields)
        return httpx.post(
            self.product.url + INBOUND, data=fields, headers={"X-Twilio-Signature": signature}, timeout=30
        )

    def texts(self) -> list[str]:
        """Every text that waits to be sent to this phone, oldest first."""
        page = self.http.get("/dev/phone", params={"number": self.number}).text
        return [html.unescape(text) for text in re.findall(r'(?s)<li class="ours">.*?<p>(.*?)</p>', page)]

    def answered_since(self, before: int) -> bool:
        """Whether more than `before` texts come to wait for this phone."""
        return eventually(lambda: len(self.texts()) > before)

    def say(self, body: str) -> str:
        """Text the program and wait for its answer."""
        before = len(self.texts())
        assert self.post(body).status_code == 200
        assert self.answered_since(before), f"no answer to {body!r}"
        return "\n".join(self.texts()[before:])
