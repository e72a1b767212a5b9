"""Somebody is told, then the next, until one of them reacts; with servers that are away and refuse."""

from __future__ import annotations

import time

import pytest
from sqlalchemy import select

from bot import checkup
from bot.conversation.tables import outbox
from bot.records import audit
from bot.safety import alarms, lock
from bot.settings import get_settings
from tests.channels.sms.line import Line
from tests.safety.conftest import staff
from tests.safety.watched import FIRST, SECOND
from tests.support.hooks import HookServer
from tests.support.mail import MailServer
from tests.support.serving import wait_until

CRY = "I want to kill myself"


def ringing(line: Line) -> list[str]:
    with line.database.begin() as connection:
        return [row.id for row in alarms.ringing(connection)]


def audited(line: Line, phone: str) -> list[str]:
    """What the audit log says of a number's conversation; its chain must hold."""
    talk = line.talk(phone)
    with line.database.begin() as connection:
        assert audit.verify(connection) is None
        return [row.action for row in audit.entries(connection, talk.id, 100)]


def acknowledge(line: Line) -> None:
    nora = staff(line.database)
    for alarm_id in ringing(line):
        with line.database.begin() as connection:
            lock.acknowledge(connection, alarm_id, nora, "Nora")


def test_nobody_reacts_and_it_goes_on_to_the_next_and_the_next(
    watched: Line, phone: str, mail: MailServer, hook: HookServer
) -> None:
    watched.say(phone, CRY)
    wait_until(lambda: len(mail.to(SECOND)) >= 3)
    assert len(mail.to(FIRST)) >= 3
    assert "nobody has reacted" in str(mail.to(SECOND)[0]["Subject"])
    assert len(hook.taken) == 1
    [taken] = hook.taken
    assert (taken["event"], taken["level"], taken["category"]) == ("safety.alarm", "emergency", "suicide")
    assert hook.forged == 0


def test_nothing_of_what_was_said_or_who_said_it_goes_out(
    watched: Line, phone: str, mail: MailServer, hook: HookServer
) -> None:
    watched.say(phone, "I am Rosa Canaria and I want to kill myself")
    wait_until(lambda: mail.to(SECOND) and hook.taken)
    out = mail.everything() + str(hook.taken)
    for secret in ("Rosa", "Canaria", "kill", phone, phone[-10:]):
        assert secret not in out
    assert watched.talk(phone).id in out


def test_acknowledging_stops_it_and_tells_the_person(watched: Line, phone: str, mail: MailServer) -> None:
    watched.say(phone, CRY)
    wait_until(lambda: mail.to(FIRST))
    acknowledge(watched)
    assert ringing(watched) == []
    assert watched.log(phone)[-1]["text"] == "Nora from our team has seen your message."
    had = len(mail.to(FIRST))
    time.sleep(4)
    # One that was on its way when Nora pressed the button may still arrive.
    assert len(mail.to(FIRST)) <= had + 1
    actions = audited(watched, phone)
    for action in ("safety.detect", "safety.lock", "alarm.ring", "alarm.step", "alarm.acknowledge"):
        assert action in actions


def test_the_mail_server_is_down_and_comes_back(watched: Line, phone: str, mail: MailServer) -> None:
    mail.stop()
    assert "988" in watched.say(phone, CRY)

    def trouble() -> dict[str, tuple[int, str]]:
        with watched.database.begin() as connection:
            return alarms.stuck(connection)

    wait_until(lambda: trouble().get("e-mail", (0, ""))[0] > 0)
    found = "\n".join(checkup.problems(get_settings()))
    assert "The mail server for alarms does not answer" in found
    assert "Alarms by e-mail do not get through" in found
    mail.start()
    wait_until(lambda: mail.to(FIRST) and mail.to(SECOND))
    wait_until(lambda: "e-mail" not in trouble())


def test_a_mailbox_that_is_refused_does_not_hold_up_the_others(
    watched: Line, phone: str, mail: MailServer
) -> None:
    mail.refuse(FIRST)
    watched.say(phone, CRY)
    wait_until(lambda: len(mail.to(SECOND)) >= 2)
    assert "alarm.failed" in audited(watched, phone)
    assert "text_undelivered" not in [topic for topic, _ in watched.tickets(phone)]


def test_a_webhook_that_fails_is_tried_again_with_the_same_delivery(
    watched: Line, phone: str, hook: HookServer
) -> None:
    hook.answers = [500, 503, 302]
    watched.say(phone, CRY)
    wait_until(lambda: hook.taken)
    assert hook.tries == 4
    assert len(hook.taken) == 1


def test_fifty_cries_are_one_alarm(watched: Line, phone: str, mail: MailServer) -> None:
    for _ in range(50):
        watched.text(phone, CRY)
    wait_until(lambda: watched.log(phone)[-1]["author"] == "assistant" and len(watched.log(phone)) == 100)
    assert len(ringing(watched)) == 1
    assert [topic for topic, _ in watched.tickets(phone)] == ["safety_suicide"]


def test_danger_that_grows_begins_again_from_the_first_step(
    watched: Line, phone: str, hook: HookServer
) -> None:
    watched.say(phone, "her pain is out of control")
    wait_until(lambda: len(hook.taken) == 1)
    watched.say(phone, CRY)
    wait_until(lambda: len(hook.taken) == 2)
    assert [taken["level"] for taken in hook.taken] == ["urgent", "emergency"]
    assert len(ringing(watched)) == 1


@pytest.mark.parametrize("quiet", [True, False], ids=["same danger", "another danger"])
def test_after_somebody_reacted_only_another_danger_rings_anew(
    watched: Line, phone: str, quiet: bool
) -> None:
    watched.say(phone, CRY)
    acknowledge(watched)
    watched.say(phone, CRY if quiet else "I gave her two patches by mistake")
    assert len(ringing(watched)) == (0 if quiet else 1)


def test_alarms_leave_in_no_text_to_the_person(watched: Line, phone: str, mail: MailServer) -> None:
    watched.say(phone, CRY)
    wait_until(lambda: mail.to(FIRST))
    wanted = (outbox.c.conversation_id == watched.talk(phone).id) & (outbox.c.kind == "sms")
    with watched.database.begin() as connection:
        assert len(connection.execute(select(outbox).where(wanted)).all()) == 1
