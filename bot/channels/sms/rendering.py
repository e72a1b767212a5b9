"""How the replies of a turn look as text messages: plain GSM-7 letters, numbered choices, numbers a thumb can press."""

from __future__ import annotations

import re
import unicodedata
import uuid
from dataclasses import dataclass

from bot.channels.sms import segments
from bot.conversation.messages import Choice, Link, Message
from bot.program import display_phone

# Twilio refuses a longer body (error 21617).
MOST_CHARACTERS = 1600
BREAKS = ("\n\n", "\n", ". ", "? ", "! ", "; ", ", ", " ")

_FOLDED = str.maketrans(
    {
        "‘": "'", "’": "'", "‚": "'", "‛": "'", "′": "'", "`": "'", "´": "'",
        "“": '"', "”": '"', "„": '"', "″": '"', "«": '"', "»": '"',
        "–": "-", "—": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-", "−": "-",
        "…": "...", "•": "-", "·": "-", "\u00d7": "x", "→": "->", "ç": "c", "đ": "d", "Đ": "D", "ł": "l", "Ł": "L",
        "\t": " ", "\r": None, "\x00": None, "\u2028": "\n", "\u2029": "\n", "ı": "i", "œ": "oe", "Œ": "OE",
        "\u00ad": None, "\u200b": None, "\u200c": None, "\u200e": None, "\u200f": None, "\u2060": None, "\ufeff": None,
        "ª": "a", "º": "o", "©": "(c)", "®": "(R)", "™": "TM",
    }
)  # fmt: skip


@dataclass(frozen=True)
class Text:
    """One text message to send.

    Args:
        message_id: id of the first message of the log in it; of a message that fills several texts, the later ones
            carry an id derived from it, so that each stands for itself in the outbox.
        body: 1 to 1,600 characters.
    """

    message_id: str
    body: str


def fold(text: str) -> str:
    """The same words in the GSM-7 alphabet wherever that can be done.

    One curly quote or accented `á` would turn the whole text to UCS-2 and halve its room. What has no plain form
    (emoji, other scripts) stays as it is.
    """
    text = unicodedata.normalize("NFC", text).translate(_FOLDED)
    return "".join(char if segments.is_gsm7(char) else _plain(char) for char in text)


def _plain(char: str) -> str:
    if unicodedata.category(char) == "Zs":
        return " "
    if "\ud800" <= char <= "\udfff":
        return "?"  # a lone surrogate cannot be sent at all
    decomposed = unicodedata.normalize("NFKD", char)
    bare = "".join(part for part in decomposed if not unicodedata.combining(part))
    return bare if bare and segments.is_gsm7(bare) else char


def as_texts(messages: list[Message]) -> list[Text]:
    """The messages of one turn as few texts as they fit in: safety first, then in their order.

    Only the last choices get numbers, because only those can be picked by number.
    """
    last_choices = next((m["id"] for m in reversed(messages) if m["choices"]), None)
    ordered = sorted(messages, key=lambda message: message["kind"] != "safety")
    texts: list[Text] = []
    for message in ordered:
        block = _block(message, numbered=message["id"] == last_choices)
        if not block:
            continue
        if texts and len(texts[-1].body) + 2 + len(block) <= _most(texts[-1].body + block):
            texts[-1] = Text(texts[-1].message_id, f"{texts[-1].body}\n\n{block}")
            continue
        for number, piece in enumerate(_pieces(block)):
            texts.append(Text(_part_id(message["id"], number), piece))
    return texts


def _part_id(message_id: str, number: int) -> str:
    return message_id if number == 0 else str(uuid.uuid5(uuid.UUID(message_id), str(number)))


def _block(message: Message, *, numbered: bool) -> str:
    lines = [message["text"].strip()]
    if numbered:
        lines.append(_choices(message["choices"]))
    lines.extend(_link(link, message["text"]) for link in message["links"])
    return fold("\n".join(line for line in lines if line))


def _choices(choices: list[Choice]) -> str:
    return "\n".join(f"{number} {choice['title']}" for number, choice in enumerate(choices, 1))


def _link(link: Link, said: str) -> str:
    """A line for a link, or nothing when the text already says the number or address."""
    scheme, _, address = link["url"].partition(":")
    if scheme in ("tel", "sms"):
        address = display_phone(address.partition("?")[0])
        if re.search(rf"(?<!\d){re.escape(address)}(?!\d)", said):
            return ""
        return f"{link['title']}: {address}"
    if scheme not in ("http", "https") or link["url"] in said:
        return ""
    return f"{link['title']}: {link['url']}"


def _most(text: str) -> int:
    # The limit counts 16-bit units; a character outside the basic plane takes two of them.
    return MOST_CHARACTERS if all(ord(char) <= 0xFFFF for char in text) else MOST_CHARACTERS // 2


def _pieces(text: str) -> list[str]:
    most, pieces = _most(text), []
    while len(text) > most:
        cut = _cut(text, most)
        pieces.append(text[:cut].rstrip())
        text = text[cut:].lstrip()
    return [*pieces, text] if text else pieces


def _cut(text: str, most: int) -> int:
    """Where to break: after a paragraph, else a line, a sentence, a word, and only then anywhere."""
    for mark in BREAKS:
        # A break near the start would only make more texts.
        found = text.rfind(mark, most // 2, most)
        if found > 0:
            return min(found + len(mark), most)
    return most
