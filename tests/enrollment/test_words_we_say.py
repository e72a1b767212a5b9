"""Everything we say: plain, complete in both languages, safe in a text message."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from bot import words
from bot.enrollment.catalog import get_catalog
from bot.enrollment.questionnaire import MODES, PARTIES
from bot.knowledge.articles import GSM_7
from tests.knowledge.test_articles import grade

OPT_OUT = re.compile(r"\b(?:stop|stopall|unsubscribe|cancel|end|quit|revoke|optout)\b", re.IGNORECASE)
OURS = ("again.yml", "choices.yml", "intake.yml", "readings.yml", "replies.yml", "safety.yml")
FOLDED = str.maketrans("áíóúÁÍÓÚ", "aiouAIOU")
FACTS = {
    "phone": "(800) 555-0142", "nurse_line": "(800) 555-0143", "hours": "8 to 5", "reply_within": "one day",
    "program": "Harbor", "patient": "Rosa", "caller": "Ana", "name": "Ana", "value": "Ana", "label": "Name",
    "facts": "Name: Ana", "count": "3", "heart": "We help.", "question": "Who?", "number": "(312) 555-0188",
    "emergency": "911", "crisis": "988", "crisis_how": "call or text 988", "veterans_text": "838255",
    "veterans": "Veterans: press 1, or text 838255.", "poison_help": "(800) 222-1222",
    "dv_hotline": "(800) 799-7233", "eldercare": "(800) 677-1116", "days": "30",
    "lines": "You can call or text 988, day or night.",
}  # fmt: skip


def ours() -> list[str]:
    ids = []
    for name in OURS:
        text = (words.FOLDER / name).read_text(encoding="utf-8")
        ids += re.findall(r"^([a-z_./0-9]+):", text, re.MULTILINE)
    return ids


def english() -> dict[str, str]:
    texts = {word_id: words.text(word_id, "en", **FACTS) for word_id in ours()}
    for asked in get_catalog().all():
        for own in (asked.start, asked.thanks, asked.offer):
            if own:
                texts[f"{asked.id}.{own['en'][:12]}"] = own["en"].format(**FACTS)
        for item in asked.items:
            for party in PARTIES:
                for mode in MODES:
                    words_of_it = asked.render(item.link_id, "en", party, mode, FACTS)
                    texts[f"{asked.id}.{item.link_id}.{party}.{mode}"] = words_of_it
    return texts


def every() -> list[str]:
    texts = list(english().values()) + [words.text(word_id, "es", **FACTS) for word_id in ours()]
    for asked in get_catalog().all():
        texts += [own["es"].format(**FACTS) for own in (asked.start, asked.thanks, asked.offer) if own]
        texts += [
            asked.render(item.link_id, "es", party, mode, FACTS)
            for item in asked.items
            for party in PARTIES
            for mode in MODES
        ]
    return texts


def test_plain_english_of_grade_six_or_below() -> None:
    hard = {}
    for word_id, text in english().items():
        if len(text.split()) < 6:
            continue
        # Numbers and the menu of phrases in quotes are no prose.
        prose = re.sub(r"\(?\d[\d() -]{5,}", "now", text).replace("palliative", "special")
        if grade(prose) > 6:
            hard[word_id] = round(grade(prose), 1)
    assert hard == {}


def test_no_word_that_carriers_take_as_opt_out() -> None:
    assert [text for text in every() if OPT_OUT.search(text)] == []


def test_letters_of_text_messages_only() -> None:
    assert {char for text in every() for char in text.translate(FOLDED)} - GSM_7 == set()


def test_no_number_is_written_into_a_text() -> None:
    for name in OURS:
        text = (words.FOLDER / name).read_text(encoding="utf-8")
        assert not re.search(r"\d{3}[ -]\d{3,4}|\d{7,}", text)


def test_every_word_that_code_asks_for_is_there() -> None:
    root = Path(words.__file__).resolve().parents[1]
    wanted: set[str] = set()
    for path in [*(root / "actions").glob("*.py"), *(root / "bot" / "enrollment").glob("*.py")]:
        found = re.findall(
            r'"((?:choice|consent|confirm|skip|unread|small|human|party|thanks|intake)\.[a-z_.]+)"',
            path.read_text("utf-8"),
        )
        wanted |= {word_id for word_id in found if not word_id.endswith((".", ".json"))}
    assert wanted - words.ids() == set()


def test_an_unknown_id_and_a_missing_fact_are_errors() -> None:
    with pytest.raises(KeyError):
        words.text("no.such.word", "en")
    with pytest.raises(words.MissingFact, match="name"):
        words.text("thanks.name", "en")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: {en: Hi}", "no text in es"),
        ("a: {en: 'Hi {name}', es: Hola}", "same facts"),
        ("a: Hi", "not a pair"),
        ("a: {en: 'Hi {', es: 'Hola {'}", "a"),
    ],
)
def test_a_mistake_in_a_words_file_is_named(tmp_path: Path, text: str, reason: str) -> None:
    (tmp_path / "x.yml").write_text(text, encoding="utf-8")
    with pytest.raises(words.WordsError, match=reason):
        words.load(tmp_path)


def test_an_id_in_two_files_is_an_error(tmp_path: Path) -> None:
    for name in ("x.yml", "y.yml"):
        (tmp_path / name).write_text("a: {en: Hi, es: Hola}", encoding="utf-8")
    with pytest.raises(words.WordsError, match="twice"):
        words.load(tmp_path)
