"""Search and paging in the admin: which rows, in which order, and how many queries."""

from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from musicdb.admin.changelist.filters import GenreFilter
from musicdb.models import Artist, Genre, GroupedChange, Import, Label, Track
from musicdb.models.history import ChangeType
from musicdb.search import pagination
from tests.admin.helpers import listed, page_of, run_action
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "typed"),
    [
        ("Жар-птица", "жАР"),
        ("жар-птица", "ЖАР-ПТИЦА"),
        ("Жар * [птица]?", "ЖАР * [П"),
        ("Ж", "ж"),
        ("Ünlü Été", "ünlü ÉTÉ"),
        ("Ωδή", "ωΔΉ"),
    ],
)
def test_a_search_ignores_case_beyond_ascii(admin_client: Client, name: str, typed: str) -> None:
    artist = ArtistFactory(name=name)
    ArtistFactory(name="Zhar-ptitsa").aliases.create(name="Firebird")
    by_alias = ArtistFactory(name="Firebird two")
    by_alias.aliases.create(name=f"{name} 2")
    track = TrackFactory(title="Of another name", artists=[artist])
    aliased = TrackFactory(title="Spelt in another way", artists=[by_alias])
    titled = TrackFactory(title=f"x{name}x")
    on_album = TrackFactory(title="Z", album=AlbumFactory(title=name))
    TrackFactory()
    assert set(listed(admin_client.get(page_of(Artist, q=typed)))) == {artist, by_alias}
    assert set(listed(admin_client.get(page_of(Track, q=typed)))) == {track, aliased, on_album, titled}


@pytest.mark.parametrize("typed", ["beyonce", "BEYONCÉ’S", "beyonce's songs"])
def test_the_lists_of_imports_and_of_changes_of_many_rows_fold_alike(admin_client: Client, typed: str) -> None:
    counts = {"Track": {"created": 1, "updated": 0, "unchanged": 0}}
    found = Import.objects.create(file_name="Beyoncé’s Songs.csv", rows=1, counts=counts)
    Import.objects.create(file_name="Other.csv", rows=1, counts=counts)
    assert listed(admin_client.get(page_of(Import, q=typed))) == [found]
    merge = GroupedChange.objects.create(kind=ChangeType.MERGE, model_name="track", summary="Merged “Beyoncé’s Songs”")
    GroupedChange.objects.create(kind=ChangeType.MERGE, model_name="track", summary="Merged “Other”")
    assert listed(admin_client.get(page_of(GroupedChange, q=typed))) == [merge]


def test_a_glob_pattern_is_plain_text(admin_client: Client) -> None:
    TrackFactory(title="жар")
    for typed in ("ж*", "ж?р", "ж[а]р", "[^ж]"):
        assert listed(admin_client.get(page_of(Track, q=typed))) == [], typed


def test_only_rows_that_the_search_found_are_deleted(admin_client: Client) -> None:
    kept, gone = TrackFactory(title="Kept"), TrackFactory(title="Gone")
    TrackFactory(title="Gone too")
    data = {"action": "delete_selected", "_selected_action": [gone.pk, kept.pk], "post": "yes"}
    assert admin_client.post(page_of(Track, q="gone"), data).status_code == 302
    assert set(Track.objects.values_list("title", flat=True)) == {"Kept", "Gone too"}


