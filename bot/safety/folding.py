"""Bringing what people type to one plain form, so that patterns meet words and not their disguises.

The plain form is ASCII words in lower case without apostrophes, one space apart, with " . " between sentences
and " , " for smaller pauses and quotation marks: `Don't   wake me…` becomes ` dont wake me . `. Look-alike
letters, zero-width characters, digits for letters, l e t t e r s set apart, stars in words, emoji and text-message
spelling all end in the words they stand for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from bot.settings import ROOT

SPELLING = ROOT / "data" / "safety" / "spelling.yml"
# A message may have 2,000 characters; what comes beside it (a pasted file) is bounded here too.
READ_CHARACTERS = 6000


class SpellingError(ValueError):
    """The spelling file cannot be used; the message says why."""


def normalize(text: str) -> str:
    """Lower case, no accents, no zero-width characters, single spaces, straight apostrophes; punctuation stays."""
    text = unicodedata.normalize("NFKD", text).replace("\u2019", "'")
    text = "".join(c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", text).strip().casefold()


def _pairs(letters: str, plain: str) -> dict[int, str]:
    return {ord(a): b for a, b in zip(letters, plain, strict=True)}


# Letters of other scripts that look like Latin ones (Unicode TR39's confusables, the ones people use).
_LOOK_ALIKES: dict[int, str] = (
    _pairs("абвгеёзикмнопрстухьіїјѕԁɡһҽүқңөԛԝ", "abbreeeukmhonpctyxbiijsdgheykhoqw")
    | _pairs("αβγδεζηικλμνοπρςστυφχω", "abydezniklmvonpsstuoxw")
    | _pairs("ᴀʙᴄᴅᴇꜰɢʜɪᴊᴋʟᴍɴᴏᴘʀꜱᴛᴜᴠᴡʏᴢ", "abcdefghijklmnoprstuvwyz")
    | _pairs("ıłøđħƙɑɩʟɛɔɐǝıɯʇʌʍ", "ilodhkaileoaeimtvw")
    | {ord("ß"): "ss", ord("æ"): "ae", ord("œ"): "oe"}
)
# Enclosed letters that compatibility normalization leaves alone, and flags' letters.
_LOOK_ALIKES |= {
    first + i: chr(ord("a") + i) for first in (0x1F130, 0x1F150, 0x1F170, 0x1F1E6) for i in range(26)
}

_EMOJI: dict[int, str] = {
    ord(c): f" emo{name} "
    for name, many in {
        "gun": "🔫",
        "knife": "🔪🗡",
        "pill": "💊",
        "skull": "💀☠⚰🪦👻",
        "rope": "🪢",
        "blood": "🩸",
        "cry": "😭😢💔😞😔🥺😿😩😫",
        "bye": "👋🕊",
        "help": "🆘🚨🚑",
        "beer": "🍺🍷🍸",
        "laugh": "😂🤣😆😅😹😄",
    }.items()
    for c in many
}

_LEET = str.maketrans("013457@$!|€+", "oieastasiiet")
_STARS = re.compile(r"[*#_~^\u2022\u00b7=]")
_APOSTROPHES = re.compile(r"['\u2018\u2019\u02bc\u0060\u00b4\u2032\uff07]")
_WILL = re.compile(r"(?<=[a-z])'ll\b")
_TOKEN = re.compile(
    r"\d+(?=[.,]\d)|(?<=\d)[.,]\d+|[a-z0-9]+|[.!?;\n\u2026\u00bf\u00a1]+|[,:()]|[\"\u201c\u201d\u00ab\u00bb]"
)
# "No, I want to die": an answer at the beginning is a sentence by itself and denies nothing of what follows.
_ANSWER = re.compile(r"^ ((?:no|nope|nah|nada|yes|yeah|si|ok|okay)(?: no)*) , ")
_PAUSES = frozenset(',:()"\u201c\u201d\u00ab\u00bb')
# Three or more single letters, each set apart from the next: "k i l l", "s.u.i.c.i.d.e", "d-i-e".
_SET_APART = re.compile(r"(?<![a-z0-9])(?:[a-z0][ .\-_*/,|]{1,3}){2,}[a-z0](?![a-z0])(?:(?<=[a-z0]))")
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_SPLIT_WORD = re.compile(r"(?<![a-z0-9])[a-z]+(?:[.\-_*/|][a-z]+)+(?![a-z0-9])")
_DISGUISED = re.compile(r"(?<![^\s.,\"(])(?=[^\s]*[a-z])[a-z0-9@$!|€+*#_~^=]{2,}")


@dataclass(frozen=True)
class Spelling:
    """What people write for other words.

    Args:
        words: one spelling -> the plain words for it ("wanna" stays, "u" -> "you", "kiero" -> "quiero").
        joined: two or three plain words -> the one that the patterns use ("do not" -> "dont").
        targets: words of danger; other words one slip away from them are read as them.
        near: every slip of a target -> the target.
        known: words that are near a target and mean something else.
    """

    words: dict[str, str]
    joined: tuple[tuple[re.Pattern[str], str], ...]
    targets: frozenset[str]
    near: dict[str, str]

    def word(self, word: str) -> str:
        """The plain word or words for one word as typed."""
        if word in self.targets:
            return word
        if word in self.words:
            return self.words[word]
        short = _DRAWN_OUT.sub(r"\1", word)
        if short != word:
            double = _DRAWN_OUT.sub(r"\1\1", word)
            word = double if double in self.targets or double in self.words else short
            if word in self.words:
                return self.words[word]
        return self._nearest(word)

    def _nearest(self, word: str) -> str:
        if len(word) < SHORTEST_SLIP or word in self.targets:
            return word
        for slip in _slips(word):
            if slip in self.near:
                return self.near[slip]
        return word

    def disguised(self, word: str) -> str | None:
        """The word of danger behind digits, signs or stars in its place ("su1c!de", "k*ll"); None for no such word."""
        bare = word.strip("!|+*#_~^=")
        for candidate in (word, bare, word.rstrip("!|+")):
            plain = candidate.translate(_LEET)
            for form in (plain, candidate.replace("1", "l").translate(_LEET), _DRAWN_OUT.sub(r"\1", plain)):
                if form in self.targets:
                    return form
        if _STARS.search(bare) and len(bare) >= 3:
            return self._starred(bare)
        return None

    def _starred(self, word: str) -> str | None:
        """A word with stars for letters; the star may stand for one letter or for none."""
        stripped = _STARS.sub("", word)
        if stripped in self.targets:
            return stripped
        hole = re.compile(_STARS.sub(lambda _: r"\w", word))
        fitting = [target for target in self.starred_targets if hole.fullmatch(target)]
        return fitting[0] if fitting else None

    @property
    def starred_targets(self) -> tuple[str, ...]:
        """Targets a star may hide in, in order."""
        return tuple(sorted(self.targets))


SHORTEST_SLIP = 6


def _slips(word: str) -> Iterable[str]:
    """The word and what is left when one letter is dropped, with the place marked: a slip meets its word there.

    Two words share one of these exactly when they are one insertion, deletion, or substitution apart (a swap of
    neighbors is found by the plain drop of either letter). Source: Garbe's symmetric delete method.
    """
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]


def read_spelling(path: Path = SPELLING) -> Spelling:
    """Read the file. Raises SpellingError when it is not there or not in form."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
        words = {str(word): str(plain) for plain, many in raw["words"].items() for word in str(many).split()}
        joined = tuple(
            (re.compile(rf"(?<= )(?:{many}) "), f"{plain} ") for plain, many in raw["joined"].items()
        )
        targets = frozenset(str(raw["targets"]).split())
        known = frozenset(str(raw["not_misspelled"]).split())
    except (OSError, yaml.YAMLError, KeyError, AttributeError, TypeError, re.error) as error:
        raise SpellingError(f"{path.name}: {type(error).__name__} {error}") from error
    near: dict[str, str] = {}
    for target in sorted(targets):
        if len(target) > SHORTEST_SLIP:
            near |= dict.fromkeys(_slips(target), target)
    for word in known:
        words.setdefault(word, word)
    for target in targets:
        words.pop(target, None)
    return Spelling(words, joined, targets, near)


