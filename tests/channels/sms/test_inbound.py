"""Texts that come in: signed, stored once, answered in order, never lost."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlencode

import httpx
import pytest
from sqlalchemy import func, select
from starlette.datastructures import ImmutableMultiDict
from starlette.requests import Request

from bot.channels.sms import media, webhooks
from bot.conversation.tables import conversation, message
from bot.settings import Settings, get_settings
from tests.channels.sms.line import INBOUND, STATUS, Line, inbound_fields, new_sid
from tests.support.serving import wait_until

NO_REPLY = b'<?xml version="1.0" encoding="UTF-8"?><Response/>'


def refused(answer: httpx.Response, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


def count(line: Line) -> tuple[int, int]:
    with line.database.begin() as connection:
        return (
            connection.execute(select(func.count()).select_from(conversation)).scalar_one(),
            connection.execute(select(func.count()).select_from(message)).scalar_one(),
        )


def test_a_first_text_is_answered_with_who_we_are_and_a_reply(line: Line, phone: str) -> None:
    answer = line.text(phone, "Who is on the team?")
    assert (answer.status_code, answer.content) == (200, NO_REPLY)
    assert answer.headers["content-type"].startswith("text/xml")
    [(row, body)] = wait_until(lambda: line.parcels(phone))
    assert row.status == "waiting"
    for needed in ("computer helper", "911", "(800) 555-0142", "HELP", "STOP"):
        assert needed in body
    assert body.endswith("You said: Who is on the team?")


def test_a_later_text_is_not_welcomed_again(line: Line, phone: str) -> None:
    line.say(phone, "hello")
    assert line.say(phone, "and a chaplain?") == "You said: and a chaplain?"


def test_numbers_pick_choices(line: Line, phone: str) -> None:
    choices = [{"title": "Sign up", "value": "sign me up"}, {"title": "A person", "value": "a person please"}]
    line.engine.replies["menu"] = [{"text": "What now?", "choices": choices}]
    assert line.say(phone, "menu").endswith("What now?\n1 Sign up\n2 A person")
    assert line.say(phone, "2.") == "You said: a person please"


@pytest.mark.parametrize("signature", ["", "forged", "forged+signature/of+a+likely+len=", "ünicode"])
@pytest.mark.parametrize("path", [INBOUND, STATUS])
def test_unsigned_and_forged_posts_are_refused_and_nothing_is_kept(
    line: Line, phone: str, path: str, signature: str
) -> None:
    before = count(line)
    body = urlencode(inbound_fields(phone, "hello")).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    if signature:
        headers["x-twilio-signature"] = signature
    raw = {name.encode(): value.encode() for name, value in headers.items()}
    refused(line.http.post(path, content=body, headers=raw), 403)
    assert count(line) == before


@pytest.mark.parametrize(
    "change", [{"Body": "other words"}, {"FromCity": "Chicago"}, {"From": "+13125559999"}]
)
def test_a_field_changed_on_the_way_breaks_the_signature(
    line: Line, phone: str, change: dict[str, str]
) -> None:
    fields = inbound_fields(phone, "hello")
    signature = webhooks.sign(line.app.url + INBOUND, ImmutableMultiDict(fields), get_settings())
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    refused(line.http.post(INBOUND, content=urlencode(fields | change).encode(), headers=headers), 403)


def test_a_blank_field_left_out_breaks_the_signature(line: Line, phone: str) -> None:
    fields = inbound_fields(phone, "hello")
    signature = webhooks.sign(line.app.url + INBOUND, ImmutableMultiDict(fields), get_settings())
    kept = {name: value for name, value in fields.items() if value}
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    signed_without = webhooks.sign(line.app.url + INBOUND, ImmutableMultiDict(kept), get_settings())
    assert signed_without != signature
    refused(line.http.post(INBOUND, content=urlencode(kept).encode(), headers=headers), 403)


def test_a_signature_for_another_address_is_refused(line: Line, phone: str) -> None:
    refused(line.post(INBOUND, inbound_fields(phone, "hello"), base="https://elsewhere.example.org"), 403)


def test_forwarded_headers_of_a_stranger_count_for_nothing(line: Line, phone: str) -> None:
    forwarded = {"x-forwarded-proto": "https", "x-forwarded-host": "elsewhere.example.org"}
    fields = inbound_fields(phone, "hello")
    refused(line.post(INBOUND, fields, base="https://elsewhere.example.org", **forwarded), 403)
    assert line.post(INBOUND, fields, **forwarded).status_code == 200


def test_behind_a_proxy_the_configured_address_is_what_was_signed(twilio_line: Line, phone: str) -> None:
    fields = inbound_fields(phone, "hello")
    assert twilio_line.post(INBOUND, fields).status_code == 200
    assert twilio_line.post(INBOUND, fields, base="https://texts.example.org:443").status_code == 200
    refused(twilio_line.post(INBOUND, fields, base=twilio_line.app.url), 403)


def asked(client: str, **headers: str) -> Request:
    raw = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {
        "type": "http", "method": "POST", "scheme": "http", "server": ("10.0.0.9", 8000), "client": (client, 5000),
        "path": INBOUND, "query_string": b"a=1&b=", "headers": [(b"host", b"inside:8000"), *raw],
    }  # fmt: skip
    return Request(scope)


@pytest.mark.parametrize(
    ("client", "proxies", "expected"),
    [
        ("10.0.0.1", "10.0.0.1, 10.0.0.2", "https://outside.example.org"),
        ("10.0.0.7", "10.0.0.0/24", "https://outside.example.org"),
        ("192.0.2.1", "10.0.0.0/24", "http://inside:8000"),
        ("10.0.0.1", "", "http://inside:8000"),
        ("testclient", "10.0.0.1", "http://inside:8000"),
    ],
)
def test_only_trusted_proxies_say_what_was_called(client: str, proxies: str, expected: str) -> None:
    settings = Settings(trusted_proxies=proxies, public_url="")
    request = asked(client, x_forwarded_proto="https, http", x_forwarded_host="outside.example.org")
    assert webhooks.public_url(request, settings) == f"{expected}{INBOUND}?a=1&b="


def test_the_configured_address_wins() -> None:
    settings = Settings(trusted_proxies="10.0.0.1", public_url="https://care.example.org/pes/")
    request = asked("10.0.0.1", x_forwarded_host="outside.example.org")
    assert webhooks.public_url(request, settings) == f"https://care.example.org/pes{INBOUND}?a=1&b="


@pytest.mark.parametrize("missing", ["From", "MessageSid"])
def test_a_signed_post_without_what_twilio_always_sends(line: Line, phone: str, missing: str) -> None:
    fields = inbound_fields(phone, "hello")
    names = ("MessageSid", "SmsMessageSid", "SmsSid") if missing == "MessageSid" else (missing,)
    refused(line.post(INBOUND, fields | dict.fromkeys(names, "")), 422)


def test_older_names_of_the_message_id_do(line: Line, phone: str) -> None:
    fields = inbound_fields(phone, "hello")
    sid = fields.pop("MessageSid")
    assert line.post(INBOUND, fields).status_code == 200
    assert line.text(phone, "hello", sid).status_code == 200
    wait_until(lambda: line.turn_of(sid) == "done")
    assert len(line.parcels(phone)) == 1


def test_ten_deliveries_at_once_make_one_turn(line: Line, phone: str) -> None:
    sid = new_sid()
    with ThreadPoolExecutor(10) as pool:
        answers = list(pool.map(lambda _: line.text(phone, "hello", sid), range(10)))
    assert [(answer.status_code, answer.content) for answer in answers] == [(200, NO_REPLY)] * 10
    wait_until(lambda: line.turn_of(sid) == "done")
    assert line.engine.heard_from(line.talk(phone).id) == ["hello"]
    assert len(line.parcels(phone)) == 1
    # The same request again, much later, is answered and changes nothing.
    assert line.text(phone, "hello", sid).status_code == 200
    assert len(line.log(phone)) == 3


def test_texts_at_once_are_answered_one_after_the_other(line: Line, phone: str) -> None:
    for number in range(6):
        line.text(phone, f"text {number}")
    wait_until(lambda: len(line.parcels(phone)) == 6)
    said = [reply["text"] for reply in line.log(phone) if reply["author"] == "assistant"][1:]
    assert said == [f"You said: text {number}" for number in range(6)]
    assert [body.splitlines()[-1] for _, body in line.parcels(phone)] == said


def test_the_first_text_tells_the_language(line: Line, phone: str) -> None:
    assert "asistente automatico" in line.say(phone, "Hola, necesito ayuda para mi mamá")
    assert line.talk(phone).locale == "es"


@pytest.mark.parametrize("body", ["", "   ", "\x00"])
def test_an_empty_text_is_kept_and_answered_kindly(line: Line, phone: str, body: str) -> None:
    assert "came through empty" in line.say(phone, body)
    assert line.engine.heard_from(line.talk(phone).id) == []


def test_a_picture_is_kept_track_of_and_answered_kindly(line: Line, phone: str) -> None:
    said = line.say(
        phone, "", NumMedia="1", MediaUrl0="https://api.example.org/x", MediaContentType0="image/jpeg"
    )
    assert "can't open pictures" in said
    assert line.engine.heard_from(line.talk(phone).id) == []
    assert line.log(phone)[0]["text"] == media.MARK


def test_words_beside_a_picture_are_answered(line: Line, phone: str) -> None:
    said = line.say(phone, "This is my mother. Who is on the team?", NumMedia="2")
    assert "can't open pictures" in said
    assert said.endswith("You said: This is my mother. Who is on the team?")
    assert line.log(phone)[0]["text"] == f"This is my mother. Who is on the team?\n{media.MARK}"


def test_danger_beside_a_picture_is_seen(line: Line, phone: str) -> None:
    assert "988" in line.say(phone, "I want to kill myself", NumMedia="1")
    assert ("safety_suicide", "emergency") in line.tickets(phone)


@pytest.mark.parametrize(
    "body",
    [
        "a\x00b",
        "😀😀😀",
        "مرحبا، أحتاج إلى مساعدة",
        "<script>alert(1)</script>",
        "'; DROP TABLE message; --",
        '/intent{"x": 1}',
        "/restart",
        "line one\nline two\r\nline three",
        "+&=%20 %zz",
        "é" * 1600,
        "x" * 5000,
    ],
)
def test_odd_texts_are_stored_whole(line: Line, phone: str, body: str) -> None:
    line.say(phone, body)
    assert line.log(phone)[0]["text"] == body.replace("\x00", "")


def test_bytes_that_are_no_text_break_nothing(line: Line, phone: str) -> None:
    fields = inbound_fields(phone, "what\ufffd\ufffd\ufffd is this")
    signature = webhooks.sign(line.app.url + INBOUND, ImmutableMultiDict(fields), get_settings())
    raw = urlencode(fields).replace("%EF%BF%BD" * 3, "%ED%A0%80").encode()
    headers = {"content-type": "application/x-www-form-urlencoded", "x-twilio-signature": signature}
    assert line.http.post(INBOUND, content=raw, headers=headers).status_code == 200
    wait_until(lambda: line.parcels(phone))


@pytest.mark.parametrize(
    "sender", ["54321", "ACME-CARE", "whatsapp:+13125550199", "+266696687", "anonymous", "a\x00b"]
)
def test_odd_senders_are_stored_too(line: Line, sender: str) -> None:
    sid = new_sid()
    assert line.text(sender, "hello", sid).status_code == 200
    wait_until(lambda: line.turn_of(sid) == "done")


def test_a_huge_form_is_refused(line: Line, phone: str) -> None:
    refused(line.text(phone, "x" * 70_000), 413)


def test_a_form_of_countless_fields_is_refused(line: Line, phone: str) -> None:
    refused(
        line.post(INBOUND, inbound_fields(phone, "hi") | {f"F{number}": "" for number in range(600)}), 413
    )


def test_neither_number_nor_words_are_readable_in_the_database(line: Line, phone: str) -> None:
    line.say(phone, "canary-in-a-coal-mine")
    talk = line.talk(phone)
    row = line.sole_parcel(phone)
    for sealed in (bytes(talk.address), bytes(row.payload)):
        assert phone.encode() not in sealed
        assert b"canary" not in sealed
