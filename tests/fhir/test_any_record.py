"""Whatever a record holds, of any questionnaire and in any state: its Bundle is valid, and loses no answer."""

from __future__ import annotations

import json
import random

import pytest

from bot.enrollment.answers import AnswerValue
from bot.enrollment.record import TRANSITIONS
from bot.enrollment.snapshot import PATIENT, PROXY, UNKNOWN, ConsentGiven, Snapshot, Writer
from bot.fhir.bundle import bundle_of
from bot.fhir.form import Form, Question, get_forms
from tests.fhir.questions import WIDE, asked, question
from tests.fhir.samples import PROGRAM, SENT, consented, snapshot
from tests.support.fhir_validator import Validator

RECORDS = 120
TEXTS = ('Ana "X" <b>& ñ 🌷', " spaces kept ", "1952-03-04", "a\nb\tc", "x" * 1900, "[]", "null")
KINDS = ("share", "text", "voicemail", "family", "enroll")


def forms() -> list[Form]:
    """The program's questionnaires, one with every target, and one about somebody who cares."""
    about_caregiver = asked(question("caller_name", target="RelatedPerson.name"), form_id="carers")
    return [*get_forms(), asked(*WIDE), Form(**{**vars(about_caregiver), "about": "RelatedPerson"})]


def an_answer(rng: random.Random, to: Question) -> AnswerValue:
    if to.type == "boolean":
        return rng.random() < 0.5
    if to.choices:
        codes = [choice.code for choice in to.choices]
        return rng.sample(codes, rng.randint(1, len(codes))) if rng.random() < 0.3 else rng.choice(codes)
    return rng.choice(TEXTS)


def consents(rng: random.Random) -> tuple[ConsentGiven, ...]:
    given = [consented("store", by=rng.choice([PATIENT, PROXY]))]
    for kind in rng.sample(KINDS, rng.randint(0, len(KINDS))):
        detail = rng.choice(["", "my sister Eva"])
        given.append(consented(kind, rng.choice(["yes", "no", "revoked"]), detail=detail))
    if rng.random() < 0.1:
        given.append(consented("store", "revoked", at=SENT))
    return tuple(given)


def a_record(rng: random.Random, form: Form) -> Snapshot:
    share = rng.random()
    questions = [found for found in form.walk() if not found.questions and rng.random() < share]
    return snapshot(
        {found.link_id: an_answer(rng, found) for found in questions},
        questionnaire=form.record,
        state=rng.choice(sorted(TRANSITIONS)),
        submitted_at=rng.choice([None, SENT]),
        writer=Writer(rng.choice([PATIENT, PROXY, UNKNOWN])),
        locale=rng.choice(["en", "es"]),
        consents=consents(rng),
    )


@pytest.mark.parametrize("form", forms(), ids=lambda form: form.id)
def test_any_record_is_valid_and_whole(fhir_validator: Validator, form: Form) -> None:
    rng = random.Random(form.id)
    for _ in range(RECORDS):
        kept = a_record(rng, form)
        bundle = json.loads(bundle_of(kept, forms(), PROGRAM).model_dump_json())
        assert fhir_validator.issues(bundle) == [], kept
        told = {
            item["linkId"]: len(item["answer"])
            for entry in bundle["entry"]
            for item in entry["resource"].get("item", [])
            if entry["resource"]["resourceType"] == "QuestionnaireResponse"
        }
        said = {
            link_id: len(answer.value) if isinstance(answer.value, list) else 1
            for link_id, answer in kept.for_others().answers.items()
        }
        assert told == said
