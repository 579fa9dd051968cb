"""Bulk edit: what is written, what stays as it is, and what the page says."""

import threading
from importlib import import_module
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from musicdb.editing import BulkEditError, Edit, Members, bulk_edit
from musicdb.models import Album, Genre, Track
from tests.admin.helpers import editor, messages_of, page_of, run_action
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.pages.html import parse

# The package exports the function of this name.
module = import_module("musicdb.editing.bulk_edit")

pytestmark = pytest.mark.django_db
ACTION = "bulk_edit_selected"


@pytest.fixture
def user() -> User:
    return User.objects.create_user("zoë")


def genres_of(track: Track) -> list[str]:
    return sorted(track.genres.values_list("name", flat=True))


def history() -> list[tuple[str, str]]:
    return [(entry.object_repr, entry.get_change_message()) for entry in LogEntry.objects.order_by("object_repr")]


def apply(client: Client, things: list[Any], number: int | None = None, **typed: Any) -> Any:
    """Post the form as a browser does, to the URL of the list."""
    typed = {"apply": "1", "select_across": "0", "selected": len(things) if number is None else number, **typed}
    data = {"action": ACTION, "_selected_action": [thing.pk for thing in things], **typed}
    return client.post(page_of(type(things[0])), data)


# --- What is written ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("members", "one", "two"),
    [
        ({"add": ["soul"]}, ["jazz", "soul"], ["blues", "jazz", "soul"]),
        ({"remove": ["jazz", "soul"]}, [], ["blues"]),
        ({"add": ["soul"], "remove": ["jazz"]}, ["soul"], ["blues", "soul"]),
        ({"only": ["blues", "jazz"]}, ["blues", "jazz"], ["blues", "jazz"]),
    ],
)
def test_genres_are_added_removed_or_replaced(
    user: User, members: dict[str, list[str]], one: list[str], two: list[str]
) -> None:
    genres = {name: GenreFactory(name=name) for name in ("blues", "jazz", "soul")}
    tracks = [
        TrackFactory(title="One", genres=[genres["jazz"]]),
        TrackFactory(title="Two", genres=[genres["blues"], genres["jazz"]]),
    ]
    left_alone = TrackFactory(genres=[genres["jazz"]])
    keys = {how: [genres[name].pk for name in names] for how, names in members.items()}

    changed = bulk_edit(
        Track.objects.filter(title__in=["One", "Two"]), Edit(members={"genres": Members(**keys)}), user
    ).changed

    assert [genres_of(track) for track in tracks] == [one, two]
    assert genres_of(left_alone) == ["jazz"]
    expected = [title for title, after in (("One", one), ("Two", two)) if after not in (["jazz"], ["blues", "jazz"])]
    if "only" in members:
        expected = ["One"]
    assert changed == len(expected)
    assert history() == [(title, "Changed Genres.") for title in expected]


def test_columns_and_genres_together_and_each_log_entry_names_what_changed(user: User) -> None:
    jazz = GenreFactory(name="jazz")
    TrackFactory(title="Liked", liked=True, score=1)
    TrackFactory(title="All")
    TrackFactory(title="So already", liked=True, score=7, genres=[jazz])
    edit = Edit({"liked": True, "score": 7}, {"genres": Members(add=[jazz.pk])})

    assert bulk_edit(Track.objects.all(), edit, user).changed == 2

    assert set(Track.objects.values_list("liked", "score", "genres__name")) == {(True, 7, "jazz")}
    assert history() == [("All", "Changed Liked, Score and Genres."), ("Liked", "Changed Score and Genres.")]
    assert set(LogEntry.objects.values_list("user__username", flat=True)) == {"zoë"}


def test_labels_keep_their_order_and_new_ones_come_last(user: User) -> None:
    first, second, third, new = (LabelFactory() for _ in range(4))
    album = AlbumFactory(labels=[first, second, third])
    bulk_edit(Album.objects.all(), Edit(members={"labels": Members(add=[new.pk, first.pk], remove=[second.pk])}), user)
    assert list(album.album_labels.values_list("label", "position")) == [(first.pk, 0), (third.pk, 1), (new.pk, 2)]
    bulk_edit(Album.objects.all(), Edit(members={"labels": Members(only=[new.pk, first.pk])}), user)
    assert list(album.album_labels.values_list("label", "position")) == [(new.pk, 0), (first.pk, 1)]


