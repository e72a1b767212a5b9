"""STOP, START, HELP, and the same wishes in people's own words."""

from __future__ import annotations

import time

import pytest

from bot.channels.sms.keywords import Keyword, as_sent, read


@pytest.mark.parametrize(
    "text",
    """STOP
stop
 Stop.
StopAll
UNSUBSCRIBE
cancel
End
QUIT!
revoke
optout
opt-out
alto
Parar
please stop texting me
Please stop sending me these messages
stop texting me please
can you stop the messages please
don't text me anymore
Don\u2019t contact me again
do not send me any more texts
I don't want any more messages
no more texts
take me off your list
wrong number, take me off your list
unsubscribe me
I want to opt out
My husband died. Please stop texting me.
no más mensajes
No me escriban más
por favor ya no me manden mensajes
Ya no quiero recibir mensajes
¿Pueden dejar de escribirme?
Deje de mandarme mensajes
Quiero darme de baja
Quíteme de la lista""".splitlines(),
)
def test_wishes_to_get_no_more_texts(text: str) -> None:
    assert read(text) is Keyword.STOP


@pytest.mark.parametrize(
    "text",
    [
        "I want to stop chemo",
        "I want to end this chat",
        "the pain won't stop",
        "Please, stop, it hurts",
        "when does the nurse stop by",
        "no me escriba por la noche",
        "don't text me at work",
        "how do I cancel my appointment?",
        "she wants to quit smoking",
        "My mom says stop texting",
        "no more",
        "ya no puedo más",
        "Can you text me the number?",
        "I don't want to die",
        "",
        "   ",
        "...",
    ],
)
def test_what_is_no_keyword(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize("text", ["HELP", "help!", "Info", "ayuda"])
def test_help(text: str) -> None:
    assert read(text) is Keyword.HELP


@pytest.mark.parametrize("text", ["START", "unstop", "YES", "yes.", "Sí"])
def test_an_opt_in_only_means_that_after_an_opt_out(text: str) -> None:
    assert read(text, opted_out=True) is Keyword.START
    assert read(text) is None


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        ("ALTO YA", "STOP", "STOP"),
        ("stop", "STOP", "stop"),
        ("yes", "START", "yes"),
        ("REGRESAR", "start", "START"),
        ("hello", "", "hello"),
        ("hello", "SOMETHING-NEW", "hello"),
    ],
)
def test_what_twilio_says_it_acted_on_counts(body: str, kind: str, expected: str) -> None:
    assert as_sent(body, kind) == expected


def test_hostile_input_takes_no_time() -> None:
    started = time.process_time()
    for text in ("can you please " * 400, "no me " * 800, "stop sending me " + "the " * 900, "." * 1600):
        read(text)
    # Not a measure of speed: backtracking gone wrong would take hours.
    assert time.process_time() - started < 5
