"""The What Matters page: exactly what people typed, for those who have the link, while it is kept."""

from __future__ import annotations

import html
import json
import re
import uuid

import httpx

from bot.enrollment.catalog import get_catalog
from tests.support.intake_walk import ME_EN, MOM_EN, MOM_ES, walk
from tests.support.phone import Phone
from tests.support.product import Person, Product, client

LINK = re.compile(r"https?://\S+/p/([\w-]{24})")
OWN_WORDS = 'To sleep in my own bed, with my dog "Canela" & no fuss.'
ME = ME_EN | {"matters_most": OWN_WORDS}


def link_in(person: Person) -> str:
    """The last link to a page that a person was given."""
    links: list[str] = [link["url"] for message in person.heard for link in message["links"]]
    return next(link for link in reversed(links) if LINK.fullmatch(link))


def read(address: str) -> tuple[httpx.Response, str]:
    """A page as it is sent, and its text as people read it."""
    answer = httpx.get(address, timeout=40)
    shown = re.sub(r"(?s)<style>.*?</style>|<[^>]+>", " ", answer.text)
    return answer, html.unescape(re.sub(r"\s+", " ", shown))


def test_a_patient_gets_her_own_words_on_a_page(product: Product, person: Person) -> None:
    walk(person, person.say("I want to sign up"), ME)
    assert "Send me a copy" in person.choices()
    person.say("Send me a copy")
    address = link_in(person)
    answer, shown = read(address)
    assert answer.status_code == 200
    record = product.enrollment_of(person.id)
    assert record["answers"]["matters_most"] == OWN_WORDS
    assert OWN_WORDS in shown
    assert OWN_WORDS not in answer.text, "marks are written as HTML wants them"
    positions = [shown.index(words) for words in (OWN_WORDS, "What would help", "The people", "yes or no to")]
    assert positions == sorted(positions)
    for kept in ("What matters to Maria Lopez", "Heart failure", "my husband Luis", "my sister Eva"):
        assert kept.casefold() in shown.casefold()
    for not_for_all in ("555-0188", "Medicare", "1EG4", "submitted"):
        assert not_for_all not in shown
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers.get_list("content-security-policy")[0].startswith("default-src 'none'")
    assert person.id not in address
    log = product.pes("audit", "list", "--object", product.enrollment_of(person.id)["id"])
    assert "link" in log
    assert LINK.fullmatch(address).group(1) not in log  # type: ignore[union-attr]
    spanish = read(f"{address}?lang=es")[1]
    assert OWN_WORDS in spanish
    assert "Lo que le importa a Maria Lopez" in spanish


def test_a_daughter_gets_it_by_text_in_spanish(product: Product) -> None:
    phone = Phone(product)
    phone.say("hola")
    walk(phone, phone.say("quiero inscribir a mi mamá"), MOM_ES, "es")
    found = LINK.search(phone.say("mándeme una copia"))
    assert found
    answer, shown = read(found.group())
    assert answer.status_code == 200
    assert 'lang="es"' in answer.text
    assert MOM_ES["matters_most"] in shown
    assert "Rosa López" in shown
    assert MOM_ES["main_helper"] in shown


def test_a_copy_is_there_at_any_time_and_gone_with_the_permission(product: Product, person: Person) -> None:
    walk(person, person.say("I want to sign up"), ME, until="zip")
    reply = person.say("can I have that in writing?")
    assert "zip" in reply.casefold(), "the open question comes back"
    address = link_in(person)
    assert OWN_WORDS in read(address)[1]
    person.say("delete what I told you")
    answer, shown = read(address)
    assert answer.status_code == 404
    assert OWN_WORDS not in shown


def test_a_wrong_link_gets_a_kind_page_in_both_languages(product: Product) -> None:
    answer, shown = read(f"{product.url}/p/{'x' * 24}")
    assert answer.status_code == 404
    assert "You did nothing wrong" in shown
    assert "No es culpa suya" in shown
    assert "(800) 555-0142" in shown
    assert answer.headers["cache-control"] == "no-store"


