"""The invariants of the catalogue, which the database keeps whatever the forms say."""

import math
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import ProtectedError

from musicdb.models import Album, AlbumLabel, Artist, Genre, Label, Track, TrackArtist
from musicdb.music import AUDIO_FEATURES, AudioFeature
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory
from tests.models.refusals import change_refused, refused

pytestmark = pytest.mark.django_db

FLOATS = [feature for feature in AUDIO_FEATURES if isinstance(feature.lowest, float)]
WHOLE_NUMBERS = [feature for feature in AUDIO_FEATURES if isinstance(feature.lowest, int)]


def by_name(feature: AudioFeature) -> str:
    return feature.name


class TestFeatures:
    @pytest.mark.parametrize("feature", AUDIO_FEATURES, ids=by_name)
    def test_both_bounds_and_unknown_are_stored(self, feature: AudioFeature) -> None:
        offered = [feature.lowest, feature.highest, None]
        Track.objects.bulk_create(
            [Track(title="Hmm BOP", slug=f"hmm-bop-{i}", **{feature.name: value}) for i, value in enumerate(offered)]
        )

        assert list(Track.objects.order_by("slug").values_list(feature.name, flat=True)) == offered

    @pytest.mark.parametrize("feature", AUDIO_FEATURES, ids=by_name)
    def test_unknown_is_not_zero(self, feature: AudioFeature) -> None:
        Track.objects.create(title="Hmm BOP")

        assert getattr(Track.objects.get(), feature.name) is None

    @pytest.mark.parametrize("feature", FLOATS, ids=by_name)
    def test_a_number_out_of_range(self, feature: AudioFeature) -> None:
        track = TrackFactory()
        for value in (math.nextafter(feature.lowest, -math.inf), math.nextafter(feature.highest, math.inf), 1e200):
            refused(Track(title="Hmm BOP", slug="hmm-bop", **{feature.name: value}))
            change_refused(track, **{feature.name: value})

    @pytest.mark.parametrize("feature", WHOLE_NUMBERS, ids=by_name)
    def test_a_whole_number_out_of_range(self, feature: AudioFeature) -> None:
        track = TrackFactory()
        for value in (feature.lowest - 1, feature.highest + 1):
            refused(Track(title="Hmm BOP", slug="hmm-bop", **{feature.name: value}))
            change_refused(track, **{feature.name: value})

    @pytest.mark.parametrize("feature", FLOATS, ids=by_name)
    def test_what_is_no_number(self, feature: AudioFeature) -> None:
        track = TrackFactory()
        before = Track.objects.values().get()
        for value in (math.nan, math.inf, -math.inf, "nan", "inf"):
            message = f"^{feature.name} is {float(value)}: it must be a finite number"
            offered = {feature.name: value}
            setattr(track, feature.name, value)
            for write in (
                lambda offered=offered: Track.objects.create(title="Hmm BOP", **offered),
                lambda offered=offered: Track.objects.bulk_create([Track(title="Hmm BOP", slug="hmm-bop", **offered)]),
                lambda offered=offered: Track.objects.update(**offered),
                lambda: Track.objects.bulk_update([track], [feature.name]),
                lambda: track.save(),
                lambda offered=offered: Track.objects.filter(**offered).exists(),
            ):
                with pytest.raises(ValueError, match=message), transaction.atomic():
                    write()

        assert Track.objects.values().get() == before

    @pytest.mark.parametrize("feature", WHOLE_NUMBERS, ids=by_name)
    def test_what_is_no_whole_number(self, feature: AudioFeature) -> None:
        for value in (math.nan, math.inf):
            track = Track(title="Hmm BOP", slug="hmm-bop", **{feature.name: value})
            with pytest.raises((ValueError, OverflowError)), transaction.atomic():
                Track.objects.bulk_create([track])

        assert not Track.objects.exists()

    @pytest.mark.parametrize("feature", AUDIO_FEATURES, ids=by_name)
    def test_a_form_names_the_range(self, feature: AudioFeature) -> None:
        with pytest.raises(ValidationError) as refusal:
            Track(title="Hmm BOP", **{feature.name: feature.highest + 1}).full_clean()

        assert refusal.value.messages == [
            f"{feature.label} must be from {feature.lowest:g} to {feature.highest:g}, or blank if unknown."
        ]

    @pytest.mark.parametrize("value", [math.nan, math.inf])
    @pytest.mark.parametrize("feature", FLOATS, ids=by_name)
    def test_a_form_refuses_what_is_no_number(self, feature: AudioFeature, value: float) -> None:
        with pytest.raises(ValidationError) as refusal:
            Track(title="Hmm BOP", **{feature.name: value}).clean_fields()

        assert refusal.value.message_dict == {feature.name: ["Enter a finite number."]}

    def test_has_features(self) -> None:
        assert not Track(title="Hmm BOP").has_features
        assert Track(title="Hmm BOP", mode=0).has_features


