"""musicdb's own tables, imported into a library that has some of the rows: complete, in part, and wrong."""

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from musicdb.imports import BadRowsError, ImportOptions, ImportRefusedError, Source, preview
from musicdb.imports.report import ValueChange, row_reports
from musicdb.imports.undo import undo
from musicdb.models import Album, Artist, ArtistAlias, Genre, GenreAlias, Import, Label, Track
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.imports.files import records_of, sample, track_id
from tests.imports.library import exported, run, state, wipe, zipped

pytestmark = pytest.mark.django_db
GENRES = "slug,name,description,other_spellings,former_addresses\n"
ARTISTS = "slug,name,spotify_id,visibility\n"
LABELS = "slug,name,visibility\n"
ALBUMS = "slug,title,released,labels,label_slugs\n"
TRACKS = "slug,title,artists,artist_slugs,album,album_slug,genres,genre_slugs,score,liked,spotify_id\n"


def problems(*sources: Source) -> list[str]:
    """What is wrong with a file; and nothing of it is written."""
    before = state()
    with pytest.raises(BadRowsError) as refused:
        run(*sources)
    assert state() == before
    assert not Import.objects.exists()
    return [str(problem) for problem in refused.value.problems]


class TestDetection:
    @pytest.mark.parametrize(
        ("name", "header", "holds"),
        [
            ("a.csv", GENRES, "genres"),
            ("a.csv", ARTISTS, "artists"),
            ("a.csv", LABELS, "labels"),
            ("a.csv", ALBUMS, "albums"),
            ("a.csv", TRACKS, "tracks"),
            ("tracks-2026-05-12.csv", "Slug;Title;Score\n", "tracks"),
            ("artists.csv", "name,slug,visibility\n", "artists"),
        ],
    )
    def test_by_header_and_by_the_files_name_where_columns_are_missing(
        self, name: str, header: str, holds: str
    ) -> None:
        row = "a" + (";" if ";" in header else ",") + "a\n"
        parsed = records_of(Source(name, (header + row).encode()))
        assert parsed.file_formats == ["musicdb"]
        assert [row.model.lower() + "s" for row in parsed.entities] == ([holds] if holds != "tracks" else [])
        assert len(parsed.tracks) == (holds == "tracks")

    def test_unknown_columns_are_named(self) -> None:
        parsed = records_of(zipped(labels="slug,name,visibility,founded\na,A,shown,1999\n"))
        assert [str(note) for note in parsed.notes] == ["labels.csv: Not read: founded."]

    def test_a_table_with_too_few_columns(self) -> None:
        with pytest.raises(ImportRefusedError, match="has no format that musicdb knows"):
            run(Source("a.csv", b"slug,name\na,A\n"))
        with pytest.raises(ImportRefusedError, match="is not in the format musicdb"):
            run(sample("kaggle.csv"), file_format="musicdb")

    def test_a_zip_with_something_else_in_it_is_refused_whole(self) -> None:
        with pytest.raises(ImportRefusedError, match=r"notes.csv has no format"):
            run(zipped(genres=GENRES + "a,A,,,\n", notes="x,y\n1,2\n"))
        assert not Genre.objects.exists()


