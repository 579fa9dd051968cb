"""What the pages of genres and tracks say of how they sound: curves, extremes, years, what is alike."""

import re
from typing import Any

import pytest
from django.test import Client

from clusters.core.params import Params
from clusters.models import Collection, RunProfile
from clusters.runs import Options, recluster
from musicdb.models import Artist, Genre, Track
from tests.db.shared import once_for_the_module
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, LabelFactory, TrackFactory, collections_of
from tests.pages.html import Node, parse, table_rows

pytestmark = pytest.mark.django_db


def make_library() -> None:
    """Make dub of twelve tracks; ska, which has nine of them; and polka, which has twelve others.

    The tracks of dub rise in energy. Those of the first artist have little of it.
    """
    dub, ska, polka = (GenreFactory(name=name) for name in ("dub", "ska", "polka"))
    quiet, loud = ArtistFactory(name="Quiet", visibility="hidden"), ArtistFactory(name="Loud", visibility="shown")
    labels = [LabelFactory(name="Plain", visibility="hidden")]
    old = AlbumFactory(labels=labels, release_date="1999-05-01", release_precision="day")
    new = AlbumFactory(labels=labels, release_date="2002-01-01", release_precision="year")
    for number in range(12):
        TrackFactory(
            title=f"d{number}",
            group=(number // 6, 2),
            energy=0.1 + number / 20,
            artists=[quiet if number < 6 else loud],
            album=old if number < 5 else new,
            genres=[dub, ska] if number < 9 else [dub],
        )
        TrackFactory(title=f"p{number}", group=(number % 2, 2), tempo=190, genres=[polka])
    collections = [Collection.objects.library(), *collections_of([dub, ska, polka])]
    outcomes = list(recluster(collections, Params(clusters=2), Options()))
    assert {outcome.status for outcome in outcomes} == {"published"}


_library = once_for_the_module(make_library)


@pytest.fixture(autouse=True)
def library(_library: None, db: None) -> None:
    """The library of the module."""


def part(page: Node, heading: str) -> Node:
    """The section of a page that this heading names."""
    return page.one("section", **{"aria-labelledby": heading})


def test_the_years_in_the_chart_are_those_in_its_table_and_its_sentence(client: Client) -> None:
    chart = part(parse(client.get("/genres/dub/")), "years")
    rows = [row.text for row in chart.one("table").all("tr")][1:]
    assert rows == ["19995", "20027"]
    heights = [float(rect.attrs["height"] or 0) for rect in chart.one("svg").all("rect")]
    assert heights == [pytest.approx(60 * 5 / 7, abs=0.1), 60.0]
    assert chart.one("figcaption").text == "From 1999 to 2002; most in 2002: 7."


def test_the_top_tracks_are_those_of_the_page_as_markdown(client: Client) -> None:
    Track.objects.filter(title="d1").update(popularity=3)
    Track.objects.filter(title="d2").update(popularity=4)
    Track.objects.filter(title="d3").update(liked=True)
    rows = table_rows(part(parse(client.get("/genres/dub/")), "top-tracks").one("table"))
    titles = [cell.text for row in rows for cell in row if re.fullmatch(r"d\d", cell.text)]
    lines = client.get("/genres/dub.md").content.decode().splitlines()
    assert titles == re.findall(r"\| (d\d) \|", "\n".join(lines)) == ["d3", "d2", "d1"]


def test_the_time_of_the_run_has_no_microseconds_which_html_does_not_know(client: Client) -> None:
    (written,) = [each.attrs["datetime"] or "" for each in parse(client.get("/genres/dub/")).all("time")]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+0000", written)


def test_the_extremes_of_a_feature_are_its_ten_highest_and_lowest_tracks(client: Client) -> None:
    (energy,) = [
        item for item in part(parse(client.get("/genres/dub/")), "sound").all("li") if "Energy" in item.text[:8]
    ]
    most, least = energy.all("ol")
    assert [item.one("a").text for item in most.all("li")] == [f"d{number}" for number in range(11, 1, -1)]
    assert [item.one("a").text for item in least.all("li")] == [f"d{number}" for number in range(10)]
    Track.objects.get(title="d11").delete()
    Track.objects.filter(title="d10").first().genres.clear()  # type: ignore[union-attr]
    page = part(parse(client.get("/genres/dub/")), "sound")
    assert {"d10", "d11"}.isdisjoint(link for link, _ in page.links)


def test_genres_alike_and_the_same_tracks_as(client: Client) -> None:
    page = parse(client.get("/genres/dub/"))
    # The one with most of its tracks sounds most like it.
    assert part(page, "alike").links == [("ska", "/genres/ska/"), ("polka", "/genres/polka/")]
    shared = part(page, "shared")
    assert shared.links == [("ska", "/genres/ska/")]
    assert "75%, 9 tracks" in shared.text
    Genre.objects.get(slug="ska").delete()
    page = parse(client.get("/genres/dub/"))
    assert "ska" not in [name for name, _ in page.links]
    assert page.all("section", **{"aria-labelledby": "shared"}) == []


def test_artists_compared_by_the_means_of_their_tracks(client: Client) -> None:
    table = part(parse(client.get("/genres/dub/")), "compared").one("table")
    column = [head.text for head in table.one("thead").all("th")].index("Energy")
    rows = {row[0].text: row for row in table_rows(table)}
    shades = {name: int((row[column].attrs["class"] or "").removeprefix("shade-")) for name, row in rows.items()}
    assert shades["Loud"] > shades["Quiet"]
    # The one that is hidden has no page to link to.
    assert [link for row in rows.values() for link in row[0].links] == [("Loud", "/artists/loud/")]
    means = RunProfile.objects.get(run__collection__genre__slug="dub").artist_means
    assert means[str(Artist.objects.get(slug="quiet").pk)]["energy"] == pytest.approx(0.225)


def test_a_track_against_its_genre_and_the_library(client: Client) -> None:
    sound = part(parse(client.get("/tracks/d11/")), "sound")
    (energy,) = [each for each in sound.one("dl", class_="standings").all("div") if each.one("dt").text == "Energy"]
    said = energy.one("span", class_="compared").text
    assert said.startswith("More energetic than 99% of dub")
    assert "of the library" in said
    # The upright line stands where the value is.
    assert energy.one("line", class_="curve-mark").attrs["x1"] == "65.0"
    RunProfile.objects.all().delete()
    assert parse(client.get("/tracks/d11/")).all("dl", class_="standings") == []


def test_other_releases_have_the_isrc_or_the_title_and_the_sound(client: Client) -> None:
    track = Track.objects.get(title="d3")
    same = {name: getattr(track, name) for name in ("title", "tempo", "loudness", "energy")}
    quiet = [Artist.objects.get(slug="quiet")]
    by_sound, by_code = TrackFactory(**same, artists=quiet), TrackFactory(isrc="GBAAA0000001")
    # The one has another sound, the other another artist.
    neither = TrackFactory(title="d3", artists=quiet)
    cover = TrackFactory(**same, artists=[ArtistFactory()])
    Track.objects.filter(pk=track.pk).update(isrc="GBAAA0000001")
    links = {address for _, address in part(parse(client.get("/tracks/d3/")), "releases").links}
    assert {by_sound.get_absolute_url(), by_code.get_absolute_url()} <= links
    assert {neither.get_absolute_url(), cover.get_absolute_url()}.isdisjoint(links)
    # Tracks without an ISRC do not share one.
    assert parse(client.get(f"/tracks/{neither.slug}/")).all("section", **{"aria-labelledby": "releases"}) == []


def test_queries_of_the_pages(client: Client, django_assert_num_queries: Any) -> None:
    # The runs with their profiles; names of artists, labels and albums; tracks with their artists, and other genres.
    with django_assert_num_queries(7):
        client.get("/genres/dub/")
    # The track and its releases, their artists, labels and genres; playlists; its places and shades; the settings.
    with django_assert_num_queries(8):
        client.get("/tracks/d3/")
