"""How many segments a text takes on the air: GSM-7 (160/153) or UCS-2 (70/67), after 3GPP TS 23.038 and 23.040.

A text of one segment has more room, because the parts of a longer one each carry a header of six bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

BASIC = frozenset(
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà"
)
# Sent as an escape and a second septet.
EXTENSION = frozenset("\f^{}\\[~]|€")

GSM7_ALONE, GSM7_PART = 160, 153
UCS2_ALONE, UCS2_PART = 70, 67


@dataclass(frozen=True)
class Size:
    """What a text takes.

    Args:
        encoding: `GSM-7`, or `UCS-2` as soon as one character is outside of it.
        units: septets (GSM-7) or 16-bit units (UCS-2).
        segments: how many messages the carrier sends and bills.
    """

    encoding: Literal["GSM-7", "UCS-2"]
    units: int
    segments: int


def is_gsm7(text: str) -> bool:
    """True when every character has a place in the GSM-7 alphabet or its extension."""
    return all(char in BASIC or char in EXTENSION for char in text)


def size(text: str) -> Size:
    """The size of a text; an empty one takes one segment."""
    if is_gsm7(text):
        widths = [2 if char in EXTENSION else 1 for char in text]
        return Size("GSM-7", sum(widths), _segments(widths, GSM7_ALONE, GSM7_PART))
    widths = [2 if ord(char) > 0xFFFF else 1 for char in text]
    return Size("UCS-2", sum(widths), _segments(widths, UCS2_ALONE, UCS2_PART))


def _segments(widths: list[int], alone: int, part: int) -> int:
    if sum(widths) <= alone:
        return 1
    count, used = 1, 0
    for width in widths:
        # Neither an escape pair nor a surrogate pair may be torn apart: it moves to the next segment whole.
        if used + width > part:
            count, used = count + 1, 0
        used += width
    return count
