"""Every kind of collection is clustered alike, and keeps what an editor has settled about it."""

import io
import json
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from clusters.core.params import Params
from clusters.models import Collection, Run
from clusters.runs import Options, every_collection, recluster
from clusters.runs.input_hash import hashes_of
from clusters.runs.inputs import current_input_hashes, read_inputs
from musicdb.models import Artist, Genre, Label, Playlist, Track
from tests.db.shared import once_for_the_module
from tests.factories import (
    AlbumFactory,
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    collection_of,
    grouped_tracks,
)

pytestmark = pytest.mark.django_db


def make_library() -> None:
    """24 tracks by one artist, on one label, in one genre and two playlists, and one more track in nothing."""
    genre, artist = GenreFactory(name="dub"), ArtistFactory(name="Zoë")
    album = AlbumFactory(labels=[LabelFactory(name="Stone")])
    shared = {"genres": [genre], "artists": [artist], "album": album, "liked": True}
    tracks = [TrackFactory(group=(number % 4, 4), **shared) for number in range(24)]
    PlaylistFactory(name="Road trip", tracks=[*tracks, tracks[0]])
    PlaylistFactory(name="Liked", rule="liked=true")
    TrackFactory(title="Alone")


_library = once_for_the_module(make_library)


@pytest.fixture
def owned(_library: None, db: None) -> list[Collection]:
    owners = [Genre.objects.get(), *Playlist.objects.order_by("name"), Artist.objects.get(), Label.objects.get()]
    return [collection_of(owner) for owner in owners]


