"""Who takes part: people drawn from a seed, with a role, languages, a channel, a way through, and habits."""

from __future__ import annotations

import random
from dataclasses import dataclass, field

from benchmarks.people.phrases import (
    Said,
    a_birthday,
    a_name,
    a_story,
    lines,
    of_birthday,
    of_phone,
    of_zip,
    on_a_scale,
    one_of,
    phrases,
    plain_ascii,
)
from bot.enrollment.answers import AnswerValue
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import CONSENT, READ_BACK

FULL, SHORT, TIRED, CAREGIVER = "full", "short", "tired", "caregiver"
VERBATIM = frozenset({"matters_most", "faith_culture", "cg_hardest"})
AREA_CODES = ("312", "773", "708", "847", "630", "224", "872")
MALE_KIN = frozenset({"dad", "father", "husband", "brother", "papá", "padre", "esposo"})
# Answers that are put right later, and what was said by mistake.
CORRECTED = ("phone", "zip")
LONGEST_STORY, LONGEST_TEXT = 1900, 1500


@dataclass
class Character:
    """One of the people.

    Attributes:
        number: which of them.
        locale: the language they begin in; `second`: the one they go on in from question `turns_at` on, or "".
        role: a key of `roles` in phrases.yml; `kin`: what the patient is to them, by language.
        path: full, short, tired (midway) or caregiver (the questionnaire after the intake).
        agrees: whether they consent in the end; `enrolls`: their answer to "would you like to sign up?".
        mends: the answer given wrongly at first and put right later, or ""; `mends_at_end`: at the read-back.
        pauses_at: the question (counted from 1) at which they leave for a while; 0 for never.
    """

    seed: int
    number: int
    locale: str
    second: str
    turns_at: int
    asks_to_switch: bool
    channel: str
    role: str
    path: str
    agrees: bool
    mends: str
    mends_at_end: bool
    pauses_at: int
    tires_at: int
    tells_stories: bool
    opening: str
    clumsy: float
    kin: dict[str, str] = field(default_factory=dict)
    truth: dict[str, AnswerValue | None] = field(default_factory=dict)

    def draw(self, about: str) -> random.Random:
        """Chance for one matter, always the same for the same seed and person."""
        return random.Random(f"{self.seed}/{self.number}/{about}")

    @property
    def party(self) -> str:
        """`me` or `other`."""
        return str(phrases()["roles"][self.role]["party"])

    def words(self, locale: str) -> dict[str, str]:
        """What fills the gaps in phrases."""
        kin = self.kin.get(locale, "")
        male = kin in MALE_KIN
        they = {"subj": "he", "obj": "him", "poss": "his", "pronoun": "his", "refl": "himself"}
        if not male:
            they = {"subj": "she", "obj": "her", "poss": "her", "pronoun": "her", "refl": "herself"}
        if self.party == "me":
            they["refl"] = "myself"
        patient = self.name_of("patient_name")
        return they | {
            "kin": kin,
            "patient": patient,
            "caller": self.name_of("caller_name"),
            "first": patient.split()[0],
            "zip": self.own("zip"),
        }

    def name_of(self, link_id: str) -> str:
        """The true name of the caller or the patient."""
        return a_name(self.draw(f"name {link_id}"), self.locale)

    def own(self, link_id: str) -> str:
        """Their true phone number (ten digits) or zip code."""
        draw = self.draw(f"own {link_id}")
        if link_id == "zip":
            return str(draw.choice(phrases()["zips"]))
        return f"{draw.choice(AREA_CODES)}55501{draw.randrange(100):02d}"

    def mistaken(self, link_id: str) -> str:
        """A phone number or zip code that is not theirs."""
        draw = self.draw(f"mistaken {link_id}")
        if link_id == "zip":
            return str(draw.choice([code for code in phrases()["zips"] if code != self.own("zip")]))
        return f"{self.own('phone')[:-2]}{(int(self.own('phone')[-2:]) + 7) % 100:02d}"

    def answer(self, link_id: str, locale: str, time: int = 0) -> Said:
        """What they type at a question; asked again (`time` 1, 2 ...), the same answer in other words, then plainly."""
        known = link_id in self.truth
        for attempt in range(30 if known else 1):
            said = self._drawn(link_id, locale, self.draw(f"{link_id} {locale} {time} {attempt}"))
            if not known or said.value == self.truth[link_id]:
                break
        else:
            said = Said(plainly(link_id, self.truth[link_id], locale), self.truth[link_id])
        if time >= 2:
            said = Said(plainly(link_id, said.value, locale), said.value)
        self.truth[link_id] = said.value
        return said

    def _drawn(self, link_id: str, locale: str, draw: random.Random) -> Said:
        words = self.words(locale)
        if link_id == "for_whom":
            texts = phrases()["for_me" if self.party == "me" else "for_other"][locale]
            return Said(draw.choice(texts).format(**words), self.party)
        if link_id in ("caller_name", "patient_name"):
            return self._name(link_id, locale, draw)
        if link_id == "relation":
            role = phrases()["roles"][self.role]
            return Said(draw.choice(role["they"][locale]).format(**words), role["relation"])
        if link_id == "authority":
            kinds = phrases()["roles"][self.role]["authority"]
            kind = self.draw("authority").choice(kinds)
            return Said(draw.choice(phrases()["answers"]["authority"][kind][locale]).format(**words), kind)
        if link_id == "date_of_birth":
            born = a_birthday(self.draw("birthday"))
            return Said(of_birthday(draw, locale, born), born.isoformat())
        if link_id == "phone":
            return Said(of_phone(draw, locale, self.own("phone")), f"+1{self.own('phone')}")
        if link_id == "zip":
            return Said(of_zip(draw, locale, self.own("zip")), self.own("zip"))
        if link_id == "email":
            return self._email(locale, draw)
        return self._other(link_id, locale, draw, words)

    def _other(self, link_id: str, locale: str, draw: random.Random, words: dict[str, str]) -> Said:
        item = get_catalog().item(link_id)
        if link_id in VERBATIM:
            text = draw.choice(lines("verbatim", link_id, locale))
            if self.tells_stories:
                most = LONGEST_TEXT if self.channel == "sms" else LONGEST_STORY
                text = a_story(draw, locale, draw.randrange(300, most))
            return Said(text, text)
        if item is not None and item.parser == "scale":
            return on_a_scale(draw, locale)
        if item is not None and item.type == "boolean":
            value = self._says_yes(link_id)
            return Said(draw.choice(lines("answers", "yes" if value else "no", locale)), value)
        return one_of(draw, link_id, locale, words)

    def _says_yes(self, link_id: str) -> bool:
        if link_id == CONSENT:
            return self.agrees
        likely = {"interpreter": 0.2, "consent_voicemail": 0.5, "help_now": 0.3, READ_BACK: 1.0}
        return self.draw(f"yes {link_id}").random() < likely.get(link_id, 0.75)

    def _name(self, link_id: str, locale: str, draw: random.Random) -> Said:
        name = self.name_of(link_id)
        own = link_id == "caller_name" or self.party == "me"
        shapes = phrases()["own_name" if own else "their_name"][locale]
        words = self.words(locale) | {"name": name, "lower": name.lower(), "first": name.split()[0]}
        return Said(draw.choice(shapes).format(**words), name)

    def _email(self, locale: str, draw: random.Random) -> Said:
        first = plain_ascii(
            self.name_of("caller_name" if self.party == "other" else "patient_name").split()[0]
        )
        text = draw.choice(lines("answers", "email", locale))[0].format(first_ascii=first, n=self.number)
        address = next((word for word in text.split() if "@" in word), "")
        if not address:
            address = f"{first}@example.{'com' if 'com' in text else 'org'}"
        return Said(text, address)