def test_a_deleted_genre_changes_nothing(user: User) -> None:
    gone = GenreFactory()
    Genre.objects.filter(pk=gone.pk).delete()
    TrackFactory(liked=False)
    with pytest.raises(BulkEditError, match="no longer exist"):
        bulk_edit(Track.objects.all(), Edit({"liked": True}, {"genres": Members(add=[gone.pk])}), user)
    assert list(Track.objects.values_list("liked", flat=True)) == [False]
    assert history() == []


def test_all_or_nothing(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "BATCH", 1)
    for _ in range(2):
        TrackFactory()
    really, calls = module.log_changes, []

    def fails_late(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 2:
            raise OSError
        really(*args)

    monkeypatch.setattr(module, "log_changes", fails_late)
    with pytest.raises(OSError):  # noqa: PT011
        bulk_edit(Track.objects.all(), Edit({"liked": True}), user)
    assert not Track.objects.filter(liked=True).exists()
    assert history() == []


def many_tracks(number: int, genre: Genre | None = None) -> None:
    tracks = Track.objects.bulk_create(Track(title=f"T{i}", slug=f"t-{i}") for i in range(number))
    if genre:
        Track.genres.through.objects.bulk_create(Track.genres.through(track=track, genre=genre) for track in tracks)


@pytest.mark.parametrize("number", [1, 3, 1_200])
def test_the_number_of_queries_depends_on_batches_not_on_rows(
    user: User, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    monkeypatch.setattr(module, "BATCH", 2_000)
    old, new = GenreFactory(), GenreFactory()
    many_tracks(number, old)
    edit = Edit({"liked": True, "score": 1}, {"genres": Members(add=[new.pk], remove=[old.pk])})
    with CaptureQueriesContext(connection) as queries:
        assert bulk_edit(Track.objects.all(), edit, user).changed == number
    # Transaction, genres, keys; for a batch: rows, columns, old genres, their deletion, content type; the summary of
    # the change; the end. The change, the new genres, log entries and versions take as many statements as SQLite's
    # limit on parameters requires.
    inserts = [query for query in queries if "INSERT INTO" in query["sql"] or query["sql"].startswith("COPY ")]
    assert len(queries) - len(inserts) == 10
    assert len(inserts) <= 5 + number // 100


def test_more_rows_than_a_query_can_have_parameters(user: User) -> None:
    old, new = GenreFactory(), GenreFactory()
    many_tracks(1_234, old)
    edit = Edit({"liked": True}, {"genres": Members(only=[new.pk])})
    with CaptureQueriesContext(connection) as queries:
        assert bulk_edit(Track.objects.all(), edit, user).changed == 1_234
    assert max(query["sql"].count("%s") or query["sql"].count(",") for query in queries) < 5_000
    assert new.tracks.count() == Track.objects.filter(liked=True).count() == LogEntry.objects.count() == 1_234
    assert old.tracks.count() == 0


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite locks the whole database")
def test_rows_are_locked_in_the_order_of_their_keys(user: User) -> None:
    genre = GenreFactory()
    many_tracks(3)
    with CaptureQueriesContext(connection) as queries:
        bulk_edit(Track.objects.order_by("-title"), Edit(members={"genres": Members(add=[genre.pk])}), user)
    locking = [query["sql"].rpartition("ORDER BY ")[2] for query in queries if " FOR " in query["sql"]]
    assert locking == ["1 ASC FOR NO KEY UPDATE", '"musicdb_track"."id" ASC FOR UPDATE']


class _DeadlockError(Exception):
    sqlstate = "40P01"


def test_a_deadlock_is_retried(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    TrackFactory()
    really, calls = module.log_changes, []

    def deadlocks_once(*args: Any) -> None:
        calls.append(args)
        if len(calls) == 1:
            raise OperationalError from _DeadlockError()
        really(*args)

    monkeypatch.setattr(module, "log_changes", deadlocks_once)
    assert bulk_edit(Track.objects.all(), Edit({"liked": True}), user).changed == 1
    assert len(calls) == 2
    assert len(history()) == 1


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_two_bulk_edits_wait_for_each_other(user: User) -> None:
    """The second one sees what the first one wrote, so no genre is lost."""
    many_tracks(20)
    genres = [GenreFactory(), GenreFactory()]
    start, failures = threading.Barrier(2), []

    def work(genre: Genre) -> None:
        try:
            start.wait(10)
            bulk_edit(Track.objects.all(), Edit(members={"genres": Members(add=[genre.pk])}), user)
        except Exception as error:
            failures.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=[genre]) for genre in genres]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failures == []
    assert [genre.tracks.count() for genre in genres] == [20, 20]


# --- The page ----------------------------------------------------------------------------------------------------


def test_the_page_says_how_many_rows_there_are_and_names_some(admin_client: Client) -> None:
    tracks = [TrackFactory(title=f"Track {letter}") for letter in "ABCDEFG"]
    page = parse(run_action(admin_client, ACTION, tracks))
    assert page.one("h1").text == "Edit 7 tracks"
    text = page.one("div", id="content-main").text
    assert "“Track A”, “Track B”, “Track C”, “Track D”, “Track E” and 2 more. Blank fields change nothing." in text
    sent = [field.attrs["value"] for field in page.all("input", type="hidden") if "_selected" in field.attrs["name"]]
    assert sent == [str(track.pk) for track in tracks]
    assert not LogEntry.objects.exists()


def test_the_form_returns_to_the_filtered_list(admin_client: Client) -> None:
    jazz, soul = GenreFactory(name="jazz"), GenreFactory(name="soul")
    tracks = [TrackFactory(genres=[jazz], liked=True, score=3), TrackFactory(genres=[jazz], score=4)]
    address = page_of(Track, genre="jazz", o="-2")
    selected = {"action": ACTION, "_selected_action": [track.pk for track in tracks]}
    asked = admin_client.post(address, {**selected, "index": 0})
    assert ("No, take me back", address) in parse(asked).links

    typed = {"apply": "1", "selected": 2, "add_genres": [soul.pk], "remove_genres": [jazz.pk], "liked": "yes"}
    response = admin_client.post(address, {**selected, **typed})

    assert response["Location"] == address
    ((level, text),) = messages_of(response)
    assert (level, text.partition(" <a")[0]) == ("success", "Changed 2 tracks.")
    assert [genres_of(track) for track in tracks] == [["soul"], ["soul"]]
    assert list(Track.objects.order_by("score").values_list("liked", "score")) == [(True, 3), (True, 4)]


def test_a_score_is_set_or_cleared(admin_client: Client) -> None:
    tracks = [TrackFactory(score=5), TrackFactory(score=None)]
    ((level, text),) = messages_of(apply(admin_client, tracks, score="5"))
    assert (level, text.partition(" <a")[0]) == ("success", "Changed 1 track; 1 already matched.")
    assert set(Track.objects.values_list("score", flat=True)) == {5}
    apply(admin_client, tracks, no_score="on")
    assert set(Track.objects.values_list("score", flat=True)) == {None}
    again = messages_of(apply(admin_client, tracks, no_score="on"))
    assert again[-1] == ("info", "Nothing changed: everything you selected already matched.")
    apply(admin_client, tracks, score="0")
    assert set(Track.objects.values_list("score", flat=True)) == {0}


@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory])
def test_artists_and_labels_are_shown_hidden_or_left_to_the_rule(admin_client: Client, factory: Any) -> None:
    things = [factory(visibility="shown"), factory(visibility="hidden")]
    model = type(things[0])
    apply(admin_client, things, visibility="hidden")
    assert set(model.objects.values_list("visibility", flat=True)) == {"hidden"}
    assert [message for _, message in history()] == ["Changed Visibility."]
    apply(admin_client, things, visibility="automatic")
    assert set(model.objects.values_list("visibility", flat=True)) == {"automatic"}


