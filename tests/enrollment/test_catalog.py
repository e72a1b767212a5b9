"""Several questionnaires: asked for by name, one record for a short way, and a mistake in any of them named."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bot.engine.questionnaire import domain_of, examples_of, read_all
from bot.enrollment.catalog import get_catalog, load_all
from bot.enrollment.questionnaire import DEFAULT_FILE, OWN, QuestionnaireError, load
from tests.support.product import ROOT

Json = dict[str, Any]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("the caregiver questions", "caregiver"),
        ("Can we do the caregiver questions please?", "caregiver"),
        ("Questions for caregivers", "caregiver"),
        ("quiero hacer las preguntas para cuidadores", "caregiver"),
        ("the short version", "short"),
        ("la versión corta por favor", "short"),
        ("all the questions", "intake"),
        ("my caregiver asks too many questions", None),
        ("short", None),
    ],
)
def test_a_questionnaire_is_asked_for_by_its_names(text: str, wanted: str | None) -> None:
    found = get_catalog().asked_for(text)
    assert (found.id if found else None) == wanted


def test_the_classifier_may_name_one_too() -> None:
    found = get_catalog().asked_for("ask me how I am doing", "enroll/caregiver")
    assert found is not None
    assert found.id == "caregiver"


def test_the_short_one_fills_the_same_record() -> None:
    catalog = get_catalog()
    assert [asked.id for asked in catalog.of_record("intake")] == ["intake", "short"]
    ids = [item.link_id for item in catalog.items_of_record("intake")]
    assert len(ids) == len(set(ids))
    assert {"matters_most", "help_body"} <= set(ids)


def test_every_consent_of_the_domain_is_asked_for_apart() -> None:
    scopes = [item.scope for item in get_catalog().main.items if item.scope]
    assert sorted(scopes) == ["enroll", "family", "share", "store", "text", "voicemail"]


def test_what_the_other_questionnaire_knows_is_not_asked() -> None:
    short = get_catalog().get("short")
    fresh = [item.link_id for item in short.walk({"for_whom": "me", "help_body": True})]
    told = [item.link_id for item in short.walk({"for_whom": "me", "needs": ["body"], "sx_pain": "8"})]
    helps = {"help_body", "help_now", "help_mind", "help_daily", "help_spirit"}
    assert helps <= set(fresh)
    assert helps.isdisjoint(told)


# --- mistakes -------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the questionnaires, to spoil."""
    return Path(shutil.copytree(DEFAULT_FILE.parent, tmp_path / "questionnaires"))


def spoil(folder: Path, name: str, change: Callable[[Json], Any]) -> None:
    path = folder / f"{name}.json"
    raw = json.loads(path.read_text(encoding="utf-8"))
    change(raw)
    path.write_text(json.dumps(raw), encoding="utf-8")


def item(raw: Json, link_id: str) -> Json:
    return dict(next(found for found in raw["item"] if found["linkId"] == link_id))


def replace_item(raw: Json, link_id: str, **changes: Any) -> None:
    raw["item"] = [found | changes if found["linkId"] == link_id else found for found in raw["item"]]


def scope(value: str) -> list[Json]:
    return [
        *item(json.loads(DEFAULT_FILE.read_text("utf-8")), "consent_share")["extension"][:-1],
        {"url": f"{OWN}consent-scope", "valueCode": value},
    ]


MISTAKES: list[tuple[str, str, Callable[[Json], Any], str, str]] = [
    ("an id twice", "short", lambda raw: raw.update(id="caregiver"), "short.json", "is there twice"),
    (
        "another type",
        "caregiver",
        lambda raw: replace_item(raw, "phone", type="text", extension=item(raw, "cg_hardest")["extension"]),
        "phone",
        "another questionnaire has this linkId",
    ),
    (
        "derived from nothing",
        "short",
        lambda raw: raw.update(derivedFrom=["https://x.invalid/fhir/Questionnaire/gone"]),
        "short",
        'no questionnaire "gone"',
    ),
    (
        "an unknown consent",
        "intake",
        lambda raw: replace_item(raw, "consent_share", extension=scope("sell")),
        "consent_share",
        'unknown scope "sell"',
    ),
    (
        "a consent that is no yes or no",
        "intake",
        lambda raw: replace_item(
            raw, "doctor", extension=[*item(raw, "doctor")["extension"], *scope("share")[-1:]]
        ),
        "doctor",
        "must be boolean",
    ),
    (
        "no Spanish in another",
        "caregiver",
        lambda raw: replace_item(raw, "cg_help", _text={}),
        "cg_help",
        "no Spanish",
    ),
    (
        "a fact that nobody knows",
        "caregiver",
        lambda raw: next(e for e in raw["extension"] if e["url"].endswith("thanks")).update(
            valueString="Hi {dog}"
        ),
        "caregiver",
        "unknown placeholder {dog}",
    ),
]


@pytest.mark.parametrize(
    ("_", "file", "change", "where", "reason"), MISTAKES, ids=[case[0] for case in MISTAKES]
)
def test_a_mistake_in_any_of_them_is_named(
    folder: Path, _: str, file: str, change: Callable[[Json], Any], where: str, reason: str
) -> None:
    spoil(folder, file, change)
    with pytest.raises(QuestionnaireError) as caught:
        load_all(load(folder / "intake.json"), folder, "intake.json")
    assert caught.value.link_id == where
    assert reason in caught.value.reason


@pytest.mark.parametrize("command", [("run", "--port", "0"), ("train",)])
def test_nothing_starts_with_a_broken_questionnaire(
    folder: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    spoil(folder, "intake", lambda raw: replace_item(raw, "zip", _text={}))
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", *command],
        cwd=ROOT,
        env=os.environ
        | {
            "PES_QUESTIONNAIRE_FILE": str(folder / "intake.json"),
            "PES_DATA": str(tmp_path / "var"),
            "PES_MODELS": str(tmp_path / "models"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    assert "zip" in done.stdout + done.stderr
    assert "no Spanish" in done.stdout + done.stderr
    assert not (tmp_path / "models").exists() or not list((tmp_path / "models").glob("*.tar.gz"))


# --- what Rasa gets -------------------------------------------------------------------------------------------


def test_a_question_that_two_ask_in_other_words_is_told_apart() -> None:
    domain = domain_of(*read_all(DEFAULT_FILE))
    wanted = {"locale": "en", "party": "self", "ask_mode": "again"}

    def asked_in(questionnaire: str) -> list[str]:
        slots = wanted | {"questionnaire": questionnaire}
        return [
            text["text"]
            for text in domain["responses"]["utter_ask_intake_form_phone"]
            if all(slots[condition["name"]] == condition["value"] for condition in text["condition"])
        ]

    assert [len(asked_in(name)) for name in ("intake", "short", "caregiver")] == [1, 1, 1]
    assert asked_in("intake") == asked_in("short") != asked_in("caregiver")


def test_the_words_for_coming_to_a_questionnaire_are_training_examples() -> None:
    caregiver = next(raw for raw in read_all(DEFAULT_FILE) if raw["id"] == "caregiver")
    examples = examples_of(caregiver)
    assert "the caregiver questions" in examples
    assert "las preguntas para cuidadores" in examples
