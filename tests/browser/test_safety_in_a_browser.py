"""Danger on a phone with a real browser: numbers to press, a way out, and the coordinator's side with the keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser import test_enrolling_in_a_browser as enrolling
from tests.support.product import FIRST_PASSWORD, Product

browser, page = enrolling.browser, enrolling.page
SMALL: ViewportSize = {"width": 320, "height": 568}
ELSEWHERE = "https://www.weather.gov/"


def test_the_lines_can_be_pressed_and_do_not_scroll_sideways(product: Product, page: Page) -> None:
    page.set_viewport_size(SMALL)
    page.goto(product.url)
    enrolling.write(page, "I want to kill myself")
    help_given = page.locator(".safety").last
    for title, url in (("Call 988", "tel:988"), ("Text 988", "sms:988"), ("Call 911", "tel:911")):
        link = help_given.get_by_role("link", name=title, exact=True)
        expect(link).to_have_attribute("href", url)
        box = link.bounding_box()
        assert box is not None
        assert box["height"] >= 44
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    enrolling.picture(page, "5-danger.png")


def test_esc_twice_leaves_and_nothing_stays(product: Product, page: Page) -> None:
    page.route(f"{ELSEWHERE}**", lambda route: route.fulfill(body="Sunny.", content_type="text/html"))
    page.goto(product.url)
    enrolling.write(page, "my son hits me")
    expect(page.locator("#log")).to_contain_text("safe to talk here")
    page.locator("#text").fill("he is at the door")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.wait_for_url(f"{ELSEWHERE}**")
    page.goto(product.url)
    expect(page.locator("#log")).to_contain_text("not a person")
    assert "hits me" not in page.locator("body").inner_text()
    assert page.locator("#text").input_value() == ""


def test_esc_once_leaves_nobody(product: Product, page: Page) -> None:
    page.goto(product.url)
    enrolling.write(page, "Who is on the team?")
    page.keyboard.press("Escape")
    page.wait_for_timeout(1300)
    page.keyboard.press("Escape")
    page.wait_for_timeout(300)
    expect(page.locator("#log")).to_contain_text("team")


def test_an_alarm_is_acknowledged_and_cleared_by_keyboard_on_a_phone(
    product: Product, page: Page, browser: Browser
) -> None:
    page.goto(product.url)
    enrolling.write(page, "I want to kill myself, signed Zenobia")
    console = browser.new_context(viewport=SMALL, locale="en-US").new_page()
    console.goto(f"{product.url}/console")
    console.get_by_label("User name").fill("nora")
    console.get_by_label("Password").fill(FIRST_PASSWORD)
    console.keyboard.press("Enter")
    alarm = console.locator(".alarm", has_text="Zenobia")
    expect(alarm).to_contain_text("thoughts of suicide")
    assert console.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    enrolling.picture(console, "6-alarms.png")
    alarm.get_by_role("button", name="Acknowledge").focus()
    console.keyboard.press("Enter")
    expect(console.locator("#record")).to_contain_text("acknowledged by Nora")
    expect(page.locator("#log")).to_contain_text("Nora from our team has seen your message")
    assert console.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    enrolling.picture(console, "7-locked.png")
    console.get_by_role("button", name="Clear").focus()
    console.keyboard.press("Enter")
    expect(console.locator("#record")).not_to_contain_text("The intake is locked")
    expect(page.locator("#log")).to_contain_text("looked at this with care")
    console.goto(f"{product.url}/console/safety")
    found = console.locator(".judged", has_text="Zenobia")
    found.get_by_role("button", name="Right").focus()
    console.keyboard.press("Enter")
    expect(console.locator(".judged", has_text="Zenobia")).to_contain_text(re.compile("right", re.IGNORECASE))
    expect(console.locator(".judged", has_text="Zenobia").locator(".verdict")).to_have_text("right")
    assert console.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    enrolling.picture(console, "8-judged.png")
    console.context.close()
