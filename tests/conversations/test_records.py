"""What becomes of a sign-up, in the real product: tasks, decisions, consents, silence, leaving and coming back."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conversations.test_enrolling import BEGINS, FOR_MOTHER, sign_up
from tests.support.console import Coordinator
from tests.support.intake_walk import ME_EN, ME_ES, MOM_EN, open_question, walk
from tests.support.phone import Phone
from tests.support.product import Person, Product, eventually


def record_page(product: Product, person: Person) -> str:
    """What the console shows of a person, as text."""
    page = Coordinator(product).page(f"/conversations/{person.id}/record")
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_the_right_people_get_tasks_with_due_times_and_can_be_done(product: Product, person: Person) -> None:
    told = FOR_MOTHER | {"needs": "body, spirit and practical", "sx_pain": "9", "patient_name": "Tess Task"}
    walk(person, person.say(BEGINS), told)
    shown = record_page(product, person)
    for role in ("Nurse line", "Social worker", "Chaplain", "Coordinator"):
        assert role in shown
    assert "Strong symptoms today" in shown
    assert re.search(r"due \w{3} \w{3} \d+, \d+:\d\d [AP]M", shown)
    nora = Coordinator(product)
    listed = nora.page("/tasks?role=nurse")
    assert "Strong symptoms today" in listed
    assert "Chaplain</span>" not in listed
    page = nora.page(f"/conversations/{person.id}")
    task_id = re.search(r"/console/tasks/([0-9a-f-]{36})/done", page)
    assert task_id is not None
    path = f"/conversations/{person.id}"
    assert nora.post(f"/tasks/{task_id.group(1)}/done", path, conversation_id=person.id).status_code == 200
    assert "done" in record_page(product, person)
    assert "task.done" in product.pes("audit", "list", "--object", task_id.group(1))


def test_a_coordinator_accepts_activates_and_declines_with_a_reason(product: Product, person: Person) -> None:
    sign_up(person)
    nora, path = Coordinator(product), f"/conversations/{person.id}"
    enrollment_id = product.enrollment_of(person.id)["id"]

    def decide(state: str, reason: str = "") -> int:
        fields = {"state": state, "reason": reason, "conversation_id": person.id}
        return nora.post(f"/enrollments/{enrollment_id}/state", path, **fields).status_code

    assert decide("active") == 409
    assert decide("declined") == 422
    assert decide("accepted") == 200
    assert decide("started") == 409
    assert decide("declined", "She chose a program near her son.") == 200
    assert product.enrollment_of(person.id)["state"] == "declined"
    shown = record_page(product, person)
    for step in ("started", "submitted", "accepted", "declined", "Nora", "She chose a program near her son."):
        assert step in shown
    assert "enrollment.declined" in product.pes("audit", "list", "--object", enrollment_id)
    heard = person.say("what happens next?")
    assert "not eligible" not in heard.lower()


def test_consents_are_kept_apart_with_who_gave_them(product: Product, person: Person) -> None:
    sign_up(person)
    shown = record_page(product, person)
    for scope in ("enroll", "share", "text", "store"):
        assert re.search(rf"\b{scope}: yes", shown)
    assert "voicemail: no" in shown
    assert "family: yes (my sister Eva)" in shown
    assert "by Ana Lopez as agent" in shown
    assert "wording intake/2/consent" in shown
    assert "Authority: agent (claimed, not verified)" in shown


def test_a_second_sign_up_of_the_same_person_is_told_to_staff_only(product: Product) -> None:
    told = FOR_MOTHER | {"patient_name": "Dora Doubleday", "phone": "773 555 0147"}
    first, second = Person(product), Person(product)
    for person in (first, second):
        walk(person, person.say(BEGINS), told)
    said = "\n".join(message["text"] for message in second.heard)
    assert not re.search(r"already (?:in|a patient|enrolled|signed)|duplicate|records", said, re.IGNORECASE)
    assert "Perhaps already in our records" in record_page(product, second)


def test_outside_the_area_nobody_hears_a_no(product: Product, person: Person) -> None:
    walk(person, person.say(BEGINS), FOR_MOTHER | {"zip": "90210"})
    said = "\n".join(message["text"] for message in person.heard).lower()
    assert "eligible" not in said
    assert "area" not in said.replace("area code", "")
    assert product.enrollment_of(person.id)["service_area"] == "out"
    assert "check who can serve them" in record_page(product, person).lower()


def test_the_caregiver_questions_after_the_sign_up(product: Product, person: Person) -> None:
    sign_up(person)
    assert "Questions for caregivers" in person.choices()
    heard = person.say("Questions for caregivers")
    assert "You matter too" in heard
    asked = walk(person, heard, MOM_EN)
    assert asked == ["cg_worn_out", "cg_nights", "cg_hardest", "cg_help", "read_back"]
    assert "social worker" in "\n".join(message["text"] for message in person.heard[-3:])
    kept = {
        item["questionnaire"]: item for item in product.enrollments() if item["conversation_id"] == person.id
    }
    assert kept["caregiver"]["state"] == kept["intake"]["state"] == "submitted"
    assert kept["caregiver"]["answers"]["cg_hardest"] == "doing it all alone"
    assert "cg_hardest" not in kept["intake"]["answers"]
    assert "Worn out caregiver" in record_page(product, person)
    assert "nothing more to fill in" in person.say("I want to sign up")


def test_the_short_version_is_one_record_and_hands_over_what_there_is(
    product: Product, person: Person
) -> None:
    person.say("I want to sign up")
    person.say("me")
    person.say("Sam Short")
    heard = person.say("the short version please")
    asked = walk(person, heard, ME_EN | {"help_now": "yes"})
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
    kept = product.enrollment_of(person.id)
    assert (kept["state"], kept["questionnaire"]) == ("submitted", "intake")
    assert kept["answers"]["help_now"] is True
    assert "Strong symptoms today" in record_page(product, person)


def test_enough_for_today_still_reaches_a_person(product: Product, person: Person) -> None:
    walk(person, person.say("I want to sign up"), ME_EN, until="social_needs")
    heard = person.say("that's enough for today")
    assert walk(person, heard, ME_EN) == ["phone", "consent", "read_back"]
    kept = product.enrollment_of(person.id)
    assert kept["state"] == "submitted"
    assert 30 < kept["completeness"] < 80


def test_all_of_it_in_spanish(product: Product, persona: Person) -> None:
    asked = walk(persona, persona.say("quiero inscribirme"), ME_ES, locale="es")
    assert {"matters_most", "sx_pain", "consent_share", "consent"} <= set(asked)
    kept = product.enrollment_of(persona.id)
    assert kept["state"] == "submitted"
    assert kept["answers"]["matters_most"] == "dormir en mi cama"
    assert kept["answers"]["social_needs"] == ["rides"]


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        ("don't text me any more", "text"),
        ("ya no quiero que me manden textos", "text"),
        # No rule of `data/withdrawal.yml` knows these; the dialogue model does.
        ("Quit sending me stuff on my phone", "text"),
        ("ya basta de tanto mensajito en mi celular", "text"),
        ("I don't want you talking to my doctor", "share"),
        ("no hablen con mis médicos", "share"),
    ],
)
def test_a_consent_taken_back_in_words(product: Product, person: Person, text: str, scope: str) -> None:
    sign_up(person)
    person.say(text)
    shown = record_page(product, person)
    assert f"{scope}: revoked" in shown
    assert product.enrollment_of(person.id)["answers"][f"consent_{scope}"] is False
    assert product.enrollment_of(person.id)["state"] == "submitted"


def test_taken_back_in_the_middle_the_sign_up_goes_on(product: Product, person: Person) -> None:
    sign_up(person, until="consent_family")
    person.say("please don't text me any more")
    walk(person, person.say("go on"), FOR_MOTHER)
    kept = product.enrollment_of(person.id)
    assert kept["state"] == "submitted"
    assert kept["answers"]["consent_text"] is False


def test_delete_what_i_told_you(product: Product, person: Person) -> None:
    sign_up(person)
    heard = person.say("please delete what I told you")
    assert "erased" in heard
    kept = product.enrollment_of(person.id)
    assert (kept["state"], kept["answers"]) == ("withdrawn", {})
    assert "not told me anything" in person.say("what have I told you?") or person.heard
    assert "Took permission back" in record_page(product, person)


def test_stop_by_text_takes_the_consent_to_text_back(product: Product) -> None:
    phone = Phone(product)
    phone.say("hi")
    sign_up(phone)
    assert phone.post("STOP").status_code == 200
    nora = Coordinator(product)

    def revoked() -> bool:
        pages = [
            nora.page(f"/conversations/{item['conversation_id']}/record")
            for item in product.enrollments()[-3:]
        ]
        return any("text: <strong>revoked" in page for page in pages)

    assert eventually(revoked)


# --- silence and erasing, with a clock of its own -------------------------------------------------------------


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """A product in which two seconds are a long silence."""
    folder: Path = tmp_path_factory.mktemp("hasty")
    running = Product(folder, environment={"PES_PARTIAL_AFTER_HOURS": str(2 / 3600)})
    try:
        yield running.start()
    finally:
        running.stop()


def partial(product: Product, person: Person) -> bool:
    return bool(product.enrollment_of(person.id)["state"] == "partial")


def test_an_unfinished_sign_up_is_handed_in_even_when_the_service_was_killed_meanwhile(
    hasty: Product,
) -> None:
    person = Person(hasty)
    walk(person, person.say(BEGINS), FOR_MOTHER, until="illness")
    hasty.kill_service()
    time.sleep(2.5)
    hasty.start_service()
    hasty.wait_until_ready()
    assert eventually(lambda: partial(hasty, person), 20)
    shown = record_page(hasty, person)
    assert shown.count("Sign-up fell silent") == 1
    assert "Call to welcome and schedule" in shown
    assert open_question(person.say("I'm back, let's go on")) == "illness"
    walk(person, person.say("heart failure"), FOR_MOTHER)
    assert hasty.enrollment_of(person.id)["state"] == "submitted"


def test_purge_erases_only_what_nobody_agreed_to_keep(hasty: Product) -> None:
    agreed, wandered = Person(hasty), Person(hasty)
    sign_up(agreed)
    wandered.say("who is on the team?")
    assert "Erased" in hasty.pes("purge", "--days", "0")
    gone = wandered.http.get(f"/api/v1/conversations/{wandered.id}/messages", headers=wandered.headers)
    assert gone.status_code == 404
    assert hasty.enrollment_of(agreed.id)["state"] == "submitted"
    assert "Rosa Canaria Lopez" in record_page(hasty, agreed)
    assert "whole" in hasty.pes("audit", "verify")
