"""Runs that wait for review are announced to those who may publish them."""

import pytest
from django.test import Client
from django.urls import reverse

from clusters.models import Run
from clusters.runs import publish
from tests.admin.helpers import editor, listed, page_of
from tests.clusters.test_recluster_command import recluster
from tests.factories import GenreFactory, clustered_genre, numbered_tracks, stored_run, three_runs
from tests.pages.html import Node, parse

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")
WAITING = page_of(Run, state="waiting")


@pytest.fixture
def waiting() -> Run:
    """The third run of a genre. The first is earlier than the published one."""
    genre = GenreFactory(name="korean pop")
    return three_runs(genre, numbered_tracks(genre))[-1]


def panel(client: Client) -> Node | None:
    panels = parse(client.get(INDEX)).all("section", class_="module")
    return next((one for one in panels if one.one("h2").text.startswith("Runs that wait for review")), None)


def test_the_first_page_leads_to_each_of_them(admin_client: Client, waiting: Run) -> None:
    shown = panel(admin_client)
    assert shown is not None
    assert shown.one("h2").text == "Runs that wait for review (1)"
    assert shown.links == [
        ("korean pop", reverse("admin:clusters_run_compare", args=[waiting.pk])),
        ("Show all", WAITING),
    ]
    assert listed(admin_client.get(WAITING)) == [waiting]


def test_the_panel_comes_first_and_counts_more_than_it_shows(admin_client: Client) -> None:
    for number in range(7):
        genre = GenreFactory(name=f"genre {number}")
        stored_run(genre, {1: numbered_tracks(genre)})
    first = parse(admin_client.get(INDEX)).one("div", class_="dashboard-panels").all("section")[0]
    assert first.one("h2").text == "Runs that wait for review (7)"
    assert len(first.links) == 6


def test_without_any_nothing_is_announced(admin_client: Client, waiting: Run) -> None:
    publish(waiting)
    assert panel(admin_client) is None
    assert "for review. Compare" not in admin_client.get(page_of(Run)).text


def test_who_may_only_view_runs_is_not_asked(waiting: Run) -> None:
    client = editor("view_run")
    assert panel(client) is None
    assert "for review. Compare" not in client.get(page_of(Run)).text


def test_the_list_of_runs_says_so(waiting: Run) -> None:
    client = editor("view_run", "change_run")
    note = parse(client.get(page_of(Run))).one("p", class_="waiting-runs")
    assert note.text == ("1 run waits for review. Compare it with what visitors see now, then publish or delete it.")
    assert note.links == [("1 run", WAITING)]
    assert not parse(client.get(WAITING)).all("p", class_="waiting-runs")


@pytest.mark.parametrize("arguments", [[], ["--json"], ["--dry-run"]])
def test_recluster_says_so(waiting: Run, arguments: list[str]) -> None:
    other, _ = clustered_genre(tracks=6)
    lines = recluster(other.slug, "--jobs", "1", *arguments).splitlines()
    note = f"1 run waits for review, and visitors see none of that until somebody publishes it: {WAITING}"
    assert lines[1:] == ([] if arguments else [note])


def test_recluster_says_nothing_where_none_waits(waiting: Run) -> None:
    assert len(recluster(waiting.collection.genre.slug, "--jobs", "1", "--force").splitlines()) == 1