def test_albums_get_labels(admin_client: Client) -> None:
    label, albums = LabelFactory(), [AlbumFactory(), AlbumFactory(labels=[LabelFactory()])]
    apply(admin_client, albums, add_labels=[label.pk])
    assert [album.labels_in_order[-1] for album in Album.objects.all()] == [label, label]


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({}, "__all__"),
        ({"score": "-1"}, "score"),
        ({"score": "9" * 20}, "score"),
        ({"score": "many"}, "score"),
        ({"score": "1", "no_score": "on"}, "no_score"),
        ({"liked": "perhaps"}, "liked"),
        ({"add_genres": ["0"]}, "add_genres"),
        ({"add_genres": ["x"]}, "add_genres"),
        ({"add_genres": ["\0"]}, "add_genres"),
        ({"add_genres": ["1"] * 51}, "add_genres"),
        ({"add_genres": ["jazz"], "remove_genres": ["jazz"]}, "remove_genres"),
        ({"add_genres": ["jazz"], "set_genres": ["jazz"]}, "set_genres"),
    ],
)
def test_an_invalid_value_is_reported_at_the_field_and_changes_nothing(
    admin_client: Client, typed: dict[str, Any], field: str
) -> None:
    jazz, track = GenreFactory(), TrackFactory(score=7)
    typed = {
        name: [jazz.pk if key == "jazz" else key for key in value] if isinstance(value, list) else value
        for name, value in typed.items()
    }
    response = apply(admin_client, [track], **typed)
    assert response.status_code == 200
    assert list(response.context["form"].errors) == [field]
    assert "Nothing was changed." in response.text
    track.refresh_from_db()
    assert (track.score, track.liked, genres_of(track), history()) == (7, False, [], [])


