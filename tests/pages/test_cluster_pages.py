"""The pages that show clusters."""

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Collection, Run
from clusters.models.runs import UNDIVIDED
from clusters.runs import Options, recluster
from musicdb.models import AlbumLabel, Genre, TrackArtist
from tests.db.shared import once_for_the_module
from tests.factories import (
    ArtistFactory,
    GenreFactory,
    LabelFactory,
    PlaylistFactory,
    TrackFactory,
    clustered_genre,
    collection_of,
    collections_of,
    runs_of,
    undivided_genre,
)
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
        str(cluster) for cluster in run.clusters.order_by("number")
    ]
    for number, section in enumerate(sections, start=1):
        everyone = titles(run, number)
        assert [row[1].text for row in table_rows(section.one("table"))] == everyone[:10]
        assert section.all("p")[0].text.startswith(f"{len(everyone)} tracks")
        assert (f"All {len(everyone)} tracks of cluster #{number}" in section.text) == (len(everyone) > 10)


def test_the_caption_says_what_the_plot_does_not_show(client: Client) -> None:
    _genre, run = clustered_genre(tracks=40, name="dub")
    loadings = [{"energy": 1.0}, {"tempo": 1.0}, {"liveness": 1.0}]
    Run.objects.filter(pk=run.pk).update(loadings=loadings, explained_variance=[0.6, 0.09, 0.08])
    caption = parse(client.get("/genres/dub/clusters/")).one("figcaption").text
    assert (
        "From bottom to top, tracks differ little: 9% of variance. Not shown: from Studio to Live, 8% of variance."
        in (caption)
    )

    Run.objects.filter(pk=run.pk).update(explained_variance=[0.6, 0.2, 0.08])
    caption = parse(client.get("/genres/dub/clusters/")).one("figcaption").text
    assert "Not shown" not in caption
    assert "differ little" not in caption


def test_clusters_page_of_tracks_that_do_not_divide_shows_one_cluster_and_why(client: Client) -> None:
    genre = undivided_genre(name="ambient")
    list(recluster([collection_of(genre)], Params(), Options()))
    run = runs_of(genre).get()
    page = parse(client.get("/genres/ambient/clusters/"))
    assert page.one("p", class_="lead").text.startswith("40 tracks in 1 cluster.")
    assert f"{UNDIVIDED} Why not" in page.text
    assert ("Why not", "/genres/ambient/clusters/how/#heading-count") in page.links
    assert page.one("a", class_="plot").one("img").attrs["src"] == run.plot_svg.url
    (section,) = page.all("section", class_="cluster")
    assert section.one("h2").text == "Cluster #1"
    assert "All 40 tracks of cluster #1" in section.text
    assert "The silhouette is" not in page.text
    assert ("1 cluster", "/genres/ambient/clusters/") in parse(client.get("/genres/ambient/")).links
    assert len(table_rows(parse(client.get("/genres/ambient/clusters/1/")).one("table"))) == 40