def command(*arguments: str) -> list[dict[str, Any]]:
    output = io.StringIO()
    call_command("recluster", "--json", "--jobs", "1", *arguments, stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def keys(*arguments: str) -> list[str]:
    return [outcome["collection"] for outcome in command(*arguments)]


def test_the_same_tracks_make_the_same_clusters_whatever_they_are_collected_by(owned: list[Collection]) -> None:
    outcomes = list(recluster([Collection.objects.library(), *owned], Params(), Options()))
    library, *others = outcomes
    assert [outcome.status for outcome in outcomes] == ["published"] * 6
    assert (library.tracks, {outcome.tracks for outcome in others}) == (25, {24})
    assert len({outcome.digest for outcome in others}) == 1
    again = list(recluster([Collection.objects.library(), *owned], Params(), Options()))
    assert [outcome.status for outcome in again] == ["unchanged"] * 6
    Track.objects.filter(title="Alone").update(energy=0.123)
    changed = list(recluster([Collection.objects.library(), *owned], Params(), Options()))
    assert [outcome.status for outcome in changed] == ["published"] + ["unchanged"] * 5


def test_a_look_and_a_read_agree_for_every_kind(owned: list[Collection]) -> None:
    every = [Collection.objects.library(), *owned]
    look = current_input_hashes(every, Params())
    assert [look(each) for each in every] == [read_inputs(each, Params()).input_hash for each in every]


def test_a_query_a_kind_and_one_for_a_rule(owned: list[Collection], django_assert_num_queries: Any) -> None:
    every = [Collection.objects.library(), *owned]
    # The library, the genre, the playlist, the artist, the label; the playlist with a rule.
    with django_assert_num_queries(6):
        hashes = hashes_of(every)
    assert len(set(hashes.values())) == 2


class TestNames:
    @pytest.mark.usefixtures("owned")
    @pytest.mark.parametrize(
        ("name", "key"),
        [
            ("library", "library"),
            ("dub", "genre:dub"),
            ("genre:DUB", "genre:dub"),
            ("playlist:road-trip", "playlist:road-trip"),
            ("Playlist: Road Trip", "playlist:road-trip"),
            ("artist:zoë", "artist:zoe"),
            ("label:stone", "label:stone"),
        ],
    )
    def test_one_is_found_by_its_kind_and_name(self, name: str, key: str) -> None:
        assert keys(name) == [key]

    @pytest.mark.usefixtures("owned")
    @pytest.mark.parametrize(
        ("name", "message"),
        [
            ("playlist:rod-trip", "There is no playlist “rod-trip”. Did you mean playlist:road-trip?"),
            ("artist:nobody", "There is no artist “nobody”. No artist has a name like it."),
            ("road trip", "There is no genre “road trip”. No genre has a name like it."),
        ],
    )
    def test_an_unknown_one_is_an_error(self, name: str, message: str) -> None:
        with pytest.raises(CommandError) as refusal:
            command(name)
        assert str(refusal.value) == message
        assert not Run.objects.exists()

    def test_a_genre_may_have_a_colon_in_its_name(self) -> None:
        grouped_tracks(8, genres=[GenreFactory(name="disco: italo")])
        assert keys("disco: italo") == ["genre:disco-italo"]


class TestEveryCollection:
    @pytest.mark.usefixtures("owned")
    def test_the_library_first_then_what_has_enough_tracks(self) -> None:
        grouped_tracks(19, genres=[GenreFactory(name="ska")])
        assert keys() == ["library", "genre:dub"]
        assert keys("--at-least", "19") == ["library", "genre:dub", "genre:ska"]
        assert keys("--playlists", "--artists", "--labels") == ["library", "genre:dub"]
        others = ["playlist:liked", "playlist:road-trip", "artist:zoe", "label:stone"]
        assert keys("--playlists", "--artists", "--labels", "--at-least", "24") == ["library", "genre:dub", *others]

    @pytest.mark.usefixtures("owned")
    @pytest.mark.parametrize("model", [Playlist, Artist, Label])
    def test_nothing_that_nobody_sees(self, model: Any) -> None:
        model.objects.update(visibility="hidden")
        kind = model._meta.model_name
        assert keys(f"--{kind}s", "--at-least", "1") == ["library", "genre:dub"]
        named = f"{kind}:{model.objects.first().slug}"
        assert keys(named) == [named]

    def test_a_number_of_queries_that_does_not_depend_on_how_many(self, django_assert_num_queries: Any) -> None:
        for _ in range(3):
            genre, artist = GenreFactory(), ArtistFactory()
            TrackFactory(genres=[genre], artists=[artist], album=AlbumFactory(labels=[LabelFactory()]))
        every_collection(["genre", "artist", "label"], 1)
        # The library; of each kind those without a collection, and the collections.
        with django_assert_num_queries(7):
            found = every_collection(["genre", "artist", "label"], 1)
            assert [collection.kind for collection in found].count("genre") >= 3


class TestSettings:
    def test_a_pinned_number_of_clusters_stays_until_it_is_unpinned(self, owned: list[Collection]) -> None:
        (chosen,) = command("dub")
        (pinned,) = command("dub", "--clusters", "4", "--pin")
        assert (pinned["status"], len(pinned["sizes"])) == ("published", 4)
        assert command("dub")[0]["status"] == "unchanged"
        (forced,) = command("dub", "--force")
        assert (forced["status"], len(forced["sizes"])) == ("published", 4)
        assert Run.objects.published().get().parameters == {"clusters": 4, "seed": 0}
        (unpinned,) = command("dub", "--unpin")
        assert (unpinned["status"], len(unpinned["sizes"])) == ("published", len(chosen["sizes"]))

    @pytest.mark.usefixtures("owned")
    def test_another_number_for_once_leaves_the_pinned_one(self) -> None:
        command("dub", "--clusters", "4", "--pin")
        assert len(command("dub", "--clusters", "3")[0]["sizes"]) == 3
        assert len(command("dub")[0]["sizes"]) == 4

    def test_what_is_switched_off_is_left_out_and_keeps_its_run(self, owned: list[Collection]) -> None:
        command("dub")
        Collection.objects.filter(kind="genre").update(is_off=True)
        assert keys() == ["library"]
        (named,) = command("dub", "--force")
        assert (named["status"], named["reason"]) == ("skipped", "its settings say that it is not clustered")
        assert Run.objects.published().filter(collection__kind="genre").count() == 1

    @pytest.mark.usefixtures("owned")
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            (["--clusters", "3", "--pin"], "--pin and --unpin go with the names of collections."),
            (["--unpin"], "--pin and --unpin go with the names of collections."),
            (["dub", "--pin"], "--pin goes with --clusters N."),
            (["dub", "--unpin", "--clusters", "3"], "--unpin does not go with --clusters."),
            (["dub", "--unpin", "--dry-run"], "--pin and --unpin store a setting, so they do not go with --dry-run."),
            (
                ["dub", "--artists"],
                "Name collections, or choose them by --playlists, --artists, --labels and --at-least.",
            ),
        ],
    )
    def test_what_makes_no_sense_is_refused_and_stores_nothing(self, arguments: list[str], message: str) -> None:
        with pytest.raises(CommandError) as refusal:
            command(*arguments)
        assert str(refusal.value) == message
        assert not Collection.objects.exclude(clusters=None).exists()
        assert not Run.objects.exists()
