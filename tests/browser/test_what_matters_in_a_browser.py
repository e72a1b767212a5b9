"""The What Matters page with a real browser: on a small phone, with the keyboard, and on paper."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser import test_enrolling_in_a_browser as enrolling
from tests.support.intake_walk import MOM_EN, walk
from tests.support.product import Person, Product

browser, page = enrolling.browser, enrolling.page
# A whole answer of a person who has much to say, and a word no screen is wide enough for.
ANSWERS = MOM_EN | {
    "matters_most": f"to stay at home with her dog {'x' * 90} " + "and see her garden again " * 8
}


def given_link(product: Product) -> str:
    person = Person(product)
    walk(person, person.say("I want to sign up"), ANSWERS)
    person.say("send me a copy")
    links: list[str] = [link["url"] for message in person.heard for link in message["links"]]
    return links[-1]


def test_it_fits_a_small_phone_the_keyboard_and_a_sheet_of_paper(product: Product, page: Page) -> None:
    refused: list[str] = []
    page.on("console", lambda message: refused.append(message.text) if message.type == "error" else None)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    address = given_link(product)
    page.set_viewport_size(enrolling.SMALL)
    page.goto(address)
    expect(page.get_by_role("heading", level=1)).to_contain_text("Rosa Lopez")
    expect(page.get_by_role("main")).to_contain_text(ANSWERS["matters_most"].strip())
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    assert page.locator("h2").first.evaluate("node => getComputedStyle(node).color") == "rgb(29, 74, 64)"
    enrolling.picture(page, "9-what-matters.png")
    assert [url for url in asked if url != address and "favicon" not in url] == []
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("html")).to_have_attribute("lang", "es")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Lo que le importa")
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Read in English")).to_be_hidden()
    assert refused == []


def test_the_chat_opens_it_in_a_tab_of_its_own(product: Product, page: Page) -> None:
    page.goto(product.url)
    for text in ("I want to sign up", "me", "Lena Ortiz", "send me a copy"):
        enrolling.write(page, text)
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="What matters to you").click()
    expect(opened.value.get_by_role("heading", level=1)).to_contain_text("Lena Ortiz")
    expect(page.locator("#log")).to_contain_text("Lena Ortiz")


def test_the_teams_page_is_one_sheet_even_with_a_lot_to_say(product: Product, page: Page) -> None:
    person = Person(product)
    walk(person, person.say("I want to sign up"), ANSWERS)
    walk(person, person.say("the caregiver questions"), ANSWERS)
    for question in ("is morphine safe with her heart pills?", "should she go on with dialysis?"):
        person.say(question)
    record = next(kept for kept in product.enrollments() if kept["conversation_id"] == person.id)
    page.set_content(product.pes("enrollment", "export", record["id"], "--format", "html"))
    expect(page.get_by_role("heading", name="For the team")).to_be_visible()
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True))) == 1
    enrolling.picture(page, "10-what-matters-team.png")