class TestPartialTables:
    def test_blanks_erase_nothing_and_what_is_known_wins(self) -> None:
        genre = GenreFactory(name="pop", description="mine")
        artist = ArtistFactory(name="IU", visibility="shown")
        label = LabelFactory(name="EDAM", visibility="shown")
        album = AlbumFactory(title="Lilac", labels=[label], release_date="2021-03-25", release_precision="day")
        TrackFactory(title="Coin", artists=[artist], album=album, genres=[genre], score=3, liked=True, tempo=99.5)
        before = state()
        blank = zipped(
            genres=GENRES + "pop,pop,,,\n",
            artists=ARTISTS + "iu,IU,,\n",
            labels=LABELS + "edam,EDAM,\n",
            albums=ALBUMS + "lilac,Lilac,,,\n",
            tracks=TRACKS + "coin,Coin,,,,,,,,,\n",
        )
        assert not preview([blank], ImportOptions()).changes_anything
        run(
            zipped(
                genres=GENRES + "pop,Pop!,new,,\n",
                artists=ARTISTS + "iu,IU,,hidden\n",
                labels=LABELS + "edam,EDAM Ent.,hidden\n",
                albums=ALBUMS + "lilac,LILAC,2022,New; EDAM,\n",
                tracks=TRACKS + "coin,COIN,,,,,ballad,,5,false,\n",
            )
        )
        after = state()
        assert after["Genre pop"] == before["Genre pop"] | {"name": "Pop!", "description": "new"}
        assert after["Artist iu"] == before["Artist iu"] | {"visibility": "hidden"}
        assert after["Label edam"] == before["Label edam"] | {"name": "EDAM Ent.", "visibility": "hidden"}
        assert after["Album lilac"]["labels"] == ["new", "edam"]
        assert (after["Album lilac"]["title"], after["Album lilac"]["release_precision"]) == ("LILAC", "year")
        changed = {"title": "COIN", "genres": ["ballad", "pop"], "score": 5, "liked": False}
        assert after["Track coin"] == before["Track coin"] | changed

    @pytest.mark.parametrize("heading", ["is_public", "public", "Public"])
    @pytest.mark.parametrize(("cell", "expected"), [("true", "shown"), ("no", "automatic"), ("", "hidden")])
    def test_a_file_of_an_earlier_version_says_whether_a_name_is_public(
        self, heading: str, cell: str, expected: str
    ) -> None:
        for factory in (ArtistFactory, LabelFactory):
            factory(name="One", slug="one", visibility="hidden")
        outcome = run(
            zipped(
                artists=f"slug,name,spotify_id,{heading}\none,One,,{cell}\n",
                labels=f"slug,name,{heading}\none,One,{cell}\n",
            )
        )
        assert not outcome.problems
        assert (Artist.objects.get().visibility, Label.objects.get().visibility) == (expected, expected)

    def test_each_visibility_is_read(self) -> None:
        run(zipped(labels="slug,name,visibility\na,A,shown\nb,B,Hidden\nc,C,automatic\nd,D,\n"))
        assert dict(Label.objects.values_list("slug", "visibility")) == {
            "a": "shown",
            "b": "hidden",
            "c": "automatic",
            "d": "automatic",
        }

    def test_an_id_comes_before_an_address_and_an_address_before_a_name(self) -> None:
        by_id = ArtistFactory(name="Crush", spotify_id=track_id(1))
        by_address = ArtistFactory(name="Crush", slug="crusher", spotify_id=None)
        outcome = run(
            zipped(artists=f"{ARTISTS}elsewhere,CRUSH,{track_id(1)},\ncrusher,Crusher,{track_id(2)},\nnew,Crush,,\n")
        )
        assert outcome.counts["Artist"] == {"created": 1, "updated": 2, "unchanged": 0}
        by_id.refresh_from_db()
        by_address.refresh_from_db()
        # Addresses stay as they were given.
        assert (by_id.name, by_id.slug) == ("CRUSH", "crush")
        assert (by_address.name, by_address.spotify_id) == ("Crusher", track_id(2))
        assert Artist.objects.get(slug="new").name == "Crush"

    def test_an_address_that_somebody_else_has(self) -> None:
        TrackFactory(title="Intro", slug="intro", spotify_id=track_id(1))
        ArtistFactory(name="Crush", spotify_id=track_id(1))
        AlbumFactory(title="Best", spotify_id=track_id(1))
        source = zipped(
            artists=f"{ARTISTS}crush,Crush,{track_id(2)},\n",
            albums=f"slug,title,released,spotify_id\nbest,Best,,{track_id(2)}\n",
            tracks=f"{TRACKS}intro,Intro,Crush,crush,Best,best,,,,,{track_id(2)}\n",
        )
        run(source)
        track = Track.objects.get(spotify_id=track_id(2))
        assert track.album is not None
        assert (track.slug, track.album.slug, track.artists_in_order[0].slug) == ("intro-2", "best-2", "crush-2")
        assert not preview([source], ImportOptions()).changes_anything

    def test_what_was_merged_since_stays_merged(self) -> None:
        artist = ArtistFactory(name="IU", visibility="shown")
        ArtistAlias.objects.create(name="아이유", slug="aiyu", spotify_id=track_id(7), target=artist)
        genre = GenreFactory(name="pop")
        GenreAlias.objects.create(name="K-Pop", target=genre)
        run(
            zipped(
                artists=f"{ARTISTS}aiyu,아이유,{track_id(7)},hidden\n",
                genres=GENRES + "k-pop,k-pop,said,,\n",
                tracks=TRACKS + "coin,Coin,아이유,aiyu,,,k-pop,k-pop,,,\n",
            )
        )
        track = Track.objects.get()
        assert (track.artists_in_order, list(track.genres.all())) == ([artist], [genre])
        assert (Artist.objects.count(), Genre.objects.count()) == (1, 1)
        assert Artist.objects.get().visibility == "shown"
        assert Genre.objects.get().description == ""

    def test_tracks_alone(self) -> None:
        awkward = [ArtistFactory(name="Crush"), ArtistFactory(name="Crush")]
        best = [AlbumFactory(title="Best", image_url="", spotify_id=None) for _ in range(2)]
        for one, album in zip(awkward, best, strict=True):
            TrackFactory(artists=[one], album=album, genres=[GenreFactory(name=f"=g{one.pk};")])
        Artist.objects.update(spotify_id=None)
        before = state()
        client = Client()
        client.force_login(superuser())
        response = client.post(reverse("admin:musicdb_track_export"), {"format": "0"})
        wipe()
        run(Source("mine.csv", response.getvalue()))
        assert state() == before

    @pytest.mark.parametrize("name", ["genre", "artist", "label", "album"])
    @pytest.mark.parametrize("kind", ["0", "1"])
    def test_any_list_of_the_admin_comes_back(self, name: str, kind: str) -> None:
        run(sample("musicdb.zip"))
        client = Client()
        client.force_login(superuser())
        response = client.post(reverse(f"admin:musicdb_{name}_export"), {"format": kind})
        outcome = preview([Source(f"{name}s.{'xlsx' if kind == '1' else 'csv'}", response.getvalue())], ImportOptions())
        assert not outcome.changes_anything
        assert outcome.counts[name.capitalize()]["unchanged"] > 1

    def test_aliases_are_added_and_completed(self) -> None:
        genre = GenreFactory(name="pop")
        GenreAlias.objects.create(name="Pops", target=genre)
        GenreAlias.objects.create(name="kept", slug="kept", target=genre)
        run(zipped(genres=GENRES + "pop,pop,,Pops; kept; new,pops; ; \n"))
        spelt = genre.aliases.order_by("name").values_list("name", "slug")
        assert set(spelt) == {("Pops", "pops"), ("kept", "kept"), ("new", None)}

    def test_rows_without_an_address_are_found_by_name(self) -> None:
        source = zipped(
            artists=ARTISTS + ",IU,,true\n",
            albums=ALBUMS + ",Lilac,2021,EDAM,\n",
            tracks=TRACKS + ",Coin,IU,,Lilac,,,,,,\n",
        )
        run(source)
        assert [model.objects.get().slug for model in (Artist, Album, Track)] == ["iu", "lilac", "coin"]
        assert not preview([source], ImportOptions()).changes_anything


