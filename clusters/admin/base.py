"""What the pages about runs and their parts have in common."""

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


class RecordAdmin(CatalogueAdmin):
    """What a run has written: to read, not to edit."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PartOfRunAdmin(RecordAdmin):
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A part is never deleted by itself, and never in the way of deleting the run, genre or track it belongs to."""
        page = request.resolver_match.url_name if request.resolver_match else None
        return page is not None and not page.startswith(f"{self.opts.app_label}_{self.opts.model_name}_")
