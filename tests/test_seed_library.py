"""The sample library, held against the page that the site grew from.

``data/korean_pop_rows.json`` has that page's rows: each track with its album, its artists and labels in order and
whether each was a link, its score and heart.
"""

import io
import json
from collections.abc import Iterable
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db.models import Count

from clusters.core.features import FEATURE_NAMES as CLUSTERED
from musicdb.models import Album, AlbumLabel, Artist, Genre, Label, Track, TrackArtist
from musicdb.models.validators import validate_slug_text, validate_spotify_id
from musicdb.music import AUDIO_FEATURES
from tests.history.test_record import stored_versions

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent / "data" / "korean_pop_rows.json").read_text(encoding="utf-8")
)
TRACKS_FOR_A_PAGE = 10
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shared_seed_library")]


def names(owners: Iterable[Artist | Label]) -> list[dict[str, Any]]:
    return [{"name": owner.name, "linked": owner.has_page} for owner in owners]


@pytest.mark.parametrize("row", ROWS, ids=[row["title"] for row in ROWS])
def test_a_row_of_the_page(row: dict[str, Any]) -> None:
    track = Track.objects.get(spotify_id=row["spotify_id"])

    assert {
        "spotify_id": track.spotify_id,
        "title": track.title,
        "album": track.album and track.album.title,
        "artists": names(track.artists_in_order),
        "labels": names(track.labels_in_order),
        "score": track.score,
        "liked": track.liked,
        "image_url": track.album and track.album.art,
    } == row
    assert track.genres.filter(name="korean pop").exists()
    assert {name for name in CLUSTERED if getattr(track, name) is None} == set()


def test_the_page_has_28_rows() -> None:
    assert len({row["spotify_id"] for row in ROWS}) == 28


def test_size() -> None:
    counts = {model.__name__: model.objects.count() for model in (Track, Album, Artist, Label, Genre)}

    assert counts == {"Track": 220, "Album": 88, "Artist": 129, "Label": 54, "Genre": 62}
    assert TrackArtist.objects.count() == 559
    assert AlbumLabel.objects.count() == 108
    assert Genre.objects.get(name="korean pop").tracks.count() == 44


def test_artists_with_a_page() -> None:
    assert set(Artist.objects.visible().values_list("name", flat=True)) == {
        # Linked on the page.
        "BIBI",
        "HEIZE",
        "WENDY",
        # Not on the page, with ten tracks or more.
        "Andrew Lloyd Webber",
        "Antonio Vivaldi",
        "Johann Sebastian Bach",
        "Michael Crawford",
        "Orpheus Chamber Orchestra",
        "Phantom Of The Opera Original London Cast",
        "Sarah Brightman",
        "Sarah Chang",
        "Simon Standage",
        "Steve Barton",
        "The English Concert",
        "Trevor Pinnock",
        "Yo-Yo Ma",
    }


def test_labels_with_a_page() -> None:
    assert set(Label.objects.visible().values_list("name", flat=True)) == {
        # Linked on the page.
        "Cube Entertainment",
        "Genie Music Corporation",
        "JYP Entertainment",
        "SM Entertainment",
        "Stone Music Entertainment",
        "WM Entertainment",
        # Not on the page, with ten tracks or more.
        "Decca (UMO)",
        "Polydor Records",
        "Sony Classical",
        "UMC (Universal Music Catalogue)",
        "Verve (Adult Contemporary) MC",
        "Warner Classics",
    }


@pytest.mark.parametrize(
    ("model", "column", "tracks"), [(Artist, "artists", "tracks"), (Label, "labels", "albums__tracks")]
)
def test_a_name_has_a_page_for_one_of_two_reasons(model: type[Artist | Label], column: str, tracks: str) -> None:
    cells = list(chain.from_iterable(row[column] for row in ROWS))
    shown = {cell["name"] for cell in cells}
    linked = {cell["name"] for cell in cells if cell["linked"]}
    counted = model.objects.annotate(number=Count(tracks))

    assert {owner.name for owner in counted if owner.has_page} == linked | {
        owner.name for owner in counted if owner.name not in shown and owner.number >= TRACKS_FOR_A_PAGE
    }


def test_addresses_and_ids_are_valid() -> None:
    for model in (Genre, Artist, Label, Album, Track):
        for slug in model.objects.values_list("slug", flat=True):
            validate_slug_text(slug)
    for model in (Artist, Album, Track):
        for spotify_id in model.objects.exclude(spotify_id=None).values_list("spotify_id", flat=True):
            validate_spotify_id(spotify_id)
    assert Label.objects.get(name="코어콘텐츠미디어").slug == "koeokontencheumidieo"
    assert Label.objects.get(name="Hwa&Dam pictures").slug == "hwa-dam-pictures"
    assert Genre.objects.get(name="korean pop").slug == "korean-pop"


def test_loading_it_is_nobodys_edit() -> None:
    assert Track.objects.exists()
    assert stored_versions() == 0


@pytest.mark.slow
def test_every_row_passes_its_own_form() -> None:
    for model in (Genre, Artist, Label, Album, Track):
        for row in model.objects.all():
            row.full_clean()


def test_features_say_where_they_came_from() -> None:
    sources = Track.objects.values_list("features_source", flat=True).distinct().order_by()

    assert list(sources) == ["Spotify audio features"]


def test_one_track_as_its_source_has_it() -> None:
    features = Track.objects.values(*(feature.name for feature in AUDIO_FEATURES)).get(title="Hmm BOP")

    assert features == {
        "danceability": 0.735,
        "energy": 0.881,
        "speechiness": 0.222,
        "acousticness": 0.00727,
        "instrumentalness": 0.0,
        "liveness": 0.345,
        "valence": 0.759,
        "tempo": 107.769,
        "loudness": -3.894,
        "key": 5,
        "mode": 0,
        "time_signature": 4,
    }
    assert Album.objects.get(title="WHU IS ME : Complex").released == "2024-01-16"


def test_it_is_written_by_natural_keys_and_loads_beside_other_rows() -> None:
    fixture = json.loads((Path(__file__).parent.parent / "fixtures" / "seed_library.json").read_text(encoding="utf-8"))
    with_a_key_of_their_own = {row["model"] for row in fixture if "pk" in row}

    # The rows of an order have no name: their keys are those of the file.
    assert with_a_key_of_their_own <= {"musicdb.albumlabel", "musicdb.trackartist"}


def test_it_says_what_the_database_says() -> None:
    text = io.StringIO()
    models = (Genre, Artist, Label, Album, AlbumLabel, Track, TrackArtist)
    call_command(
        "dumpdata",
        *(f"musicdb.{model.__name__}" for model in models),
        use_natural_foreign_keys=True,
        use_natural_primary_keys=True,
        stdout=text,
    )
    fixture = json.loads((Path(__file__).parent.parent / "fixtures" / "seed_library.json").read_text(encoding="utf-8"))

    assert json.loads(text.getvalue()) == fixture
