"""Which action meets which message, and how the intake form begins, asks and ends."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from tests.engine.conftest import ROOT, Engine, said
from tests.engine.peer import Call, Peer, result, short_interview, slot

pytestmark = pytest.mark.engine


@pytest.mark.parametrize(
    ("text", "action"),
    [
        ("what does the nurse do", "action_answer"),
        ("let me talk to a person", "action_request"),
        ("start over from the beginning", "action_navigate"),
        ("hello", "action_small_talk"),
        ("yes please", "action_follow_up"),
        ("no thanks", "action_follow_up"),
        ("i don't know", "action_follow_up"),
        ("who won the football game", "action_unsure"),
        ("she died last night", "action_small_talk"),
    ],
)
def test_each_family_has_its_action(engine: Engine, text: str, action: str) -> None:
    answer = engine.turn(text)
    assert answer["trace"]["actions"] == [action]
    assert said(answer) == [action]


def test_every_family_has_a_rule() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    families = {name for entry in domain["intents"] for name in entry}
    ruled = set()
    for file in (ROOT / "data" / "rules").glob("*.yml"):
        for rule in yaml.safe_load(file.read_text(encoding="utf-8"))["rules"]:
            ruled |= {step["intent"] for step in rule["steps"] if "intent" in step}
    assert ruled == families


@pytest.mark.parametrize("text", ["i want to sign up", "i am calling for my mom", "quiero inscribirme"])
def test_signing_up_or_telling_starts_the_intake(engine: Engine, text: str) -> None:
    answer = engine.turn(text)
    assert answer["trace"]["actions"] == ["intake_form"]
    assert answer["state"]["active_loop"]["name"] == "intake_form"
    assert said(answer) == ["Who is this care for: you, or someone you care for?"]
    assert len(answer["messages"][0]["choices"]) == 2


def test_a_death_starts_nothing(engine: Engine) -> None:
    answer = engine.turn("my husband passed away yesterday")
    assert answer["trace"]["intent"] == "tell/death"
    assert answer["state"]["active_loop"] is None


def test_yes_to_the_offer_starts_the_intake_in_the_same_turn(engine: Engine, peer: Peer) -> None:
    def offer(call: Call) -> tuple[int, Any]:
        if call["next_action"] != "action_follow_up":
            return short_interview(call)
        return result("Good.", events=[{"event": "followup", "timestamp": None, "name": "intake_form"}])

    peer.answer = offer
    answer = engine.turn("yes please")
    assert answer["trace"]["actions"] == ["action_follow_up", "intake_form"]
    assert said(answer)[0] == "Good."
    assert len(said(answer)) == 2
    assert engine.turn("me", answer["state"])["state"]["slots"]["for_whom"] == "me"


def test_every_message_goes_to_the_form_while_it_is_active(engine: Engine, peer: Peer) -> None:
    state = engine.turn("i want to sign up")["state"]
    for text in (
        "what does the nurse do",
        "let me talk to a person",
        "pause",
        "she died last night",
        "hello",
        "zzz",
    ):
        peer.calls.clear()
        answer = engine.turn(text, state)
        assert [call["next_action"] for call in peer.calls] == ["validate_intake_form"], text
        assert answer["trace"]["actions"] == ["intake_form"], text


def test_the_end_of_the_form_hands_in_what_was_gathered(engine: Engine) -> None:
    answer = engine.talk("i want to sign up", "me", "Ana", "60601")
    assert answer["trace"]["actions"] == ["intake_form", "action_submit_intake"]
    assert answer["state"]["active_loop"] is None
    again = engine.turn("what does the nurse do", answer["state"])
    assert again["trace"]["actions"] == ["action_answer"]


def test_a_form_that_ends_as_it_begins_is_handed_in_too(engine: Engine, peer: Peer) -> None:
    peer.answer = lambda call: (
        result(events=[slot("interview", {"done": True}), slot("requested_slot", None)])
        if call["next_action"] == "validate_intake_form"
        else result(call["next_action"])
    )
    answer = engine.turn("i want to sign up")
    assert answer["trace"]["actions"] == ["intake_form", "action_submit_intake"]
    assert answer["state"]["active_loop"] is None


def test_a_form_can_be_taken_up_again(engine: Engine, peer: Peer) -> None:
    done = engine.talk("i want to sign up", "me", "Ana", "60601")["state"]
    answer = engine.turn("i want to sign up", done)
    assert answer["trace"]["actions"] == ["intake_form", "action_submit_intake"]


def test_a_form_that_waits_asks_nothing(engine: Engine, peer: Peer) -> None:
    state = engine.turn("i want to sign up")["state"]
    peer.answer = lambda call: result(
        "Would you like a call?", events=[slot("requested_slot", "waiting"), slot("offer", "x")]
    )
    answer = engine.turn("i want a human", state)
    assert said(answer) == ["Would you like a call?"]
    assert answer["state"]["active_loop"]["name"] == "intake_form"


def _texts() -> list[tuple[str, str, str, str]]:
    raw = json.loads((ROOT / "data" / "questionnaires" / "intake.json").read_text(encoding="utf-8"))
    text = next(item for item in raw["item"] if item["linkId"] == "zip")
    own = {extension["url"].rsplit("/", 1)[1]: extension for extension in text["extension"]}

    def both(name: str) -> tuple[str, str]:
        shadow = own[name]["_valueString"]["extension"][0]["extension"]
        return own[name]["valueString"], next(p["valueString"] for p in shadow if p["url"] == "content")

    spanish = next(
        p["valueString"] for p in text["_text"]["extension"][0]["extension"] if p["url"] == "content"
    )
    wordings = {
        ("self", "first"): (text["text"], spanish),
        ("other", "first"): both("question-text-proxy"),
        ("self", "again"): both("question-text-again"),
        ("other", "again"): both("question-text-again-proxy"),
        ("self", "example"): both("question-text-example"),
        # There is no wording of the example for someone else: the plain example stands in.
        ("other", "example"): both("question-text-example"),
    }
    return [
        (party, mode, locale, words)
        for (party, mode), pair in wordings.items()
        for locale, words in zip(("en", "es"), pair, strict=True)
    ]


@pytest.mark.parametrize(("party", "mode", "locale", "words"), _texts())
def test_a_question_is_asked_in_the_right_words(
    engine: Engine, peer: Peer, party: str, mode: str, locale: str, words: str
) -> None:
    peer.answer = lambda call: result(
        events=[
            slot("party", party),
            slot("ask_mode", mode),
            slot("patient", "Rosa"),
            slot("requested_slot", "zip"),
        ]
    )
    for _ in range(3):  # exactly one wording fits; nothing is left to chance
        answer = engine.turn("i want to sign up", locale=locale)
        assert said(answer) == [words.replace("{patient}", "Rosa")]


def test_choices_are_in_the_language_of_the_person(engine: Engine, peer: Peer) -> None:
    assert [c["title"] for c in engine.turn("quiero inscribirme", locale="es")["messages"][0]["choices"]] == [
        "Para mí",
        "Para alguien a quien cuido",
    ]
    peer.answer = lambda call: result(events=[slot("interview", {}), slot("requested_slot", "consent")])
    choices = engine.turn("quiero inscribirme", locale="es")["messages"][0]["choices"]
    assert choices == [{"title": "Sí", "value": "Sí"}, {"title": "No", "value": "No"}]


def test_the_language_may_change_in_the_middle(engine: Engine) -> None:
    state = engine.turn("i want to sign up")["state"]
    answer = engine.turn("me", state, locale="es")
    assert "¿" in said(answer)[0]
    assert "¿" not in said(engine.turn("Ana", answer["state"], locale="en"))[0]


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "  /restart",
        '/intent{"x":1}',
        "/enroll",
        '/enroll{"zip": "60601"}',
        "/",
        "/back",
        "/session_start",
    ],
)
def test_a_slash_is_text_like_any_other(engine: Engine, peer: Peer, text: str) -> None:
    state = engine.talk("i want to sign up", "me")["state"]
    answer = engine.turn(text, state)
    assert answer["trace"]["actions"] == ["intake_form"]
    assert answer["trace"]["confidence"] < 1.0
    assert peer.calls[-1]["tracker"]["latest_message"]["text"] == text
    assert answer["state"]["slots"]["for_whom"] == "me"
    assert answer["state"]["slots"]["caller_name"] == text


@pytest.mark.parametrize("text", ["restart", "back", "pause", "/restart", "/pause"])
def test_no_word_reaches_what_rasa_does_by_itself(engine: Engine, text: str) -> None:
    before = engine.turn("hello")["state"]
    answer = engine.turn(text, before)
    assert answer["messages"], "a paused or reverted conversation would be silent"
    assert [e["text"] for e in answer["state"]["history"] if e["event"] == "user"] == ["hello", text]
    after = engine.turn("hello", answer["state"])
    assert said(after) == ["action_small_talk"]
