"""What the pages say of why: of a track in its cluster, of how many clusters there are, of the words for them."""

import doctest

import pytest
from django.test import Client

from clusters.core.fitting import choice
from clusters.core.params import Params
from clusters.models import Cluster, Membership, Run
from clusters.models.runs import UNDIVIDED
from clusters.runs import Options, recluster
from clusters.templatetags import clusters as tags
from musicdb.models import Track
from tests.factories import (
    GenreFactory,
    TrackFactory,
    clustered_genre,
    collection_of,
    collections_of,
    grouped_tracks,
    runs_of,
    undivided_genre,
)
from tests.pages.html import Node, parse, table_rows

pytestmark = pytest.mark.django_db


def by_energy_and_tempo() -> tuple[Run, Track]:
    """A run of three clusters, which differ in two components, each a feature; and a track of cluster 1."""
    _genre, run = clustered_genre(clusters=3, name="dub")
    Run.objects.filter(pk=run.pk).update(
        weights={"energy": 1.0, "tempo": 0.01}, loadings=[{"energy": 1.0, "tempo": 0.0}, {"energy": 0.0, "tempo": 1.0}]
    )
    for number, energy, tempo in ((1, 0.9, 90), (2, 0.1, 100), (3, 0.1, 190)):
        Cluster.objects.filter(run=run, number=number).update(
            centroid={"energy": energy, "tempo": tempo}, suggested_name=""
        )
    place = run.memberships.filter(cluster__number=1).order_by("rank")[0]
    stand(place, energy=0.8, tempo=90, distance=0.1)
    run.refresh_from_db()
    return run, place.track


def stand(place: Membership, *, energy: float | None, tempo: float, distance: float) -> None:
    Track.objects.filter(pk=place.track_id).update(energy=energy, tempo=tempo)
    Membership.objects.filter(pk=place.pk).update(distance=distance)


def why(client: Client, track: Track) -> list[str]:
    return [paragraph.text for paragraph in parse(client.get(track.get_absolute_url())).all("p", class_="why")]


def test_a_track_says_how_near_it_is_and_which_features_decided(client: Client) -> None:
    run, track = by_energy_and_tempo()
    run.clusters.filter(number=2).update(name="Dusk")
    assert why(client, track) == [
        "Its distance to the centre of its cluster is 0.10. "
        "To the next nearest centre, that of cluster #2: Dusk, it is 0.71.",
        "Why here: like cluster #1, it is more energetic than the average of cluster #2.",
    ]
    assert ("cluster #2: Dusk", "/genres/dub/clusters/2/") in parse(client.get(track.get_absolute_url())).links


def test_a_track_says_what_speaks_for_the_next_cluster(client: Client) -> None:
    run, track = by_energy_and_tempo()
    run.clusters.filter(number=2).update(centroid={"energy": 0.1, "tempo": 150})
    stand(run.memberships.get(track=track), energy=0.9, tempo=135, distance=0.45)
    assert why(client, track)[1] == (
        "Why here: like cluster #1, it is more energetic than the average of cluster #2. In favour of #2: it is faster."
    )


@pytest.mark.parametrize(
    ("sureness", "said"),
    [
        (0.98, "When halves of the tracks are clustered again, 98% of the results keep it in its cluster."),
        (
            0.4,
            "On the border of #2: when halves of the tracks are clustered again, only 40% of the results keep it in "
            "its cluster.",
        ),
        (None, None),
    ],
)
def test_a_track_says_how_surely_it_stands_where_it_does(
    client: Client, sureness: float | None, said: str | None
) -> None:
    _run, track = by_energy_and_tempo()
    Membership.objects.filter(track=track).update(sureness=sureness)
    page = parse(client.get(track.get_absolute_url()))

    assert [paragraph.text for paragraph in page.all("p", class_="sureness")] == ([] if said is None else [said])


def test_a_track_between_two_centres_is_on_the_border(client: Client) -> None:
    run, track = by_energy_and_tempo()
    stand(run.memberships.get(track=track), energy=0.5, tempo=95, distance=(0.4**2 + 0.05**2) ** 0.5)
    assert why(client, track) == [
        "Its distance to the centre of its cluster is 0.40. "
        "To the next nearest centre, that of cluster #2, it is 0.40.",
        "On the border between clusters #1 and #2: it is equally near to both centres.",
    ]


