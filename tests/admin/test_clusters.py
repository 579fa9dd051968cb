"""The clusters' admin: runs to read, clusters to name, genres to recluster."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse
from django.utils.html import escape

from clusters.core.params import Params
from clusters.models import Cluster, Collection, ExcludedTrack, Membership, Run
from clusters.runs import Options, Outcome, recluster
from musicdb.models import Genre, Track
from tests.admin.helpers import editor, listed, messages_of, page_of, run_action
from tests.factories import (
    ArtistFactory,
    GenreFactory,
    TrackFactory,
    clustered_genre,
    collection_of,
    runs_of,
    undivided_genre,
)

pytestmark = pytest.mark.django_db
RAN_HERE = ("info", "This was done while you waited, since no worker is configured.")


def reclustered(genre: Genre) -> Run:
    """Recluster although nothing changed, and return the run that is no longer published."""
    before = runs_of(genre).get(is_published=True)
    (outcome,) = recluster([collection_of(genre)], Params(), Options(force=True))
    assert outcome.status == "published"
    before.refresh_from_db()
    return before


# --- Reading runs ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("clusters", [2, 4])
def test_the_pages_of_runs_and_clusters_ask_as_much_for_many_as_for_few(
    admin_client: Client, django_assert_num_queries: Any, clusters: int
) -> None:
    _genre, run = clustered_genre(clusters=clusters)
    with django_assert_num_queries(5):  # session, user, run with its genre, clusters, content type
        response = admin_client.get(page_of(Run, "change", run.pk))
    assert response.text.count(">Cluster #") == clusters
    address = page_of(Cluster, "change", run.clusters.get(number=1).pk)
    # Session, user, cluster with its run and genre; nearest tracks, their artists' places, artists; content type.
    with django_assert_num_queries(7):
        admin_client.get(address)


def test_a_runs_page_shows_its_plot_and_figures(admin_client: Client) -> None:
    genre, run = clustered_genre(name="trip hop", clusters=3)
    text = admin_client.get(page_of(Run, "change", run.pk)).text
    assert f'<img class="run-plot" src="{run.plot_svg.url}" alt="{run.plot_alt}" width="640" height="480">' in text
    across, up = run.axes
    for axis, way in ((across, "Left to right"), (up, "Bottom to top")):
        words = f"{axis['low']} → {axis['high']}"
        share = f"{axis['variance']:.0%} of the variance"
        assert f'<th scope="row">{way}</th><td>{words}</td><td>{share}</td>' in text
    assert f'<div class="readonly">{run.silhouette:.3f}</div>' in text
    assert f'<th scope="row">3 clusters</th><td>silhouette {run.silhouettes["3"]:.3f}</td>' in text
    assert '<th scope="row">clusters</th><td>3</td>' in text
    assert ", ".join(run.features) in text
    assert f'<th scope="row">numpy</th><td>{run.versions["numpy"]}</td>' in text
    assert run.digest in text
    assert run.input_hash in text
    for cluster in run.clusters.all():
        address = page_of(Cluster, "change", cluster.pk)
        facts = f"<td>{cluster.size} tracks</td><td>{cluster.description}</td>"
        assert f'<th scope="row"><a href="{address}"><bdi>{escape(cluster)}</bdi></a></th>{facts}' in text
    assert f'<a href="{genre.get_absolute_url()}clusters/" class="viewsitelink">' in text


def test_a_genre_that_does_not_divide_has_one_cluster_and_no_silhouette(admin_client: Client) -> None:
    genre = undivided_genre(name="ambient")
    response = run_action(admin_client, "recluster_selected", [genre])
    assert messages_of(response)[0] == (
        "success",
        '<a href="/genres/ambient/clusters/">ambient</a>: 40 tracks in 1 cluster, none excluded.',
    )
    run = runs_of(genre).get()
    assert '<div class="readonly">does not divide</div>' in admin_client.get(page_of(Run, "change", run.pk)).text
    cells = r'<td class="field-(?:found_clusters|silhouette)">(.*?)</td>'
    assert re.findall(cells, admin_client.get(page_of(Genre)).text) == [
        '<a href="/genres/ambient/clusters/">1</a>',
        "–",
    ]
    assert "1 cluster of 40 tracks" in admin_client.get(reverse("admin:index")).text


def test_who_was_excluded_is_counted_and_one_click_away(admin_client: Client) -> None:
    genre = GenreFactory()
    for _ in range(8):
        TrackFactory(genres=[genre])
    missing = TrackFactory(genres=[genre], tempo=None)
    list(recluster([collection_of(genre)], Params(), Options()))
    run = runs_of(genre).get()
    text = admin_client.get(page_of(Run, "change", run.pk)).text
    address = page_of(ExcludedTrack, run__id__exact=run.pk)
    assert f'<a href="{address}">1: tracks and reasons</a>' in text
    response = admin_client.get(address)
    assert [(row.track, row.reason) for row in listed(response)] == [(missing, "no tempo")]
    assert page_of(Track, "change", missing.pk) in response.text


def test_runs_are_neither_added_nor_edited(admin_client: Client) -> None:
    _genre, run = clustered_genre()
    assert admin_client.get(page_of(Run, "add")).status_code == 403
    assert admin_client.post(page_of(Run, "change", run.pk), {"seed": 7}).status_code == 403
    text = admin_client.get(page_of(Run, "change", run.pk)).text
    assert 'name="_save"' not in text
    assert admin_client.get(page_of(ExcludedTrack, "add")).status_code == 403


def test_the_published_run_is_kept_and_the_page_says_why(admin_client: Client) -> None:
    genre, _run = clustered_genre()
    old = reclustered(genre)
    published = runs_of(genre).get(is_published=True)
    response = admin_client.get(page_of(Run, "delete", published.pk))
    assert "visitors see this run" in response.context["protected"][0]
    admin_client.post(page_of(Run, "delete", published.pk), {"post": "yes"})
    run_action(admin_client, "delete_selected", [old, published], post="yes")
    assert set(runs_of(genre).all()) == {old, published}
    for run, offered in ((old, True), (published, False)):
        page = admin_client.get(page_of(Run, "change", run.pk)).text
        assert (f'<a href="{page_of(Run, "delete", run.pk)}"' in page) is offered
    run_action(admin_client, "delete_selected", [old], post="yes")
    assert list(runs_of(genre).all()) == [published]


def test_deleting_runs_needs_permission() -> None:
    genre, _run = clustered_genre()
    old = reclustered(genre)
    assert editor("view_run", "view_cluster").post(page_of(Run, "delete", old.pk), {"post": "yes"}).status_code == 403
    assert runs_of(genre).count() == 2


def test_a_genre_can_be_deleted_with_its_runs(admin_client: Client) -> None:
    genre, _run = clustered_genre()
    admin_client.post(page_of(Genre, "delete", genre.pk), {"post": "yes"})
    assert not Genre.objects.exists()
    assert not Cluster.objects.exists()
    assert Track.objects.count() == 12


# --- Naming clusters ---------------------------------------------------------------------------------------------


def test_a_cluster_is_named_on_its_page_and_nothing_else_changes(admin_client: Client) -> None:
    _genre, run = clustered_genre(clusters=2)
    cluster = run.clusters.get(number=1)
    text = admin_client.get(page_of(Cluster, "change", cluster.pk)).text
    nearest = cluster.memberships.get(rank=1).track
    assert f'<li><a href="{page_of(Track, "change", nearest.pk)}"><bdi>{nearest.title}</bdi></a>: ' in text
    data = {"name": " Late  nights ", "size": 99, "description": "other", "number": 7}
    assert admin_client.post(page_of(Cluster, "change", cluster.pk), data).status_code == 302
    after = Cluster.objects.get(pk=cluster.pk)
    assert (after.name, after.size, after.description, after.number) == (
        "Late nights",
        cluster.size,
        cluster.description,
        1,
    )


def test_an_editor_sees_the_suggested_name_and_finds_the_cluster_by_it(admin_client: Client) -> None:
    _genre, run = clustered_genre(clusters=2)
    run.clusters.update(suggested_name="")
    run.clusters.filter(number=1).update(suggested_name="Mellow & odd")
    cluster = run.clusters.get(number=1)
    text = admin_client.get(page_of(Cluster, "change", cluster.pk)).text
    assert '<div class="readonly">Mellow &amp; odd</div>' in text
    assert 'name="suggested_name"' not in text
    assert listed(admin_client.get(page_of(Cluster, q="odd"))) == [cluster]


def test_clusters_are_named_in_the_list(admin_client: Client) -> None:
    _genre, run = clustered_genre(clusters=2)
    clusters = list(run.clusters.all())
    data = {"form-TOTAL_FORMS": 2, "form-INITIAL_FORMS": 2, "_save": "Save"}
    for number, cluster in enumerate(clusters):
        data |= {f"form-{number}-id": cluster.pk, f"form-{number}-name": f"Name {cluster.number}"}
    assert admin_client.post(page_of(Cluster), data).status_code == 302
    assert list(run.clusters.values_list("name", flat=True)) == ["Name 1", "Name 2"]


def test_who_may_not_name_clusters_only_reads_them() -> None:
    client = editor("view_cluster")
    _genre, run = clustered_genre()
    cluster = run.clusters.get(number=1)
    assert 'name="form-0-name"' not in client.get(page_of(Cluster)).text
    assert client.post(page_of(Cluster, "change", cluster.pk), {"name": "x"}).status_code == 403
    assert Cluster.objects.get(pk=cluster.pk).name == ""


def test_a_cluster_is_never_added_or_deleted_by_itself(admin_client: Client) -> None:
    _genre, run = clustered_genre()
    cluster = run.clusters.get(number=1)
    assert admin_client.get(page_of(Cluster, "add")).status_code == 403
    assert admin_client.post(page_of(Cluster, "delete", cluster.pk), {"post": "yes"}).status_code == 403
    run_action(admin_client, "delete_selected", [cluster], post="yes")
    assert Cluster.objects.filter(pk=cluster.pk).exists()


def test_only_a_published_cluster_can_be_viewed_on_the_site(admin_client: Client) -> None:
    genre, run = clustered_genre()
    published = run.clusters.get(number=1)
    address = f'<a href="{published.get_absolute_url()}" class="viewsitelink">'
    assert address in admin_client.get(page_of(Cluster, "change", published.pk)).text
    reclustered(genre)
    assert address not in admin_client.get(page_of(Cluster, "change", published.pk)).text
    assert "viewsitelink" not in admin_client.get(page_of(Run, "change", run.pk)).text


# --- Genres and their runs ---------------------------------------------------------------------------------------


def test_the_genre_list_shows_the_published_run_and_sorts_by_it(admin_client: Client) -> None:
    genre, _run = clustered_genre(name="trip hop", clusters=2)
    reclustered(genre)
    run = runs_of(genre).get(is_published=True)
    never = GenreFactory(name="a skiffle")
    response = admin_client.get(page_of(Genre))
    assert listed(response) == [never, genre]
    cells = re.findall(r'<td class="field-(?:last_run|found_clusters|silhouette|excluded)">(.*?)</td>', response.text)
    assert cells == [
        *("–", "–", "–", "–"),
        f'<a href="{page_of(Run, "change", run.pk)}">{run.finished_at:%Y-%m-%d %H:%M}</a>',
        f'<a href="/genres/trip-hop/clusters/">{run.cluster_count}</a>',
        f"{run.silhouette:.3f}",
        "0",
    ]
    assert listed(admin_client.get(page_of(Genre, clustered="yes"))) == [genre]
    assert listed(admin_client.get(page_of(Genre, clustered="no"))) == [never]


def test_selected_genres_are_reclustered_and_each_says_how_it_ended(admin_client: Client) -> None:
    changed, run = clustered_genre(name="trip hop", clusters=2)
    TrackFactory(genres=[changed], tempo=None)
    same = GenreFactory(name="same")
    for _ in range(8):
        TrackFactory(genres=[same])
    list(recluster([collection_of(same)], Params(), Options()))
    small, left_alone = GenreFactory(name="<skiffle>"), GenreFactory()
    response = run_action(admin_client, "recluster_selected", [changed, same, small])
    new = runs_of(changed).get(is_published=True)
    assert new != run
    assert (new.track_count, new.excluded_count) == (12, 1)
    assert default_storage.exists(new.plot_svg.name)
    trip_hop, skiffle, skipped = (
        '<a href="/genres/trip-hop/clusters/">trip hop</a>',
        f'<a href="{page_of(Genre, "change", small.pk)}"><bdi>&lt;skiffle&gt;</bdi></a>',
        "0 tracks have all features, and 6 are needed",
    )
    assert messages_of(response) == [
        ("warning", f"{skiffle}: skipped: {skipped}. What visitors see has not changed."),
        ("success", f"{trip_hop}: 12 tracks in {new.cluster_count} clusters, 1 excluded."),
        ("info", '<a href="/genres/same/clusters/">same</a>: nothing has changed since its last run.'),
        RAN_HERE,
    ]
    assert runs_of(same).count() == 1
    assert not runs_of(left_alone).exists()
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (str(changed.pk), "Reclustered.")


def test_a_failure_is_an_error_that_says_what_visitors_see(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    genre = GenreFactory(name="trip hop")

    def failing(collections: Iterable[Collection], params: Params, options: Options) -> Iterator[Outcome]:
        assert options == Options(jobs=1)
        yield from (Outcome(each.key, "failed", "OSError: disk full") for each in collections)

    monkeypatch.setattr("clusters.admin.reclustering.recluster", failing)
    # What a message begins with is capitalised: not a name, if it is in a link.
    page = f'<a href="{page_of(Genre, "change", genre.pk)}"><bdi>trip hop</bdi></a>'
    expected = f"{page}: failed: OSError: disk full. What visitors see has not changed."
    assert messages_of(run_action(admin_client, "recluster_selected", [genre])) == [("error", expected), RAN_HERE]


def test_the_news_of_many_genres_fits_the_page_the_worst_first(
    admin_client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    genres = [GenreFactory() for _ in range(25)]

    def outcomes(collections: Iterable[Collection], params: Params, options: Options) -> Iterator[Outcome]:
        *others, skipped, failed = collections
        yield from (Outcome(each.key, "unchanged") for each in others)
        yield Outcome(skipped.key, "skipped", "too few")
        yield Outcome(failed.key, "failed", "broken")

    monkeypatch.setattr("clusters.admin.reclustering.recluster", outcomes)
    messages = messages_of(run_action(admin_client, "recluster_selected", genres))
    assert len(messages) == 21
    assert [level for level, _ in messages[:3]] == ["error", "warning", "info"]
    assert messages[-2:] == [("info", "And 6 more: 6 unchanged."), RAN_HERE]


def test_reclustering_is_for_those_who_may_add_runs() -> None:
    genre, run = clustered_genre()
    TrackFactory(genres=[genre], artists=[ArtistFactory()])
    reader = editor("view_genre", "change_genre")
    assert "recluster_selected" not in reader.get(page_of(Genre)).text
    run_action(reader, "recluster_selected", [genre])
    assert list(runs_of(genre).all()) == [run]


def test_who_may_add_runs_reclusters_without_leave_to_edit_genres() -> None:
    genre, run = clustered_genre()
    TrackFactory(genres=[genre])
    runner = editor("view_genre", "add_run")
    assert ">Recluster selected genres<" in runner.get(page_of(Genre)).text
    run_action(runner, "recluster_selected", [genre])
    assert runs_of(genre).get(is_published=True) != run


def test_every_track_of_a_cluster_is_listed_by_rank(admin_client: Client) -> None:
    _genre, run = clustered_genre(tracks=30, clusters=2)
    cluster = run.clusters.order_by("-size").first()
    assert cluster.size > 10
    address = page_of(Membership, cluster__id__exact=cluster.pk)
    assert f'href="{address}"' in admin_client.get(page_of(Cluster, "change", cluster.pk)).text
    titles = list(cluster.memberships.order_by("rank").values_list("track__title", flat=True))
    cell = r'class="field-track_in_place"><a href="[^"]+"><bdi>([^<]+)</bdi></a>'
    shown = re.findall(cell, admin_client.get(address).text)
    assert shown == titles
