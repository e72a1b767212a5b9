"""`python -m bot.engine.train [FOLDER]`: trains the dialogue model into the models folder, under a fixed name.

FOLDER holds config.yml, domain.yml and data/; without it, that is this repository.
"""

from __future__ import annotations

import logging
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
# Rasa draws progress bars unless its level is above INFO.
os.environ["LOG_LEVEL"] = "ERROR"

from bot.engine.environment import MODEL_NAME, ROOT, models_folder
from bot.engine.lean import leave_out_unused
from bot.engine.logs import silence_structured_log, where

PARTS = ("nlu", "rules", "stories")
# Rasa says these of any project with forms, or with lookup tables and entities but without its neural networks.
NOT_NEWS = ("Slot auto-fill has been removed", "You have defined training data consisting of")


class NothingToTrain(ValueError):
    """The training data misses a part without which there is no assistant."""


def train(root: Path, models: Path) -> Path:
    """Train from config.yml, domain.yml and data/ of the folder `root`; returns the model file.

    The model appears under its name only when it is whole.

    Raises:
        NothingToTrain: no examples, or no rules.
        Other errors come from Rasa or the importer and name what is wrong with the data.
    """
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.training.graph_trainer import GraphTrainer
    from rasa.engine.validation import validate
    from rasa.shared.data import TrainingType
    from rasa.shared.importers.importer import TrainingDataImporter
    from rasa.utils.common import TempDirectoryPath, get_temp_dir_name

    # Imported here so that a mistake in it stops the training; Rasa would only warn and train without it.
    from bot.engine import importer as _  # noqa: F401
    from bot.engine.no_cache import NoCache

    data = [str(root / "data" / part) for part in PARTS if (root / "data" / part).is_dir()]
    importer = TrainingDataImporter.load_from_config(str(root / "config.yml"), str(root / "domain.yml"), data)
    if not importer.get_nlu_data().intent_examples:
        raise NothingToTrain("data/nlu has no examples")
    if importer.get_stories().is_empty():
        raise NothingToTrain("data/rules has no rules")
    config = importer.get_config()
    recipe = Recipe.recipe_for_name(config.get("recipe"))
    graph = recipe.graph_config_for_recipe(config, {}, training_type=TrainingType.BOTH)
    validate(graph)
    models.mkdir(parents=True, exist_ok=True)
    unfinished = models / f".{MODEL_NAME}.{os.getpid()}.part"
    with TempDirectoryPath(get_temp_dir_name()) as folder:
        trainer = GraphTrainer(LocalModelStorage(Path(folder)), NoCache(), DaskGraphRunner)
        trainer.train(graph, importer, unfinished, force_retraining=True)
    os.replace(unfinished, models / MODEL_NAME)
    return models / MODEL_NAME


class _Progress(logging.Handler):
    """Passes on what this package logs while training: counts and results, no examples."""

    def __init__(self, say: Callable[[str], None]) -> None:
        super().__init__()
        self._say = say

    def emit(self, record: logging.LogRecord) -> None:
        self._say(record.getMessage())


def _pass_on_progress(say: Callable[[str], None]) -> None:
    ours = logging.getLogger("bot.engine")
    ours.setLevel(logging.INFO)
    ours.addHandler(_Progress(say))
    ours.propagate = False
    logging.getLogger().setLevel(logging.ERROR)

    def show(message: Warning | str, category: type[Warning], *_: object, **__: object) -> None:
        # Rasa warns about the data this way; what its libraries say about each other is not for the person training.
        if category is UserWarning and not str(message).startswith(NOT_NEWS):
            say(f"warning: {message}")

    warnings.showwarning = show


def main() -> int:
    """Train with progress on standard output; the exit code is 0 when there is a new model."""
    started = time.monotonic()

    def say(text: str) -> None:
        sys.stdout.write(f"  {time.monotonic() - started:5.1f} s  {text}\n")
        sys.stdout.flush()

    say("loading Rasa")
    leave_out_unused()
    silence_structured_log()
    _pass_on_progress(say)
    try:
        model = train(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT, models_folder())
    except Exception as error:  # noqa: BLE001  whatever is wrong, the person at the terminal gets one clear line
        say(f"failed: {error}")
        say(f"({where(error)})")
        return 1
    say(f"model written: {model.name} ({model.stat().st_size / 1e6:.1f} MB)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
