"""Clusters stay what they were: their numbers, their editors' names and their addresses outlast what editors do."""

import io
import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from clusters.models import Cluster, Collection, Run
from musicdb.models import Genre, Playlist, Track
from tests.admin.helpers import alias_rows, messages_of, page_of, run_action, track_data
from tests.db.shared import once_for_the_module
from tests.factories import (
    GenreFactory,
    PlaylistFactory,
    TrackFactory,
    collection_of,
    features_of_group,
    runs_of,
)
from tests.imports.files import NET, as_csv, net_row
from tests.pages.html import parse

pytestmark = pytest.mark.django_db

NAMES = {1: "Slow ones", 2: "Dawn", 3: "Night *drive*", 4: "파티"}
# Of about a hundred old tracks, so many may change their cluster where others come or go: those between two groups.
MAX_MOVED = 2


def recluster(*arguments: str) -> list[dict[str, Any]]:
    output = io.StringIO()
    call_command("recluster", "--json", "--jobs", "1", *arguments, stdout=output)
    return [json.loads(line) for line in output.getvalue().splitlines()]


def make_genre() -> None:
    """Dub: 92 tracks in four groups and eight between them, clustered by the data. Each cluster has a name."""
    dub = GenreFactory(name="dub")
    for number in range(92):
        TrackFactory(group=(number % 4, 4), spotify_id=f"{number:022d}", genres=[dub])
    for number in range(8):
        near = features_of_group(random.Random(number), number % 4, 4)
        TrackFactory(spotify_id=f"between{number:015d}", genres=[dub], **{**near, "energy": 0.3 + 0.05 * number})
    (outcome,) = recluster("dub")
    assert list(outcome["sizes"]) == [str(number) for number in NAMES]
    name_clusters(collection_of(dub), NAMES)


def name_clusters(collection: Collection, names: dict[int, str]) -> None:
    for number, name in names.items():
        Cluster.objects.filter(run__collection=collection, run__is_published=True, number=number).update(name=name)


_dub = once_for_the_module(make_genre)


@pytest.fixture
def dub(_dub: None, db: None) -> Genre:
    return Genre.objects.get(slug="dub")


def numbers(owner: Genre | Playlist) -> dict[int, int]:
    """The number of the cluster of each track in the published run."""
    return dict(runs_of(owner).published().get().memberships.values_list("track", "cluster__number"))


def moved(before: dict[int, int], after: dict[int, int]) -> list[int]:
    """The tracks of both runs that have another number in the second one."""
    return [track for track in before.keys() & after.keys() if before[track] != after[track]]


def heading(response: Any) -> str:
    return parse(response).one("h1").text


def assert_lasts(client: Client, names: dict[int, str], path: str = "genres/dub", title: str = "in dub") -> None:
    """Check that the collection has these clusters and names at each of its addresses, and no others."""
    run = client.get(f"/api/v1/{path}/clusters/").json()
    assert {cluster["number"]: cluster["name"] for cluster in run["clusters"]} == names
    overview, text = client.get(f"/{path}/clusters/"), client.get(f"/{path}/clusters.md").text
    assert overview.status_code == client.get(f"/{path}/clusters/how/").status_code == 200
    for number, name in names.items():
        assert f"Cluster #{number}: {name}" in " ".join(each.text for each in parse(overview).all("h2"))
        escaped = name.replace("*", "\\*")
        assert f"## Cluster #{number}: {escaped}\n" in text
        assert heading(client.get(f"/{path}/clusters/{number}/")) == f"Cluster #{number}: {name} {title}"
        lines = client.get(f"/{path}/clusters/{number}.md").text.splitlines()
        assert lines[0] == f"# Cluster #{number}: {escaped} {title}"
        (size,) = (cluster["size"] for cluster in run["clusters"] if cluster["number"] == number)
        assert client.get(f"/api/v1/{path}/clusters/{number}/").json()["count"] == size


