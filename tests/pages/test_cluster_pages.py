"""The pages that show clusters."""

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Run
from clusters.runs import Options, recluster
from musicdb.models import Genre
from tests.db.shared import once_for_the_module
from tests.factories import ArtistFactory, GenreFactory, TrackFactory, clustered_genre
from tests.pages.html import parse, table_rows

pytestmark = pytest.mark.django_db


def titles(run: Run, number: int) -> list[str]:
    memberships = run.memberships.filter(cluster__number=number).order_by("rank")
    return list(memberships.values_list("track__title", flat=True))


def test_clusters_page_shows_the_plot_and_the_nearest_tracks_of_each_cluster(client: Client) -> None:
    _genre, run = clustered_genre(tracks=40, name="dub")
    page = parse(client.get("/genres/dub/clusters/"))
    assert page.one("h1").text == "Clusters in dub"
    plot = page.one("a", class_="plot").one("img")
    assert (plot.attrs["src"], plot.attrs["alt"]) == (run.plot_svg.url, run.plot_alt)
    sections = page.all("section", class_="cluster")
    assert [section.one("h2").text for section in sections] == [
        f"Cluster #{number}" for number in range(1, run.cluster_count + 1)
    ]
    for number, section in enumerate(sections, start=1):
        everyone = titles(run, number)
        assert [row[1].text for row in table_rows(section.one("table"))] == everyone[:10]
        assert section.all("p")[0].text.startswith(f"{len(everyone)} tracks")
        assert (f"All {len(everyone)} tracks of cluster #{number}" in section.text) == (len(everyone) > 10)


def test_clusters_page_says_when_it_ran_and_nobody_was_excluded(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    page = parse(client.get("/genres/dub/clusters/"))
    assert page.all("time")[0].attrs["datetime"] == run.finished_at.isoformat()
    assert "No track is excluded" in page.one("section", id="excluded").text


def test_clusters_page_counts_and_names_who_was_excluded_and_why(client: Client) -> None:
    genre = GenreFactory(name="dub")
    for _ in range(12):
        TrackFactory(genres=[genre])
    TrackFactory(genres=[genre], title="Silent", features=False, artists=[ArtistFactory(name="Zoë")])
    TrackFactory(genres=[genre], title="Half", tempo=None, valence=None)
    list(recluster([genre], Params(), Options()))
    page = parse(client.get("/genres/dub/clusters/"))
    assert ("2 excluded", "#excluded") in page.links
    assert [item.text for item in page.one("section", id="excluded").all("li")] == [
        "Half: no valence, tempo",
        "Silent by Zoë: no audio features",
    ]


def test_editors_name_of_a_cluster_is_shown(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    run.clusters.filter(number=1).update(name="Night drive")
    assert "Cluster #1: Night drive" in [h.text for h in parse(client.get("/genres/dub/clusters/")).all("h2")]
    assert "Cluster #1: Night drive in dub" in parse(client.get("/genres/dub/clusters/1/")).one("h1").text


def test_cluster_page_lists_every_track_nearest_first_over_its_pages(client: Client) -> None:
    genre = GenreFactory(name="dub")
    for _ in range(150):
        TrackFactory(genres=[genre])
    list(recluster([genre], Params(clusters=2), Options()))
    run = genre.runs.get()
    shown: list[str] = []
    number_of_pages = -(-len(titles(run, 1)) // 50)
    for number in range(1, number_of_pages + 1):
        page = parse(client.get(f"/genres/dub/clusters/1/?page={number}"))
        shown += [row[1].text for row in table_rows(page.one("table"))]
    assert number_of_pages > 1
    assert shown == titles(run, 1)


def test_a_genre_without_a_run_has_no_clusters_pages(client: Client) -> None:
    GenreFactory(name="dub")
    clustered_genre(name="ska")
    for address in (
        "dub/clusters/",
        "dub/clusters.md",
        "dub/clusters/how/",
        "dub/clusters/1/",
        "dub/clusters/1.md",
        "ska/clusters/99/",
        "ska/clusters/99.md",
        "none/clusters/",
    ):
        assert client.get(f"/genres/{address}").status_code == 404, address


def test_only_the_published_run_is_shown(client: Client) -> None:
    genre, _first = clustered_genre(name="dub")
    (second,) = recluster([genre], Params(clusters=4), Options())
    assert second.status == "published"
    assert len(parse(client.get("/genres/dub/clusters/")).all("section", class_="cluster")) == 4
    Run.objects.published().update(is_published=False)
    assert client.get("/genres/dub/clusters/").status_code == 404


def test_plot_files_are_served(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    png, svg = (b"".join(client.get(field.url).streaming_content) for field in (run.plot_png, run.plot_svg))
    assert png.startswith(b"\x89PNG")
    assert svg.startswith(b"<?xml")


tracks = once_for_the_module(lambda tracks: clustered_genre(tracks=tracks, name="grime"), 12, 36)


@pytest.mark.parametrize(
    ("address", "queries"),
    # Each page also reads the site settings.
    [
        # The genre, its run; clusters; memberships with tracks, artists, labels, but no excluded tracks.
        ("clusters/", 7),
        ("clusters.md", 6),
        # The genre, its run; the clusters; why tracks are excluded.
        ("clusters/how/", 5),
        # The genre, its run; the cluster, count; memberships with tracks, artists, labels; its siblings.
        ("clusters/1/", 9),
        ("clusters/1.md", 6),
    ],
)
def test_queries_do_not_grow_with_rows(
    client: Client, django_assert_num_queries, address: str, queries: int, tracks: int
) -> None:
    with django_assert_num_queries(queries):
        assert client.get(f"/genres/grime/{address}").status_code == 200


def test_a_genre_named_by_an_emoji_works_from_end_to_end(client: Client) -> None:
    genre, run = clustered_genre(name="💃")
    assert genre.slug == "dancer"
    assert parse(client.get("/genres/dancer/clusters/")).one("h1").text == "Clusters in 💃"
    assert client.get("/genres/dancer/clusters.md").content.decode().startswith("# Clusters in 💃\n")
    assert Genre.objects.get(slug="dancer").runs.get() == run
