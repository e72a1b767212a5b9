"""The outside validator finds what is broken: a check that cannot fail would prove nothing."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from bot.fhir.bundle import bundle_of
from bot.fhir.form import get_forms
from tests.fhir.samples import PROGRAM, daughter
from tests.support.fhir_validator import NoNode, Validator, install

Json = dict[str, Any]


def resource(bundle: Json, kind: str) -> Json:
    found: Json = next(e["resource"] for e in bundle["entry"] if e["resource"]["resourceType"] == kind)
    return found


def wrong_code(bundle: Json) -> None:
    resource(bundle, "Consent")["status"] = "agreed"


def wrong_concept(bundle: Json) -> None:
    resource(bundle, "QuestionnaireResponse")["status"] = "finished"


def wrong_verb(bundle: Json) -> None:
    bundle["entry"][0]["request"]["method"] = "UPSERT"


def missing_element(bundle: Json) -> None:
    del resource(bundle, "Goal")["lifecycleStatus"]


def bad_date(bundle: Json) -> None:
    resource(bundle, "Patient")["birthDate"] = "3/4/52"


def impossible_date(bundle: Json) -> None:
    resource(bundle, "Patient")["birthDate"] = "1952-13-45"


def unknown_element(bundle: Json) -> None:
    resource(bundle, "Patient")["nickname"] = "Rosita"


def broken_invariant(bundle: Json) -> None:
    del resource(bundle, "Consent")["policy"]


def dangling_reference(bundle: Json) -> None:
    resource(bundle, "Goal")["subject"]["reference"] = "urn:uuid:00000000-0000-4000-8000-000000000000"


def reference_of_the_wrong_type(bundle: Json) -> None:
    response = next(e for e in bundle["entry"] if e["resource"]["resourceType"] == "QuestionnaireResponse")
    resource(bundle, "Goal")["subject"]["reference"] = response["fullUrl"]


def no_request(bundle: Json) -> None:
    del bundle["entry"][0]["request"]


BREAKS: dict[Callable[[Json], None], str] = {
    wrong_code: "status",
    wrong_concept: "status",
    wrong_verb: "request.method",
    missing_element: "lifecycleStatus",
    bad_date: "birthDate",
    impossible_date: "birthDate",
    unknown_element: "nickname",
    broken_invariant: "ppc-1",
    dangling_reference: "subject.reference",
    reference_of_the_wrong_type: "subject",
    no_request: "bdl-3",
}


@pytest.mark.parametrize("break_it", BREAKS, ids=lambda function: function.__name__)
def test_a_broken_bundle_is_rejected(fhir_validator: Validator, break_it: Callable[[Json], None]) -> None:
    whole: Json = json.loads(bundle_of(daughter(), get_forms(), PROGRAM).model_dump_json())
    broken = copy.deepcopy(whole)
    break_it(broken)
    assert fhir_validator.issues(whole) == []
    assert any(BREAKS[break_it] in issue for issue in fhir_validator.issues(broken))


def test_a_machine_without_node_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(NoNode, match="apt-get install -y nodejs npm"):
        install()
