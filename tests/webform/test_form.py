"""The plain form through the real product: with the chat, without the engine, and with a cry for help in a field."""

from __future__ import annotations

import re
from html import unescape

import httpx
import pytest

from bot.safety import gate
from tests.support.console import Coordinator
from tests.support.phone import Phone
from tests.support.product import Person, Product, client, eventually


class Form:
    """A browser without scripts that fills in the form."""

    def __init__(self, product: Product, person: Person | None = None, locale: str = "en") -> None:
        self.http = client(product.url, follow_redirects=True)
        sent = {"conversation": person.id, "token": person.token} if person else {"locale": locale}
        self.page = self.http.post("/form/start", data=sent)
        assert self.page.status_code == 200, self.page.text
        # The cookie is for https in production and plain here.
        self.sent: dict[str, str | list[str]] = {}

    def hidden(self) -> dict[str, str]:
        """The hidden fields of the page."""
        return dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', self.page.text))

    def save(self, **fields: str | list[str]) -> httpx.Response:
        """Fill in fields and send the page."""
        action = re.search(r'<form method="post" action="([^"]+)"', self.page.text)
        assert action, self.page.text
        self.sent = {**self.hidden(), **fields}
        self.address = action[1]
        self.page = self.http.post(self.address, data=self.sent)
        return self.page

    @property
    def text(self) -> str:
        """The page as text."""
        return unescape(self.page.text)


def test_begun_in_the_chat_and_gone_on_with_in_the_form(product: Product) -> None:
    person = Person(product)
    person.say("I want to sign up")
    person.say("for me")
    form = Form(product, person)
    assert "1 of 6" in form.text
    assert re.search(r'name="for_whom" value="me" checked', form.text)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    kept = product.enrollment_of(person.id)["answers"]
    assert kept["patient_name"] == "Rosa Díaz"
    words = "To be home — with my dog,\nand  no pain"
    form.page = form.http.get("/form/2")
    form.save(matters_most=words)
    assert product.enrollment_of(person.id)["answers"]["matters_most"] == words
    said = person.say("Go on with my sign-up")
    assert "What is your name" not in said
    assert "What matters most" not in said
    assert any("filled in part of the form" in message["text"] for message in person.log())


