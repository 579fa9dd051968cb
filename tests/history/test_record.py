"""What changes the catalogue leaves a version: what, when, by whom, by what kind of act; in as few queries for many."""

import json
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from musicdb import history
from musicdb.editing import merge
from musicdb.history import Change, diff
from musicdb.imports import ImportOptions, run_import
from musicdb.imports.undo import UndoRefusedError, undo
from musicdb.models import Album, Artist, Genre, Label, Track, TrackArtist
from musicdb.models.aggregates import aggregate_of
from musicdb.models.history import ChangeType
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.imports.files import net_file, net_row

pytestmark = pytest.mark.django_db
MODELS: list[Any] = [Genre, Artist, Label, Album, Track]


@pytest.fixture
def user() -> User:
    return User.objects.create_user("editor")


def told(thing: Any) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """Return the history of a thing, newest first: each version's act, and its changes."""
    found = list(diff.versions_of(type(thing), thing.pk))
    entries = diff.entries(found, None, diff.Names(found))
    return [
        (entry.version.change_type, [(change.what, change.old, change.new) for change in entry.changes])
        for entry in entries
    ]


def stored_versions() -> int:
    return sum(model.history.count() for model in MODELS)


def forget() -> None:
    """As on the day on which history began."""
    for model in MODELS:
        model.history.all().delete()


def rename(track: Track, title: str, user: User) -> None:
    history.baseline(Track, [track.pk])
    Track.objects.filter(pk=track.pk).update(title=title)
    history.record_updates(Track, [track.pk], Change(ChangeType.ACTION, user))


class TestVersions:
    def test_a_version_says_what_the_row_says_and_what_hangs_on_it(self) -> None:
        artists = [ArtistFactory(), ArtistFactory()]
        genres = [GenreFactory(name="b"), GenreFactory(name="a")]
        track = TrackFactory(artists=reversed(artists), genres=reversed(genres), explicit=True, score=7)
        history.baseline(Track, [track.pk])
        version = track.history.first()
        for field in aggregate_of(Track).columns:
            assert getattr(version, field.attname) == getattr(track, field.attname), field
        assert version.artists == [artists[1].pk, artists[0].pk]
        assert version.genres == [genre.pk for genre in genres]

    def test_of_an_album_its_labels_and_of_others_their_spellings(self) -> None:
        labels = [LabelFactory(), LabelFactory()]
        album, artist = AlbumFactory(labels=labels[::-1]), ArtistFactory()
        artist.aliases.create(name="Zoë", spotify_id="another000000000000000")
        artist.aliases.create(name="Ann", slug="ann")
        history.baseline(Album, [album.pk])
        history.baseline(Artist, [artist.pk])
        assert album.history.first().labels == [labels[1].pk, labels[0].pk]
        assert artist.history.first().aliases == [
            {"name": "Ann", "slug": "ann", "spotify_id": None, "joint_position": None},
            {"name": "Zoë", "slug": None, "spotify_id": "another000000000000000", "joint_position": None},
        ]

    def test_what_is_as_the_last_version_says_gets_no_other(self) -> None:
        track = TrackFactory(artists=[ArtistFactory()], genres=[GenreFactory()])
        artist = ArtistFactory()
        artist.aliases.create(name="Zoë")
        for model, thing in ((Track, track), (Artist, artist)):
            history.baseline(model, [thing.pk])
            before = thing.history.count()
            history.baseline(model, [thing.pk])
            history.record_updates(model, [thing.pk], Change(ChangeType.EDIT))
            assert thing.history.count() == before

    def test_nor_does_it_once_versions_were_dumped_and_loaded(self, tmp_path: Any) -> None:
        artist = ArtistFactory()
        artist.aliases.create(name="Zoë")
        history.baseline(Artist, [artist.pk])
        before, file = list(artist.history.values_list("pk", "aliases")), tmp_path / "dump.json"
        call_command("dumpdata", "musicdb", output=str(file))
        forget()
        call_command("loaddata", str(file), verbosity=0)
        history.baseline(Artist, [artist.pk])
        assert list(artist.history.values_list("pk", "aliases")) == before

    def test_the_first_act_on_a_row_records_what_it_was_before(self, user: User) -> None:
        track = TrackFactory(title="Before")
        forget()
        rename(track, "After", user)
        assert told(track) == [("action", [("title", "Before", "After")]), ("baseline", [])]
        assert [version.history_user for version in track.history.all()] == [user, None]

    def test_what_kept_no_history_is_told_apart_from_the_act(self, user: User) -> None:
        track = TrackFactory(title="One", score=1)
        Track.objects.filter(pk=track.pk).update(score=2)
        rename(track, "Two", user)
        assert told(track) == [
            ("action", [("title", "One", "Two")]),
            ("baseline", [("score", "1", "2")]),
            ("program", []),
        ]

    def test_a_program_that_saves_is_recorded_once_a_change(self) -> None:
        label = LabelFactory(name="One")
        label.name = "Two"
        label.save()
        label.save()
        assert told(label) == [("program", [("name", "One", "Two")]), ("program", [])]

    def test_changes_are_in_words(self, user: User) -> None:
        album, artist = AlbumFactory(title="Album"), ArtistFactory(name="Ann")
        track = TrackFactory(album=None, tempo=120.123456789, explicit=None, artists=[artist])
        history.baseline(Track, [track.pk])
        track.album, track.tempo, track.explicit = album, 120.123456788, False
        track.save()
        assert told(track)[0][1] == [
            ("album", "", "Album"),
            ("explicit", "", "no"),
            ("tempo", "120.123456789", "120.123456788"),
        ]
        album.release_date, album.release_precision = "1983-05-01", "month"
        album.save()
        assert told(album)[0][1] == [("release date", "", "1983-05")]

    def test_what_is_gone_is_called_what_it_was_called_last(self) -> None:
        artist = ArtistFactory(name="Gone")
        track = TrackFactory(artists=[artist])
        history.baseline(Track, [track.pk])
        track.track_artists.all().delete()
        artist.delete()
        history.record_updates(Track, [track.pk], Change(ChangeType.EDIT))
        assert told(track)[0] == ("edit", [("artists", "Gone", "")])

    def test_two_of_one_name_are_told_apart(self) -> None:
        artists = [ArtistFactory(name="Kim"), ArtistFactory(name="Kim")]
        track = TrackFactory(artists=artists[:1])
        history.baseline(Track, [track.pk])
        track.track_artists.update(artist=artists[1])
        history.record_updates(Track, [track.pk], Change(ChangeType.EDIT))
        assert told(track)[0] == ("edit", [("artists", "Kim (kim)", "Kim (kim-2)")])

    @pytest.mark.parametrize("rows", [1, 30])
    def test_many_rows_take_one_statement(self, rows: int, django_assert_num_queries: Any) -> None:
        tracks = [TrackFactory(artists=[ArtistFactory()]).pk for _ in range(rows)]
        with django_assert_num_queries(1):
            history.baseline(Track, tracks)
        Track.objects.update(title="Another")
        with django_assert_num_queries(1):
            history.record_updates(Track, tracks, Change(ChangeType.EDIT))
        assert Track.history.count() == 3 * rows


