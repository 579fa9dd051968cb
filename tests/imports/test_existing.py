"""What an editor did stays: import, correct, import again, and nothing is lost. See also test_existing_fields.py."""

from typing import Any

import pytest
from django.contrib.auth.models import User

from musicdb import history
from musicdb.editing import merge
from musicdb.imports import ImportOptions, ParseOptions, Source, preview
from musicdb.imports.options import Existing
from musicdb.imports.report import kept_fields, kept_values
from musicdb.imports.undo import undo
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.aggregates import CATALOGUE
from musicdb.models.history import ChangeType
from tests.imports.files import net_file, net_row, track_id
from tests.imports.full_library import edit, full
from tests.imports.library import exported, run, state

pytestmark = pytest.mark.django_db


@pytest.fixture
def editor() -> User:
    return User.objects.create(username="editor")


class TestWhoSetIt:
    """What counts as a person's decision, with one title for all."""

    @pytest.fixture
    def track(self) -> Track:
        run(net_file(net_row(1)))
        return Track.objects.get()

    def title_after(self, **options: Any) -> str:
        run(net_file(net_row(1, **{"Track Name": "From the file"})), **options)
        return Track.objects.get().title

    @pytest.mark.parametrize("change_type", [ChangeType.EDIT, ChangeType.ACTION, ChangeType.REVERT])
    def test_editors_do(self, track: Track, editor: User, change_type: ChangeType) -> None:
        edit(track, editor, change_type, title="Mine")
        assert self.title_after() == "Mine"

    def test_an_editor_whose_account_is_gone_does_too(self, track: Track, editor: User) -> None:
        edit(track, editor, title="Mine")
        editor.delete()
        assert self.title_after() == "Mine"

    def test_programs_do_not(self, track: Track) -> None:
        edit(track, None, ChangeType.PROGRAM, title="By a script")
        assert self.title_after() == "From the file"

    def test_an_edit_of_another_field_does_not_count(self, track: Track, editor: User) -> None:
        edit(track, editor, score=3)
        assert self.title_after() == "From the file"

    def test_an_import_after_the_editor_does_not_make_it_the_editors(self, track: Track, editor: User) -> None:
        edit(track, editor, title="Mine")
        assert self.title_after(existing=Existing.OVERWRITE) == "From the file"
        run(net_file(net_row(1, **{"Track Name": "Later"})))
        assert Track.objects.get().title == "Later"

    def test_an_undo_gives_the_value_back_to_the_editor(self, track: Track, editor: User) -> None:
        edit(track, editor, title="Mine")
        source = net_file(net_row(1, **{"Track Name": "Other"}))
        undo(run(source, existing=Existing.OVERWRITE).record, None)
        assert self.title_after() == "Mine"

    def test_an_undo_gives_nothing_to_an_editor_who_set_nothing(self, track: Track, editor: User) -> None:
        undo(run(net_file(net_row(1, **{"Track Name": "Other"}))).record, editor)
        assert self.title_after() == "From the file"

    def test_a_merge_decides_about_the_artists_of_tracks(self, track: Track, editor: User) -> None:
        other = Artist.objects.create(name="Somebody")
        merge(other, [Artist.objects.get(name="Singer 1")], editor)
        run(net_file(net_row(1, **{"Artist Name(s)": "A new one"})))
        assert list(Track.objects.get().artists.all()) == [other]
        # Nobody points at the artist of the file, so none is created.
        assert not Artist.objects.filter(name="A new one").exists()

    def test_what_a_person_left_blank_is_filled(self, editor: User) -> None:
        track = Track(title="Mine", spotify_id=track_id(1))
        with history.signals_disabled():
            track.save()
        history.record_creates(Track, [track.pk], history.Change(ChangeType.EDIT, editor))
        run(net_file(net_row(1)))
        track.refresh_from_db()
        assert (track.title, track.tempo, track.explicit) == ("Mine", 155.948, False)


