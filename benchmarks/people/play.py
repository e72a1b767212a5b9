"""One person's conversation: hears what is asked, and answers, refuses, digresses, errs, leaves and comes back."""

from __future__ import annotations

import random
import re
import time
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Protocol

from benchmarks.people.cast import CAREGIVER, CORRECTED, SHORT, TIRED, VERBATIM, Character
from benchmarks.people.phrases import Said, lines, of_phone, phrases
from bot.enrollment.answers import AnswerValue
from bot.enrollment.answers.plain import fold
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import CONSENT, READ_BACK
from bot.evaluation.typing_errors import Typist
from bot.words import LOCALES, text
from tests.support.intake_walk import open_questions

MOST_TURNS, MOST_NUDGES, MOST_TRIES = 120, 3, 4
# Nobody declines these for the sake of the figures: without them there is no sign-up.
NEVER_SKIPPED = frozenset({"for_whom", "patient_name", "phone", CONSENT, READ_BACK})
# Where a typing error still leaves an answer that can be read; numbers and names are typed with care.
MISTYPED = frozenset({"choice", "choices", "illness", "relation", "yes-no"})
# Questions that take any words: whatever is typed there is an answer.
ANY_WORDS = frozenset({"text", "name", "time", "illness"})
HABITS = ("skip", "why", "question", "unreadable", "")
HABIT_SHARES = (3, 4, 6, 4, 83)
CONFIRM, FIX, WISH = "confirm", "fix", "wish"
_CONFIRMS = ("value", "relation", "is_that_yes", "date", "part_of_date", "time")
_ASKED_BACK = {
    CONFIRM: tuple(f"confirm.{name}" for name in _CONFIRMS),
    FIX: ("fix.which", "fix.which_again"),
    # The safety gate's plain question. Nobody here is in danger.
    WISH: ("wish_ask", "wish_ask_other", "wish_again", "wish_why"),
}
GAP = "qqq"


class Talk(Protocol):
    """A channel to the product."""

    @property
    def key(self) -> tuple[str, str]:
        """How the conversation is found afterwards: (channel, conversation id or phone number)."""

    def say(self, text: str) -> str:
        """Send a message; all that came back, as one text."""


@dataclass
class Played:
    """What happened.

    Attributes:
        lines: what was said, in turn: (person or assistant, words).
        answered: linkId -> what was last typed as its answer.
        truth: linkId -> what the record must hold at the end; None: nothing.
        asked_back: questions whose answer was asked back.
        told_early: questions answered before they were asked, and `asked_anyway`: those asked all the same.
        ended: "done", "refused", or "stuck".
    """

    who: Character
    key: tuple[str, str] = ("", "")
    lines: list[tuple[str, str]] = field(default_factory=list)
    answered: dict[str, str] = field(default_factory=dict)
    truth: dict[str, AnswerValue | None] = field(default_factory=dict)
    patterns: dict[str, str] = field(default_factory=dict)
    asked_back: set[str] = field(default_factory=set)
    told_early: set[str] = field(default_factory=set)
    asked_anyway: set[str] = field(default_factory=set)
    ended: str = "stuck"
    seconds: float = 0.0

    @property
    def turns(self) -> int:
        """Messages the person sent."""
        return sum(who == "person" for who, _ in self.lines)

    @property
    def words_asked(self) -> int:
        """Words the person had to read."""
        return sum(len(words.split()) for who, words in self.lines if who == "assistant")


@lru_cache(maxsize=1)
def _asking_back() -> tuple[tuple[re.Pattern[str], str], ...]:
    found = []
    for kind, ids in _ASKED_BACK.items():
        for word_id in ids:
            for locale in LOCALES:
                escaped = re.escape(fold(_template(word_id, locale))).replace(re.escape(GAP), r".+?")
                found.append((re.compile(escaped.replace(r"\ ", r"\s+"), re.DOTALL), kind))
    return tuple(found)


def _template(word_id: str, locale: str) -> str:
    for facts in ({}, {"value": GAP}, {"label": GAP, "value": GAP}, {"value": GAP, "patient": GAP}):
        try:
            return text(word_id, locale, **facts)
        except KeyError:
            continue
    raise LookupError(word_id)


def asked_back_in(reply: str) -> str | None:
    """CONFIRM, FIX or WISH when a reply asks for something else than a question of the questionnaires; else None."""
    folded = fold(reply)
    return next((kind for pattern, kind in _asking_back() if pattern.search(folded)), None)