@pytest.mark.parametrize("energy", [None, 0.81])
def test_a_track_whose_features_were_edited_since_says_so(client: Client, energy: float | None) -> None:
    run, track = by_energy_and_tempo()
    stand(run.memberships.get(track=track), energy=energy, tempo=90, distance=0.1)
    assert why(client, track) == [
        "Its distance to the centre of its cluster is 0.10.",
        "Its features have changed since the tracks were clustered, "
        "so they no longer explain why it is in this cluster.",
    ]


def test_a_run_without_stored_loadings_shows_only_the_distance(client: Client) -> None:
    run, track = by_energy_and_tempo()
    Run.objects.filter(pk=run.pk).update(weights={}, loadings=[])
    assert why(client, track) == ["Its distance to the centre of its cluster is 0.10."]


def test_every_track_of_a_real_run_is_explained(client: Client) -> None:
    _genre, run = clustered_genre(tracks=30, clusters=3, name="dub")
    for place in run.memberships.select_related("track"):
        distances, reason = why(client, place.track)
        assert distances.startswith(f"Its distance to the centre of its cluster is {place.distance:.2f}. To the next ")
        assert reason.startswith(("Why here: ", "On the border "))


@pytest.mark.parametrize("genres", [1, 3])
@pytest.mark.parametrize("clusters", [2, 6])
def test_queries_of_a_track_do_not_grow_with_its_clusters(
    client: Client, django_assert_num_queries, clusters: int, genres: int
) -> None:
    owners = [GenreFactory() for _ in range(genres)]
    track, *_others = grouped_tracks(18, groups=6, genres=owners)
    assert {outcome.status for outcome in recluster(collections_of(owners), Params(clusters=clusters), Options())} == {
        "published"
    }
    # The track, that it has no artists, no labels; genres; its places with run and genre, all clusters of these runs;
    # the playlists; the site settings.
    with django_assert_num_queries(8):
        page = parse(client.get(track.get_absolute_url()))
    assert len(page.one("ul", class_="places").all("li")) == genres


# --- How these clusters were made ----------------------------------------------------------------------------------

FIGURES = {
    "parameters": {"clusters": None, "seed": 0},
    "silhouettes": {"2": 0.41, "3": 0.38, "4": 0.36, "10": -0.05},
    "stabilities": {"2": 1.0, "3": 0.97, "10": 0.5},
    "scores": {"2": 1.56, "3": 1.6264, "10": 1.0},
    "smallest_shares": {"2": 0.4235, "3": 0.2, "4": 0.11, "10": 0.024},
}


def how(client: Client) -> Node:
    return parse(client.get("/genres/dub/clusters/how/"))


def facts(page: Node) -> dict[str, str]:
    return {row.one("dt").text: row.one("dd").text for row in page.one("dl", class_="facts").all("div")}


def rows(page: Node, heading: str) -> list[list[str]]:
    section = next(each for each in page.all("section") if each.one("h2").text == heading)
    return [[cell.text for cell in row] for row in table_rows(section.one("table"))]


