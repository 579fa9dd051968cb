"""Clusters as Markdown: the shape of the page that the site grew from, and names that cannot break it."""

import re
import string

import pytest
from django.test import Client
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from clusters.core.params import Params
from clusters.models import Run
from clusters.models.runs import UNDIVIDED
from clusters.pages.markdown import escape
from clusters.runs import Options, recluster
from musicdb.models import Album, Artist, Label
from musicdb.music import normalise_name
from tests.factories import GenreFactory, clustered_genre, collection_of, many_tracks, stored_run, undivided_genre

NASTY = "a|b [c](javascript:x) *d* `e` <b>f</b> \\| ![g](h) ~~i~~ &lt; https://evil.example www.evil.example"


def rendered_rows(markdown: str) -> list[list[Token]]:
    """The inline tokens of each body row, by cell, as a GFM reader sees them."""
    tokens = MarkdownIt("gfm-like", {"html": True}).parse(markdown)
    rows: list[list[Token]] = []
    in_body = False
    for number, token in enumerate(tokens):
        in_body = (in_body or token.type == "tbody_open") and token.type != "tbody_close"
        if in_body and token.type == "tr_open":
            rows.append([])
        if in_body and token.type == "td_open":
            rows[-1].append(tokens[number + 1])
    return rows


def text_of(cell: Token) -> str:
    """The cell's plain text; fails where anything in it is markup."""
    kinds = {child.type for child in cell.children or ()}
    assert kinds <= {"text", "text_special"}, kinds
    return "".join(child.content for child in cell.children or ())


@given(
    st.text(alphabet=st.one_of(st.sampled_from(string.punctuation + " \n\r\t\u2028ab1"), st.characters()), min_size=1)
)
@example("0.GL")
@example("www.mr.gl")
def test_escaped_text_is_read_back_as_itself(text: str) -> None:
    markdown = f"| A | B |\n|:---|:---|\n| {escape(text)} | end |\n"
    (row,) = rendered_rows(markdown)
    first, second = row
    assert text_of(second) == "end"
    assert text_of(first) == normalise_name(text)


@pytest.mark.parametrize(
    "text", ["Why Can't You Love Me?", "Hwa&Dam pictures", "FM 89.1", "LAW (Prod. Czaer)", "CJ E&M"]
)
def test_ordinary_names_are_left_as_they_are(text: str) -> None:
    assert escape(text) == text


def test_the_whole_page_has_the_seeds_shape(client: Client, db: None) -> None:
    # Fewer than 12 tracks each: clusters without shades.
    _genre, run = clustered_genre(tracks=22, name="trip hop")
    lines = client.get("/genres/trip-hop/clusters.md").content.decode().splitlines()
    assert lines[0] == "# Clusters in trip hop"
    assert lines[2] == f"![Comparison of Cluster](http://testserver{run.plot_png.url})"
    rest = lines[4:]
    for cluster in run.clusters.order_by("number"):
        assert rest[:6] == [
            f"## Cluster #{cluster.number}",
            "",
            f"{cluster.size} tracks",
            "",
            "| Art | Track | Album | Artists | Label | Score | 💚 | 🔗 |",
            "|:---|:---|:---|:---|:---|---:|:---|:---|",
        ]
        shown = min(cluster.size, 10)
        assert all(line.startswith("| ") and line.endswith(" |") for line in rest[6 : 6 + shown])
        rest = rest[6 + shown :]
    assert rest == []


def test_tracks_that_do_not_divide_are_one_cluster_below_a_note(client: Client, db: None) -> None:
    list(recluster([collection_of(undivided_genre(name="ambient"))], Params(), Options()))
    lines = client.get("/genres/ambient/clusters.md").content.decode().splitlines()
    assert lines[4:9] == [UNDIVIDED, "", "## Cluster #1", "", "40 tracks"]
    assert [line for line in lines if line.startswith("## ")] == ["## Cluster #1"]


