"""Yes and no, choices, own words."""

from __future__ import annotations

import pytest

from bot.enrollment.answers import NotRead, Read, read
from bot.enrollment.commands import command_in
from bot.enrollment.questionnaire import get_questionnaire

YES = (
    "yes|Yes.|YES!|y|yeah|yeah sure|yep|yup|sure|of course|ok sure|absolutely|please do|go ahead"
    "|sounds good|that's right"
    "|correct|right|yes please|well, yes|oh yes|you may|i do|I agree|that's fine|no problem|not a problem"
    "|why not|i don't mind"
    "|all good|looks good|yes but don't call at night|yes of course you can|sí|si|Sí, claro|claro"
    "|claro que sí|por supuesto"
    "|sí por favor|está bien|de acuerdo|correcto|así es|adelante|cómo no|no hay problema|todo bien"
    "|me parece bien|órale|sale"
)
NO = (
    "no|No.|NO|nope|nah|no thanks|no thank you|not really|not now|not yet|I don't think so|i'd rather not"
    "|absolutely not"
    "|of course not|never|hmm no thanks|well no|please don't|I don't want that|that's not right|wrong"
    "|no, the phone is wrong"
    "|híjole no|claro que no|por supuesto que no|no gracias|todavía no|ahora no|para nada|mejor no"
    "|creo que no|pues no|no quiero"
    "|no es correcto|está mal"
)
HESITANT = "I guess so|i suppose so|I think so|ok|okay|fine|supongo que sí|creo que sí|bueno"
UNDECIDED = (
    "maybe|I don't know|not sure|it depends|yes and no|no sé|tal vez|no estoy segura|depende|no, all good"
    "|yes, no wait no|no wait yes"
)


@pytest.mark.parametrize("text", YES.split("|"))
def test_yes(text: str) -> None:
    reading = read("yes-no", text)
    assert isinstance(reading, Read)
    assert (reading.value, reading.sure) == (True, True)


@pytest.mark.parametrize("text", NO.split("|"))
def test_no(text: str) -> None:
    reading = read("yes-no", text)
    assert isinstance(reading, Read)
    assert (reading.value, reading.sure) == (False, True)


@pytest.mark.parametrize("text", HESITANT.split("|"))
def test_a_hesitant_yes_is_asked_back(text: str) -> None:
    reading = read("yes-no", text)
    assert isinstance(reading, Read)
    assert (reading.value, reading.sure) == (True, False)


@pytest.mark.parametrize("text", UNDECIDED.split("|"))
def test_neither(text: str) -> None:
    assert read("yes-no", text) == NotRead("undecided")


@pytest.mark.parametrize("text", ["60601", "purple", "my mother", "🙂", "", "what happens if I say yes?"])
def test_no_answer_at_all(text: str) -> None:
    assert isinstance(read("yes-no", text), NotRead)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("body", ["body"]),
        ("Body: pain, breath, sleep", ["body"]),
        ("body and practical", ["body", "practical"]),
        ("practical, body", ["body", "practical"]),
        ("1 and 3", ["body", "spirit"]),
        ("1,2", ["body", "mind"]),
        ("the first one", ["body"]),
        ("the second one and the fourth", ["mind", "practical"]),
        ("all of them", ["body", "mind", "spirit", "practical"]),
        ("everything", ["body", "mind", "spirit", "practical"]),
        ("everything but spirit", ["body", "mind", "practical"]),
        ("pain and rides", ["body", "practical"]),
        ("he can't sleep and worries about the bills", ["body", "mind", "practical"]),
        ("someone to talk to", ["mind"]),
        ("prayer", ["spirit"]),
        ("body but no spirit stuff", ["body"]),
        ("not sure", ["not_sure"]),
        ("I don't know", ["not_sure"]),
        ("I'm not sure, maybe pain", ["body"]),
        ("cuerpo y cosas prácticas", ["body", "practical"]),
        ("todo menos espíritu", ["body", "mind", "practical"]),
        ("todas", ["body", "mind", "spirit", "practical"]),
        ("dolor y dinero", ["body", "practical"]),
        ("la primera", ["body"]),
        ("no sé", ["not_sure"]),
        ("fe", ["spirit"]),
    ],
)
def test_several_choices(text: str, codes: list[str]) -> None:
    reading = get_questionnaire().item("needs").read(text)
    assert isinstance(reading, Read), reading
    assert reading.value == codes


