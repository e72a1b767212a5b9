"""Numbers on a health plan card."""

from __future__ import annotations

import re

from bot.enrollment.answers.counting import in_digits
from bot.enrollment.answers.plain import clean, fold, is_unreadable
from bot.enrollment.answers.reading import About, NotRead, Read, same

# The Medicare Beneficiary Identifier: eleven places, no S, L, O, I, B, Z
# (CMS, "Understanding the MBI format"): C A AN N A AN N A A N N.
_LETTER = "[AC-HJKMNP-RT-Y]"
_EITHER = "[0-9AC-HJKMNP-RT-Y]"
_MBI = re.compile(rf"[1-9]{_LETTER}{_EITHER}\d{_LETTER}{_EITHER}\d{_LETTER}{{2}}\d\d")
_MBI_LENGTH = 11
_SSN = re.compile(r"(?<!\d)\d{3}[- ]\d{2}[- ]\d{4}(?!\d)|\bssn\b|\bsocial\b")
_NONE = re.compile(
    r"^(?:no|none|nope|ningun[oa]|nada)$|\b(?:do(?:n'?t| not) have|no card|lost|can'?t find"
    r"|not with me|no tengo|no l[ao] "
    r"(?:traigo|tengo|encuentro)|no traigo|perdi)\b"
)
_WORDS = frozenset(
    "my the is it's its id number num no member medicare medicaid plan card says subscriber policy and it i think"
    " mi el la es numero de tarjeta poliza miembro del medicare seguro y dice yes si a".split()
)
_GROUP = re.compile(r"\b(?:group|grp|grupo|bin|pcn)\b:? ?(?:number|no|#|numero)?:? ?\w+", re.IGNORECASE)
_SHORTEST, _LONGEST = 6, 20


def read_member_id(text: str, about: About) -> Read | NotRead:
    """The number on the plan card, in capitals; a Medicare number without its dashes.

    Reasons: wordless, none, ssn (a social security number: never kept), short (a Medicare number with a piece missing),
    several, unclear.
    """
    if is_unreadable(text) and not any(char.isdigit() for char in text):
        return NotRead("wordless")
    shown = _GROUP.sub(" ", clean(text))
    if _SSN.search(fold(shown)):
        return NotRead("ssn")
    if re.search(r"\b(?:or|o)\b", fold(shown)) and len(re.findall(r"\w*\d{3,}\w*", shown)) > 1:
        return NotRead("several")
    written = _candidate(shown)
    if written:
        return _judged(written, sure=True)
    spoken = _candidate(in_digits(shown, about.locale))
    if spoken:
        return _judged(spoken, sure=False)
    return NotRead("none" if _NONE.search(fold(text)) else "unclear")


def _candidate(text: str) -> str | None:
    """The pieces with digits and what letters stand around them, put together."""
    pieces = [piece.strip(".,:;#()") for piece in text.split()]
    kept = [piece for piece in pieces if piece and fold(piece) not in _WORDS]
    if not kept or any(len(piece) > 3 and piece.isalpha() for piece in kept):
        return None
    joined = "".join(kept).upper()
    usable = re.fullmatch(r"[A-Z0-9]+(?:-[A-Z0-9]+)*", joined) and sum(char.isdigit() for char in joined) >= 4
    bare = joined.replace("-", "")
    return joined if usable and _SHORTEST <= len(bare) <= _LONGEST else None


def _judged(joined: str, sure: bool) -> Read | NotRead:
    bare = joined.replace("-", "")
    if _MBI.fullmatch(bare):
        return Read(bare, same(bare), sure=sure)
    if _looks_like_mbi(bare):
        mended = _mended(bare)
        return Read(mended, same(mended), sure=False) if mended else NotRead("short")
    # Ten digits may as well be a telephone.
    if re.fullmatch(r"\d{10,11}", bare):
        return Read(bare, same(bare), sure=False)
    return Read(joined, same(joined), sure=sure)


def _looks_like_mbi(bare: str) -> bool:
    return (
        _MBI_LENGTH - 1 <= len(bare) <= _MBI_LENGTH
        and re.match(r"[1-9][A-Z][A-Z0-9]\d[A-Z]", bare) is not None
    )


def _mended(bare: str) -> str | None:
    """The letters a Medicare number never has, as the digits they look like."""
    mended = bare.translate(str.maketrans("OILSBZ", "011582"))
    return mended if _MBI.fullmatch(mended) else None
