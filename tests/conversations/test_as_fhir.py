"""What people told the assistant, as the program's other systems read it: exactly that, and valid."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from tests.support.fhir_validator import Validator
from tests.support.product import Person, Product, client

Json = dict[str, Any]
DAUGHTER_EN: Mapping[str, str] = {
    "for_whom": "I'd like to sign up my mom",
    "caller_name": "Ana Lopez",
    "patient_name": "Rosa Canaria Lopez",
    "matters_most": 'To stay home with her dog ("Canela") & see the garden.',
    "needs": "body and practical",
    "zip": "60614",
    "phone": "312-555-0188",
    "best_time": "weekday mornings",
    "consent": "yes",
    "read_back": "yes",
}
PATIENT_ES: Mapping[str, str] = {
    "start": "quiero inscribirme",
    "for_whom": "para mí",
    "patient_name": "María López",
    "matters_most": "Dormir en mi cama, y que no me falte la música.",
    "needs": "cuerpo",
    "zip": "60601",
    "phone": "312 555 0142",
    "best_time": "por las mañanas",
    "consent": "sí",
    "read_back": "sí",
}


@pytest.fixture(scope="session")
def system(product: Product) -> Iterator[httpx.Client]:
    """Another system of the program, with a key of its own."""
    key = product.pes("apikey", "add", f"clinic {uuid.uuid4()}").strip()
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=product.url, timeout=40, headers=headers) as opened:
        yield opened


def sign_up(person: Person, said: Mapping[str, str]) -> None:
    for words in said.values():
        person.say(words)


def bundle_of(system: httpx.Client, enrollment_id: str) -> Json:
    answer = system.get(f"/api/v1/enrollments/{enrollment_id}/fhir")
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/fhir+json"
    bundle: Json = answer.json()
    return bundle


def of_type(bundle: Json, kind: str) -> list[Json]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def told(bundle: Json) -> dict[str, list[Any]]:
    """linkId -> values, from the response; a choice by its code."""
    [response] = of_type(bundle, "QuestionnaireResponse")
    values = {
        item["linkId"]: [next(iter(answer.values())) for answer in item["answer"]]
        for item in response["item"]
    }
    return {
        link_id: [value["code"] if isinstance(value, dict) else value for value in found]
        for link_id, found in values.items()
    }


def test_a_daughter_signs_her_mother_up(
    product: Product, person: Person, system: httpx.Client, fhir_validator: Validator
) -> None:
    sign_up(person, DAUGHTER_EN)
    record = product.enrollment_of(person.id)
    bundle = bundle_of(system, record["id"])
    assert fhir_validator.issues(bundle) == []
    assert told(bundle) == {
        link_id: value if isinstance(value, list) else [value] for link_id, value in record["answers"].items()
    }
    [patient], [daughter] = of_type(bundle, "Patient"), of_type(bundle, "RelatedPerson")
    assert patient["name"] == [{"text": "Rosa Canaria Lopez"}]
    assert patient["address"] == [{"postalCode": "60614"}]
    assert daughter["name"] == [{"text": "Ana Lopez"}]
    assert daughter["telecom"] == [{"system": "phone", "value": "+13125550188"}]
    assert "CHILD" in [coding["code"] for coding in daughter["relationship"][0]["coding"]]
    [goal] = of_type(bundle, "Goal")
    assert goal["description"]["text"] == DAUGHTER_EN["matters_most"]
    assert [found["status"] for found in of_type(bundle, "Consent")] == ["active"]
    assert [found["status"] for found in of_type(bundle, "ServiceRequest")] == ["active"]
    assert [found["comment"] for found in of_type(bundle, "Appointment")] == ["weekday mornings"]
    assert [found["status"] for found in of_type(bundle, "Task")] == ["requested"]


def test_a_patient_signs_herself_up_in_spanish(
    product: Product, persona: Person, system: httpx.Client, fhir_validator: Validator
) -> None:
    sign_up(persona, PATIENT_ES)
    record = product.enrollment_of(persona.id)
    assert record["state"] == "submitted"
    bundle = bundle_of(system, record["id"])
    assert fhir_validator.issues(bundle) == []
    assert of_type(bundle, "RelatedPerson") == []
    [patient] = of_type(bundle, "Patient")
    assert patient["name"] == [{"text": "María López"}]
    assert patient["telecom"] == [{"system": "phone", "value": "+13125550142"}]
    [goal] = of_type(bundle, "Goal")
    assert goal["description"]["text"] == PATIENT_ES["matters_most"]
    [response] = of_type(bundle, "QuestionnaireResponse")
    assert response["language"] == "es"
    assert told(bundle)["consent"] == [True]


def test_what_was_not_yet_consented_to_is_nobodys(
    product: Product, person: Person, system: httpx.Client
) -> None:
    for link_id, words in DAUGHTER_EN.items():
        if link_id == "consent":
            break
        person.say(words)
    record = product.enrollment_of(person.id)
    assert system.get(f"/api/v1/enrollments/{record['id']}/fhir").status_code == 404
    person.say("no, I'd rather not")
    assert system.get(f"/api/v1/enrollments/{record['id']}").status_code == 404


def test_each_answer_keeps_the_moment_and_message_it_was_said_in(
    product: Product, person: Person, system: httpx.Client
) -> None:
    sign_up(person, DAUGHTER_EN)
    record = product.enrollment_of(person.id)
    answers = system.get(f"/api/v1/enrollments/{record['id']}").json()["answers"]
    moments = [answers[name]["answered_at"] for name in ("for_whom", "matters_most", "phone", "consent")]
    assert moments == sorted(set(moments)), "consent is given last and makes nothing before it younger"


def test_the_command_line_exports_the_same_and_says_what_it_cannot(
    product: Product, person: Person, system: httpx.Client
) -> None:
    sign_up(person, DAUGHTER_EN)
    enrollment_id = product.enrollment_of(person.id)["id"]
    exported = json.loads(product.pes("enrollment", "export", enrollment_id, "--format", "fhir"))
    assert exported == bundle_of(system, enrollment_id)
    with pytest.raises(AssertionError, match="no enrollment"):
        product.pes("enrollment", "export", str(uuid.uuid4()))


def test_the_tokens_of_people_open_nothing_here(product: Product, person: Person) -> None:
    answer = client(product.url).get("/api/v1/enrollments", headers=person.headers)
    assert answer.status_code == 401
