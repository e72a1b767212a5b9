"""Short, whole, and the caregiver's own: leaving one for another, coming back, and saying that it is enough."""

from __future__ import annotations

import pytest

from bot.enrollment.position import Ticket
from tests.enrollment.talk import FOR_ME, FOR_MOM, Talk, at, on_to
from tests.support.intake_walk import ME_EN, MOM_ES


def asked_from_here(talk: Talk, answers: dict[str, str] = ME_EN) -> list[str]:
    """Answer what is asked to the end; the linkIds in order."""
    asked: list[str] = []
    while talk.open:
        asked.append(talk.open)
        assert len(asked) < 90, asked
        talk.say("yes" if talk.position.pending else answers.get(talk.open, "yes"))
    return asked


def test_tired_at_the_start_gets_five_questions_and_what_a_call_needs() -> None:
    talk = at("matters_most").tell("I'm too tired for all these questions")
    talk.say("the short version")
    assert talk.said == ["short.few_left"]
    asked = asked_from_here(talk)
    assert asked == [
        "help_body",
        "help_now",
        "help_mind",
        "help_daily",
        "help_spirit",
        "phone",
        "consent",
        "read_back",
    ]
    assert talk.position.status == "complete"
    assert talk.answers["patient_name"] == "Maria Lopez"


def test_tired_in_the_middle_is_not_asked_again_what_was_said() -> None:
    talk = at("daily_help")
    talk.say("the short version")
    assert asked_from_here(talk) == ["phone", "consent", "read_back"]


def test_what_was_said_in_the_long_one_is_read_back_in_the_short_one() -> None:
    talk = at("needs")
    talk.say("the short version")
    on_to(talk, "read_back")
    assert talk.summary["What matters most"] == "to sleep in my own bed"
    talk.say("no, what matters is wrong")
    assert any(note["link_id"] == "matters_most" for note in talk.position.notes)
    assert talk.open == "read_back"


def test_half_way_people_hear_that_they_may_leave_it_at_that() -> None:
    talk, said = at("matters_most"), []
    while talk.open:
        talk.say(ME_EN[talk.open])
        said += talk.said
    assert said.count("pace.half_way") == 1


def test_tired_even_of_the_short_one() -> None:
    talk = at("matters_most")
    talk.say("the short version")
    talk.say("I'm exhausted", "request/short_path")
    assert asked_from_here(talk) == ["phone", "consent", "read_back"]


def test_from_the_short_one_back_to_the_whole() -> None:
    talk = at("matters_most")
    talk.tell("the short version", "yes", "yes", "yes")
    talk.say("all the questions")
    assert talk.questionnaire.id == "intake"
    asked = asked_from_here(talk)
    assert asked[0] == "matters_most"
    assert "patient_name" not in asked
    assert talk.answers["help_body"] is True


@pytest.mark.parametrize(
    "said", ["that's enough", "that is enough for today", "can we finish", "eso es todo", "es suficiente"]
)
def test_enough_goes_to_what_is_needed_to_call(said: str) -> None:
    talk = at("sx_pain")
    talk.say(said)
    assert talk.said == ["finish.few_left"]
    assert asked_from_here(talk) == ["phone", "consent", "read_back"]
    assert talk.position.status == "complete"


def test_enough_with_the_phone_known_is_nearly_the_end() -> None:
    talk = at("contact_by").tell("that's enough")
    assert talk.said == ["finish.almost"]
    assert asked_from_here(talk) == ["consent", "read_back"]


def test_the_caregiver_questions_in_the_middle_of_the_intake_and_back() -> None:
    talk = at("needs", FOR_MOM)
    before = talk.answers
    talk.say("the caregiver questions")
    assert talk.said == ["own"]
    assert talk.open == "cg_worn_out", "the caregiver's name is known"
    talk.tell("8", "the long version")
    assert talk.questionnaire.id == "intake"
    assert talk.open == "needs"
    assert {key: value for key, value in talk.answers.items() if key != "cg_worn_out"} == before
    talk.say("questions for caregivers")
    assert talk.open == "cg_nights"
    assert talk.said == ["intake.welcome_back"]


