"""Editing score and liked in the list of tracks: by one editor, and by two at the same time."""

import threading
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connection, transaction
from django.test import Client

from clusters.models import Cluster
from musicdb.models import Track
from tests.admin.helpers import editor, listed, messages_of, page_of, rich_track
from tests.factories import GenreFactory, TrackFactory, stored_run
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db


def boxes(page: Node) -> dict[str, str]:
    """Return what a browser sends if the user changes nothing."""
    sent = {}
    for field in page.one("form", id="changelist-form").all("input"):
        name, kind = field.attrs.get("name"), field.attrs.get("type")
        if name and not name.startswith("_") and (kind != "checkbox" or "checked" in field.attrs):
            sent[name] = field.attrs.get("value") or ""
    return sent


class Screen:
    """The list as one user sees it."""

    def __init__(self, client: Client, model: Any = Track, **query: Any) -> None:
        self.client, self.address = client, page_of(model, **query)
        self.read(client.get(self.address))

    def read(self, response: Any) -> None:
        self.page = parse(response)
        self.sent = boxes(self.page)

    def type_in(self, row: Any, **typed: Any) -> None:
        """Type into the boxes of a row. None clears a checkbox."""
        (number,) = (
            name.split("-")[1]
            for name, value in self.sent.items()
            if name.startswith("form-") and name.endswith("-id") and value == str(row.pk)
        )
        for name, value in typed.items():
            self.sent[f"form-{number}-{name}"] = value
            if value is None:
                del self.sent[f"form-{number}-{name}"]

    def save(self) -> Any:
        response = self.client.post(self.address, {**self.sent, "_save": "Save"})
        if response.status_code == 200:
            self.read(response)
        return response

    @property
    def errors(self) -> list[str]:
        return [error.text for error in self.page.all("ul", class_="errorlist")]


def stored(*tracks: Track) -> list[tuple[int | None, bool]]:
    by_key = {key: rest for key, *rest in Track.objects.values_list("pk", "score", "liked")}
    return [tuple(by_key[track.pk]) for track in tracks]  # type: ignore[misc]


def history() -> list[tuple[str, str]]:
    return [(entry.object_repr, entry.get_change_message()) for entry in LogEntry.objects.order_by("pk")]


# --- One editor --------------------------------------------------------------------------------------------------


def test_only_the_rows_that_were_changed_are_saved(admin_client: Client) -> None:
    one, two, three = (TrackFactory(title=title, score=1) for title in ("One", "Two", "Three"))
    screen = Screen(admin_client)
    screen.type_in(one, score="12")
    screen.type_in(three, score="", liked="on")

    response = screen.save()

    assert response["Location"] == screen.address
    assert messages_of(response) == [("success", "2 tracks were changed successfully.")]
    assert stored(one, two, three) == [(12, False), (1, False), (None, True)]
    assert sorted(history()) == [("One", "Changed Score."), ("Three", "Changed Score and Liked.")]


def test_liked_can_be_cleared(admin_client: Client) -> None:
    track = TrackFactory(liked=True)
    screen = Screen(admin_client)
    screen.type_in(track, liked=None)
    screen.save()
    assert stored(track) == [(None, False)]


def test_saving_returns_to_the_filtered_list(admin_client: Client) -> None:
    track = TrackFactory(genres=[GenreFactory(name="jazz")])
    screen = Screen(admin_client, genre="jazz", o="-5")
    screen.type_in(track, score="3")
    assert screen.save()["Location"] == page_of(Track, genre="jazz", o="-5")


@pytest.mark.parametrize("typed", ["-1", "many", "1.5", "9" * 20, "\0", "99999999999"])
def test_an_invalid_value_is_reported_at_the_field_and_nothing_is_saved(admin_client: Client, typed: str) -> None:
    good, bad = TrackFactory(title="Good"), TrackFactory(title="Bad", score=7)
    screen = Screen(admin_client)
    screen.type_in(good, score="5")
    screen.type_in(bad, score=typed)

    assert screen.save().status_code == 200

    assert len(screen.errors) == 1
    (row,) = (row for row in screen.page.all("tr") if "errorlist" in str([n.attrs.get("class") for n in row.all("ul")]))
    assert row.all("td")[1].text == "Bad"
    assert stored(good, bad) == [(None, False), (7, False)]
    assert history() == []
    screen.type_in(bad, score="6")
    screen.save()
    assert stored(good, bad) == [(5, False), (6, False)]


