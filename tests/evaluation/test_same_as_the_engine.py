"""The evaluation measures what the engine does: both learn the same little data set and must answer alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.understanding import Duel, Task
from bot.engine.topics import FALLBACK
from bot.evaluation.examples import Example
from bot.evaluation.options import CONFIG
from bot.evaluation.pipeline import Embeddings, Pipeline, Settings

LEARNED = {
    "ask/role_nurse": ("what does the nurse do", "tell me about the nurse", "qué hace la enfermera"),
    "ask/cost_insurance": ("how much does it cost", "does insurance pay", "cuánto cuesta esto"),
    "out_of_scope": ("who won the football game", "pizza recipe", "receta de tacos"),
}
ASKED = ("WHAT DOES A NURSE DO", "is it expensive", "cuanto questa", "taco bell", "xj qq", "...", "sí", "👍")


@pytest.mark.engine
@pytest.mark.slow
def test_guesses_and_decisions_are_those_of_the_engine(tmp_path: Path) -> None:
    learned = [Example(text, label) for label, texts in LEARNED.items() for text in texts]
    asked = [Example(text, "out_of_scope") for text in ASKED]
    engine = Duel(Task("little", learned, asked, "out_of_scope"), tmp_path, 1, ["ours"]).run()["ours"]

    settings = Settings.read(CONFIG)
    guesses = Pipeline(settings, Embeddings(print), print).fit(learned).guess(ASKED)
    rule = settings.rule(FALLBACK)

    for number, guess in enumerate(guesses):
        answer = engine.answers[number]
        assert answer["best"] == guess.best
        assert answer["decided"] == rule.decide(guess)
        # The engine keeps its model in half precision.
        assert answer["confidence"] == pytest.approx(guess.confidence, abs=0.02)