class TestDeleting:
    def test_a_version_says_what_was_deleted(self) -> None:
        artist = ArtistFactory()
        track = TrackFactory(artists=[artist])
        key, title = track.pk, track.title
        track.delete()
        version = diff.versions_of(Track, key).first()
        assert (version.history_type, version.title, version.artists) == ("-", title, [artist.pk])

    def test_tracks_say_that_they_lost_a_genre(self, user: User) -> None:
        genre, other = GenreFactory(name="Gone"), GenreFactory(name="Other")
        track, bystander = TrackFactory(genres=[genre, other]), TrackFactory(genres=[other])
        before = bystander.history.count()
        history.delete(Genre.objects.filter(pk=genre.pk), Change(ChangeType.DELETION, user))
        assert told(track)[0] == ("deletion", [("genres", "Gone, Other", "Other")])
        assert track.history.first().history_change_reason == "Lost “Gone”, deleted."
        assert track.history.first().history_user == user
        assert Genre.history.get(history_type="-").tracks == [track.pk]
        assert bystander.history.count() == before

    def test_so_they_do_where_a_program_deletes_it(self) -> None:
        genre = GenreFactory(name="Gone")
        track = TrackFactory(genres=[genre])
        genre.delete()
        assert told(track)[0] == ("deletion", [("genres", "Gone", "")])


