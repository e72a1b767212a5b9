"""What a person who edits the data is told when something is wrong; and what training leaves behind."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.engine.conftest import EXAMPLES, nlu, project, train

pytestmark = [pytest.mark.engine, pytest.mark.slow]


def _without_spanish(item: dict[str, Any]) -> None:
    del item["_text"]


def _edit(folder: Path, change: Callable[[dict[str, Any]], None]) -> None:
    file = folder / "data" / "questionnaires" / "intake.json"
    raw = json.loads(file.read_text(encoding="utf-8"))
    change(raw["item"][1])
    file.write_text(json.dumps(raw), encoding="utf-8")


def test_a_broken_question_is_named(tmp_path: Path) -> None:
    _edit(project(tmp_path), _without_spanish)
    done = train(tmp_path, tmp_path / "models")
    assert done.returncode == 1
    assert "questionnaire: caller_name: text: has no Spanish" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr
    assert not (tmp_path / "models" / "engine.tar.gz").exists()


@pytest.mark.parametrize("label", ["aks/role_nurse", "restart", "nlu_fallback"])
def test_an_unknown_intent_is_named(tmp_path: Path, label: str) -> None:
    project(tmp_path)
    wrong = EXAMPLES | {label: ["one", "two", "three"]}
    (tmp_path / "data" / "nlu" / "few.yml").write_text(nlu(wrong), encoding="utf-8")
    done = train(tmp_path, tmp_path / "models")
    assert done.returncode == 1
    assert f'the intent "{label}" is not known' in done.stdout


def test_training_leaves_one_file(models: Path) -> None:
    assert [file.name for file in models.iterdir()] == ["engine.tar.gz"]
