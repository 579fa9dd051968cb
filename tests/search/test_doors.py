"""Names without a visible character, invisible twins and printed ISRCs at every door."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client

from musicdb.imports import BadRowsError
from musicdb.models import Album, Artist, ArtistAlias, Genre, GenreAlias, Label, Track
from tests.admin.helpers import alias_rows, listed, page_of, track_data
from tests.factories import ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.imports.files import net_file, net_row
from tests.imports.library import run, zipped

pytestmark = pytest.mark.django_db
INVISIBLE = ["\u200b", "\u00ad\ufeff", "\u202e", "\u3164", " \u2800 ", "\u200d\ufe0f"]
PRINTED = ["US-S1Z-99-00001", "us s1z 99 00001", "ISRC US\u2010S1Z\u201099\u201000001"]


@pytest.mark.parametrize("name", INVISIBLE)
class TestANameOfNothingVisible:
    @pytest.mark.parametrize("model", [Genre, Artist, Label, Album, Track])
    def test_is_refused_by_the_model_and_by_the_database(self, model: Any, name: str) -> None:
        row = model(**{model.slug_source: name}, slug="x")
        with pytest.raises(ValidationError) as refusal:
            row.full_clean()
        assert refusal.value.message_dict[model.slug_source] == ["Enter at least one visible character."]
        for write in (row.save, lambda: model.objects.bulk_create([model(**{model.slug_source: name}, slug="y")])):
            with pytest.raises(IntegrityError), transaction.atomic():
                write()

    def test_is_refused_by_forms(self, admin_client: Client, name: str) -> None:
        page = admin_client.post(page_of(Track, "add"), track_data(title=name))
        assert page.context["adminform"].errors == {"title": ["Enter at least one visible character."]}
        genre = GenreFactory()
        page = admin_client.post(page_of(Genre, "change", genre.pk), {"name": "pop", **alias_rows({"name": name})})
        assert "Enter at least one visible character." in page.text
        assert Track.objects.count() == GenreAlias.objects.count() == 0

    def test_is_refused_by_imports(self, name: str) -> None:
        with pytest.raises(BadRowsError):
            run(net_file(net_row(1, **{"Track Name": name})))
        with pytest.raises(BadRowsError):
            run(zipped(artists=f"slug,name\na,{name}\n"))
        assert Track.objects.count() == Artist.objects.count() == 0


@pytest.mark.parametrize("invisible", ["\u200b", "\u00ad", "\u202e", "\ufeff"])
class TestTwins:
    def test_are_one_genre(self, invisible: str) -> None:
        genre = GenreFactory(name="k-pop")
        with pytest.raises(ValidationError, match="There is a genre of that name"):
            Genre(name=f"k-{invisible}pop", slug="other").full_clean()
        assert Genre.objects.get(name=f"{invisible}k-pop") == genre

    def test_are_one_in_an_import(self, invisible: str) -> None:
        artist, label, genre = ArtistFactory(name="Sia"), LabelFactory(name="EMI"), GenreFactory(name="k-pop")
        row = {"Artist Name(s)": f"S{invisible}ia", "Record Label": f"EMI{invisible}", "Genres": f"k-p{invisible}op"}
        run(net_file(net_row(1, **row, **{"Track Name": f"So{invisible}ng"})))
        track = Track.objects.get()
        assert (track.title, track.artists_in_order, track.labels_in_order) == ("Song", [artist], [label])
        assert list(track.genres.all()) == [genre]

    def test_are_one_alias(self, admin_client: Client, invisible: str) -> None:
        artist = ArtistFactory(name="Sia")
        ArtistAlias.objects.create(target=artist, name=f"Fur{invisible}ler")
        assert artist.aliases.get().name == "Furler"


@pytest.mark.parametrize("printed", PRINTED)
class TestAPrintedIsrc:
    def test_is_taken_by_the_form_and_found_by_the_search(self, admin_client: Client, printed: str) -> None:
        assert admin_client.post(page_of(Track, "add"), track_data(isrc=printed)).status_code == 302
        track = Track.objects.get()
        assert track.isrc == "USS1Z9900001"
        TrackFactory(isrc="USS1Z9900002")
        assert listed(admin_client.get(page_of(Track, q=printed))) == [track]
        assert listed(admin_client.get(page_of(Track, isrc__exact=printed))) == [track]

    def test_is_taken_by_filters(self, client: Client, printed: str) -> None:
        artist = ArtistFactory()
        track = TrackFactory(isrc="USS1Z9900001", artists=[artist])
        TrackFactory(isrc="USS1Z9900002", artists=[artist])
        assert [row["slug"] for row in client.get("/api/v1/tracks/", {"isrc": printed}).json()["results"]] == [
            track.slug
        ]
        assert list(client.get(artist.get_absolute_url(), {"isrc": printed}).context["object_list"]) == [track]

    def test_is_taken_by_an_import_and_the_orm(self, printed: str) -> None:
        run(zipped(tracks=f"slug,title,artists,isrc\na,A Song,,{printed}\n"))
        track = Track.objects.get(isrc=printed)
        assert track.isrc == "USS1Z9900001"
        track.isrc = printed
        track.save()
        assert track.isrc == Track.objects.values_list("isrc", flat=True).get() == "USS1Z9900001"


def test_what_is_no_isrc_is_an_error(client: Client, admin_client: Client) -> None:
    assert client.get("/api/v1/tracks/", {"isrc": "US-S1Z"}).status_code == 400
    page = admin_client.post(page_of(Track, "add"), track_data(isrc="US-S1Z-99-0000"))
    assert list(page.context["adminform"].errors) == ["isrc"]
