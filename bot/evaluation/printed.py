"""A report as a person reads it in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from bot.evaluation.options import HELDOUT_SET

WORST_LABELS = 10
SHOWN_ERRORS = 10
SHOWN_THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
TEXT_WIDTH = 60

TITLES = {"all": "both languages", "en": "English", "es": "Spanish"}
VARIANTS = {"clean": "as written", "typing_errors": "with typing errors"}


def text(report: dict[str, Any]) -> str:
    """The whole report."""
    lines = [f"{report['examples']:,} examples of {report['labels']} labels; threshold {report['threshold']}"]
    if "training_seconds" in report:
        lines.append(f"Learned in {report['training_seconds']:.1f} s, embeddings included.")
    if "ms_per_message" in report:
        lines.append(f"{report['ms_per_message']:.1f} ms a message, one after the other.")
    if report.get("never_learned"):
        lines.append(
            f"{report['never_learned']} test rows have a label that was never learned: counted as wrong."
        )
    for name, found in report["sets"].items():
        lines += ["", name.replace("_", " ").upper(), *_set(found)]
        # Held-out messages must not become a source of training examples; see tests/heldout/README.md.
        lines += [] if name.startswith(HELDOUT_SET) else _errors(found["worst_errors"])
    return "\n".join(lines)


def _set(found: dict[str, Any]) -> Iterator[str]:
    yield from _accuracy(found)
    yield from _scope(found)
    yield from _weakest(found["clean"]["all"]["labels"]["each"])
    yield from _thresholds(found["thresholds"])


def _slices(found: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each part of a set with its title: as written and with typing errors, together and by language."""
    for variant, title in VARIANTS.items():
        for part, of in found.get(variant, {}).items():
            yield f"{title}, {TITLES[part]}" if len(found[variant]) > 1 else title, of


def _accuracy(found: dict[str, Any]) -> Iterator[str]:
    head = ("Understood", "messages", "accuracy", "macro F1", "families: accuracy", "macro F1")
    rows = []
    for title, of in _slices(found):
        both = (of["labels"], of["families"])
        figures = (_percent(level[key]) for level in both for key in ("accuracy", "macro_f1"))
        rows.append((title, f"{of['messages']:,}", *figures))
    yield from _table(head, rows)


def _scope(found: dict[str, Any]) -> Iterator[str]:
    head = (
        "In and out of scope",
        "in",
        "best guess right",
        "right by the rule",
        "refused",
        "out",
        "recognized",
    )
    rows = [
        (
            title,
            f"{of['in_scope']:,}",
            *(
                _percent(of[key])
                for key in ("in_scope_best_guess_right", "in_scope_right", "in_scope_refused")
            ),
            f"{of['out_of_scope']:,}",
            _percent(of["out_of_scope_recall"]),
        )
        for title, of in _slices(found)
    ]
    yield from _table(head, rows)


def _weakest(each: dict[str, dict[str, Any]]) -> Iterator[str]:
    weakest = sorted(each.items(), key=lambda item: float(item[1]["f1"]))[:WORST_LABELS]
    rows = [
        (name, str(row["messages"]), *(_percent(row[key]) for key in ("precision", "recall", "f1")))
        for name, row in weakest
    ]
    yield from _table(("Weakest labels", "messages", "precision", "recall", "F1"), rows)


def _thresholds(curve: list[dict[str, Any]]) -> Iterator[str]:
    keys = ("in_scope_right", "in_scope_refused", "out_of_scope_recall")
    rows = [
        (f"{row['threshold']:.2f}", *(_percent(row[key]) for key in keys))
        for row in curve
        if row["threshold"] in SHOWN_THRESHOLDS
    ]
    yield from _table(("Threshold", "in scope right", "in scope refused", "out of scope recognized"), rows)


def _errors(errors: list[dict[str, Any]]) -> Iterator[str]:
    if not errors:
        return
    yield from ("", "  Most certain errors")
    for error in errors[:SHOWN_ERRORS]:
        yield f"  {error['confidence']:.2f}  {error['label']} -> {error['guess']}: {_shortened(error['text'])!r}"


def _shortened(words: str) -> str:
    return words if len(words) <= TEXT_WIDTH else words[: TEXT_WIDTH - 3] + "..."


def _percent(share: float | None) -> str:
    return "none" if share is None else f"{100 * share:.1f} %"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """An empty line, then lines with the first column to the left and the others to the right."""
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    yield ""
    for first, *others in (head, *rows):
        cells = [f"{cell:>{width}}" for cell, width in zip(others, widths[1:], strict=True)]
        yield "  ".join([f"  {first:{widths[0]}}", *cells])
