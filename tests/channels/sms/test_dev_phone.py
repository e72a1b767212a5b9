"""The developer's telephone: the real webhook, the real outbox, and a page that works by keyboard and on a phone."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from bot.app import create_app
from tests.channels.sms.line import Line
from tests.support.caches import forget_settings
from tests.support.serving import wait_until


def send(line: Line, number: str, text: str) -> httpx.Response:
    return line.http.post("/dev/phone", data={"number": number, "text": text})


def page(line: Line, number: str) -> str:
    answer = line.http.get("/dev/phone", params={"number": number})
    assert answer.status_code == 200
    return answer.text


def test_texting_with_the_assistant(line: Line, phone: str) -> None:
    answer = send(line, phone, "Who is on the team?")
    assert answer.status_code == 303
    assert httpx.URL(answer.headers["location"]).params["number"] == phone
    wait_until(lambda: line.parcels(phone))
    shown = page(line, phone)
    assert "Who is on the team?" in shown
    assert "computer helper" in shown
    assert "waiting, GSM-7, 2 segments" in shown


def test_a_number_as_people_write_it(line: Line) -> None:
    assert (
        send(line, "(312) 555-0177", "hello")
        .headers["location"]
        .startswith("/dev/phone?number=%2B13125550177")
    )
    assert line.talk("+13125550177")


def test_each_number_sees_its_own_texts(line: Line, phone: str) -> None:
    send(line, phone, "only mine")
    assert "only mine" not in page(line, phone + "9")
    assert "No texts with this number yet" in page(line, phone + "9")


@pytest.mark.parametrize("text", ["", "  ", "<b>bold</b>", "😀", "ñandú\nx", "a\x00b", "x" * 1600])
def test_odd_texts(line: Line, phone: str, text: str) -> None:
    assert send(line, phone, text).status_code == 303
    wait_until(lambda: line.parcels(phone))
    assert "<b>bold" not in page(line, phone)


def test_the_refresh_gives_only_the_texts(line: Line, phone: str) -> None:
    send(line, phone, "hello there")
    fresh = line.http.get("/dev/phone/texts", params={"number": phone}).text
    assert "hello there" in fresh
    assert "<html" not in fresh


def test_the_page_holds_to_the_content_security_policy(line: Line, phone: str) -> None:
    shown = page(line, phone)
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\son\w+=|\sstyle=", shown)
    for name, kind in (("phone.css", "text/css"), ("phone.js", "text/javascript")):
        assert f"/dev/phone/static/{name}" in shown
        answer = line.http.get(f"/dev/phone/static/{name}")
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(kind)


def test_every_control_has_a_name_and_the_log_is_announced(line: Line, phone: str) -> None:
    shown = page(line, phone)
    for control in ("number", "text"):
        assert f'for="{control}"' in shown
        assert f'id="{control}"' in shown
    assert 'role="log"' in shown
    assert 'lang="en"' in shown
    assert "width=device-width" in shown


@pytest.mark.parametrize("name", ["nothing.js", "..%2Fdev_phone.py", "%2e%2e/dev_phone.py"])
def test_only_its_own_files_are_served(line: Line, name: str) -> None:
    assert line.http.get(f"/dev/phone/static/{name}").status_code == 404


def test_never_in_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PES_MODE", "production")
    monkeypatch.setenv("PES_DATA", str(tmp_path))
    forget_settings()
    try:
        paths = {getattr(route, "path", "") for route in create_app().routes}
    finally:
        monkeypatch.undo()
        forget_settings()
    assert not [path for path in paths if path.startswith("/dev")]
