"""Taking permission back in plain words: "don't text me any more", "delete what I told you", at any time.

Rules (`data/withdrawal.yml`), not a classifier: what is understood here is acted on at once, with the dialogue model up
or down and whoever is in control. So each pattern must be the whole of a short message, or of one of its sentences.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

import yaml

from bot.enrollment.answers.plain import fold
from bot.enrollment.catalog import get_catalog
from bot.enrollment.record import STORE
from bot.settings import ROOT

TEXT, SHARE, VOICEMAIL, FAMILY = "text", "share", "voicemail", "family"
FILE = ROOT / "data" / "withdrawal.yml"
# A longer sentence tells a story; a person, not a rule, should read it.
LONGEST = 90


@dataclass(frozen=True)
class Wish:
    """What is taken back: scopes of consent (none: all of them), and whether what was said is to be erased."""

    scopes: tuple[str, ...]
    erase: bool = False

    @property
    def word(self) -> str:
        """The id of the words that confirm it."""
        return "withdrawn.erased" if self.erase else f"withdrawn.{self.scopes[0] if self.scopes else 'all'}"


_SENTENCE = re.compile(r"[.!?;\n]+")
_WISHES = {
    "erase": Wish((), erase=True),
    "all": Wish(()),
    **{scope: Wish((scope,)) for scope in (TEXT, SHARE, VOICEMAIL, FAMILY)},
}


class WithdrawalError(ValueError):
    """`data/withdrawal.yml` cannot be used; the message says which pattern and why."""


@lru_cache(maxsize=1)
def finders() -> tuple[tuple[Wish, re.Pattern[str]], ...]:
    """Every pattern with its wish, the widest wishes first. Raises WithdrawalError."""
    raw = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    found = []
    for entry in raw["wishes"]:
        if entry["wish"] not in _WISHES:
            raise WithdrawalError(f'{FILE.name}: unknown wish "{entry["wish"]}"')
        found += [(_WISHES[entry["wish"]], _compiled(pattern, raw["parts"])) for pattern in entry["any"]]
    return tuple(found)


def _compiled(pattern: str, parts: dict[str, str]) -> re.Pattern[str]:
    whole = f"{{lead}}(?:{pattern}){{tail}}"
    for name, part in parts.items():
        whole = whole.replace(f"{{{name}}}", part)
    try:
        return re.compile(whole)
    except re.error as error:
        raise WithdrawalError(f"{FILE.name}: {pattern}: {error}") from error


def told_no(scopes: Collection[str]) -> dict[str, bool]:
    """A no to every yes-or-no question that asks for one of these scopes, by link id: none is asked again."""
    asked = (item for one in get_catalog().all() for item in one.items)
    return {item.link_id: False for item in asked if item.scope in scopes and item.type == "boolean"}


def read(text: str) -> Wish | None:
    """What a message takes back; None when it takes nothing back. The widest wish of several counts."""
    sentences = [fold(part).strip(" .,!") for part in _SENTENCE.split(text)]
    short = [sentence for sentence in sentences if sentence and len(sentence) <= LONGEST]
    return next(
        (wish for wish, finder in finders() if any(finder.fullmatch(sentence) for sentence in short)), None
    )


def takes_back_storing(wish: Wish) -> bool:
    """Whether nothing that was said may be kept any more."""
    return not wish.scopes or STORE in wish.scopes
