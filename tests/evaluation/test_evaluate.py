"""`pes evaluate` as a person at the terminal meets it, with the real featurizer and classifier on little data."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner, Result

from bot.cli import app

Evaluate = Callable[..., Result]

MESSAGES = {
    "ask/role_nurse": {
        "en": ("what does the nurse do", "tell me about the nurse", "what is a nurse for", "nurse job"),
        "es": (
            "qué hace la enfermera",
            "para qué sirve la enfermera",
            "hábleme de la enfermera",
            "enfermera",
        ),
    },
    "ask/cost_insurance": {
        "en": ("how much does it cost", "what is the price", "does insurance pay", "is it free"),
        "es": ("cuánto cuesta", "qué precio tiene", "paga el seguro", "es gratis"),
    },
    "tell/death": {
        "en": ("my husband died", "she passed away", "my mother died yesterday", "he is dead now"),
        "es": ("mi esposo murió", "ella falleció", "mi mamá murió ayer", "ya se murió"),
    },
    "out_of_scope": {
        "en": ("who won the football game", "pizza recipe", "weather in paris", "sell me a car"),
        "es": ("quién ganó el partido", "receta de tacos", "clima en parís", "véndame un carro"),
    },
}
SECRET = "a sentence nobody may see again"


@pytest.fixture
def evaluate(tmp_path: Path) -> Evaluate:
    """Runs the command; its output folder is `out` in the test's own folder."""

    def run(*arguments: object) -> Result:
        given = ["evaluate", "--out", tmp_path / "out", *arguments]
        return CliRunner().invoke(app, [str(argument) for argument in given], catch_exceptions=False)

    return run


@pytest.fixture
def nlu(tmp_path: Path) -> Path:
    """A small folder of training data in Rasa's format."""
    blocks = [
        {
            "intent": label,
            "metadata": {"locale": locale},
            "examples": "".join(f"- {text}\n" for text in texts),
        }
        for label, by_locale in MESSAGES.items()
        for locale, texts in by_locale.items()
    ]
    folder = tmp_path / "nlu"
    folder.mkdir()
    _write_yaml(folder / "all.yml", [*blocks, {"lookup": "role", "examples": "- nurse\n"}])
    return folder


def _write_yaml(file: Path, blocks: Sequence[dict[str, Any]]) -> None:
    file.write_text(yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True), encoding="utf-8")


def _rows(file: Path, rows: Sequence[Any]) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


def _labelled(**more: str) -> list[dict[str, str]]:
    """All messages as rows."""
    return [
        {"text": text, "label": label, **more}
        for label, by_locale in MESSAGES.items()
        for texts in by_locale.values()
        for text in texts
    ]