def test_all_rows_of_a_search_can_be_selected(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(admin.site.get_model_admin(Track), "list_per_page", 2)
    for number in range(5):
        TrackFactory(title=f"Love {number}")
    other = TrackFactory(title="Other")
    data = {"action": "like", "_selected_action": [Track.objects.first().pk], "select_across": 1, "index": 0}
    admin_client.post(page_of(Track, q="love"), data)
    assert list(Track.objects.filter(liked=False)) == [other]


# --- Paging ------------------------------------------------------------------------------------------------------


@pytest.fixture(params=[3, 1_000], ids=["many", "few"])
def pages_of_two(request: Any, monkeypatch: pytest.MonkeyPatch) -> int:
    """Pages of two rows, for lists of seven. The paginator reads three keys at once, then all."""
    for model in (Track, Artist, Genre):
        monkeypatch.setattr(admin.site.get_model_admin(model), "list_per_page", 2)
        monkeypatch.setattr(admin.site.get_model_admin(model), "list_max_show_all", 7 if request.param > 7 else 3)
    monkeypatch.setattr(pagination, "MAX_KEYS", request.param)
    return int(request.param)


@pytest.mark.parametrize("query", [{}, {"q": "same"}, {"o": "-2"}, {"genre": "dub"}, {"q": "same", "o": "5.-2"}])
def test_pages_have_each_row_once_in_order(admin_client: Client, pages_of_two: int, query: dict[str, str]) -> None:
    genre = GenreFactory(name="dub")
    tracks = [
        TrackFactory(title=f"same {number % 3}", genres=[genre], artists=[ArtistFactory()]) for number in range(7)
    ]
    whole = listed_unpaged(admin_client, **query)
    assert set(whole) == set(tracks)
    responses = [admin_client.get(page_of(Track, p=number, **query)) for number in (1, 2, 3, 4)]
    assert [track for response in responses for track in listed(response)] == whole
    assert [response.context["cl"].result_count for response in responses] == [7] * 4
    assert [len(listed(response)) for response in responses] == [2, 2, 2, 1]


def listed_unpaged(client: Client, **query: Any) -> list[Any]:
    request = client.get(page_of(Track, **query)).wsgi_request
    return list(admin.site.get_model_admin(Track).get_changelist_instance(request).queryset)


@pytest.mark.parametrize("number", ["0", "5", "-1", "99999999999999999999"])
def test_a_page_that_does_not_exist_redirects_to_the_list(admin_client: Client, pages_of_two: int, number: str) -> None:
    for _ in range(7):
        TrackFactory()
    response = admin_client.get(page_of(Track, p=number))
    assert (response.status_code, response["Location"]) == (302, f"{page_of(Track)}?e=1")
    assert len(listed(admin_client.get(page_of(Track, p="words")))) == 2


def test_show_all_shows_all_rows_of_a_short_list(admin_client: Client, pages_of_two: int) -> None:
    tracks = [TrackFactory(title=f"T{number}") for number in range(7)]
    shown = listed(admin_client.get(page_of(Track, all="")))
    assert shown == (tracks if pages_of_two > 7 else tracks[:2])


def test_a_list_sorted_by_a_count_is_right_on_every_page(admin_client: Client, pages_of_two: int) -> None:
    artists = [ArtistFactory(name=f"A{number}") for number in range(7)]
    for number, artist in enumerate(artists):
        for _ in range(number):
            TrackFactory(artists=[artist])
    shown = [
        (artist.name, artist.track_count)
        for number in (1, 2, 3, 4)
        for artist in listed(admin_client.get(page_of(Artist, o="-3", p=number)))
    ]
    assert shown == [(f"A{number}", number) for number in (6, 5, 4, 3, 2, 1, 0)]


@pytest.mark.parametrize("rows", [1, 3, 7])
def test_a_search_needs_a_constant_number_of_queries(
    admin_client: Client, django_assert_num_queries: Any, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(pagination, "MAX_KEYS", 5)
    for number in range(rows):
        TrackFactory(title=f"Love {number}", artists=[ArtistFactory()], genres=[GenreFactory()])
    # Session, user, genres of the filter; keys, rows, artists; saved filters; the count, if there are more rows than
    # keys were read.
    with django_assert_num_queries(7 + (rows > 5)):
        response = admin_client.get(page_of(Track, q="love"))
    assert response.context["cl"].result_count == rows


@pytest.mark.parametrize("rows", [1, 30])
def test_an_autocomplete_box_knows_without_a_count_that_there_is_more(
    admin_client: Client, django_assert_num_queries: Any, rows: int
) -> None:
    albums = [AlbumFactory(title=f"Love {number:02}") for number in range(rows)]
    query = {"app_label": "musicdb", "model_name": "track", "field_name": "album", "term": "love"}
    with django_assert_num_queries(4):  # session, user, keys, rows
        answer = admin_client.get(reverse("admin:autocomplete", query=query)).json()
    assert [one["id"] for one in answer["results"]] == [str(album.pk) for album in albums[:20]]
    assert answer["pagination"] == {"more": rows > 20}
    if rows > 20:
        rest = admin_client.get(reverse("admin:autocomplete", query={**query, "page": 2})).json()
        assert [one["id"] for one in rest["results"]] == [str(album.pk) for album in albums[20:]]
        assert rest["pagination"] == {"more": False}


# --- Filters and deletion ----------------------------------------------------------------------------------------


def test_the_keys_of_the_largest_genres_are_cached_and_their_names_are_not(
    admin_client: Client, django_assert_num_queries: Any
) -> None:
    genres = [GenreFactory(name=f"genre {number:02}") for number in range(31)]
    for genre in genres[:30]:
        TrackFactory(genres=[genre])
    assert _sidebar(admin_client) == [genre.name for genre in genres[:30]]
    Genre.objects.filter(pk=genres[0].pk).update(name="renamed")
    genres[1].delete()
    assert _sidebar(admin_client) == ["renamed", *(genre.name for genre in genres[2:30])]
    with django_assert_num_queries(7):  # session, user, cached genres; keys, rows, no artists; saved filters
        admin_client.get(page_of(Track))


def test_a_new_genre_is_offered_at_once_if_there_are_few(admin_client: Client) -> None:
    assert _sidebar(admin_client) == []
    GenreFactory(name="dub")
    assert _sidebar(admin_client) == ["dub"]


def _sidebar(client: Client) -> list[str]:
    filters = client.get(page_of(Track)).context["cl"].filter_specs
    return [name for spec in filters if isinstance(spec, GenreFilter) for _, name in spec.lookup_choices]


def test_each_dependent_of_selected_rows_is_listed_once(admin_client: Client) -> None:
    artists = [ArtistFactory(), ArtistFactory()]
    TrackFactory(title="Duet", artists=artists)
    text = run_action(admin_client, "delete_selected", artists).text
    assert text.count("<bdi>Duet</bdi>") == 1
    labels = [LabelFactory(), LabelFactory()]
    AlbumFactory(title="Split", labels=labels)
    text = run_action(admin_client, "delete_selected", labels).text
    assert text.count("<bdi>Split</bdi>") == 1
    assert Artist.objects.count() == Label.objects.count() == 2
