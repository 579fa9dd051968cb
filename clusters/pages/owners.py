"""The pages of artists, labels, albums and playlists, with how their tracks sound.

Their first page says so, of the tracks that it lists and by stored figures. No page counts more than these.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.urls import reverse

from clusters.models import Membership
from clusters.models.owner_figures import with_library_figures, with_library_points, with_own_run
from clusters.pages import charts
from clusters.runs import artists_alike, genres_and_clusters, means_of
from musicdb.models import Album, Genre, Track
from musicdb.pages import views
from musicdb.pages.generic import Paginator
from musicdb.pages.machines.head import counted

# How many clusters, artists, labels and genres are named at most.
NAMED = 12


class WithSound(views.OwnedTracksView):
    """A page about one object with its tracks, which says how they sound where it lists the first of all."""

    def get_paginator(self, queryset: Any, per_page: int, *args: Any, **kwargs: Any) -> Paginator:
        paginator: Paginator = super().get_paginator(queryset, per_page, *args, **kwargs)
        if not self.filters_query and (count := getattr(self.owner, "track_count", None)) is not None:
            # Counted with the owner's own row.
            paginator.count = count
        return paginator

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if count := getattr(self.owner, "cluster_count", None):
            context["clusters_address"] = reverse(f"{self.name}-clusters", args=[self.owner.slug])
            context["clusters_words"] = counted(count, "cluster")
        if context["page_obj"].number == 1 and not context["is_filtered"]:
            context |= self.sound(context)
        return context

    def sound(self, context: dict[str, Any]) -> dict[str, Any]:
        """Return what the page says of the sound of its tracks. No query but for the tracks themselves."""
        library = getattr(self.owner, "library_means", None) or {}
        own = getattr(self.owner, "own_means", None)
        self.means = own or means_of(list(context["object_list"]))
        return {
            "means": charts.bars(self.means, library),
            "has_library": bool(library),
            "sound_of_all": bool(own) or not context["page_obj"].has_next(),
            "years": charts.years(getattr(self.owner, "own_years", None) or ()),
        }


class ArtistView(WithSound, views.ArtistDetailView):
    """An artist. With the art of the newest album, since the library has no pictures of artists."""

    owners = with_own_run(with_library_figures(views.ArtistDetailView.owners.with_track_count()), "artist")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        genres, clusters = genres_and_clusters(self.owner)
        context = super().get_context_data(**kwargs)
        context["genres"] = genres
        if "means" in context:
            tracks: Sequence[Track] = list(context["object_list"])
            context |= {
                "clusters": clusters[:NAMED],
                "alike": artists_alike(self.owner, self.means, self.owner.library_neighbours or ""),
                "companions": _most_frequent(
                    artist for track in tracks for artist in track.artists_in_order if artist != self.owner
                ),
                "labels": _most_frequent(label for track in tracks for label in track.labels_in_order),
                "picture_album": next((album for album in context["albums"] if album.art), None),
            }
        return context


class LabelView(WithSound, views.LabelDetailView):
    """A label, with the names it appears under, and the genres and artists of the tracks that the page lists."""

    owners = with_own_run(with_library_figures(views.LabelDetailView.owners.with_track_count()), "label")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "means" in context:
            tracks: Sequence[Track] = list(context["object_list"])
            context |= {
                "aliases": list(self.owner.aliases.order_by("name").values_list("name", flat=True)[:NAMED]),
                "genres": Genre.objects.of_tracks([track.pk for track in tracks])[:NAMED],
                "leading_artists": _most_frequent(artist for track in tracks for artist in track.artists_in_order),
                "years": context["years"] or _years_of(context["albums"]),
            }
        return context


class AlbumView(WithSound, views.AlbumDetailView):
    """An album. Where its tracks are on the library's map is read with them."""

    owners = with_library_points(with_library_figures(views.AlbumDetailView.owners.with_track_count()))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        if "means" in context:
            tracks: Sequence[Track] = list(context["object_list"])
            lengths = [track.duration_ms for track in tracks]
            if context["sound_of_all"] and None not in lengths:
                context["length"] = sum(length for length in lengths if length)
            if self.owner.library_points and context["means"]:
                places = Membership.objects.in_library([track.pk for track in tracks])
                context["picture"] = charts.picture_of(self.owner.library_points, list(places))
        return context


class PlaylistView(WithSound, views.PlaylistDetailView):
    """A playlist. If it is clustered, its sound is that of all its tracks."""

    owners = with_own_run(with_library_figures(views.PlaylistDetailView.owners), "playlist")


def _most_frequent(rows: Iterable[Any]) -> list[Any]:
    """Return the most frequent of ``rows``, each once. Of equally frequent ones, the first comes first."""
    return [row for row, _ in Counter(rows).most_common(NAMED)]


def _years_of(albums: Sequence[Album]) -> charts.Years | None:
    """Return the years of ``albums``, if these are all of them."""
    if len(albums) == views.ROWS_A_PAGE:
        return None
    years = Counter(album.release_date.year for album in albums if album.release_date)
    return charts.years(sorted(years.items()))
