"""The page that splits an artist: what it guesses, shows first and refuses, and the joint names that stay."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from musicdb.admin.splitting import forms
from musicdb.editing import Split, SplitPart, split_artist
from musicdb.editing.data_quality import run_checks
from musicdb.models import Artist, ArtistAlias, GroupedChange, Track
from tests.admin.helpers import alias_rows, editor, errors_of, listed, messages_of, page_of
from tests.factories import AlbumFactory, ArtistFactory, TrackFactory
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


def split_page(artist: Artist) -> str:
    return page_of(Artist, "split", artist.pk)


def shown(response: Any) -> dict[str, Any]:
    """What the rows of the form have, as far as they are not blank."""
    form = response.context["form"]
    values = {name: form[name].value() for name in form.fields if name.startswith(("artist_", "name_", "how"))}
    return {name: value for name, value in values.items() if value}


def artists_of(track: Track) -> list[str]:
    return [artist.slug for artist in Track.objects.get(pk=track.pk).artists_in_order]


# --- The form ----------------------------------------------------------------------------------------------------


def test_the_form_guesses_from_the_name(admin_client: Client) -> None:
    known = ArtistFactory(name="garfunkel")
    joint = ArtistFactory(name="Simon & Garfunkel (feat. Ann)")
    assert shown(admin_client.get(split_page(joint))) == {
        "how": "joint",
        "name_0": "Simon",
        "artist_1": known.pk,
        "name_2": "Ann",
    }
    homonym = ArtistFactory(name="Nirvana")
    assert shown(admin_client.get(split_page(homonym))) == {
        "how": "apart",
        "artist_0": homonym.pk,
        "name_1": "Nirvana",
    }


def test_one_more_row_keeps_what_was_typed_and_complains_about_nothing(admin_client: Client) -> None:
    artist = ArtistFactory(name="A & B")
    response = admin_client.post(split_page(artist), {"how": "apart", "rows": "3", "name_0": "Ann", "more": "1"})
    assert shown(response) == {"how": "apart", "name_0": "Ann"}
    assert response.context["form"].number_of_rows == 4
    assert not parse(response).all("ul", class_="errorlist")
    response = admin_client.post(split_page(artist), {"how": "joint", "rows": "10", "more": "1"})
    assert response.context["form"].number_of_rows == 10
    assert 'name="more"' not in response.content.decode()


@pytest.mark.parametrize("number", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_tracks(
    admin_client: Client, number: int, django_assert_num_queries: Any
) -> None:
    artist = ArtistFactory(name="A & B")
    for _ in range(number):
        TrackFactory(artists=[artist, ArtistFactory()], album=AlbumFactory(artists=[artist]))
    data = {"how": "joint", "name_0": "A", "name_1": "B"}
    with django_assert_num_queries(8):
        admin_client.get(split_page(artist))
    with django_assert_num_queries(19):
        admin_client.post(split_page(artist), {**data, "preview": "1"})


def test_a_long_list_is_cut_and_says_so(admin_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(forms, "MAX_LISTED", 2)
    artist = ArtistFactory(name="Nirvana")
    for _ in range(3):
        TrackFactory(artists=[artist])
    page = parse(admin_client.get(split_page(artist))).one("div", id="content-main").text
    assert "These are the first 2 of 3 tracks." in page


# --- The split ---------------------------------------------------------------------------------------------------


def test_a_name_of_several_artists_is_previewed_then_split(admin_client: Client) -> None:
    artist = ArtistFactory(name="A & B", slug="a-b")
    track = TrackFactory(title="Song", artists=[artist])
    data = {"how": "joint", "name_0": "A", "name_1": "B"}

    looked = admin_client.post(split_page(artist), {**data, "preview": "1"})
    assert artists_of(track) == ["a-b"]
    page = parse(looked).one("div", id="content-main")
    assert "1 track and 0 albums will have other artists." in page.text
    row = page.all("table")[1].one("tbody").one("tr")
    assert [cell.text for cell in row.all("bdi")] == ["Song", "A & B", "A, B"]
    sent = {box.attrs["name"]: box.attrs.get("value", "") for box in page.all("input") if "name" in box.attrs}

    back = admin_client.post(split_page(artist), {**sent, "again": "1"})
    assert shown(back) == data
    response = admin_client.post(split_page(artist), {**sent, "apply": "1"})

    a, b = Artist.objects.order_by("name")
    assert artists_of(track) == [a.slug, b.slug] == ["a", "b"]
    assert response["Location"] == page_of(Artist, "change", a.pk)
    ((level, text),) = messages_of(response)
    assert (level, text.partition(":")[2].partition(" <a")[0]) == ("success", " 1 track and 0 albums changed.")
    assert page_of(GroupedChange, "undo", GroupedChange.objects.get().pk) in text


def test_each_album_and_track_goes_where_the_form_says(admin_client: Client) -> None:
    artist = ArtistFactory(name="Nirvana", slug="nirvana")
    album = AlbumFactory(artists=[artist])
    on_album, odd = (TrackFactory(artists=[artist], album=album) for _ in range(2))
    other = TrackFactory(artists=[artist], album=None)
    # The second row is blank, and the third is the second artist.
    data = {"how": "apart", "artist_0": artist.pk, "name_2": "Nirvana", "rest": "0", f"album_{album.pk}": "2"}
    admin_client.post(split_page(artist), {**data, f"track_{odd.pk}": "0", "apply": "1"})
    assert [artists_of(track) for track in (on_album, odd, other)] == [["nirvana-2"], ["nirvana"], ["nirvana"]]
    assert album.artists.get().slug == "nirvana-2"


@pytest.mark.parametrize(
    ("data", "field", "message"),
    [
        ({"name_0": "A"}, "__all__", "Name at least two artists"),
        ({"name_0": "A", "name_1": "a"}, "name_1", "This artist is there twice."),
        ({"artist_0": "other", "name_1": "A", "artist_2": "other"}, "artist_2", "This artist is there twice."),
        ({"artist_0": "other", "name_0": "A", "name_1": "B"}, "name_0", "not both."),
        ({"name_0": "A", "name_1": "\u200b"}, "name_1", "Enter at least one visible character."),
        ({"name_0": "A", "artist_1": "x"}, "artist_1", "Select a valid choice."),
        ({"name_0": "A", "artist_1": "999999"}, "artist_1", "Select a valid choice."),
        ({"name_0": "A", "name_1": "B" * 301}, "name_1", "at most 300 characters"),
        ({"name_0": "A", "name_1": "B", "how": ""}, "how", "Choose one."),
        ({"name_0": "A", "name_1": "B", "how": "apart", "rest": "2"}, "rest", "Artist 3 is blank"),
        ({"name_0": "A", "name_1": "B", "how": "apart"}, "__all__", "Artist 2 would get no track and no album."),
    ],
)
def test_bad_input_says_what_to_do_and_splits_nothing(
    admin_client: Client, data: dict[str, str], field: str, message: str
) -> None:
    artist, other = ArtistFactory(name="A & B"), ArtistFactory(name="Other")
    TrackFactory(artists=[artist])
    sent = {name: str(other.pk) if value == "other" else value for name, value in data.items()}
    for button in ("preview", "apply"):
        response = admin_client.post(split_page(artist), {"how": "joint", **sent, button: "1"})
        assert response.status_code == 200
        assert message in " ".join(response.context["form"].errors[field])
        assert message in parse(response).one("div", id="content-main").text
    assert Artist.objects.filter(pk=artist.pk).exists()
    assert not GroupedChange.objects.exists()


def test_a_split_is_shown_anew_if_somebody_has_changed_the_artist_since(admin_client: Client) -> None:
    artist = ArtistFactory(name="A & B", slug="a-b")
    TrackFactory(artists=[artist])
    data = {"how": "joint", "name_0": "A", "name_1": "B"}
    seen = admin_client.post(split_page(artist), {**data, "preview": "1"}).context["preview"].seen
    theirs = TrackFactory(artists=[artist])

    response = admin_client.post(split_page(artist), {**data, "seen": seen, "apply": "1"})

    assert artists_of(theirs) == ["a-b"]
    assert [message.level_tag for message in response.context["messages"]] == ["warning"]
    preview = response.context["preview"]
    assert preview.tracks == 2
    admin_client.post(split_page(artist), {**data, "seen": preview.seen, "apply": "1"})
    assert artists_of(theirs) == ["a", "b"]


def test_an_artist_that_is_gone_is_not_found(admin_client: Client) -> None:
    assert admin_client.get(page_of(Artist, "split", 10**6)).status_code == 404


# --- Who may, and where the page is linked -----------------------------------------------------------------------


def test_who_may_not_merge_may_not_split(admin_client: Client) -> None:
    artist = ArtistFactory(name="A & B")
    client = editor("view_artist", "change_artist", "add_artist")
    assert client.get(split_page(artist)).status_code == 403
    data = {"how": "joint", "name_0": "A", "name_1": "B", "apply": "1"}
    assert client.post(split_page(artist), data).status_code == 403
    assert Artist.objects.get() == artist
    form = page_of(Artist, "change", artist.pk)
    assert split_page(artist) not in client.get(form).content.decode()
    assert split_page(artist) in admin_client.get(form).content.decode()


def test_artists_of_one_name_lead_to_it(admin_client: Client) -> None:
    one, _ = ArtistFactory(name="Nirvana", spotify_id=None), ArtistFactory(name="nirvana", spotify_id=None)
    page = admin_client.get(page_of(Artist, "duplicates", same="1")).content.decode()
    assert split_page(one) in page


def test_data_quality_lists_the_artists_whose_names_say_that_they_are_several(admin_client: Client) -> None:
    found = [ArtistFactory(name=name) for name in ("A FEAT. B", "A (feat. B)", "A; B", "a Featuring b")]
    for name in ("Featherstone", "Simon & Garfunkel", "Aftab"):
        ArtistFactory(name=name)
    checks = {one.check.title: one for one in run_checks(lambda permission: True)}
    check = checks["Artists that are several"]
    assert check.count == 4
    assert set(listed(admin_client.get(check.url))) == set(found)


# --- Joint names on the form of an artist ------------------------------------------------------------------------


@pytest.fixture
def part(admin_user: User) -> Artist:
    """The second of two artists for whom the name "A & B" stands."""
    artist = ArtistFactory(name="A & B", spotify_id=None)
    artist.aliases.create(name="A and B")
    split_artist(artist, Split([SplitPart(name="A"), SplitPart(name="B")], is_joint=True), admin_user)
    return Artist.objects.get(name="B")


def form_of(part: Artist, **changed: str) -> dict[str, Any]:
    alias = part.aliases.get(name="A & B")
    other = part.aliases.get(name="A and B")
    rows = alias_rows({"id": alias.pk, "name": alias.name, **changed}, {"id": other.pk, "name": other.name})
    return {"name": part.name, "visibility": part.visibility, **rows}


def test_the_form_says_for_whom_a_joint_name_stands(
    admin_client: Client, part: Artist, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(9):
        page = parse(admin_client.get(page_of(Artist, "change", part.pk)))
    cells = [cell.text for cell in page.all("td", class_="field-stands_for")]
    assert cells[:2] == ["A, B", "A, B"]


def test_a_joint_name_is_deleted_but_not_renamed(admin_client: Client, part: Artist) -> None:
    page = page_of(Artist, "change", part.pk)
    response = admin_client.post(page, form_of(part, name="A und B"))
    assert response.status_code == 200
    assert "This name stands for several artists." in response.content.decode()
    assert errors_of(response) == {}
    response = admin_client.post(page, form_of(part, DELETE="on"))
    assert response.status_code == 302
    assert list(ArtistAlias.objects.joint().filter(name="A & B").values_list("target__name", flat=True)) == ["A"]