def plainly(link_id: str, value: AnswerValue | None, locale: str) -> str:
    """A value said in the plainest words, as the questionnaire itself shows it."""
    item = get_catalog().item(link_id)
    if value is None or item is None:
        return {"en": "skip", "es": "saltar"}[locale]
    return item.show(value)[locale]


def cast(count: int, seed: int) -> list[Character]:
    """The people of a run; the same for the same seed, and the first of a longer run are those of a shorter one."""
    return [_somebody(number, seed) for number in range(count)]


def _somebody(number: int, seed: int) -> Character:
    draw = random.Random(f"{seed}/{number}")
    roles = phrases()["roles"]
    role = draw.choices(list(roles), [roles[name]["share"] for name in roles])[0]
    locale = draw.choice(["en", "es"])
    switches = draw.random() < 0.12
    kin_at = draw.randrange(4)
    other = roles[role]["party"] == "other"
    path = draw.choices([FULL, SHORT, TIRED, CAREGIVER], [62, 14, 14, 10 if other else 0])[0]
    opening = draw.choices(["sign_up", "hello", "question", "facts", "kin"], [40, 15, 15, 20, 10])[0]
    if opening == "kin" and not other:
        opening = "facts"
    return Character(
        seed=seed,
        number=number,
        locale=locale,
        second={"en": "es", "es": "en"}[locale] if switches else "",
        turns_at=draw.randrange(3, 15),
        asks_to_switch=draw.random() < 0.5,
        channel=draw.choices(["webchat", "sms"], [65, 35])[0],
        role=role,
        path=path,
        agrees=draw.random() >= 0.05,
        mends=draw.choice(CORRECTED) if draw.random() < 0.2 else "",
        mends_at_end=draw.random() < 0.5,
        pauses_at=draw.randrange(3, 20) if draw.random() < 0.15 else 0,
        tires_at=draw.randrange(6, 16),
        tells_stories=draw.random() < 0.2,
        opening=opening,
        clumsy=0.06 if draw.random() < 0.3 else 0.0,
        kin={code: forms[kin_at % len(forms)] for code, forms in roles[role].get("kin", {}).items()},
    )
