"""A track that an editor deleted stays deleted, by whatever a later file knows it. See also test_existing.py."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User

from musicdb import history
from musicdb.editing import merge
from musicdb.imports import Outcome, Source
from musicdb.models import Album, Artist, Genre, SluggedModel, Track
from musicdb.models.history import ChangeType
from tests.imports.files import as_csv, net_file, net_row
from tests.imports.library import run

pytestmark = pytest.mark.django_db

LOCAL = {"Track URI": "spotify:local:1"}


@pytest.fixture
def ann() -> User:
    return User.objects.create(username="ann")


@pytest.fixture
def delete(ann: User) -> Callable[[SluggedModel], None]:
    def deletion(row: SluggedModel) -> None:
        history.delete(type(row)._default_manager.filter(pk=row.pk), history.Change(ChangeType.DELETION, ann))

    return deletion


def listed(title: str = "Song 1", artist: str = "Singer 1", album: str = "Album 1", isrc: str = "") -> Source:
    """A file that knows tracks by names and ISRCs."""
    return Source("list.csv", as_csv([[title, artist, album, isrc]], ("title", "artist", "album", "isrc")).encode())


def plays(title: str, artist: str, album: str) -> Source:
    return Source(
        "plays.csv", as_csv([["1700000000", artist, album, title]], ("uts", "artist", "album", "track")).encode()
    )


def left(outcome: Outcome) -> list[str]:
    """Return the tracks that stay deleted, once nothing else has come back either."""
    assert not Track.objects.exists()
    return [str(one) for one in outcome.plan.left_deleted if one.entity.model is Track]


@pytest.mark.parametrize(
    "source",
    [
        listed(),
        listed(title="SONG 1", artist="singer 1"),
        listed(album=""),
        net_file(net_row(1, **LOCAL)),
        # Another release, and as long.
        net_file(net_row(1, **LOCAL, **{"Album Name": "Best", "Duration (ms)": "202000"})),
        plays("Song 1", "Singer 1", "Best"),
    ],
)
def test_names_lead_to_one_that_had_an_id(source: Source, delete: Callable[[SluggedModel], None]) -> None:
    run(net_file(net_row(1)))
    delete(Track.objects.get())
    assert len(left(run(source))) == 1
    run(source, restore_deleted=True)
    assert Track.objects.count() == 1


def test_an_isrc_does(delete: Callable[[SluggedModel], None]) -> None:
    run(listed(isrc="USS1Z9900001"))
    delete(Track.objects.get())
    assert left(run(listed("Another title", "Somebody", isrc="USS1Z9900001"))) == ["track “Another title”"]


@pytest.mark.parametrize("title", ["DON’T", "don't"])
def test_names_are_folded(title: str, delete: Callable[[SluggedModel], None]) -> None:
    run(listed("Don't"))
    delete(Track.objects.get())
    assert left(run(listed(title))) == [f"track “{title}”"]


def test_names_that_are_gone_still_lead_to_it(delete: Callable[[SluggedModel], None]) -> None:
    run(listed())
    for row in (Track.objects.get(), Album.objects.get(), Artist.objects.get()):
        delete(row)
    assert left(run(listed())) == ["track “Song 1”"]
    assert not Artist.objects.exists()


def test_an_artist_that_was_merged_since_still_leads_to_it(ann: User, delete: Callable[[SluggedModel], None]) -> None:
    run(listed())
    delete(Track.objects.get())
    merge(Artist.objects.create(name="Survivor"), [Artist.objects.get(name="Singer 1")], ann)
    assert left(run(listed())) == ["track “Song 1”"]


def test_one_without_an_id_is_meant_by_one_id(delete: Callable[[SluggedModel], None]) -> None:
    run(listed())
    delete(Track.objects.get())
    assert left(run(net_file(net_row(1)))) == ["track “Song 1”"]
    same = {"Track Name": "Song 1", "Album Name": "Album 1", "Artist Name(s)": "Singer 1"}
    run(net_file(net_row(1), net_row(2, **same)))
    assert Track.objects.count() == 1


@pytest.mark.parametrize("survivor", [0, 1])
def test_the_ids_of_what_was_merged_into_it_do(
    survivor: int, ann: User, delete: Callable[[SluggedModel], None]
) -> None:
    source = net_file(net_row(1), net_row(2))
    run(source)
    tracks = list(Track.objects.order_by("pk"))
    stays = tracks.pop(survivor)
    merge(stays, tracks, ann)
    delete(stays)
    assert left(run(source)) == ["track “Song 1”", "track “Song 2”"]


@pytest.mark.parametrize(
    "source",
    [
        listed(title="Song 2"),
        listed(artist="Singer 2"),
        listed(isrc="USS1Z9900002"),
        # Another release: nothing shows that it is as long.
        listed(album="Best"),
        net_file(net_row(1, **LOCAL, **{"Duration (ms)": "250000"})),
        net_file(net_row(3, **{"Track Name": "Song 1", "Artist Name(s)": "Singer 1", "Album Name": "Album 1"})),
    ],
)
def test_other_recordings_are_imported(source: Source, delete: Callable[[SluggedModel], None]) -> None:
    run(net_file(net_row(1)))
    Track.objects.update(isrc="USS1Z9900001")
    delete(Track.objects.get())
    run(source)
    assert Track.objects.count() == 1


def test_an_alias_of_a_deleted_genre_stays_deleted_too(ann: User, delete: Callable[[SluggedModel], None]) -> None:
    run(net_file(net_row(1, Genres="spam,pop")))
    junk = Genre.objects.create(name="Junk")
    merge(junk, [Genre.objects.get(name="spam")], ann)
    delete(junk)
    outcome = run(net_file(net_row(1, Genres="Spam,pop")))
    assert [str(one) for one in outcome.plan.left_deleted] == ["genre “Spam”"]
    assert [genre.name for genre in Genre.objects.all()] == ["pop"]