def test_each_questionnaire_has_its_own_read_back() -> None:
    talk = on_to(at("needs", FOR_MOM), None, FOR_MOM)
    assert talk.position.status == "complete"
    talk.say("the caregiver questions", "enroll/caregiver")
    asked = asked_from_here(talk, FOR_MOM)
    assert asked == ["cg_worn_out", "cg_nights", "cg_hardest", "cg_help", "read_back"]
    assert talk.position.status == "complete"
    assert talk.answers["cg_hardest"] == "doing it all alone"


def test_starting_the_caregiver_questions_over_forgets_only_those() -> None:
    talk = at("needs", FOR_MOM)
    talk.tell("the caregiver questions", "8", "start over", "yes")
    assert "cg_worn_out" not in talk.answers
    assert talk.answers["patient_name"] == "Rosa Lopez"


def test_none_of_these_is_an_answer() -> None:
    for said in ("none", "nothing", "None of these", "no"):
        talk = at("social_needs")
        talk.say(said)
        assert talk.answers["social_needs"] == ["none"], said


def test_not_knowing_leaves_a_short_question_open_for_the_coordinator() -> None:
    talk = at("date_of_birth").tell("I don't remember")
    assert "date_of_birth" not in talk.answers
    assert talk.open == "plan"
    assert any(note["link_id"] == "date_of_birth" for note in talk.position.notes)


def test_a_friend_without_authority_is_not_asked_to_consent_for_the_patient() -> None:
    talk = Talk()
    talk.say("I want to sign up", "enroll")
    asked = asked_from_here(talk, FOR_MOM | {"relation": "friend", "authority": "no form"})
    assert {"consent_share", "consent_family", "doctor"}.isdisjoint(asked)
    assert {"consent_enroll", "consent_text", "consent", "spokesperson"} <= set(asked)
    assert talk.position.status == "complete"


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("yes, I have power of attorney", "agent"),
        ("soy la tutora legal", "guardian"),
        ("no", "none"),
        ("not sure", "not_sure"),
        ("she never signed anything", "none"),
    ],
)
def test_authority_is_what_they_claim(said: str, code: str) -> None:
    talk = at("authority", FOR_MOM)
    talk.say(said)
    assert talk.answers["authority"] == code


def test_whoever_will_not_say_a_name_gets_to_the_end() -> None:
    talk = at("patient_name")
    talk.tell("I'd rather not say", "skip anyway")
    assert "patient_name" not in talk.answers
    asked_from_here(talk)
    assert talk.position.status == "complete"
    assert any(note["link_id"] == "patient_name" for note in talk.position.notes)


def test_what_cannot_be_a_name_never_leads_in_a_circle() -> None:
    talk = at("patient_name")
    for _ in range(4):
        talk.say("she has cancer number 53493 since May", "tell/illness")
    assert talk.open != "patient_name"
    assert any("53493" in note["text"] for note in talk.position.notes)


def test_a_long_answer_is_kept_whole_for_the_coordinator() -> None:
    story = "My zip is 60601 and " + "we moved here to be close to my sister who helps a lot " * 8
    talk = at("zip")
    talk.say(story)
    assert talk.answers["zip"] == "60601"
    assert any(note["text"] == story for note in talk.position.notes)


def test_1900_characters_at_a_choice_are_never_lost() -> None:
    story = ("We have been through so much with the hospital and the pills and the waiting. " * 30)[:1900]
    talk = at("daily_help")
    talk.tell(story, story)
    assert any(note["text"] == story for note in talk.position.notes)
    assert talk.open is not None


def test_pausing_the_caregiver_questions_says_how_to_come_back() -> None:
    talk = at("cg_nights")
    talk.say("I have to go")
    assert talk.said == ["pause.other"]
    assert talk.heard is not None
    assert any(isinstance(effect, Ticket) for effect in talk.heard.effects)


def test_juana_in_spanish_goes_through_the_caregiver_questions() -> None:
    talk = Talk("es")
    talk.say("las preguntas para cuidadores", "enroll/caregiver")
    asked = asked_from_here(talk, MOM_ES)
    assert asked[0] == "caller_name"
    assert talk.answers["cg_help"] == ["break"]
    assert talk.position.status == "complete"


def test_back_never_leads_out_of_a_questionnaire() -> None:
    talk = at("needs", FOR_ME)
    talk.say("the caregiver questions")
    talk.say("go back")
    assert talk.questionnaire.id == "caregiver"
