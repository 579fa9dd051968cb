"""The lists of names and albums as CSV: the same rows in the same order, by the same filters."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase

from musicdb.exports import write_public_list
from musicdb.pages import views
from musicdb.pages.downloads import whole_file


class ListCsvView(views.CatalogueListView):
    """The rows of a list as a CSV file."""

    def show(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        rows = self.get_queryset()
        return whole_file(
            lambda file: write_public_list(file, rows),
            as_attachment=True,
            filename=f"{self.noun}s.csv",
            content_type="text/csv; charset=utf-8",
        )


class GenreCsvView(ListCsvView, views.GenreListView):
    pass


class ArtistCsvView(ListCsvView, views.ArtistListView):
    pass


class LabelCsvView(ListCsvView, views.LabelListView):
    pass


class AlbumCsvView(ListCsvView, views.AlbumListView):
    pass


class PlaylistCsvView(ListCsvView, views.PlaylistListView):
    pass
