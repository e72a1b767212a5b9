"""E-mail addresses, typed or spoken: "ana at gmail dot com", "ana arroba gmail punto com"."""

from __future__ import annotations

import difflib
import re
import unicodedata

from bot.enrollment.answers.counting import in_digits
from bot.enrollment.answers.plain import clean, fold, is_unreadable, takes_away
from bot.enrollment.answers.reading import NotRead, Read, same

_WRITTEN = re.compile(r"[^\s@<>,;:()\"]+@[^\s@<>,;:()\"]+\.[^\s@<>,;:()\".]{2,}")
_SPOKEN = (
    (re.compile(r"\b(?:at sign|at|arroba|aroba)\b"), "@"),
    (re.compile(r"\b(?:dot|punto|period|point)\b"), "."),
    (re.compile(r"\b(?:underscore|under score|guion bajo|raya abajo|subraya)\b"), "_"),
    (re.compile(r"\b(?:dash|hyphen|guion(?: medio)?|minus)\b"), "-"),
    (re.compile(r"\b(?:plus sign|plus)\b"), "+"),
)
_SPELLED = re.compile(r"\b(?:[a-z][- ]){2,}[a-z]\b")
# What stands before the address: the last of these words ends it.
_LEAD = frozenset(
    "is es it's its email e-mail mail correo electronico address direccion mi my the el la a at:"
    " please to por favor"
    " yes si no not use or use and y o".split()
)
_NONE = re.compile(
    r"^(?:no|none|nope|ningun[oa]|nada)$|\b(?:(?:no|don'?t have(?: an?)?|do not have(?: an?)?"
    r"|don'?t use|no tengo|no uso)"
    r" (?:e-?mail|correo|one|any|internet|computer))\b|\bno tengo$"
)
# Where nearly everyone has their mail; a domain one slip away from these is asked back.
_USUAL = (
    "gmail.com",
    "yahoo.com",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "aol.com",
    "comcast.net",
    "live.com",
)
_REAL = frozenset(
    {"ymail.com", "mail.com", "gmx.com", "email.com", "me.com", "mac.com", "msn.com", "att.net"}
)
_SLIPS = {"con": "com", "cmo": "com", "vom": "com", "comm": "com", "ocm": "com", "co m": "com", "xom": "com"}


def read_email(text: str) -> Read | NotRead:
    """An address, its domain in lower case; put together from words, or mended, it is asked back.

    Checked for form by `email-validator`; nothing is looked up. Reasons: wordless, none, incomplete, unclear.
    """
    if is_unreadable(text) and "@" not in text:
        return NotRead("wordless")
    shown = clean(text).replace("mailto:", "")
    written = [found.strip(".") for found in _WRITTEN.findall(shown)]
    if written:
        return (
            _checked(written[-1], text, sure=not takes_away(text))
            if len(written) == 1
            else _of_several(shown, written)
        )
    if _NONE.search(fold(text)):
        return NotRead("none")
    put_together = _from_words(shown)
    if put_together:
        return _checked(put_together, text, sure=False)
    return NotRead("incomplete" if "@" in shown or "arroba" in fold(shown) else "unclear")


def _of_several(shown: str, written: list[str]) -> Read | NotRead:
    """Of two the first, unless it is the one that is taken back; asked in any case."""
    taken_back = re.match(r"\W*(?:no|not|no es)\b", fold(shown))
    return _checked(written[-1] if taken_back else written[0], shown, sure=False)


def _from_words(shown: str) -> str | None:
    told = in_digits(shown.replace(",com", ".com").replace(",", " "))
    told = _SPELLED.sub(lambda match: re.sub(r"[- ]", "", match.group()), told)
    for pattern, sign in _SPOKEN:
        told = pattern.sub(sign, told)
    told = re.sub(r"\s*([@._+]|(?<=\s)-(?=\s))\s*", r"\1", told)
    match = re.search(r"(?P<before>[^@]*)@(?P<domain>[a-z0-9-]+(?:\.[a-z0-9-]+)+)", told)
    if not match:
        return None
    local: list[str] = []
    for word in reversed(match["before"].split()):
        if word.strip(":") in _LEAD:
            break
        local.insert(0, word)
    return f"{''.join(local)}@{match['domain']}" if local else None


def _checked(address: str, text: str, sure: bool) -> Read | NotRead:
    from email_validator import EmailNotValidError, validate_email

    plain = _without_accents(address)
    local, _, domain = plain.rpartition("@")
    mended = f"{local}@{_usual(domain.lower())}"
    try:
        value = validate_email(mended, check_deliverability=False, allow_smtputf8=False).normalized
    except EmailNotValidError:
        return NotRead("incomplete" if "@" in text else "unclear")
    changed = mended.lower() != address.lower()
    as_typed = f"{local}@{domain.lower()}" if changed and plain == address else None
    more = len(fold(text).split()) > 6
    return Read(
        value, same(value), sure=sure and not changed, instead=as_typed, note=clean(text) if more else ""
    )


def _usual(domain: str) -> str:
    """A slip mended: gmial.com, gmail.con, gmail,com."""
    name, _, ending = domain.rpartition(".")
    domain = f"{name}.{_SLIPS.get(ending, ending)}"
    if domain in _USUAL or domain in _REAL or not domain.endswith((".com", ".net")):
        return domain
    close = difflib.get_close_matches(domain, _USUAL, n=1, cutoff=0.87)
    return close[0] if close else domain


def _without_accents(text: str) -> str:
    spread = unicodedata.normalize("NFKD", text)
    return "".join(char for char in spread if not unicodedata.combining(char))
