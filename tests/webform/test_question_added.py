"""A question added to the questionnaire file: it is in the form, and its answer in the record, no code changed."""

from __future__ import annotations

import copy
import json
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from bot.enrollment.questionnaire import DEFAULT_FILE
from tests.support.product import Product
from tests.webform.test_form import Form

TRANSLATION = "http://hl7.org/fhir/StructureDefinition/translation"


def song(raw: dict[str, Any]) -> dict[str, Any]:
    """A question in other words, made from one that is there."""
    added: dict[str, Any] = copy.deepcopy(next(node for node in raw["item"] if node["linkId"] == "doctor"))
    added.pop("enableWhen", None)
    added["extension"] = [
        one for one in added["extension"] if "fhir-" not in one["url"] and "covered-by" not in one["url"]
    ]
    content = [
        {"url": "lang", "valueCode": "es"},
        {"url": "content", "valueString": "¿Qué canción le gusta?"},
    ]
    spanish = {"extension": [{"url": TRANSLATION, "extension": content}]}
    return added | {"linkId": "favorite_song", "text": "What song do you love?", "_text": spanish}


@pytest.fixture(scope="module")
def with_a_song(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The service, without an engine, on a copy of the questionnaires with one question more."""
    folder = tmp_path_factory.mktemp("song")
    file = shutil.copytree(DEFAULT_FILE.parent, folder / "questionnaires") / DEFAULT_FILE.name
    raw = json.loads(file.read_text(encoding="utf-8"))
    raw["item"].insert(1, song(raw))
    file.write_text(json.dumps(raw), encoding="utf-8")
    running = Product(folder / "data", environment={"PES_QUESTIONNAIRE_FILE": str(file)})
    running.folder.mkdir()
    try:
        running.pes("migrate")
        running.start_service()
        running.wait_until_it_serves()
        yield running
    finally:
        running.stop()


def test_an_added_question_is_on_the_form_and_its_answer_in_the_record(with_a_song: Product) -> None:
    form = Form(with_a_song)
    assert "What song do you love?" in form.text
    form.save(for_whom="me", favorite_song="Cielito lindo", patient_name="Rosa Díaz")
    (kept,) = with_a_song.enrollments()
    assert kept["answers"]["favorite_song"] == "Cielito lindo"
    form.page = form.http.get("/form/check")
    assert "Cielito lindo" in form.text


def test_it_is_asked_in_spanish_too(with_a_song: Product) -> None:
    assert "¿Qué canción le gusta?" in Form(with_a_song, locale="es").text
