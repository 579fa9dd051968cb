"""The views that answer in Markdown: those of the same pages as HTML, with other templates and longer pages."""

from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from musicdb.pages import views
from musicdb.pages.machines.head import counted
from musicdb.pages.markdown.tables import TABLE_HEAD, track_row

MEDIA_TYPE = "text/markdown; charset=utf-8"
ROWS_A_PAGE = 1_000


def render_markdown(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Return the page that a template makes."""
    return HttpResponse(render_to_string(template, context, request), content_type=MEDIA_TYPE)


class _Markdown:
    """A view that answers in Markdown."""

    request: HttpRequest
    template: str

    def get_paginate_by(self, queryset: Any) -> int | None:
        return ROWS_A_PAGE

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what the template needs that a page in HTML does not."""
        raise NotImplementedError

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        return render_markdown(self.request, self.template, {**context, **self.more(context)})


class _Names(_Markdown):
    """A list of names, each with its number of tracks or albums."""

    template = "markdown/names.md"
    title: str

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        return {"title": self.title, "names": list(_counted(context))}


def _counted(context: dict[str, Any]) -> Iterator[tuple[Any, str]]:
    counts = {playlist.pk: count for playlist, count in context.get("rows", ())}
    for row in context["object_list"]:
        if hasattr(row, "album_count"):
            yield row, counted(row.album_count, "album")
        else:
            yield row, counted(counts.get(row.pk, 0) if counts else row.track_count, "track")


class _Owner(_Markdown):
    """One object and the table of its tracks."""

    template = "markdown/owner.md"

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        absolute = self.request.build_absolute_uri
        rows = (track_row(track, absolute) for track in context["object_list"])
        return {"table": [*TABLE_HEAD, *rows], "track_count": context["paginator"].count}


class GenresMarkdownView(_Names, views.GenreListView):
    title = "Genres"


class ArtistsMarkdownView(_Names, views.ArtistListView):
    title = "Artists"


class LabelsMarkdownView(_Names, views.LabelListView):
    title = "Labels"


class PlaylistsMarkdownView(_Names, views.PlaylistListView):
    title = "Playlists"


class ArtistMarkdownView(_Owner, views.ArtistDetailView):
    pass


class LabelMarkdownView(_Owner, views.LabelDetailView):
    pass


class PlaylistMarkdownView(_Owner, views.PlaylistDetailView):
    pass


class GenreMarkdownView(_Markdown, views.GenreDetailView):
    """A genre: who and what is most in it, and its tracks with the highest scores."""

    template = "markdown/owner.md"

    def more(self, context: dict[str, Any]) -> dict[str, Any]:
        absolute = self.request.build_absolute_uri
        rows = (track_row(track, absolute) for track in context["top_tracks"])
        return {"owner": self.object, "table": [*TABLE_HEAD, *rows], "tracks_title": "Top tracks"}
