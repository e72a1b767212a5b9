"""How a message is read: two voices, slips put right, sentence by sentence."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from bot.engine.embedding import embed_all
from bot.engine.kernel import KernelError
from bot.engine.reader import IntentReader
from bot.engine.spelling import Spelling, one_slip_away
from bot.engine.text import sentences

EXAMPLES = {
    "ask/role_nurse": [
        "what does the nurse do",
        "que hace la enfermera",
        "tell me about the nurse",
        "what is the nurse for",
        "what will the nurse do at home",
    ],
    "ask/cost_insurance": [
        "how much does it cost",
        "cuanto cuesta",
        "what is the price of this",
        "is it free or does it cost",
        "do we have to pay for it",
    ],
    "tell/illness": [
        "she has lung cancer",
        "he has a weak heart",
        "tiene cancer de higado",
        "my mother has dementia",
        "it spread to her bones",
    ],
    "social/greeting": ["hello there", "hola buenas", "good morning", "buenos dias", "hi"],
}
TEXTS = [text for texts in EXAMPLES.values() for text in texts]
LABELS = [label for label, texts in EXAMPLES.items() for _ in texts]


def embed(texts: Sequence[str]) -> np.ndarray:
    return embed_all(list(texts), threads=1)


@pytest.fixture(scope="module")
def reader() -> IntentReader:
    return IntentReader(embed, {"wat": "what"}).fit(TEXTS, LABELS)


def top(reader: IntentReader, text: str) -> str:
    return reader.rank(text, 1)[0][0]


def test_probabilities_sum_to_one_whatever_is_said(reader: IntentReader) -> None:
    said = ["hi", "", "...", "ξψω", "Hello. She has cancer. How much does it cost?", "a" * 3000]
    rows = reader.predict(said)
    assert rows.sum(axis=1) == pytest.approx(np.ones(len(said)), abs=1e-5)


def test_a_question_at_the_end_of_a_long_story_is_heard(reader: IntentReader) -> None:
    story = "My mother has cancer and it spread to her bones and she has dementia. How much does it cost?"
    heard = dict(reader.rank(story, 2))
    alone = dict(reader.rank(story.replace(". How", " how"), 4))
    assert heard["ask/cost_insurance"] > alone.get("ask/cost_insurance", 0.0) + 0.1


def test_slips_and_short_forms_are_read(reader: IntentReader) -> None:
    assert top(reader, "wat doess the nruse do") == "ask/role_nurse"


def test_a_saved_reader_reads_the_same(reader: IntentReader, tmp_path: Path) -> None:
    reader.save(tmp_path)
    loaded = IntentReader.load(tmp_path, embed)
    said = ["what will the nurse do. she has cancer", "cuanto cuseta"]
    assert loaded.predict(said) == pytest.approx(reader.predict(said), abs=5e-3)


@pytest.mark.parametrize("torn", ["spelling.json", "examples.npz"])
def test_a_reader_that_is_not_whole_is_an_error(reader: IntentReader, tmp_path: Path, torn: str) -> None:
    reader.save(tmp_path)
    (tmp_path / torn).write_bytes(b"{")
    with pytest.raises(KernelError):
        IntentReader.load(tmp_path, embed)


def test_reading_before_learning_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(KernelError):
        IntentReader(embed).predict(["hello"])
    with pytest.raises(KernelError):
        IntentReader(embed).save(tmp_path)


def test_spelling_leaves_known_and_short_words_alone() -> None:
    spelling = Spelling.learn(["the nurse comes"] * 3, {"u": "you"})
    assert spelling.correct("Teh NURSE comse, u") == "teh nurse comes, you"
    assert spelling.correct("tha nurze") == "tha nurse"
    assert spelling.correct("kidney") == "kidney"


def test_a_slip_is_one_letter_dropped_swapped_mistyped_or_added() -> None:
    near = one_slip_away("nurse")
    assert {"nure", "nusre", "nirse", "nurses"} <= near
    assert "nur" not in near


@pytest.mark.parametrize(
    ("message", "parts"),
    [
        ("Is it free? My dad is sick", ["Is it free?", "My dad is sick"]),
        ("Mi papá está mal, ¿vienen a la casa?", ["Mi papá está mal", "vienen a la casa?"]),
        ("just one", ["just one"]),
        ("... !!", []),
    ],
)
def test_sentences_of_a_message(message: str, parts: list[str]) -> None:
    assert sentences(message) == parts
