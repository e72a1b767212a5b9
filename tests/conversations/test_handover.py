"""A coordinator takes over, writes, and hands back; the assistant is silent meanwhile and goes on where it was."""

from __future__ import annotations

from tests.support.console import Coordinator
from tests.support.product import Person, Product, eventually


def texts(person: Person, author: str) -> list[str]:
    return [message["text"] for message in person.log() if message["author"] == author]


def test_asking_for_a_person_puts_the_conversation_on_the_board(product: Product, person: Person) -> None:
    person.say("I need to talk to a real person please")
    assert person.id in Coordinator(product).page()


def test_taking_over_silences_the_assistant_and_handing_back_goes_on(
    product: Product, person: Person
) -> None:
    person.say("I want to sign up")
    question = person.say("me")
    nora = Coordinator(product)
    nora.conversation(person.id, "take-over")
    assert "Nora" in texts(person, "system")[-1]
    assistant_said = texts(person, "assistant")
    assert person.say("are you really a person?") == ""
    nora.conversation(person.id, "reply", text="Yes, I am Nora. How can I help?")
    assert texts(person, "coordinator") == ["Yes, I am Nora. How can I help?"]
    assert texts(person, "assistant") == assistant_said
    nora.conversation(person.id, "hand-back")
    assert eventually(lambda: len(texts(person, "assistant")) > len(assistant_said))
    assert "name" in question
    assert "name" in texts(person, "assistant")[-1]
    assert "matters most" in person.say("Lena Ortiz")


def test_two_coordinators_cannot_hold_the_same_conversation(product: Product, person: Person) -> None:
    product.pes("user", "add", f"omar{product.port}", PES_NEW_PASSWORD="another-long-password")
    person.say("hello")
    nora = Coordinator(product)
    omar = Coordinator(product, f"omar{product.port}", "another-long-password")
    assert nora.conversation(person.id, "take-over").status_code == 200
    assert omar.conversation(person.id, "take-over").status_code == 409
    assert omar.conversation(person.id, "reply", text="hi").status_code == 409
    nora.conversation(person.id, "hand-back")
    product.pes("user", "remove", f"omar{product.port}")


def test_the_console_is_closed_without_signing_in(product: Product, person: Person) -> None:
    stranger = Coordinator(product, "nora", "not the password")
    assert stranger.landed.status_code == 401
    for path in ("/console", f"/console/conversations/{person.id}", "/console/events"):
        answer = stranger.http.get(path)
        assert answer.url.path == "/console/sign-in"


def test_a_form_from_elsewhere_is_refused(product: Product, person: Person) -> None:
    nora = Coordinator(product)
    answer = nora.http.post(f"/console/conversations/{person.id}/take-over", data={"csrf": "guess"})
    assert answer.status_code == 403


def test_every_read_of_a_conversation_is_audited(product: Product, person: Person) -> None:
    nora = Coordinator(product)
    nora.page(f"/conversations/{person.id}")
    listed = product.pes("audit", "list", "--object", person.id)
    assert "conversation.read" in listed
    assert "whole" in product.pes("audit", "verify")
