"""Processes are killed and come back: every acknowledged message is answered once, and people are told meanwhile."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.support.console import Coordinator
from tests.support.product import ROOT, Person, Product


@pytest.fixture(scope="module")
def fragile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product of our own, to break."""
    running = Product(
        tmp_path_factory.mktemp("fragile"),
        environment={"PES_ENGINE_PATIENCE": "1", "PES_ENGINE_TIMEOUT": "5"},
    )
    try:
        yield running.start()
    finally:
        running.stop()


def test_while_the_engine_is_down_the_person_is_told_and_answered_when_it_is_back(fragile: Product) -> None:
    rosa = Person(fragile)
    fragile.kill_engine()
    assert fragile_status(fragile) == 503
    told = rosa.send("Who is on the team?", wait=1)
    assert told.status_code == 202
    rosa.send("and what does the nurse do?", wait=0)
    wait_for(rosa, lambda log: any(item["author"] == "system" for item in log))
    held = [item for item in rosa.log() if item["author"] == "system"]
    assert len(held) == 1
    assert "(800) 555-0142" in held[0]["text"]
    assert held[0]["links"][0]["url"].startswith("tel:")
    assert rosa.id in Coordinator(fragile).page()
    fragile.start_engine()
    fragile.wait_until_ready()
    wait_for(rosa, lambda log: len([i for i in log if i["author"] == "assistant"]) >= 4)
    answers = [item["text"].lower() for item in rosa.log() if item["author"] == "assistant"][2:]
    assert "team" in answers[0]
    assert any("nurse" in text for text in answers[1:])
    assert len([item for item in rosa.log() if item["author"] == "system"]) == 1


def test_safety_words_come_also_while_the_engine_is_down(fragile: Product) -> None:
    rosa = Person(fragile)
    fragile.kill_engine()
    heard = rosa.say("I want to die")
    assert "988" in heard
    fragile.start_engine()
    fragile.wait_until_ready()


def test_a_killed_service_answers_what_it_had_acknowledged(fragile: Product) -> None:
    rosa = Person(fragile)
    message_id = str(uuid.uuid4())
    fragile.kill_engine()
    assert rosa.send("Who is on the team?", message_id, wait=0).status_code == 202
    fragile.kill_service()
    fragile.start_service()
    fragile.start_engine()
    fragile.wait_until_ready()
    answer = rosa.send("Who is on the team?", message_id)
    assert answer.status_code == 200
    assert "team" in answer.json()["messages"][-1]["text"].lower()
    assert len([item for item in rosa.log() if item["author"] == "person"]) == 1


def test_messages_sent_at_once_are_answered_in_their_order(fragile: Product) -> None:
    rosa = Person(fragile)
    rosa.say("I want to sign up")
    rosa.say("me")
    for text in ("Rosa Canaria", "my garden", "body"):
        assert rosa.send(text, wait=0).status_code == 202
    wait_for(rosa, lambda log: log[-1]["author"] == "assistant" and "illness" in log[-1]["text"])
    kept = fragile.enrollment_of(rosa.id)["answers"]
    assert kept["patient_name"] == "Rosa Canaria"
    assert kept["matters_most"] == "my garden"


def test_the_same_message_ten_times_at_once_is_one_turn(fragile: Product) -> None:
    rosa = Person(fragile)
    message_id = str(uuid.uuid4())
    answers: list[str] = []

    def post() -> None:
        answers.append(json.dumps(rosa.send("Who is on the team?", message_id).json()))

    threads = [threading.Thread(target=post) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(answers)) == 1
    assert len([item for item in rosa.log() if item["author"] == "person"]) == 1


def test_killing_at_random_moments_loses_nothing() -> None:
    """A short run of the script that anyone can run: `make kill-test`."""
    done = subprocess.run(
        [sys.executable, "-m", "scripts.kill_test", "--turns", "26", "--talkers", "2", "--seed", "7"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 things wrong" in done.stdout


def fragile_status(product: Product) -> int:
    import httpx

    return httpx.get(f"{product.url}/readyz", timeout=10).status_code


def wait_for(person: Person, check: Callable[[list[dict[str, Any]]], bool]) -> None:
    from tests.support.product import eventually

    assert eventually(lambda: check(person.log()), 40), person.log()
