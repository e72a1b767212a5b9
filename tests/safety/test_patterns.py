"""Every pattern fires on its own examples and is silent on its look-alikes; broken files are found at start."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bot.safety import phrases
from bot.safety.folding import SpellingError, fold, read_spelling
from bot.safety.phrases import HARMLESS, Pattern, PatternsError

PATTERNS = phrases.get_patterns()
FIRES = [(pattern, text) for pattern in PATTERNS.all for text in pattern.fires]
SILENT = [(pattern, text) for pattern in PATTERNS.all for text in pattern.silent]


def fired(text: str) -> list[phrases.Match]:
    return [
        match
        for match in PATTERNS.find(fold(text))
        if match.level != "none" or match.pattern.level == HARMLESS
    ]


@pytest.mark.parametrize(("pattern", "text"), FIRES, ids=lambda value: getattr(value, "id", value))
def test_fires_on_its_example(pattern: Pattern, text: str) -> None:
    level = "none" if pattern.level == HARMLESS else pattern.level
    assert (pattern.id, level, pattern.category) in {
        (match.pattern.id, match.level, match.category) for match in fired(text)
    }


@pytest.mark.parametrize(("pattern", "text"), SILENT, ids=lambda value: getattr(value, "id", value))
def test_is_silent_on_its_look_alike(pattern: Pattern, text: str) -> None:
    matches = [match for match in fired(text) if match.level == pattern.level]
    assert pattern.id not in {match.pattern.id for match in matches}
    # No other pattern may raise an emergency in its place.
    assert not [m for m in matches if m.level == "emergency" and m.pattern.strength == "strong"]


def test_every_strong_pattern_has_examples_and_a_reason() -> None:
    for pattern in PATTERNS.all:
        assert pattern.why, pattern.id
        assert pattern.fires or pattern.strength == "weak", pattern.id


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    copy = tmp_path / "safety"
    shutil.copytree(phrases.FOLDER, copy, ignore=shutil.ignore_patterns("examples"))
    return copy


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("patterns/suicide.yml", "category: [unclosed"),
        ("patterns/suicide.yml", "just words"),
        ("guards.yml", ""),
        ("words.yml", "[]"),
    ],
)
def test_a_broken_file_is_refused(folder: Path, file: str, content: str) -> None:
    (folder / file).write_text(content, encoding="utf-8")
    with pytest.raises(PatternsError):
        phrases.load(folder)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("level: concern", "level: alarming"),
        ("id: suicide.follow", "id: suicide.die"),
        ("id: suicide.die\n", "id: suicide.die\n    guards: [no_such_guard]\n"),
        ("nobody can stop me (anymore)?", "nobody can <no_such_group>"),
        ("nobody can stop me (anymore)?", "nobody can (stop me"),
        ("nobody can stop me (anymore)?", "(anymore)? ..3"),
    ],
)
def test_a_mistake_in_a_pattern_is_named(folder: Path, before: str, after: str) -> None:
    path = folder / "patterns" / "suicide.yml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")
    with pytest.raises(PatternsError, match=r"suicide|alarming|no_such"):
        phrases.load(folder)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PatternsError):
        phrases.load(tmp_path / "nowhere")


def test_a_broken_spelling_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "spelling.yml"
    path.write_text("words: {}", encoding="utf-8")
    with pytest.raises(SpellingError):
        read_spelling(path)
