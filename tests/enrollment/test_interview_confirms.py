"""What we are not sure of is asked back in words; yes keeps it, no brings the other reading or a new try."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from bot import words
from bot.enrollment.interview import hear, open_interview
from bot.enrollment.position import Heard, Position, Utterance, Word
from bot.enrollment.questionnaire import DEFAULT_FILE, OWN, TRANSLATION, Questionnaire, parse

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZoneInfo("America/Chicago"))


def _spanish(text: str) -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": text}]
    return {"extension": [{"url": TRANSLATION, "extension": parts}]}


def _question(link_id: str, parser: str, kind: str = "string") -> dict[str, Any]:
    """A question that asks nothing in particular, read by a parser."""
    texts = [
        {"url": OWN + name, "valueString": link_id, "_valueString": _spanish(link_id)}
        for name in ("question-text-again", "question-text-example", "question-why", "question-label")
    ]
    own = [*texts, {"url": OWN + "answer-parser", "valueCode": parser}]
    return {"linkId": link_id, "type": kind, "text": link_id, "_text": _spanish(link_id), "extension": own}


def _asked(link_id: str, parser: str, kind: str = "string") -> Questionnaire:
    """The intake with one question more, put first after for whom it is."""
    raw = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    raw["item"] = [
        next(item for item in raw["item"] if item["linkId"] == "zip"),
        _question(link_id, parser, kind),
        next(item for item in raw["item"] if item["linkId"] == "matters_most"),
    ]
    return parse(raw)


class Person:
    """Someone who answers one question."""

    def __init__(
        self, parser: str, locale: str = "en", zip_code: str = "60601", kind: str = "string"
    ) -> None:
        self.questionnaire, self.locale = _asked("it", parser, kind), locale
        self.heard = open_interview(self.questionnaire, Position(), self._said("sign me up", "enroll"))
        self.say(zip_code)
        assert self.heard.next == "it"

    def _said(self, text: str, intent: str = "out_of_scope") -> Utterance:
        sure = 0.9 if intent != "out_of_scope" else 0.2
        return Utterance(text, intent, sure, locale=self.locale, at=NOW, zone="America/New_York")

    def say(self, text: str) -> Heard:
        position = Position.from_slot(self.heard.position.to_slot(), self.heard.position.answers)
        self.heard = hear(self.questionnaire, position, self._said(text))
        return self.heard

    @property
    def answer(self) -> Any:
        return self.heard.position.answers.get("it")

    @property
    def told(self) -> str:
        """What was said last, in words."""
        spoken = [said for said in self.heard.say if isinstance(said, Word)]
        return " ".join(words.text(said.id, self.locale, **{"phone": "", **said.facts}) for said in spoken)


def test_a_date_in_numbers_is_asked_back_in_words() -> None:
    person = Person("date-of-birth")
    person.say("3/4/52")
    assert person.told == "Is that March 4, 1952?"
    assert not person.heard.asks
    person.say("yes")
    assert person.answer == "1952-03-04"
    assert person.heard.next == "matters_most"


def test_in_spanish_the_day_comes_first() -> None:
    person = Person("date-of-birth", "es")
    person.say("3/4/52")
    assert person.told == "¿Es el 3 de abril de 1952?"
    person.say("sí")
    assert person.answer == "1952-04-03"


def test_no_brings_the_other_reading() -> None:
    person = Person("date-of-birth", "es")
    person.say("3/4/52")
    person.say("no")
    assert person.told == "¿Es el 4 de marzo de 1952?"
    person.say("sí, ese")
    assert person.answer == "1952-03-04"


def test_no_with_the_right_date_takes_that() -> None:
    person = Person("date-of-birth")
    person.say("3/4/52")
    person.say("no, March 5th 1952")
    assert person.answer == "1952-03-05"


def test_no_twice_asks_anew() -> None:
    person = Person("date-of-birth")
    person.say("3/4/52")
    person.say("no")
    person.say("no")
    assert "once more" in person.told
    assert person.heard.next == "it"
    assert person.answer is None


def test_an_age_gives_the_year_and_only_that() -> None:
    person = Person("date-of-birth")
    person.say("I'm 81")
    assert "1945" in person.told
    person.say("yes")
    assert person.answer == "1945"


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ("February 30 1950", "calendar"),
        ("June 1 2031", "has not come yet"),
        ("March 4 1800", "very long time ago"),
        ("March 4", "what year"),
    ],
)
def test_a_date_that_cannot_be_is_refused_kindly(said: str, told: str) -> None:
    person = Person("date-of-birth")
    person.say(said)
    assert told in person.told
    assert person.heard.next == "it"
    assert person.answer is None


def test_a_child_is_kept_and_pointed_out_to_the_team() -> None:
    person = Person("date-of-birth")
    person.say("June 3, 2015")
    assert person.told == "Is that June 3, 2015?"
    person.say("yes")
    assert person.answer == "2015-06-03"
    assert "children" in person.told
    assert {"link_id": "it", "reason": "minor", "text": ""} in person.heard.position.notes


def test_times_are_kept_in_words_and_as_windows_in_the_zone_of_the_zip() -> None:
    person = Person("time", zip_code="85001")
    person.say("tomorrow at 3")
    assert person.answer == "tomorrow at 3"
    detail = person.heard.position.details["it"]
    assert detail["windows"] == ["2026-11-24T15:00-07:00/2026-11-24T16:00-07:00"]
    assert detail["zone"] == "America/Phoenix"


def test_a_time_that_hangs_on_something_is_asked_back() -> None:
    person = Person("time")
    person.say("after my dialysis on Tuesday")
    assert person.told == "I want to be sure when we may call: Tuesday, 8 AM to 9 PM. Is that right?"
    person.say("yes")
    assert person.answer == "after my dialysis on Tuesday"
    assert person.heard.position.details["it"]["pattern"] == "Tu 08:00-21:00"


def test_a_time_at_night_is_declined_with_our_hours() -> None:
    person = Person("time")
    person.say("at 3 in the morning")
    assert "between 8 in the morning and 9 at night" in person.told


def test_words_without_a_time_are_asked_once_and_then_kept() -> None:
    person = Person("time")
    person.say("when my nurse is here")
    assert "a day or an hour" in person.told
    person.say("when my nurse is here")
    assert person.answer == "when my nurse is here"
    assert person.heard.next == "matters_most"


def test_a_number_out_of_the_scale_and_a_word_are_asked_again() -> None:
    person = Person("scale", kind="integer")
    person.say("bad")
    assert "give it a number" in person.told
    person.say("seven or eight")
    assert "8" in person.told
    person.say("yes")
    assert person.answer == 8


def test_a_social_security_number_is_kept_nowhere() -> None:
    person = Person("member-id")
    person.say("123-45-6789")
    assert "social security" in person.told
    person.say("123-45-6789")
    assert person.heard.next == "matters_most"
    assert "6789" not in json.dumps(person.heard.position.to_slot())


def test_a_slip_in_an_address_is_mended_only_with_a_yes() -> None:
    person = Person("email")
    person.say("ana@gmial.com")
    assert "ana@gmail.com" in person.told
    person.say("no")
    assert "ana@gmial.com" in person.told
    person.say("yes")
    assert person.answer == "ana@gmial.com"


def test_an_illness_nobody_listed_is_kept_in_the_persons_words() -> None:
    person = Person("illness")
    person.say("sickle cell")
    assert "sickle cell" in person.told
    person.say("yes")
    assert person.answer == "sickle cell"
    assert person.heard.position.details["it"]["codes"] == ["other"]


def test_an_answer_given_anew_forgets_what_was_understood_before() -> None:
    person = Person("time")
    person.say("tomorrow at 3")
    position = Position.from_slot(person.heard.position.to_slot(), person.heard.position.answers)
    position.open = "it"
    heard = hear(person.questionnaire, position, person._said("mornings"))
    assert heard.position.answers["it"] == "mornings"
    assert heard.position.details["it"]["pattern"] == "Mo-Su 08:00-12:00"
