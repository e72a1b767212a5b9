"""Names, as people type them."""

from __future__ import annotations

import pytest

from bot.enrollment.answers import NotRead, Read, read
from bot.enrollment.answers.kin import caller_is, for_whom, turns_to
from bot.enrollment.answers.names import name_of_other, own_name

NAMES = [
    ("Maria Lopez", "Maria Lopez"),
    ("maria lopez", "Maria Lopez"),
    ("MARIA LOPEZ", "Maria Lopez"),
    ("rosa", "Rosa"),
    ("Nguyen Van Minh", "Nguyen Van Minh"),
    ("nguyen van minh", "Nguyen Van Minh"),
    ("Bob O'Neil", "Bob O'Neil"),
    ("bob o'neil", "Bob O'Neil"),
    ("Bob O\u2019Neil", "Bob O'Neil"),
    ("my name is Ana", "Ana"),
    ("My name's Ana Lopez.", "Ana Lopez"),
    ("it's John Smith", "John Smith"),
    ("It is john smith", "John Smith"),
    ("I'm ana", "Ana"),
    ("this is Juan", "Juan"),
    ("Hi, I'm Kim Lee", "Kim Lee"),
    ("yes, it's Kim", "Kim"),
    ("her name is Rosa Lopez", "Rosa Lopez"),
    ("his name is bill", "Bill"),
    ("my mom is Rosa", "Rosa"),
    ("call me Pat", "Pat"),
    ("you can call me Dot", "Dot"),
    ("can somebody call me instead", None),
    ("would you call me Thursday", None),
    ("they never call me anymore", None),
    ("my mama name Vernell Tillery", "Vernell Tillery"),
    ("nah", None),
    ("Will Smith", "Will Smith"),
    ("May Young", "May Young"),
    ("Hope", "Hope"),
    ("Mr. John Smith", "John Smith"),
    ("mr. john smith jr", "John Smith Jr."),
    ("Dr. Grace Kim", "Grace Kim"),
    ("Mrs Mary-Ann Smith-Jones", "Mary-Ann Smith-Jones"),
    ("John Smith III", "John Smith III"),
    ("mcdonald", "McDonald"),
    ("J. R. Smith", "J. R. Smith"),
    ("Jean-Luc Picard", "Jean-Luc Picard"),
    ("John, please", "John"),
    ("Ana Lopez, thanks", "Ana Lopez"),
    ("Rosa Lopez, she is 81", "Rosa Lopez"),
    ("Robert but everyone calls him Bob", "Robert"),
    ("Maria Lopez, but what does the nurse do?", "Maria Lopez"),
    ("Maria Lopez. Why do you ask?", "Maria Lopez"),
    ("soy Ana", "Ana"),
    ("Soy doña Carmen de la Cruz", "Carmen de la Cruz"),
    ("me llamo josé ángel núñez", "José Ángel Núñez"),
    ("Es Juan Pérez, gracias", "Juan Pérez"),
    ("mi nombre es Lucía", "Lucía"),
    ("se llama Guadalupe", "Guadalupe"),
    ("ella es Rosa", "Rosa"),
    ("la señora Petra García", None),
    ("maria de los angeles", "Maria de los Angeles"),
    ("Dolores Luz", "Dolores Luz"),
    ("Jesús", "Jesús"),
    ("Núria", "Núria"),
    ("Zoë Müller", "Zoë Müller"),
    ("محمد علي", "محمد علي"),
    ("王小明", "王小明"),
    ("Владимир", "Владимир"),
    ("Björk", "Björk"),
    ("D'Angelo", "D'Angelo"),
    ("sean o'brien", "Sean O'Brien"),
    ("Mary\u200b Smith", "Mary Smith"),
]
NO_NAMES = [
    ("12345", "number"),
    ("312 555 0188", "number"),
    ("R2D2", "number"),
    ("ana@example.org", "email"),
    ("skip", "not_a_name"),
    ("it's just me", "me"),
    ("me", "me"),
    ("my mom", "not_a_name"),
    ("yes", "not_a_name"),
    ("no", "not_a_name"),
    ("ok", "not_a_name"),
    ("hello", "not_a_name"),
    ("tired", "not_a_name"),
    ("I am scared", "not_a_name"),
    ("she has cancer", "not_a_name"),
    ("nurse", "not_a_name"),
    ("what does the nurse do", "question"),
    ("who are you?", "question"),
    ("¿por qué?", "question"),
    ("why do you need it", "question"),
    ("I'd rather not say", "declined"),
    ("prefiero no decir", "declined"),
    ("none of your business", "declined"),
    ("no sé", "not_a_name"),
    ("tengo miedo", "not_a_name"),
    ("👍", "wordless"),
    ("", "wordless"),
    ("...", "wordless"),
    ("/restart", "wordless"),
    ("<script>alert(1)</script>", "wordless"),
    ("'; DROP TABLE answers;--", "wordless"),
    ("asdfgh", "wordless"),
    ("\x00", "wordless"),
    ("\ud800", "wordless"),
    ("x", "not_a_name"),
    ("one two three four five six seven eight", "not_a_name"),
    ("ab" * 300, "too_long"),
]