def test_a_misspelled_choice_is_asked_back() -> None:
    reading = get_questionnaire().item("needs").read("practicle")
    assert isinstance(reading, Read)
    assert (reading.value, reading.sure) == (["practical"], False)


@pytest.mark.parametrize("text", ["none", "nothing", "nada", "ninguna", "no"])
def test_none_of_them(text: str) -> None:
    assert get_questionnaire().item("needs").read(text) == NotRead("none")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("me", "me"),
        ("1", "me"),
        ("myself", "me"),
        ("It's for me.", "me"),
        ("Para mí", "me"),
        ("2", "other"),
        ("the second one", "other"),
        ("someone else", "other"),
        ("for my mom", "other"),
        ("my husband", "other"),
        ("mi mamá", "other"),
        ("otra persona", "other"),
        ("Someone I care for", "other"),
        ("a friend", "other"),
    ],
)
def test_for_whom_it_is(text: str, code: str) -> None:
    reading = get_questionnaire().item("for_whom").read(text)
    assert isinstance(reading, Read), reading
    assert reading.value == code


def test_for_both_of_us_is_asked_again() -> None:
    assert get_questionnaire().item("for_whom").read("me and my husband") == NotRead("several")


@pytest.mark.parametrize(
    "text",
    [
        "home",
        " at home \n",
        "que no tenga miedo",
        "what matters is my kids",
        "<3 my family",
        "pain",
        "I'm scared",
    ],
)
def test_own_words_are_kept_byte_for_byte(text: str) -> None:
    reading = read("text", text)
    assert isinstance(reading, Read)
    assert reading.value == text


@pytest.mark.parametrize(
    "text", ["", " ", "👍", "yes", "no", "ok", "idk", "nada", "/restart", "what does the nurse do?"]
)
def test_what_are_no_own_words(text: str) -> None:
    assert isinstance(read("text", text), NotRead)


@pytest.mark.parametrize(
    "text", ["mornings", "after my dialysis on Tuesday", "mañana a las 3", "not before 10", "any time"]
)
def test_times_are_kept_as_said(text: str) -> None:
    reading = read("time", f" {text} ")
    assert isinstance(reading, Read)
    assert reading.value == text


@pytest.mark.parametrize(
    ("text", "label"),
    [
        ("skip", "nav/skip"),
        ("Skip it, please", "nav/skip"),
        ("next question", "nav/skip"),
        ("I'd rather not say", "nav/skip"),
        ("saltar", "nav/skip"),
        ("no quiero contestar", "nav/skip"),
        ("go back", "nav/back"),
        ("wait, go back please", "nav/back"),
        ("atrás", "nav/back"),
        ("why?", "nav/why"),
        ("why do you need my phone number?", "nav/why"),
        ("¿Por qué?", "nav/why"),
        ("repeat the question", "nav/repeat"),
        ("I don't understand", "nav/simpler"),
        ("no entiendo", "nav/simpler"),
        ("what did you ask me?", "nav/what_asked"),
        ("what have I told you?", "nav/review"),
        ("¿qué le he dicho?", "nav/review"),
        ("I have to go", "nav/pause"),
        ("maybe later", "nav/pause"),
        ("tengo que irme", "nav/pause"),
        ("start over", "nav/start_over"),
        ("tell me more", "nav/more"),
        ("Go on with my sign-up", "nav/resume"),
        ("Seguir con mi inscripción", "nav/resume"),
        ("help", "nav/capabilities"),
        ("Talk to a person", "request/human"),
        ("can I please speak with someone", "request/human"),
        ("Hablar con una persona", "request/human"),
        ("call me back", "request/callback"),
        ("what's your phone number?", "request/phone_line"),
        ("too many questions", "request/short_path"),
        ("English please", "request/english"),
        ("¿habla español?", "request/spanish"),
        ("Skip anyway", "nav/skip"),
        ("Saltar de todos modos", "nav/skip"),
        ("Tell me more", "nav/more"),
        ("Dígame más", "nav/more"),
        ("Maria", None),
        ("yes", None),
        ("no", None),
        ("in the morning", None),
        ("I want to be at home", None),
        ("skip breakfast and sleep late", None),
        ("my back hurts", None),
        ("someone to talk to at night", None),
    ],
)
def test_commands_in_so_many_words(text: str, label: str | None) -> None:
    assert command_in(text) == label