class TestTracksComeAndGo:
    def test_one_in_twenty_is_imported_and_deleted_again(
        self, client: Client, admin_client: Client, dub: Genre, tmp_path: Path
    ) -> None:
        before = numbers(dub)
        # As when a service's list is exported again: most rows are known, a few are new.
        known = [
            net_row(number, Genres="dub", **cells(dub.tracks.get(spotify_id=f"{number:022d}"))) for number in (1, 2)
        ]
        new = [net_row(200 + number, Genres="dub", **cells(group=number % 4)) for number in range(5)]
        file = tmp_path / "dub again.csv"
        file.write_text(as_csv([*known, *new]))
        call_command("importlibrary", str(file), stdout=io.StringIO())
        assert dub.tracks.count() == 105

        (outcome,) = recluster("dub")
        assert (outcome["status"], outcome["tracks"]) == ("published", 105)
        assert len(moved(before, numbers(dub))) <= MAX_MOVED
        assert_lasts(client, NAMES)

        run_action(admin_client, "delete_selected", list(dub.tracks.exclude(pk__in=before)), post="yes")
        (outcome,) = recluster("dub")
        assert (outcome["status"], outcome["tracks"]) == ("published", 100)
        assert numbers(dub) == before
        assert_lasts(client, NAMES)

    def test_a_tenth_is_deleted(self, client: Client, admin_client: Client, dub: Genre) -> None:
        before = numbers(dub)
        run_action(admin_client, "delete_selected", list(dub.tracks.order_by("pk")[:97:10]), post="yes")
        assert dub.tracks.count() == 90

        (outcome,) = recluster("dub")
        assert (outcome["status"], outcome["tracks"]) == ("published", 90)
        assert len(moved(before, numbers(dub))) <= MAX_MOVED
        assert_lasts(client, NAMES)

    def test_the_features_of_one_are_corrected(self, client: Client, admin_client: Client, dub: Genre) -> None:
        before = numbers(dub)
        track, other = (dub.tracks.get(spotify_id=f"{number:022d}") for number in (0, 3))
        data = track_data(
            title=track.title,
            album=track.album_id,
            spotify_id=track.spotify_id,
            genres=[dub.pk],
            **{name: getattr(other, name) for name in features_of_group(random.Random(0), 0, 4)},
        )
        response = admin_client.post(page_of(Track, "change", track.pk), data)
        assert response.status_code == 302, response.context["adminform"].form.errors

        (outcome,) = recluster("dub")
        assert outcome["status"] == "published"
        assert moved(before, numbers(dub)) == [track.pk]
        assert numbers(dub)[track.pk] == before[other.pk]
        assert_lasts(client, NAMES)


class TestPinned:
    def test_four_stay_until_the_data_may_choose_again(self, client: Client) -> None:
        ska = GenreFactory(name="ska")
        for number in range(48):
            TrackFactory(group=(number % 2, 2), genres=[ska])
        assert len(recluster("ska")[0]["sizes"]) == 2
        recluster("ska", "--clusters", "4", "--pin")
        named = {number: f"Name {number}" for number in set(numbers(ska).values())}
        assert len(named) == 4
        name_clusters(collection_of(ska), named)

        for _ in range(2):
            for number in range(2):
                TrackFactory(group=(number, 2), genres=[ska])
            (outcome,) = recluster("ska")
            assert outcome["status"] == "published"
            assert_lasts(client, named, "genres/ska", "in ska")

        (outcome,) = recluster("ska", "--unpin")
        assert (outcome["status"], len(outcome["sizes"])) == ("published", 2)
        left = {number: named[number] for number in map(int, outcome["sizes"])}
        assert_lasts(client, left, "genres/ska", "in ska")
        gone = named.keys() - left.keys()
        assert len(gone) == 2
        for number in gone:
            page = client.get(f"/genres/ska/clusters/{number}/")
            text, api = (
                client.get(f"/genres/ska/clusters/{number}.md"),
                client.get(f"/api/v1/genres/ska/clusters/{number}/"),
            )
            assert page.status_code == text.status_code == api.status_code == 410
            successor = api.json()["successor"]["number"]
            assert successor in left
            assert f"Cluster #{number}: Name {number}" in page.text.replace("<bdi>", "").replace("</bdi>", "")
            assert f'href="/genres/ska/clusters/{successor}/"' in page.text
            assert text.text.startswith(f"# Cluster #{number}: Name {number} in ska no longer exists")


