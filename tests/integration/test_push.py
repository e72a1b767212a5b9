"""Enrollments reach the program's FHIR server, or a human learns that they do not."""

from __future__ import annotations

import pytest

from tests.integration.fhir_server import FhirServer
from tests.integration.office import Office
from tests.support.serving import wait_until


def test_what_is_handed_in_reaches_the_server_once_and_valid(
    pushing: Office, fhir_server: FhirServer
) -> None:
    enrollment_id = pushing.begin()
    pushing.settled()
    [bundle] = fhir_server.taken
    assert fhir_server.problems == []
    [goal] = fhir_server.of_type("Goal")
    assert goal["description"]["text"] == "To stay home with her dog."
    assert bundle["type"] == "transaction"
    assert ("fhir-push", "fhir") in pushing.reads(enrollment_id)


def test_what_is_only_begun_stays_here(pushing: Office, fhir_server: FhirServer) -> None:
    pushing.begin(submit=False)
    handed_in = pushing.begin()
    pushing.settled()
    assert [row.conversation_id for row in pushing.parcels()] == [pushing.talks[handed_in]]
    assert len(fhir_server.taken) == 1


def test_a_correction_changes_what_is_there_and_adds_no_second_patient(
    pushing: Office, fhir_server: FhirServer
) -> None:
    enrollment_id = pushing.begin()
    pushing.settled()
    pushing.change(enrollment_id, zip="60601")
    wait_until(lambda: len(fhir_server.taken) == 2)
    [patient] = fhir_server.of_type("Patient")
    assert patient["address"] == [{"postalCode": "60601"}]
    [response] = fhir_server.of_type("QuestionnaireResponse")
    assert response["status"] == "amended"
    assert len(fhir_server.of_type("Provenance")) == 2


def test_consent_taken_back_reaches_the_server_too(pushing: Office, fhir_server: FhirServer) -> None:
    enrollment_id = pushing.begin()
    pushing.settled()
    pushing.take_back(enrollment_id)
    pushing.settled()
    [patient] = fhir_server.of_type("Patient")
    assert "name" not in patient
    [request] = fhir_server.of_type("ServiceRequest")
    assert request["status"] == "revoked"


def test_what_a_coordinator_decides_reaches_the_server(pushing: Office, fhir_server: FhirServer) -> None:
    enrollment_id = pushing.begin()
    pushing.move(enrollment_id, "declined")
    pushing.settled()
    [request] = fhir_server.of_type("ServiceRequest")
    assert request["status"] == "revoked"


def test_a_server_that_is_down_for_a_while_gets_it_later(pushing: Office, fhir_server: FhirServer) -> None:
    fhir_server.refusals = [503, 429, 401]
    enrollment_id = pushing.begin()
    pushing.settled()
    assert (len(fhir_server.taken), fhir_server.tries) == (1, 4)
    assert [topic for topic, _, _ in pushing.tickets(enrollment_id)] == []


@pytest.mark.parametrize(("refusals", "tries"), [([422], 1), ([500] * 12, 12), ([302] * 12, 12)])
def test_when_it_gives_up_a_human_is_told(
    pushing: Office,
    fhir_server: FhirServer,
    caplog: pytest.LogCaptureFixture,
    refusals: list[int],
    tries: int,
) -> None:
    fhir_server.refusals = list(refusals)
    enrollment_id = pushing.begin()
    pushing.settled()
    assert (len(fhir_server.taken), fhir_server.tries) == (0, tries)
    [(topic, urgency, note)] = pushing.tickets(enrollment_id)
    assert (topic, urgency) == ("fhir_push", "urgent")
    assert f"http_{refusals[0]}" in note
    for fact in ("Rosa", "Ana", "dog"):
        assert fact not in note
        assert fact not in caplog.text


def test_nothing_of_what_was_said_waits_in_the_queue_after_it_was_taken_back(
    pushing: Office, fhir_server: FhirServer
) -> None:
    fhir_server.refusals = [503] * 3
    enrollment_id = pushing.begin()
    pushing.take_back(enrollment_id)
    pushing.settled()
    assert all("name" not in patient for patient in fhir_server.of_type("Patient"))
