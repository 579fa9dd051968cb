"""The plot of any two features: which tracks it shows, where, in which colours, and what it says of them."""

import re
from datetime import date

import pytest
from django.test import Client

from musicdb.models import Track
from musicdb.pages.explore import scatter
from musicdb.pages.explore.colours import grouped
from musicdb.search import explore, sample_of
from tests.factories import AlbumFactory, ArtistFactory, GenreFactory, TrackFactory
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db


def points_of(page: Node) -> dict[str, Node]:
    return {circle.one("title").text: circle for circle in page.one("svg", class_="scatter").all("circle")}


def test_every_point_is_a_track_at_its_place(client: Client) -> None:
    artist = ArtistFactory(name="Zoë")
    for title, energy, valence in (("Low", 0.1, 0.1), ("High", 0.9, 0.9), ("Loud", 0.9, 0.1)):
        TrackFactory(title=title, artists=[artist], energy=energy, valence=valence)
    TrackFactory(title="Unknown", features=False)
    page = parse(client.get("/explore/"))
    assert page.one("p", class_="lead").text == "3 tracks, as far as both features are known."
    points = points_of(page)
    assert sorted(points) == ["High, by Zoë", "Loud, by Zoë", "Low, by Zoë"]
    places = {name: (float(at.attrs["cx"] or 0), float(at.attrs["cy"] or 0)) for name, at in points.items()}
    assert places["Low, by Zoë"][0] < places["High, by Zoë"][0] == places["Loud, by Zoë"][0]
    assert places["Low, by Zoë"][1] == places["Loud, by Zoë"][1] > places["High, by Zoë"][1]
    link = points["Loud, by Zoë"].parent
    assert link is not None
    assert parse(client.get(link.attrs["href"])).one("h1").text == "Loud"


def test_the_list_and_the_files_have_the_tracks_of_the_plot(client: Client) -> None:
    pop = GenreFactory(name="pop")
    TrackFactory(title="In", genres=[pop], energy=0.0, valence=0.0)
    TrackFactory(title="No valence", genres=[pop], valence=None)
    TrackFactory(title="Elsewhere")
    page = parse(client.get("/explore/?genre=pop&x=valence&y=tempo&colour=liked"))
    links = dict(page.one("main").links)
    listed = parse(client.get(links["These 1 tracks as a list"]))
    assert [title.text for title in listed.one("tbody").all("th")] == ["In"]
    assert [row["title"] for row in client.get(links["in the API"]).json()["results"]] == ["In"]
    assert b"Elsewhere" not in b"".join(client.get(links["M3U8"]))
    chips = [link.text for link in page.one("ul", class_="chips").all("a")]
    assert chips == ["Remove the filter: Genre pop ×"]


def test_a_filter_by_an_axis_stays_as_it_is(client: Client) -> None:
    for energy in (0.2, 0.8):
        TrackFactory(title=f"E{energy}", energy=energy)
    page = parse(client.get("/explore/?max_energy=0.5"))
    assert len(points_of(page)) == 1
    href = next(to for text, to in page.links if text.endswith("as a list"))
    assert "max_energy=0.5" in href
    assert "min_energy" not in href


def test_of_many_tracks_it_shows_a_fair_sample_and_says_so(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(explore, "MOST_POINTS", 20)
    for number in range(80):
        TrackFactory(title=f"T{number}", energy=number % 2, valence=0.5)
    page = parse(client.get("/explore/"))
    shown = len(points_of(page))
    assert 10 <= shown <= 30
    assert page.one("p", class_="lead").text.startswith(f"{shown} of 80 tracks, drawn evenly from all of them")
    # Its key alone decides whether a track is shown.
    drawn = {row["pk"] for row in sample_of(Track.objects.all(), "energy", "valence").tracks}
    again = {row["pk"] for row in sample_of(Track.objects.order_by("-title"), "energy", "valence").tracks}
    assert drawn == again
    # Tracks that were added one after the other are not shown together.
    half = sorted(Track.objects.values_list("pk", flat=True))[40]
    assert 5 <= len([key for key in drawn if key < half]) <= 15


def test_the_legend_is_a_table(client: Client) -> None:
    pop, jazz = GenreFactory(name="pop"), GenreFactory(name="jazz")
    for energy in (0.2, 0.4):
        TrackFactory(energy=energy, valence=0.5, genres=[pop])
    TrackFactory(energy=0.9, valence=0.1, genres=[jazz])
    legend = parse(client.get("/explore/?colour=genre")).all("table")[0]
    rows = [[cell.text for cell in row.all("th") + row.all("td")] for row in legend.one("tbody").all("tr")]
    assert rows == [["pop", "2", "0.3", "0.5"], ["jazz", "1", "0.9", "0.1"]]


def test_the_relation_of_two_features_in_words(client: Client) -> None:
    for value in (0.1, 0.5, 0.9):
        TrackFactory(energy=value, valence=value, acousticness=1 - value, liveness=0.5)
    assert "The two rise strongly together (correlation 1.0)." in parse(client.get("/explore/")).text
    falling = parse(client.get("/explore/?y=acousticness")).text
    assert "One falls strongly as the other rises (correlation -1.0)." in falling
    assert "correlation" not in parse(client.get("/explore/?y=liveness")).text


def test_an_empty_plot_leads_on(client: Client) -> None:
    assert "No track matches" in parse(client.get("/explore/")).text
    page = parse(client.get("/explore/?q=none"))
    assert dict(page.links)["explore all tracks"] == "/explore/"


def test_one_track_and_equal_values_can_be_shown(client: Client) -> None:
    TrackFactory(title="Only", energy=1.0, valence=0.0, tempo=120.0)
    for x in ("energy", "tempo"):
        (point,) = points_of(parse(client.get(f"/explore/?x={x}&colour=tempo"))).values()
        assert re.fullmatch(r"[\d.]+", point.attrs["cx"] or "")


def test_decades_are_in_order_and_old_ones_together(client: Client) -> None:
    years = [1931, 1952, 1963, 1974, 1985, 1996, 2007, 2018, None]
    rows = [{"album__release_date": date(year, 5, 1) if year else None} for year in years]
    found = grouped(rows, "decade", {})
    assert found is not None
    later = ["1960s", "1970s", "1980s", "1990s", "2000s", "2010s"]
    assert list(found.names) == ["before 1950", "1950s", *later, "unknown"]
    assert [found.names[place] for place in found.of] == ["before 1950", "1950s", *later, "unknown"]
    TrackFactory(album=AlbumFactory(release_date="1983-01-01", release_precision="year"))
    assert "1980s" in parse(client.get("/explore/?colour=decade")).one("main").text


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([0.03, 0.97], (0.0, 1.0)),
        ([0.0, 1.0], (0.0, 1.0)),
        ([-39.9, 0.6], (-40.0, 10.0)),
        ([60, 180], (50.0, 200.0)),
        ([7.0], (6.0, 8.0)),
        ([], (0.0, 1.0)),
    ],
)
def test_axes_end_at_round_numbers(values: list[float], ends: tuple[float, float]) -> None:
    scale = scatter.across(values)
    assert (scale.low, scale.high) == ends
    assert [scale.place(scale.low), scale.place(scale.high)] == [scale.start, scale.end]
    assert 3 <= len(scale.ticks) <= 8
