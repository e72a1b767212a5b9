"""What no form expects: a clear problem or a kind question, never a 5xx, never another person's data."""

from __future__ import annotations

import json
import uuid

import httpx
import pytest

from tests.support.product import Person, Product

pytestmark = pytest.mark.any_database


def problem(answer: httpx.Response, status: int) -> str:
    """The detail of a problem+json answer of that status."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    return str(body["detail"])


def raw_post(person: Person, body: bytes) -> httpx.Response:
    headers = person.headers | {"content-type": "application/json"}
    return person.http.post(f"/api/v1/conversations/{person.id}/messages", content=body, headers=headers)


@pytest.mark.parametrize("text", ["", "   ", "\n\t "])
def test_an_empty_message_is_refused_in_words(person: Person, text: str) -> None:
    assert "empty" in problem(person.send(text), 422)


def test_2000_characters_are_read_and_2001_refused(person: Person) -> None:
    assert person.send("a" * 2000).status_code == 200
    assert "2000" in problem(person.send("a" * 2001), 413)


def test_a_megabyte_is_refused_before_it_is_read(person: Person) -> None:
    problem(raw_post(person, b'{"text":"' + b"a" * 1_000_000), 413)


def test_a_character_that_no_database_takes_is_refused(person: Person) -> None:
    assert "NUL" in problem(person.send("hello\x00there"), 422)


def test_half_a_character_is_refused(person: Person) -> None:
    body = f'{{"id":"{uuid.uuid4()}","text":"\\ud83d"}}'
    answer = raw_post(person, body.encode())
    assert answer.status_code in (400, 422)
    problem(answer, answer.status_code)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"{", 400),
        (b"\xff\xfe", 400),
        (b"[]", 422),
        (b'{"text":"hi"}', 422),
        (b'{"id":"not-a-uuid","text":"hi"}', 422),
        (b'{"id":"7b1e1f9e-51d4-4c39-8a6f-111111111111","text":7}', 422),
    ],
)
def test_a_malformed_body_is_a_clear_problem(person: Person, body: bytes, status: int) -> None:
    problem(raw_post(person, body), status)


@pytest.mark.parametrize(
    "text",
    [
        "\u202eolleh\u202c",
        "مرحبا",
        "😀🙏❤️",
        "/restart",
        '/intent{"x":1}',
        "/enroll",
        "/SetSlots(name=x)",
        "<script>alert(1)</script><b>hi</b>",
        "'; DROP TABLE message; --",
        "{{7*7}} ${jndi:ldap://x} %s %n {0} {patient}",
        "?",
        "1",
        "a" * 1999,
    ],
)
def test_odd_text_gets_a_kind_answer_and_is_kept_as_it_was(person: Person, text: str) -> None:
    person.say("I want to sign up")
    reply = person.say(text)
    assert reply.strip()
    assert text in [message["text"] for message in person.log() if message["author"] == "person"]
    assert person.say("talk to a person").strip()


def test_a_slash_command_never_moves_the_conversation(person: Person) -> None:
    person.say("I want to sign up")
    before = person.say("why do you ask?")
    assert person.say("/restart").strip()
    assert person.say("why do you ask?") == before


def test_without_a_token_there_is_nothing_to_see(person: Person) -> None:
    path = f"/api/v1/conversations/{person.id}"
    for answer in (
        person.http.get(f"{path}/messages"),
        person.http.get(f"{path}/events"),
        person.http.post(f"{path}/messages", json={"id": str(uuid.uuid4()), "text": "hi"}),
        person.http.get(f"{path}/messages", headers={"Authorization": "Bearer nonsense"}),
        person.http.get(f"{path}/messages", headers={"Authorization": "Basic eDp5"}),
    ):
        problem(answer, 401)


def test_another_persons_token_opens_nothing(product: Product) -> None:
    rosa, stranger = Person(product), Person(product)
    rosa.say("My name is Rosa Canaria")
    path = f"/api/v1/conversations/{rosa.id}/messages"
    answer = stranger.http.get(path, headers=stranger.headers)
    problem(answer, 401)
    assert "Canaria" not in answer.text
    before = len(rosa.log())
    sent = stranger.http.post(path, json={"id": str(uuid.uuid4()), "text": "hi"}, headers=stranger.headers)
    problem(sent, 401)
    assert len(rosa.log()) == before


def test_an_unknown_conversation_is_not_found(person: Person) -> None:
    answer = person.http.get(f"/api/v1/conversations/{uuid.uuid4()}/messages", headers=person.headers)
    problem(answer, 404)
    problem(person.http.get("/api/v1/conversations/x%00y/messages", headers=person.headers), 404)


def test_every_error_is_a_problem(person: Person) -> None:
    problem(person.http.get("/no/such/page"), 404)
    problem(person.http.put("/api/v1/conversations"), 405)
    problem(
        person.http.get(f"/api/v1/conversations/{person.id}/messages?after=x", headers=person.headers), 422
    )
    problem(person.http.post("/api/v1/conversations", json={"locale": "fr"}), 422)


def test_the_same_message_again_gives_the_same_answer(person: Person) -> None:
    message_id = str(uuid.uuid4())
    first = person.send("Who is on the team?", message_id)
    again = person.send("Who is on the team?", message_id)
    assert first.status_code == again.status_code == 200
    assert json.dumps(first.json()) == json.dumps(again.json())
    assert [message["text"] for message in person.log()].count("Who is on the team?") == 1


def test_two_people_may_use_the_same_message_id(product: Product) -> None:
    one, other = Person(product), Person(product)
    message_id = str(uuid.uuid4())
    assert one.send("hello there", message_id).status_code == 200
    assert other.send("hello there", message_id).status_code == 200
    assert len([m for m in other.log() if m["author"] == "person"]) == 1