def superuser() -> Any:
    from django.contrib.auth.models import User

    return User.objects.create_superuser("super")


class TestProblems:
    def test_cells(self) -> None:
        assert problems(
            zipped(
                genres=GENRES + "Pop!,pop,,,\nx,,,,\ny,y,,a;b,only-one; of; three\n",
                artists=ARTISTS + "a,A,123,\nb,B,,maybe\n",
                tracks=TRACKS + "a,A,X;Y,x,,,,,,,\nb,B,,,,,,,-1,,\n",
            )
        ) == [
            "genres.csv, row 2, slug: “Pop!”: An address part has small Latin letters, digits and single hyphens "
            "between them.",
            "genres.csv, row 3, name: is empty. Each of the genres needs a name.",
            "genres.csv, row 4, other_spellings: has 2 parts, and the column that it belongs to has 3.",
            "artists.csv, row 2, spotify_id: “123” is not a Spotify id. An id has 22 letters and digits.",
            "artists.csv, row 3, visibility: “maybe” is no visibility. Use one of automatic, shown, hidden.",
            "tracks.csv, row 2, artist_slugs: has 1 parts, and the column that it belongs to has 2.",
            "tracks.csv, row 3, score: “-1” is not a whole number from 0 to 2,147,483,647.",
        ]

    def test_rows_that_contradict_each_other(self) -> None:
        assert problems(
            zipped(
                labels=LABELS + "a,A,true\na,A,false\nb,B,\nb,B,\n",
                tracks=f"{TRACKS}t,T,,,,,,,1,,\nt,T,,,,,,,2,,\nu,U,,,,,,,,,{track_id(1)}\nv,U,,,,,,,,,{track_id(1)}\n",
            )
        ) == [
            "labels.csv, row 3: is about the same label as labels.csv, row 2, but says something else.",
            "tracks.csv, row 3: is the same track as tracks.csv, row 2, but its score differs: “1” there, “2” here.",
            "tracks.csv, row 5: is the same track as tracks.csv, row 4, but its address differs: “u” there, “v” here.",
        ]

    def test_references_to_nothing(self) -> None:
        assert problems(
            zipped(
                albums="slug,title,released,label_slugs\na,A,,gone\n",
                tracks=TRACKS + "a,A,,nobody,,,,,,,\nb,B,,,,nowhere,,,,,\nc,C,,,,,,nothing,,,\n",
            )
        ) == [
            "albums.csv, row 2, label_slugs: There is no label “gone”, neither in the file nor in the library.",
            "tracks.csv, row 2, artist_slugs: There is no artist “nobody”, neither in the file nor in the library.",
            "tracks.csv, row 3, album_slug: There is no album “nowhere”, neither in the file nor in the library.",
            "tracks.csv, row 4, genre_slugs: There is no genre “nothing”, neither in the file nor in the library.",
        ]

    def test_what_only_the_library_shows(self) -> None:
        GenreFactory(name="pop")
        jazz = GenreFactory(name="jazz")
        GenreAlias.objects.create(name="Swing", slug="swing", target=jazz)
        assert problems(
            zipped(
                genres=GENRES + "pop,JAZZ,,,\njazz,jazz,,,\nnew,New,,swing,\nother,Other,,x,swing\nlast,NEW,,,\n",
                labels=LABELS + "a,A,\nb,A,\n",
            )
        ) == [
            "genres.csv, row 2, name: “JAZZ” is the name of another genre.",
            "genres.csv, row 4, other_spellings: “swing”: this is an alias of something else already.",
            "genres.csv, row 5, other_spellings: “x”: its address leads to something else already.",
            "labels.csv, row 3, name: “A” is the name of another label.",
        ]

    def test_skipped_rows_of_several_tables_can_be_mended_and_imported(self, tmp_path: Path) -> None:
        path = tmp_path / "mine.zip"
        path.write_bytes(
            zipped(
                genres=GENRES + "pop,pop,'=1,,\nx,,,,\n",
                tracks=TRACKS + "a,A,,,,,pop,pop,1,,\nb,'=B,,,,,pop,pop,x,,\n",
            ).data
        )
        with pytest.raises(CommandError, match=r"2 of 4 rows cannot be imported"):
            call_command("importlibrary", str(path))
        assert not state()
        call_command("importlibrary", str(path), "--skip-bad")
        assert [*state()] == ["Track a", "Genre pop"]
        kept = Path(f"{path}.bad-rows.csv")
        rows = list(csv.reader(io.StringIO(kept.read_text(encoding="utf-8-sig"))))
        assert [row[0] for row in rows] == ["slug", "x", "slug", "b"]
        rows[1][1], rows[3][8] = "X", "2"
        with kept.open("w", newline="") as file:
            csv.writer(file).writerows(rows)
        call_command("importlibrary", str(kept))
        assert Genre.objects.get(slug="pop").description == "=1"
        assert (Genre.objects.get(slug="x").name, Track.objects.get(slug="b").title) == ("X", "=B")