def test_what_is_told_of_abuse_is_on_no_page(product: Product, person: Person) -> None:
    walk(person, person.say("I want to sign up"), ME, until="matters_most")
    person.say("my son hits me and takes my money")
    person.say("yes")
    person.say("go on with my sign-up")
    person.say("to be safe in my garden")
    person.say("send me a copy")
    enrollment = product.enrollment_of(person.id)["id"]
    for page in (
        read(link_in(person))[1],
        product.pes("enrollment", "export", enrollment, "--format", "html"),
    ):
        assert "Maria Lopez" in page
        assert "hits me" not in page
        assert "abuse" not in page.casefold()


def test_the_team_reads_more_in_the_console_and_from_the_command_line(
    product: Product, person: Person
) -> None:
    walk(person, person.say("I want to sign up"), ME | {"member_id": "skip"})
    enrollment = product.enrollment_of(person.id)["id"]
    exported = html.unescape(product.pes("enrollment", "export", enrollment, "--format", "html"))
    for wanted in (OWN_WORDS, "(312) 555-0188", "Medicare", "submitted", "Not answered", "Tasks"):
        assert wanted in exported
    family = html.unescape(product.pes("enrollment", "export", enrollment, "--format", "html", "--family"))
    assert "555-0188" not in family
    path = f"/console/enrollments/{enrollment}/page"
    assert client(product.url).get(path).status_code == 303
    assert client(product.url).get(f"/console/enrollments/{uuid.uuid4()}/page").status_code == 303


def test_every_answer_given_is_on_the_teams_page(product: Product, person: Person) -> None:
    walk(person, person.say("I want to sign up"), ME)
    record = product.enrollment_of(person.id)
    page = html.unescape(product.pes("enrollment", "export", record["id"], "--format", "html"))
    labels = {item.link_id: item.label["en"] for item in get_catalog().main.items}
    missing = [
        link_id for link_id in record["answers"] if link_id != "read_back" and labels[link_id] not in page
    ]
    assert missing == [], json.dumps(missing)


def test_a_caregivers_own_answers_stand_on_it_with_her_consent(product: Product, person: Person) -> None:
    walk(person, person.say("I want to sign up"), MOM_EN)
    walk(person, person.say("the caregiver questions"), MOM_EN)
    person.say("send me a copy")
    address = link_in(person)
    shown = read(address)[1]
    assert shown.count("doing it all alone") == 1
    assert "How are you, the caregiver?" in shown
    records = [kept for kept in product.enrollments() if kept["conversation_id"] == person.id]
    assert {kept["questionnaire"] for kept in records} == {"intake", "caregiver"}
    for kept in records:
        page = html.unescape(product.pes("enrollment", "export", kept["id"], "--format", "html"))
        assert "doing it all alone" in page
        # Asked and answered once, in the conversation: it holds for both records.
        assert json.loads(product.pes("enrollment", "export", kept["id"]))["resourceType"] == "Bundle"
    person.say("delete what I told you")
    assert read(address)[0].status_code == 404
    for kept in records:
        page = product.pes("enrollment", "export", kept["id"], "--format", "html")
        assert "doing it all alone" not in page
        assert "Taken back" in page


def test_a_consent_taken_back_stands_with_both_days(product: Product, person: Person) -> None:
    walk(person, person.say("I want to sign up"), ME)
    person.say("please don't text me any more")
    person.say("send me a copy")
    shown = read(link_in(person))[1]
    assert re.search(r"Taken back \d{4}-\d\d-\d\d · given \d{4}-\d\d-\d\d", shown)
    team = html.unescape(
        product.pes("enrollment", "export", product.enrollment_of(person.id)["id"], "--format", "html")
    )
    assert re.search(r"Taken back.*given \d{4}-\d\d-\d\d · the patient", team)
