"""The sitemaps of the catalogue: every address that search engines may list.

Each file has the rows of one range of keys, so the database reads no row that is not in the file, and new rows do not
move the old ones to other files.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib.sitemaps import Sitemap as DjangoSitemap
from django.contrib.sitemaps import views
from django.core.paginator import Page, Paginator
from django.db.models import F, QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from musicdb.models import Album, Artist, Genre, Label, Playlist, Track

if TYPE_CHECKING:
    Sitemap = DjangoSitemap[Any]
    RowPaginator = Paginator[Any]
else:
    Sitemap = DjangoSitemap
    RowPaginator = Paginator

# Django's type stubs also take classes.
Sitemaps = dict[str, Any]

ADDRESSES_A_FILE = 10_000


class KeyRanges(RowPaginator):
    """Pages of rows by ranges of their keys. A range without a row has no page. Two queries a page."""

    @cached_property
    def ranges(self) -> list[int]:
        """The numbers of the ranges that have rows. One query."""
        rows: Any = self.object_list
        return sorted(rows.order_by().values_list(F("pk") / self.per_page, flat=True).distinct())

    @property
    def num_pages(self) -> int:
        return len(self.ranges)

    def page(self, number: Any) -> "Page[Any]":
        place = self.validate_number(number)
        rows: Any = self.object_list
        start = self.ranges[place - 1] * self.per_page
        found = rows.filter(pk__gte=start, pk__lt=start + self.per_page).order_by("pk")
        return Page(found, place, self)


class Rows(Sitemap):
    """The pages of the rows of one query."""

    limit = ADDRESSES_A_FILE

    def __init__(self, rows: QuerySet[Any]) -> None:
        self.rows = rows

    def items(self) -> QuerySet[Any]:
        return self.rows.all()

    @cached_property
    def paginator(self) -> KeyRanges:
        return KeyRanges(self.items(), self.limit)


class NamedPages(Sitemap):
    """The pages that there is one of each."""

    def items(self) -> Sequence[str]:
        return ("home", "genres", "artists", "albums", "tracks", "labels", "playlists")

    def location(self, item: str) -> str:
        return reverse(item)


class CatalogueRows(Rows):
    """Rows of the catalogue, of which an address needs only the slug."""

    def __init__(self, rows: QuerySet[Any]) -> None:
        super().__init__(rows.only("slug"))


def catalogue_sitemaps() -> Sitemaps:
    """Return the sitemaps by name."""
    return {
        "pages": NamedPages(),
        "genres": CatalogueRows(Genre.objects.all()),
        "artists": CatalogueRows(Artist.objects.visible()),
        "labels": CatalogueRows(Label.objects.visible()),
        "albums": CatalogueRows(Album.objects.all()),
        "tracks": CatalogueRows(Track.objects.all()),
        "playlists": CatalogueRows(Playlist.objects.visible()),
    }


def newest(dates: QuerySet[Any], column: str) -> datetime | None:
    """Return the latest date in a column. One query."""
    found: datetime | None = dates.order_by(f"-{column}").values_list(column, flat=True).first()
    return found


def index(request: HttpRequest, sitemaps: Sitemaps) -> HttpResponse:
    """Serve the list of the files. A file without an address would not be valid, so empty ones are left out."""
    filled: Sitemaps = {name: each for name, each in sitemaps.items() if each.paginator.num_pages}
    return views.index(request, filled, sitemap_url_name="sitemap-file")
