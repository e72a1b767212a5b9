"""What the service may rely on when it asks the engine."""

from __future__ import annotations

import json
import socket
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from tests.engine.conftest import Engine, message, said
from tests.engine.peer import Call, Peer, result

pytestmark = pytest.mark.engine


def test_health(engine: Engine) -> None:
    response = httpx.get(f"{engine.url}/health")
    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.parametrize("path", ["/turn", "/parse"])
@pytest.mark.parametrize("secret", [None, "", "wrong", "sécret"])
def test_only_who_knows_the_secret_is_answered(engine: Engine, path: str, secret: str | None) -> None:
    headers = {} if secret is None else {b"X-Engine-Secret": secret.encode()}
    response = httpx.post(engine.url + path, json=message("hello"), headers=headers)
    assert response.status_code == 401


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("conversation_id", None),
        ("conversation_id", ""),
        ("conversation_id", "a\nb"),
        ("conversation_id", 7),
        ("message_id", None),
        ("text", None),
        ("text", ["hello"]),
        ("text", "x" * 10_001),
        ("locale", "fr"),
        ("locale", ["en"]),
        ("channel", "fax"),
        ("metadata", "none"),
        ("state", []),
        ("state", {}),
        ("state", {"version": 0, "slots": {}, "active_loop": None, "loop_before": None, "history": []}),
        (
            "state",
            {
                "version": 1,
                "slots": {},
                "active_loop": None,
                "loop_before": None,
                "history": [{"event": "?"}],
            },
        ),
        ("state", {"version": 1, "slots": 3, "active_loop": None, "loop_before": None, "history": []}),
        (
            "state",
            {"version": 1, "slots": {}, "active_loop": {"name": "x"}, "loop_before": None, "history": []},
        ),
    ],
)
def test_a_malformed_turn_is_refused(engine: Engine, peer: Peer, field: str, value: Any) -> None:
    response = engine.post("/turn", message("hello") | {field: value})
    assert response.status_code == 422
    assert peer.calls == []


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b'"text"', b"\xff"])
def test_what_is_not_json_is_refused(engine: Engine, body: bytes) -> None:
    assert engine.post("/turn", body).status_code == 422
    assert engine.post("/parse", body).status_code == 422


def test_nothing_else_is_served(engine: Engine) -> None:
    for path in ("/", "/webhooks/rest/webhook", "/conversations/c-1/tracker", "/model"):
        assert httpx.get(engine.url + path).status_code == 404


def test_it_listens_on_loopback_only(engine: Engine) -> None:
    """127.0.0.2 reaches what listens everywhere, and not what listens on 127.0.0.1."""
    with socket.socket() as other:
        other.settimeout(2)
        assert other.connect_ex(("127.0.0.2", engine.port)) != 0


def test_the_shape_of_an_answer(engine: Engine, peer: Peer) -> None:
    links = [{"title": "Call us", "url": "tel:+15550100"}]
    buttons = [{"title": "Yes", "payload": "yes please"}, {"title": "No"}]
    peer.answer = lambda call: (
        200,
        {
            "events": [],
            "responses": [
                {"text": "One"},
                {"text": "Two", "buttons": buttons, "custom": {"kind": "handoff", "links": links}},
                {"custom": {"kind": "summary"}},
            ],
        },
    )
    answer = engine.turn("what does the nurse do")
    assert answer["messages"] == [
        {"text": "One", "choices": [], "links": [], "kind": "text"},
        {
            "text": "Two",
            "choices": [{"title": "Yes", "value": "yes please"}, {"title": "No", "value": "No"}],
            "links": links,
            "kind": "handoff",
        },
        {"text": "", "choices": [], "links": [], "kind": "summary"},
    ]
    trace = answer["trace"]
    assert trace["intent"] == "ask/role_nurse"
    assert trace["actions"] == ["action_answer"]
    assert 0.3 < trace["confidence"] <= 1
    assert trace["ranking"][0] == {"name": "ask/role_nurse", "confidence": trace["confidence"]}
    assert len(trace["ranking"]) == 10
    assert [(e["entity"], e["value"], e["start"], e["end"]) for e in trace["entities"]] == [
        ("role", "nurse", 14, 19)
    ]


