"""Child rows on the page of their owner: the artists of a track, the labels of an album, the aliases of a name."""

from collections import defaultdict
from typing import Any

from django.contrib import admin
from django.db.models import Model, QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString

from musicdb.admin.change_form.forms import (
    AliasForm,
    AliasFormSet,
    ArtistAliasForm,
    IdAliasForm,
    OrderedRowForm,
    OrderedRowFormSet,
    RowAutocomplete,
)
from musicdb.admin.generic import TabularInline
from musicdb.admin.html import names_in_order
from musicdb.models import (
    AlbumAlias,
    AlbumArtist,
    AlbumLabel,
    ArtistAlias,
    GenreAlias,
    LabelAlias,
    TrackAlias,
    TrackArtist,
)


class OrderedInline(TabularInline[Any, Any]):
    """Rows that point at ``member``. The user types numbers to order them."""

    member: str
    form = OrderedRowForm
    formset = OrderedRowFormSet

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(self.member)

    def get_extra(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_fieldsets(self, request: HttpRequest, obj: Model | None = None) -> Any:
        order = ["ORDER"] if self.has_change_permission(request, obj) else []
        return [(None, {"fields": [*order, self.member]})]

    def get_formset(self, request: HttpRequest, obj: Model | None = None, **kwargs: Any) -> Any:
        kwargs["fields"] = [self.member]
        return super().get_formset(request, obj, can_order=self.has_change_permission(request, obj), **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == self.member:
            kwargs["widget"] = RowAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AlbumArtistInline(OrderedInline):
    model = AlbumArtist
    member = "artist"
    autocomplete_fields = ["artist"]


class AlbumLabelInline(OrderedInline):
    model = AlbumLabel
    member = "label"
    autocomplete_fields = ["label"]


class TrackArtistInline(OrderedInline):
    model = TrackArtist
    member = "artist"
    autocomplete_fields = ["artist"]


class AliasInline(TabularInline[Any, Any]):
    """The aliases of a row. A former address is read-only. It redirects as long as its alias exists."""

    form = AliasForm
    formset = AliasFormSet
    fields = ["name", "slug"]
    readonly_fields = ["slug"]
    # One blank row, which works without JavaScript too.
    extra = 1
    verbose_name = "alias"
    verbose_name_plural = "aliases"
    classes = ["aliases"]


class GenreAliasInline(AliasInline):
    model = GenreAlias


class ArtistAliasInline(AliasInline):
    """The aliases of an artist, and the joint names of it and others."""

    model = ArtistAlias
    form = ArtistAliasForm
    fields = ["name", "stands_for", "spotify_id", "slug"]
    readonly_fields = ["stands_for", "slug"]
    # By the key of the name: the artists, in order. Django makes an inline for each request.
    _joint_names: "defaultdict[str, dict[Any, None]] | None" = None

    @admin.display(description="joint name of")
    def stands_for(self, alias: ArtistAlias) -> SafeString | str:
        if alias.joint_position is None:
            return ""
        if self._joint_names is None:
            own = ArtistAlias.objects.joint().filter(target=alias.target_id).order_by().values("name_key")
            self._joint_names = defaultdict(dict)
            for one in ArtistAlias.objects.joint().filter(name_key__in=own).select_related("target"):
                self._joint_names[one.name_key][one.target] = None
        return names_in_order(self._joint_names[alias.name_key])


class LabelAliasInline(AliasInline):
    model = LabelAlias


class AlbumAliasInline(AliasInline):
    model = AlbumAlias
    form = IdAliasForm
    fields = ["name", "spotify_id", "upc", "slug"]


class TrackAliasInline(AliasInline):
    """Titles and ids that the track had before, and those of tracks that were merged into it."""

    model = TrackAlias
    form = IdAliasForm
    fields = ["name", "spotify_id", "isrc", "slug"]
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