def test_a_row_says_all_that_is_known_and_leaves_blank_what_is_not(client: Client, db: None) -> None:
    _genre, run = clustered_genre(name="dub")
    first = run.memberships.get(cluster__number=1, rank=1).track
    artist, label = first.artists_in_order[0], first.labels_in_order[0]
    Artist.objects.filter(pk=artist.pk).update(name="Zoë")
    Label.objects.filter(pk=label.pk).update(name="Plain", visibility="hidden")
    type(first).objects.filter(pk=first.pk).update(
        title="One", score=41802, liked=True, spotify_id="3kiQOTlExsRTAQW0P0jcTH"
    )
    Album.objects.filter(pk=first.album_id).update(title="First", image_url='https://images.example/a|b.jpg?x=1&y="2"')
    second = run.memberships.get(cluster__number=1, rank=2).track
    type(second).objects.filter(pk=second.pk).update(title="Two", album=None, spotify_id=None)
    second.track_artists.all().delete()
    response = client.get("/genres/dub/clusters.md")
    assert response["Content-Type"] == "text/markdown; charset=utf-8"
    rows = [line for line in response.content.decode().splitlines() if line.startswith("| ")][1:3]
    assert rows == [
        '| <img src="https://images.example/a%7Cb.jpg?x=1&amp;y=%222%22" alt="" width="50" /> | One | First '
        f"| [Zoë](http://testserver/artists/{artist.slug}/) | Plain | 41802 | 💚 "
        "| [🔗](https://open.spotify.com/track/3kiQOTlExsRTAQW0P0jcTH) |",
        "| | Two | | | | | | |",
    ]


def test_one_cluster_lists_every_track_nearest_first(client: Client, db: None) -> None:
    # Fewer than 12 tracks each: clusters without shades.
    _genre, run = clustered_genre(tracks=22, clusters=2, name="dub")
    cluster = run.clusters.order_by("-size").first()
    assert cluster.size > 10
    text = client.get(f"/genres/dub/clusters/{cluster.number}.md").content.decode()
    assert text.startswith(f"# Cluster #{cluster.number} in dub\n\n{cluster.size} tracks\n\n| Art |")
    shown = [text_of(row[1]) for row in rendered_rows(text)]
    assert shown == list(cluster.memberships.order_by("rank").values_list("track__title", flat=True))


def test_a_cluster_of_more_tracks_than_sqlite_takes_conditions(client: Client, db: None) -> None:
    tracks = many_tracks(1_100)
    stored_run(GenreFactory(name="dub"), {1: tracks}, is_published=True)
    rows = rendered_rows(client.get("/genres/dub/clusters/1.md").content.decode())
    assert [[text_of(cell) for cell in row[1:5]] for row in rows] == [[track.title] * 4 for track in tracks]


def test_nasty_names_break_neither_table_nor_page(client: Client, db: None) -> None:
    genre, run = clustered_genre(name=f"{NASTY} #")
    Artist.objects.update(name=NASTY)
    Album.objects.update(title=NASTY)
    run.memberships.first().track.__class__.objects.update(title=NASTY)
    for label in Label.objects.all():
        Label.objects.filter(pk=label.pk).update(name=f"{NASTY} {label.pk}")
    Run.objects.get().clusters.update(name=NASTY)
    text = client.get(f"/genres/{genre.slug}/clusters.md").content.decode()
    rows = rendered_rows(text)
    assert len(rows) == 12
    for row in rows:
        assert len(row) == 8
        assert [text_of(cell) for cell in row[1:3]] == [NASTY, NASTY]
        for cell in row[3:5]:
            (link,) = [child for child in cell.children if child.type == "link_open"]
            assert link.attrs["href"].startswith("http://testserver/")
            assert re.fullmatch(re.escape(NASTY) + r"( \d+)?", "".join(child.content for child in cell.children))
    headings = [
        token.content for token in MarkdownIt("gfm-like").parse(text) if token.type == "inline" and token.level == 1
    ]
    assert headings[0] == f"Clusters in {escape(f'{NASTY} #')}"
