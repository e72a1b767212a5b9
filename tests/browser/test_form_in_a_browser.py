"""The plain form with a real browser: into the chat and back; in Spanish, with the keyboard alone."""

from __future__ import annotations

from playwright.sync_api import Browser, Page, expect

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


# What a screen reader and a small screen need on every page; each line names what breaks the rule.
FAULTS = """() => {
  const faults = [];
  const shown = [...document.querySelectorAll("input:not([type=hidden]), textarea")];
  if (document.documentElement.lang !== "es") faults.push("lang");
  if (document.querySelectorAll("h1").length !== 1) faults.push("h1");
  if (document.documentElement.scrollWidth > window.innerWidth) faults.push("wider than the screen");
  if (new Set([...document.querySelectorAll("[id]")].map((node) => node.id)).size
      !== document.querySelectorAll("[id]").length) faults.push("an id twice");
  for (const node of shown) {
    if (![...node.labels].some((label) => label.textContent.trim())) faults.push("no label: " + node.name);
    const legend = (node.closest("fieldset") || node).querySelector("legend");
    if (["radio", "checkbox"].includes(node.type) && !node.name.startsWith("sure:")
        && !(legend && legend.textContent.trim())) faults.push("no legend: " + node.name);
  }
  for (const node of document.querySelectorAll("[aria-describedby]"))
    for (const id of node.getAttribute("aria-describedby").split(" "))
      if (!document.getElementById(id)) faults.push("describes nothing: " + id);
  return faults;
}"""


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until an element that matches has the focus, and see that the focus shows."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", selector):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
            return
    raise AssertionError(f"Tab does not come to {selector}")


def save(page: Page) -> None:
    """Press the button of the page with the keyboard."""
    tab_to(page, "main form[action^='/form/']:not([action='/form/chat']) button")
    with page.expect_navigation():
        page.keyboard.press("Enter")
    assert page.evaluate(FAULTS) == []


def test_in_spanish_on_a_small_phone_with_the_keyboard_alone(product: Product, browser: Browser) -> None:
    context = browser.new_context(viewport=enrolling.SMALL, locale="es-MX")
    page = context.new_page()
    page.goto(f"{product.url}/form")
    assert page.evaluate(FAULTS) == []
    save(page)
    tab_to(page, "[name=for_whom]")
    page.keyboard.press("Space")
    tab_to(page, "[name=patient_name]")
    page.keyboard.type("Rosa Díaz")
    save(page)
    tab_to(page, "[name=matters_most]")
    page.keyboard.type("Estar en mi casa con mi perro y mis nietos")
    save(page)
    for _ in range(6):
        if page.locator("[name=date_of_birth]").count():
            break
        save(page)
    tab_to(page, "[name=date_of_birth]")
    page.keyboard.type("31 de febrero de 1950")
    save(page)

    enrolling.picture(page, "10-form-errors.png")
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    field = page.locator("#f-date_of_birth")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_attribute("aria-describedby", "e-date_of_birth")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(field).to_be_focused()
    page.keyboard.press("Control+A")
    page.keyboard.type("4 de marzo de 1952")
    save(page)
    for _ in range(6):
        if page.locator("[name=consent]").count():
            break
        save(page)

    save(page)
    expect(page.get_by_role("alert")).to_contain_text("Necesitamos una respuesta")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator("#f-consent")).to_be_focused()
    page.keyboard.press("Space")
    save(page)
    expect(page.get_by_role("heading", level=1)).to_have_text("¿Está todo bien?")
    expect(page.get_by_role("main")).to_contain_text("Estar en mi casa con mi perro y mis nietos")
    save(page)
    expect(page.get_by_role("status")).to_contain_text("Tenemos su formulario")
    context.close()


def test_help_in_danger_is_read_out_first(product: Product, page: Page) -> None:
    page.set_viewport_size(enrolling.SMALL)
    begin(product, page)
    page.get_by_label("Me", exact=True).check()
    page.get_by_role("button", name="Save and go on").click()
    page.goto(f"{product.url}/form/2")
    page.locator("#f-matters_most").fill("I am going to kill myself tonight")
    page.get_by_role("button", name="Save and go on").click()
    expect(page.get_by_role("alert")).to_be_focused()
    page.keyboard.press("Tab")
    assert str(page.evaluate("document.activeElement.href")).startswith(("tel:", "sms:"))
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
