"""Whole interviews, as people live them."""

from __future__ import annotations

from bot.enrollment.position import Ticket
from tests.enrollment.talk import FOR_ME, FOR_MOM, Talk, at, on_to
from tests.support.intake_walk import MOM_ES


def test_maria_signs_up_for_herself() -> None:
    talk = Talk()
    talk.say("hi, I want to sign up", "enroll")
    for item in [asked for asked in talk.questionnaire.items if asked.link_id in FOR_ME]:
        if item.link_id == "email":
            continue  # asked only of those who would rather get e-mail
        assert talk.open == item.link_id
        talk.say(FOR_ME[item.link_id])
    assert talk.open is None
    assert talk.position.status == "complete"
    told = {
        "for_whom": "me",
        "patient_name": "Maria Lopez",
        "matters_most": "to sleep in my own bed",
        "needs": ["body", "practical"],
        "daily_help": "some",
        "lives_with": "partner",
        "main_helper": "my husband Luis",
        "social_needs": ["rides"],
        "spokesperson": "yes",
        "wishes_written": "no",
        "plan": "medicare",
        "zip": "60601",
        "phone": "+13125550188",
        "best_time": "weekday mornings",
        "contact_by": "call",
        "interpreter": False,
        "consent_enroll": True,
        "consent_share": True,
        "doctor": "Dr. Ruiz",
        "consent_text": True,
        "consent_voicemail": False,
        "consent_family": "my sister Eva",
        "consent": True,
        "read_back": True,
    }
    assert talk.answers | told == talk.answers
    assert not talk.questionnaire.has("relation") or "relation" not in talk.answers


def test_ana_calls_for_her_mother_and_is_not_asked_what_she_said() -> None:
    talk = Talk()
    talk.say("I'm Ana, calling for my mom Rosa Lopez, she's 81, in 60601", "tell/for_other")
    assert talk.answers == {
        "for_whom": "other",
        "caller_name": "Ana",
        "patient_name": "Rosa Lopez",
        "relation": "child",
        "zip": "60601",
    }
    assert "noted.facts" in talk.said
    assert talk.open == "authority"
    assert "Rosa" in talk.question
    asked = [talk.open]
    while talk.open:
        talk.say(FOR_MOM[talk.open])
        asked.append(talk.open)
    assert {"caller_name", "patient_name", "relation", "zip"}.isdisjoint(asked)
    # Whoever holds a power of attorney is the one who was picked to speak.
    assert "spokesperson" not in asked
    assert {"matters_most", "needs", "phone", "best_time", "consent", "read_back"} <= set(asked)


def test_juan_signs_up_his_wife_in_spanish() -> None:
    talk = Talk("es")
    talk.say("quiero inscribir a mi esposa", "enroll")
    assert talk.answers == {"for_whom": "other", "relation": "spouse"}
    told = MOM_ES | {
        "caller_name": "soy Juan Pérez",
        "patient_name": "Se llama Carmen de la Cruz",
        "matters_most": "que no tenga miedo",
        "needs": "el ánimo y las cosas prácticas",
        "zip": "seis cero seis cero uno",
        "phone": "es el 312 555 0188, gracias",
        "best_time": "en la tarde",
        "consent": "sí, claro",
    }
    on_to(talk, "read_back", told)
    assert talk.summary["Nombre del paciente"] == "Carmen de la Cruz"
    assert talk.summary["Lo más importante"] == "que no tenga miedo"
    talk.say("no, el teléfono está mal, es 312 555 0199")
    assert talk.summary == {"Teléfono": "(312) 555-0199"}
    talk.say("todo bien")
    assert talk.position.status == "complete"
    assert talk.answers["needs"] == ["mind", "practical"]
    assert talk.answers["phone"] == "+13125550199"


def test_a_wish_is_kept_byte_for_byte() -> None:
    wish = "  To be at home… with my \u201cboys\u201d \u2014 and NO hospital!!\n\nThat\u2019s it \U0001f49b  "
    talk = at("matters_most")
    talk.say(wish)
    assert talk.answers["matters_most"] == wish
    assert "thanks.own_words" in talk.said


def test_a_wish_of_1900_characters_is_kept() -> None:
    wish = ("I want to see my garden again and sit there with my sister. " * 40)[:1900]
    talk = at("matters_most")
    talk.say(wish)
    assert talk.answers["matters_most"] == wish


def test_saying_me_and_later_my_mother_follows_the_newest() -> None:
    talk = at("matters_most")
    talk.say("sorry, it's for my mother")
    assert talk.answers == {"for_whom": "other", "caller_name": "Maria Lopez", "relation": "child"}
    assert talk.open == "patient_name"
    talk.say("Rosa")
    on_to(talk, "matters_most", FOR_MOM)
    assert "Rosa" in talk.question


