"""Filters of a list by the row that its rows belong to. Links of the forms set them; other lists do not show them."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest
from django.urls import reverse

from musicdb.admin.base import is_valid_pk
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.linked_rows import link_condition


def parameter(owner: type[Model]) -> str:
    """Return the name of the query parameter that has the key of a row of ``owner``, such as "artist_id"."""
    return f"{owner._meta.model_name}_id"


class LinkedFilter(admin.SimpleListFilter):
    """Rows that belong to one row of ``owner``."""

    owner: type[Any]

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        if self.value() is None:
            return []
        # Its name, and which rows belong to it, are for those who may see it: a playlist may be hidden.
        if not admin.site.get_model_admin(self.owner).has_view_permission(request):
            raise PermissionDenied
        name = self.owner._default_manager.filter(pk=self.key).values_list(self.owner.slug_source, flat=True).first()
        return [(str(self.key), name or "deleted")]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset if self.value() is None else queryset.filter(self.condition(queryset.model))

    def condition(self, model: type[Any]) -> Q:
        return link_condition(model, self.owner, self.key)

    @property
    def key(self) -> int:
        if not is_valid_pk(value := self.value() or ""):
            raise IncorrectLookupParameters
        return int(value)


class OfArtist(LinkedFilter):
    owner, title, parameter_name = Artist, "artist of the tracks", parameter(Artist)


class OfLabel(LinkedFilter):
    owner, title, parameter_name = Label, "label", parameter(Label)


class OfAlbum(LinkedFilter):
    owner, title, parameter_name = Album, "album", parameter(Album)


class OfGenre(LinkedFilter):
    owner, title, parameter_name = Genre, "genre of the tracks", parameter(Genre)


class OfPlaylist(LinkedFilter):
    owner, title, parameter_name = Playlist, "playlist", parameter(Playlist)


class OfTrack(LinkedFilter):
    owner, title, parameter_name = Track, "track", parameter(Track)


# By the model of the list.
LINKED_FILTERS: dict[type[Model], tuple[type[LinkedFilter], ...]] = {
    Track: (OfArtist, OfLabel, OfAlbum, OfGenre, OfPlaylist),
    Album: (OfArtist, OfLabel, OfGenre, OfPlaylist),
    Playlist: (OfArtist, OfLabel, OfAlbum, OfGenre, OfTrack),
}


def linked_url(model: type[Model], owner: Model) -> str:
    """Return the address of the list of the rows of ``model`` that belong to ``owner``."""
    query = {parameter(type(owner)): str(owner.pk)}
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist", query=query)
