"""What must work at every question: digressions, commands, and input that is no answer."""

from __future__ import annotations

import pytest

from bot.enrollment.catalog import get_catalog
from tests.enrollment.talk import FOR_ME, FOR_MOM, Talk, at

FOR_OTHER = {**FOR_MOM, "for_whom": "someone else"}
OF_PROXIES = ("caller_name", "relation", "authority", "patient_knows")
EVERY = [
    (link_id, FOR_OTHER if link_id in OF_PROXIES else {**FOR_ME, "contact_by": "email"})
    for link_id in get_catalog().link_ids()
]
BACK = ("Back to your sign-up", "Back to the questions")

every_question = pytest.mark.parametrize(("link_id", "answers"), EVERY, ids=[link_id for link_id, _ in EVERY])


def test_every_question_is_among_those_tried() -> None:
    every = {item.link_id for asked in get_catalog().all() for item in asked.items}
    assert every == {link_id for link_id, _ in EVERY}


def unchanged(talk: Talk, before: dict[str, object], link_id: str) -> None:
    assert talk.open == link_id
    assert talk.answers == before


@every_question
@pytest.mark.parametrize(
    ("text", "intent"),
    [
        ("what does the nurse do?", "ask/role_nurse"),
        ("who is on the team", "ask/team"),
        ("¿cuánto cuesta?", "ask/cost_insurance"),
        ("can I talk to a person", "request/human"),
        ("quiero hablar con una persona", "request/human"),
        ("what's your phone number?", "request/phone_line"),
        ("are you a robot?", "ask/are_you_robot"),
        ("thank you", "social/thanks"),
        ("hello", "social/greeting"),
    ],
)
def test_a_digression_is_answered_and_the_question_comes_back(link_id, answers, text, intent) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say(text, intent)
    unchanged(talk, before, link_id)
    assert talk.said == [intent]
    assert talk.question.startswith(BACK)


@every_question
@pytest.mark.parametrize("text", ["why do you ask?", "why", "¿por qué?", "why do you need to know that"])
def test_why(link_id, answers, text) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say(text, "nav/why")
    unchanged(talk, before, link_id)
    assert talk.said == [f"why:{link_id}"]


@every_question
@pytest.mark.parametrize(
    "text", ["repeat that", "what did you ask me?", "say that again please", "repita por favor"]
)
def test_once_more(link_id, answers, text) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say(text)
    unchanged(talk, before, link_id)
    assert talk.question.startswith(BACK)


@every_question
def test_i_do_not_understand_gets_an_example(link_id, answers) -> None:
    talk = at(link_id, answers)
    talk.say("I don't understand the question")
    assert talk.open == link_id
    assert talk.heard is not None
    assert talk.heard.mode == "example"


@every_question
def test_skip_at_most_twice(link_id, answers) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say("skip")
    if talk.open == link_id:
        talk.say("skip")
    assert talk.open != link_id
    assert {key: value for key, value in talk.answers.items() if key != "read_back"} == before


@every_question
def test_back_and_then_on_again(link_id, answers) -> None:
    talk = at(link_id, answers)
    trail = list(talk.position.trail)
    talk.say("go back")
    if not trail:
        assert talk.said == ["back.first"]
        assert talk.open == link_id
        return
    assert talk.open == trail[-1]
    talk.say(answers.get(trail[-1], "yes"))
    if link_id != "read_back" or trail[-1] != "consent":
        assert talk.open == link_id


@every_question
def test_back_twice(link_id, answers) -> None:
    talk = at(link_id, answers)
    trail = list(talk.position.trail)
    talk.tell("back", "back")
    assert talk.open == (trail[-2] if len(trail) > 1 else trail[0] if trail else link_id)


@every_question
def test_later_keeps_everything_and_comes_back_here(link_id, answers) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say("I have to go now")
    assert talk.open is None
    if talk.questionnaire.offer:
        talk.say(talk.questionnaire.offer["en"], "enroll")
    else:
        talk.say("let's go on", "nav/resume")
    unchanged(talk, before, link_id)


@every_question
def test_what_have_i_told_you(link_id, answers) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say("what have I told you so far?")
    unchanged(talk, before, link_id)
    assert talk.said == ["review.opening" if before else "review.nothing"]


@every_question
@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "\u200b",
        "👍",
        "❤️🙏",
        "...",
        "/restart",
        '/intent{"x":1}',
        "/skip",
        *["xzxzxzxz", "asdfgh", "\x00", "\ud800", "?"],
    ],
)
def test_what_is_no_language_is_asked_again_and_never_kept(link_id, answers, text) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say(text)
    unchanged(talk, before, link_id)
    assert talk.said


# Questions that take any words for an answer.
OWN_WORDS = [item.link_id for asked in get_catalog().all() for item in asked.items if item.parser == "text"]


@every_question
@pytest.mark.parametrize(
    "text",
    [
        "<b>bold</b>",
        "<script>alert(1)</script>",
        "'; DROP TABLE answers;--",
        "1' OR '1'='1",
        "{patient} &amp;",
    ],
)
def test_signs_of_machines_are_kept_as_own_words_and_nowhere_else(link_id, answers, text) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say(text)
    if link_id in OWN_WORDS:
        assert talk.answers == before | {link_id: text}
    else:
        unchanged(talk, before, link_id)


@pytest.mark.parametrize("link_id", OWN_WORDS)
@pytest.mark.parametrize("text", ["<my dog>", "{my garden}", "to select my doctor from my church", "home --"])
def test_own_words_are_kept_with_every_sign_in_them(link_id, text) -> None:
    talk = at(link_id, dict(EVERY)[link_id])
    talk.say(text)
    assert talk.answers[link_id] == text


@pytest.mark.parametrize("link_id", ["patient_name", "caller_name"])
@pytest.mark.parametrize(
    "text",
    [
        "12345",
        "312 555 0188",
        "ana@example.org",
        "ok",
        "yes",
        "help me",
        "pain",
        "I am scared",
        "why me",
        "no se",
        "it's just me",
        "who are you",
    ],
)
def test_what_is_no_name_is_never_kept_as_one(link_id, text) -> None:
    talk = at(link_id, FOR_ME if link_id == "patient_name" else FOR_MOM)
    talk.say(text)
    assert link_id not in talk.answers


@every_question
def test_a_person_who_says_nothing_readable_still_reaches_a_person_or_the_next_question(
    link_id, answers
) -> None:
    talk = at(link_id, answers)
    talk.tell("👍", "👍")
    assert talk.open != link_id or "choice.person" in str(talk.heard)


@every_question
def test_an_unknown_question_is_written_down_not_kept_as_an_answer(link_id, answers) -> None:
    talk = at(link_id, answers)
    before = talk.answers
    talk.say("where do you park?")
    unchanged(talk, before, link_id)
    assert talk.said == ["question.passed_on"]
    assert any(note["text"] == "where do you park?" for note in talk.position.notes)