def _report(folder: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((folder / "out" / "report.json").read_text(encoding="utf-8"))[
        "reports"
    ]
    return content


def test_our_own_data_is_cross_validated_and_the_held_out_messages_are_asked(
    evaluate: Evaluate, nlu: Path, tmp_path: Path
) -> None:
    heldout = _rows(
        tmp_path / "new.jsonl",
        [
            {"text": "what does a nurse do", "label": "ask/role_nurse", "locale": "en"},
            {"text": "cuánto me cuesta", "label": "ask/cost_insurance", "locale": "es"},
            {"text": "...", "label": "out_of_scope", "locale": "en"},
        ],
    )
    result = evaluate("--nlu", nlu, "--folds", 2, "--heldout", heldout, "--only", "nlu")
    assert result.exit_code == 0, result.output
    report = _report(tmp_path)["nlu"]
    assert (report["examples"], report["labels"], report["threshold"]) == (32, 4, 0.3)
    crossed, new = report["sets"]["cross_validation"], report["sets"]["heldout_new"]
    assert [crossed["clean"][part]["messages"] for part in ("all", "en", "es")] == [32, 16, 16]
    assert crossed["typing_errors"]["all"]["messages"] == 32
    assert set(crossed["clean"]["all"]["families"]["each"]) == {"ask", "loss", "out_of_scope"}
    assert new["clean"]["all"]["in_scope_best_guess_right"] == 1
    # Dots say nothing: the pipeline refuses them without a guess.
    assert new["clean"]["all"]["out_of_scope_recall"] == 1
    for name in ("cross_validation_confusion", "cross_validation_confidence", "heldout_new_thresholds"):
        assert (tmp_path / "out" / f"{name}.png").read_bytes().startswith(b"\x89PNG")
    assert "CROSS VALIDATION" in result.stdout
    assert "HELDOUT NEW" in result.stdout


def test_held_out_messages_are_not_shown(evaluate: Evaluate, nlu: Path, tmp_path: Path) -> None:
    heldout = _rows(tmp_path / "new.jsonl", [{"text": SECRET, "label": "ask/role_nurse", "locale": "en"}])
    result = evaluate("--nlu", nlu, "--folds", 0, "--heldout", heldout, "--no-plots")
    assert result.exit_code == 0, result.output
    assert SECRET not in result.output
    assert not list((tmp_path / "out").glob("*.png"))


def test_the_same_seed_gives_the_same_report(evaluate: Evaluate, nlu: Path, tmp_path: Path) -> None:
    heldout = _rows(tmp_path / "new.jsonl", _labelled(locale="en"))
    reports = []
    for _ in range(2):
        assert evaluate("--nlu", nlu, "--folds", 2, "--heldout", heldout, "--no-plots").exit_code == 0
        reports.append(_report(tmp_path)["nlu"]["sets"])
    assert reports[0] == reports[1]


def test_a_data_set_with_a_file_for_each_half(evaluate: Evaluate, tmp_path: Path) -> None:
    train = _rows(tmp_path / "train.jsonl", [row for row in _labelled() if row["label"] != "tell/death"])
    test = _rows(
        tmp_path / "test.jsonl",
        [
            {"text": "what does a nurse do", "label": "ask/role_nurse"},
            {"text": "what is the cost", "label": "ask/cost_insurance"},
            {"text": "recipe for tacos", "label": "out_of_scope"},
            {"text": "my father died", "label": "tell/death"},
        ],
    )
    result = evaluate("--dataset", train, "--test", test)
    assert result.exit_code == 0, result.output
    report = _report(tmp_path)["dataset"]
    whole = report["sets"]["dataset"]["clean"]["all"]
    assert (report["labels"], report["out_of_scope_label"], report["never_learned"]) == (3, "out_of_scope", 1)
    assert (whole["in_scope"], whole["out_of_scope"]) == (3, 1)
    assert whole["in_scope_best_guess_right"] == pytest.approx(2 / 3)
    assert report["training_seconds"] > 0
    assert report["ms_per_message"] > 0
    for said in ("Learned in", "ms a message", "refused", "recognized", "never learned"):
        assert said in result.stdout


def test_a_data_set_whose_rows_say_which_half_they_are_in(evaluate: Evaluate, tmp_path: Path) -> None:
    rows = [*_labelled(split="train"), {"text": "a nurse", "label": "ask/role_nurse", "split": "test"}]
    assert evaluate("--no-plots", "--dataset", _rows(tmp_path / "all.jsonl", rows)).exit_code == 0
    report = _report(tmp_path)["dataset"]
    assert report["examples"] == 32
    assert report["sets"]["dataset"]["clean"]["all"]["messages"] == 1


def test_a_data_set_in_one_file_is_divided_with_every_label_in_both_halves(
    evaluate: Evaluate, tmp_path: Path
) -> None:
    assert evaluate("--no-plots", "--dataset", _rows(tmp_path / "all.jsonl", _labelled())).exit_code == 0
    report = _report(tmp_path)["dataset"]
    whole = report["sets"]["dataset"]["clean"]["all"]
    assert report["examples"] + whole["messages"] == 32
    assert set(whole["labels"]["each"]) == set(MESSAGES)


def test_another_name_for_out_of_scope(evaluate: Evaluate, tmp_path: Path) -> None:
    rows = [row | {"label": row["label"].replace("out_of_scope", "elsewhere")} for row in _labelled()]
    file = _rows(tmp_path / "all.jsonl", rows)
    assert evaluate("--no-plots", "--dataset", file, "--oos-label", "elsewhere").exit_code == 0
    whole = _report(tmp_path)["dataset"]["sets"]["dataset"]["clean"]["all"]
    assert whole["out_of_scope"] == whole["labels"]["each"]["elsewhere"]["messages"] > 0
    unknown = evaluate("--no-plots", "--dataset", file, "--oos-label", "nowhere")
    assert unknown.exit_code == 1
    assert '"nowhere"' in unknown.stderr


def test_bad_rows_are_named_by_line_and_reason_and_never_quoted(evaluate: Evaluate, tmp_path: Path) -> None:
    bad = [
        {"text": "fine", "label": "a"},
        SECRET,
        {"text": SECRET},
        {"label": SECRET},
        [SECRET],
        {"text": 5, "label": SECRET},
        {"text": "  ", "label": SECRET},
        {"text": SECRET, "label": "a", "split": SECRET},
    ]
    result = evaluate("--dataset", _rows(tmp_path / "bad.jsonl", bad))
    assert result.exit_code == 1
    assert "bad.jsonl: 7 rows cannot be used" in result.stderr
    for line, reason in enumerate(
        (
            "not JSON",
            'no "label"',
            'no "text"',
            "not a JSON object",
            '"text" is not text',
            '"text" is empty',
            '"split" is neither "train" nor "test"',
        ),
        2,
    ):
        assert f"line {line}: {reason}" in result.stderr
    assert SECRET not in result.output


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "no rows"),
        (b"\xff\xfe\x00", "not UTF-8 text"),
        (b'{"text": "a b", "label": "x"}\n{"text": "c d", "label": "y"}\n', "2 labels have only one row"),
        (b'{"text": "a", "label": "x", "split": "test"}\n', "no rows left to learn from"),
        (b'{"text": "a", "label": "x", "split": "test"}\n{"text": "b", "label": "x"}\n', 'have no "split"'),
    ],
)
def test_a_file_that_cannot_be_used_says_why(
    evaluate: Evaluate, tmp_path: Path, content: bytes, reason: str
) -> None:
    file = tmp_path / "data.jsonl"
    file.write_bytes(content)
    result = evaluate("--dataset", file)
    assert result.exit_code == 1
    assert reason in result.stderr


