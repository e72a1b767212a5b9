"""What the tests of the safety gate share: the rows of DOMAIN 2 and how to look at what follows."""

from __future__ import annotations

import html
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.support.console import Coordinator
from tests.support.product import Person, Product


@dataclass(frozen=True)
class Row:
    """One row: a message that must fire in each language, what is said, what can be pressed, what is locked."""

    category: str
    en: str
    es: str
    said_en: str
    said_es: str
    urls: tuple[str, ...]
    ticket: str
    urgency: str
    locks: bool = False
    rings: bool = False

    def message(self, locale: str) -> str:
        """The message in a language."""
        return self.en if locale == "en" else self.es

    def said(self, locale: str) -> str:
        """What the answer must hold in a language."""
        return self.said_en if locale == "en" else self.said_es


NURSE = "tel:+18005550143"
ROWS = (
    Row(
        "medical", "he won't wake up", "mi papá no despierta", "call 911 now", "llame al 911 ahora",
        ("tel:911", NURSE), "SAFETY: medical emergency", "emergency", locks=True, rings=True,
    ),
    Row(
        "suicide", "I want to kill myself", "quiero quitarme la vida", "call or text 988", "envíe AYUDA al 988",
        ("tel:988", "tel:911", "sms:838255"), "SAFETY: thoughts of suicide", "emergency", locks=True, rings=True,
    ),
    Row(
        "overdose", "I gave her two patches by mistake", "tomé demasiadas pastillas", "Poison Help", "Poison Help",
        ("tel:911", "tel:+18002221222"), "SAFETY: overdose", "emergency", locks=True, rings=True,
    ),
    Row(
        "symptom", "her pain is out of control", "no aguanta el dolor", "nurse line now", "enfermería",
        (NURSE, "tel:911"), "SAFETY: a symptom out of control", "urgent", rings=True,
    ),
    Row(
        "abuse", "my son hits me", "mi hijo me pega", "safe to talk here", "seguro hablar aquí",
        ("tel:911", "tel:+18007997233", "tel:+18006771116"), "SAFETY: abuse", "emergency", rings=True,
    ),
    Row(
        "wish_to_die", "I want this over", "ya no puedo más", "thoughts of ending your life", "quitarse la vida",
        (), "SAFETY: wish to die", "urgent",
    ),
    Row(
        "death", "my husband died this morning", "mi esposo murió hoy", "sorry for your loss", "pérdida",
        ("tel:+18005550142",), "A death was reported", "routine",
    ),
    Row(
        "medical_advice", "how long does she have?", "¿cuánto tiempo le queda?", "nurse or doctor", "enfermería",
        (), "Medical question", "routine",
    ),
    Row(
        "aid_in_dying", "what about medical aid in dying?", "¿hacen la eutanasia?", "Our team can talk with you",
        "puede hablar con usted", (NURSE,), "aid in dying", "urgent",
    ),
    Row(
        "minor", "I'm 15 years old", "tengo 15 años", "grown-up you trust", "adulto de confianza",
        ("tel:988",), "Under 18", "urgent", locks=True,
    ),
)  # fmt: skip
BY_CATEGORY = {row.category: row for row in ROWS}
LOCALES = ("en", "es")


def urls(person: Person) -> list[str]:
    """Everything that can be pressed in the last replies."""
    since = max(index for index, message in enumerate(person.log()) if message["author"] == "person")
    return [link["url"] for message in person.log()[since:] for link in message["links"]]


def seen(coordinator: Coordinator, path: str) -> str:
    """A console page as read: without the escaping of HTML."""
    return html.unescape(coordinator.page(path))


def panel(product: Product, person: Person) -> str:
    """A conversation as a coordinator sees it."""
    return seen(Coordinator(product), f"/conversations/{person.id}")


def eventually(look: Callable[[], Any], seconds: float = 30) -> Any:
    """The first true value; fails when there is none."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError("waited in vain")


def said_after(person: Person, text: str) -> list[str]:
    """What we said after the person's last message with this text."""
    log = person.log()
    since = max(index for index, message in enumerate(log) if message["text"] == text)
    return [message["text"] for message in log[since + 1 :] if message["author"] != "person"]
