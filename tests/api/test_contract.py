"""Schemathesis asks what the schema allows and what it does not; every answer must be as the schema says.

Each test is one endpoint. The examples are drawn from a fixed seed, so that a failure comes again.
"""

from collections.abc import Iterator

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from hypothesis import HealthCheck, settings
from schemathesis.config import SchemathesisConfig
from schemathesis.specs.openapi.checks import positive_data_acceptance

from clusters.core.params import Params
from clusters.models import Cluster, Collection, Run
from clusters.runs import Options, recluster
from musicdb.models import Track, TrackArtist
from musicdb.wsgi import application
from tests.db.shared import once_for_the_module
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    collection_of,
    with_neighbours,
)

CONFIG = SchemathesisConfig.from_dict({"seed": 1, "generation": {"deterministic": True, "database": "none"}})
SCHEMA = schemathesis.openapi.from_wsgi("/api/schema/?format=json", application, config=CONFIG)

OPERATIONS = [result.ok() for result in SCHEMA.get_all_operations()]

# Schemathesis says that it could unzip an answer, and then, asking in the same process, does not.
PLAIN = {"Accept-Encoding": "identity"}

bounded = settings(
    max_examples=20,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.filter_too_much],
)


@pytest.fixture
def _one_connection() -> Iterator[None]:
    """Keep the connection, and with it the test's transaction, over all requests, as Django's own client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


def make_library() -> None:
    """Make a library in which everything has the slug "x"."""
    genre, label = GenreFactory(slug="x"), LabelFactory(slug="x")
    album, artist = AlbumFactory(slug="x", labels=[label]), ArtistFactory(slug="x")
    track = TrackFactory(group=(0, 2), slug="x", album=album, artists=[artist], genres=[genre], score=3, liked=True)
    PlaylistFactory(rule="liked=true")
    for number in range(1, 12):
        TrackFactory(group=(number % 2, 2), album=None, artists=[ArtistFactory(visibility="hidden")], genres=[genre])
    TrackFactory(genres=[genre], features=False, spotify_id=None)
    playlist = PlaylistFactory(slug="x", tracks=[track, track, *Track.objects.all()])
    for each in Track.objects.all():
        TrackArtist.objects.get_or_create(track=each, artist=artist, defaults={"position": 1})
        Track.objects.filter(pk=each.pk).update(album=album)
    owned = [collection_of(owner) for owner in (genre, playlist, artist, label)]
    outcomes = list(recluster([Collection.objects.library(), *owned], Params(clusters=2), Options()))
    assert {outcome.status for outcome in outcomes} == {"published"}


_library = once_for_the_module(make_library)


@pytest.fixture
def in_the_path(_library: None, db: None, _one_connection: None) -> dict[str, object]:
    """What to put in a path to meet a row of the library."""
    # The files that the module's runs stored are gone.
    library = Run.objects.published().get(collection__kind="library")
    with_neighbours(library, list(Track.objects.filter(danceability__isnull=False)))
    slugs = dict.fromkeys(("genre_slug", "artist_slug", "label_slug", "album_slug", "track_slug", "playlist_slug"), "x")
    return {**slugs, "number": 1, "id": Cluster.objects.earliest("pk").pk}


@pytest.mark.slow
@SCHEMA.parametrize()
@bounded
def test_any_question_gets_an_answer_of_the_schema(case: schemathesis.Case, in_the_path: dict[str, object]) -> None:
    # A slug or an address that is well formed may still name nothing: 400 or 404 are as good as the schema knows.
    case.call_and_validate(headers=PLAIN, excluded_checks=[positive_data_acceptance])


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.path)
def test_what_is_there_is_shown_as_the_schema_says(
    operation: schemathesis.APIOperation, in_the_path: dict[str, object]
) -> None:
    names = [parameter.name for parameter in operation.path_parameters]
    case = operation.Case(path_parameters={name: in_the_path[name] for name in names})
    assert case.call_and_validate(headers=PLAIN).status_code == 200