class TestNames:
    @pytest.mark.parametrize(("model", "field"), [(Genre, "name"), (Artist, "name"), (Label, "name")])
    @pytest.mark.parametrize("name", ["", " ", "\n", "\x00"])
    def test_nothing_is_no_name(self, model: type[models.Model], field: str, name: str) -> None:
        refused(model(slug="nameless", **{field: name}))

    @pytest.mark.parametrize("model", [Album, Track])
    @pytest.mark.parametrize("title", ["", " \t", "\x07"])
    def test_nothing_is_no_title(self, model: type[models.Model], title: str) -> None:
        refused(model(slug="untitled", title=title))

    @pytest.mark.parametrize("model", [Genre, Artist, Label])
    def test_every_row_has_a_slug(self, model: type[models.Model]) -> None:
        refused(model(name="Hui", slug=""))

    @pytest.mark.parametrize("model", [Album, Track])
    def test_every_titled_row_has_a_slug(self, model: type[models.Model]) -> None:
        refused(model(title="Hmm BOP", slug=""))

    def test_nul_and_line_breaks_are_normalised_by_every_way_of_writing(self) -> None:
        raw, stored = "  Hwa\x00&\r\nDam\u2028pictures ", "Hwa & Dam pictures"
        Label.objects.bulk_create([Label(name=raw, slug="a")])
        assert Label.objects.get().name == stored

        Label.objects.update(name="x")
        Label.objects.update(name=raw)
        assert Label.objects.get().name == stored

        label = Label.objects.get()
        label.name = "x"
        label.save()
        label.name = raw
        Label.objects.bulk_update([label], ["name"])
        assert Label.objects.get().name == stored

        label.name = raw
        label.save()
        # The instance in hand says what the row says.
        assert label.name == Label.objects.get().name == stored

        assert Label.objects.get(name=raw) == label
        assert Label.objects.get_or_create(name=raw) == (label, False)

        with pytest.raises(ValidationError) as refusal:
            Label(name=raw).full_clean()
        assert refusal.value.message_dict == {"name": ["Label with this Name already exists."]}

    def test_a_title_is_normalised_too(self) -> None:
        assert Album.objects.create(title="Ame\u0301lie\n OST").title == "Amélie OST"
        assert Track.objects.create(title="Ame\u0301lie\n OST").title == "Amélie OST"

    @pytest.mark.parametrize(("model", "length"), [(Genre, 200), (Artist, 300), (Label, 300)])
    def test_a_form_counts_the_name_as_it_is_stored(self, model: type[models.Model], length: int) -> None:
        model(name="e\u0301" * length).full_clean()
        with pytest.raises(ValidationError) as refusal:
            model(name="é" * (length + 1)).full_clean()

        assert list(refusal.value.message_dict) == ["name"]

    def test_a_form_refuses_a_name_of_nothing_visible_to_a_database(self) -> None:
        with pytest.raises(ValidationError) as refusal:
            Artist(name="\x00\x07").full_clean()

        assert refusal.value.message_dict == {"name": ["Enter at least one visible character."]}

    def test_one_genre_by_one_name_whatever_its_case(self) -> None:
        GenreFactory(name="K-Pop")

        refused(Genre(name="k-pop", slug="k-pop-2"))

    def test_one_label_by_one_name_and_many_artists(self) -> None:
        LabelFactory(name="Stone")
        refused(Label(name="Stone", slug="stone-2"))

        ArtistFactory(name="Hui")
        ArtistFactory(name="Hui")
        assert Artist.objects.filter(name="Hui").count() == 2


