"""Canary words typed into every field are found in no log and not in the raw database."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.console import Coordinator
from tests.support.intake_walk import MOM_EN, walk
from tests.support.product import Person, Product

CANARIES = {
    "caller_name": "Quillana Zyxwort",
    "patient_name": "Brunhelda Vexfeld",
    "matters_most": "my tortoise Plimquat and zanderblossom tea",
    "best_time": "after my gribblewock on Tuesdays",
    "illness": "a bad case of frumblepox",
    "main_helper": "my cousin Dwimbert",
    "faith_culture": "we keep the Snazzlefest",
    "date_of_birth": "March 4, 1952, in Krumpleville",
    "member_id": "XWQ7731998",
    "consent_family": "my aunt Orphelinda",
}


def searched(folder: Path) -> bytes:
    """Everything the product has written: logs, database, write-ahead log."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".log" for path in files)
    return b"\n".join(path.read_bytes() for path in files).lower()


@pytest.fixture(scope="module")
def private(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    running = Product(tmp_path_factory.mktemp("private"), environment={"PES_LOG_LEVEL": "DEBUG"})
    try:
        yield running.start()
    finally:
        running.stop()


def test_no_word_of_a_person_is_readable_on_disk_even_with_debug_logs(private: Product) -> None:
    person = Person(private)
    told = MOM_EN | CANARIES | {"zip": "60699", "phone": "312-555-0177"}
    walk(
        person, person.say("I want to sign up my mother, the floxinator said so"), told, until="matters_most"
    )
    walk(person, person.say("wibbleflonk, what does the nurse do?"), told, until="consent")
    walk(person, person.say("/restart snorkwaffle"), told)
    person.say("I want to talk to a person about my cravendish")
    person.say("don't talk to my daughter about this")
    person.send("x" * 2001 + "glimmerstrop")
    person.http.get(f"/nosuchpage/{'plonkberry'}")
    nora = Coordinator(private)
    nora.conversation(person.id, "take-over")
    nora.conversation(person.id, "reply", text="hello from skelterbrook")
    nora.post(
        f"/enrollments/{private.enrollment_of(person.id)['id']}/state",
        f"/conversations/{person.id}",
        state="declined",
        reason="moved to Glapthorn",
    )
    record = private.enrollment_of(person.id)
    assert record["answers"]["matters_most"] == CANARIES["matters_most"]
    everything = searched(private.folder)
    words = [
        "zyxwort", "vexfeld", "plimquat", "zanderblossom", "gribblewock", "floxinator", "wibbleflonk", "60699",
        "5550177", "555-0177", "snorkwaffle", "cravendish", "glimmerstrop", "skelterbrook", "plonkberry",
        "frumblepox", "dwimbert", "snazzlefest", "krumpleville", "xwq7731998", "orphelinda", "glapthorn",
    ]  # fmt: skip
    assert [word for word in words if word.encode() in everything] == []


def test_the_pages_answers_carry_no_person_in_urls_or_headers(private: Product) -> None:
    person = Person(private)
    answer = person.send("my name is Zyxwort")
    assert (
        "no-store"
        in person.http.get(f"/api/v1/conversations/{person.id}/messages", headers=person.headers).headers[
            "cache-control"
        ]
    )
    assert "zyxwort" not in str(answer.headers).lower() + str(answer.url).lower()
    assert "zyxwort" not in person.http.get("/metrics").text.lower()