@lru_cache(maxsize=1)
def _spelling() -> Spelling:
    return read_spelling()


_SOFT_HYPHEN = "\u00ad"


def _letters(text: str) -> str:
    """Plain lower-case letters, emoji as words, nothing invisible; a hyphen that only shows at a line's end is one."""
    text = text.replace(_SOFT_HYPHEN, "-")
    text = unicodedata.normalize("NFKC", text[:READ_CHARACTERS]).translate(_EMOJI).casefold()
    text = text.translate(_LOOK_ALIKES) if not text.isascii() else text
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in text if not unicodedata.combining(c) and unicodedata.category(c) != "Cf")
    return text


def _together(match: re.Match[str], spelling: Spelling) -> str:
    """Letters set apart as the words they spell; unchanged when they spell no word of danger."""
    letters = re.sub(r"[^a-z0]", "", match.group()).replace("0", "o")
    found = _segmented(letters, spelling)
    return " ".join(found) if found else match.group()


def _segmented(letters: str, spelling: Spelling) -> list[str] | None:
    """Letters cut into words of danger and the small words between them, longest first; None when they do not fit."""
    if not letters:
        return []
    for end in range(len(letters), 0, -1):
        word = letters[:end]
        if word in spelling.targets or word in _SMALL:
            rest = _segmented(letters[end:], spelling)
            if rest is not None:
                return [word, *rest]
    return None


_SMALL = frozenset("i im a to my me want wanna yo me mi quiero".split())


def _undisguised(spelling: Spelling) -> Callable[[re.Match[str]], str]:
    def plain(match: re.Match[str]) -> str:
        word = match.group()
        if word.isalpha():
            return word
        found = spelling.disguised(word)
        return found if found else word

    return plain


def fold(text: str, spelling: Spelling | None = None) -> str:
    """The plain form of a message, with a space at both ends (see the module)."""
    spelling = spelling or _spelling()
    plain = _letters(text)
    plain = _APOSTROPHES.sub("'", plain)
    plain = _WILL.sub(" will", plain).replace("'", "")
    plain = _SET_APART.sub(lambda match: _together(match, spelling), plain)
    plain = _SPLIT_WORD.sub(lambda match: _whole(match, spelling), plain)
    plain = _DISGUISED.sub(_undisguised(spelling), plain)
    words = []
    for token in _TOKEN.findall(plain):
        if token[0] in ".,0123456789" and token[-1].isdigit():
            words.append(token.lstrip(".,"))
        elif token[0].isalnum():
            words.append(spelling.word(token))
        else:
            words.append("," if token[0] in _PAUSES else ".")
    folded = f" {' '.join(words)} "
    for pattern, joined in spelling.joined:
        folded = pattern.sub(joined, folded)
    return _ANSWER.sub(r" \1 . ", folded)


def _whole(match: re.Match[str], spelling: Spelling) -> str:
    """`kill.myself` and `su-icide` as words; other dotted or hyphenated words as they are."""
    parts = re.split(r"[.\-_*/|]", match.group())
    whole = "".join(parts)
    if whole in spelling.targets:
        return whole
    return match.group()
