"""Other systems read enrollments: with a key, only what may be seen, and never unseen."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.integration import keys
from bot.integration.throttle import Throttle
from tests.integration.office import ROSA, Office, OpenOffice
from tests.support.fhir_validator import Validator
from tests.support.serving import wait_until

PROBLEM = "application/problem+json"


def listed(office: Office, **query: str | int) -> list[str]:
    answer = office.ask(query=query)
    assert answer.status_code == 200, answer.text
    return [line["id"] for line in answer.json()["enrollments"]]


def test_an_enrollment_is_read_as_it_was_told(office: Office) -> None:
    enrollment_id = office.begin()
    answer = office.ask(f"/{enrollment_id}")
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    told = answer.json()
    assert {link_id: said["value"] for link_id, said in told["answers"].items()} == ROSA
    assert (told["state"], told["channel"], told["locale"]) == ("submitted", "webchat", "en")
    assert told["writer"] == {"role": "proxy", "name": "Ana Lopez", "relation": "child", "authority": None}
    assert [(given["kind"], given["decision"]) for given in told["consents"]] == [("store", "yes")]
    assert [(step["before"], step["after"]) for step in told["history"]] == [
        (None, "started"),
        ("started", "submitted"),
    ]


def test_it_is_read_as_fhir(office: Office, fhir_validator: Validator) -> None:
    answer = office.ask(f"/{office.begin()}/fhir")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle = answer.json()
    assert fhir_validator.issues(bundle) == []
    assert "To stay home with her dog." in json.dumps(bundle)


def test_every_read_is_in_the_audit_log_with_the_keys_name(office: Office) -> None:
    enrollment_id = office.begin()
    with office.database.begin() as connection:
        key = keys.find(connection, office.key)
    assert key is not None
    office.ask(f"/{enrollment_id}")
    office.ask(f"/{enrollment_id}/fhir")
    assert office.reads(enrollment_id) == [(key.actor, "json"), (key.actor, "fhir")]


@pytest.mark.parametrize("key", ["", "pes_of_somebody_else", "ünïcode"])
def test_without_a_key_in_force_nothing_is_read(office: Office, key: str) -> None:
    enrollment_id = office.begin()
    for path in ("", f"/{enrollment_id}", f"/{enrollment_id}/fhir"):
        headers = [(b"Authorization", f"Bearer {key}".encode())] if key else []
        answer = office.http.get(f"/api/v1/enrollments{path}", headers=headers)
        assert (answer.status_code, answer.headers["content-type"]) == (401, PROBLEM)
        assert answer.headers["www-authenticate"] == "Bearer"
    assert office.reads(enrollment_id) == []


def test_a_removed_key_opens_nothing_and_the_key_itself_is_not_kept(office: Office, tmp_path: Path) -> None:
    with office.database.begin() as connection:
        other = keys.add(connection, "lab")
        with pytest.raises(keys.KeyRefused):
            keys.add(connection, "lab")
    assert office.ask(key=other).status_code == 200
    with office.database.begin() as connection:
        assert keys.remove(connection, "lab")
        assert not keys.remove(connection, "lab")
    assert office.ask(key=other).status_code == 401
    assert office.ask().status_code == 200
    secret = other.removeprefix(keys.PREFIX).encode()
    assert not any(secret in file.read_bytes() for file in tmp_path.rglob("*") if file.is_file())


def test_what_nobody_consented_to_store_is_not_there(office: Office) -> None:
    unasked = office.begin(consent=None, submit=False)
    refused = office.begin(consent=False, submit=False)
    stored = office.begin()
    wait_until(lambda: listed(office) == [stored])
    for enrollment_id in (unasked, refused):
        for path in (f"/{enrollment_id}", f"/{enrollment_id}/fhir"):
            answer = office.ask(path)
            assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM)
            assert office.reads(enrollment_id) == []


def test_consent_taken_back_leaves_the_fact_alone(office: Office) -> None:
    enrollment_id = office.begin()
    office.take_back(enrollment_id)
    told = office.ask(f"/{enrollment_id}")
    assert told.json()["state"] == "withdrawn"
    assert [given["decision"] for given in told.json()["consents"]] == ["yes", "no"]
    for answer in (told, office.ask(f"/{enrollment_id}/fhir")):
        assert answer.status_code == 200
        for fact in ("Rosa", "Ana", "5550188", "555-0188", "dog", '"60614"'):
            assert fact not in answer.text


@pytest.mark.parametrize("wrong", ["nobody", "..%2f..", "7b0b5c9e-58fb-4b44-a6a8-5d2f5a7b7c11", "%00"])
def test_an_unknown_id_is_not_found(office: Office, wrong: str) -> None:
    for path in (f"/{wrong}", f"/{wrong}/fhir"):
        assert office.ask(path).status_code == 404


def test_the_list_goes_on_where_it_was_left_and_tells_changes(office: Office) -> None:
    first, second, third = (office.begin() for _ in range(3))
    wait_until(lambda: len(listed(office)) == 3)
    page = office.ask(query={"limit": 2}).json()
    assert [line["id"] for line in page["enrollments"]] == [first, second]
    rest = office.ask(query={"after": page["next"]}).json()
    assert [line["id"] for line in rest["enrollments"]] == [third]
    assert office.ask(query={"after": rest["next"]}).json() == {"enrollments": [], "next": None}
    office.change(first, zip="60601")
    wait_until(lambda: listed(office, after=rest["next"]) == [first])


def test_the_list_tells_nobodys_name(office: Office) -> None:
    office.begin()
    wait_until(lambda: listed(office))
    answer = office.ask()
    for fact in ("Rosa", "Ana", "5550188", "555-0188"):
        assert fact not in answer.text


def test_the_list_is_of_one_state_when_asked(office: Office) -> None:
    submitted, started = office.begin(), office.begin(submit=False)
    wait_until(lambda: len(listed(office)) == 2)
    assert listed(office, status="submitted") == [submitted]
    assert listed(office, status="started") == [started]


@pytest.mark.parametrize("query", [{"status": "lost"}, {"after": "x"}, {"after": "bm8="}, {"limit": 0}])
def test_a_wrong_question_is_told_what_to_check(office: Office, query: dict[str, str | int]) -> None:
    answer = office.ask(query=query)
    assert (answer.status_code, answer.headers["content-type"]) == (422, PROBLEM)
    assert next(iter(query)) in answer.json()["detail"]


def test_the_api_is_described(office: Office) -> None:
    described = office.http.get("/api/v1/openapi.json").json()
    for path in ("", "/{enrollment_id}", "/{enrollment_id}/fhir"):
        operation = described["paths"][f"/api/v1/enrollments{path}"]["get"]
        assert operation["security"] == [{"apiKey": []}]
        assert {"200", "401", "429"} <= set(operation["responses"])
    fhir = described["paths"]["/api/v1/enrollments/{enrollment_id}/fhir"]["get"]
    assert "application/fhir+json" in fhir["responses"]["200"]["content"]


def test_too_many_requests_are_told_to_wait(tmp_path: Path) -> None:
    with OpenOffice(tmp_path, "", PES_API_PER_MINUTE="3") as office:
        assert [office.ask().status_code for _ in range(3)] == [200, 200, 200]
        answer = office.ask()
        assert (answer.status_code, answer.headers["content-type"]) == (429, PROBLEM)
        assert int(answer.headers["retry-after"]) >= 1


def test_a_throttle_counts_each_key_for_itself_and_forgives_evenly() -> None:
    moment = 0.0
    throttle = Throttle(60, clock=lambda: moment)
    assert [throttle.wait_for("a") for _ in range(61)] == [0] * 60 + [1]
    assert throttle.wait_for("b") == 0
    moment = 2.0
    assert [throttle.wait_for("a") for _ in range(3)] == [0, 0, 1]
