"""What the pages have in common about what the site itself has written: to read, not to edit."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from musicdb.admin.base import CatalogueAdmin


def facts(rows: Iterable[Sequence[Any]]) -> SafeString:
    """Return a small table: each row a heading and its values."""
    lines = ((row[0], format_html_join("", "<td>{}</td>", ((value,) for value in row[1:]))) for row in rows)
    return format_html(
        '<table class="facts"><tbody>{}</tbody></table>',
        format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', lines),
    )


class ReadOnlyAdmin(CatalogueAdmin):
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
