"""How well and how fast our NLU pipeline understands, beside the one Rasa itself chooses, on the same data in one run.

    python -m benchmarks understanding                              our own data and held-out messages
    python -m benchmarks understanding --clinc data_small.json      and CLINC150

Both are trained and asked through Rasa, each in a process of its own, one message after the other. They take turns
(ours trains before and after stock; the messages are asked in rounds), so that a drift of the machine meets both.
No figure ever fails a run.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import yaml

from benchmarks import report
from benchmarks.system import environment
from bot.evaluation.examples import OUT_OF_SCOPE, Example, read_rows, training_examples
from bot.settings import ROOT
from bot.supervisor import ENGINE_PYTHON

FALLBACK = "nlu_fallback"
PIPELINES = {
    "ours": (ROOT / "config.yml", ["--lean"]),
    "stock": (Path(__file__).parent / "stock_project" / "config.yml", []),
}
# The tables that help a pipeline to see roles, relatives and illnesses; both get them.
TABLES = ("lookups.yml", "synonyms.yml")


@dataclass(frozen=True)
class Task:
    """What is learned and what is asked.

    Attributes:
        tables: NLU files without labels that go with the examples.
    """

    name: str
    train: list[Example]
    test: list[Example]
    out_of_scope: str
    tables: list[Path] = field(default_factory=list)


@dataclass
class Figures:
    """All that was measured of one pipeline on one task; lists have one entry a round. Seconds and MB."""

    training: list[float] = field(default_factory=list)
    training_cpu: list[float] = field(default_factory=list)
    training_memory: list[float] = field(default_factory=list)
    asking: list[float] = field(default_factory=list)
    asking_cpu: list[float] = field(default_factory=list)
    asking_memory: list[float] = field(default_factory=list)
    answers: dict[int, dict[str, Any]] = field(default_factory=dict)

    def scores(self, task: Task) -> dict[str, float]:
        """Shares of in-scope and out-of-scope messages; times of training in seconds, of a message in ms; MB."""
        asked = [(example.label, self.answers[i]) for i, example in enumerate(task.test)]
        away = {FALLBACK, task.out_of_scope}
        known = [(label, answer) for label, answer in asked if label != task.out_of_scope]
        strange = [answer for label, answer in asked if label == task.out_of_scope]
        return {
            "in scope: best guess right": _share(answer["best"] == label for label, answer in known),
            "in scope: right after its own fallback rule": _share(
                a["decided"] == label for label, a in known
            ),
            "in scope: refused": _share(answer["decided"] in away for _, answer in known),
            "out of scope: caught (recall)": _share(answer["decided"] in away for answer in strange),
            "training, s": statistics.mean(self.training),
            "training, CPU s": statistics.mean(self.training_cpu),
            "ms a message": 1000 * sum(self.asking) / len(asked),
            "CPU ms a message": 1000 * sum(self.asking_cpu) / len(asked),
            "peak memory while training, MB": max(self.training_memory),
            "peak memory while asked, MB": max(self.asking_memory),
        }


def _share(hits: Any) -> float:
    found = list(hits)
    return sum(found) / len(found) if found else float("nan")


class Duel:
    """Both pipelines on one task, in a folder of their own."""

    def __init__(self, task: Task, folder: Path, rounds: int, systems: Sequence[str]) -> None:
        self._task, self._folder, self._rounds, self._systems = task, folder, rounds, systems
        self.figures = {name: Figures() for name in systems}

    def run(self) -> dict[str, Figures]:
        """Train, then ask in rounds."""
        nlu = self._write_nlu()
        order = [*self._systems, "ours"] if len(self._systems) > 1 else self._systems
        for name in order:
            self._train(name, nlu)
        for number in range(self._rounds):
            part = list(range(number, len(self._task.test), self._rounds))
            # Who goes first changes from round to round.
            for name in self._systems[:: -1 if number % 2 else 1]:
                self._ask(name, part)
        return self.figures

    def _write_nlu(self) -> Path:
        folder = self._folder / "nlu"
        folder.mkdir()
        by_label: dict[str, list[str]] = defaultdict(list)
        for example in self._task.train:
            by_label[safe(example.label)].append(example.text)
        blocks = [
            {"intent": label, "examples": "".join(f"- {text}\n" for text in texts)}
            for label, texts in by_label.items()
        ]
        content = {"version": "3.1", "nlu": blocks}
        (folder / "examples.yml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")
        for table in self._task.tables:
            (folder / table.name).write_bytes(table.read_bytes())
        return folder

    def _train(self, name: str, nlu: Path) -> None:
        config, of = self._config(name), self.figures[name]
        started = time.perf_counter()
        found = self._worker(name, ["train", str(config), str(nlu), str(self._model(name))])
        of.training.append(time.perf_counter() - started)
        of.training_cpu.append(found["cpu_seconds"])
        of.training_memory.append(found["memory"])
        say(
            f"{self._task.name}, {name}: trained in {of.training[-1]:.0f} s ({of.training_cpu[-1]:.0f} CPU s)"
        )

    def _ask(self, name: str, part: list[int]) -> None:
        of = self.figures[name]
        texts = json.dumps([self._task.test[i].text for i in part])
        found = self._worker(name, ["parse", str(self._model(name))], texts)
        labels = {safe(example.label): example.label for example in self._task.train}
        for i, answer in zip(part, found["answers"], strict=True):
            of.answers[i] = answer | {
                key: labels.get(answer[key], answer[key]) for key in ("decided", "best")
            }
        of.asking.append(found["parse_seconds"])
        of.asking_cpu.append(found["parse_cpu_seconds"])
        of.asking_memory.append(found["memory"])
        say(
            f"{self._task.name}, {name}: {1000 * of.asking[-1] / len(part):.1f} ms a message ({len(part)} asked)"
        )

    def _config(self, name: str) -> Path:
        """The pipeline of the system's own config.yml; policies and importers are about dialogue, not understanding."""
        kept = yaml.safe_load(PIPELINES[name][0].read_text(encoding="utf-8"))
        path = self._folder / f"{name}.yml"
        chosen = {key: kept[key] for key in ("recipe", "assistant_id", "language", "pipeline")}
        path.write_text(yaml.safe_dump(chosen, sort_keys=False), encoding="utf-8")
        return path

    def _model(self, name: str) -> Path:
        return self._folder / f"{name}.tar.gz"

    def _worker(self, name: str, arguments: list[str], given: str = "") -> dict[str, Any]:
        log = self._folder / f"{name}.log"
        with log.open("a") as errors:
            done = subprocess.run(
                [str(ENGINE_PYTHON), "-m", "benchmarks.nlu_worker", *PIPELINES[name][1], *arguments],
                input=given,
                cwd=ROOT,
                env=environment(),
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                check=False,
            )
        if done.returncode != 0:
            raise PipelineFailed(f"{name} failed on {self._task.name}\n{log.read_text('utf-8')[-3000:]}")
        figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return figures