class Player:
    """Plays one character through one conversation."""

    def __init__(self, who: Character, talk: Talk) -> None:
        self.who, self.talk = who, talk
        self.told = Played(who, talk.key)
        self.locale = who.locale
        self.times: Counter[str] = Counter()
        self.last = ""
        self.paused = self.tired = self.short = self.caregiver = self.finished = False
        self.to_mend = ""
        self.mended_after = 0
        self.nudges = 0

    def play(self) -> Played:
        """The whole conversation."""
        began = time.perf_counter()
        reply = self._say(self._opening())
        while self.told.turns < MOST_TURNS:
            words = self._next(reply)
            if words is None:
                break
            reply = self._say(words)
        self.told.seconds = time.perf_counter() - began
        return self.told

    def _say(self, words: str) -> str:
        self.told.lines.append(("person", words))
        reply = self.talk.say(words)
        self.told.lines.append(("assistant", reply))
        return reply

    def _pick(self, about: str, section: str, name: str) -> str:
        found: str = self._draw(about).choice(lines(section, name, self.locale))
        return found.format(**self.who.words(self.locale))

    def _draw(self, about: str) -> random.Random:
        return self.who.draw(f"{about} {self.told.turns}")

    # --- beginning and end ---

    def _opening(self) -> str:
        kind = self.who.opening
        if kind == "question":
            found: str = self._draw("opening").choice(phrases()["questions"][self.locale])
            return found
        if kind == "facts":
            return self._opening_with_facts()
        if kind == "kin":
            self._tell_early({"for_whom": "other", "relation": phrases()["roles"][self.who.role]["relation"]})
            return self._pick("opening", "openings", "sign_up_other")
        return self._pick("opening", "openings", kind)

    def _opening_with_facts(self) -> str:
        other = self.who.party == "other"
        words = self._pick("opening", "openings", "facts_other" if other else "facts_me")
        facts: dict[str, AnswerValue] = {
            "for_whom": self.who.party,
            "patient_name": self.who.name_of("patient_name"),
        }
        if other:
            facts |= {
                "caller_name": self.who.name_of("caller_name"),
                "relation": phrases()["roles"][self.who.role]["relation"],
            }
        if self.who.own("zip") in words:
            facts["zip"] = self.who.own("zip")
        self._tell_early(facts, words)
        return words

    def _tell_early(self, facts: dict[str, AnswerValue], words: str = "") -> None:
        for link_id, value in facts.items():
            self.told.truth[link_id] = self.who.truth[link_id] = value
            self.told.answered[link_id] = words
            self.told.told_early.add(link_id)

    def _next(self, reply: str) -> str | None:
        """What to say to a reply; None when it is over."""
        asked = asked_back_in(reply) or self._question_in(reply)
        if asked is None:
            return self._nothing_asked()
        self.nudges = 0
        if asked == WISH:
            return "no"
        if asked == FIX:
            return self._what_to_fix()
        if asked == CONFIRM:
            return self._confirm(reply)
        if (aside := self._before_answering(asked)) is not None:
            return aside
        return self._answer(asked)

    def _question_in(self, reply: str) -> str | None:
        """The linkId of the open question; of several with the same wording the one that fits."""
        found = open_questions(reply)
        if self.last in found:
            return self.last
        if self.who.party == "me":
            found = tuple(link_id for link_id in found if link_id != "caller_name")
        return next((link_id for link_id in found if link_id not in self.times), found[0] if found else None)

    def _nothing_asked(self) -> str | None:
        if self.told.ended == "refused":
            return None
        if self.finished:
            self.told.ended = "done"
            if self.who.path == CAREGIVER and not self.caregiver:
                self.caregiver, self.finished = True, False
                return self._pick("caregiver", "moves", "caregiver")
            return None
        self.nudges += 1
        if self.nudges > MOST_NUDGES:
            return None
        if self.last:
            return self._pick("resume", "moves", "resume")
        return self._pick("sign up", "openings", "sign_up")

    # --- beside the answers ---

    def _before_answering(self, asked: str) -> str | None:
        """A wish of their own before they answer, when it is time for it."""
        number = len(self.times) + 1
        if self.who.second and number >= self.who.turns_at and self.locale != self.who.second:
            self.locale = self.who.second
            if self.who.asks_to_switch:
                return self._pick("speak", "moves", "speak")
        if self.who.path == SHORT and not self.short and self.last:
            self.short = True
            return self._pick("short", "moves", "short_at_first")
        if self.who.path == TIRED and not self.tired and number >= self.who.tires_at and asked != READ_BACK:
            self.tired = True
            return self._pick("tired", "moves", "tired")
        if self.who.pauses_at and not self.paused and number >= self.who.pauses_at:
            self.paused = True
            return self._pick("pause", "moves", "pause")
        if self.to_mend and not self.who.mends_at_end and number > self.mended_after + 1:
            return self._mend("later")
        return None

    def _mend(self, how: str) -> str:
        link_id, self.to_mend = self.to_mend, ""
        label = self._draw("label").choice(phrases()["corrections"]["labels"][link_id][self.locale])
        new = self.who.own(link_id)
        if link_id == "phone":
            new = f"{new[:3]}-{new[3:6]}-{new[6:]}"
        self.told.truth[link_id] = self.who.truth[link_id] = (
            f"+1{self.who.own('phone')}" if link_id == "phone" else new
        )
        shape = self._draw("mend").choice(phrases()["corrections"][how][self.locale])
        words: str = shape.format(label=label, new=new)
        self.told.answered[link_id] = words
        return words

    def _what_to_fix(self) -> str:
        if self.to_mend:
            return self._mend("later")
        return self._pick("nothing", "moves", "nothing_to_fix")

    def _confirm(self, reply: str) -> str:
        """Yes when what we are asked back is what we meant."""
        truth = self.told.truth.get(self.last)
        item = get_catalog().item(self.last)
        self.told.asked_back.add(self.last)
        self.times[f"{self.last} confirmed"] += 1
        if item is None or self.times[f"{self.last} confirmed"] > MOST_TRIES:
            return self._pick("skip", "moves", "skip")
        agreed = truth is not None and self._shown(self.last, truth, reply)
        picked: str = self._draw("confirm").choice(
            lines("answers", "yes" if agreed else "no", self.locale)[:6]
        )
        return picked

    def _shown(self, link_id: str, truth: AnswerValue, reply: str) -> bool:
        item = get_catalog().item(link_id)
        if item is None or isinstance(truth, bool) or item.parser == "time":
            return truth is not False
        shown = fold(reply)
        if link_id == "illness" and fold(self.told.answered.get(link_id, "")) in shown:
            # An illness that is not on the list is read back in their own words.
            return True
        return any(fold(label) in shown for label in item.show(truth).values())

    # --- answers ---

    def _answer(self, asked: str) -> str:
        time_asked = self.times[asked]
        self.times[asked] += 1
        self.last = asked
        if asked in self.told.told_early and time_asked == 0:
            self.told.asked_anyway.add(asked)
        if asked == READ_BACK:
            return self._at_the_read_back()
        if time_asked >= MOST_TRIES:
            # They give up; what they wanted to say counts as missing.
            return self._pick("skip", "moves", "skip")
        if time_asked == 0 and (aside := self._habit(asked)) is not None:
            return aside
        if asked == CONSENT and not self.who.agrees:
            self.told.ended = "refused"
        return self._typed(asked, self._meant(asked, time_asked))

    def _at_the_read_back(self) -> str:
        if self.to_mend:
            return self._mend("read_back")
        self.finished = True
        picked: str = self._draw("right").choice(lines("answers", "yes", self.locale)[:5])
        return picked

    def _habit(self, asked: str) -> str | None:
        """What comes instead of the answer this time, for some people at some questions."""
        item = get_catalog().item(asked)
        habit = self._draw(f"habit {asked}").choices(HABITS, HABIT_SHARES)[0]
        if habit == "question":
            found: str = self._draw("question").choice(phrases()["questions"][self.locale])
            return found
        if habit == "skip" and asked not in NEVER_SKIPPED:
            self.told.truth[asked] = self.who.truth[asked] = None
            return self._noted(asked, self._pick("skip", "moves", "skip"))
        if habit == "unreadable" and item is not None and item.parser not in ANY_WORDS:
            return self._pick("unreadable", "moves", "unreadable")
        return self._pick("why", "moves", "why") if habit == "why" else None

    def _meant(self, asked: str, time_asked: int) -> Said:
        if asked == self.who.mends and asked in CORRECTED and asked not in self.told.truth:
            self.to_mend, self.mended_after = asked, len(self.times)
            wrong = self.who.mistaken(asked)
            self.told.truth[asked] = f"+1{wrong}" if asked == "phone" else wrong
            return Said(wrong, self.told.truth[asked])
        if self.to_mend == asked:
            return Said(self.who.mistaken(asked), self.told.truth[asked])
        return self.who.answer(asked, self.locale, time_asked)

    def _typed(self, asked: str, said: Said) -> str:
        item = get_catalog().item(asked)
        words = said.text
        if item is not None and item.parser in MISTYPED and self.who.clumsy and self.times[asked] == 1:
            words = Typist(self.who.clumsy, self.who.number).type(words, self.locale)
        if asked == "zip" and self._draw("both").random() < 0.08 and self.who.mends != "phone":
            words = f"{words}, {of_phone(self._draw('phone too'), self.locale, self.who.own('phone'))}"
            self._tell_early({"phone": f"+1{self.who.own('phone')}"}, words)
        self.told.truth[asked] = said.value
        if asked in VERBATIM or (
            item is not None and item.parser in ("text", "time") and said.value is not None
        ):
            self.told.truth[asked] = words
        if said.pattern:
            self.told.patterns[asked] = said.pattern
        return self._noted(asked, words)

    def _noted(self, asked: str, words: str) -> str:
        self.told.answered[asked] = words
        return words
