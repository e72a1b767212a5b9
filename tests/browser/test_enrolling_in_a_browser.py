"""A family member on a phone, with a real browser: from hello to enrolled, then the coordinator's console."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.support.intake_walk import MOM_EN, walk
from tests.support.product import FIRST_PASSWORD, Product

PHONE: ViewportSize = {"width": 390, "height": 844}
SMALL: ViewportSize = {"width": 320, "height": 568}
ANSWERS = MOM_EN | {"caller_name": "Ana Beltran", "matters_most": "to stay at home with her dog"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Headless Chromium, without any connection of its own to the outside."""
    path = os.environ.get("PES_TEST_CHROMIUM", "")
    if not path:
        if os.environ.get("PES_TEST_BROWSER") == "required":
            raise AssertionError("PES_TEST_CHROMIUM is not set; `make test` finds a browser")
        pytest.skip("no browser: `make test` says how to get one")
    flags = [
        "--no-sandbox",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
    ]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=flags)
        yield started
        started.close()


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone; any script error on it fails the test."""
    context = browser.new_context(viewport=PHONE, locale="en-US")
    opened = context.new_page()
    errors: list[str] = []
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
    assert errors == []


def picture(page: Page, name: str) -> None:
    """Keep a screenshot in the folder PES_TEST_PICTURES, to be looked at; nothing when it is not set."""
    folder = os.environ.get("PES_TEST_PICTURES")
    if folder:
        page.screenshot(path=Path(folder) / name)


def write(page: Page, text: str) -> None:
    """Type a message, send it with the keyboard, and wait until it is answered."""
    before = page.locator("#log .assistant, #log [data-author=assistant]").count()
    box = page.locator("#text")
    box.fill(text)
    box.press("Enter")
    page.wait_for_function(
        "n => document.querySelectorAll('#log .assistant, #log [data-author=assistant]').length > n",
        arg=before,
    )
    page.wait_for_timeout(150)


class Typing:
    """Someone who types into the page and reads what it shows.

    Args:
        page: the chat page.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    def say(self, text: str) -> str:
        """Type, send, and return all that came since."""
        before = len(self.page.locator("#log").inner_text())
        write(self.page, text)
        return self.page.locator("#log").inner_text()[before:]


def test_a_daughter_signs_up_on_her_phone_and_the_coordinator_sees_it(
    product: Product, page: Page, browser: Browser
) -> None:
    page.goto(product.url)
    expect(page.locator("#log")).to_contain_text("not a person")
    picture(page, "1-hello.png")
    page.get_by_role("button", name="Sign up for care").click()
    expect(page.locator("#log")).to_contain_text("Who is this care for")
    walk(Typing(page), "Who is this care for: you, or someone you care for?", ANSWERS, until="matters_most")
    write(page, "what does the nurse do?")
    walk(Typing(page), page.locator("#log").inner_text(), ANSWERS)
    expect(page.locator("#log")).to_contain_text("Rosa Lopez")
    expect(page.locator("#log")).to_contain_text("(312) 555-0188")
    picture(page, "2-enrolled.png")

    before = page.locator("#log").inner_text()
    page.reload()
    expect(page.locator("#log")).to_contain_text("Rosa Lopez")
    assert page.locator("#log").inner_text() == before

    console = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    console.goto(f"{product.url}/console")
    console.get_by_label("User name").fill("nora")
    console.get_by_label("Password").fill(FIRST_PASSWORD)
    console.get_by_role("button", name="Sign in").click()
    picture(console, "3-board.png")
    console.get_by_role("link", name="Ana Beltran").first.click()
    expect(console.locator("#record")).to_contain_text("submitted")
    expect(console.locator("#record")).to_contain_text("to stay at home with her dog")

    console.get_by_role("button", name="Take over").click()
    expect(page.locator("#log")).to_contain_text("Nora")
    console.get_by_label("Your reply").fill("Hello Ana, this is Nora.")
    console.get_by_role("button", name="Send").click()
    expect(page.locator("#log")).to_contain_text("Hello Ana, this is Nora.")
    page.locator("#text").fill("Hi Nora, thank you")
    page.locator("#text").press("Enter")
    expect(console.locator("#log")).to_contain_text("Hi Nora, thank you")
    picture(console, "4-conversation.png")
    console.get_by_role("button", name="Hand back to the assistant").click()
    expect(page.locator("#log")).to_contain_text("back with the computer helper")
    console.context.close()


def test_the_chat_works_with_the_keyboard_alone(product: Product, page: Page) -> None:
    page.goto(product.url)
    expect(page.locator("#log")).to_contain_text("not a person")
    for _ in range(40):
        page.keyboard.press("Tab")
        focused = page.evaluate("[document.activeElement.tagName, document.activeElement.textContent]")
        if focused[0] == "BUTTON" and "Who is on the team" in focused[1]:
            break
    page.keyboard.press("Enter")
    expect(page.locator("#log")).to_contain_text("nurse")


def test_the_spanish_page_greets_in_spanish(product: Product, browser: Browser) -> None:
    context = browser.new_context(viewport=PHONE, locale="es-MX")
    page = context.new_page()
    page.goto(product.url)
    expect(page.locator("#log")).to_contain_text("asistente automático")
    assert page.locator("html").get_attribute("lang") == "es"
    context.close()


def test_nothing_scrolls_sideways_on_a_small_phone(product: Product, browser: Browser) -> None:
    context = browser.new_context(viewport=SMALL, locale="en-US")
    page = context.new_page()
    for path in ("/", "/console/sign-in"):
        page.goto(product.url + path)
        page.wait_for_timeout(500)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    context.close()