def test_the_clusters_page_leads_to_how_they_were_made(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    page = parse(client.get("/genres/dub/clusters/"))
    assert ("How these clusters were made", "/genres/dub/clusters/how/") in page.links
    assert f"The silhouette is {run.silhouette:.3f}" in page.text


def test_shows_each_number_of_clusters_that_was_tried_and_which_was_chosen(client: Client) -> None:
    _genre, run = clustered_genre(clusters=3, name="dub")
    Run.objects.filter(pk=run.pk).update(**FIGURES)
    page = how(client)
    assert rows(page, "How many clusters") == [
        ["2", "0.410", "1.000", "1.560", "42%"],
        ["3 chosen", "0.380", "0.970", "1.626", "20%"],
        ["4", "0.360", "not measured", "none", "11%"],
        ["10", "-0.050", "0.500", "1.000", "2.4%"],
    ]
    plot = page.one("svg", role="img")
    assert plot.attrs["aria-label"] == (
        "Line chart of the silhouette for 2 to 10 clusters; highest for 2, with 0.41; chosen: 3, with 0.38."
    )
    assert "chosen" in [text.text for text in plot.all("text")]


def test_says_that_the_number_of_the_run_before_was_kept(client: Client) -> None:
    _genre, run = clustered_genre(clusters=3, name="dub")
    kept = {"scores": {"2": 1.65, "3": 1.6264}, "previous_cluster_count": 3, "evidence": 2.346}
    Run.objects.filter(pk=run.pk).update(**FIGURES | kept)
    page = how(client)
    assert [row[0] for row in rows(page, "How many clusters")] == ["2", "3 kept", "4", "10"]
    assert facts(page)["Clusters"] == "3, kept from the run before"
    sentence = "The run before had 3 clusters too. Their score is close to the highest, so the number was kept."
    assert sentence in page.text
    evidence = "The evidence for clusters is 2.35; 1 is needed, or 0.5 because the run before had 3 clusters."
    assert evidence in page.text


def test_says_that_the_tracks_do_not_divide(client: Client) -> None:
    genre = undivided_genre(name="dub")
    for forced in (False, True):
        list(recluster([collection_of(genre)], Params(), Options(force=forced)))
        run = runs_of(genre).published().get()
        page = how(client)
        assert UNDIVIDED in page.text
        before = ", or 1.5 because the run before had 1 cluster" if forced else ""
        assert f"The evidence for clusters is {run.evidence:.2f}; 1 is needed{before}." in page.text
        assert "each number gets a score" not in page.text
        assert [(row[0], row[2], row[3]) for row in rows(page, "How many clusters")] == [
            ("2", "not measured", "none"),
            ("3", "not measured", "none"),
        ]
        assert rows(page, "The clusters") == [["#1", "40", "hardly different"]]
        shown = facts(page)
        assert (shown["Clusters"], shown["Silhouette"], shown["Stability"]) == (
            "1, chosen automatically",
            "not defined for a single cluster",
            "not measured",
        )


def test_says_how_the_score_is_computed(client: Client) -> None:
    clustered_genre(name="dub")
    meanings = [row for of in how(client).all("dl", class_="meanings") for row in of.all("div")]
    assert {row.one("dt").text: row.one("dd").text for row in meanings}["Score"] == (
        f"The stability, up to {choice.ENOUGH_STABILITY}, plus {choice.SILHOUETTE_WEIGHT} times the silhouette’s share "
        f"of the best one, plus {choice.WEIGHT_OF_DOUBLING} for each doubling of the number of clusters. "
        "Compare scores only within a run."
    )


def test_the_plot_is_to_scale_and_breaks_where_nothing_was_measured(client: Client) -> None:
    _genre, run = clustered_genre(clusters=3, name="dub")
    Run.objects.filter(pk=run.pk).update(**FIGURES)
    plot = how(client).one("svg", role="img")
    silhouette, *key = plot.all("circle")[:4], plot.all("circle")[4]
    across = [float(point.attrs["cx"] or 0) for point in silhouette]
    up = [float(point.attrs["cy"] or 0) for point in silhouette]
    assert (across[1] - across[0]) * 8 == pytest.approx(across[3] - across[0], abs=1)
    assert (up[1] - up[0]) / (up[3] - up[0]) == pytest.approx(0.03 / 0.46, abs=0.01)
    assert [point.attrs["r"] for point in silhouette] == ["4", "6", "4", "4"]
    assert len(key) == 1
    stability, line = (path.attrs["d"] or "" for path in plot.all("path", class_="chart-line"))
    assert (stability.count("M"), stability.count("L")) == (2, 1)
    assert (line.count("M"), line.count("L")) == (1, 3)


def test_the_page_has_no_style_and_no_script_of_its_own(client: Client) -> None:
    clustered_genre(tracks=40, name="dub")
    page = client.get("/genres/dub/clusters/how/").content.decode()
    assert " style=" not in page
    # Data is no script: no browser executes it. That of the search box is a file.
    allowed = ('<script type="application/ld+json">', '<script src="/static/musicdb/search.js" defer data-live>')
    assert "<script" not in page.replace(allowed[0], "").replace(allowed[1], "")


def test_says_that_the_number_was_requested(client: Client) -> None:
    clustered_genre(clusters=3, name="dub")
    page = how(client)
    assert "3 clusters were requested, so no other number was tried." in page.text
    assert facts(page)["Clusters"] == "3, as requested"
    assert [row[0] for row in rows(page, "How many clusters")] == ["3 requested"]
    assert not page.all("svg", role="img")


def test_shows_the_clusters_and_how_they_differ(client: Client) -> None:
    _genre, run = clustered_genre(clusters=2, name="dub")
    run.clusters.filter(number=1).update(description="slower, more acoustic, sadder", name="Dusk")
    run.clusters.filter(number=2).update(description="", suggested_name="")
    sizes = [str(size) for size in run.clusters.order_by("number").values_list("size", flat=True)]
    page = how(client)
    assert rows(page, "The clusters") == [
        ["#1: Dusk", sizes[0], "slower, more acoustic and sadder"],
        ["#2", sizes[1], "hardly different"],
    ]
    assert ("#1: Dusk", "/genres/dub/clusters/1/") in page.links


def test_shows_axes_components_and_loadings(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    axes = [
        {"low": "Mellow", "high": "Energetic", "variance": 0.62, "loadings": {"energy": 0.9, "tempo": 0.1}},
        {"low": "Slow", "high": "Fast", "variance": 0.2, "loadings": {"energy": -0.1, "tempo": 0.9}},
    ]
    Run.objects.filter(pk=run.pk).update(
        features=["energy", "tempo"],
        dropped_features=["liveness"],
        axes=axes,
        explained_variance=[0.62, 0.2, 0.05],
        weights={"tempo": 0.002, "energy": 1.0},
        loadings=[*(axis["loadings"] for axis in axes), {"energy": 0.4, "tempo": 0.3}],
    )
    page = how(client)
    assert (
        "The tracks are compared by energy and tempo. The run dropped liveness, because it is the same for every track"
        in page.text
    )
    assert "with 87% of the variance" in page.text
    assert rows(page, "Components and axes") == [
        ["energy", "0.90", "-0.10", "0.40", "1"],
        ["tempo", "0.10", "0.90", "0.30", "0.0020"],
    ]
    assert [cell.text for cell in page.one("tfoot").all("td")] == ["62%", "20%", "5.0%", ""]
    assert "Component 1, left to right on the plot: from Mellow to Energetic, 62% of the variance" in page.text


def test_an_older_run_says_which_figures_it_did_not_store(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    Run.objects.filter(pk=run.pk).update(
        weights={},
        loadings=[],
        evidence=None,
        stability=None,
        stabilities={},
        scores={},
        smallest_shares={},
        explained_variance=[0.5, 0.3, 0.1],
    )
    page = how(client)
    assert {tuple(row[2:]) for row in rows(page, "How many clusters")} == {("not measured", "none", "unknown")}
    assert {row[3] for row in rows(page, "Components and axes")} == {"not stored"}
    assert facts(page)["Stability"] == "not measured"
    assert "The evidence for clusters" not in page.text


def test_counts_excluded_tracks_by_reason(client: Client) -> None:
    genre = GenreFactory(name="dub")
    for _ in range(12):
        TrackFactory(genres=[genre])
    for missing in ("tempo", "tempo", "valence"):
        TrackFactory(genres=[genre], **{missing: None})
    list(recluster([collection_of(genre)], Params(), Options()))
    page = how(client)
    assert rows(page, "Excluded tracks") == [["no tempo", "2"], ["no valence", "1"]]
    assert ("List of excluded tracks", "/genres/dub/clusters/#excluded") in page.links


def test_gives_every_figure_of_the_run(client: Client) -> None:
    _genre, run = clustered_genre(name="dub")
    Run.objects.filter(pk=run.pk).update(stability=0.97)
    shown = facts(how(client))
    assert shown["Silhouette"] == f"{run.silhouette:.3f}"
    assert shown["Stability"] == "0.970"
    assert shown["Tracks"] == "12 placed, 0 excluded"
    assert shown["Seed"] == "0"
    assert shown["Input hash"].startswith(run.input_hash)
    assert shown["Digest"].startswith(run.digest)
    assert shown["Programs"] == ", ".join(f"{program} {version}" for program, version in run.versions.items())
    assert ("as JSON", "/api/v1/genres/dub/clusters/") in how(client).links


# --- Words ----------------------------------------------------------------------------------------------------------


def test_a_cluster_is_described_in_a_sentence(client: Client) -> None:
    _genre, run = clustered_genre(clusters=2, name="dub")
    run.clusters.update(description="slower, more acoustic, sadder")
    sentence = "Slower, more acoustic and sadder than most dub."
    assert sentence in parse(client.get("/genres/dub/clusters/1/")).text
    assert parse(client.get("/genres/dub/clusters/")).text.count(sentence) == 2


def test_examples_in_the_tags_hold() -> None:
    assert doctest.testmod(tags) == doctest.TestResults(failed=0, attempted=2)
