"""The two ways people reach the product: the web chat API and Twilio's webhook."""

from __future__ import annotations

from benchmarks.people.cast import Character
from benchmarks.people.play import Talk
from tests.support.phone import Phone
from tests.support.product import Person, Product


class ByWeb:
    """Somebody with the web chat open."""

    def __init__(self, product: Product, locale: str) -> None:
        self._person = Person(product, locale)

    @property
    def key(self) -> tuple[str, str]:
        """The channel and the conversation's id."""
        return "webchat", self._person.id

    def say(self, text: str) -> str:
        """Send a message; all that came back."""
        return self._person.say(text)


class ByText:
    """Somebody with a phone."""

    def __init__(self, product: Product) -> None:
        self._phone = Phone(product)

    @property
    def key(self) -> tuple[str, str]:
        """The channel and the phone's number."""
        return "sms", self._phone.number

    def say(self, text: str) -> str:
        """Text the program; all the texts that came back."""
        return self._phone.say(text)


def reach(product: Product, who: Character) -> Talk:
    """A conversation of this person with the product."""
    return ByText(product) if who.channel == "sms" else ByWeb(product, who.locale)