def test_one_label_cannot_be_learned(evaluate: Evaluate, tmp_path: Path) -> None:
    rows = [{"text": f"number {word}", "label": "a"} for word in ("one", "two", "three", "four")]
    result = evaluate("--dataset", _rows(tmp_path / "one.jsonl", rows))
    assert result.exit_code == 1
    assert "at least two labels" in result.stderr


def test_labels_that_share_no_letters_can_be_learned(evaluate: Evaluate, tmp_path: Path) -> None:
    rows = [{"text": "xyz", "label": "a"}, {"text": "uvw", "label": "b"}]
    file = _rows(tmp_path / "two.jsonl", rows)
    assert evaluate("--no-plots", "--dataset", file, "--test", file).exit_code == 0


def test_without_matplotlib_it_says_what_to_do_before_any_work(
    evaluate: Evaluate, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    file = _rows(tmp_path / "all.jsonl", _labelled())
    result = evaluate("--dataset", file)
    assert result.exit_code == 1
    assert "make setup" in result.stderr
    assert "--no-plots" in result.stderr
    assert "Learning" not in result.stderr


def test_missing_files_and_folders_are_said(evaluate: Evaluate, nlu: Path, tmp_path: Path) -> None:
    assert "No such file" in evaluate("--dataset", tmp_path / "none.jsonl").stderr
    assert "no examples" in evaluate("--nlu", tmp_path / "none").stderr
    missing = evaluate("--nlu", nlu, "--heldout", tmp_path / "none.jsonl")
    assert (missing.exit_code, "No such file" in missing.stderr) == (1, True)


def test_training_data_without_a_language_is_refused(evaluate: Evaluate, nlu: Path) -> None:
    _write_yaml(nlu / "more.yml", [{"intent": "affirm", "examples": "- yes\n- sure\n"}])
    result = evaluate("--nlu", nlu)
    assert result.exit_code == 1
    assert "more.yml: a block of affirm has no metadata" in result.stderr


def test_more_folds_than_examples_are_refused(evaluate: Evaluate, nlu: Path) -> None:
    result = evaluate("--nlu", nlu, "--folds", 9)
    assert result.exit_code == 1
    assert "fewer than 9 examples" in result.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--folds", "1"], "--folds takes 2 or more"),
        (["--test", "x.jsonl"], "go with --dataset"),
        (["--oos-label", "oos"], "go with --dataset"),
        (["--dataset", "x.jsonl", "--only", "nlu"], "leave out --heldout and --only"),
    ],
)
def test_options_that_do_not_go_together(evaluate: Evaluate, arguments: list[str], reason: str) -> None:
    result = evaluate(*arguments)
    assert result.exit_code == 1
    assert reason in result.stderr


def _of_many_kinds() -> list[dict[str, str]]:
    """Three labels with thirty rows each, of which some read like another label's."""
    wishes = ("play", "please play", "i want to hear", "put on", "could you play", "start")
    music = ("the blues", "a waltz", "some jazz", "my song", "the radio")
    places = (
        "a table in town",
        "a room by the sea",
        "two seats up front",
        "a taxi home",
        "a court for tennis",
    )
    times = ("tomorrow", "on friday", "tonight", "next week", "at noon", "in may")
    return (
        [{"text": f"{wish} {what}", "label": "music"} for wish in wishes for what in music]
        + [{"text": f"book {what} {when}", "label": "booking"} for what in places for when in times]
        + [
            {"text": f"will it rain {when} near {what}", "label": "weather"}
            for when in times
            for what in places
        ]
    )


def test_how_sure_is_sure_enough_is_learned_from_the_training_half_only(
    evaluate: Evaluate, tmp_path: Path
) -> None:
    train = _rows(tmp_path / "train.jsonl", _of_many_kinds())
    found = []
    for name, texts in {"one": ["play jazz", "what is a nurse"], "other": ["zzz"]}.items():
        test = _rows(tmp_path / f"{name}.jsonl", [{"text": text, "label": "music"} for text in texts])
        assert evaluate("--no-plots", "--dataset", train, "--test", test).exit_code == 0
        found.append(_report(tmp_path)["dataset"]["threshold"])
    assert found[0] == found[1]
    assert 0 < found[0] < 1
    few = [*_of_many_kinds()[:3], *_of_many_kinds()[-3:]]
    assert (
        evaluate("--no-plots", "--dataset", _rows(tmp_path / "few.jsonl", few), "--test", test).exit_code == 0
    )
    assert _report(tmp_path)["dataset"]["threshold"] == 0.3, "too few to set any aside: the assistant's own"