def test_each_box_has_a_label_for_screen_readers(admin_client: Client) -> None:
    TrackFactory(title="Blue <in> Green")
    page = Screen(admin_client).page
    (box,) = (field for field in page.all("input") if field.attrs.get("name") == "form-0-score")
    assert box.attrs["aria-label"] == "Score of Blue <in> Green"


def test_a_viewer_sees_plain_columns_and_cannot_save() -> None:
    track = TrackFactory(score=3)
    client = editor("view_track")
    page = client.get(page_of(Track))
    assert '<td class="field-score">3</td>' in page.text
    assert 'name="form-0-score"' not in page.text
    assert 'name="_save"' not in page.text
    data = {"form-TOTAL_FORMS": 1, "form-INITIAL_FORMS": 1, "form-0-id": track.pk, "form-0-score": 9, "_save": "Save"}
    assert client.post(page_of(Track), data).status_code == 403
    assert stored(track) == [(3, False)]


@pytest.mark.parametrize("key", ["", "x", "0", "\0", "9" * 30])
def test_an_unknown_key_saves_nothing(admin_client: Client, key: str) -> None:
    track = TrackFactory(score=3)
    screen = Screen(admin_client)
    screen.type_in(track, score="4", id=key)
    response = screen.save()
    if key == "0":
        assert [level for level, _ in messages_of(response)] == ["error"]
    else:
        assert response.status_code == 400
    assert stored(track) == [(3, False)]


def test_the_list_cannot_add_a_row(admin_client: Client) -> None:
    track = TrackFactory()
    screen = Screen(admin_client)
    screen.sent |= {"form-INITIAL_FORMS": "0"}
    screen.type_in(track, score="4")
    assert screen.save().status_code in (200, 400)
    assert stored(track) == [(None, False)]
    assert Track.objects.count() == 1


# --- Two at once -------------------------------------------------------------------------------------------------


def test_a_change_by_somebody_else_is_not_overwritten(admin_client: Client) -> None:
    mine, theirs = TrackFactory(title="Mine", score=1), TrackFactory(title="Theirs", score=1)
    screen, other = Screen(admin_client), Screen(editor("view_track", "change_track"))
    other.type_in(theirs, score="9")
    other.save()
    screen.type_in(mine, score="5")
    screen.type_in(theirs, score="2")

    assert screen.save().status_code == 200

    assert screen.errors == [
        "Nothing was saved, because somebody else has changed 1 row since you opened this page. Check the marked "
        "values below. If you save again, yours replace theirs.",
        "Somebody else has just set this to “9”.",
    ]
    assert stored(mine, theirs) == [(1, False), (9, False)]
    assert [who for who, _ in history()] == ["Theirs"]
    # The form keeps the typed values. If the user sends it again, they are saved.
    assert screen.save().status_code == 302
    assert stored(mine, theirs) == [(5, False), (2, False)]


def test_another_change_by_somebody_else_is_reported_again(admin_client: Client) -> None:
    track = TrackFactory(score=1)
    screen = Screen(admin_client)
    screen.type_in(track, score="2")
    for other in (8, 9):
        Track.objects.update(score=other)
        assert screen.save().status_code == 200
        assert screen.errors[-1] == f"Somebody else has just set this to “{other}”."
        assert stored(track) == [(other, False)]


@pytest.mark.parametrize(("before", "now", "typed", "words"), [(True, False, None, None), (None, 0, "4", "“0”")])
def test_the_message_says_what_somebody_else_entered(
    admin_client: Client, before: Any, now: Any, typed: str | None, words: str | None
) -> None:
    field = "liked" if isinstance(now, bool) else "score"
    track = TrackFactory(**{field: before})
    screen = Screen(admin_client)
    Track.objects.update(**{field: now})
    screen.type_in(track, **{field: typed})
    response = screen.save()
    if words is None:
        # Both cleared liked, so there is no conflict.
        assert response.status_code == 302
        assert history() == []
    else:
        assert screen.errors[-1] == f"Somebody else has just set this to {words}."
    assert Track.objects.values_list(field, flat=True).get() == now


