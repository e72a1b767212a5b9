"""What a killed process must not lose, and how a conversation goes on after the plain question."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.safety_talk import eventually, panel, seen
from tests.conversations.steps import go_to
from tests.safety import watched
from tests.support.console import Coordinator
from tests.support.mail import MailServer
from tests.support.product import Person, Product


@pytest.mark.parametrize(
    ("locale", "start", "party", "cry", "no", "said"),
    [
        ("en", "I want to sign up", "me", "I want this over", "nah just tired", "nurse or social worker"),
        ("es", "quiero inscribirme", "yo", "ya no puedo más", "no, la verdad no", "trabajo social"),
    ],
)
def test_after_a_no_the_open_question_comes_back(
    product: Product, locale: str, start: str, party: str, cry: str, no: str, said: str
) -> None:
    person = Person(product, locale)
    person.say(start)
    question = person.say(party).splitlines()[-1]
    assert question not in person.say(cry)
    heard = person.say(no)
    assert said in heard
    assert question[-12:] in heard
    person.say("Lena Ortiz")
    assert product.enrollment_of(person.id)["answers"]["patient_name"] == "Lena Ortiz"
    assert "SAFETY: wish to die" in panel(product, person)


def test_an_answer_beside_a_question_for_a_nurse_is_not_lost(product: Product, person: Person) -> None:
    go_to(person, "zip")
    heard = person.say("60614. And how long does he have?")
    assert "nurse or doctor" in heard
    assert product.enrollment_of(person.id)["answers"]["zip"] == "60614"
    assert "60614. And how long does he have?" in panel(product, person)


def test_a_coordinator_who_writes_takes_the_question_over(product: Product, person: Person) -> None:
    person.say("I want this over")
    nora = Coordinator(product)
    assert "waits for the person's answer" in seen(nora, f"/conversations/{person.id}")
    nora.conversation(person.id, "take-over")
    nora.conversation(person.id, "reply", text="I am here. May I call you?")
    assert person.say("yes") == ""
    assert "The intake is locked" not in panel(product, person)


def test_handing_back_while_locked_asks_nothing(product: Product, person: Person) -> None:
    person.say("I want to sign up")
    person.say("me")
    person.say("I want to kill myself")
    nora = Coordinator(product)
    nora.conversation(person.id, "take-over")
    nora.conversation(person.id, "hand-back")
    assert "988" in person.say("thank you for the call")
    assert "name" not in person.heard[-1]["text"]


def test_a_supervisor_judges_what_was_found(product: Product, person: Person) -> None:
    cry = "I want to kill myself"
    person.say("the garden was lovely today")
    person.say(cry)
    nora = Coordinator(product)
    page = seen(nora, "/safety")
    mine = page.partition(f"/console/conversations/{person.id}")[0].rpartition('<li id="d-')[2]
    detection = mine.partition('"')[0]
    assert cry in mine
    assert "the garden was lovely today" in mine
    assert "988" in mine
    nora.post(f"/safety/{detection}", "/safety", verdict="right")
    assert (
        'class="badge verdict">right' in seen(nora, "/safety").partition(detection)[2].partition("</li>")[0]
    )
    assert nora.post(f"/safety/{detection}", "/safety", verdict="perhaps").status_code == 422
    assert nora.post("/safety/nothing", "/safety", verdict="right").status_code == 404
    assert "safety.judge" in product.pes("audit", "list", "--object", detection)


def test_what_the_gate_missed_is_marked_at_the_message(product: Product, person: Person) -> None:
    person.say("the garden was lovely today")
    nora = Coordinator(product)
    message = (
        seen(nora, f"/conversations/{person.id}").partition('name="message_id" value="')[2].partition('"')[0]
    )
    marked = nora.conversation(person.id, "missed", message_id=message, category="wish_to_die")
    assert marked.status_code == 200
    assert "SAFETY: wish to die" in panel(product, person)
    assert "missed" in seen(nora, "/safety")
    assert "safety.missed" in product.pes("audit", "list", "--object", message)
    assert nora.conversation(person.id, "missed", message_id="x", category="suicide").status_code == 404
    assert nora.conversation(person.id, "missed", message_id=message, category="x").status_code == 422


def test_the_safety_page_is_for_supervisors(product: Product) -> None:
    name = f"cora{product.port}"
    product.pes("user", "add", name, PES_NEW_PASSWORD="another-long-password")
    cora = Coordinator(product, name, "another-long-password")
    assert cora.http.get("/console/safety").status_code == 403
    assert "/console/safety" not in cora.page()
    product.pes("user", "remove", name)


@pytest.fixture
def mail() -> Iterator[MailServer]:
    """A mail server."""
    server = MailServer().start()
    yield server
    server.stop()


@pytest.fixture
def fragile(tmp_path: Path, mail: MailServer) -> Iterator[Product]:
    """A product whose first notice leaves some seconds after the danger, so that it can die in between."""
    environment = watched.settings(tmp_path / "settings", mail)
    steps = [{"after_minutes": 0.1, "email": [watched.FIRST]}]
    program = watched.program(tmp_path / "settings", steps, answer_minutes=0.1)
    running = Product(tmp_path / "data", environment=environment | {"PES_PROGRAM_FILE": str(program)})
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.mark.slow
def test_killed_between_the_detection_and_the_alarm(fragile: Product, mail: MailServer) -> None:
    assert "Nothing was found yet" in seen(Coordinator(fragile), "/safety")
    rosa = Person(fragile)
    assert "988" in rosa.say("I want to kill myself")
    fragile.kill_service()
    assert mail.to(watched.FIRST) == []
    fragile.start_service()
    eventually(lambda: mail.to(watched.FIRST), seconds=60)
    fragile.wait_until_ready()
    assert "The intake is locked" in panel(fragile, rosa)


@pytest.mark.slow
def test_killed_while_the_plain_question_waits(fragile: Product, mail: MailServer) -> None:
    rosa = Person(fragile)
    rosa.say("I want this over")
    fragile.kill_service()
    fragile.start_service()
    fragile.wait_until_ready()
    eventually(lambda: "I have not heard from you" in rosa.log()[-1]["text"], seconds=60)
    eventually(lambda: mail.to(watched.FIRST), seconds=60)
