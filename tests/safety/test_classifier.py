"""The classifier beside the patterns: trained on a few examples here, missing, broken; and what it may raise."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot import checkup
from bot.engine.kernel import KernelModel
from bot.safety import classifier, gate, judging
from bot.safety.classifier import Classifier, ClassifierError, windows
from bot.safety.evaluation import read_rows
from bot.safety.folding import fold
from bot.settings import get_settings


@pytest.fixture(scope="module")
def small() -> Classifier:
    """A real model from a part of the real examples: enough to tell despair from dinner, in seconds."""
    rows = classifier.examples()
    kept = [row for row in rows if row.label != "none"] + [row for row in rows if row.label == "none"][:600]
    texts = [row.text for row in kept]
    model = KernelModel().fit(texts, [row.label for row in kept], classifier._embedded(texts))
    return Classifier(model)


@pytest.fixture
def with_small(small: Classifier, monkeypatch: pytest.MonkeyPatch) -> Classifier:
    monkeypatch.setattr(judging, "get_classifier", lambda: small)
    return small


@pytest.fixture
def no_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PES_MODELS", str(tmp_path))
    get_settings.cache_clear()
    judging.get_classifier.cache_clear()
    yield
    monkeypatch.undo()
    get_settings.cache_clear()
    judging.get_classifier.cache_clear()


def test_it_hears_what_no_pattern_has_words_for(with_small: Classifier) -> None:
    said = fold("I keep picturing how I would finish myself off, it feels like the only way out")
    assert with_small.judge(said)["suicide"] > 0.5
    assert with_small.judge(fold("what time does the office open on Monday"))["none"] > 0.5


def test_a_cry_in_a_long_letter_is_as_loud_as_alone(with_small: Classifier) -> None:
    cry = "I have decided to take my own life on Sunday."
    letter = "We moved to Chicago in May and the neighbors brought us soup. " * 10
    alone, within = with_small.judge(fold(cry)), with_small.judge(fold(letter + cry + " " + letter))
    assert within["suicide"] > 0.5 * alone["suicide"]


def test_what_is_denied_is_not_read(with_small: Classifier) -> None:
    assert gate.assess("I don't have any plan to die") is None
    assert gate.assess("I'm not suicidal, just tired") is None


def test_windows_cover_every_word() -> None:
    text = fold(". ".join(f"sentence number {i} is here with a few more words" for i in range(60)))
    seen = {word for piece in windows(text) for word in piece.replace(".", " ").split()}
    assert seen == set(text.replace(".", " ").split())
    endless = fold(" ".join(f"word{chr(97 + i % 26)}{chr(97 + i // 26)}" for i in range(300)))
    assert {word for piece in windows(endless) for word in piece.split()} == set(endless.split())
    assert all(len(piece.split()) <= classifier.WINDOW for piece in windows(endless))
    assert windows(fold("")) == []


@pytest.mark.usefixtures("no_model")
def test_without_a_model_the_patterns_go_on_alone(caplog: pytest.LogCaptureFixture) -> None:
    finding = gate.assess("I want to kill myself")
    assert finding is not None
    assert (finding.level, finding.category) == ("emergency", "suicide")
    assert gate.assess("hello, what is palliative care?") is None
    assert "no classifier" in caplog.text
    assert "kill" not in caplog.text


@pytest.mark.usefixtures("no_model")
def test_the_doctor_says_that_the_classifier_is_missing() -> None:
    assert any("safety classifier" in problem for problem in checkup.problems(get_settings()))


@pytest.mark.usefixtures("no_model")
def test_half_a_model_is_refused() -> None:
    classifier.folder().mkdir()
    (classifier.folder() / "intents.json").write_text("{", encoding="utf-8")
    with pytest.raises(ClassifierError):
        classifier.load()


@pytest.mark.usefixtures("no_model")
def test_a_stored_model_says_the_same(small: Classifier) -> None:
    classifier.folder().mkdir()
    small._model.save(classifier.folder())
    said = fold("I can't live like this, I have the pills ready")
    before, after = small.judge(said), classifier.load().judge(said)
    assert after == pytest.approx(before, abs=0.02)
    assert not classifier.is_current()


def test_a_broken_classifier_fails_safe(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> dict[str, float]:
        raise ValueError("broken")

    monkeypatch.setattr(judging, "judge", broken)
    assert gate.assess("hello") == gate.Finding("emergency", "check_failed")


def test_broken_thresholds_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "thresholds.yml"
    path.write_text("alone: [{labels: [suicide], least: high}]", encoding="utf-8")
    with pytest.raises(judging.ThresholdsError):
        judging.read_thresholds(path)


def test_training_rows_and_development_rows_are_kept_apart() -> None:
    own = {text.casefold() for text, _ in classifier._own_rows()}
    rows = read_rows(Path(__file__).with_name("development.jsonl"))
    texts = [row["text"].casefold() for row in rows]
    assert len(texts) >= 300
    assert not [text for text in texts if len(text.split()) > 3 and text in own]
