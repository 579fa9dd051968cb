"""Which artists and labels have a page: rule by rule, and from the next query on after a change."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from musicdb.models import Album, Artist, Genre, Label, PageRule, SiteSettings, Track
from musicdb.models.visibility import with_page_state
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory

pytestmark = pytest.mark.django_db

OWNERS = [(Artist, ArtistFactory), (Label, LabelFactory)]
# What each rule shows of the rows that ``library`` makes with the visibility "automatic". "three" and "liked" have as
# many tracks as their names say.
SHOWN_BY_RULE = {
    PageRule.ALL: {"none", "one liked", "two", "three"},
    PageRule.TRACKS: {"two", "three"},
    PageRule.LIKED: {"one liked"},
    PageRule.NONE: set(),
}


def set_rule(rule: str, min_tracks: int = 2) -> None:
    SiteSettings.objects.update_or_create(defaults={"page_rule": rule, "min_tracks": min_tracks})


def tracks_of(owner: Any, *liked: bool) -> list[Track]:
    """Create a track for each of ``liked``. Those of a label are on albums of their own, of which some have two."""
    if isinstance(owner, Artist):
        return [TrackFactory(artists=[owner], liked=value) for value in liked]
    first = AlbumFactory(labels=[owner])
    return [
        TrackFactory(album=first if place < 2 else AlbumFactory(labels=[owner]), liked=value)
        for place, value in enumerate(liked)
    ]


def library(factory: Any) -> None:
    for name, visibility, liked in (
        ("none", "automatic", []),
        ("one liked", "automatic", [True]),
        ("two", "automatic", [False, False]),
        ("three", "automatic", [False, False, False]),
        ("shown without a track", "shown", []),
        ("hidden with liked tracks", "hidden", [True, True, True]),
    ):
        tracks_of(factory(name=name, visibility=visibility), *liked)


def names(rows: Any) -> set[str]:
    return {row.name for row in rows}


@pytest.mark.parametrize(("model", "factory"), OWNERS)
@pytest.mark.parametrize("rule", PageRule)
class TestRules:
    def test_what_is_visible(self, model: Any, factory: Any, rule: PageRule) -> None:
        library(factory)
        set_rule(rule)
        assert names(model.objects.visible()) == SHOWN_BY_RULE[rule] | {"shown without a track"}
        assert names(model.objects.visible(of_few=True)) == SHOWN_BY_RULE[rule] | {"shown without a track"}

    def test_a_row_says_the_same_read_alone_or_among_others(self, model: Any, factory: Any, rule: PageRule) -> None:
        library(factory)
        set_rule(rule)
        visible = names(model.objects.visible())
        assert {row.name for row in model.objects.all() if row.has_page} == visible
        with CaptureQueriesContext(connection) as queries:
            assert {row.name for row in with_page_state(model.objects.all()) if row.has_page} == visible
        assert len(queries) == 1

    def test_the_names_of_a_table_say_the_same(self, model: Any, factory: Any, rule: PageRule) -> None:
        library(factory)
        set_rule(rule)
        visible = set(model.objects.visible().values_list("pk", flat=True))
        rows = [
            owner
            for track in Track.objects.for_table()
            for owner in (track.artists_in_order if model is Artist else track.labels_in_order)
        ]
        with CaptureQueriesContext(connection) as queries:
            assert {row.pk for row in rows if row.has_page} == visible & {row.pk for row in rows}
        assert len(queries) == 0
        albums = [label for album in Album.objects.for_list() for label in album.labels_in_order]
        if model is Label:
            assert {row.pk for row in albums if row.has_page} == visible & {row.pk for row in albums}

    def test_the_top_of_a_genre_says_the_same(self, model: Any, factory: Any, rule: PageRule) -> None:
        library(factory)
        genre = GenreFactory()
        genre.tracks.set(Track.objects.all())
        set_rule(rule)
        with CaptureQueriesContext(connection) as queries:
            top = {row.name: (row.has_page, row.track_count) for row in model.objects.top_of_genre(genre, 10)}
        assert len(queries) == 1
        visible = names(model.objects.visible())
        assert top == {
            name: (name in visible, number)
            for name, number in (("one liked", 1), ("two", 2), ("three", 3), ("hidden with liked tracks", 3))
        }


@pytest.mark.parametrize(("model", "factory"), OWNERS)
class TestChanges:
    def test_without_settings_all_automatic_ones_have_a_page(self, model: Any, factory: Any) -> None:
        library(factory)
        assert not SiteSettings.objects.exists()
        assert names(model.objects.visible()) == SHOWN_BY_RULE[PageRule.ALL] | {"shown without a track"}

    @pytest.mark.parametrize(("min_tracks", "expected"), [(1, True), (3, True), (4, False), (2**31 - 1, False)])
    def test_the_number_of_tracks_needed(self, model: Any, factory: Any, min_tracks: int, expected: bool) -> None:
        owner = factory()
        tracks_of(owner, False, False, False)
        set_rule(PageRule.TRACKS, min_tracks)
        assert model.objects.visible().exists() is expected

    def test_a_track_more_or_less(self, model: Any, factory: Any) -> None:
        owner = factory()
        set_rule(PageRule.TRACKS)
        (first,) = tracks_of(owner, False)
        assert not model.objects.visible().exists()
        tracks_of(owner, False)
        assert model.objects.visible().exists()
        first.delete()
        assert not model.objects.visible().exists()

    def test_a_track_that_is_liked_no_more(self, model: Any, factory: Any) -> None:
        owner = factory()
        set_rule(PageRule.LIKED)
        tracks_of(owner, True)
        assert model.objects.visible().exists()
        Track.objects.update(liked=False)
        assert not model.objects.visible().exists()

    def test_a_queryset_made_before_a_change_of_the_rule_follows_it(self, model: Any, factory: Any) -> None:
        """Views and filters keep a queryset for as long as the process lives."""
        factory()
        kept = model.objects.visible()
        for rule, expected in ((PageRule.NONE, 0), (PageRule.ALL, 1), (PageRule.LIKED, 0)):
            set_rule(rule)
            assert kept.all().count() == expected


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL reads small tables from end to end")
class TestIndexes:
    """In a large library a table read from end to end, once for each artist or label, would take minutes."""

    @pytest.mark.parametrize("model", [Artist, Label])
    @pytest.mark.parametrize("of_few", [False, True])
    def test_every_search_for_tracks_uses_one(self, model: Any, of_few: bool) -> None:
        plan = model.objects.visible(of_few=of_few).values("pk").explain().splitlines()
        scanned = {line.split("SCAN ")[1].split()[0] for line in plan if "SCAN " in line}
        own = {"musicdb_artist", "musicdb_label", "musicdb_sitesettings"}
        # Those are all liked tracks, and are there once.
        liked = set() if of_few else {line.split()[4] for line in plan if line.endswith("INDEX track_liked")}
        assert scanned <= own | liked, plan
        assert any("(artist_id=?)" in line or "(label_id=?)" in line for line in plan), plan
        assert bool(liked) is not of_few, plan


def test_an_album_without_a_track_does_not_count_for_its_label() -> None:
    label = LabelFactory()
    AlbumFactory(labels=[label])
    set_rule(PageRule.TRACKS, 1)
    assert not Label.objects.visible().exists()


def test_the_condition_combines_with_other_filters() -> None:
    artist = ArtistFactory(name="IU")
    tracks_of(artist, True)
    ArtistFactory(name="IU", visibility="hidden")
    set_rule(PageRule.LIKED)
    genre = GenreFactory()
    Genre.objects.get().tracks.set(Track.objects.all())
    assert list(Artist.objects.visible().filter(name="IU", tracks__genres=genre)) == [artist]
    assert list(Artist.objects.filter(name="IU").visible().with_track_count().values_list("track_count")) == [(1,)]


class TestSettings:
    def test_there_is_one_row(self) -> None:
        SiteSettings(name="Mine").save()
        SiteSettings(name="Ours").save()
        assert [row.name for row in SiteSettings.objects.all()] == ["Ours"]
        with pytest.raises(IntegrityError), transaction.atomic():
            SiteSettings.objects.bulk_create([SiteSettings(pk=2)])

    @pytest.mark.parametrize(
        "wrong", [{"name": ""}, {"page_rule": "some"}, {"min_tracks": 0}], ids=["name", "rule", "number"]
    )
    def test_the_database_refuses_what_no_form_would_send(self, wrong: dict[str, Any]) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            SiteSettings.objects.create(**wrong)

    def test_unsaved_they_are_the_defaults(self) -> None:
        found = SiteSettings.load()
        assert (found.name, found.introduction, found.colour, found.page_rule) == ("musicdb", "", "", "all")
        assert not SiteSettings.objects.exists()

    @pytest.mark.parametrize("model", [Artist, Label])
    def test_the_database_refuses_another_visibility(self, model: Any) -> None:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(name="One", visibility="secret")
