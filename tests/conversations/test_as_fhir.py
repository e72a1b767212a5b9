"""What people told the assistant, as the program's other systems read it: exactly that, and valid."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.support.fhir_validator import Validator
from tests.support.intake_walk import ME_EN, ME_ES, MOM_EN, MOM_ES, walk
from tests.support.product import Person, Product, client

Json = dict[str, Any]
DAUGHTER_EN = MOM_EN | {
    "patient_name": "Rosa Canaria Lopez",
    "matters_most": 'To stay home with her dog ("Canela") & see the garden.',
    "zip": "60614",
    "phone": "312-555-0188",
    "best_time": "weekday mornings",
}
STORIES = {
    "a patient": ("en", "I want to sign up", ME_EN),
    "a daughter with power of attorney": ("en", "I'd like to sign up my mom", DAUGHTER_EN),
    "una paciente": ("es", "quiero inscribirme", ME_ES),
    "una hija con poder notarial": ("es", "quiero inscribir a mi mamá", MOM_ES),
}


@pytest.fixture(scope="session")
def system(product: Product) -> Iterator[httpx.Client]:
    """Another system of the program, with a key of its own."""
    key = product.pes("apikey", "add", f"clinic {uuid.uuid4()}").strip()
    headers = {"Authorization": f"Bearer {key}"}
    with httpx.Client(base_url=product.url, timeout=40, headers=headers) as opened:
        yield opened


def sign_up(person: Person, until: str | None = None) -> None:
    walk(person, person.say("I'd like to sign up my mom"), DAUGHTER_EN, until=until)


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


@pytest.mark.parametrize("story", STORIES)
def test_the_bundle_holds_exactly_what_was_said(
    product: Product, system: httpx.Client, fhir_validator: Validator, story: str
) -> None:
    locale, opening, said = STORIES[story]
    person = Person(product, locale)
    walk(person, person.say(opening), said, locale)
    record = product.enrollment_of(person.id)
    assert record["state"] == "submitted"
    bundle = bundle_of(system, record["id"])
    assert fhir_validator.issues(bundle) == []
    assert told(bundle) == {
        link_id: value if isinstance(value, list) else [value] for link_id, value in record["answers"].items()
    }
    [goal] = of_type(bundle, "Goal")
    assert goal["description"]["text"] == said["matters_most"]
    [patient] = of_type(bundle, "Patient")
    assert patient["name"] == [{"text": said["patient_name"]}]
    [response] = of_type(bundle, "QuestionnaireResponse")
    assert (response["language"], response["status"]) == (locale, "completed")
    kinds = {found["resource"]["resourceType"] for found in bundle["entry"]}
    assert {"Consent", "Coverage", "Condition", "CareTeam", "ServiceRequest", "Task", "Appointment"} <= kinds
    consents = {
        found["category"][0]["coding"][0]["code"]: found["status"] for found in of_type(bundle, "Consent")
    }
    assert (consents["store"], consents["voicemail"]) == ("active", "rejected")
    related = of_type(bundle, "RelatedPerson")
    assert len(related) == ("other" in told(bundle)["for_whom"])
    roles = {
        coding["code"] for person in related for kind in person["relationship"] for coding in kind["coding"]
    }
    assert not related or {"CHILD", "HPOWATT"} <= roles


def test_what_was_not_yet_consented_to_is_nobodys(
    product: Product, person: Person, system: httpx.Client
) -> None:
    sign_up(person, until="consent")
    record = product.enrollment_of(person.id)
    assert system.get(f"/api/v1/enrollments/{record['id']}/fhir").status_code == 404
    person.say("no, I'd rather not")
    assert system.get(f"/api/v1/enrollments/{record['id']}").status_code == 404


def test_each_answer_keeps_the_moment_and_message_it_was_said_in(
    product: Product, person: Person, system: httpx.Client
) -> None:
    sign_up(person)
    record = product.enrollment_of(person.id)
    answers = system.get(f"/api/v1/enrollments/{record['id']}").json()["answers"]
    moments = [answers[name]["answered_at"] for name in ("for_whom", "matters_most", "phone", "consent")]
    assert moments == sorted(set(moments)), "consent is given last and makes nothing before it younger"


def test_the_command_line_exports_the_same_and_says_what_it_cannot(
    product: Product, person: Person, system: httpx.Client
) -> None:
    sign_up(person)
    enrollment_id = product.enrollment_of(person.id)["id"]
    exported = json.loads(product.pes("enrollment", "export", enrollment_id, "--format", "fhir"))
    assert exported == bundle_of(system, enrollment_id)
    with pytest.raises(AssertionError, match="no enrollment"):
        product.pes("enrollment", "export", str(uuid.uuid4()))


def test_the_tokens_of_people_open_nothing_here(product: Product, person: Person) -> None:
    answer = client(product.url).get("/api/v1/enrollments", headers=person.headers)
    assert answer.status_code == 401
