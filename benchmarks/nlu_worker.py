"""Trains or asks one NLU pipeline, a process of its own in the engine's environment, so that its memory can be weighed.

    python -m benchmarks.nlu_worker train CONFIG NLU_FILE MODEL
    python -m benchmarks.nlu_worker parse MODEL < texts.json

Texts come as a JSON list; the last line of standard output is a JSON object with what was measured.
With `--lean` it leaves out the parts of Rasa that our engine leaves out.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sys
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any

os.environ["RASA_TELEMETRY_ENABLED"] = "false"
os.environ["LOG_LEVEL"] = "ERROR"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
warnings.simplefilter("ignore")

FALLBACK = "nlu_fallback"


def peak_memory() -> float:
    """The most this process ever held in memory, in MB."""
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size / (1024 * 1024 if sys.platform == "darwin" else 1024)


def train(config: Path, nlu: Path, model: Path) -> dict[str, Any]:
    """Train the pipeline of a config file on an NLU file."""
    from rasa.engine.recipes.recipe import Recipe
    from rasa.engine.runner.dask import DaskGraphRunner
    from rasa.engine.storage.local_model_storage import LocalModelStorage
    from rasa.engine.training.graph_trainer import GraphTrainer
    from rasa.shared.data import TrainingType
    from rasa.shared.importers.importer import TrainingDataImporter

    from bot.engine.no_cache import NoCache

    importer = TrainingDataImporter.load_nlu_importer_from_config(str(config), None, [str(nlu)])
    settings = importer.get_config()
    recipe = Recipe.recipe_for_name(settings.get("recipe"))
    graph = recipe.graph_config_for_recipe(settings, {}, training_type=TrainingType.NLU)
    with tempfile.TemporaryDirectory() as folder:
        trainer = GraphTrainer(LocalModelStorage(Path(folder)), NoCache(), DaskGraphRunner)
        trainer.train(graph, importer, model, force_retraining=True)
    return {}


async def parse(model: Path, texts: list[str]) -> dict[str, Any]:
    """Ask for one text after the other; what the pipeline decided, and its best guess before its own fallback."""
    from rasa.core.agent import Agent

    agent = Agent.load(str(model))
    await agent.parse_message("are you there")  # whatever is loaded at the first message is loaded now
    answers, started, cpu = [], time.perf_counter(), time.process_time()
    for text in texts:
        found = await agent.parse_message(text)
        intent, ranking = found["intent"], found.get("intent_ranking") or []
        named = [entry for entry in ranking if entry["name"] != FALLBACK]
        best: dict[str, Any] = named[0] if named else {"name": FALLBACK, "confidence": 0.0}
        decided = intent.get("full") or intent["name"] or FALLBACK
        answers.append({"decided": decided, "best": best["name"], "confidence": best["confidence"]})
    seconds, cpu_seconds = time.perf_counter() - started, time.process_time() - cpu
    return {"answers": answers, "parse_seconds": seconds, "parse_cpu_seconds": cpu_seconds}


def main() -> None:
    """Do what the command line says and print the figures."""
    arguments = [argument for argument in sys.argv[1:] if argument != "--lean"]
    if "--lean" in sys.argv:
        from bot.engine.lean import leave_out_unused

        leave_out_unused()
    if arguments[0] == "train":
        figures = train(*(Path(argument) for argument in arguments[1:4]))
    else:
        figures = asyncio.run(parse(Path(arguments[1]), json.load(sys.stdin)))
    figures |= {"cpu_seconds": time.process_time(), "memory": peak_memory()}
    sys.stdout.write("\n" + json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
