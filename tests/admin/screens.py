"""The form of a row as somebody has it on the screen: what it shows, what they type, what the browser sends."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import User
from django.test import Client

from tests.admin.helpers import page_of
from tests.pages.html import Node, parse, parse_any

Sent = dict[str, list[str]]


def boxes(form: Node) -> Sent:
    """Return what a browser sends of a form that nobody touched."""
    sent: Sent = {}
    for name, value in _values(form):
        sent.setdefault(name, []).append(value)
    return sent


def _values(form: Node) -> Iterator[tuple[str, str]]:
    for node in [*form.all("input"), *form.all("textarea"), *form.all("select")]:
        name, kind = node.attrs.get("name"), node.attrs.get("type")
        if not name or kind in ("submit", "button") or "disabled" in node.attrs:
            continue
        if node.tag == "textarea":
            # The first end of a line belongs to the tag.
            yield name, node._text().removeprefix("\n").replace("\n", "\r\n")
        elif node.tag == "select":
            options = node.all("option")
            chosen = [option for option in options if "selected" in option.attrs]
            if not chosen and "multiple" not in node.attrs:
                chosen = options[:1]
            yield from ((name, option.attrs.get("value") or "") for option in chosen)
        elif kind not in ("checkbox", "radio") or "checked" in node.attrs:
            yield name, node.attrs.get("value") or ("on" if kind in ("checkbox", "radio") else "")


class Screen:
    """The page of a row in the browser of one editor."""

    def __init__(self, client: Client, row: Any) -> None:
        self.client, self.row = client, row
        self.address = page_of(type(row), "change", row.pk)
        self.read(client.get(self.address))

    def read(self, response: Any) -> None:
        self.page = parse(response)
        self.form = self.page.one("form", id=f"{type(self.row)._meta.model_name}_form")
        self.sent = boxes(self.form)

    def type(self, **typed: Any) -> "Screen":
        """Type into boxes. A list chooses several, None clears a checkbox. ``__`` stands for a hyphen."""
        for name, value in typed.items():
            values = value if isinstance(value, list) else [] if value is None else [value]
            self.sent[name.replace("__", "-")] = [str(one) for one in values]
        return self

    def shown(self, name: str) -> list[str]:
        return self.sent.get(name.replace("__", "-"), [])

    def number_of(self, prefix: str, **values: Any) -> int:
        """Return the number of the row of an inline that has these values."""
        (number,) = (
            int(name.removeprefix(f"{prefix}-").split("-")[0])
            for name in self.sent
            if name.startswith(f"{prefix}-")
            and name.endswith("-id")
            and "__prefix__" not in name
            and all(
                self.sent.get(f"{name.removesuffix('id')}{column}") == [str(value)] for column, value in values.items()
            )
        )
        return number

    def add(self, prefix: str, **values: Any) -> "Screen":
        """Fill a new row of an inline, as "Add another" makes it."""
        total = int(self.sent[f"{prefix}-TOTAL_FORMS"][0])
        self.sent[f"{prefix}-TOTAL_FORMS"] = [str(total + 1)]
        return self.type(**{f"{prefix}-{total}-{name}": value for name, value in values.items()})

    def save(self) -> Any:
        self.answer = self.client.post(self.address, {**self.sent, "_save": "Save"})
        if self.answer.status_code == 200:
            self.read(self.answer)
        return self.answer

    @property
    def questions(self) -> list[list[str]]:
        """What the page asks: the value, what it was, what is stored now, and what was typed."""
        tables = self.page.all("div", class_="edit-questions")
        return [
            [cell.text for cell in [*row.all("th"), *row.all("td")]] for table in tables for row in table.all("tr")[1:]
        ]

    def choose(self, choice: str) -> "Screen":
        """Answer every question with "mine" or "theirs"."""
        for radio in self.form.all("input", type="radio", value=choice):
            name = radio.attrs["name"] or ""
            if name.startswith("_choice:"):
                self.sent[name] = [choice]
        return self


def login(name: str) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser(name))
    return client


def saved(screen: Screen) -> Any:
    answer = screen.save()
    assert answer.status_code == 302, [error.text for error in screen.page.all("ul", class_="errorlist")]
    return answer


def said(answer: Any) -> str:
    """Return the text of a page of any status."""
    return parse_any(answer).text
