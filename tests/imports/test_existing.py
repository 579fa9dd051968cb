"""What an editor did stays: import, correct, import again, and nothing is lost. Field by field, for every model."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.db import models

from musicdb import history
from musicdb.editing import merge
from musicdb.imports import ImportOptions, ParseOptions, Source, preview
from musicdb.imports.options import Existing
from musicdb.imports.report import kept_fields, kept_values
from musicdb.imports.undo import undo
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.aggregates import CATALOGUE, Aggregate, aggregate_of
from musicdb.models.history import ChangeType
from tests.imports.files import net_file, net_row, track_id
from tests.imports.library import exported, run, state, wipe

pytestmark = pytest.mark.django_db

# Pairs of values for columns that do not take any value of their kind.
VALUES: dict[str, tuple[Any, Any]] = {
    "spotify_id": (track_id(100), track_id(101)),
    "isrc": ("KRA381001057", "KRA381001058"),
    "upc": ("00602435", "00602436"),
    "release_date": (date(2024, 1, 1), date(2022, 1, 1)),
    "release_precision": ("day", "year"),
    "mode": (0, 1),
    "tempo": (100.0, 120.0),
    "rule": ("liked=true", "liked=false"),
}
FIELDS = [
    pytest.param(aggregate, column, id=f"{aggregate.name}.{column.name}")
    for aggregate in CATALOGUE
    for column in aggregate.columns
    if column.name != "slug" and not column.is_relation
]


def value_of(column: Any, number: int) -> Any:
    """Return the first or second of two values that ``column`` can have, neither of them its default."""
    if column.name in VALUES:
        return VALUES[column.name][number]
    if column.choices:
        return [value for value, _ in column.choices if value not in ("", column.get_default())][number]
    if isinstance(column, models.URLField):
        return f"https://a.example/{number}"
    if isinstance(column, models.DateTimeField):
        return datetime(2024, 5, 6 + number, tzinfo=UTC)
    if isinstance(column, models.BooleanField):
        return number == 0
    if isinstance(column, models.FloatField):
        return (0.25, 0.5)[number]
    if isinstance(column, models.IntegerField):
        return number + 1
    return f"Text {number}"


def full(model: Any, **more: Any) -> Any:
    """A row with a value in every column."""
    columns = [column for column in aggregate_of(model).columns if not column.is_relation]
    values = {column.name: value_of(column, 0) for column in columns if column.name not in ("slug", "rule")}
    return model.objects.create(**{**values, **more})


@pytest.fixture
def library() -> Source:
    """A library that only an import has set, full of values, and the file of it."""
    genres = [full(Genre), Genre.objects.create(name="second")]
    artists = [full(Artist), Artist.objects.create(name="Second")]
    labels = [full(Label), Label.objects.create(name="Second")]
    album = full(Album)
    track, other = full(Track, album=album), Track.objects.create(title="Second", album=Album.objects.create(title="B"))
    playlist = full(Playlist)
    Playlist.objects.create(name="Rule", rule=VALUES["rule"][0])
    for owner, name, members in (
        (album, "labels", labels),
        (album, "artists", artists),
        (track, "artists", artists),
        (track, "genres", genres),
        (playlist, "tracks", [track, other]),
    ):
        give(owner, name, members)
    for aggregate in CATALOGUE:
        if aggregate.alias:
            first: Any = aggregate.model._default_manager.order_by("pk")[0]
            first.aliases.create(name="Alias")
    source = exported(".zip")
    wipe()
    run(source)
    return source


@pytest.fixture
def editor() -> User:
    return User.objects.create(username="editor")


def give(owner: Any, name: str, members: Sequence[Any]) -> None:
    relation = aggregate_of(type(owner)).child_relation(name)
    relation.replace({owner.pk: [member.pk for member in members]})


def edit(row: Any, user: User | None, change_type: ChangeType = ChangeType.EDIT, /, **values: Any) -> None:
    """Change a row as an editor does: columns, or the members of a relation."""
    model = type(row)
    history.baseline(model, [row.pk])
    for name, value in values.items():
        if isinstance(value, list):
            give(row, name, value)
        else:
            setattr(row, name, value)
    with history.signals_disabled():
        row.save()
    history.record_updates(model, [row.pk], history.Change(change_type, user))


def target(aggregate: Aggregate, column: str) -> Any:
    """The row with a value in every column; of playlists, the one with a rule where that is asked for."""
    rows: Any = aggregate.model._default_manager.order_by("pk")
    return rows.exclude(rule=None).get() if column == "rule" else rows.get(slug="text-0")


@pytest.mark.parametrize(("aggregate", "column"), FIELDS)
class TestEveryField:
    def test_what_an_editor_set_stays(self, library: Source, editor: User, aggregate: Aggregate, column: Any) -> None:
        row = target(aggregate, column.name)
        edit(row, editor, **{column.name: value_of(column, 1)})
        edited = state()
        run(library)
        # A file that has another Spotify id is about another row, as for every import. This one stays nevertheless.
        assert column.name == "spotify_id" or state() == edited
        row.refresh_from_db()
        assert getattr(row, column.name) == value_of(column, 1)

    def test_what_an_editor_emptied_stays_empty(
        self, library: Source, editor: User, aggregate: Aggregate, column: Any
    ) -> None:
        if not column.blank or column.name in ("release_precision", "rule"):
            pytest.skip("This column is never empty by itself.")
        empty = None if column.null else ""
        edit(target(aggregate, column.name), editor, **{column.name: empty, **precision_of(column, empty)})
        edited = state()
        run(library)
        assert state() == edited

    def test_what_an_import_set_is_updated(self, library: Source, aggregate: Aggregate, column: Any) -> None:
        imported = state()
        row = target(aggregate, column.name)
        edit(row, None, ChangeType.PROGRAM, **{column.name: value_of(column, 1)})
        run(library)
        # A Spotify id that differs is that of another track, artist or album.
        assert column.name == "spotify_id" or state() == imported

    def test_overwriting_takes_the_files_value(
        self, library: Source, editor: User, aggregate: Aggregate, column: Any
    ) -> None:
        if column.name == "spotify_id":
            pytest.skip("A Spotify id that differs is that of another row.")
        imported = state()
        edit(target(aggregate, column.name), editor, **{column.name: value_of(column, 1)})
        run(library, existing=Existing.OVERWRITE)
        assert state() == imported


def precision_of(column: Any, empty: Any) -> dict[str, Any]:
    return {"release_precision": ""} if column.name == "release_date" else {}


RELATIONS = [
    pytest.param(aggregate, relation.name, id=f"{aggregate.name}.{relation.name}")
    for aggregate in CATALOGUE
    for relation in aggregate.child_relations
]


@pytest.mark.parametrize(("aggregate", "name"), RELATIONS)
class TestEveryRelation:
    @pytest.mark.parametrize("keep", [0, 1, 2], ids=["none", "one", "another order"])
    def test_the_members_that_an_editor_chose_stay(
        self, library: Source, editor: User, aggregate: Aggregate, name: str, keep: int
    ) -> None:
        row = target(aggregate, name)
        relation = aggregate.child_relation(name)
        members: Any = relation.member_model._default_manager
        present = [members.get(pk=key) for key in relation.members([row.pk])[row.pk]]
        edit(row, editor, **{name: present[::-1][:keep]})
        edited = state()
        outcome = run(library)
        assert state() == edited
        # Where the members differ from the file's, the preview says how.
        assert all(one.change.new for one in kept_values(outcome.plan))

    @pytest.mark.parametrize("overwrites", [False, True], ids=["by field", "all"])
    def test_what_a_reader_takes_from_the_file_is_the_files(
        self, library: Source, editor: User, aggregate: Aggregate, name: str, overwrites: bool
    ) -> None:
        imported = state()
        edit(target(aggregate, name), editor, **{name: []})
        options = {"existing": Existing.OVERWRITE} if overwrites else {"take_fields": (f"{aggregate.name}.{name}",)}
        run(library, **options)
        assert state() == imported


@pytest.mark.parametrize("aggregate", CATALOGUE, ids=lambda one: one.name)
def test_only_new_rows_leaves_every_value_whoever_set_it(library: Source, aggregate: Aggregate) -> None:
    row = target(aggregate, "")
    columns = [one.values[1] for one in FIELDS if one.values[0] is aggregate]
    values = {one.name: value_of(one, 1) for one in columns if one.name not in ("rule", "spotify_id")}
    edit(row, None, ChangeType.PROGRAM, **values, **{one.name: [] for one in aggregate.child_relations})
    changed = state()
    run(library, existing=Existing.SKIP)
    assert state() == changed


def test_another_album_of_a_track_stays(library: Source, editor: User) -> None:
    edit(Track.objects.get(slug="text-0"), editor, album=Album.objects.get(title="B"))
    edited = state()
    run(library)
    assert state() == edited


@pytest.mark.parametrize("aggregate", CATALOGUE, ids=lambda one: one.name)
def test_an_alias_that_an_editor_deleted_stays_away(library: Source, editor: User, aggregate: Aggregate) -> None:
    row = next(row for row in aggregate.model._default_manager.all() if row.aliases.exists())  # type: ignore[attr-defined]
    history.baseline(aggregate.model, [row.pk])
    row.aliases.all().delete()  # type: ignore[attr-defined]
    history.record_updates(aggregate.model, [row.pk], history.Change(ChangeType.EDIT, editor))
    edited = state()
    run(library)
    assert state() == edited
    run(library, take_fields=(f"{aggregate.name}.aliases",))
    assert state() != edited


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
    def test_a_row_of_its_own_stays_deleted(self, library: Source, editor: User, model: Any) -> None:
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
