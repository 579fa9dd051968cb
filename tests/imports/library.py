"""A library as the tests of its export and import compare it: everything that editors keep, without keys."""

import io
import zipfile
from typing import Any

from musicdb.exports.library import FORMATS
from musicdb.imports.parse import ImportOptions, Source
from musicdb.imports.service import Outcome, run_import
from musicdb.models import Album, Artist, ArtistAlias, Genre, GenreAlias, Import, Label, LabelAlias, Track
from musicdb.music.names import name_key

MODELS = (Track, Album, Label, Artist, Genre)


def state() -> dict[str, Any]:
    """All of the catalogue by its addresses: each column, each order, each other spelling."""
    found: dict[str, Any] = {}
    for model in (Genre, GenreAlias, Label, LabelAlias, Artist, ArtistAlias):
        assert all(name_key(name) == key for name, key in model._default_manager.values_list("name", "name_key"))
    for model in MODELS:
        other = {"id", "name_key"}
        columns = [one.name for one in model._meta.concrete_fields if not one.is_relation and one.name not in other]
        for row in model._default_manager.all():
            found[f"{model.__name__} {row.slug}"] = {**{name: getattr(row, name) for name in columns}, **hanging(row)}
    return found


def hanging(row: Any) -> dict[str, Any]:
    if isinstance(row, Track):
        return {
            "album": row.album and row.album.slug,
            "artists": [artist.slug for artist in row.artists_in_order],
            "genres": sorted(genre.slug for genre in row.genres.all()),
        }
    if isinstance(row, Album):
        return {"labels": [label.slug for label in row.labels_in_order]}
    spellings = [(one.name, one.slug, getattr(one, "spotify_id", None)) for one in row.aliases.all()]
    return {"spellings": sorted(spellings, key=str)}


def wipe() -> None:
    for model in MODELS:
        model._default_manager.all().delete()
    Import.objects.all().delete()


def exported(kind: str) -> Source:
    file = io.BytesIO()
    FORMATS[kind](file)
    return Source(f"library{kind}", file.getvalue())


def run(*sources: Source, **options: Any) -> Outcome:
    return run_import(sources, ImportOptions(**options), None)


def zipped(name: str = "library.zip", /, **tables: str) -> Source:
    """A zip of tables, each given as its lines."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for table, text in tables.items():
            archive.writestr(f"{table}.csv", text.encode())
    return Source(name, target.getvalue())
