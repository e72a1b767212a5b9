"""Labelled messages: our own training data, held-out files, and data sets of others."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

OUT_OF_SCOPE = "out_of_scope"
LOCALES = ("en", "es")
# Rasa's marks for entities inside an example: "my [mother](relation)", "my [mom]{"entity": "relation"}".
MARKED = re.compile(r"\[(?P<said>[^\]]+)\](?:\([^)]*\)|\{[^}]*\})")
SHOWN_PROBLEMS = 10


class BadData(ValueError):
    """A data file cannot be evaluated; the message names the file, the line and the reason, and quotes no content."""


@dataclass(frozen=True)
class Example:
    """One message with what it means.

    Attributes:
        text: as a person would write it.
        label: full label, `family/topic` in our own data.
        locale: "en", "es", or "" where the data does not say.
        split: "train", "test", or "" where the data does not say.
    """

    text: str
    label: str
    locale: str = ""
    split: str = ""


def training_examples(folder: Path) -> list[Example]:
    """All examples of the NLU files (YAML, Rasa 3.1) in a folder, each once, as the engine is trained on them.

    Raises:
        BadData: a file cannot be read, a block has no locale, or there is no example at all.
    """
    files = sorted(folder.glob("*.yml"))
    found = list(dict.fromkeys(example for file in files for example in _of_file(file)))
    if not found:
        raise BadData(f"{folder}: no examples")
    return found


def _of_file(file: Path) -> Iterator[Example]:
    try:
        content = yaml.safe_load(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadData(f"{file}: not readable as YAML ({type(error).__name__})") from error
    for block in (content or {}).get("nlu") or []:
        if "intent" not in block:
            continue
        label, locale = block["intent"], (block.get("metadata") or {}).get("locale", "")
        if locale not in LOCALES:
            raise BadData(f"{file}: a block of {label} has no metadata: {{locale: en}} or es")
        for line in block["examples"].splitlines():
            if line.strip():
                yield Example(MARKED.sub(r"\g<said>", line.strip().removeprefix("- ").strip()), label, locale)


def read_rows(file: Path) -> list[Example]:
    """Rows {"text", "label"} of a JSON-lines file; "locale" and "split" (train or test) may be given.

    Raises:
        BadData: the file cannot be read, or rows are wrong; the message lists line numbers and reasons.
    """
    try:
        lines = file.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise BadData(f"{file}: {error.strerror or 'cannot be read'}") from error
    except UnicodeDecodeError as error:
        raise BadData(f"{file}: not UTF-8 text") from error
    problems, found = [], []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        problem, row = _checked(line)
        if problem:
            problems.append(f"line {number}: {problem}")
        else:
            found.append(_example(row))
    if problems:
        raise BadData(_listed(file, problems))
    if not found:
        raise BadData(f"{file}: no rows")
    return found


def _checked(line: str) -> tuple[str, dict[str, Any]]:
    """What is wrong with a row ("" when nothing is), and the row."""
    try:
        row = json.loads(line)
    except json.JSONDecodeError:
        return "not JSON", {}
    if not isinstance(row, dict):
        return "not a JSON object", {}
    for key in ("text", "label"):
        if key not in row:
            return f'no "{key}"', {}
        if not isinstance(row[key], str):
            return f'"{key}" is not text', {}
        if not row[key].strip():
            return f'"{key}" is empty', {}
    if row.get("split") not in (None, "", "train", "test"):
        return '"split" is neither "train" nor "test"', {}
    if not isinstance(row.get("locale") or "", str):
        return '"locale" is not text', {}
    return "", row


def _example(row: dict[str, Any]) -> Example:
    return Example(row["text"], row["label"].strip(), row.get("locale") or "", row.get("split") or "")


def _listed(file: Path, problems: Sequence[str]) -> str:
    lines = [
        f"{file}: {len(problems)} rows cannot be used"
        if len(problems) > 1
        else f"{file}: a row cannot be used"
    ]
    lines += [f"  {problem}" for problem in problems[:SHOWN_PROBLEMS]]
    if len(problems) > SHOWN_PROBLEMS:
        lines.append(f"  and {len(problems) - SHOWN_PROBLEMS} more")
    return "\n".join([*lines, '  Every line must be {"text": "...", "label": "..."}.'])


def counts(examples: Iterable[Example]) -> Counter[str]:
    """How many examples each label has."""
    return Counter(example.label for example in examples)