def test_an_unchanged_column_keeps_the_value_of_somebody_else(admin_client: Client) -> None:
    track = TrackFactory(score=1, title="Before")
    screen = Screen(admin_client)
    Track.objects.update(score=9, title="After")
    screen.type_in(track, liked="on")
    assert screen.save().status_code == 302
    assert stored(track) == [(9, True)]
    assert Track.objects.get().title == "After"


def test_typed_values_stay_beside_their_rows_if_the_order_changes(admin_client: Client) -> None:
    """In a list sorted by score, Django would show each form beside the row that is now in its place."""
    tracks = [TrackFactory(title=title, score=score) for title, score in (("A", 1), ("B", 2), ("C", 3))]
    screen = Screen(admin_client, o="5", liked__exact="0")
    screen.type_in(tracks[0], score="-5")
    Track.objects.filter(title="A").update(score=99)
    Track.objects.filter(title="B").update(liked=True)
    response = screen.save()
    assert [
        (row.title, form.instance.title)
        for row, form in zip(listed(response), response.context["cl"].formset, strict=True)
    ] == [(title, title) for title in "ABC"]


def test_a_deleted_row_is_reported(admin_client: Client) -> None:
    tracks = [TrackFactory(score=1), TrackFactory(score=1)]
    screen = Screen(admin_client)
    screen.type_in(tracks[0], score="5")
    Track.objects.filter(pk=tracks[1].pk).delete()
    assert screen.save().status_code == 200
    assert (
        "Nothing was saved, because somebody else has deleted 1 of these rows. What you typed for the others is below."
    ) in screen.page.text
    assert stored(tracks[0]) == [(1, False)]
    # What was typed is still there, and can be saved.
    assert screen.save().status_code == 302
    assert stored(tracks[0]) == [(5, False)]


def test_names_of_clusters_are_not_overwritten_either(admin_client: Client) -> None:
    tracks = [TrackFactory() for _ in range(2)]
    run = stored_run(GenreFactory(), {1: tracks[:1], 2: tracks[1:]})
    one, two = run.clusters.order_by("number")
    screen = Screen(admin_client, Cluster)
    Cluster.objects.filter(pk=one.pk).update(name="Theirs")
    screen.type_in(one, name="Mine")
    screen.type_in(two, name="Two")
    assert screen.save().status_code == 200
    assert screen.errors[-1] == "Somebody else has just set this to “Theirs”."
    assert list(run.clusters.order_by("number").values_list("name", flat=True)) == ["Theirs", ""]
    screen.save()
    assert list(run.clusters.order_by("number").values_list("name", flat=True)) == ["Mine", "Two"]


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite has one writer")
@pytest.mark.django_db(transaction=True)
def test_a_save_waits_for_another_save_and_reports_the_conflict(admin_client: Client) -> None:
    track = TrackFactory(score=1)
    screen = Screen(admin_client)
    screen.type_in(track, score="2")
    answers: list[int] = []

    def save() -> None:
        try:
            answers.append(screen.save().status_code)
        finally:
            connection.close()

    with transaction.atomic():
        Track.objects.filter(pk=track.pk).update(score=9)
        thread = threading.Thread(target=save)
        thread.start()
        thread.join(0.5)
        assert answers == []
    thread.join(10)
    assert answers == [200]
    assert stored(track) == [(9, False)]


# --- Queries -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
@pytest.mark.parametrize("changed", [0, 1])
def test_saving_reads_all_rows_in_one_query_and_writes_only_changed_ones(
    admin_client: Client, django_assert_num_queries: Any, rows: int, changed: int
) -> None:
    genre = GenreFactory()
    for _ in range(rows):
        rich_track(genre)
    screen = Screen(admin_client)
    if changed:
        screen.type_in(Track.objects.first(), score="4")
    # Session, user; the list: filter, count; two transactions with the rows in between. For a changed row: the row, its
    # versions before and after, its content type and a log entry.
    with django_assert_num_queries(9 + 5 * changed):
        assert screen.save().status_code == 302
