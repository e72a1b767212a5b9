"""The sheet: a new question stands on it with no code changed; what is private stands on none."""

from __future__ import annotations

import copy
import html
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.enrollment.questionnaire import DEFAULT_FILE
from bot.enrollment.snapshot import Answer, ConsentGiven, Snapshot, Ticket
from bot.page import document
from bot.page.sheet import sheet
from bot.words import LOCALES
from tests.support.caches import forget_settings

MOMENT = datetime(2026, 11, 23, 15, tzinfo=UTC)
SPANISH = {"es": "¿Qué música le gusta?"}


@pytest.fixture
def with_music(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The intake with one question more, made from another one by editing the file only."""
    raw = json.loads(DEFAULT_FILE.read_text(encoding="utf-8"))
    at = next(n for n, node in enumerate(raw["item"]) if node["linkId"] == "doctor")
    added = copy.deepcopy(raw["item"][at])
    added["linkId"] = "music"
    added.pop("enableWhen", None)
    kept = [ext for ext in added["extension"] if "fhir-" not in ext["url"] and "covered-by" not in ext["url"]]
    for ext in kept:
        if ext["url"].endswith("question-label"):
            ext["valueString"] = "The music they love"
    added["extension"] = kept
    raw["item"].insert(at, added)
    path = tmp_path / "questionnaires" / "intake.json"
    path.parent.mkdir()
    path.write_text(json.dumps(raw), encoding="utf-8")
    monkeypatch.setenv("PES_QUESTIONNAIRE_FILE", str(path))
    forget_settings()
    yield
    monkeypatch.undo()
    forget_settings()


def told(link_id: str, value: str, *, private: bool = False) -> Answer:
    return Answer(link_id, value, {}, MOMENT, "patient", words=value, private=private)


def taken(*answers: Answer, tickets: tuple[Ticket, ...] = ()) -> Snapshot:
    return Snapshot(
        id="e",
        conversation_id="c",
        questionnaire="intake",
        state="started",
        channel="webchat",
        locale="en",
        created_at=MOMENT,
        updated_at=MOMENT,
        submitted_at=None,
        completeness=10,
        answers={answer.link_id: answer for answer in answers},
        tickets=tickets,
    )


def ticket(topic: str, note: str, *, private: bool = False) -> Ticket:
    return Ticket(topic, topic, "routine", "open", note, MOMENT, private=private)


@pytest.mark.usefixtures("with_music")
@pytest.mark.parametrize("for_team", [False, True])
def test_a_question_added_to_the_file_stands_on_the_page(for_team: bool) -> None:
    page = document.page(sheet(taken(told("music", "Lola Beltrán")), "en", for_team))
    assert "The music they love" in page
    assert "Lola Beltrán" in page


@pytest.mark.usefixtures("with_music")
def test_a_question_added_and_not_answered_is_missing_on_the_teams_page() -> None:
    assert "The music they love" in sheet(taken(), "en", for_team=True).unanswered


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("for_team", [False, True])
def test_what_is_private_stands_on_no_page(locale: str, for_team: bool) -> None:
    hidden = taken(
        told("matters_most", "my son hits me", private=True),
        told("main_helper", "Eva"),
        tickets=(
            ticket("abuse", "he hits me", private=True),
            ticket("question", "can he hit me", private=True),
            ticket("question", "Is tea fine?"),
        ),
    )
    page = document.page(sheet(hidden, locale, for_team))
    assert " hit" not in page
    assert "Eva" in page
    assert "Is tea fine?" in page


def test_marks_in_what_people_type_stay_text() -> None:
    page = document.page(
        sheet(taken(told("matters_most", "<script>alert(1)</script> & {phone}")), "en", False)
    )
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; {phone}" in page


def test_nothing_told_yet_is_said_kindly() -> None:
    assert "You have not told us anything yet." in document.page(sheet(taken(), "en", for_team=False))


def consented(decision: str, day: int) -> ConsentGiven:
    at = datetime(2026, 11, day, 15, tzinfo=UTC)
    return ConsentGiven(f"store:{day}", "store", decision, "intake/2/consent", "en", "webchat", at, "patient")


@pytest.mark.parametrize("locale", LOCALES)
def test_a_message_that_answered_two_questions_is_quoted_once(locale: str) -> None:
    said = "Luis, and he lives with me"
    both = [Answer(name, "Luis", {}, MOMENT, "patient", words=said) for name in ("main_helper", "lives_with")]
    page = html.unescape(document.page(sheet(taken(*both), locale, for_team=True)))
    assert page.count(said) == 1


@pytest.mark.parametrize(
    ("steps", "shown"),
    [
        ([("yes", 20)], "Yes 2026-11-20"),
        ([("no", 20)], "No 2026-11-20"),
        ([("yes", 20), ("revoked", 23)], "Taken back 2026-11-23 · given 2026-11-20"),
        ([("no", 20), ("yes", 23)], "Yes 2026-11-23"),
        ([("yes", 20), ("revoked", 21), ("yes", 23)], "Yes 2026-11-23"),
    ],
)
def test_a_consent_stands_as_it_is_in_force(steps: list[tuple[str, int]], shown: str) -> None:
    given = tuple(consented(decision, day) for decision, day in steps)
    page = sheet(replace(taken(), consents=given), "en", for_team=False)
    assert [f"{line.value} {line.note}" for line in page.consents.lines] == [shown]


@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize("for_team", [True, False])
def test_what_a_caregiver_told_of_herself_needs_her_consent(allowed: bool, for_team: bool) -> None:
    own = replace(
        taken(told("cg_hardest", "the nights")),
        questionnaire="caregiver",
        consents=(consented("yes" if allowed else "no", 20),),
    )
    page = document.page(sheet(taken(told("matters_most", "home")), "en", for_team, (own,)))
    assert ("the nights" in page) is allowed
    assert "home" in page
