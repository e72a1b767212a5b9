"""A coordinator at the console, through the same pages and forms a browser uses."""

from __future__ import annotations

import re

import httpx

from tests.support.product import FIRST_PASSWORD, Product, client


class Coordinator:
    """Somebody who is signed in to the console.

    Args:
        product: the running product.
        username: whom to sign in; the product makes "nora" at its start.
    """

    def __init__(self, product: Product, username: str = "nora", password: str = FIRST_PASSWORD) -> None:
        self.http = client(product.url, follow_redirects=True)
        form = {"username": username, "password": password}
        self.landed = self.http.post("/console/sign-in", data=form)

    def page(self, path: str = "") -> str:
        """The HTML of a console page."""
        answer = self.http.get(f"/console{path}")
        assert answer.status_code == 200, answer.text
        return answer.text

    def post(self, path: str, form_on: str = "", **fields: str) -> httpx.Response:
        """Submit a form with the CSRF token found on the page `form_on`."""
        found = re.search(r'name="csrf" value="([^"]+)"', self.page(form_on))
        assert found is not None
        return self.http.post(f"/console{path}", data=fields | {"csrf": found.group(1)})

    def conversation(self, conversation_id: str, action: str, **fields: str) -> httpx.Response:
        """Do something in a conversation: take-over, reply, hand-back."""
        path = f"/conversations/{conversation_id}"
        return self.post(f"{path}/{action}", path, **fields)
