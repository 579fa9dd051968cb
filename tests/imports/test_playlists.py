"""Files as playlists: what an import makes of them, what the next one changes, and the way back."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from musicdb.imports import ImportOptions, Outcome, Preview, Source, preview, run_import
from musicdb.imports.new_pages import new_pages
from musicdb.imports.undo import undo
from musicdb.models import PageRule, Playlist, SiteSettings, Track, Visibility
from musicdb.music import means_liked_songs, playlist_name
from tests.factories import PlaylistFactory, TrackFactory
from tests.imports.files import as_csv, net_file, net_row, track_id
from tests.imports.library import exported, run, state, wipe, zipped, zipped_files

pytestmark = pytest.mark.django_db


def order(name: str) -> list[str]:
    return list(Playlist.objects.get(name=name).entries.order_by("position").values_list("track__title", flat=True))


def songs(*numbers: int, name: str = "Road_trip.csv", **cells: str) -> Source:
    return net_file(*(net_row(number, **cells) for number in numbers), name=name)


def told(outcome: Preview) -> list[str]:
    return [str(playlist) for playlist in outcome.plan.playlists]


@pytest.mark.parametrize(
    ("file", "name"),
    [
        ("Road_trip.csv", "Road trip"),
        ("Road trip (1).csv", "Road trip"),
        ("Road trip.v2.CSV", "Road trip.v2"),
        ("１９９０ｓ.csv", "１９９０ｓ"),
        ("밤_산책.csv", "밤 산책"),
    ],
)
def test_a_playlist_is_called_like_its_file(file: str, name: str) -> None:
    assert playlist_name(file) == name


@pytest.mark.parametrize(
    "name",
    [
        *("liked", "Liked Songs", "LIKED_SONGS", "Titres likés", "titres likes", "Lieblingssongs", "Músicas Curtidas"),
        *("Canciones que te gustan", "Brani che ti piacciono", "お気に入りの曲", "좋아요 표시한 곡", "Gillade låtar"),
        *("Любимые треки", "Beğenilen Şarkılar", "Polubione utwory", "Nummers die je leuk vindt"),
    ],
)
def test_the_list_of_liked_songs_is_known_in_many_languages(name: str) -> None:
    assert means_liked_songs(playlist_name(f"{name}.csv"))
    assert not means_liked_songs(f"{name} 2024")


def test_a_file_is_a_playlist_in_its_order() -> None:
    outcome = run(songs(2, 1, 2))
    assert told(outcome) == ["Playlist “Road trip”: new, 3 tracks"]
    assert order("Road trip") == ["Song 2", "Song 1", "Song 2"]
    playlist = Playlist.objects.get()
    assert (playlist.slug, playlist.source, playlist.visibility) == ("road-trip", "Road_trip.csv", "automatic")
    assert not Track.objects.filter(liked=True).exists()
    assert outcome.counts["Playlist"] == {"created": 1, "updated": 0, "unchanged": 0}


def test_each_file_of_a_zip_is_a_playlist() -> None:
    run(zipped(One=as_csv([net_row(1), net_row(2)]), Two=as_csv([net_row(2)])))
    assert order("One") == ["Song 1", "Song 2"]
    assert order("Two") == ["Song 2"]


class TestSameName:
    """Several files of an upload are one playlist by their names."""

    NOTE = "Several files are the playlist “Road trip”, which gets the tracks of all. Name them differently to keep "

    @pytest.fixture(params=["zip", "files", "document"])
    def sources(self, request: pytest.FixtureRequest) -> list[Source]:
        if request.param == "document":
            lists = [{"name": "Road trip", "items": [spotify_item(number)]} for number in (1, 2)]
            return [Source("Playlist1.json", json.dumps({"playlists": lists}).encode())]
        files = {"a/Road trip.csv": as_csv([net_row(1)]), "b/Road trip.csv": as_csv([net_row(2)])}
        if request.param == "zip":
            return [zipped_files("all.zip", files)]
        return [Source(path.rpartition("/")[2], text.encode()) for path, text in files.items()]

    def test_the_preview_says_that_they_are_put_together(self, sources: list[Source]) -> None:
        found = preview(sources, ImportOptions())
        assert [str(note) for note in found.notes if self.NOTE in str(note)] == [f"2 files: {self.NOTE}them apart."]
        assert [str(one) for one in found.plan.playlists] == ["Playlist “Road trip”: new, 2 tracks"]

    def test_each_can_have_a_name_of_its_own(self, sources: list[Source]) -> None:
        first, second = preview(sources, ImportOptions()).parsed.playlist_files
        outcome = run(*sources, playlists={first: "One", second: "Two"})
        assert (order("One"), order("Two")) == (["Song 1"], ["Song 2"])
        assert self.NOTE not in str(outcome.notes)

    def test_one_name_that_somebody_chose_for_all_is_no_surprise(self, sources: list[Source]) -> None:
        assert self.NOTE.replace("Road trip", "Mine") not in str(run(*sources, playlist="Mine").notes)
        assert order("Mine") == ["Song 1", "Song 2"]


def spotify_item(number: int) -> dict[str, Any]:
    names = {"trackName": f"Song {number}", "artistName": "Singer", "albumName": "Album"}
    return {"track": {**names, "trackUri": f"spotify:track:{track_id(number)}"}}


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ({"playlist": "Mine"}, ["Mine"]),
        ({"no_playlist": True}, []),
        ({"playlists": {"Road_trip.csv": " Ours "}}, ["Ours"]),
        ({"playlists": {"Road_trip.csv": ""}}, []),
        ({"playlists": {"Other.csv": ""}}, ["Road trip"]),
    ],
)
def test_the_name_is_a_choice(options: dict[str, Any], names: list[str]) -> None:
    run(songs(1), **options)
    assert list(Playlist.objects.values_list("name", flat=True)) == names
    assert Track.objects.count() == 1


def test_formats_that_are_no_playlists_make_none() -> None:
    run(zipped(tracks="slug,title\na,A\n"))
    assert not Playlist.objects.exists()


def test_who_added_a_track_and_when_is_kept_and_1970_means_unknown() -> None:
    rows = [
        net_row(1, **{"Added At": "2024-05-06T07:08:09Z", "Added By": "ann"}),
        net_row(2, **{"Added At": "1970-01-01T00:00:00Z"}),
        net_row(3, **{"Added At": "last week"}),
    ]
    run(net_file(*rows, name="Mine.csv"))
    entries = Playlist.objects.get().entries.order_by("position").values_list("added_at", "added_by")
    assert list(entries) == [(datetime(2024, 5, 6, 7, 8, 9, tzinfo=UTC), "ann"), (None, ""), (None, "")]


def test_the_same_file_again_changes_nothing() -> None:
    source = net_file(net_row(1, **{"Added At": "2024-05-06T07:08:09Z", "Added By": "ann"}), name="Mine.csv")
    run(source)
    outcome = preview([source], ImportOptions())
    assert not outcome.changes_anything
    assert told(outcome) == ["Playlist “Mine”: its tracks as they were"]
    assert outcome.counts["Playlist"]["unchanged"] == 1


def test_a_later_file_updates_the_playlist_and_an_undo_restores_it() -> None:
    first = net_file(
        net_row(1, **{"Added By": "ann"}), *(net_row(number) for number in (2, 3, 4)), name="Road_trip.csv"
    )
    run(first)
    before = state()
    outcome = run(songs(5, 4, 1, 2))
    assert told(outcome) == ["Playlist “Road trip”: 1 added, 1 removed, 1 moved"]
    assert order("Road trip") == ["Song 5", "Song 4", "Song 1", "Song 2"]
    # The later file does not say who added the song.
    assert Playlist.objects.get().entries.get(track__title="Song 1").added_by == "ann"
    assert isinstance(outcome, Outcome)
    undo(outcome.record, None)
    assert order("Road trip") == ["Song 1", "Song 2", "Song 3", "Song 4"]
    assert state() == before


def test_an_undo_of_the_first_import_deletes_the_playlist() -> None:
    outcome = run(songs(1, 2))
    undo(outcome.record, None)
    assert not Playlist.objects.exists()
    assert not Track.objects.exists()


def test_a_renamed_playlist_is_found_by_its_old_name() -> None:
    playlist = PlaylistFactory(name="On the road")
    playlist.aliases.create(name="Road trip")
    run(songs(1))
    assert order("On the road") == ["Song 1"]


def test_a_name_in_other_case_is_the_same_playlist() -> None:
    PlaylistFactory(name="ROAD TRIP")
    run(songs(1))
    assert order("ROAD TRIP") == ["Song 1"]


def test_a_playlist_with_a_rule_keeps_it() -> None:
    PlaylistFactory(name="Road trip", rule="liked=true")
    outcome = run(songs(1))
    assert [note.text for note in outcome.notes if "rule" in note.text] == [
        "A rule finds the tracks of the playlist “Road trip”, so they were left as they are."
    ]
    assert not Playlist.objects.get().entries.exists()


def test_bad_rows_are_not_in_the_playlist() -> None:
    run(net_file(net_row(1), net_row(2, **{"Track Name": ""}), name="Mine.csv"), skip_bad=True)
    assert order("Mine") == ["Song 1"]


class TestLiked:
    def test_the_file_of_liked_songs_marks_its_tracks_and_says_so(self) -> None:
        source = zipped(**{"Titres likés": as_csv([net_row(1)]), "Other": as_csv([net_row(2)])})
        outcome = run(source)
        assert list(Track.objects.filter(liked=True).values_list("title", flat=True)) == ["Song 1"]
        assert any("marked as liked" in note.text for note in outcome.notes)
        assert order("Titres likés") == ["Song 1"]

    @pytest.mark.parametrize(("liked", "number"), [(None, 1), (True, 1), (False, 0)])
    def test_it_is_a_choice(self, liked: bool | None, number: int) -> None:
        run(songs(1, name="liked_songs.csv"), liked=liked)
        assert Track.objects.filter(liked=True).count() == number

    def test_no_playlist_of_it_still_marks_the_tracks(self) -> None:
        run(songs(1, name="liked.csv"), no_playlist=True)
        assert Track.objects.filter(liked=True).exists()
        assert not Playlist.objects.exists()


class TestLibrary:
    def library(self) -> None:
        one, two = TrackFactory(title="A"), TrackFactory(title="B")
        playlist = PlaylistFactory(
            name="=Mine; too", description="Long\nlines", visibility=Visibility.HIDDEN, tracks=[two, one, two]
        )
        playlist.entries.filter(position=1).update(
            added_at=datetime(2024, 5, 6, 7, 8, 9, 123, tzinfo=UTC), added_by="=ann"
        )
        playlist.aliases.create(name="Old", slug="old")
        PlaylistFactory(name="Loved", rule="liked=true&ordering=-score", source="https://a.example/x")
        PlaylistFactory(name="Empty")

    @pytest.mark.parametrize("kind", [".zip", ".xlsx"])
    def test_export_and_import_give_the_same(self, kind: str) -> None:
        self.library()
        before, source = state(), exported(kind)
        assert not preview([source], ImportOptions()).changes_anything
        wipe()
        run(source)
        assert state() == before

    def test_a_merged_playlist_of_an_old_file_leaves_the_other_as_it_is(self) -> None:
        self.library()
        source = exported(".zip")
        Playlist.objects.get(name="Empty").aliases.create(name="=Mine; too 2", slug="mine-too-2")
        Playlist.objects.filter(slug="mine-too").update(slug="changed")
        Playlist.objects.get(name="Empty").aliases.update(slug="mine-too")
        Playlist.objects.get(slug="changed").delete()
        run(source)
        assert not Playlist.objects.get(name="Empty").entries.exists()

    def test_an_entry_of_what_is_not_there_is_a_problem(self) -> None:
        PlaylistFactory(name="Mine")
        header = "playlist_slug,track_slug,position,added_at,added_by\n"
        lines = "mine,none,0,,\nother,none,0,,\n,x,0,,\n"
        outcome = preview([Source("playlist_entries.csv", (header + lines).encode())], ImportOptions())
        assert sorted((problem.ref.row, problem.column) for problem in outcome.problems) == [
            (2, "track_slug"),
            (3, "playlist_slug"),
            (4, "playlist_slug"),
        ]


class TestNewPages:
    def pages(self, *sources: Source) -> dict[str, int]:
        return {page.kind: page.number for page in new_pages(preview(sources, ImportOptions()).plan)}

    def test_they_are_counted_and_named(self) -> None:
        TrackFactory(title="Song 1")
        plan = preview([songs(1, 2)], ImportOptions()).plan
        tracks = next(page for page in new_pages(plan) if page.kind == "tracks")
        assert str(tracks) == "2 tracks"
        assert tracks.first == [("Song 1", "/tracks/song-1-2/"), ("Song 2", "/tracks/song-2/")]
        assert self.pages(songs(1, 2)) == {
            "playlist": 1,
            "artists": 2,
            "albums": 2,
            "label": 1,
            "genre": 1,
            "tracks": 2,
        }

    @pytest.mark.parametrize(
        ("rule", "names"),
        [(PageRule.NONE, {}), (PageRule.TRACKS, {"label": 1}), (PageRule.LIKED, {"label": 1, "artist": 1})],
    )
    def test_artists_and_labels_follow_the_rule_of_the_site(self, rule: PageRule, names: dict[str, int]) -> None:
        SiteSettings.objects.create(page_rule=rule, min_tracks=2)
        liked = as_csv([net_row(1)])
        found = self.pages(zipped(liked=liked, other=as_csv([net_row(2)])))
        assert {kind: found[kind] for kind in found if kind in ("artist", "artists", "label", "labels")} == names

    def test_what_changes_no_page_says_nothing(self) -> None:
        source = songs(1)
        run_import([source], ImportOptions(), None)
        assert new_pages(preview([source], ImportOptions()).plan) == []