class TestImports:
    def test_what_an_import_made_and_changed_says_so(self, user: User) -> None:
        label = LabelFactory(name="Harbour Light")
        run_import([net_file(net_row(1))], ImportOptions(), user)
        track = Track.objects.get()
        before = label.history.count()
        outcome = run_import([net_file(net_row(1, Tempo="99"), net_row(2))], ImportOptions(), user)
        tempo = f"{track.tempo:g}"
        assert told(track) == [("import", [("tempo", tempo, "99")]), ("import", [])]
        first, last = track.history.last(), track.history.first()
        assert (first.history_type, first.history_user) == ("+", user)
        assert (last.history_type, last.source_import, last.history_user) == ("~", outcome.record, user)
        assert last.artists == [artist.pk for artist in track.artists_in_order]
        assert label.history.count() == before

    def test_every_row_that_is_new_has_one_version(self) -> None:
        run_import([net_file(*(net_row(number) for number in range(5)))], ImportOptions(), None)
        for model in MODELS:
            assert model.history.count() == model.objects.count() > 0
            assert set(model.history.values_list("history_type", "change_type")) == {("+", "import")}

    def test_the_same_file_again_writes_none(self) -> None:
        source = net_file(*(net_row(number) for number in range(5)))
        run_import([source], ImportOptions(), None)
        before = stored_versions()
        run_import([source], ImportOptions(), None)
        assert stored_versions() == before

    def test_a_row_that_was_there_before_history_began_says_what_it_was(self) -> None:
        run_import([net_file(net_row(1, Tempo="98"))], ImportOptions(), None)
        forget()
        run_import([net_file(net_row(1, Tempo="99"))], ImportOptions(), None)
        assert told(Track.objects.get()) == [("import", [("tempo", "98", "99")]), ("baseline", [])]

    def test_undoing_says_so_of_what_changed_back_and_of_what_went(self, user: User) -> None:
        run_import([net_file(net_row(1, Tempo="98"))], ImportOptions(), None)
        outcome = run_import([net_file(net_row(1, Tempo="99"), net_row(2))], ImportOptions(), None)
        made = Track.objects.latest("pk").pk
        undo(outcome.record, user)
        track = Track.objects.get()
        assert told(track)[0] == ("undo", [("tempo", "99", "98")])
        gone = diff.versions_of(Track, made).first()
        assert (gone.history_type, gone.change_type, gone.source_import, gone.history_user) == (
            "-",
            "undo",
            outcome.record,
            user,
        )

    def test_an_undoing_that_is_refused_leaves_no_version(self) -> None:
        outcome = run_import([net_file(net_row(1))], ImportOptions(no_playlist=True), None)
        Track.objects.update(title="Touched")
        before = stored_versions()
        with pytest.raises(UndoRefusedError):
            undo(outcome.record, None)
        assert stored_versions() == before

    def test_undoing_asks_as_much_for_many_as_for_one(self) -> None:
        counts = []
        for start, rows in ((0, 1), (100, 30)):
            record = run_import(
                [net_file(*(net_row(n) for n in range(start, start + rows)))], ImportOptions(), None
            ).record
            assert record is not None
            with CaptureQueriesContext(connection) as queries:
                undo(record, None)
            counts.append(sum("historical" in query["sql"] for query in queries))
        assert counts[0] == counts[1]


class TestMerging:
    @pytest.mark.parametrize(
        ("factory", "owner", "what"),
        [(GenreFactory, "track", "genres"), (ArtistFactory, "track", "artists"), (LabelFactory, "album", "labels")],
    )
    def test_each_history_says_what_became_of_it(self, factory: Any, owner: str, what: str, user: User) -> None:
        stays, goes = factory(name="Stays"), factory(name="Goes")
        make = TrackFactory if owner == "track" else AlbumFactory
        moved, bystander = make(**{what: [goes]}), make(**{what: [stays]})
        model, key, kind, slug = type(stays), goes.pk, stays._meta.verbose_name.capitalize(), stays.slug
        before = bystander.history.count()
        merge(stays, [goes], user)
        assert told(stays)[0] == (
            "merge",
            [("aliases", "", "Goes (goes)" if model is not Artist else (f"Goes (goes, {goes.spotify_id})"))],
        )
        assert stays.history.first().history_change_reason == "Merged into this: “Goes” (goes)."
        gone = diff.versions_of(model, key).first()
        assert (gone.history_type, gone.change_type, gone.history_user) == ("-", "merge", user)
        assert gone.history_change_reason == f"Merged into “Stays” ({slug})."
        assert told(moved)[0] == ("merge", [(what, "Goes", "Stays")])
        assert moved.history.first().history_change_reason == f"{kind} “Goes” merged into “Stays” (stays)."
        assert bystander.history.count() == before


def test_versions_of_a_dump_are_versions_again(tmp_path: Any, user: User) -> None:
    track = TrackFactory(artists=[ArtistFactory()])
    rename(track, "Renamed", user)
    first, second = tmp_path / "first.json", tmp_path / "second.json"
    apps = ["auth.user", "musicdb"]
    call_command("dumpdata", *apps, output=str(first))
    for model in (TrackArtist, Track, Album, Artist, User):
        model.objects.all().delete()
    forget()
    call_command("loaddata", str(first), verbosity=0)
    call_command("dumpdata", *apps, output=str(second))
    # Of a time with less than a millisecond, Django's encoder writes "35.000Z", and "35Z" after it has been loaded.
    assert json.loads(second.read_text()) == json.loads(first.read_text().replace(".000Z", "Z"))
