"""Simulated people who sign up through the real product, by web and SMS; then the record is read and compared.

    python -m benchmarks people                       200 people of seed 1
    python -m benchmarks people --count 10 --show     a quick look, with what was said

Needs a trained model (`pes train`). Prints tables; writes everything to results/. The exit code is 1 when a
conversation broke off with an error; no figure and no timing ever fails a run.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import httpx

from benchmarks.people import report
from benchmarks.people.cast import Character, cast
from benchmarks.people.channels import reach
from benchmarks.people.play import Played, Player
from benchmarks.people.score import Result, read_records
from benchmarks.report import surroundings
from bot.records.database import Database
from bot.settings import ROOT, get_settings
from tests.support.product import Product, open_clients


def main(arguments: Sequence[str]) -> int:
    """Play, read, print, write; the exit code."""
    options, where = _options(arguments), surroundings()
    with tempfile.TemporaryDirectory(prefix="pes-people-") as folder:
        product = Product(Path(folder))
        # The records are read in this process, with the product's own settings and keys.
        os.environ.update(product.settings())
        try:
            product.start()
            plays, failures = _play_all(product, cast(options.count, options.seed), options.talkers)
            results = _read(plays)
        finally:
            product.stop()
    if options.show:
        print("\n\n".join(report.conversation(result) for result in results) + "\n")
    print(report.markdown(results))
    print("\n".join(f"- {name}: {value}" for name, value in where.items()))
    print(f"\n{len(failures)} conversations broke off with an error", *failures, sep="\n")
    print(f"\nAll of it: {_write(results, where)}")
    return 1 if failures else 0


def _play_all(product: Product, people: list[Character], talkers: int) -> tuple[list[Played], list[str]]:
    failures: list[str] = []

    def play(who: Character) -> Played | None:
        try:
            played = Player(who, reach(product, who)).play()
        except (AssertionError, httpx.HTTPError):
            # One broken conversation is a finding, not the end of the run.
            failures.append(f"person {who.number}: {traceback.format_exc()}")
            return None
        print(f"person {who.number}: {played.turns} turns, {played.ended}", file=sys.stderr, flush=True)
        return played

    with ThreadPoolExecutor(talkers) as pool:
        plays = [played for played in pool.map(play, people) if played is not None]
    for opened in open_clients:
        opened.close()
    return plays, failures


def _read(plays: list[Played]) -> list[Result]:
    database = Database(get_settings().sqlalchemy_url)
    try:
        with database.begin() as connection:
            return read_records(connection, plays)
    finally:
        database.close()


def _write(results: list[Result], where: dict[str, str]) -> Path:
    folder = ROOT / "results"
    folder.mkdir(exist_ok=True)
    path = folder / f"people-{datetime.now(UTC):%Y%m%dT%H%M%SZ}.json"
    content = {"where": where, "people": [asdict(result) for result in results]}
    path.write_text(json.dumps(content, indent=1, default=sorted, ensure_ascii=False) + "\n", "utf-8")
    return path


def _options(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks people",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--talkers", type=int, default=4, help="conversations at the same time")
    parser.add_argument("--show", action="store_true", help="print every conversation")
    options = parser.parse_args(arguments)
    if options.count < 1 or options.talkers < 1:
        parser.error("--count and --talkers take 1 or more")
    return options
