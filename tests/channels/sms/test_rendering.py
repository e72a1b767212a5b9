"""How replies look on a phone that only knows plain letters."""

from __future__ import annotations

import uuid

import pytest

from bot import words
from bot.channels.sms import rendering, segments
from bot.channels.sms.rendering import as_texts, fold
from bot.conversation.messages import Choice, Link, Message


def message(
    text: str, *, kind: str = "text", choices: list[str] | None = None, links: list[Link] | None = None
) -> Message:
    return Message(
        seq=1,
        id=str(uuid.uuid4()),
        author="assistant",
        kind=kind,
        text=text,
        choices=[Choice(title=title, value=title) for title in choices or []],
        links=links or [],
        locale="en",
        created_at="2026-01-01T00:00:00Z",
    )


def body(*messages: Message) -> str:
    [text] = as_texts(list(messages))
    return text.body


@pytest.mark.parametrize(
    ("written", "sent"),
    [
        ("¿Cómo está su mamá?", "¿Como esta su mama?"),
        ("Sí, el señor Núñez y la niña", "Si, el señor Nuñez y la niña"),
        ("“I’m here” — we’re … listening", "\"I'm here\" - we're ... listening"),
        ("Nguyễn Văn Đức", "Nguyen Van Duc"),
        ("Łukasz, François, naïve", "Lukasz, Francois, naive"),
        ("a\u00a0b\u200bc\td\u00ad", "a bc d"),
        ("e\u0301", "é"),
        ("• one\r\n• two", "- one\n- two"),
        ("½ cup", "½ cup"),
        ("fine 😀", "fine 😀"),
        ("谢谢", "谢谢"),
        ("\x00a\ud800b", "a?b"),
    ],
)
def test_fold(written: str, sent: str) -> None:
    assert fold(written) == sent


@pytest.mark.parametrize("locale", ["en", "es"])
def test_everything_the_service_says_folds_to_gsm7(locale: str) -> None:
    for word_id in words.ids():
        text = words.text(word_id, locale, **dict.fromkeys(words.needs(word_id), "x"))
        assert segments.is_gsm7(fold(text)), f"{word_id}: {fold(text)}"


def test_replies_become_one_text_with_blank_lines_between() -> None:
    assert (
        body(message("Thank you."), message("What is your zip code?"))
        == "Thank you.\n\nWhat is your zip code?"
    )


def test_choices_are_numbered_lines() -> None:
    assert body(message("Which?", choices=["Sign up for care", "Talk to a person"])) == (
        "Which?\n1 Sign up for care\n2 Talk to a person"
    )


def test_only_the_last_choices_can_be_picked_so_only_they_have_numbers() -> None:
    said = body(message("First?", choices=["No longer asked"]), message("Second?", choices=["Yes", "No"]))
    assert said == "First?\n\nSecond?\n1 Yes\n2 No"


def test_a_number_the_text_does_not_say_is_added_once() -> None:
    call_us = Link(title="Call us", url="tel:+18005550142")
    assert body(message("We are here.", links=[call_us])) == "We are here.\nCall us: (800) 555-0142"
    assert body(message("Call (800) 555-0142.", links=[call_us])) == "Call (800) 555-0142."


def test_short_numbers_are_not_found_inside_longer_ones() -> None:
    call = Link(title="Call 911", url="tel:911")
    assert body(message("Our number: 555-9110.", links=[call])) == "Our number: 555-9110.\nCall 911: 911"


def test_an_address_is_shown_and_other_kinds_of_links_are_not() -> None:
    links = [
        Link(title="Read more", url="https://example.org/a"),
        Link(title="Text 988", url="sms:988?body=AYUDA"),
        Link(title="Form", url="javascript:x"),
    ]
    assert body(message("Hello", links=links)) == "Hello\nRead more: https://example.org/a\nText 988: 988"


def test_safety_comes_first_and_whole() -> None:
    danger = "Call 988 now. " * 20
    texts = as_texts([message("Welcome. " * 150), message(danger, kind="safety")])
    assert texts[0].body.startswith(danger.strip())


def test_a_long_turn_is_cut_between_messages() -> None:
    drafts = [message(f"{number} " + "word " * 150) for number in range(4)]
    texts = as_texts(drafts)
    assert [text.message_id for text in texts] == [drafts[0]["id"], drafts[2]["id"]]
    assert "\n\n".join(text.body for text in texts).split() == " ".join(m["text"] for m in drafts).split()


def test_a_long_message_is_cut_at_sentences_and_nothing_is_lost() -> None:
    said = " ".join(f"This is sentence number {number}." for number in range(150))
    only = message(said)
    texts = as_texts([only])
    assert all(len(text.body) <= rendering.MOST_CHARACTERS for text in texts)
    assert all(text.body.endswith(".") for text in texts)
    assert " ".join(text.body for text in texts) == said
    assert texts[0].message_id == only["id"]
    assert len({text.message_id for text in texts}) == len(texts)
    # Made again, the parts have the same ids: the outbox knows them.
    assert as_texts([only]) == texts


def test_text_without_a_place_to_break_is_cut_all_the_same() -> None:
    texts = as_texts([message("x" * 4000)])
    assert [len(text.body) for text in texts] == [1600, 1600, 800]


def test_emoji_count_twice() -> None:
    texts = as_texts([message("😀" * 1000)])
    assert [len(text.body) for text in texts] == [800, 200]


def test_an_empty_turn_sends_nothing() -> None:
    assert as_texts([]) == []
    assert as_texts([message("  ")]) == []
