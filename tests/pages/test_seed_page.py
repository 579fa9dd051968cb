"""Every row of the page that the site grew from is on the site's own pages, cell by cell.

Cluster numbers and the ten that represent a cluster may differ: the tracks may fall differently.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Run
from clusters.runs import Options, recluster
from musicdb.models import Artist, Genre, Label
from tests.factories import collection_of, runs_of
from tests.pages.html import Node, parse, table_rows

ROWS: list[dict[str, Any]] = json.loads(
    (Path(__file__).parent.parent / "data" / "korean_pop_rows.json").read_text(encoding="utf-8")
)

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def run(shared_seed_library: None) -> Run:
    genre = Genre.objects.get(name="korean pop")
    (outcome,) = recluster([collection_of(genre)], Params(), Options())
    assert outcome.status == "published"
    return runs_of(genre).get()


def markdown_names(owners: list[dict[str, Any]], model: type[Artist | Label]) -> str:
    """The names as the page has them, those that it links linked to this site's pages."""
    return ", ".join(
        f"[{owner['name']}](http://testserver{model.objects.get(name=owner['name']).get_absolute_url()})"
        if owner["linked"]
        else owner["name"]
        for owner in owners
    )


def test_each_row_is_in_the_markdown_of_its_cluster_cell_by_cell(client: Client, run: Run) -> None:
    lines: list[str] = []
    for cluster in run.clusters.all():
        text = client.get(f"/genres/korean-pop/clusters/{cluster.number}.md").content.decode()
        body = text.split("|:---|:---|:---|:---|:---|---:|:---|:---|\n")[1].splitlines()
        assert len(body) == cluster.size
        lines += body
    by_spotify_id = {line.rsplit("/", 1)[1].split(")")[0]: line for line in lines}
    assert len(by_spotify_id) == len(lines) == run.track_count
    for row in ROWS:
        cells = [cell.strip() for cell in by_spotify_id[row["spotify_id"]].strip("|").split("|")]
        assert cells == [
            f'<img src="{row["image_url"]}" alt="" width="50" />',
            row["title"],
            row["album"],
            markdown_names(row["artists"], Artist),
            markdown_names(row["labels"], Label),
            str(row["score"]),
            "💚" if row["liked"] else "",
            f"[🔗](https://open.spotify.com/track/{row['spotify_id']})",
        ]


def page_names(cell: Node) -> list[str]:
    return [text for text, _ in cell.links]


def test_each_row_is_on_the_html_page_of_its_cluster(client: Client, run: Run) -> None:
    shown: dict[str, list[Node]] = {}
    for cluster in run.clusters.all():
        for cells in table_rows(
            parse(client.get(f"/genres/korean-pop/clusters/{cluster.number}/")).one("table", class_="tracks")
        ):
            ((_, address),) = cells[7].links
            shown[address] = cells
    for row in ROWS:
        art, title, album, artists, labels, score, liked, _ = shown[
            f"https://open.spotify.com/track/{row['spotify_id']}"
        ]
        assert art.one("img").attrs["src"] == row["image_url"]
        assert (title.text, album.text, score.text) == (row["title"], row["album"], str(row["score"]))
        assert artists.text == ", ".join(owner["name"] for owner in row["artists"])
        assert labels.text == ", ".join(owner["name"] for owner in row["labels"])
        assert page_names(artists) == [owner["name"] for owner in row["artists"] if owner["linked"]]
        assert page_names(labels) == [owner["name"] for owner in row["labels"] if owner["linked"]]
        assert liked.text == ("💚" if row["liked"] else "")


def test_the_clusters_page_represents_each_cluster_by_its_ten_nearest(client: Client, run: Run) -> None:
    page = parse(client.get("/genres/korean-pop/clusters/"))
    tables = page.all("table")
    assert [len(table_rows(table)) for table in tables] == [
        min(10, cluster.size) for cluster in run.clusters.order_by("number")
    ]


def test_every_link_on_the_clusters_page_leads_somewhere(client: Client, run: Run) -> None:
    links = {href for _, href in parse(client.get("/genres/korean-pop/clusters/")).links if href.startswith("/")}
    # The plots are files and the API's page has tests of its own; all others are pages of the site.
    pages = {href for href in links if not href.startswith(("/media/", "/api/", "/admin/"))}
    assert len(pages) > 30
    assert {href: client.get(href).status_code for href in pages} == dict.fromkeys(pages, 200)
