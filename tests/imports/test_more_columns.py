"""The places, dates, popularity and previews that files have of tracks, and what the preview says is not read."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from django.core.management import call_command
from django.db.models import Q

from musicdb.imports import ImportOptions, Source, preview
from musicdb.models import Album, Track
from tests.factories import TrackFactory
from tests.imports.files import NET, as_csv, net_file, net_row, records_of, sample, track_id
from tests.imports.library import run, zipped

pytestmark = pytest.mark.django_db


def notes(*sources: Source) -> list[str]:
    return list(map(str, preview(sources, ImportOptions()).notes))


class TestTracks:
    def test_everything_that_exportify_app_writes_is_kept(self) -> None:
        header = (
            *("Track URI", "Track Name", "Artist URI(s)", "Artist Name(s)", "Album URI", "Album Name"),
            *("Album Artist URI(s)", "Album Artist Name(s)", "Disc Number", "Track Number", "Track Preview URL"),
            *("Popularity", "Added At", "Album Type", "UPC", "Copyrights"),
        )
        cells = (
            *(track_id(1), "Song", f"{'a' * 22}, {'b' * 22}", "Duo, Guest", "c" * 22, "Album"),
            *(f"{'b' * 22}, {'d' * 22}", "Guest, Tyler, The Creator"),
            *("2", "11", "https://p.example/1?cid=2", "0", "2026-03-29T17:03:53Z"),
            *("SINGLE", "0 602435 971889", "℗ 2021 A, © 2021 B"),
        )
        known = (*(track_id(2), "Other", "d" * 22, "Tyler, The Creator", "c" * 22, "Album"), *[""] * 10)
        run(Source("app.csv", as_csv([cells, known], header).encode()))
        track, album = Track.objects.get(title="Song"), Album.objects.get()
        assert (track.disc_number, track.track_number, track.popularity) == (2, 11, 0)
        assert track.added_at == datetime(2026, 3, 29, 17, 3, 53, tzinfo=UTC)
        assert track.preview_url == "https://p.example/1?cid=2"
        assert [artist.name for artist in album.artists_in_order] == ["Guest", "Tyler, The Creator"]
        assert [artist.spotify_id for artist in album.artists_in_order] == ["b" * 22, "d" * 22]
        assert (album.album_type, album.upc) == ("single", "0602435971889")
        assert album.copyrights == "℗ 2021 A, © 2021 B"

    def test_snake_case_headings_are_read_too(self) -> None:
        header = (
            *("track_uri", "track_name", "artist_uri", "artist_name", "album_uri", "album_name", "album_artist_uri"),
            *("album_artist_name", "album_image_url", "disc_number", "track_number", "track_preview_url", "popularity"),
            *("copyrights", "album_type", "upc"),
        )
        cells = (
            *(track_id(1), "Song", "a" * 22, "Earth\\, Wind & Fire", "c" * 22, "Album", "a" * 22),
            *("Earth\\, Wind & Fire", "https://i.example/1", "1", "3", "https://p.example/1", "38"),
            *("℗ X", "compilation", "12345678"),
        )
        run(Source("app.csv", as_csv([cells], header).encode()))
        track, album = Track.objects.get(), Album.objects.get()
        assert (track.disc_number, track.track_number, track.popularity) == (1, 3, 38)
        assert [artist.name for artist in album.artists_in_order] == ["Earth, Wind & Fire"]
        assert track.artists_in_order == album.artists_in_order
        assert (album.image_url, album.copyrights) == ("https://i.example/1", "℗ X")
        assert (album.album_type, album.upc) == ("compilation", "12345678")

    def test_zero_is_no_place_and_a_strange_type_is_unknown(self) -> None:
        header = [*NET, "Disc Number", "Track Number", "Album Type"]
        run(Source("songs.csv", as_csv([[*net_row(1), "0", "0", "audiobook"]], header).encode()))
        track = Track.objects.get()
        assert (track.disc_number, track.track_number) == (None, None)
        assert Album.objects.get().album_type == ""

    @pytest.mark.parametrize("popularity", ["101", "-1", "many"])
    def test_popularity_that_cannot_be_is_a_bad_row(self, popularity: str) -> None:
        (problem,) = records_of(net_file(net_row(1, Popularity=popularity))).problems
        assert problem.column == "Popularity"


class TestAdded:
    @pytest.mark.parametrize(
        "order", list(permutations(["2021-07-04T12:00:00Z", "2019-01-02", "1970-01-01T00:00:00Z"]))
    )
    def test_the_earliest_known_time_counts_whichever_file_is_first(self, order: tuple[str, ...]) -> None:
        for text in order:
            run(net_file(net_row(1, **{"Added At": text})))
        assert Track.objects.get().added_at == datetime(2019, 1, 2, tzinfo=UTC)
        # As Django itself writes it, so that comparisons in the database hold.
        assert Track.objects.filter(added_at__lt=datetime(2019, 1, 2, 1, tzinfo=UTC)).exists()
        assert not Track.objects.filter(~Q(added_at__date="2019-01-02")).exists()

    @pytest.mark.parametrize("order", [(1, 2), (2, 1)])
    def test_in_one_import_too(self, order: tuple[int, int]) -> None:
        files = {
            1: net_file(net_row(1, **{"Added At": "2021-07-04", "Popularity": "50"}), name="a.csv"),
            2: net_file(net_row(1, **{"Added At": "2019-01-02", "Popularity": "52"}), name="b.csv"),
        }
        run(*(files[number] for number in order))
        track = Track.objects.get()
        assert (track.added_at, track.popularity) == (datetime(2019, 1, 2, tzinfo=UTC), 52)

    def test_a_day_that_the_service_does_not_know_is_unknown(self) -> None:
        run(net_file(net_row(1, **{"Added At": "1970-01-01T00:00:00Z"})))
        assert Track.objects.get().added_at is None


class TestNotRead:
    def test_what_a_format_does_not_read_is_named(self) -> None:
        header = [*NET, "Time Signature Confidence", "", "My notes"]
        source = Source("songs.csv", as_csv([[*net_row(1), "0.9", "", "x"]], header).encode())
        assert notes(source) == ["songs.csv: Not read: Time Signature Confidence, My notes."]

    def test_so_is_a_second_column_of_one_meaning(self) -> None:
        header = [*NET, "Album Release Date", "Track Name"]
        source = Source("songs.csv", as_csv([[*net_row(1), "2021", "x"]], header).encode())
        assert notes(source) == ["songs.csv: Not read: Album Release Date, Track Name."]

    def test_many_files_are_told_once(self) -> None:
        text = as_csv([[*net_row(1), "x"]], [*NET, "My notes"])
        assert notes(*(Source(f"{number}.csv", text.encode()) for number in range(75))) == [
            "75 files: Not read: My notes."
        ]

    def test_in_musicdbs_own_files_too(self) -> None:
        assert notes(zipped(labels="slug,name,founded\nx,X,1901\n")) == ["labels.csv: Not read: founded."]

    def test_a_file_of_bad_rows_has_columns_that_need_no_reading(self) -> None:
        header = [*NET, "File", "Row", "Why it was not imported"]
        source = Source("bad.csv", as_csv([[*net_row(1), "a.csv", "2", "because"]], header).encode())
        assert notes(source) == []
        elsewhere = Source("songs.csv", as_csv([[*net_row(1), "a.csv"]], [*NET, "File"]).encode())
        assert notes(elsewhere) == ["songs.csv: Not read: File."]

    def test_a_whole_file_of_a_known_format_is_read_whole(self) -> None:
        assert notes(net_file(net_row(1))) == []

    def test_the_command_says_it(self, tmp_path, capsys) -> None:
        path = tmp_path / "songs.csv"
        path.write_text(as_csv([[*net_row(1), "x"]], [*NET, "My notes"]), encoding="utf-8")
        call_command("importlibrary", str(path), "--dry-run")
        assert "Not read: My notes." in capsys.readouterr().out


class TestNoFeatures:
    NONE = dict.fromkeys(NET[NET.index("Danceability") :], "")

    def test_it_is_a_warning_with_what_to_do(self) -> None:
        (note,) = notes(net_file(net_row(1, **self.NONE), net_row(2, **self.NONE)))
        assert note.startswith("songs.csv: None of the 2 tracks has audio features, so they cannot be clustered. ")
        assert "exportify.net" in note

    def test_one_track_is_one(self) -> None:
        (note,) = notes(net_file(net_row(1, **self.NONE)))
        assert note.startswith("songs.csv: The track has no audio features, so it cannot be clustered. ")

    def test_several_files_are_warned_of_once(self) -> None:
        files = [net_file(net_row(number, **self.NONE), name=f"{number}.csv") for number in (1, 2, 3)]
        (note,) = notes(*files)
        assert note.startswith("3 files: None of the 3 tracks has")

    @pytest.mark.parametrize("feature", ["Danceability", "Energy"])
    def test_a_track_that_an_analysis_describes_is_enough(self, feature: str) -> None:
        assert notes(net_file(net_row(1, **self.NONE), net_row(2, **self.NONE | {feature: "0.5"}))) == []

    def test_a_tempo_alone_is_not(self) -> None:
        (note,) = notes(net_file(net_row(1, **self.NONE), net_row(2, **self.NONE | {"Tempo": "99"})))
        assert "None of the 2 tracks has audio features" in note

    def test_so_is_one_that_the_library_knows(self) -> None:
        TrackFactory(spotify_id=track_id(1), title="Song 1")
        assert notes(net_file(net_row(1, **self.NONE), net_row(2, **self.NONE))) == []

    def test_a_file_without_tracks_needs_none(self) -> None:
        assert notes(zipped(labels="slug,name\nx,X\n")) == []


def test_the_samples_of_kaggle_and_tidytuesday_have_popularity() -> None:
    for name in ("kaggle.csv", "tidytuesday.csv"):
        run(sample(name))
    assert Track.objects.exclude(popularity=None).exists()
