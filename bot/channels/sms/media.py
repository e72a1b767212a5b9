"""Pictures and files that come with a text: kept track of, never opened.

The message log holds words only, so a line at the end says that something else came; a coordinator sees it there.
"""

from __future__ import annotations

MARK = "[picture or file, not opened]"


def mark(body: str) -> str:
    """The text of a message that carried a picture or file."""
    return f"{body}\n{MARK}" if body.strip() else MARK


def read(text: str) -> tuple[str, bool]:
    """What a person wrote, and whether a picture or file came with it."""
    if not text.endswith(MARK):
        return text, False
    return text.removesuffix(MARK).removesuffix("\n"), True