class TestUniqueIds:
    @pytest.mark.parametrize(("model", "field"), [(Artist, "name"), (Album, "title"), (Track, "title")])
    def test_a_spotify_id_is_of_one_row(self, model: type[models.Model], field: str) -> None:
        spotify_id = "02b8ldrByRJbFE5M71q34w"
        model._default_manager.create(**{field: "first"}, spotify_id=spotify_id)
        second = model._default_manager.create(**{field: "second"})

        refused(model(**{field: "third"}, slug="third", spotify_id=spotify_id))
        change_refused(second, spotify_id=spotify_id)

    @pytest.mark.parametrize(("model", "field"), [(Artist, "name"), (Album, "title"), (Track, "title")])
    def test_many_rows_have_none_and_none_has_an_empty_one(self, model: type[models.Model], field: str) -> None:
        for name in ("first", "second"):
            row = model._default_manager.create(**{field: name})

        assert model._default_manager.filter(spotify_id=None).count() == 2
        refused(model(**{field: "third"}, slug="third", spotify_id=""))
        change_refused(row, spotify_id="")

    @pytest.mark.parametrize("spotify_id", ["short", "02b8ldrByRJbFE5M71q34w\n", "02b8ldrByRJbFE5M71q34-", "é" * 22])
    def test_a_form_knows_the_shape_of_a_spotify_id(self, spotify_id: str) -> None:
        with pytest.raises(ValidationError) as refusal:
            Track(title="Hmm BOP", spotify_id=spotify_id).full_clean()

        assert "A Spotify id has 22 letters and digits, such as 3kiQOTlExsRTAQW0P0jcTH." in refusal.value.messages
        assert list(refusal.value.message_dict) == ["spotify_id"]

    def test_a_form_knows_the_shape_of_an_isrc(self) -> None:
        Track(title="Hmm BOP", isrc="KRA381001057").full_clean()
        with pytest.raises(ValidationError) as refusal:
            Track(title="Hmm BOP", isrc="KR-A38-10-0105").full_clean()

        assert list(refusal.value.message_dict) == ["isrc"]

    @pytest.mark.parametrize("field", ["score", "duration_ms"])
    def test_no_less_than_nothing(self, field: str) -> None:
        refused(Track(title="Hmm BOP", slug="hmm-bop", **{field: -1}))
        change_refused(TrackFactory(), **{field: -1})


class TestOrder:
    def test_artists_stand_in_their_order(self) -> None:
        first, second, third = ArtistFactory.create_batch(3)
        track = TrackFactory(artists=[third, first, second])

        assert Track.objects.get().artists_in_order == [third, first, second]
        assert [str(row) for row in track.track_artists.all()] == [third.name, first.name, second.name]

    def test_labels_stand_in_their_order(self) -> None:
        first, second = LabelFactory.create_batch(2)
        album = AlbumFactory(labels=[second, first])
        track = TrackFactory(album=album)

        assert album.labels_in_order == track.labels_in_order == [second, first]
        assert [str(row) for row in album.album_labels.all()] == [second.name, first.name]

    def test_a_track_without_artists_and_albums_without_labels(self) -> None:
        assert TrackFactory().artists_in_order == []
        assert TrackFactory().labels_in_order == []
        assert TrackFactory(album=None).labels_in_order == []

    def test_one_artist_a_place_and_one_place_an_artist(self) -> None:
        first, second = ArtistFactory.create_batch(2)
        track = TrackFactory(artists=[first])

        refused(TrackArtist(track=track, artist=second, position=0))
        refused(TrackArtist(track=track, artist=first, position=1))
        refused(TrackArtist(track=track, artist=second, position=-1))
        refused(TrackArtist(track=track, artist_id=second.pk + 1000, position=1))

    def test_one_label_a_place_and_one_place_a_label(self) -> None:
        first, second = LabelFactory.create_batch(2)
        album = AlbumFactory(labels=[first])

        refused(AlbumLabel(album=album, label=second, position=0))
        refused(AlbumLabel(album=album, label=first, position=1))
        refused(AlbumLabel(album=album, label=second, position=-1))
        refused(AlbumLabel(album=album, label_id=second.pk + 1000, position=1))

    def test_what_tracks_and_albums_name_cannot_be_deleted_from_under_them(self) -> None:
        artist, label = ArtistFactory(), LabelFactory()
        track = TrackFactory(artists=[artist], album=AlbumFactory(labels=[label]))

        for row in (artist, label, track.album):
            with pytest.raises(ProtectedError):
                row.delete()

        track.delete()
        Album.objects.all().delete()
        artist.delete()
        label.delete()
        assert not TrackArtist.objects.exists()
        assert not AlbumLabel.objects.exists()


