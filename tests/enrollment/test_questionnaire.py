"""The questionnaire: a mistake in it is named; adding a question needs no code."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.enrollment.interview import hear, open_interview
from bot.enrollment.position import Position, Utterance
from bot.enrollment.questionnaire import DEFAULT_FILE, MODES, PARTIES, QuestionnaireError, load, parse
from bot.words import LOCALES

Json = dict[str, Any]
FACTS = {"patient": "Rosa", "caller": "Ana"}


@pytest.fixture
def raw() -> Json:
    return dict(json.loads(DEFAULT_FILE.read_text(encoding="utf-8")))


def item(raw: Json, link_id: str) -> Json:
    return next(found for found in raw["item"] if found["linkId"] == link_id)


def extension(raw: Json, link_id: str, name: str) -> Json:
    return next(ext for ext in item(raw, link_id)["extension"] if ext["url"].endswith("/" + name))


def without_spanish(raw: Json) -> None:
    del item(raw, "zip")["_text"]


def without_again(raw: Json) -> None:
    item(raw, "zip")["extension"].remove(extension(raw, "zip", "question-text-again"))


def read_back_first(raw: Json) -> None:
    raw["item"].insert(0, raw["item"].pop())


def consent_first(raw: Json) -> None:
    raw["item"].insert(0, raw["item"].pop(-2))


BROKEN: list[tuple[str, Callable[[Json], Any], str, str]] = [
    ("no linkId", lambda raw: item(raw, "zip").pop("linkId"), "(no linkId)", "has no linkId"),
    ("linkId twice", lambda raw: item(raw, "zip").update(linkId="phone"), "phone", "is there twice"),
    ("linkId no slot name", lambda raw: item(raw, "zip").update(linkId="Zip-Code"), "Zip-Code", "lower case"),
    ("unknown type", lambda raw: item(raw, "zip").update(type="quantity"), "zip", 'unknown type "quantity"'),
    (
        "unknown parser",
        lambda raw: extension(raw, "zip", "answer-parser").update(valueCode="zipp"),
        "zip",
        "unknown parser",
    ),
    (
        "parser against type",
        lambda raw: extension(raw, "zip", "answer-parser").update(valueCode="yes-no"),
        "zip",
        "does not read",
    ),
    (
        "unknown question",
        lambda raw: item(raw, "relation")["enableWhen"][0].update(question="who"),
        "relation",
        'unknown question "who"',
    ),
    (
        "later question",
        lambda raw: item(raw, "caller_name")["enableWhen"][0].update(question="relation"),
        "caller_name",
        "asked later",
    ),
    (
        "itself",
        lambda raw: item(raw, "relation")["enableWhen"][0].update(question="relation"),
        "relation",
        "asked later",
    ),
    (
        "unknown choice",
        lambda raw: item(raw, "relation")["enableWhen"][0]["answerCoding"].update(code="them"),
        "relation",
        'no choice "them"',
    ),
    (
        "unknown operator",
        lambda raw: item(raw, "relation")["enableWhen"][0].update(operator="~"),
        "relation",
        "unknown operator",
    ),
    ("no options", lambda raw: item(raw, "needs").pop("answerOption"), "needs", "without answerOption"),
    (
        "option without Spanish",
        lambda raw: item(raw, "needs")["answerOption"][0]["valueCoding"].pop("_display"),
        "needs",
        "has no Spanish",
    ),
    ("no Spanish", without_spanish, "zip", "text: has no Spanish"),
    ("no text", lambda raw: item(raw, "zip").pop("text"), "zip", "text: has no text"),
    ("no again", without_again, "zip", "question-text-again: is missing"),
    (
        "bad placeholder",
        lambda raw: item(raw, "zip").update(text="Hi {name}"),
        "zip",
        "unknown placeholder {name}",
    ),
    ("open brace", lambda raw: item(raw, "zip").update(text="Hi {patient"), "zip", "text (en)"),
    ("read-back not last", read_back_first, "read_back", "must be the last"),
    ("consent too early", consent_first, "consent", "after every required"),
    (
        "repeats without choices",
        lambda raw: item(raw, "for_whom").update(repeats=True),
        "for_whom",
        "go together",
    ),
    ("no questions", lambda raw: raw.update(item=[]), "questionnaire", "no questions"),
    (
        "no Questionnaire",
        lambda raw: raw.update(resourceType="Patient"),
        "questionnaire",
        "not a FHIR Questionnaire",
    ),
]


@pytest.mark.parametrize(("_", "spoil", "link_id", "reason"), BROKEN, ids=[case[0] for case in BROKEN])
def test_a_mistake_is_named(
    raw: Json, _: str, spoil: Callable[[Json], Any], link_id: str, reason: str
) -> None:
    spoil(raw)
    with pytest.raises(QuestionnaireError) as caught:
        parse(raw)
    assert caught.value.link_id == link_id
    assert reason in caught.value.reason


def test_a_file_that_is_missing_or_no_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireError, match="missing"):
        load(tmp_path / "none.json")
    broken = tmp_path / "broken.json"
    broken.write_text("{", encoding="utf-8")
    with pytest.raises(QuestionnaireError, match="not JSON"):
        load(broken)


def test_every_question_has_its_words_in_every_way() -> None:
    questionnaire = load()
    for asked in questionnaire.items:
        for locale in LOCALES:
            for party in PARTIES:
                texts = [questionnaire.render(asked.link_id, locale, party, mode, FACTS) for mode in MODES]
                assert all(texts)
                assert len(set(texts)) == len(texts), asked.link_id


def test_coming_back_is_worded_as_coming_back() -> None:
    questionnaire = load()
    for asked in questionnaire.items:
        for party in PARTIES:
            assert questionnaire.render(asked.link_id, "en", party, "again", FACTS).startswith(
                "Back to your sign-up:"
            )
            assert questionnaire.render(asked.link_id, "es", party, "again", FACTS).startswith(
                "Sigamos con su inscripción:"
            )


def test_the_walk_follows_the_answers() -> None:
    questionnaire = load()
    mine = [asked.link_id for asked in questionnaire.walk({"for_whom": "me"})]
    hers = [asked.link_id for asked in questionnaire.walk({"for_whom": "other"})]
    assert set(hers) - set(mine) == {"caller_name", "relation", "authority", "patient_knows"}
    assert mine[-1] == hers[-1] == "read_back"


def test_any_and_all_conditions(raw: Json) -> None:
    zip_item = item(raw, "zip")
    coding = {"code": "other"}
    zip_item["enableWhen"] = [
        {"question": "for_whom", "operator": "=", "answerCoding": coding},
        {"question": "patient_name", "operator": "exists", "answerBoolean": True},
    ]

    def asks(behavior: str, answers: dict[str, Any]) -> bool:
        zip_item["enableBehavior"] = behavior
        return "zip" in [asked.link_id for asked in parse(copy.deepcopy(raw)).walk(answers)]

    assert asks("any", {"for_whom": "me", "patient_name": "Ana"})
    assert not asks("all", {"for_whom": "me", "patient_name": "Ana"})
    assert asks("all", {"for_whom": "other", "patient_name": "Ana"})
    assert not asks("any", {"for_whom": "me"})


def test_a_question_that_no_longer_applies_enables_nothing(raw: Json) -> None:
    item(raw, "matters_most")["enableWhen"] = [
        {"question": "relation", "operator": "=", "answerCoding": {"code": "child"}}
    ]
    answers = {"for_whom": "me", "relation": "child"}
    assert "matters_most" not in [asked.link_id for asked in parse(raw).walk(answers)]


def test_groups_are_opened_and_display_items_pass(raw: Json) -> None:
    raw["item"] = [
        {"linkId": "hello", "type": "display", "text": "Hello"},
        {"linkId": "all", "type": "group", "item": raw["item"]},
    ]
    assert [asked.link_id for asked in parse(raw).items] == [asked.link_id for asked in load().items]


def test_a_new_question_is_asked_and_read_back_with_no_code(raw: Json) -> None:
    added = copy.deepcopy(item(raw, "matters_most"))
    added["linkId"] = "good_day"
    added["text"] = "What makes a good day?"
    raw["item"].insert(1, added)
    questionnaire = parse(raw)
    heard = open_interview(questionnaire, Position(), Utterance("sign me up", "enroll", 0.9))
    heard = hear(questionnaire, heard.position, Utterance("me"))
    assert heard.next == "good_day"
    heard = hear(questionnaire, heard.position, Utterance("sun and coffee"))
    assert heard.recorded == {"good_day": "sun and coffee"}
    assert heard.next == "patient_name"
