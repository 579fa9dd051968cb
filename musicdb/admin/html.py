"""HTML for the cells of lists and the read-only fields of pages: links, art, small tables."""

from collections.abc import Iterable, Sequence

from django.db.models import Model
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from musicdb.models import Album


def bdi(name: object) -> SafeString:
    """Return a name apart from its neighbours, so that one that runs from right to left does not turn them round."""
    return format_html("<bdi>{}</bdi>", name)


def names_in_order(objs: Iterable[object]) -> SafeString:
    """Return several names with commas between them."""
    return format_html_join(", ", "<bdi>{}</bdi>", ((obj,) for obj in objs))


def link_to(obj: Model) -> SafeString:
    """Return a link to the admin's page of ``obj``."""
    url = reverse(f"admin:{obj._meta.app_label}_{obj._meta.model_name}_change", args=[obj.pk])
    return format_html('<a href="{}"><bdi>{}</bdi></a>', url, obj)


def link_to_list(model: type[Model], lookup: str, value: object, text: object) -> SafeString:
    """Return a link to the admin's list of ``model``, filtered by ``lookup``."""
    url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query={lookup: str(value)})
    return format_html('<a href="{}">{}</a>', url, text)


def thumbnail(album: Album | None, size: int) -> SafeString | str:
    """Return the album's art as a square of ``size`` pixels, or an empty string if it has none that is safe to show."""
    if album is None or not album.art:
        return ""
    return format_html(
        '<img class="thumbnail" src="{}" alt="" width="{}" height="{}" '
        'loading="lazy" decoding="async" referrerpolicy="no-referrer">',
        album.art,
        size,
        size,
    )


def facts(rows: Iterable[Sequence[object]]) -> SafeString:
    """Return a small table. The first value of each row is its heading."""
    lines = ((row[0], format_html_join("", "<td>{}</td>", ((value,) for value in row[1:]))) for row in rows)
    return format_html(
        '<table class="facts"><tbody>{}</tbody></table>',
        format_html_join("", '<tr><th scope="row">{}</th>{}</tr>', lines),
    )
