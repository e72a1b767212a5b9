"""How the engine calls custom actions, and what becomes of a turn when one fails."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.conftest import SECRET, Engine, message, said
from tests.engine.peer import Call, Peer, result, short_interview, slot

pytestmark = pytest.mark.engine


def test_what_an_action_is_told(engine: Engine, peer: Peer) -> None:
    state = engine.talk("hello", "i want to sign up", "me")["state"]
    peer.calls.clear()
    engine.turn(
        "This is my mom",
        state,
        message_id="m-9",
        channel="sms",
        locale="es",
        metadata={"pieces": 2, "from": {"a": 1}},
    )
    (call,) = peer.calls
    assert call["next_action"] == "validate_intake_form"
    assert call["sender_id"] == "c-1"
    assert "domain" not in call
    tracker = call["tracker"]
    assert tracker["slots"]["for_whom"] == "me"
    assert tracker["slots"]["locale"] == "es"
    assert tracker["slots"]["requested_slot"] == "caller_name"
    assert tracker["active_loop"]["name"] == "intake_form"
    assert tracker["latest_input_channel"] == "sms"
    heard = tracker["latest_message"]
    assert heard["text"] == "This is my mom"
    assert heard["message_id"] == "m-9"
    assert heard["metadata"] == {"pieces": 2, "from": {"a": 1}}
    assert heard["intent"]["name"] == heard["intent"]["full"].split("/")[0]
    assert len(heard["intent_ranking"]) == 10
    assert [e["value"] for e in heard["entities"]] == ["mom"]


def test_an_action_gets_the_events_of_its_turn_only(engine: Engine, peer: Peer) -> None:
    state = engine.talk("hello", "what does the nurse do", "hello")["state"]
    engine.turn("let me talk to a person", state)
    events = peer.calls[-1]["tracker"]["events"]
    assert [e["text"] for e in events if e["event"] == "user"] == ["let me talk to a person"]
    assert events[0]["event"] == "user"


def test_calls_carry_the_token_over_one_connection(engine: Engine, peer: Peer) -> None:
    engine.talk(*["hello"] * 5)
    assert peer.tokens == [SECRET] * 5
    assert len(peer.connections) <= 2


def test_a_connection_that_was_closed_is_opened_again(engine: Engine, peer: Peer) -> None:
    engine.turn("hello")
    peer.stop()
    peer.start()
    assert said(engine.turn("hello")) == ["action_small_talk"]


FAILURES: dict[str, tuple[int, Any]] = {
    "a server error": (500, {"error": "failed", "action_name": "action_small_talk"}),
    "no such action": (404, {"error": "not found", "action_name": "action_small_talk"}),
    "wrong token": (401, {"error": "wrong token"}),
    "not JSON": (200, "<html>"),
    "nothing": (200, ""),
    "a list": (200, []),
    "null": (200, None),
    "events that are none": (200, {"events": "none", "responses": []}),
    "an event without its name": (200, {"events": [{"event": "slot", "value": 1}], "responses": []}),
    "an unknown event": (200, {"events": [{"event": "party", "timestamp": 1}], "responses": []}),
    "responses that are none": (200, {"events": [], "responses": ["text"]}),
    "a refusal without a name": (400, "no"),
}


@pytest.mark.parametrize("failure", FAILURES.values(), ids=FAILURES)
def test_a_failed_action_fails_the_turn(engine: Engine, peer: Peer, failure: tuple[int, Any]) -> None:
    peer.answer = lambda call: failure
    response = engine.post("/turn", message("hello"))
    assert response.status_code == 502
    assert response.json() == {"error": "action_failed"}
    peer.answer = short_interview
    assert said(engine.turn("hello")) == ["action_small_talk"]


def test_a_failure_in_the_form_fails_the_turn(engine: Engine, peer: Peer) -> None:
    state = engine.turn("i want to sign up")["state"]
    peer.answer = lambda call: (500, {})
    assert engine.post("/turn", message("me", state)).status_code == 502
    peer.answer = short_interview
    assert engine.turn("me", state)["state"]["slots"]["for_whom"] == "me"


def test_nothing_runs_after_a_failure(engine: Engine, peer: Peer) -> None:
    state = engine.talk("i want to sign up", "me", "Ana")["state"]
    peer.calls.clear()
    peer.answer = lambda call: (500, {}) if call["next_action"] == "validate_intake_form" else result("never")
    assert engine.post("/turn", message("60601", state)).status_code == 502
    assert [call["next_action"] for call in peer.calls] == ["validate_intake_form"]


def test_an_action_server_that_is_down_fails_the_turn(engine: Engine, peer: Peer) -> None:
    peer.stop()
    try:
        response = engine.post("/turn", message("hello"))
    finally:
        peer.start()
    assert (response.status_code, response.json()) == (502, {"error": "action_failed"})


@pytest.mark.slow
def test_an_action_that_does_not_answer_fails_the_turn(engine: Engine, peer: Peer) -> None:
    peer.delay = lambda call: 15.0
    response = engine.post("/turn", message("hello"))
    assert (response.status_code, response.json()) == (502, {"error": "action_failed"})


def test_actions_that_call_each_other_for_ever_fail_the_turn(engine: Engine, peer: Peer) -> None:
    peer.answer = lambda call: result(
        "again", events=[{"event": "followup", "timestamp": None, "name": "action_small_talk"}]
    )
    response = engine.post("/turn", message("hello"))
    assert (response.status_code, response.json()) == (502, {"error": "action_failed"})


def test_a_form_that_refuses_leaves_the_message_to_the_rules(engine: Engine, peer: Peer) -> None:
    state = engine.turn("i want to sign up")["state"]

    def refuse(call: Call) -> tuple[int, Any]:
        events = call["tracker"]["events"]
        answered = any(e["event"] == "action" and e["name"] == "action_answer" for e in events)
        if call["next_action"] == "validate_intake_form" and not answered:
            return 400, {"error": "rejected", "action_name": "validate_intake_form"}
        if call["next_action"] == "validate_intake_form":
            return result(events=[slot("ask_mode", "again"), slot("requested_slot", "for_whom")])
        return result(call["next_action"])

    peer.answer = refuse
    answer = engine.turn("what does the nurse do", state)
    assert said(answer)[0] == "action_answer"
    assert len(said(answer)) == 2, "the open question is asked again"
    loop = answer["state"]["active_loop"]
    assert loop["name"] == "intake_form"
    peer.answer = short_interview
    assert engine.turn("me", answer["state"])["state"]["slots"]["for_whom"] == "me"


def test_a_timer_is_not_set(engine: Engine, peer: Peer) -> None:
    """Timers are the service's; a reminder would be lost with the process, so it has no effect at all."""
    reminder = {
        "event": "reminder",
        "timestamp": None,
        "intent": "enroll",
        "entities": None,
        "date_time": "2020-01-01T00:00:00",
        "name": "later",
        "kill_on_user_msg": False,
    }
    peer.answer = lambda call: result("ok", events=[reminder])
    assert said(engine.turn("hello")) == ["ok"]
    assert len(peer.calls) == 1