def test_a_page_sent_twice_is_one_message(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me")
    before = len(person.log())
    form.http.post(form.address, data=form.sent)
    assert len(person.log()) == before


def test_a_cry_for_help_in_a_field_stops_the_form(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me")
    form.page = form.http.get("/form/2")
    form.save(matters_most="I am going to kill myself tonight")
    assert "988" in form.text
    assert 'href="tel:' in form.text
    assert "kill myself" not in (product.folder / "service.log").read_text()
    assert "has stopped here" in unescape(form.http.get("/form/3").text)


@pytest.mark.parametrize("name", ["csrf"])
def test_a_page_of_another_site_saves_nothing(product: Product, name: str) -> None:
    form = Form(product)
    data = {**form.hidden(), name: "x", "for_whom": "me"}
    assert form.http.post("/form/1", data=data).status_code == 403


def test_the_form_saves_while_the_engine_is_down(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    product.kill_engine()
    try:
        form.save(for_whom="me", patient_name="Ana Ruiz")
        assert product.enrollment_of(person.id)["answers"]["for_whom"] == "me"
    finally:
        product.start_engine()
        product.wait_until_ready()


def test_sent_from_the_form_is_submitted_once(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    form.page = form.http.get("/form/6")
    form.save(consent="true")
    form.page = form.http.get("/form/check")
    assert "Rosa Díaz" in form.text
    form.save()
    form.http.post(form.address, data=form.sent)
    assert product.enrollment_of(person.id)["state"] == "submitted"


def test_leaving_forgets_the_form_on_this_device(product: Product) -> None:
    person = Person(product)
    person.say("I want to sign up")
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    left = form.http.post("/form/leave")
    assert "Rosa" not in left.text
    form.page = form.http.get("/form")
    assert "Rosa" not in form.text
    assert "You can fill in this form" in form.text


def test_consent_left_empty_says_that_it_is_needed(product: Product) -> None:
    person = Person(product, "es")
    person.say("quiero inscribirme")
    form = Form(product, person)
    for number in range(1, 7):
        form.page = form.http.get(f"/form/{number}")
        form.save()
    assert "Necesitamos una respuesta" in form.text
    assert 'href="#f-consent"' in form.text
    form.save(consent="true")
    assert form.page.url.path == "/form/check"


def answers_of(product: Product, person: Person) -> dict[str, object]:
    """What the record holds of somebody."""
    kept: dict[str, object] = product.enrollment_of(person.id)["answers"]
    return kept


DANGERS = [
    pytest.param("I am going to kill myself tonight", id="emergency"),
    pytest.param("my son hits me", id="abuse"),
    pytest.param("the pain is out of control", id="urgent"),
    pytest.param("I want this over", id="wish to die"),
]


@pytest.mark.parametrize("cry", DANGERS)
def test_the_harmless_answers_beside_a_cry_for_help_are_kept(product: Product, cry: str) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    form.page = form.http.get("/form/2")
    form.save(matters_most=cry, illness="heart failure")
    assert "You do not need to type your other answers again" in form.text
    kept = answers_of(product, person)
    assert kept["illness"] == ["heart_failure"]
    assert "matters_most" not in kept


def test_after_the_lock_is_cleared_the_form_is_filled_in_as_it_was(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    stale = Form(product, person)
    form.page = form.http.get("/form/2")
    form.save(matters_most="I am going to kill myself tonight", illness="heart failure")
    # Another tab was open: what was typed there is kept, too, and the form stays stopped.
    stale.save(illness="kidney failure")
    assert "has stopped here" in stale.text
    Coordinator(product).conversation(person.id, "clear")
    form.page = form.http.get("/form/2")
    assert answers_of(product, person)["illness"] == ["kidney"]
    assert re.search(r'name="illness" value="Kidney', form.text)
    assert "kill myself" not in form.text
    form.save(matters_most="To be with my dog", illness="kidney failure")
    assert answers_of(product, person)["matters_most"] == "To be with my dog"


def test_a_cry_split_over_two_fields_is_no_answer(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    form.page = form.http.get("/form/2")
    form.save(matters_most="I am going to kill", illness="myself", sx_pain="7")
    assert "988" in form.text
    assert "illness" not in answers_of(product, person)
    assert answers_of(product, person)["sx_pain"] == 7


def test_nothing_is_handed_in_while_locked(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    form.page = form.http.get("/form/6")
    form.save(consent="true")
    form.page = form.http.get("/form/check")
    person.say("I am going to kill myself tonight")
    form.save()
    assert "has stopped here" in form.text
    assert product.enrollment_of(person.id)["state"] != "submitted"


PEACEFUL = (
    "go home to the Lord",
    "to be gone before it gets bad",
    "to let go of everything and sleep",
    "I hope it will be over soon",
)


def test_an_answer_taken_for_danger_by_the_classifier_alone_is_kept_after_a_no(product: Product) -> None:
    said = next(text for text in PEACEFUL if getattr(gate.assess(text), "rule", "") == "classifier")
    person = Person(product)
    person.say("I want to sign up")
    person.say("for me")
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    form.page = form.http.get("/form/2")
    form.save(matters_most=said, sx_pain="7")
    assert "matters_most" not in answers_of(product, person)
    person.say("no")
    kept = answers_of(product, person)
    assert kept["matters_most"] == said
    assert kept["patient_name"] == "Rosa Díaz"
    assert kept["sx_pain"] == 7


def test_while_a_human_is_in_control_a_page_is_kept_and_the_assistant_is_silent(product: Product) -> None:
    person = Person(product)
    person.say("I want to sign up")
    form = Form(product, person)
    nora = Coordinator(product)
    nora.conversation(person.id, "take-over")
    form.save(for_whom="me", patient_name="Rosa Díaz")
    assert "A person from our team is with you now" in form.text
    assert answers_of(product, person)["patient_name"] == "Rosa Díaz"
    assert person.log()[-1]["author"] == "person"
    assert "Rosa Díaz" in unescape(nora.page(f"/conversations/{person.id}"))
    form.page = form.http.get("/form/6")
    form.save(consent="true")
    form.page = form.http.get("/form/check")
    form.save()
    assert "We have your form" in form.text
    assert product.enrollment_of(person.id)["state"] == "submitted"
    assert person.log()[-1]["author"] == "person"


def test_after_the_human_hands_back_the_chat_goes_on_behind_the_forms_answers(product: Product) -> None:
    person = Person(product)
    person.say("I want to sign up")
    form = Form(product, person)
    nora = Coordinator(product)
    nora.conversation(person.id, "take-over")
    form.save(for_whom="me", patient_name="Rosa Díaz")
    nora.conversation(person.id, "hand-back")
    assert eventually(lambda: person.log()[-1]["author"] == "assistant")
    assert "what matters most" in person.log()[-1]["text"]
    form.page = form.http.get("/form/2")
    assert "A person from our team is with you now" not in form.text


def test_danger_on_a_page_is_answered_while_a_human_is_in_control(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me")
    Coordinator(product).conversation(person.id, "take-over")
    form.page = form.http.get("/form/2")
    form.save(matters_most="I am going to kill myself tonight", sx_pain="7")
    assert "988" in form.text
    assert "A person from our team is with you now" in form.text
    assert answers_of(product, person)["sx_pain"] == 7


def test_a_form_begun_alone_goes_on_in_the_chat_with_the_same_conversation(product: Product) -> None:
    form = Form(product)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    form.page = form.http.post("/form/chat", data={"csrf": form.hidden()["csrf"]})
    handed = dict(re.findall(r'data-(conversation|token)="([^"]+)"', form.text))
    assert handed["token"] not in str(form.page.url)
    assert form.page.headers["cache-control"] == "no-store"
    person = Person(product)
    person.id, person.token = handed["conversation"], handed["token"]
    assert any("filled in part of the form" in message["text"] for message in person.log())
    assert "what matters most" in person.say("Go on with my sign-up").lower()
    person.say("To be home with my dog")
    form.page = form.http.get("/form/2")
    assert "To be home with my dog" in form.text


def test_another_site_is_not_handed_the_conversation(product: Product) -> None:
    form = Form(product)
    assert form.http.post("/form/chat", data={"csrf": "guess"}).status_code == 403
    assert "data-token" not in client(product.url, follow_redirects=True).post("/form/chat").text


@pytest.mark.parametrize(
    ("locale", "words"), [("en", "can I fill out a form instead"), ("es", "puedo llenar un formulario mejor")]
)
def test_asked_for_in_the_chat_the_form_has_a_link(product: Product, locale: str, words: str) -> None:
    person = Person(product, locale)
    person.say(words)
    links = [link["url"] for message in person.heard for link in message["links"]]
    assert f"{product.url}/form" in links


def test_a_chat_that_is_no_longer_known_begins_a_new_form(product: Product) -> None:
    person = Person(product)
    person.token = "x" * 43
    assert "Part 1 of 6" in Form(product, person).text


def test_asked_for_by_text_the_words_say_that_the_form_starts_new(product: Product) -> None:
    said = Phone(product).say("can I fill out a form instead")
    assert "It starts new" in said
    assert f"{product.url}/form" in said


@pytest.mark.parametrize("words", ["<my dog>", "to be home with {Luna} & <b>my</b> garden --"])
def test_signs_in_an_answer_are_kept_word_for_word_and_only_shown(product: Product, words: str) -> None:
    chatting, filling = Person(product), Person(product)
    for text in ("I want to sign up", "for me", "Rosa Díaz", words):
        chatting.say(text)
    form = Form(product, filling)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    form.page = form.http.get("/form/2")
    form.save(matters_most=words)
    for person in (chatting, filling):
        assert answers_of(product, person)["matters_most"] == words
        page = Form(product, person).http.get("/form/check").text
        for shown in (page, Coordinator(product).page(f"/conversations/{person.id}")):
            assert words in unescape(shown)
            assert words not in shown


def test_a_page_that_was_open_does_not_answer_the_gates_question(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    person.say("I want this over")
    form.save(illness="kidney failure", matters_most="no")
    assert "ending your life" in form.text
    assert answers_of(product, person)["illness"] == ["kidney"]
    assert "ending your life" in unescape(form.http.get("/form/2").text)
    assert "988" in person.say("yes")
    assert "has stopped here" in unescape(form.http.get("/form/2").text)


def test_a_choice_can_be_taken_back_without_another_one(product: Product) -> None:
    person = Person(product)
    form = Form(product, person)
    form.save(for_whom="me", patient_name="Rosa Díaz")
    daily = page_with(form, "daily_help")
    assert re.search(r'type="radio" name="daily_help" value=""> No answer', daily)
    form.save(daily_help=re.findall(r'name="daily_help" value="(\w+)"', daily)[0])
    assert "daily_help" in product.enrollment_of(person.id)["answers"]
    page_with(form, "daily_help")
    form.save(daily_help="")
    assert "daily_help" not in product.enrollment_of(person.id)["answers"]


def page_with(form: Form, link_id: str) -> str:
    """Open the part of the form that asks a question; returns its HTML."""
    for number in range(1, 9):
        form.page = form.http.get(f"/form/{number}")
        if f'name="{link_id}"' in form.page.text:
            return form.page.text
    raise AssertionError(f"{link_id} is on no page")
