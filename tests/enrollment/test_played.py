"""What long conversations that we played ourselves showed to go wrong, each as it was said."""

from __future__ import annotations

import pytest

from bot.enrollment.answers import NotRead, Read
from bot.enrollment.answers.volunteered import volunteered
from bot.enrollment.catalog import get_catalog
from bot.safety.gate import Context, assess
from tests.enrollment.talk import FOR_MOM, at


def read(link_id: str, said: str) -> Read | NotRead:
    item = get_catalog().item(link_id)
    assert item is not None
    return item.read(said)


@pytest.mark.parametrize(
    ("said", "value", "sure"),
    [
        ("shes 81. she lives with me since march. im so tired", "other", False),
        ("my moms dr said i should contact you?? she has copd", "other", True),
        ("it's about my mom's copd", "other", True),
        ("la doctora de mi papá nos mandó", "other", True),
        ("her", "other", True),
        ("my kids told me i need help, i have cancer", "me", True),
        ("me", "me", True),
    ],
)
def test_for_whom_it_is(said: str, value: str, sure: bool) -> None:
    reading = read("for_whom", said)
    assert (getattr(reading, "value", reading), getattr(reading, "sure", None)) == (value, sure)


@pytest.mark.parametrize(
    "said",
    [
        "my doctor told me to call",
        "my daughter told me to call",
        "the nurse told me about you",
        "mi hija me dijo que llamara",
    ],
)
def test_who_sent_somebody_here_is_not_for_whom_it_is(said: str) -> None:
    assert isinstance(read("for_whom", said), NotRead)


def test_the_doctor_of_a_mother_tells_of_the_mother() -> None:
    assert volunteered("my moms dr said i should contact you, she has copd").party == "other"
    assert volunteered("my daughters told me to write").party is None


def test_a_father_is_called_by_many_names() -> None:
    assert volunteered("es q mi apá tiene alzheimer y ya no nos conoce").party == "other"
    assert volunteered("soy ama de casa").relation is None


@pytest.mark.parametrize("said", ["no nothing signed", "she has nobody", "no firmamos nada"])
def test_another_answer_is_no_relation(said: str) -> None:
    assert isinstance(read("relation", said), NotRead)


def test_what_a_caregiver_answers_is_no_wish_to_die() -> None:
    assert assess("de todo, ya no hace nada solo", Context(question="daily_help")) is None
    assert assess("he can't do anything by himself anymore", Context(question="daily_help")) is None


@pytest.mark.parametrize("said", ["bueno pues apúntelo", "apúntenos", "inscríbala", "ándele", "adelante"])
def test_a_wish_is_nobodys_name(said: str) -> None:
    assert isinstance(read("caller_name", said), NotRead)


@pytest.mark.parametrize("name", ["Graciela", "Marcelo", "Pamela", "Consuelo", "Diego", "Digna"])
def test_names_that_sound_like_wishes_are_names(name: str) -> None:
    assert getattr(read("caller_name", name), "value", None) == name


@pytest.mark.parametrize("said", ["im her daughter, Teresa", "ok i guess sign her up"])
def test_it_was_for_someone_else_after_all(said: str) -> None:
    talk = at("matters_most")
    talk.say(said)
    assert talk.answers["for_whom"] == "other"
    assert "matters_most" not in talk.answers


def test_the_name_of_who_writes_is_kept_with_it() -> None:
    talk = at("matters_most")
    talk.say("im her daughter, Teresa")
    assert talk.answers["caller_name"] == "Teresa"


def test_a_name_is_put_right_wherever_it_is_said() -> None:
    talk = at("authority", FOR_MOM | {"caller_name": "Ana"})
    talk.say("yo soy Lupita, su hija")
    assert talk.answers["caller_name"] == "Lupita"


def test_a_confirmation_that_nobody_gives_does_not_go_round_and_round() -> None:
    talk = at("illness")
    talk.say("congestive heart failure and the sugar")
    assert talk.position.pending is not None
    talk.say("my neighbor Dot brings supper")
    talk.say("alone since Helen passed")
    assert talk.position.pending is None
    assert talk.open != "illness"
    assert "heart_failure" in talk.answers["illness"]
    assert any(note["reason"] == "unconfirmed" for note in talk.position.notes)


def test_a_consent_is_never_kept_without_its_yes() -> None:
    talk = at("consent_text")
    talk.say("I guess so")
    talk.say("my neighbor Dot brings supper")
    talk.say("alone since Helen passed")
    assert talk.answers.get("consent_text") is not True


def test_a_number_told_with_a_doubt_is_asked_back() -> None:
    talk = at("sx_breath")
    talk.say("my phone is 773-555-0155 but i dont hear it good", "nav/change")
    assert talk.position.pending is not None
    talk.say("yes")
    assert talk.answers["phone"] == "+17735550155"


@pytest.mark.parametrize(
    "said",
    ["i dont need hospice im not dead yet ha ha", "she isnt dead", "no se ha muerto, sigue en el hospital"],
)
def test_who_is_not_dead_is_no_death(said: str) -> None:
    assert assess(said) is None


@pytest.mark.parametrize("said", ["its for me", "it's for me"])
def test_for_whom_it_is_is_not_what_matters_most(said: str) -> None:
    talk = at("matters_most")
    talk.say(said)
    assert "matters_most" not in talk.answers
    assert talk.open == "matters_most"


def test_the_new_number_beside_the_wrong_one_is_sure() -> None:
    talk = at("read_back")
    talk.say("no, the phone is wrong, it's 847-555-0127")
    assert talk.answers["phone"] == "+18475550127"
    assert talk.position.pending is None