class TestPreviewAndUndo:
    def test_old_and_new(self) -> None:
        GenreFactory(name="pop", description="old")
        LabelFactory(name="EDAM", visibility="shown")
        source = zipped(
            genres=GENRES + "pop,Pop,new,K-Pop,\n",
            labels=LABELS + "edam,EDAM,hidden\n",
            albums=ALBUMS + "lilac,Lilac,2021,EDAM; New,\n",
            tracks=TRACKS + "coin,Coin,,,Lilac,lilac,,,,,\n",
        )
        before = state()
        with CaptureQueriesContext(connection) as queries:
            outcome = preview([source], ImportOptions())
        assert {query["sql"].split()[0] for query in queries} == {"SELECT"}
        assert state() == before
        assert [(row.kind, row.action, row.title, row.changes, row.creates) for row in row_reports(outcome.plan)] == [
            (
                "genre",
                "changed",
                "Pop",
                (
                    ValueChange("name", "pop", "Pop"),
                    ValueChange("description", "old", "new"),
                    ValueChange("more aliases", "", "K-Pop"),
                ),
                (),
            ),
            ("label", "changed", "EDAM", (ValueChange("visibility", "shown", "hidden"),), ()),
            (
                "album",
                "new",
                "Lilac",
                (ValueChange("release date", "", "2021"), ValueChange("labels", "", "EDAM, New")),
                ("label “New”",),
            ),
            ("track", "new", "Coin", (ValueChange("album", "", "Lilac"),), ()),
        ]

    def test_recorded_and_undone(self) -> None:
        run(sample("musicdb.zip"))
        genre = Genre.objects.get(slug="dream-pop")
        GenreAlias.objects.create(name="older", slug="older", target=genre)
        before = state()
        record = run(
            zipped(
                genres=GENRES + "dream-pop,Dream Pop,other,older; newer; Dreampop,; ; dreampop\nx,X,,y,\n",
                artists=ARTISTS + "mina-seo,Mina,,false\nx,X,,\n",
                labels=LABELS + "x,X,\n",
                albums=ALBUMS + "unheard,Heard,,X,x\nnew,New,,,\n",
            )
        ).record
        assert record is not None
        assert record.file_format == "musicdb"
        assert record.counts["Genre"] == {"created": 1, "updated": 1, "unchanged": 0}
        assert record.counts["Album"] == {"created": 1, "updated": 1, "unchanged": 0}
        assert state() != before
        undo(record, None)
        assert state() == before

    def test_queries_grow_with_batches_not_with_rows(self) -> None:
        counts = []
        for rows in (1, 30):
            for number in range(rows):
                label, genre = LabelFactory(), GenreFactory()
                ArtistAlias.objects.create(name="a", slug=f"a-{rows}-{number}", target=ArtistFactory())
                GenreAlias.objects.create(name=f"{genre.name} too", target=genre)
                TrackFactory(album=AlbumFactory(labels=[label]), artists=[ArtistFactory()], genres=[genre])
            source = exported(".zip")
            wipe()
            with CaptureQueriesContext(connection) as made:
                run(source)
            Artist.objects.update(visibility="hidden")
            Label.objects.update(visibility="hidden")
            Album.objects.update(image_url="")
            Track.objects.update(score=1, energy=None)
            with CaptureQueriesContext(connection) as changed:
                run(source)
            wipe()
            counts.append((len(made), len(changed)))
        assert counts[0] == counts[1]
