"""The same enrollment by text message: signed posts, each delivered ten times at once, and forged ones."""

from __future__ import annotations

import threading
import uuid

from tests.conversations.test_enrolling import sign_up
from tests.support.phone import INBOUND, Phone
from tests.support.product import Product


def test_a_daughter_signs_her_mother_up_by_text(product: Product) -> None:
    phone = Phone(product)
    first = phone.say("hi")
    assert "STOP" in first
    assert "HELP" in first
    assert "911" in first
    sign_up(phone)
    kept = [item for item in product.enrollments() if item["answers"].get("best_time") == "weekday mornings"]
    assert any(item["state"] == "submitted" for item in kept)


def test_a_choice_is_picked_by_its_number(product: Product) -> None:
    phone = Phone(product)
    phone.say("I want to sign up")
    assert "name" in phone.say("2")


def test_ten_deliveries_of_each_text_at_once_are_one_turn(product: Product) -> None:
    phone = Phone(product)
    for body in ("I want to sign up", "me", "Lena Ortiz", "my garden"):
        before, sid = len(phone.texts()), f"SM{uuid.uuid4().hex}"
        answers: list[int] = []

        def deliver(body: str = body, sid: str = sid, answers: list[int] = answers) -> None:
            answers.append(phone.post(body, sid).status_code)

        threads = [threading.Thread(target=deliver) for _ in range(10)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == [200] * 10
        assert phone.answered_since(before)
    texts = "\n".join(phone.texts())
    assert texts.count("What is your name?") == 1
    assert texts.count("matters most") == 1


def test_forged_and_missing_signatures_are_refused_and_nothing_is_stored(product: Product) -> None:
    phone = Phone(product)
    assert phone.post("hi", token="somebody else's token").status_code == 403
    answer = phone.http.post(INBOUND, data={"MessageSid": "SM1", "From": phone.number, "Body": "hi"})
    assert answer.status_code == 403
    assert answer.headers["content-type"] == "application/problem+json"
    assert phone.texts() == []


def test_words_of_danger_are_answered_by_text(product: Product) -> None:
    assert "988" in Phone(product).say("I want to die")