def test_all_rows_that_a_filter_finds(admin_client: Client) -> None:
    many_tracks(230)
    TrackFactory(title="Another")
    address = page_of(Track, q="T")
    (one,) = Track.objects.filter(title="T1")
    asked = admin_client.post(address, {"action": ACTION, "_selected_action": [one.pk], "select_across": 1, "index": 0})
    assert asked.context["number"] == 230 + 1  # "Another" has a t in it
    page = parse(asked)
    sent = {field.attrs["name"]: field.attrs["value"] for field in page.all("input", type="hidden")}
    assert (sent["select_across"], sent["selected"], sent["_selected_action"]) == ("1", "231", str(one.pk))
    admin_client.post(address, {**sent, "apply": "1", "liked": "yes"})
    assert Track.objects.filter(liked=True).count() == 231


def test_a_selection_that_has_changed_must_be_confirmed_again(admin_client: Client) -> None:
    many_tracks(2)
    things = list(Track.objects.all())
    TrackFactory()
    response = apply(admin_client, things, number=2, select_across=1, liked="yes")
    assert response.context["form"].non_field_errors() == [
        "Your selection has changed. It is now 3 tracks. Check it, then send this form again."
    ]
    assert parse(response).one("h1").text == "Edit 3 tracks"
    assert not Track.objects.filter(liked=True).exists()
    sent = {field.attrs["name"]: field.attrs.get("value") for field in parse(response).all("input", type="hidden")}
    assert sent["selected"] == "3"
    apply(admin_client, things, number=3, select_across=1, liked="yes")
    assert Track.objects.filter(liked=True).count() == 3


def test_a_selection_with_a_deleted_row_must_be_confirmed_again(admin_client: Client) -> None:
    tracks = [TrackFactory(), TrackFactory()]
    keep = tracks[0]
    Track.objects.filter(pk=tracks[1].pk).delete()
    response = apply(admin_client, [keep, tracks[1]], number=2, liked="yes")
    assert "It is now 1 track." in response.text
    assert not Track.objects.filter(liked=True).exists()


@pytest.mark.parametrize("key", ["", "x", "-1", "²", "9" * 30, "\0"])
def test_an_invalid_key_is_refused(admin_client: Client, key: str) -> None:
    TrackFactory()
    sent = {"action": ACTION, "_selected_action": [key], "index": 0}
    assert admin_client.post(page_of(Track), sent).status_code == 400


def test_a_viewer_cannot_bulk_edit() -> None:
    client, track = editor("view_track"), TrackFactory()
    assert ACTION not in client.get(page_of(Track)).text
    assert run_action(client, ACTION, [track]).status_code == 403
    assert apply(client, [track], liked="yes").status_code == 403
    assert not Track.objects.filter(liked=True).exists()


def test_all_rows_of_the_longest_list_can_be_selected(admin_client: Client) -> None:
    """All 200 of "Show all", with the editable columns of each row."""
    many_tracks(200)
    page = parse(admin_client.get(page_of(Track, all="")))
    sent: dict[str, Any] = {}
    for field in page.one("form", id="changelist-form").all("input"):
        name = field.attrs.get("name", "")
        if name and not name.startswith("_") and field.attrs.get("type") != "checkbox":
            sent[name] = field.attrs.get("value", "")
    keys = [track.pk for track in Track.objects.all()]
    assert len(sent) + len(keys) > 1_000  # Django's own limit
    response = admin_client.post(page_of(Track, all=""), {**sent, "action": ACTION, "_selected_action": keys})
    assert response.context["number"] == 200


@pytest.mark.parametrize("number", [1, 3])
@pytest.mark.parametrize("factory", [ArtistFactory, LabelFactory, AlbumFactory, TrackFactory])
def test_the_page_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, factory: Any, number: int
) -> None:
    things = [factory() for _ in range(number)]
    # Session, user; the count of the list, the count and the first rows of the selection. Both lists of tracks read the
    # genres of the filter.
    with django_assert_num_queries(5 + 2 * (factory is TrackFactory)):
        run_action(admin_client, ACTION, things)