@pytest.mark.parametrize(("text", "name"), [pair for pair in NAMES if pair[1]])
def test_names_are_read(text: str, name: str) -> None:
    reading = read("name", text)
    assert isinstance(reading, Read)
    assert reading.value == name


@pytest.mark.parametrize(("text", "reason"), NO_NAMES)
def test_what_is_no_name_is_not_read_as_one(text: str, reason: str) -> None:
    assert read("name", text) == NotRead(reason)


def test_family_name_first_is_asked_back() -> None:
    reading = read("name", "Lopez, Maria")
    assert isinstance(reading, Read)
    assert (reading.value, reading.sure) == ("Maria Lopez", False)


def test_what_else_was_said_is_kept_as_a_note() -> None:
    reading = read("name", "Robert but everyone calls him Bob")
    assert isinstance(reading, Read)
    assert "Bob" in reading.note


@pytest.mark.parametrize(
    ("text", "own", "other"),
    [
        ("I'm Ana, calling for my mom Rosa, in 60601", "Ana", "Rosa"),
        ("hi this is Bob O'Neil about my wife Sue Ann", "Bob O'Neil", "Sue Ann"),
        ("soy Ana y llamo por mi mamá Rosa López", "Ana", "Rosa López"),
        ("my name is ana lopez and my dad is sick", "Ana Lopez", None),
        ("her name is rosa lopez and she is 81", None, "Rosa Lopez"),
        ("I'm Rosa's daughter", None, "Rosa"),
        ("I'm tired", None, None),
        ("calling for my mom today", None, None),
        ("I'M SO TIRED OF THIS", None, None),
        ("<b>my name is Eve</b>", None, None),
    ],
)
def test_names_inside_longer_messages(text: str, own: str | None, other: str | None) -> None:
    assert (own_name(text), name_of_other(text)) == (own, other)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("my mom", "child"),
        ("she's my mom", "child"),
        ("I'm her daughter", "child"),
        ("I am the son", "child"),
        ("soy su hija", "child"),
        ("es mi mamá", "child"),
        ("my husband", "spouse"),
        ("mi esposa", "spouse"),
        ("I'm her mother", "parent"),
        ("my son", "parent"),
        ("mi hijo", "parent"),
        ("my brother", "sibling"),
        ("hermana", "sibling"),
        ("my grandmother", "family"),
        ("my mother-in-law", "family"),
        ("mi suegra", "family"),
        ("a friend", "friend"),
        ("my neighbor", "friend"),
        ("I'm her nurse", "paid"),
        ("soy la cuidadora", "paid"),
    ],
)
def test_what_the_caller_is(text: str, code: str) -> None:
    kin = caller_is(text)
    assert kin is not None
    assert kin.code == code


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("for me", "me"),
        ("it's for myself", "me"),
        ("I'm the patient", "me"),
        ("para mí", "me"),
        ("es para mí, gracias", "me"),
        ("for my mother", "other"),
        ("calling about my dad", "other"),
        ("para mi mamá", "other"),
        ("someone else", "other"),
        ("otra persona", "other"),
        ("not for me", "other"),
        ("hello", None),
    ],
)
def test_for_whom(text: str, party: str | None) -> None:
    assert for_whom(text) == party


@pytest.mark.parametrize(
    ("text", "party"),
    [
        ("actually it's for my mother", "other"),
        ("no, it's for my dad", "other"),
        ("en realidad es para mi mamá", "other"),
        ("sorry, I'm asking for a friend", "other"),
        ("I'm not the patient", "other"),
        ("wait, it's for me", "me"),
        ("es para mí", "me"),
        ("time for my family", None),
        ("to care for my kids", None),
        ("that my mother is not in pain", None),
        ("pray for me", None),
    ],
)
def test_only_a_plain_word_changes_for_whom_it_is(text: str, party: str | None) -> None:
    assert turns_to(text) == party