def test_parse_says_how_a_text_is_understood(engine: Engine, peer: Peer) -> None:
    parsed = engine.post("/parse", {"text": "Qué hace la ENFERMERA", "locale": "es"}).json()
    assert parsed["text"] == "Qué hace la ENFERMERA"
    assert parsed["intent"] == parsed["ranking"][0]["name"] == "ask/role_nurse"
    assert [(e["entity"], e["value"]) for e in parsed["entities"]] == [("role", "nurse")]
    assert peer.calls == []


def test_the_longest_of_a_table_is_found_as_whole_words(engine: Engine) -> None:
    parsed = engine.post("/parse", {"text": "Morning hours, not mornings", "locale": "en"}).json()
    assert [e["value"] for e in parsed["entities"]] == ["Morning hours"]


@pytest.mark.parametrize("text", ["", "   ", "...", "?", "\n"])
def test_a_message_without_words_is_not_understood(engine: Engine, text: str) -> None:
    answer = engine.turn(text)
    assert answer["trace"]["intent"] == "nlu_fallback"
    assert answer["trace"]["actions"] == ["action_unsure"]


def test_the_same_request_brings_the_same_answer(engine: Engine) -> None:
    state = engine.talk("i want to sign up", "me")["state"]
    asked = message("Ana", state)
    first = engine.post("/turn", asked)
    engine.talk("hello", "no", conversation_id="c-2")
    assert engine.post("/turn", asked).json() == first.json()


def test_a_conversation_goes_on_in_another_process(engine: Engine, own_engine: Engine) -> None:
    state = engine.talk("i want to sign up", "me")["state"]
    here = engine.turn("Ana", state)
    own_engine.start()
    assert own_engine.turn("Ana", state) == here
    own_engine.kill()
    own_engine.start()
    assert own_engine.turn("Ana", state) == here


def test_state_survives_json(engine: Engine) -> None:
    state = engine.talk("i want to sign up", "me")["state"]
    assert json.loads(json.dumps(state)) == state
    assert state["slots"]["for_whom"] == "me"
    assert state["slots"]["requested_slot"] == "caller_name"
    assert state["active_loop"] == {"name": "intake_form", "is_interrupted": False, "rejected": False}


def test_an_answer_to_a_question_that_is_gone_is_left_behind(engine: Engine) -> None:
    state = engine.talk("i want to sign up")["state"]
    state["slots"]["favorite_color"] = "blue"
    assert "favorite_color" not in engine.turn("me", state)["state"]["slots"]


def test_turns_of_different_people_do_not_mix(engine: Engine, peer: Peer) -> None:
    def echo(call: Call) -> tuple[int, Any]:
        tracker = call["tracker"]
        return result(
            f"{tracker['sender_id']}: {tracker['latest_message']['text']} {tracker['slots']['locale']}"
        )

    peer.answer = echo
    # The first to come is the last to be answered.
    peer.delay = lambda call: (
        0.3 if call["sender_id"].endswith("0") else 0.01 * (ord(call["sender_id"][-1]) % 7)
    )

    def ask(number: int) -> bool:
        text, locale = f"what does nurse {number} do", "en" if number % 2 else "es"
        answer = engine.turn(text, conversation_id=f"c-{number}", message_id=f"m-{number}", locale=locale)
        user = answer["state"]["history"][0]
        return (
            said(answer) == [f"c-{number}: {text} {locale}"]
            and user["text"] == text
            and user["message_id"] == f"m-{number}"
        )

    with ThreadPoolExecutor(16) as people:
        assert all(people.map(ask, range(48)))


def test_a_turn_weighs_the_same_after_a_hundred(engine: Engine) -> None:
    texts = ["what does the nurse do", "hello", "i don't know", "x" * 1500]
    sizes, state = [], None
    for number in range(100):
        state = engine.turn(texts[number % len(texts)], state, message_id=f"m-{number:03}")["state"]
        sizes.append(len(json.dumps(state)))
    cycle = len(texts)
    assert max(sizes[-cycle:]) <= max(sizes[cycle : 2 * cycle]) + 50
    assert max(sizes) < 8_000
    assert state is not None
    assert sum(event["event"] == "user" for event in state["history"]) == 3