class PipelineFailed(RuntimeError):
    """A pipeline could not be trained or asked; the message ends with its log."""


def safe(label: str) -> str:
    """A label as Rasa's default pipeline can learn it: it takes `family/topic` for a question with canned answers."""
    return label.replace("/", ".")


def say(text: str) -> None:
    """Progress, on standard error."""
    print(f"{datetime.now(UTC):%H:%M:%S} {text}", file=sys.stderr, flush=True)


def own_task(heldout: Sequence[Path]) -> Task:
    """Our training data, asked the held-out messages."""
    folder = ROOT / "data" / "nlu"
    test = [example for file in heldout for example in read_rows(file)]
    tables = [folder / name for name in TABLES if (folder / name).exists()]
    return Task("our data, held-out messages", training_examples(folder), test, OUT_OF_SCOPE, tables)


def clinc_task(file: Path) -> Task:
    """A data file of CLINC150: out-of-scope examples are learned as a label of their own by both pipelines."""
    content = json.loads(file.read_text(encoding="utf-8"))
    parts = {key: [Example(text, label, "en") for text, label in rows] for key, rows in content.items()}
    train, test = parts["train"] + parts["oos_train"], parts["test"] + parts["oos_test"]
    return Task(f"CLINC150 ({file.stem})", train, test, "oos")


def smaller(task: Task, share: float) -> Task:
    """A part of a task's labels (out of scope is always among them), to try the benchmark quickly."""
    labels = sorted({example.label for example in task.train} - {task.out_of_scope})
    kept = {*random.Random(0).sample(labels, max(2, round(share * len(labels)))), task.out_of_scope}
    train, test = ([e for e in part if e.label in kept] for part in (task.train, task.test))
    return Task(f"{task.name}, {len(kept)} labels", train, test, task.out_of_scope, task.tables)


