"""How a run of simulated people reads."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterable, Sequence

from benchmarks.people.score import MISSING, RIGHT, WRONG, Result, Verdict, given, verbatim
from benchmarks.report import percentile

GROUPS: dict[str, Callable[[Result], str]] = {
    "role": lambda result: result.played.who.role,
    "language": lambda result: (
        f"{result.played.who.locale} then {result.played.who.second}"
        if result.played.who.second
        else result.played.who.locale
    ),
    "channel": lambda result: result.played.who.channel,
    "way": lambda result: result.played.who.path,
}
HEAD = (
    "",
    "people",
    "completed",
    "right",
    "wrong",
    "missing",
    "turns, median / p90",
    "words asked, median / p90",
)
LONGEST = 160


def markdown(results: Sequence[Result]) -> str:
    """Everything that was found, the list of wrong and missing answers last."""
    rows = [_row("all", results)]
    for name, of in GROUPS.items():
        found = sorted({of(result) for result in results})
        rows += [_row(f"{name}: {group}", [r for r in results if of(r) == group]) for group in found]
    table = [_line(HEAD), "|---" + "|---:" * (len(HEAD) - 1) + "|", *(_line(row) for row in rows)]
    return "\n".join(
        [
            *table,
            "",
            *_sums(results),
            "",
            *_unfinished(results),
            "",
            *_faults(results),
            "",
            *_false_alarms(results),
        ]
    )


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _row(name: str, results: Sequence[Result]) -> tuple[str, ...]:
    wanting = [result for result in results if result.wants]
    outcomes = Counter(verdict.outcome for verdict in given(results))
    finished = sum(result.completed for result in wanting)
    done = [result.played for result in wanting if result.completed]
    return (
        name,
        str(len(results)),
        f"{finished} of {len(wanting)} ({_share(finished, len(wanting))})",
        *(
            f"{outcomes[kind]} ({_share(outcomes[kind], outcomes.total())})"
            for kind in (RIGHT, WRONG, MISSING)
        ),
        _spread([played.turns for played in done]),
        _spread([played.words_asked for played in done]),
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _spread(values: list[int]) -> str:
    if not values:
        return "-"
    return f"{statistics.median(values):.0f} / {percentile([float(value) for value in values], 90):.0f}"


def _sums(results: Sequence[Result]) -> list[str]:
    told, hearts = given(results), verbatim(results)
    same = sum(verdict.outcome == RIGHT for verdict in hearts)
    unasked = sum(verdict.outcome == WRONG and not verdict.asked_back for verdict in told)
    early = sum(len(result.played.told_early) for result in results)
    again = sum(len(result.played.asked_anyway) for result in results)
    alarms = [alarm for result in results for alarm in result.alarms]
    messages = sum(result.played.turns for result in results)
    return [
        f"- messages the safety gate took for danger: {len(alarms)} of {messages} ({_share(len(alarms), messages)})",
        f"- verbatim values equal to what was typed: {same} of {len(hearts)} ({_share(same, len(hearts))})",
        f"- wrong and never asked back: {unasked} of {len(told)} ({_share(unasked, len(told))})",
        f"- facts told early and asked all the same: {again} of {early} ({_share(again, early)})",
    ]


def _unfinished(results: Sequence[Result]) -> list[str]:
    left = [result for result in results if result.wants and not result.completed]
    return [
        "Not completed by people who want to:",
        *(
            f"- person {r.played.who.number} ({r.played.who.role}, {r.played.who.locale}, {r.played.who.channel}, "
            f"{r.played.who.path}): {r.state or 'no record'}, {r.played.turns} turns, {r.played.ended}"
            for r in left
        ),
    ]


def _faults(results: Sequence[Result]) -> list[str]:
    lines = ["Wrong or missing (person, question, outcome, typed -> kept, instead of):"]
    for result in results:
        lines += [
            _fault(result.played.who.number, verdict)
            for verdict in result.verdicts
            if verdict.outcome != RIGHT
        ]
    return lines


def _false_alarms(results: Sequence[Result]) -> list[str]:
    return [
        "Taken for danger (person, level, category, rule, words):",
        *(
            f"- {result.played.who.number} {alarm.level} {alarm.category} {alarm.rule}: {alarm.words[:LONGEST]!r}"
            for result in results
            for alarm in result.alarms
        ),
    ]


def _fault(number: int, verdict: Verdict) -> str:
    asked = ", asked back" if verdict.asked_back else ""
    typed = verdict.typed if len(verdict.typed) <= LONGEST else f"{verdict.typed[:LONGEST]}..."
    kept = str(verdict.kept)[:LONGEST]
    return (
        f"- {number} {verdict.link_id} {verdict.outcome}{asked}: {typed!r} -> {kept}, "
        f"instead of {str(verdict.wanted)[:LONGEST]}"
    )


def conversation(result: Result) -> str:
    """What was said, line by line."""
    who = result.played.who
    head = f"=== person {who.number}: {who.role}, {who.locale}, {who.channel}, {who.path}: {result.state}"
    said = [f"{'> ' if author == 'person' else '   '}{words}" for author, words in result.played.lines]
    return "\n".join([head, *said])