class TestAlbum:
    @pytest.mark.parametrize(
        ("release_date", "precision", "released"),
        [
            (None, "", ""),
            (date(1983, 1, 1), "year", "1983"),
            (date(1983, 5, 1), "month", "1983-05"),
            (date(1983, 5, 12), "day", "1983-05-12"),
            (date(1983, 1, 1), "day", "1983-01-01"),
        ],
    )
    def test_a_release_date_is_shown_as_far_as_it_is_known(
        self, release_date: date | None, precision: str, released: str
    ) -> None:
        Album.objects.bulk_create(
            [Album(title="WHU IS ME", slug="whu", release_date=release_date, release_precision=precision)]
        )

        assert Album.objects.get().released == released

    @pytest.mark.parametrize(
        ("release_date", "precision"),
        [
            (None, "day"),
            (date(1983, 5, 12), ""),
            (date(1983, 5, 12), "month"),
            (date(1983, 5, 1), "year"),
            (date(1983, 1, 12), "year"),
            (date(1983, 5, 12), "hour"),
        ],
    )
    def test_a_date_and_a_precision_that_do_not_go_together(self, release_date: date | None, precision: str) -> None:
        refused(Album(title="WHU IS ME", slug="whu", release_date=release_date, release_precision=precision))
        change_refused(AlbumFactory(), release_date=release_date, release_precision=precision)

    @pytest.mark.parametrize("address", ["https://i.scdn.co/image/a", "http://i.scdn.co/image/a", ""])
    def test_art_of_the_web(self, address: str) -> None:
        album = AlbumFactory(image_url=address)
        album.full_clean()

        assert album.art == Album.objects.get().image_url == address

    @pytest.mark.parametrize(
        "address",
        ["javascript:alert(1)", "data:image/png;base64,AA", "//i.scdn.co/a", "/media/a.png", "ftp://i.scdn.co/a", " "],
    )
    def test_art_from_elsewhere(self, address: str) -> None:
        refused(Album(title="WHU IS ME", slug="whu", image_url=address))
        change_refused(AlbumFactory(), image_url=address)
        with pytest.raises(ValidationError) as refusal:
            Album(title="WHU IS ME", image_url=address).full_clean()

        assert "image_url" in refusal.value.message_dict
        assert Album(image_url=address).art == ""


class TestSpotifyAddresses:
    @pytest.mark.parametrize(("model", "kind"), [(Artist, "artist"), (Album, "album"), (Track, "track")])
    def test_address(self, model: type[Any], kind: str) -> None:
        assert model(spotify_id="02b8ldrByRJbFE5M71q34w").spotify_url == (
            f"https://open.spotify.com/{kind}/02b8ldrByRJbFE5M71q34w"
        )
        assert model().spotify_url == ""


@pytest.mark.parametrize("factory", [GenreFactory, ArtistFactory, LabelFactory, AlbumFactory, TrackFactory])
def test_fixtures_name_rows_by_slug(factory: Callable[[], Any]) -> None:
    factory()
    row = factory()

    assert type(row).objects.get_by_natural_key(*row.natural_key()) == row
    assert str(row) == getattr(row, row.slug_source)
