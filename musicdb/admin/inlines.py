"""Rows that belong to something: the artists of a track and the labels of an album, in order; other spellings."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from musicdb.admin.forms import AliasForm, AliasRows, ArtistAliasForm, OrderedRowForm, OrderedRows, RowAutocomplete
from musicdb.models import AlbumLabel, ArtistAlias, GenreAlias, LabelAlias, TrackArtist


class OrderedInline(admin.TabularInline):
    """Rows that point at ``member`` in an order that can be typed over."""

    member: str
    form = OrderedRowForm
    formset = OrderedRows

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related(self.member)

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        return 0 if obj else 1

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        order = ["ORDER"] if self.has_change_permission(request, obj) else []
        return [(None, {"fields": [*order, self.member]})]

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        kwargs["fields"] = [self.member]
        return super().get_formset(request, obj, can_order=self.has_change_permission(request, obj), **kwargs)

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == self.member:
            kwargs["widget"] = RowAutocomplete(db_field, self.admin_site)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)


class AlbumLabelInline(OrderedInline):
    model = AlbumLabel
    member = "label"
    autocomplete_fields = ["label"]


class TrackArtistInline(OrderedInline):
    model = TrackArtist
    member = "artist"
    autocomplete_fields = ["artist"]


class AliasInline(admin.TabularInline):
    """Other spellings of a thing. The address that one had is only shown: it leads here as long as the row is there."""

    form = AliasForm
    formset = AliasRows
    fields = ["name", "slug"]
    readonly_fields = ["slug"]
    # One that needs no script.
    extra = 1
    verbose_name = "other spelling"
    verbose_name_plural = "other spellings"
    classes = ["other-spellings"]


class GenreAliasInline(AliasInline):
    model = GenreAlias


class ArtistAliasInline(AliasInline):
    model = ArtistAlias
    form = ArtistAliasForm
    fields = ["name", "spotify_id", "slug"]


class LabelAliasInline(AliasInline):
    model = LabelAlias