def test_clusters_page_says_when_it_ran_and_nobody_was_excluded(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    page = parse(client.get("/genres/dub/clusters/"))
    # HTML takes no more than thousandths of a second.
    assert page.all("time")[0].attrs["datetime"] == f"{run.finished_at:%Y-%m-%dT%H:%M:%S}+0000"
    assert "No track is excluded" in page.one("section", id="excluded").text


def test_clusters_page_counts_and_names_who_was_excluded_and_why(client: Client) -> None:
    genre = GenreFactory(name="dub")
    for _ in range(12):
        TrackFactory(genres=[genre])
    TrackFactory(genres=[genre], title="Silent", features=False, artists=[ArtistFactory(name="Zoë")])
    TrackFactory(genres=[genre], title="Half", tempo=None, valence=None)
    list(recluster([collection_of(genre)], Params(), Options()))
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


def test_the_name_that_the_run_suggests_is_shown_where_an_editor_gave_none(client: Client) -> None:
    _genre, run = clustered_genre(name="dub", clusters=2)
    run.clusters.update(suggested_name="Acoustic & <b>sad</b>")
    run.clusters.filter(number=2).update(name="Night drive")
    assert [h.text for h in parse(client.get("/genres/dub/clusters/")).all("h2")][:2] == [
        "Cluster #1: Acoustic & <b>sad</b>",
        "Cluster #2: Night drive",
    ]
    page = parse(client.get("/genres/dub/clusters/1/"))
    assert page.one("h1").text == "Cluster #1: Acoustic & <b>sad</b> in dub"
    assert ("#2 Night drive", "/genres/dub/clusters/2/") in page.links
    assert "#1: Acoustic & <b>sad</b>" in parse(client.get("/genres/dub/clusters/how/")).text
    track = run.memberships.filter(cluster__number=1).first().track
    assert "cluster #1: Acoustic & <b>sad</b>" in parse(client.get(f"/tracks/{track.slug}/")).text


def test_cluster_page_lists_every_track_nearest_first_over_its_pages(client: Client) -> None:
    genre = GenreFactory(name="dub")
    for _ in range(150):
        TrackFactory(genres=[genre])
    list(recluster([collection_of(genre)], Params(clusters=2), Options()))
    run = runs_of(genre).get()
    shown: list[str] = []
    number_of_pages = -(-len(titles(run, 1)) // 50)
    for number in range(1, number_of_pages + 1):
        page = parse(client.get(f"/genres/dub/clusters/1/?page={number}"))
        shown += [row[1].text for row in table_rows(page.all("table", class_="tracks")[-1])]
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
    genre, _first = clustered_genre(groups=4, name="dub")
    (second,) = recluster([collection_of(genre)], Params(clusters=4), Options())
    assert second.status == "published"
    assert len(parse(client.get("/genres/dub/clusters/")).all("section", class_="cluster")) == 4
    Run.objects.published().update(is_published=False)
    assert client.get("/genres/dub/clusters/").status_code == 404


def test_plot_files_are_served(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    png, svg = (b"".join(client.get(field.url).streaming_content) for field in (run.plot_png, run.plot_svg))
    assert png.startswith(b"\x89PNG")
    assert svg.startswith(b"<?xml")


def make_collections(tracks: int) -> None:
    """That many tracks in a collection of each kind, each with a published run; they have a genre, too."""
    # Two clear groups in each cluster: its shades.
    genre, _ = clustered_genre(tracks=tracks, clusters=2, groups=4, name="grime")
    artist, label = ArtistFactory(name="Zoë"), LabelFactory(name="Stone")
    for track in genre.tracks.all():
        TrackArtist.objects.create(track=track, artist=artist, position=1)
        AlbumLabel.objects.create(album=track.album, label=label, position=1)
    playlist = PlaylistFactory(name="Road trip", tracks=list(genre.tracks.all()))
    owned = collections_of([playlist, artist, label])
    outcomes = list(recluster([Collection.objects.library(), *owned], Params(clusters=2), Options()))
    assert {outcome.status for outcome in outcomes} == {"published"}


tracks = once_for_the_module(make_collections, 32, 96)
# By the beginning of its address, how the pages call a collection.
NAMES = {
    "": "the library",
    "/genres/grime": "grime",
    "/playlists/road-trip": "Road trip",
    "/artists/zoe": "Zoë",
    "/labels/stone": "Stone",
}


@pytest.mark.parametrize("owner", NAMES)
@pytest.mark.parametrize(
    ("address", "queries"),
    # Each also reads the version with the site settings.
    [
        # The run; clusters; memberships with tracks, artists, labels; shades, their examples; but no excluded tracks.
        ("clusters/", 8),
        ("clusters.md", 8),
        # The run; the clusters; why tracks are excluded.
        ("clusters/how/", 4),
        # The run with its profile; all clusters; its shades; memberships with tracks, artists, labels; leading artists.
        ("clusters/1/", 8),
        ("clusters/1.md", 7),
    ],
)
def test_queries_do_not_grow_with_rows(
    client: Client, django_assert_num_queries, owner: str, address: str, queries: int, tracks: int
) -> None:
    # The clusters of the library say how many tracks have no genre.
    more = not owner and address == "clusters/"
    with django_assert_num_queries(queries + more):
        assert client.get(f"{owner}/{address}").status_code == 200


@pytest.mark.parametrize("owner", NAMES)
def test_every_kind_of_collection_has_the_same_pages(client: Client, owner: str, tracks: int) -> None:
    name, of = NAMES[owner], "of" if owner.startswith(("/artists", "/labels")) else "in"
    page = parse(client.get(f"{owner}/clusters/"))
    assert page.one("h1").text == f"Clusters {of} {name}"
    last = page.one("nav", class_="breadcrumbs").all("li")[-2]
    assert last.text == (name if owner else "The library")
    assert (last.text, f"{owner}/") in page.links
    assert ("Cluster #1", f"{owner}/clusters/1/") in page.links
    assert ("How these clusters were made", f"{owner}/clusters/how/") in page.links
    cluster = parse(client.get(f"{owner}/clusters/1/"))
    heading = cluster.one("h1").text
    assert (heading.startswith("Cluster #1"), heading.endswith(f" {of} {name}")) == (True, True)
    assert ("Markdown", f"{owner}/clusters/1.md") in cluster.links
    how = parse(client.get(f"{owner}/clusters/how/"))
    assert how.one("h1").text == f"How these clusters were made {of} {name}"
    api = f"/api/v1{owner or '/library'}/clusters/"
    assert api in {address for _, address in how.links}
    assert client.get(api).json()["collection"]["name"] == name
    assert client.get(f"{owner}/clusters.md").text.startswith(f"# Clusters {of} {name}\n")


def test_what_owns_a_collection_leads_to_its_clusters(client: Client, tracks: int) -> None:
    for owner in NAMES:
        (run,) = [run for run in Run.objects.all() if run.get_absolute_url() == f"{owner}/clusters/"]
        texts = {text for text, address in parse(client.get(f"{owner}/")).links if address == f"{owner}/clusters/"}
        assert any(f"{run.cluster_count} clusters" in text for text in texts), owner


def test_the_library_says_which_tracks_have_no_genre(client: Client, tracks: int) -> None:
    section = "without-genre"
    assert not parse(client.get("/clusters/")).all("section", id=section)
    TrackFactory(title="Nowhere", artists=[ArtistFactory(name="Mina")])
    found = parse(client.get("/clusters/")).one("section", id=section)
    assert "1 track is in no genre." in found.text
    assert [item.text for item in found.all("li")] == ["Nowhere by Mina"]


def test_a_genre_named_by_an_emoji_works_from_end_to_end(client: Client) -> None:
    genre, run = clustered_genre(name="💃")
    assert genre.slug == "dancer"
    assert parse(client.get("/genres/dancer/clusters/")).one("h1").text == "Clusters in 💃"
    assert client.get("/genres/dancer/clusters.md").content.decode().startswith("# Clusters in 💃\n")
    assert runs_of(Genre.objects.get(slug="dancer")).get() == run
