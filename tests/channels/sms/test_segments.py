"""Segments: what carriers count and bill."""

from __future__ import annotations

import pytest

from bot.channels.sms.segments import size


@pytest.mark.parametrize(
    ("text", "encoding", "units", "segments"),
    [
        ("", "GSM-7", 0, 1),
        ("a", "GSM-7", 1, 1),
        ("a" * 160, "GSM-7", 160, 1),
        ("a" * 161, "GSM-7", 161, 2),
        ("a" * 306, "GSM-7", 306, 2),
        ("a" * 307, "GSM-7", 307, 3),
        ("ñéü¿¡Ñ", "GSM-7", 6, 1),
        ("[", "GSM-7", 2, 1),
        ("€" * 80, "GSM-7", 160, 1),
        ("€" * 81, "GSM-7", 162, 2),
        # 152 and an escape pair: the pair is not torn apart, so a septet stays empty.
        ("a" * 152 + "[" + "a" * 152, "GSM-7", 306, 3),
        ("á", "UCS-2", 1, 1),
        ("á" * 70, "UCS-2", 70, 1),
        ("á" * 71, "UCS-2", 71, 2),
        ("á" * 134, "UCS-2", 134, 2),
        ("á" * 135, "UCS-2", 135, 3),
        ("a" * 159 + "\u2019", "UCS-2", 160, 3),
        ("😀" * 35, "UCS-2", 70, 1),
        ("😀" * 36, "UCS-2", 72, 2),
        # 67 is odd: the 34th emoji does not fit behind 33 of them.
        ("😀" * 67, "UCS-2", 134, 3),
    ],
)
def test_size(text: str, encoding: str, units: int, segments: int) -> None:
    found = size(text)
    assert (found.encoding, found.units, found.segments) == (encoding, units, segments)
