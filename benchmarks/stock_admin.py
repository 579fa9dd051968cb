"""The baseline of ``benchmarks.search``: Django's own search and paging, under lists that show the same as ours."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import ChangeList
from django.core.paginator import Paginator

from musicdb.admin.base import CatalogueAdmin, search_terms
from musicdb.admin.catalogue import AlbumAdmin, ArtistAdmin, TrackAdmin
from musicdb.models import Album, Artist, Track


class StockChangeList(ChangeList):
    model_admin: CatalogueAdmin

    def get_queryset(self, *args: Any, **kwargs: Any) -> Any:
        return super().get_queryset(*args, **kwargs).prefetch_related(*self.model_admin.list_prefetch_related)


class Stock:
    """All that a list shows, found and paged by ``ModelAdmin``. Terms are read as ours: without it, links fail."""

    paginator = Paginator

    def get_changelist(self, request: Any, **kwargs: Any) -> type[ChangeList]:
        return StockChangeList

    def get_search_results(self, request: Any, queryset: Any, search_term: str) -> Any:
        return admin.ModelAdmin.get_search_results(self, request, queryset, search_terms(search_term))  # type: ignore[arg-type]

    def get_paginator(self, *args: Any, **kwargs: Any) -> Any:
        return admin.ModelAdmin.get_paginator(self, *args, **kwargs)  # type: ignore[arg-type]


class StockTrackAdmin(Stock, TrackAdmin):
    pass


class StockAlbumAdmin(Stock, AlbumAdmin):
    pass


class StockArtistAdmin(Stock, ArtistAdmin):
    # Other spellings, which ``ModelAdmin`` would look for through a join.
    search_fields = [*ArtistAdmin.search_fields, "aliases__search_key", "=aliases__spotify_id"]


def stock_site() -> admin.AdminSite:
    site = admin.AdminSite("admin")
    for model, model_admin in ((Track, StockTrackAdmin), (Album, StockAlbumAdmin), (Artist, StockArtistAdmin)):
        site.register(model, model_admin)
    return site
