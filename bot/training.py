"""Training the dialogue model when, and only when, what it is made from has changed (by content, not by date)."""

from __future__ import annotations

import hashlib
import os
import subprocess
import time
from pathlib import Path

from bot.safety import classifier
from bot.settings import ROOT, Settings

ENGINE_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
# What a model is made from; anything else may change without a new training.
SOURCES = (
    "config.yml",
    "domain.yml",
    "data/nlu",
    "data/rules",
    "data/stories",
    "data/questionnaires",
    "bot/engine",
    "requirements/rasa.txt",
)
STAMP = "trained-from"


class TrainingFailed(RuntimeError):
    """The model could not be trained; the message says what to do."""


def fingerprint(root: Path = ROOT) -> str:
    """A hash of everything a model is made from."""
    digest = hashlib.sha256()
    for source in SOURCES:
        path = root / source
        files = [path] if path.is_file() else sorted(p for p in path.rglob("*") if p.is_file())
        for file in files:
            if "__pycache__" in file.parts:
                continue
            digest.update(str(file.relative_to(root)).encode())
            digest.update(hashlib.sha256(file.read_bytes()).digest())
    return digest.hexdigest()


def is_current(settings: Settings) -> bool:
    """Whether the model in the models folder was made from what is there now."""
    stamp = settings.models / STAMP
    models = list(settings.models.glob("*.tar.gz"))
    return bool(models) and stamp.exists() and stamp.read_text(encoding="utf-8") == fingerprint()


def train_if_changed(settings: Settings) -> bool:
    """Train unless the model is current; True when it trained."""
    trained = not is_current(settings)
    if trained:
        train_dialogue(settings)
    if not classifier.is_current():
        train_safety()
        trained = True
    return trained


def train(settings: Settings) -> None:
    """Train both models: the dialogue's and the safety gate's. Raises TrainingFailed."""
    train_dialogue(settings)
    train_safety()


def train_safety() -> None:
    """Train the safety gate's classifier. Raises TrainingFailed when its examples cannot be used."""
    started = time.monotonic()
    print("Training the safety classifier ...", flush=True)
    try:
        classifier.train()
    except classifier.ClassifierError as error:
        raise TrainingFailed(str(error)) from error
    print(f"Trained in {time.monotonic() - started:.0f} s.", flush=True)


def train_dialogue(settings: Settings) -> None:
    """Train with the engine's environment; its progress goes to the terminal.

    Raises:
        TrainingFailed: the engine's environment is missing, or Rasa refused the data.
    """
    if not ENGINE_PYTHON.exists():
        raise TrainingFailed("The engine's environment is missing. Run `make setup`.")
    before, started = fingerprint(), time.monotonic()
    print("Training the dialogue model (about a minute) ...", flush=True)
    environment = os.environ | {
        "PES_MODELS": str(settings.models),
        "PES_QUESTIONNAIRE_FILE": str(settings.questionnaire_file),
        "RASA_TELEMETRY_ENABLED": "false",
        "PYTHONPATH": str(ROOT),
    }
    settings.models.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [str(ENGINE_PYTHON), "-m", "bot.engine.train"], cwd=ROOT, env=environment, check=False
    )
    if done.returncode != 0:
        raise TrainingFailed("Training failed; the lines above say where. Mend the file and try again.")
    # Written last: a training that was interrupted, or whose files changed meanwhile, is done again.
    (settings.models / STAMP).write_text(before, encoding="utf-8")
    print(f"Trained in {time.monotonic() - started:.0f} s.", flush=True)