def thinner(task: Task, most: int) -> Task:
    """A task with at most so many examples of a label and language, drawn: all of ours keep stock busy for a day."""
    drawn = random.Random(0).sample(task.train, len(task.train))
    count: Counter[tuple[str, str]] = Counter()
    train = []
    for example in drawn:
        count[example.label, example.locale] += 1
        if count[example.label, example.locale] <= most:
            train.append(example)
    return Task(
        f"{task.name}, {most} examples a label and language", train, task.test, task.out_of_scope, task.tables
    )


def markdown(task: Task, figures: dict[str, Figures]) -> str:
    """The table of one task."""
    scores = {name: of.scores(task) for name, of in figures.items()}
    strange = sum(example.label == task.out_of_scope for example in task.test)
    known = len(task.test) - strange
    title = (
        f"{task.name}: {len(task.train):,} examples of {len({e.label for e in task.train})} labels learned; "
        f"{known:,} messages in scope and {strange:,} out of scope asked"
    )
    lines = [title, "", f"| | {' | '.join(scores)} |", "|---" + "|---:" * len(scores) + "|"]
    for measure in next(iter(scores.values())):
        cells = [_cell(measure, of[measure]) for of in scores.values()]
        lines.append(f"| {measure} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _cell(measure: str, value: float) -> str:
    if "scope" in measure:
        return f"{100 * value:.1f} %"
    return f"{value:,.1f}" if "ms" in measure else f"{value:,.0f}"


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks understanding",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--clinc", type=Path, action="append", default=[], help="a data file of clinc/oos-eval"
    )
    parser.add_argument(
        "--heldout", type=Path, action="append", help="JSON lines; default tests/heldout/nlu.jsonl"
    )
    parser.add_argument("--only", choices=list(PIPELINES))
    parser.add_argument("--without-own", action="store_true", help="leave our own data out")
    parser.add_argument("--rounds", type=int, default=3, help="in how many rounds the messages are asked")
    parser.add_argument("--share", type=float, default=1.0, help="share of the labels, for a quick try")
    parser.add_argument("--most", type=int, help="at most so many examples of a label and language")
    options = parser.parse_args(arguments)
    if options.rounds < 1 or not 0 < options.share <= 1:
        parser.error("--rounds takes 1 or more, --share more than 0 and at most 1")
    if options.without_own and not options.clinc:
        parser.error("--without-own needs --clinc")
    return options


def main(arguments: Sequence[str]) -> int:
    """Run, print, write; the exit code is 1 when a pipeline failed."""
    options, where = _options(arguments), report.surroundings()
    tasks = [] if options.without_own else [own_task(options.heldout or [ROOT / "tests/heldout/nlu.jsonl"])]
    tasks += [clinc_task(file) for file in options.clinc]
    if options.share < 1:
        tasks = [smaller(task, options.share) for task in tasks]
    if options.most:
        tasks = [thinner(task, options.most) for task in tasks]
    systems = [options.only] if options.only else list(PIPELINES)
    results: dict[str, Any] = {}
    for task in tasks:
        with tempfile.TemporaryDirectory(prefix="pes-nlu-") as folder:
            try:
                figures = Duel(task, Path(folder), options.rounds, systems).run()
            except PipelineFailed as failure:
                print(failure, file=sys.stderr)
                return 1
        print(markdown(task, figures) + "\n", flush=True)
        results[task.name] = {name: of.scores(task) | _kept(of) for name, of in figures.items()}
        path = _write(where, vars(options), results)
    print("\n".join(f"- {name}: {value}" for name, value in where.items()))
    print(f"\nAll figures: {path}")
    return 0


def _kept(of: Figures) -> dict[str, Any]:
    """Every round's figures; the answers themselves are not kept."""
    return {"rounds": {key: value for key, value in asdict(of).items() if key != "answers"}}


def _write(where: dict[str, str], options: dict[str, Any], results: dict[str, Any]) -> Path:
    folder = ROOT / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"understanding-{where['when'].replace(':', '')[:17]}.json"
    content = {"where": where, "options": options, "tasks": results}
    path.write_text(json.dumps(content, indent=2, default=str) + "\n", encoding="utf-8")
    return path
