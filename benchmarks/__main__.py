"""Our product side by side with a stock Rasa project, on the same conversation, in one run.

    make bench                                     everything (half an hour or more on two cores)
    make bench ARGS="--only ours --turns 130"      a quick look at ours
    make bench ARGS="understanding --help"         understanding instead of speed: accuracy on the same messages
    python -m benchmarks gate                      the safety gate alone, in milliseconds a message
    python -m benchmarks people                    200 simulated people sign up; what the record holds of it

Prints a table and writes all figures to results/. The exit code is 1 when a system failed: a turn that was not
answered or was answered wrongly, an intake that was not stored. No timing ever fails a run.
"""

from __future__ import annotations

import argparse
import signal
import sys
import tempfile
from pathlib import Path

from benchmarks import gate, report, understanding
from benchmarks.client import Job, Load, put_load
from benchmarks.ours import Ours
from benchmarks.people import main as people
from benchmarks.report import Figures, Level
from benchmarks.script import KEPT, SHORTEST_LONG, WHOLE_INTAKE, Line, long_conversation
from benchmarks.stock import Stock
from benchmarks.system import System, SystemFailed

WARM_UP_TALKERS = 4
WARM_UP_CONVERSATIONS = 12


class Bench:
    """The systems under test, what was measured of each, and the conversations they brought to their end."""

    def __init__(self, systems: list[System], options: argparse.Namespace) -> None:
        self.figures = {system.name: Figures() for system in systems}
        self._systems = systems
        self._options = options
        self._completed: dict[str, list[str]] = {system.name: [] for system in systems}

    def run(self) -> None:
        """Everything, the systems taking turns so that a drift of the machine meets both."""
        for system in self._systems:
            of = self.figures[system.name]
            of.examples = system.examples
            of.training = self._say(f"{system.name}: training", system.train())
            of.start = self._say(f"{system.name}: start", system.start())
        for system in self._systems:
            self._talk(system, WHOLE_INTAKE, WARM_UP_TALKERS, WARM_UP_CONVERSATIONS)
        for number, talkers in enumerate(self._options.talkers):
            # Who goes first changes from level to level.
            for system in self._systems[:: -1 if number % 2 else 1]:
                self._measure(system, talkers)
        for system in self._systems:
            lines = long_conversation(self._options.long)
            self.figures[system.name].note_long(self._talk(system, lines, 1, 1), self._options.long)
        for system in self._systems:
            self.figures[system.name].memory = system.memory()
            self._check(system)

    def _measure(self, system: System, talkers: int) -> None:
        conversations = max(talkers, -(-self._options.turns // len(WHOLE_INTAKE)))
        level = Level.of(self._talk(system, WHOLE_INTAKE, talkers, conversations))
        self.figures[system.name].levels[talkers] = level
        self._say(f"{system.name}: {talkers} talkers, turns/s", level.turns_per_second)

    def _talk(self, system: System, lines: tuple[Line, ...], talkers: int, conversations: int) -> Load:
        load = put_load(Job(system.channel, system.url, lines, talkers, conversations, self._options.seconds))
        self.figures[system.name].failures += load.failures
        if lines is WHOLE_INTAKE:
            self._completed[system.name] += load.completed
        return load

    def _check(self, system: System) -> None:
        """Every intake that came to its end must have been stored, once, with the answers that were given."""
        enrolled, completed = system.enrolled(), self._completed[system.name]
        failures = self.figures[system.name].failures
        if set(enrolled) != set(completed):
            failures.append(f"{len(enrolled)} intakes stored, {len(completed)} completed")
        for conversation, answers in enrolled.items():
            wrong = [name for name, value in KEPT.items() if answers.get(name) != value]
            if wrong:
                failures.append(f"{conversation}: wrong or missing {', '.join(wrong)}")

    @staticmethod
    def _say(what: str, value: float) -> float:
        print(f"{what} {value:.1f}", file=sys.stderr, flush=True)
        return value


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--only", choices=["ours", "stock"])
    parser.add_argument("--talkers", type=int, nargs="+", default=[1, 10, 50], help="talkers at each level")
    parser.add_argument("--turns", type=int, default=1300, help="turns at each level, in whole conversations")
    parser.add_argument("--seconds", type=float, default=180, help="no conversation begins later in a level")
    parser.add_argument("--long", type=int, default=406, help="turns of the long conversation")
    parser.add_argument("--examples", type=int, default=12, help="stock: examples a label and language")
    options = parser.parse_args()
    if options.long < SHORTEST_LONG or min(options.talkers) < 1 or options.examples < 1:
        parser.error(f"--long takes {SHORTEST_LONG} or more, --talkers and --examples 1 or more")
    return options


def main() -> int:
    """Run, print, write; the exit code."""
    if sys.argv[1:2] == ["gate"]:
        return gate.main(sys.argv[2:])
    # A run that is told to stop still ends what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    if sys.argv[1:2] == ["understanding"]:
        return understanding.main(sys.argv[2:])
    if sys.argv[1:2] == ["people"]:
        return people.main(sys.argv[2:])
    options, where = _options(), report.surroundings()
    systems: list[System] = []
    with tempfile.TemporaryDirectory(prefix="pes-bench-") as folder:
        if options.only != "stock":
            systems.append(Ours(Path(folder) / "ours"))
        if options.only != "ours":
            systems.append(Stock(Path(folder) / "stock", options.examples))
        bench = Bench(systems, options)
        try:
            bench.run()
        except SystemFailed as failure:
            print(failure, file=sys.stderr)
            return 1
        finally:
            for system in systems:
                system.stop()
    print(report.markdown(bench.figures, options.long, where))
    print(f"\nAll figures: {report.write(bench.figures, where, vars(options))}")
    return 1 if any(of.failures for of in bench.figures.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