def test_saying_my_mother_and_later_me_follows_the_newest() -> None:
    talk = at("matters_most", FOR_MOM)
    talk.say("no, actually it's for me")
    assert talk.answers == {"for_whom": "me", "patient_name": "Ana Lopez"}
    assert talk.heard is not None
    assert talk.heard.party == "self"
    assert set(talk.heard.cleared) >= {"caller_name", "relation"}


def test_time_for_my_family_is_no_change_of_mind() -> None:
    talk = at("matters_most")
    talk.say("time for my family")
    assert talk.answers["for_whom"] == "me"
    assert talk.answers["matters_most"] == "time for my family"


def test_changing_the_phone_while_another_question_is_open() -> None:
    talk = at("best_time")
    talk.say("wait, change my phone number", "nav/change")
    assert talk.open == "phone"
    talk.say("773 555 0123")
    assert talk.answers["phone"] == "+17735550123"
    assert talk.open == "best_time"


def test_putting_the_zip_right_in_one_breath() -> None:
    talk = at("best_time")
    talk.say("the zip is wrong, it's 60614")
    assert talk.answers["zip"] == "60614"
    assert talk.open == "best_time"
    assert talk.said == ["fix.done"]
    assert talk.question.startswith("Back to your sign-up")


def test_no_at_the_read_back_asks_what_to_fix() -> None:
    talk = at("read_back").tell("no")
    assert talk.said == ["fix.which"]
    talk.say("the name")
    assert talk.open == "patient_name"
    talk.say("Mariana Lopez")
    assert talk.open == "read_back"
    assert talk.summary == {"Patient's name": "Mariana Lopez"}
    assert talk.say("yes").next is None
    assert talk.position.status == "complete"


def test_a_number_given_with_the_no_is_enough() -> None:
    talk = at("read_back").tell("no, it's 312 555 0177")
    assert talk.answers["phone"] == "+13125550177"
    assert talk.summary == {"Phone": "(312) 555-0177"}


def test_what_to_fix_after_all_nothing() -> None:
    talk = at("read_back").tell("not really", "nothing")
    assert talk.open == "read_back"
    assert talk.say("yes").next is None


def test_no_to_consent_is_respected_and_can_be_taken_back() -> None:
    talk = at("consent").tell("no thank you")
    assert talk.open is None
    assert talk.position.status == "declined"
    assert talk.said == ["consent.declined"]
    talk.say("yes I changed my mind, sign me up", "enroll")
    assert talk.open == "consent"
    assert "consent" not in talk.answers
    talk.tell("yes", "yes")
    assert talk.position.status == "complete"


def test_a_remark_after_a_no_does_not_reopen_the_sign_up() -> None:
    talk = at("consent").tell("no")
    talk.say("my mom is worse today", "tell/illness")
    assert talk.open is None
    assert talk.position.status == "declined"


def test_a_hesitant_yes_to_consent_is_asked_back() -> None:
    talk = at("consent").tell("I guess so")
    assert talk.said == ["confirm.is_that_yes"]
    assert "consent" not in talk.answers
    talk.say("yes")
    assert talk.answers["consent"] is True


def test_a_hesitant_yes_that_was_a_no() -> None:
    talk = at("consent").tell("I guess", "no")
    assert talk.position.status == "declined"


def test_consent_that_cannot_be_read_is_never_passed_over() -> None:
    talk = at("consent")
    for _ in range(5):
        talk.say("purple")
        assert talk.open == "consent"
    assert talk.said[0].startswith("unread.offer_person")


def test_skipping_consent_pauses_with_nothing_sent() -> None:
    talk = at("consent").tell("skip")
    assert talk.said == ["skip.required.consent"]
    talk.say("skip")
    assert talk.position.status == "paused"
    assert talk.open is None


def test_a_yes_with_a_wish_keeps_the_wish() -> None:
    talk = at("consent").tell("yes but please don't call at night")
    assert talk.answers["consent"] is True
    assert any("night" in note["text"] for note in talk.position.notes)


def test_leaving_and_coming_back_goes_on_where_it_was() -> None:
    talk = at("zip").tell("I have to go")
    assert talk.open is None
    assert talk.said == ["pause.done"]
    talk.say("go on with my sign-up", "nav/resume")
    assert talk.open == "zip"
    assert talk.said == ["intake.welcome_back"]
    assert talk.question.startswith("Back to your sign-up")


def test_too_tired_only_what_is_needed_is_still_asked() -> None:
    talk = at("matters_most").tell("I'm too tired for this")
    talk.say("I'm too tired for this", "request/short_path")
    assert talk.open == "phone"
    talk.tell("312 555 0188")
    assert talk.open == "consent"
    talk.tell("yes", "yes")
    assert talk.position.status == "complete"


def test_starting_over_asks_first() -> None:
    talk = at("zip").tell("start over")
    assert talk.said == ["start_over.sure"]
    talk.say("no")
    assert talk.open == "zip"
    assert talk.answers["patient_name"] == "Maria Lopez"
    talk.tell("start over", "yes")
    assert talk.open == "for_whom"
    assert talk.answers == {}


