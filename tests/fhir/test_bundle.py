"""An enrollment as a FHIR Bundle: everything that was said, nothing that was not."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.enrollment.questionnaire import DEFAULT_FILE, QuestionnaireError
from bot.enrollment.snapshot import PATIENT, PROXY, UNKNOWN, Snapshot, Writer
from bot.fhir import form as forms
from bot.fhir.bundle import NotStored, bundle_of
from bot.fhir.form import Form
from tests.fhir.questions import WIDE, asked, choice, question
from tests.fhir.samples import (
    BEGAN,
    HER_WORDS,
    PROGRAM,
    SENT,
    answered,
    consented,
    daughter,
    patient,
    snapshot,
)
from tests.support.caches import forget_settings
from tests.support.fhir_validator import Validator

Json = dict[str, Any]


def exported(kept: Snapshot, using: Sequence[Form] | None = None) -> Json:
    bundle: Json = json.loads(bundle_of(kept, using or forms.get_forms(), PROGRAM).model_dump_json())
    return bundle


def of_type(bundle: Json, kind: str) -> list[Json]:
    return [e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind]


def one(bundle: Json, kind: str) -> Json:
    [found] = of_type(bundle, kind)
    return found


def target_of(bundle: Json, reference: Json) -> Json:
    [found] = [e["resource"] for e in bundle["entry"] if e["fullUrl"] == reference["reference"]]
    resource: Json = found
    return resource


def said_in(bundle: Json) -> dict[str, list[Any]]:
    """linkId -> the values of its answers, from the questionnaire responses."""
    found: dict[str, list[Any]] = {}

    def walk(items: list[Json]) -> None:
        for item in items:
            for answer in item.get("answer", []):
                [value] = answer.values()
                found.setdefault(item["linkId"], []).append(
                    value["code"] if isinstance(value, dict) else value
                )
            walk(item.get("item", []))

    for response in of_type(bundle, "QuestionnaireResponse"):
        walk(response.get("item", []))
    return found


# --- what was said is there, and nothing else --------------------------------------------------------------------


def test_every_answer_is_in_the_response_as_it_was_given() -> None:
    kept = daughter()
    said = said_in(exported(kept))
    assert said == {
        link_id: answer.value if isinstance(answer.value, list) else [answer.value]
        for link_id, answer in kept.answers.items()
    }


def test_own_words_are_word_for_word_and_whose_they_are() -> None:
    bundle = exported(daughter())
    goal = one(bundle, "Goal")
    assert goal["description"] == {"text": HER_WORDS}
    assert target_of(bundle, goal["subject"])["name"] == [{"text": "Rosa Canaria Lopez"}]
    assert target_of(bundle, goal["expressedBy"])["name"] == [{"text": "Ana Lopez"}]


def test_the_daughter_is_a_related_person_with_her_phone_and_relation() -> None:
    bundle = exported(daughter())
    related = one(bundle, "RelatedPerson")
    assert related["telecom"] == [{"system": "phone", "value": "+13125550188"}]
    assert [coding["code"] for coding in related["relationship"][0]["coding"]] == ["child", "CHILD"]
    assert "telecom" not in one(bundle, "Patient")
    assert target_of(bundle, one(bundle, "QuestionnaireResponse")["source"]) == related


def test_a_patient_who_writes_herself_has_no_related_person_and_her_own_phone() -> None:
    bundle = exported(patient())
    assert of_type(bundle, "RelatedPerson") == []
    person = one(bundle, "Patient")
    assert person["telecom"] == [{"system": "phone", "value": "+13125550188"}]
    assert person["communication"][0]["language"]["coding"][0]["code"] == "es"
    response = one(bundle, "QuestionnaireResponse")
    assert target_of(bundle, response["source"]) == person
    assert response["language"] == "es"
    [name] = [item for item in response["item"] if item["linkId"] == "patient_name"]
    assert name["text"] == "¿Cómo se llama usted?"


def test_a_question_is_quoted_as_it_was_asked_of_a_proxy() -> None:
    [name] = [
        item
        for item in one(exported(daughter()), "QuestionnaireResponse")["item"]
        if item["linkId"] == "patient_name"
    ]
    assert name["text"] == "What is the name of the person you care for?"


def test_what_nobody_spoke_of_is_not_there() -> None:
    bundle = exported(snapshot({"for_whom": "me", "consent": True}, writer=Writer(PATIENT), tasks=()))
    kinds = {entry["resource"]["resourceType"] for entry in bundle["entry"]}
    assert kinds == {"Patient", "QuestionnaireResponse", "Consent", "ServiceRequest", "Provenance"}
    person = one(bundle, "Patient")
    assert set(person) == {"resourceType", "identifier", "communication"}


def test_the_message_around_an_answer_does_not_leave() -> None:
    assert "a whole message" not in json.dumps(exported(daughter()))


def test_when_it_is_not_known_who_writes_nobody_is_made_the_source() -> None:
    bundle = exported(snapshot({"phone": "+13125550188"}, writer=Writer(UNKNOWN)))
    assert "source" not in one(bundle, "QuestionnaireResponse")
    assert "telecom" not in one(bundle, "Patient")
    assert said_in(bundle)["phone"] == ["+13125550188"]


def test_the_first_call_is_proposed_for_the_times_they_gave_in_their_words() -> None:
    appointment = one(exported(daughter()), "Appointment")
    assert appointment["status"] == "proposed"
    assert appointment["comment"] == "weekday mornings"
    assert appointment["requestedPeriod"] == [
        {"start": "2026-11-23T08:00:00-06:00", "end": "2026-11-23T12:00:00-06:00"}
    ]


def test_times_to_call_without_windows_keep_their_words_alone() -> None:
    appointment = one(exported(snapshot({"best_time": "after my nap"})), "Appointment")
    assert appointment["comment"] == "after my nap"
    assert "requestedPeriod" not in appointment


# --- the wide questionnaire: every target -------------------------------------------------------------------------


def wide(**answers: Any) -> Json:
    kept = snapshot({"for_whom": "other", **answers}, questionnaire="wide")
    return exported(kept, [asked(*WIDE)])


def test_an_illness_is_unconfirmed_with_its_code_or_in_their_words() -> None:
    bundle = wide(illness=["cancer", "something rare"])
    first, second = of_type(bundle, "Condition")
    assert first["code"]["coding"][1] == {"system": "http://snomed.info/sct", "code": "363346000"}
    assert second["code"] == {"text": "something rare"}
    for condition in (first, second):
        assert condition["verificationStatus"]["coding"][0]["code"] == "unconfirmed"
        assert target_of(bundle, condition["asserter"])["resourceType"] == "RelatedPerson"


def test_a_plan_is_a_draft_with_the_number_on_the_card() -> None:
    coverage = one(wide(plan="medicare", member_id="1EG4 TE5 MK73"), "Coverage")
    assert (coverage["status"], coverage["type"]["text"]) == ("draft", "Medicare")
    assert coverage["subscriberId"] == "1EG4 TE5 MK73"
    assert coverage["payor"] == [{"display": "Medicare"}]


@pytest.mark.parametrize("plan", ["none", "not_sure"])
def test_no_plan_is_no_coverage_but_an_answer(plan: str) -> None:
    bundle = wide(plan=plan)
    assert of_type(bundle, "Coverage") == []
    assert said_in(bundle)["plan"] == [plan]


def test_a_claimed_authority_says_that_it_is_a_claim() -> None:
    relations = one(wide(relation="child", authority="agent"), "RelatedPerson")["relationship"]
    [claimed] = [relation for relation in relations if "extension" in relation]
    assert claimed["extension"][0]["valueBoolean"] is True
    assert [coding["code"] for coding in claimed["coding"]] == ["agent", "HPOWATT"]
    assert len(relations) == 2


def test_no_authority_claims_nothing() -> None:
    bundle = wide(relation="child", authority="none")
    assert len(one(bundle, "RelatedPerson")["relationship"]) == 1
    assert said_in(bundle)["authority"] == ["none"]


def test_doctor_and_helper_are_the_care_team_by_name() -> None:
    team = one(wide(doctor="Dr. Ruiz", main_helper="my brother Luis"), "CareTeam")
    assert [p["member"]["display"] for p in team["participant"]] == ["Dr. Ruiz", "my brother Luis"]
    assert team["participant"][1]["role"][0]["coding"][0]["code"] == "133932002"


def test_birth_date_email_and_interpreter() -> None:
    bundle = wide(date_of_birth="1952-03-04", email="ana@example.org", interpreter=True)
    person = one(bundle, "Patient")
    assert person["birthDate"] == "1952-03-04"
    assert person["extension"][0]["valueCoding"]["code"] == "373066001"
    assert one(bundle, "RelatedPerson")["telecom"] == [{"system": "email", "value": "ana@example.org"}]


def test_a_birth_date_in_words_is_kept_as_said_and_not_guessed() -> None:
    bundle = wide(date_of_birth="the spring of 52")
    assert "birthDate" not in one(bundle, "Patient")
    assert said_in(bundle)["date_of_birth"] == ["the spring of 52"]


def test_groups_dates_and_numbers_keep_their_shape(fhir_validator: Validator) -> None:
    group = {
        "linkId": "body",
        "type": "group",
        "text": "Body",
        "item": [{"linkId": "sleep", "type": "integer"}],
    }
    form = asked(group, {"linkId": "since", "type": "date", "text": "Since when?"})
    bundle = exported(snapshot({"sleep": 4, "since": "2024-05-01"}, questionnaire="wide"), [form])
    [inner] = one(bundle, "QuestionnaireResponse")["item"][0]["item"]
    assert inner["answer"] == [{"valueInteger": 4}]
    assert one(bundle, "QuestionnaireResponse")["item"][1]["answer"] == [{"valueDate": "2024-05-01"}]
    assert fhir_validator.issues(bundle) == []


def test_a_shorter_questionnaire_of_the_same_record_has_a_response_of_its_own() -> None:
    short = asked(choice("help_soon", "yes", "no"), form_id="shorter", derived_from="intake")
    bundle = exported(snapshot({"for_whom": "me", "help_soon": "yes"}), [*forms.get_forms(), short])
    by_form = {
        response["questionnaire"]: [item["linkId"] for item in response["item"]]
        for response in of_type(bundle, "QuestionnaireResponse")
    }
    assert list(by_form.values()) == [["for_whom"], ["help_soon"]]


# --- consents and states ------------------------------------------------------------------------------------------


def test_each_consent_is_there_with_wording_moment_channel_and_giver() -> None:
    told = consented("family", detail="my sister Eva", role="agent")
    bundle = exported(replace(daughter(), consents=(consented("store"), consented("text", "no"), told)))
    store, text, family = of_type(bundle, "Consent")
    assert [found["status"] for found in (store, text, family)] == ["active", "rejected", "active"]
    assert store["policy"][0]["uri"].endswith("/consent-wording/intake/2/consent_store")
    assert store["dateTime"].startswith("2026-11-20T15:30:05")
    assert {ext.get("valueCode") for ext in family["extension"]} == {"webchat", "agent"}
    assert target_of(bundle, store["performer"][0])["resourceType"] == "RelatedPerson"
    assert text["provision"]["type"] == "deny"
    assert family["provision"]["actor"][0]["reference"] == {"display": "my sister Eva"}


def test_a_consent_answered_anew_leaves_the_earlier_one_inactive() -> None:
    later = consented("text", "revoked", at=SENT)
    kept = replace(daughter(), consents=(consented("store"), consented("text"), later))
    assert [found["status"] for found in of_type(exported(kept), "Consent")] == [
        "active",
        "inactive",
        "inactive",
    ]


def test_without_consent_to_store_there_is_nothing() -> None:
    for consents in ((), (consented("store", "no"),), (consented("text"),)):
        with pytest.raises(NotStored):
            bundle_of(replace(daughter(), consents=consents), forms.get_forms(), PROGRAM)


def test_consent_taken_back_tells_that_and_nothing_of_what_was_said(fhir_validator: Validator) -> None:
    taken_back = (consented("store"), consented("store", "revoked", at=SENT))
    bundle = exported(replace(daughter(), consents=taken_back, state="withdrawn"))
    text = json.dumps(bundle)
    for fact in ("Rosa", "Ana Lopez", "5550188", "555-0188", '"60614"', "Canela", "weekday"):
        assert fact not in text
    assert one(bundle, "QuestionnaireResponse")["status"] == "stopped"
    assert one(bundle, "ServiceRequest")["status"] == "revoked"
    assert [found["status"] for found in of_type(bundle, "Consent")] == ["inactive", "inactive"]
    assert fhir_validator.issues(bundle) == []


@pytest.mark.parametrize(
    ("state", "submitted", "response", "referral"),
    [
        ("started", False, "in-progress", None),
        ("partial", False, "in-progress", "draft"),
        ("submitted", True, "completed", "active"),
        ("accepted", True, "completed", "active"),
        ("active", True, "completed", "completed"),
        ("declined", True, "completed", "revoked"),
        ("declined", False, "stopped", "revoked"),
        ("withdrawn", True, "stopped", "revoked"),
        ("withdrawn", False, "stopped", None),
    ],
)
def test_the_state_is_told(
    fhir_validator: Validator, state: str, submitted: bool, response: str, referral: str | None
) -> None:
    bundle = exported(replace(daughter(), state=state, submitted_at=SENT if submitted else None))
    assert one(bundle, "QuestionnaireResponse")["status"] == response
    assert [found["status"] for found in of_type(bundle, "ServiceRequest")] == (
        [referral] if referral else []
    )
    assert fhir_validator.issues(bundle) == []


def test_what_is_corrected_after_it_was_sent_in_is_amended() -> None:
    kept = daughter()
    later = answered("zip", "60601", at=SENT + timedelta(minutes=1))
    bundle = exported(replace(kept, answers={**kept.answers, "zip": later}))
    assert one(bundle, "QuestionnaireResponse")["status"] == "amended"


def test_who_does_not_want_to_sign_up_asks_for_no_care() -> None:
    kept = replace(daughter(), consents=(consented("store"), consented("enroll", "no")))
    assert of_type(exported(kept), "ServiceRequest") == []


# --- one Bundle ---------------------------------------------------------------------------------------------------


def test_the_same_enrollment_gives_the_same_bundle() -> None:
    assert exported(daughter()) == exported(daughter())


def test_a_change_keeps_the_resources_and_adds_a_provenance() -> None:
    before = daughter()
    later = replace(before, updated_at=SENT + timedelta(minutes=5))
    named = {entry["resource"]["resourceType"]: entry["fullUrl"] for entry in exported(before)["entry"]}
    again = {entry["resource"]["resourceType"]: entry["fullUrl"] for entry in exported(later)["entry"]}
    assert named.pop("Provenance") != again.pop("Provenance")
    assert named == again


def test_two_enrollments_share_no_resource() -> None:
    other = replace(daughter(), id="7b0b5c9e-58fb-4b44-a6a8-5d2f5a7b7c12")
    urls = [{entry["fullUrl"] for entry in exported(kept)["entry"]} for kept in (daughter(), other)]
    assert not urls[0] & urls[1]


def test_sending_it_twice_finds_what_is_there() -> None:
    for entry in exported(daughter())["entry"]:
        request, resource = entry["request"], entry["resource"]
        if resource["resourceType"] == "Provenance":
            assert request["ifNoneExist"].endswith(resource["meta"]["tag"][0]["code"])
            continue
        identifier = resource["identifier"]
        identifier = identifier[0] if isinstance(identifier, list) else identifier
        assert request["method"] == "PUT"
        wanted = f"{resource['resourceType']}?identifier={identifier['system']}|{identifier['value']}"
        assert request["url"] == wanted


def test_provenance_tells_who_said_all_this_and_through_what() -> None:
    bundle = exported(daughter())
    provenance = one(bundle, "Provenance")
    targets = {target["reference"] for target in provenance["target"]}
    assert targets == {entry["fullUrl"] for entry in bundle["entry"]} - {bundle["entry"][-1]["fullUrl"]}
    author, assembler = provenance["agent"]
    assert target_of(bundle, author["who"])["resourceType"] == "RelatedPerson"
    assert target_of(bundle, author["onBehalfOf"])["resourceType"] == "Patient"
    assert "automated" in assembler["who"]["display"]


@pytest.mark.parametrize("make", [daughter, patient])
def test_the_bundle_is_valid_by_hl7s_definitions(fhir_validator: Validator, make: Any) -> None:
    assert fhir_validator.issues(exported(make())) == []


def test_every_target_is_valid_by_hl7s_definitions(fhir_validator: Validator) -> None:
    said = {
        "relation": "child",
        "authority": "guardian",
        "illness": ["cancer", "something rare"],
        "plan": "medicare",
        "member_id": "1EG4",
        "doctor": "Dr. Ruiz",
        "main_helper": "Luis",
        "date_of_birth": "1952-03-04",
        "email": "ana@example.org",
        "interpreter": False,
        "patient_knows": "yes",
        "gender": "female",
        "hopes": "to dance again",
    }
    bundle = wide(**said)
    assert set(said_in(bundle)) == {*said, "for_whom"}
    assert fhir_validator.issues(bundle) == []


@pytest.mark.parametrize("missing", [*daughter().answers, *patient().answers])
def test_any_smaller_enrollment_gives_a_valid_smaller_bundle(fhir_validator: Validator, missing: str) -> None:
    for kept in (daughter(), patient()):
        fewer = {link_id: said for link_id, said in kept.answers.items() if link_id != missing}
        assert fhir_validator.issues(exported(replace(kept, answers=fewer))) == []


def test_an_unknown_role_and_an_unknown_questionnaire_are_still_valid(fhir_validator: Validator) -> None:
    for role in (PATIENT, PROXY, UNKNOWN):
        kept = snapshot({"phone": "+13125550188"}, writer=Writer(role), created_at=BEGAN)
        assert fhir_validator.issues(exported(kept)) == []
    gone = exported(snapshot({"phone": "+13125550188"}, questionnaire="of-last-year"))
    assert fhir_validator.issues(gone) == []
    assert said_in(gone)["phone"] == ["+13125550188"]


# --- a question added to the file ---------------------------------------------------------------------------------


def test_a_question_added_to_the_file_is_in_the_bundle_with_no_code_changed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fhir_validator: Validator
) -> None:
    raw = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    raw["item"].insert(3, {"linkId": "favorite_song", "type": "string", "text": "What song do you love?"})
    raw["item"].insert(4, question("doctor_of_heart", target="CareTeam.participant"))
    file = tmp_path / "intake.json"
    file.write_text(json.dumps(raw), encoding="utf-8")
    monkeypatch.setenv("PES_QUESTIONNAIRE_FILE", str(file))
    forget_settings()
    try:
        bundle = exported(snapshot({"favorite_song": "Cielito lindo", "doctor_of_heart": "Dr. Ruiz"}))
    finally:
        monkeypatch.undo()
        forget_settings()
    assert said_in(bundle) == {"favorite_song": ["Cielito lindo"], "doctor_of_heart": ["Dr. Ruiz"]}
    assert one(bundle, "CareTeam")["participant"][0]["member"] == {"display": "Dr. Ruiz"}
    assert fhir_validator.issues(bundle) == []


def test_a_target_that_does_not_exist_is_named() -> None:
    with pytest.raises(
        QuestionnaireError, match=r"shoe_size: fhir-target: unknown target \"Patient.shoeSize\""
    ):
        asked(question("shoe_size", target="Patient.shoeSize"))


def test_answers_to_a_question_that_was_taken_out_are_not_lost() -> None:
    bundle = exported(snapshot({"for_whom": "other", "of_last_year": "still true"}))
    assert said_in(bundle)["of_last_year"] == ["still true"]