class TestKnowsLess:
    @pytest.mark.parametrize(
        ("column", "stored", "less"),
        [("Artist Name(s)", "A;B;C", "B"), ("Artist Name(s)", "A;B;C", "C;A")],
    )
    def test_a_file_with_some_of_the_artists_cuts_none(self, column: str, stored: str, less: str) -> None:
        run(net_file(net_row(1, **{column: stored})))
        before = state()
        outcome = run(net_file(net_row(1, **{column: less})))
        assert state() == before
        assert [(one.change.old, one.change.new, one.reason) for one in kept_values(outcome.plan)] == [
            (", ".join(stored.split(";")), ", ".join(less.split(";")), "the file names only some of them")
        ]

    @pytest.mark.parametrize("one", ["A, B", "A & B", "b and a", "A feat. B, Tyler, The Creator"])
    def test_one_name_for_several_artists_cuts_none(self, one: str) -> None:
        run(net_file(net_row(1, **{"Artist Name(s)": "A;B;Tyler, The Creator"})))
        before = state()
        outcome = run(
            net_file(net_row(1, **{"Artist Name(s)": one})), parse_options=ParseOptions(artists_by_comma=False)
        )
        assert state() == before
        assert [one.reason for one in kept_values(outcome.plan)] == ["the file names several of them as one"]

    def test_a_name_that_only_contains_those_of_others_is_taken(self) -> None:
        run(net_file(net_row(1, **{"Artist Name(s)": "A;B"})))
        run(net_file(net_row(1, **{"Artist Name(s)": "A Band"})))
        assert [artist.name for artist in Track.objects.get().artists_in_order] == ["A Band"]

    def test_other_artists_are_taken(self) -> None:
        run(net_file(net_row(1, **{"Artist Name(s)": "A;B"})))
        run(net_file(net_row(1, **{"Artist Name(s)": "A;D"})))
        assert [artist.name for artist in Track.objects.get().artists_in_order] == ["A", "D"]


class TestChoices:
    def two_edited(self, editor: User) -> tuple[Source, list[int]]:
        source = net_file(net_row(1), net_row(2))
        run(source)
        tracks = list(Track.objects.order_by("pk"))
        for track in tracks:
            edit(track, editor, title=f"Mine {track.pk}", tempo=90.0)
        return source, [track.pk for track in tracks]

    def test_by_field(self, editor: User) -> None:
        source, _ = self.two_edited(editor)
        run(source, take_fields=("Track.title",))
        assert list(Track.objects.order_by("pk").values_list("title", "tempo")) == [("Song 1", 90), ("Song 2", 90)]

    def test_by_row(self, editor: User) -> None:
        source, keys = self.two_edited(editor)
        run(source, take_rows=(f"Track.{keys[0]}",))
        found = list(Track.objects.order_by("pk").values_list("title", "tempo"))
        assert found == [("Song 1", 155.948), (f"Mine {keys[1]}", 90)]

    def test_the_preview_says_what_is_kept_and_what_is_taken(self, editor: User) -> None:
        source, keys = self.two_edited(editor)
        found = preview([source], ImportOptions(take_rows=(f"Track.{keys[0]}",)))
        assert {(one.name, one.label, one.reasons, one.number, one.taken) for one in kept_fields(found.plan)} == {
            ("Track.title", "Track: title", ("an editor set it",), 2, 1),
            ("Track.tempo", "Track: tempo", ("an editor set it",), 2, 1),
        }
        assert found.counts["Track"] == {"created": 0, "updated": 1, "unchanged": 1}
        assert [row.entity.pk for row in found.plan.rows] == [keys[0]]

    def test_only_new_tracks(self) -> None:
        run(net_file(net_row(1)))
        before = state()
        changed = net_row(1, **{"Tempo": "90", "Genres": "new genre", "Record Label": "New label"})
        outcome = run(net_file(changed, net_row(2)), existing=Existing.SKIP)
        after = state()
        assert {key: after[key] for key in before} == before
        assert Track.objects.count() == 2
        assert not Genre.objects.filter(name="new genre").exists()
        assert not Label.objects.filter(name="New label").exists()
        assert outcome.counts["Track"] == {"created": 1, "updated": 0, "unchanged": 1}
        # The playlist stays as it is, too, so nothing says that it gets a track.
        assert outcome.plan.playlists == []
        assert outcome.counts["Playlist"] == {"created": 0, "updated": 0, "unchanged": 1}


