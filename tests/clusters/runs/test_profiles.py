"""What a run stores about its tracks, for the pages."""

import pytest

from clusters.core.params import Params
from clusters.models import Collection, RunProfile
from clusters.runs import Options, recluster
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, collection_of

pytestmark = pytest.mark.django_db


def profile(collection: Collection) -> RunProfile:
    (outcome,) = recluster([collection], Params(clusters=2), Options(force=True))
    assert outcome.status == "published", outcome
    return RunProfile.objects.latest("run__finished_at")


def test_years_and_whoever_has_the_most_tracks_of_the_collection_and_of_each_cluster() -> None:
    dub, ska = GenreFactory(name="dub"), GenreFactory(name="ska")
    first, second, label = ArtistFactory(), ArtistFactory(), LabelFactory()
    old = AlbumFactory(labels=[label], release_date="1999-05-01", release_precision="day")
    new, undated = AlbumFactory(release_date="2004-01-01", release_precision="year"), AlbumFactory()
    for _ in range(6):
        TrackFactory(group=(0, 2), genres=[dub], artists=[first], album=old)
    for number in range(5):
        albums = [new, undated]
        TrackFactory(group=(1, 2), genres=[dub, ska], artists=[second, first], album=albums[number // 4])
    TrackFactory(group=(1, 2), genres=[dub], artists=[ArtistFactory()], album=None)
    # What lacks a feature is in no cluster, and what is in another genre is not counted.
    TrackFactory(genres=[dub], artists=[second], energy=None)
    TrackFactory(genres=[ska], artists=[second])
    found = profile(collection_of(dub))
    assert found.years == [[1999, 6], [2004, 4]]
    assert found.leading["artists"][:2] == [[first.pk, 11], [second.pk, 5]]
    assert found.leading["labels"] == [[label.pk, 6]]
    assert found.leading["albums"] == [[old.pk, 6], [new.pk, 4], [undated.pk, 1]]
    assert found.leading["genres"] == [[ska.pk, 5]]
    old_one, new_one = sorted(found.clusters.values(), key=lambda cluster: cluster["years"])
    assert old_one == {"artists": [[first.pk, 6]], "years": [[1999, 6]]}
    assert new_one["years"] == [[2004, 4]]
    assert new_one["artists"][:2] == [[first.pk, 5], [second.pk, 5]]
    assert set(found.artist_means) == {str(key) for key, _ in found.leading["artists"]}
    # The second artist's tracks are all in the group of much energy.
    assert found.artist_means[str(second.pk)]["energy"] > 0.7 > found.artist_means[str(first.pk)]["energy"]
    assert 0.4 < found.means["energy"] < 0.6


def test_it_goes_with_its_run_and_a_collection_without_years_and_artists_has_one() -> None:
    for number in range(8):
        TrackFactory(group=(number % 2, 2), album=None)
    found = profile(Collection.objects.library())
    assert (found.years, found.artist_means) == ([], {})
    assert found.leading == {"artists": [], "labels": [], "albums": [], "genres": []}
    assert set(found.means) == set(found.quantiles) == set(found.extremes)
    found.run.delete()
    assert not RunProfile.objects.exists()