class TestEditors:
    def test_two_genres_are_merged(self, client: Client, admin_client: Client, dub: Genre) -> None:
        ska = GenreFactory(name="ska")
        for number in range(24):
            TrackFactory(group=(1 + number % 2, 4), genres=[ska])
        recluster("ska", "--clusters", "2")
        last = runs_of(ska).get().clusters.get(number=2)
        Collection.objects.filter(genre=ska).update(next_number=10)
        # Dub has no cluster of this number.
        Cluster.objects.filter(pk=last.pk).update(number=9)
        before = numbers(dub)
        response = admin_client.post(page_of(Genre, "merge", id=[dub.pk, ska.pk]), {"survivor": dub.pk})
        assert "success" in dict(messages_of(response))
        for _ in range(2):
            assert moved(before, numbers(dub)) == []
            assert_lasts(client, NAMES)
            for below in ("clusters/", "clusters.md", "clusters/how/"):
                assert client.get(f"/genres/ska/{below}")["Location"] == f"/genres/dub/{below}"
            # Its second cluster is none of dub's, and surely not the one that has its number there.
            for number in (1, 9):
                for address, to in (
                    (f"/genres/ska/clusters/{number}/?page=2", "/genres/dub/clusters/"),
                    (f"/genres/ska/clusters/{number}.md", "/genres/dub/clusters.md"),
                    (f"/api/v1/genres/ska/clusters/{number}/?page=2", "/api/v1/genres/dub/clusters/"),
                ):
                    response = client.get(address)
                    assert (response.status_code, response["Location"]) == (301, to)
                    assert client.get(to).status_code == 200
            (outcome,) = recluster("dub")
            assert outcome["tracks"] == 124
        assert outcome["status"] == "unchanged"

    def test_a_genre_is_renamed(self, client: Client, admin_client: Client, dub: Genre) -> None:
        inline = {"collection-TOTAL_FORMS": 1, "collection-INITIAL_FORMS": 1, "collection-0-genre": dub.pk}
        inline["collection-0-id"] = collection_of(dub).pk
        data = {"name": "Dub & bass", "keep_name": "on", **inline, **alias_rows()}
        response = admin_client.post(page_of(Genre, "change", dub.pk), data)
        assert response.status_code == 302, response.context["errors"]
        assert_lasts(client, NAMES, title="in Dub & bass")
        assert recluster("dub & bass")[0]["status"] == "unchanged"
        TrackFactory(group=(0, 4), genres=[dub])
        assert recluster("dub")[0]["status"] == "published"
        assert_lasts(client, NAMES, title="in Dub & bass")

    def test_a_playlist_is_imported_in_another_order(self, client: Client, dub: Genre, tmp_path: Path) -> None:
        tracks = list(dub.tracks.filter(title__startswith="Track", spotify_id__startswith="0000"))
        playlist = PlaylistFactory(name="Road trip", tracks=tracks)
        recluster("playlist:road-trip")
        named = {number: f"Name {number}" for number in set(numbers(playlist).values())}
        name_clusters(collection_of(playlist), named)
        before = numbers(playlist)

        def reimport(*more: list[str]) -> dict[str, Any]:
            rows = [net_row(int(track.spotify_id), Genres="dub", **cells(track)) for track in reversed(tracks)]
            file = tmp_path / "Road_trip.csv"
            file.write_text(as_csv([*more, *rows]))
            call_command("importlibrary", str(file), stdout=io.StringIO())
            (outcome,) = recluster("playlist:road-trip")
            return outcome

        assert reimport()["status"] == "unchanged"
        assert playlist.entries.order_by("position").first().track == tracks[-1]
        assert_lasts(client, named, "playlists/road-trip", "in Road trip")
        assert reimport(net_row(200, Genres="dub", **cells(group=0)))["status"] == "published"
        assert len(numbers(playlist)) == len(before) + 1
        assert moved(before, numbers(playlist)) == []
        assert_lasts(client, named, "playlists/road-trip", "in Road trip")

    def test_a_run_waits_for_review_and_is_published(self, client: Client, admin_client: Client, dub: Genre) -> None:
        Collection.objects.update(requires_review=True)
        before = numbers(dub)
        fifth = [
            TrackFactory(
                genres=[dub],
                **{
                    **features_of_group(random.Random(n), 0, 4),
                    "danceability": 0.02,
                    "liveness": 0.98,
                    "speechiness": 0.98,
                },
            )
            for n in range(24)
        ]
        (outcome,) = recluster("dub")
        assert outcome["status"] == "waiting"
        # Until somebody publishes it, nothing has changed. What is named meanwhile is taken over.
        assert numbers(dub) == before
        assert_lasts(client, NAMES)
        shown = Run.objects.published().get().clusters
        admin_client.post(page_of(Cluster, "change", shown.get(number=2).pk), {"name": "Morning"})
        row = {
            "form-0-id": shown.get(number=3).pk,
            "form-0-name": "Late",
            "form-TOTAL_FORMS": 1,
            "form-INITIAL_FORMS": 1,
        }
        admin_client.post(page_of(Cluster), {**row, "initial-form-0-name": NAMES[3], "_save": "Save"})
        renamed = {**NAMES, 2: "Morning", 3: "Late"}
        waiting = Run.objects.waiting().get()
        waiting.clusters.filter(number=5).update(name="The fifth")
        admin_client.post(page_of(Run, "publish", waiting.pk))

        after = numbers(dub)
        assert {after[track.pk] for track in fifth} == {5}
        assert len(moved(before, after)) <= MAX_MOVED
        assert_lasts(client, {**renamed, 5: "The fifth"})


def cells(track: Track | None = None, group: int = 0) -> dict[str, str]:
    """The features of a track, or of a new one that is in a group, and what else is known of it, as a row has them."""
    shown = {name.replace("_", " ").title(): name for name in features_of_group(random.Random(0), 0, 4)}
    assert shown.keys() <= set(NET)
    if track is None:
        features: dict[str, Any] = features_of_group(random.Random(group), group, 4)
        return {heading: str(features[name]) for heading, name in shown.items()}
    assert track.album is not None
    known = {"Track Name": track.title, "Album Name": track.album.title, "Artist Name(s)": ""}
    return {**known, **{heading: str(getattr(track, name)) for heading, name in shown.items()}}