class TestDeleted:
    def delete(self, row: Any, editor: User | None) -> None:
        history.delete(type(row).objects.filter(pk=row.pk), history.Change(ChangeType.DELETION, editor))

    def test_a_track_stays_deleted_and_is_listed(self, editor: User) -> None:
        source = net_file(net_row(1), net_row(2))
        run(source)
        self.delete(Track.objects.get(title="Song 1"), editor)
        outcome = run(source)
        assert list(Track.objects.values_list("title", flat=True)) == ["Song 2"]
        assert [(str(one), one.ref and one.ref.row, one.returns) for one in outcome.plan.left_deleted] == [
            ("track “Song 1”", 2, False)
        ]
        assert list(Playlist.objects.get().tracks.values_list("title", flat=True)) == ["Song 2"]
        assert outcome.record.skipped == {"an editor has deleted it": 1}

    def test_it_comes_back_when_that_is_wanted(self, editor: User) -> None:
        source = net_file(net_row(1))
        run(source)
        self.delete(Track.objects.get(), editor)
        run(source, restore_deleted=True)
        assert Track.objects.get().title == "Song 1"
        assert not preview([source], ImportOptions()).plan.left_deleted

    def test_a_playlist_that_lost_a_deleted_track_is_updated_as_before(self, editor: User) -> None:
        run(net_file(net_row(1), net_row(2)))
        self.delete(Track.objects.get(title="Song 1"), editor)
        run(net_file(net_row(3), net_row(1), net_row(2)))
        tracks = Playlist.objects.get().entries.order_by("position").values_list("track__title", flat=True)
        assert list(tracks) == ["Song 3", "Song 2"]

    def test_nothing_is_created_for_a_track_that_stays_deleted(self, editor: User) -> None:
        run(net_file(net_row(1)))
        self.delete(Track.objects.get(), editor)
        new = {"Album Name": "New", "Artist Name(s)": "New", "Record Label": "New", "Genres": "new"}
        outcome = run(net_file(net_row(1, **new)))
        assert {name: count["created"] for name, count in outcome.counts.items() if count["created"]} == {}

    def test_what_a_script_deleted_comes_back(self) -> None:
        source = net_file(net_row(1))
        run(source)
        self.delete(Track.objects.get(), None)
        run(source)
        assert Track.objects.count() == 1

    def test_what_an_undo_deleted_comes_back(self, editor: User) -> None:
        source = net_file(net_row(1))
        undo(run(source).record, editor)
        run(source)
        assert Track.objects.count() == 1

    def test_a_genre_stays_deleted_and_the_tracks_do_without_it(self, editor: User) -> None:
        source = net_file(net_row(1, Genres="spam,dream pop"))
        run(source)
        self.delete(Genre.objects.get(name="spam"), editor)
        outcome = run(source, net_file(net_row(2, Genres="SPAM"), name="more.csv"))
        assert [str(one) for one in outcome.plan.left_deleted] == ["genre “spam”"]
        assert list(Genre.objects.values_list("name", flat=True)) == ["dream pop"]
        assert Track.objects.get(title="Song 2").genres.count() == 0

    def test_a_track_without_an_id_is_known_by_title_and_artists(self, editor: User) -> None:
        source = net_file(net_row(1, **{"Track URI": "spotify:local:Singer 1:Album 1:Song 1:201"}), net_row(2))
        run(source)
        self.delete(Track.objects.get(title="Song 1"), editor)
        run(source)
        assert list(Track.objects.values_list("title", flat=True)) == ["Song 2"]

    def test_an_artist_comes_back_where_a_track_needs_it_and_is_listed(self, editor: User) -> None:
        artist = Artist.objects.create(name="Singer 1")
        self.delete(artist, editor)
        outcome = run(net_file(net_row(1)))
        assert [(str(one), one.returns) for one in outcome.plan.left_deleted] == [("artist “Singer 1”", True)]
        assert [one.name for one in Track.objects.get().artists_in_order] == ["Singer 1"]

    @pytest.mark.parametrize("model", [Artist, Label, Album])
    def test_a_row_of_its_own_stays_deleted(self, editor: User, model: Any) -> None:
        spare = full(model, **{"slug": "spare", model.slug_source: "Spare"}, **other_ids(model))
        source = exported(".zip")
        self.delete(spare, editor)
        outcome = run(source)
        assert [(str(one), one.returns) for one in outcome.plan.left_deleted] == [
            (f"{model._meta.verbose_name} “Spare”", False)
        ]
        assert not model.objects.filter(slug="spare").exists()

    def test_a_playlist_stays_deleted(self, editor: User) -> None:
        source = net_file(net_row(1))
        run(source)
        self.delete(Playlist.objects.get(), editor)
        outcome = run(source)
        assert not Playlist.objects.exists()
        assert not outcome.plan.playlists
        run(source, restore_deleted=True)
        assert Playlist.objects.count() == 1


def other_ids(model: Any) -> dict[str, str]:
    return {} if model is Label else {"spotify_id": track_id(200)}


class TestQueries:
    def test_a_first_import_does_not_ask_who_set_what(self, django_assert_max_num_queries: Any) -> None:
        with django_assert_max_num_queries(1_000) as made:
            run(net_file(*(net_row(number) for number in range(10))))
        asked = [query["sql"] for query in made if "historical" in query["sql"] and "INSERT" not in query["sql"]]
        # Once for each model that is created: what did editors delete?
        assert len(asked) == len(CATALOGUE)

    def test_what_editors_set_is_read_in_as_many_queries_for_one_row_as_for_thirty(
        self, editor: User, django_assert_max_num_queries: Any
    ) -> None:
        counts = []
        for numbers in (range(1), range(100, 130)):
            source = net_file(*(net_row(number) for number in numbers), name=f"{numbers.start}.csv")
            run(source)
            for track in Track.objects.filter(spotify_id__in=[track_id(number) for number in numbers]):
                edit(track, editor, title="Mine")
            with django_assert_max_num_queries(1_000) as made:
                found = preview([source], ImportOptions())
            assert len(found.plan.kept) == len(numbers)
            counts.append(len(made))
        assert counts[0] == counts[1]
