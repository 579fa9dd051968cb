"""Runs in the admin: compared, published, withdrawn, gone back to, deleted with their plots."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.storage import default_storage
from django.test import Client
from django.urls import reverse

from clusters.admin import runs as admin_runs
from clusters.models import Collection, Run
from clusters.runs import publish, remove
from musicdb.models import Genre, Track
from tests.admin.helpers import alias_rows, editor, listed, messages_of, page_of, run_action
from tests.factories import GenreFactory, TrackFactory, numbered_tracks, stored_run, three_runs
from tests.pages.html import parse

pytestmark = pytest.mark.django_db


@pytest.fixture
def genre() -> Genre:
    return GenreFactory(name="korean pop")


@pytest.fixture
def tracks(genre: Genre) -> list[Track]:
    return numbered_tracks(genre)


@pytest.fixture
def runs(genre: Genre, tracks: list[Track]) -> list[Run]:
    return three_runs(genre, tracks)


def address(what: str, run: Run, **query: object) -> str:
    return reverse(f"admin:clusters_run_{what}", args=[run.pk], query=query)


def published() -> list[Run]:
    return list(Run.objects.published())


class TestPublishing:
    def test_a_run_that_waits_is_published_from_its_page(self, admin_client: Client, runs: list[Run]) -> None:
        page = admin_client.get(address("change", runs[2])).text
        assert "Waits for review: visitors do not see it until somebody publishes it." in page
        assert "Publish this run" in page
        response = admin_client.post(address("publish", runs[2]))

        assert response.url == address("change", runs[2])
        assert published() == [runs[2]]
        assert messages_of(response)[0][0] == "success"
        assert LogEntry.objects.get().get_change_message() == f"Published in place of {runs[1]}."
        assert "Unpublish" in admin_client.get(address("change", runs[2])).text

    def test_one_goes_back_to_an_earlier_run(self, admin_client: Client, runs: list[Run]) -> None:
        assert "Go back to this run" in admin_client.get(address("change", runs[0])).text
        admin_client.post(address("publish", runs[0]))

        assert published() == [runs[0]]

    def test_and_takes_one_from_the_site(self, admin_client: Client, client: Client, runs: list[Run]) -> None:
        admin_client.post(address("unpublish", runs[1]))

        assert published() == []
        assert LogEntry.objects.get().get_change_message() == "Unpublished."
        assert client.get("/genres/korean-pop/clusters/").status_code == 404

    def test_what_is_so_already_is_said_and_not_logged(self, admin_client: Client, runs: list[Run]) -> None:
        already = admin_client.post(address("publish", runs[1]))
        assert [level for level, _ in messages_of(already)] == ["info"]
        not_at_all = admin_client.post(address("unpublish", runs[0]))
        assert [level for level, _ in messages_of(not_at_all)] == ["info"]
        assert not LogEntry.objects.exists()

    @pytest.mark.parametrize("what", ["publish", "unpublish"])
    def test_by_a_form_only(self, admin_client: Client, runs: list[Run], what: str) -> None:
        assert admin_client.get(address(what, runs[1])).status_code == 405
        assert published() == [runs[1]]
        assert Client(enforce_csrf_checks=True).post(address(what, runs[1])).status_code in (302, 403)

    @pytest.mark.parametrize("what", ["publish", "unpublish"])
    def test_not_without_the_right_to(self, runs: list[Run], what: str) -> None:
        reader = editor("view_run")
        page = reader.get(address("change", runs[0])).text
        assert "Earlier: another run has replaced it" in page

        assert "Go back to this run" not in page
        assert reader.post(address(what, runs[0])).status_code == 403
        assert published() == [runs[1]]

    def test_the_right_to_publish_is_no_right_to_edit(self, runs: list[Run]) -> None:
        curator = editor("view_run", "change_run")
        curator.post(address("publish", runs[0]))
        assert published() == [runs[0]]
        curator.post(address("change", runs[0]), {"seed": 9})
        assert Run.objects.get(pk=runs[0].pk).seed == 0

    def test_a_run_that_is_not_there(self, admin_client: Client) -> None:
        assert admin_client.post(reverse("admin:clusters_run_publish", args=[999_999_999])).status_code == 404

    @pytest.mark.parametrize("what", ["publish_selected", "unpublish_selected"])
    def test_a_genre_that_is_deleted_meanwhile(
        self, admin_client: Client, runs: list[Run], what: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        name = what.removesuffix("_selected")
        original = getattr(admin_runs, name)

        def too_late(run: Run) -> bool:
            Genre.objects.filter(pk=run.collection.genre_id).delete()
            return bool(original(run))

        monkeypatch.setattr(admin_runs, name, too_late)
        response = run_action(admin_client, what, [runs[0]])

        assert messages_of(response) == [("warning", f"Run {runs[0].pk} has been deleted in the meantime.")]

    def test_a_run_that_is_removed_meanwhile(
        self, admin_client: Client, runs: list[Run], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        old, *_ = [run for run in runs if not run.is_published]

        def too_late(run: Run) -> bool:
            assert remove([run]) == 1
            return publish(run)

        monkeypatch.setattr(admin_runs, "publish", too_late)
        response = run_action(admin_client, "publish_selected", [old])

        assert messages_of(response) == [("warning", f"Run {old.pk} has been deleted in the meantime.")]
        assert set(Run.objects.all()) == {run for run in runs if run != old}

    def test_many_from_the_list_but_one_of_a_genre(self, admin_client: Client, runs: list[Run]) -> None:
        other = stored_run(GenreFactory(), {1: [TrackFactory()]})
        page = page_of(Run)
        both = admin_client.post(page, {"action": "publish_selected", "_selected_action": [runs[0].pk, runs[2].pk]})
        assert messages_of(both) == [("error", "Select only one run of each collection to publish.")]
        admin_client.post(page, {"action": "publish_selected", "_selected_action": [runs[2].pk, other.pk]})
        assert set(published()) == {runs[2], other}
        admin_client.post(page, {"action": "unpublish_selected", "_selected_action": [runs[2].pk, other.pk]})
        assert published() == []


class TestList:
    def test_states_are_shown_and_filtered_by(self, admin_client: Client, runs: list[Run]) -> None:
        text = admin_client.get(page_of(Run)).text
        for state in ("published", "waits for review", "earlier"):
            assert f'<td class="field-state">{state}</td>' in text
        for state, run in zip(("earlier", "published", "waiting"), runs, strict=True):
            assert listed(admin_client.get(page_of(Run, state=state))) == [run]
        assert len(listed(admin_client.get(page_of(Run, state="nonsense")))) == 3


class TestDeleting:
    @staticmethod
    def files() -> set[str]:
        root = Path(default_storage.location)
        return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}

    def test_its_plots_go_with_it(self, admin_client: Client, runs: list[Run]) -> None:
        admin_client.post(address("delete", runs[0]), {"post": "yes"})

        assert set(Run.objects.all()) == set(runs[1:])
        assert self.files() == {name for run in runs[1:] for name in (run.plot_png.name, run.plot_svg.name)}

    def test_several_at_once(self, admin_client: Client, runs: list[Run]) -> None:
        selected = {"action": "delete_selected", "_selected_action": [runs[0].pk, runs[2].pk], "post": "yes"}
        admin_client.post(page_of(Run), selected)

        assert list(Run.objects.all()) == [runs[1]]
        assert len(self.files()) == 2


class TestComparing:
    def test_a_run_is_compared_with_the_published_one(
        self, admin_client: Client, runs: list[Run], tracks: list[Track]
    ) -> None:
        response = admin_client.get(address("compare", runs[0]))
        text = " ".join(response.text.split())

        assert (response.context["compared"].old, response.context["compared"].new) == (runs[0], runs[1])
        assert "9 tracks stayed in their cluster, 3 moved, 0 came, 0 left." in text
        assert "Cluster #2 split into #2 (5 tracks) and #3 (3 tracks)." in text
        assert "Cluster #3 is new." in text
        assert "<td>#2</td><td>#3</td><td>3 moved</td>" in text
        link = f'<a href="{page_of(Track, "change", tracks[9].pk)}"><bdi>Track 09</bdi></a>'
        assert f"{link}</th><td><bdi>Artist 09</bdi></td>" in text

    def test_or_with_any_other_of_its_genre(self, admin_client: Client, runs: list[Run]) -> None:
        response = admin_client.get(address("compare", runs[0], **{"with": runs[2].pk}))

        assert (response.context["compared"].old, response.context["compared"].new) == (runs[0], runs[2])
        assert f'<option value="{runs[2].pk}" selected>' in response.text

    @pytest.mark.parametrize("asked", ["999999999", "x", "²", "-1", "9" * 30])
    def test_not_with_one_that_is_not_there(self, admin_client: Client, runs: list[Run], asked: str) -> None:
        assert admin_client.get(address("compare", runs[0], **{"with": asked})).status_code == 404

    def test_one_of_another_genre_is_refused_in_words(self, admin_client: Client, runs: list[Run]) -> None:
        other = stored_run(GenreFactory(), {1: [TrackFactory()]})
        response = admin_client.get(address("compare", runs[0], **{"with": other.pk}))

        assert "Choose two runs of the same one." in response.text

    def test_the_only_run_says_so(self, admin_client: Client, genre: Genre, tracks: list[Track]) -> None:
        run = stored_run(genre, {1: tracks})

        assert "This is the only run of korean pop" in admin_client.get(address("compare", run)).text

    def test_from_the_list(self, admin_client: Client, runs: list[Run]) -> None:
        selected = {"action": "compare_selected", "_selected_action": [runs[2].pk, runs[0].pk]}
        assert admin_client.post(page_of(Run), selected).url == address("compare", runs[2], **{"with": runs[0].pk})
        three = {"action": "compare_selected", "_selected_action": [run.pk for run in runs]}
        refused = admin_client.post(page_of(Run), three)
        assert messages_of(refused) == [("error", "Select two runs of the same collection to compare them.")]

    def test_not_without_the_right_to(self, runs: list[Run]) -> None:
        assert editor("view_track").get(address("compare", runs[0])).status_code == 403

    @pytest.mark.parametrize("moved", [1, 3])
    def test_as_many_queries_for_many_tracks_as_for_few(
        self,
        admin_client: Client,
        genre: Genre,
        tracks: list[Track],
        moved: int,
        django_assert_num_queries: Callable,
    ) -> None:
        old = stored_run(genre, {1: tracks[:6], 2: tracks[6:]}, is_published=True)
        new = stored_run(genre, {1: tracks[moved:6], 2: [*tracks[6:], *tracks[:moved]]})
        # Session, user; the run, the other one; each one's places; the other runs; who moved: how many, which, their
        # artists.
        with django_assert_num_queries(10):
            response = admin_client.get(address("compare", new))
        assert response.context["moved"].paginator.count == moved
        assert response.context["compared"].old == old


def test_whether_runs_wait_is_set_with_the_genre(admin_client: Client, genre: Genre) -> None:
    page = page_of(Genre, "change", genre.pk)
    form = {
        "name": "korean pop",
        "description": "",
        "collection-TOTAL_FORMS": 1,
        "collection-INITIAL_FORMS": 0,
        "collection-0-genre": genre.pk,
        "collection-0-requires_review": "on",
        **alias_rows(),
    }
    admin_client.post(page, form)

    assert Collection.objects.get().requires_review
    assert listed(admin_client.get(page_of(Genre, collection__requires_review__exact=1))) == [genre]
    for client in (admin_client, editor("view_genre", "view_collection")):
        assert parse(client.get(page)).one("h2", id="collection-heading").text == "Clusters"
