"""A library as the tests of its export and import compare it: everything that editors keep, without keys."""

import io
import zipfile
from datetime import UTC, date, datetime
from typing import Any

from musicdb.exports import LIBRARY_FORMATS
from musicdb.imports import ImportOptions, Outcome, Source, run_import
from musicdb.models import (
    Album,
    AlbumAlias,
    AlbumArtist,
    AlbumLabel,
    Artist,
    ArtistAlias,
    Genre,
    GenreAlias,
    Import,
    Label,
    LabelAlias,
    Playlist,
    PlaylistAlias,
    PlaylistEntry,
    Track,
    TrackAlias,
    TrackArtist,
)
from musicdb.models.aggregates import aggregate_of
from musicdb.search import keyed_models, outdated_keys
from tests.imports.files import track_id

MODELS = (Playlist, Track, Album, Label, Artist, Genre)


def assert_keys_are_right() -> None:
    """Compare every stored key of a name with the one that the name has."""
    wrong = {model.__name__: rows for model in keyed_models() if (rows := list(outdated_keys(model)))}
    assert not wrong, wrong


def state() -> dict[str, Any]:
    """All of the catalogue by its addresses: each column, each order, each alias."""
    found: dict[str, Any] = {}
    assert_keys_are_right()
    for model in MODELS:
        columns = [column.name for column in aggregate_of(model).columns if not column.is_relation]
        for row in model._default_manager.all():
            found[f"{model.__name__} {row.slug}"] = {**{name: getattr(row, name) for name in columns}, **hanging(row)}
    return found


def hanging(row: Any) -> dict[str, Any]:
    columns = aggregate_of(type(row)).alias_columns
    return {"spellings": sorted(row.aliases.values_list(*columns), key=str), **linked(row)}


def linked(row: Any) -> dict[str, Any]:
    if isinstance(row, Track):
        return {
            "album": row.album and row.album.slug,
            "artists": [artist.slug for artist in row.artists_in_order],
            "genres": sorted(genre.slug for genre in row.genres.all()),
        }
    if isinstance(row, Album):
        return {
            "labels": [label.slug for label in row.labels_in_order],
            "artists": [artist.slug for artist in row.artists_in_order],
        }
    if isinstance(row, Playlist):
        return {"entries": list(row.entries.order_by("position").values_list("track__slug", "added_at", "added_by"))}
    return {}


def wipe() -> None:
    for model in MODELS:
        model._default_manager.all().delete()
    Import.objects.all().delete()


def exported(kind: str) -> Source:
    file = io.BytesIO()
    LIBRARY_FORMATS[kind](file)
    return Source(f"library{kind}", file.getvalue())


def run(*sources: Source, **options: Any) -> Outcome:
    return run_import(sources, ImportOptions(**options), None)


def zipped(name: str = "library.zip", /, **tables: str) -> Source:
    """A zip of tables, each given as its lines."""
    return zipped_files(name, {f"{table}.csv": text for table, text in tables.items()})


def zipped_files(name: str, files: dict[str, str]) -> Source:
    """A zip of files, by their paths."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, text in files.items():
            archive.writestr(path, text.encode())
    return Source(name, target.getvalue())


def awkward_library() -> None:
    """A few rows, each with something that a careless export would lose."""
    pop = Genre.objects.create(name="Pop; rock\\", description='=1+1\r\n "quoted",\n\n\tend \x0c_x000D_')
    Genre.objects.create(name="'n roll", description="'")
    GenreAlias.objects.create(name="POP;ROCK", slug="pop-rock-old", target=pop)
    GenreAlias.objects.create(name="=pop", target=pop)
    crush = Artist.objects.create(name="Crush", spotify_id=track_id(1), visibility="shown")
    Artist.objects.create(name="Crush")
    small = Artist.objects.create(name="CRUSH", slug="xyz")
    for slug, spotify_id in (("crush-old", track_id(2)), (None, None), (None, None), (None, track_id(3))):
        ArtistAlias.objects.create(name="크러쉬", slug=slug, spotify_id=spotify_id, target=crush)
    label = Label.objects.create(name="@x", visibility="shown")
    other = Label.objects.create(name="高橋")
    LabelAlias.objects.create(name="髙橋", slug="old", target=other)
    LabelAlias.objects.create(name="New", target=other)
    albums = [
        Album.objects.create(title="Best", release_date=date(1983, 1, 1), release_precision=precision)
        for precision in ("year", "month", "day")
    ]
    bare = Album.objects.create(title="1", spotify_id=track_id(9), image_url="https://a.example/b,c;d.jpg")
    for position, one in enumerate((other, label)):
        AlbumLabel.objects.create(album=bare, label=one, position=position)
    for position, artist in enumerate((small, crush)):
        AlbumArtist.objects.create(album=bare, artist=artist, position=position)
    Album.objects.filter(pk=bare.pk).update(album_type="ep", upc="00602435", copyrights="℗ 2021; a\n© 2021 b\\")
    for slug, spotify_id, upc in (("was-1", track_id(5), "00602436"), (None, None, ""), (None, None, "60243700")):
        AlbumAlias.objects.create(name="=1; \\", slug=slug, spotify_id=spotify_id, upc=upc, target=bare)
    for number, title in enumerate(["-1", "NA", "true", "#N/A", "1983-05", "0012", "=LOVE", "'Til", "+1", "-1"]):
        track = Track.objects.create(
            title=title, album=[*albums, bare, None][number % 5], liked=number % 2 == 0, score=[None, 0, 7][number % 3]
        )
        track.genres.set([pop] if number % 2 else [])
        for position, one in enumerate([small, crush][number % 3 :]):
            TrackArtist.objects.create(track=track, artist=one, position=position)
    for slug, spotify_id, isrc in ((None, track_id(6), ""), ("was-na", None, "KRA381001058"), (None, None, "")):
        TrackAlias.objects.create(
            name="NA", slug=slug, spotify_id=spotify_id, isrc=isrc, target=Track.objects.get(title="NA")
        )
    playlist = Playlist.objects.create(name="-2; '\\", description="=1\r\n", visibility="hidden", source="=x;y")
    PlaylistAlias.objects.create(name="=old", slug="old-playlist", target=playlist)
    Playlist.objects.create(name="NA", rule="q=a%26b%3B&min_energy=0.1")
    added = [None, datetime(1969, 1, 2, tzinfo=UTC), datetime(2024, 5, 6, 7, 8, 9, 10, tzinfo=UTC)]
    for position, track in enumerate([*Track.objects.all()[:3], *Track.objects.all()[:2]][::-1]):
        PlaylistEntry.objects.create(
            playlist=playlist,
            track=track,
            position=position,
            added_at=added[position % 3],
            added_by=["", "=ann"][position % 2],
        )
    Track.objects.filter(title="NA").update(
        spotify_id=track_id(4),
        isrc="KRA381001057",
        disc_number=1,
        track_number=32_767,
        popularity=0,
        added_at=datetime(2021, 7, 4, 12, 30, 1, 250_000, tzinfo=UTC),
        preview_url="https://a.example/b,c;d.mp3?cid=1",
        duration_ms=0,
        explicit=False,
        tempo=0.1 + 119.2,
        valence=0.1 + 0.2,
        loudness=-4.721000000000001,
        energy=5e-324,
        key=-1,
        mode=0,
        time_signature=4,
        features_source="\t=source ",
    )