def test_the_phone_is_skipped_only_with_open_eyes() -> None:
    talk = at("phone").tell("skip")
    assert talk.said == ["skip.required.phone"]
    assert talk.open == "phone"
    talk.say("skip anyway")
    assert talk.open == "best_time"
    assert {"link_id": "phone", "reason": "skipped", "text": ""} in talk.position.notes


def test_two_unreadable_answers_move_on_with_a_note() -> None:
    talk = at("zip").tell("somewhere on the north side")
    assert talk.said == ["unread.unclear"]
    assert talk.heard is not None
    assert talk.heard.mode == "example"
    talk.say("by the lake")
    assert talk.said == ["unread.moved_on"]
    assert talk.open == "phone"
    assert any(note["link_id"] == "zip" and note["text"] == "by the lake" for note in talk.position.notes)


def test_a_foreign_number_is_kept_for_the_coordinator() -> None:
    talk = at("phone").tell("+52 55 1234 5678")
    assert talk.said == ["unread.phone.foreign"]
    assert "phone" not in talk.answers
    assert any("+52 55 1234 5678" in note["text"] for note in talk.position.notes)


def test_an_answer_and_a_question_are_both_served() -> None:
    talk = at("zip")
    talk.say("60601, but what does the nurse do?", "ask/role_nurse")
    assert talk.answers["zip"] == "60601"
    assert talk.said == ["ask/role_nurse"]
    assert talk.open == "phone"


def test_a_wish_and_a_question_are_both_served() -> None:
    talk = at("matters_most")
    talk.say("I want to be home. What does the nurse do?", "ask/role_nurse")
    assert talk.answers["matters_most"] == "I want to be home. What does the nurse do?"
    assert "ask/role_nurse" in talk.said


def test_what_does_the_nurse_do_is_a_question_where_any_words_are_taken() -> None:
    talk = at("matters_most")
    talk.say("what does the nurse do?", "ask/role_nurse")
    assert "matters_most" not in talk.answers
    assert talk.open == "matters_most"


def test_yes_please_after_an_explanation_is_tell_me_more() -> None:
    talk = at("patient_name")
    talk.say("what does the nurse do?", "ask/role_nurse")
    talk.say("yes please", "affirm")
    assert talk.said == ["nav/more", "intake.return"]
    assert talk.open == "patient_name"


def test_a_death_ends_every_question() -> None:
    talk = at("needs")
    talk.say("my husband passed away yesterday", "tell/death")
    assert talk.open is None
    assert talk.said == ["death.condolence"]
    assert talk.position.status == "stopped"
    assert talk.heard is not None
    assert [effect.topic for effect in talk.heard.effects if isinstance(effect, Ticket)] == ["bereavement"]


def test_after_it_is_done_nothing_is_asked_again() -> None:
    talk = at("read_back").tell("yes")
    talk.say("I want to sign up", "enroll")
    assert talk.open is None
    assert talk.said == ["intake.already"]


def test_a_bare_mother_is_asked_back() -> None:
    talk = at("relation", {**FOR_MOM, "for_whom": "someone else"})
    talk.say("mother")
    assert talk.said == ["confirm.relation"]
    talk.say("no, she is my mother")
    assert talk.answers["relation"] == "child"


def test_switching_the_language_goes_on_in_it() -> None:
    talk = at("zip").tell("en español por favor")
    assert talk.locale == "es"
    assert talk.open == "zip"
    assert talk.question.startswith("Sigamos con su inscripción")


def test_words_that_begin_like_a_question_are_kept() -> None:
    for words in (
        "what matters most is my kids",
        "when I can sleep through the night",
        "que no tenga miedo",
        "how I look",
    ):
        talk = at("matters_most")
        talk.say(words)
        assert talk.answers["matters_most"] == words


def test_all_good_but_is_put_right_and_read_back_once_more() -> None:
    talk = at("read_back").tell("looks good but my zip is 60614")
    assert talk.open == "read_back"
    assert talk.summary == {"Zip code": "60614"}


def test_having_no_phone_is_heard_and_a_person_offered() -> None:
    talk = at("phone").tell("I don't have a phone")
    assert talk.said == ["skip.required.phone"]


def test_a_time_worded_as_a_question_is_a_time() -> None:
    talk = at("best_time").tell("can you call in the evening?")
    assert talk.answers["best_time"] == "can you call in the evening?"


def test_a_name_like_a_digression_gives_way_to_it() -> None:
    talk = at("patient_name")
    talk.say("chemo", "ask/keep_treatment", 0.6)
    assert "patient_name" not in talk.answers


def test_not_knowing_what_to_say_is_no_wish() -> None:
    talk = at("matters_most").tell("idk what to say")
    assert "matters_most" not in talk.answers
    assert talk.said == ["unread.text.nothing"]
