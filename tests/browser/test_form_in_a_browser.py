"""The plain form with a real browser: into the chat and back."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser import test_enrolling_in_a_browser as enrolling
from tests.support.product import Product

browser, page = enrolling.browser, enrolling.page


def begin(product: Product, page: Page) -> None:
    page.goto(f"{product.url}/form")
    page.get_by_role("button", name="Begin").click()


def test_from_the_form_into_the_chat_and_back_with_the_same_answers(product: Product, page: Page) -> None:
    addresses: list[str] = []
    page.on("request", lambda request: addresses.append(request.url))
    begin(product, page)
    page.get_by_label("Me", exact=True).check()
    page.get_by_label("name").first.fill("Rosa Díaz")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_text("Part 2 of 6")).to_be_visible()

    page.get_by_role("button", name="Go on in the chat").click()
    page.wait_for_url(f"{product.url}/")
    expect(page.locator("#log")).to_contain_text("filled in part of the form")
    enrolling.write(page, "Go on with my sign-up")
    expect(page.locator("#log")).to_contain_text("matters most")
    enrolling.write(page, "To be home with my dog")

    enrolling.write(page, "can I fill out a form instead")
    page.get_by_role("link", name="Open the form").click()
    page.wait_for_url(f"{product.url}/form/**")
    page.goto(f"{product.url}/form/2")
    expect(page.locator("#f-matters_most")).to_have_value("To be home with my dog")
    page.goto(f"{product.url}/form/1")
    expect(page.locator("#f-patient_name")).to_have_value("Rosa Díaz")
    token = page.evaluate("JSON.parse(localStorage['pes.chat.conversation']).token")
    assert not any(token in address for address in addresses)


def test_the_form_opened_beside_a_chat_goes_on_with_it(product: Product, page: Page) -> None:
    page.goto(product.url)
    for text in ("I want to sign up", "me", "Lena Ortiz"):
        enrolling.write(page, text)
    begin(product, page)
    page.goto(f"{product.url}/form/1")
    expect(page.locator("#f-patient_name")).to_have_value("Lena Ortiz")


def test_a_question_of_the_gate_on_a_form_begun_alone_is_answered_in_the_chat(
    product: Product, page: Page
) -> None:
    begin(product, page)
    page.get_by_label("Me", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()
    page.goto(f"{product.url}/form/2")
    page.locator("#f-matters_most").fill("I want this over")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_contain_text("ending your life")
    page.get_by_role("button", name="Go on in the chat").click()
    page.wait_for_url(f"{product.url}/")
    enrolling.write(page, "no")
    expect(page.locator("#log")).to_contain_text("988")
    page.goto(f"{product.url}/form")
    expect(page.get_by_text("Part 1 of 6").or_(page.get_by_text("Part 2 of 6"))).to_be_visible()
