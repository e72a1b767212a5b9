"""How a FHIR Questionnaire becomes a form; with the real one and with broken ones."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from bot.engine.questionnaire import OWN, TRANSLATION, QuestionnaireProblem, domain_of, read
from tests.engine.conftest import ROOT

INTAKE = ROOT / "data" / "questionnaires" / "intake.json"


def spanish(text: str) -> dict[str, Any]:
    """A translation, as FHIR writes it."""
    parts = [{"url": "lang", "valueCode": "es"}, {"url": "content", "valueString": text}]
    return {"extension": [{"url": TRANSLATION, "extension": parts}]}


def question(link_id: str, **more: Any) -> dict[str, Any]:
    """A question with its English and Spanish."""
    return {
        "linkId": link_id,
        "type": "string",
        "text": f"{link_id}?",
        "_text": spanish(f"¿{link_id}?"),
        **more,
    }


def variant(name: str, text: str) -> dict[str, Any]:
    """Another wording."""
    return {"url": OWN + name, "valueString": text, "_valueString": spanish(f"es: {text}")}


def ask(domain: dict[str, Any], link_id: str, locale: str, party: str, mode: str) -> dict[str, Any]:
    """The one response for these slots."""
    wanted = {"locale": locale, "party": party, "ask_mode": mode}
    fitting: list[dict[str, Any]] = [
        response
        for response in domain["responses"][f"utter_ask_intake_form_{link_id}"]
        if {c["name"]: c["value"] for c in response["condition"]} == wanted
    ]
    (only,) = fitting
    return only


def test_the_real_questionnaire_can_be_asked_in_every_way() -> None:
    domain = domain_of(read(INTAKE))
    for link_id in domain["forms"]["intake_form"]["required_slots"]:
        assert domain["slots"][link_id]["influence_conversation"] is False
        for locale in ("en", "es"):
            for party in ("self", "other"):
                for mode in ("first", "again", "example"):
                    assert ask(domain, link_id, locale, party, mode)["text"]


def test_the_order_of_the_questions_is_kept_groups_are_opened_displays_skipped() -> None:
    inner = {
        "linkId": "group",
        "type": "group",
        "item": [question("b"), {"linkId": "d", "type": "display", "text": "x"}],
    }
    domain = domain_of({"item": [question("c"), inner, question("a")]})
    assert domain["forms"]["intake_form"]["required_slots"] == ["c", "b", "a"]


def test_a_wording_that_is_not_there_falls_back() -> None:
    extensions = [variant("question-text-proxy", "proxy"), variant("question-text-again", "again")]
    domain = domain_of({"item": [question("a", extension=extensions)]})
    found = {
        (party, mode): ask(domain, "a", "en", party, mode)["text"]
        for party in ("self", "other")
        for mode in ("first", "again", "example")
    }
    assert found == {
        ("self", "first"): "a?",
        ("self", "again"): "again",
        ("self", "example"): "a?",
        ("other", "first"): "proxy",
        ("other", "again"): "again",
        ("other", "example"): "proxy",
    }
    assert ask(domain, "a", "es", "other", "first")["text"] == "es: proxy"


def test_choices_are_buttons_that_say_their_words() -> None:
    option = {"valueCoding": {"code": "me", "display": "Me", "_display": spanish("Para mí")}}
    domain = domain_of(
        {"item": [question("a", type="choice", answerOption=[option]), question("b", type="boolean")]}
    )
    assert ask(domain, "a", "es", "self", "first")["buttons"] == [{"title": "Para mí", "payload": "Para mí"}]
    assert [b["title"] for b in ask(domain, "b", "en", "self", "first")["buttons"]] == ["Yes", "No"]


BROKEN: dict[str, tuple[list[Any], str, str]] = {
    "no id": ([question("a") | {"linkId": ""}], "(no linkId)", "has no linkId"),
    "an id that is no name": ([question("your name")], "your name", "lower case letters"),
    "an id twice": ([question("a"), question("a")], "a", "is there twice"),
    "no text": ([question("a", text="")], "a", "has no text"),
    "no Spanish": ([question("a", _text={})], "a", "text: has no Spanish"),
    "a variant without Spanish": (
        [question("a", extension=[variant("question-text-again", "x") | {"_valueString": None}])],
        "a",
        "question-text-again: has no Spanish",
    ),
    "a choice without Spanish": (
        [question("a", answerOption=[{"valueCoding": {"code": "me", "display": "Me"}}])],
        "a",
        "answerOption me: has no Spanish",
    ),
    "not an object": (["a"], "(top)", "not an object"),
    "no questions": ([], "(top)", "has no questions"),
}


@pytest.mark.parametrize(("items", "link_id", "reason"), BROKEN.values(), ids=BROKEN)
def test_what_is_broken_is_named(items: list[Any], link_id: str, reason: str) -> None:
    with pytest.raises(QuestionnaireProblem) as problem:
        domain_of({"item": copy.deepcopy(items)})
    assert problem.value.link_id == link_id
    assert reason in str(problem.value)


def test_a_file_that_is_no_questionnaire_is_named(tmp_path: Path) -> None:
    with pytest.raises(QuestionnaireProblem, match="is missing"):
        read(tmp_path / "gone.json")
    (tmp_path / "torn.json").write_text("{", encoding="utf-8")
    with pytest.raises(QuestionnaireProblem, match="is not JSON"):
        read(tmp_path / "torn.json")
    (tmp_path / "other.json").write_text('{"resourceType": "Patient"}', encoding="utf-8")
    with pytest.raises(QuestionnaireProblem, match="not a FHIR Questionnaire"):
        read(tmp_path / "other.json")
