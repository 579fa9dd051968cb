"""Reclustering by workers, as the admin asks for it and shows it."""

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clusters.core.params import Params
from clusters.jobs.enqueue import enqueue
from clusters.jobs.worker import claim_next, run_next
from clusters.models import GenreClustering, ReclusterJob, ReclusterTask, Run
from musicdb.models import Genre
from tests.admin.helpers import editor, listed, messages_of, page_of, run_action
from tests.clusters.jobs.brokers import folder_broker, messages, use
from tests.factories import GenreFactory, TrackFactory

pytestmark = pytest.mark.django_db
REFRESH = '<noscript><meta http-equiv="refresh" content="{}"></noscript>'
SCRIPT = '<script src="/static/clusters/progress.js" defer></script>'


@pytest.fixture
def broker(settings: LazySettings, tmp_path: Path) -> Path:
    """Workers are configured, and none is running."""
    use(settings, folder_broker(tmp_path))
    return tmp_path


def genres_of(*names: str, tracks: int = 8) -> list[Genre]:
    genres = [GenreFactory(name=name) for name in names]
    for genre in genres:
        TrackFactory.create_batch(tracks, genres=[genre])
    return genres


def lines(response: Any) -> list[str]:
    """What the page says of each genre, without where its links lead."""
    return [re.sub("<[^>]+>", "", line) for line in re.findall('<li class="[a-z]+">(.*?)</li>', response.text)]


def summary(response: Any) -> str:
    (found,) = re.findall('<p id="summary" role="status" aria-live="polite">(.*?)</p>', response.text)
    return str(found)


def long_ago(**fields: Any) -> dict[str, Any]:
    return dict.fromkeys(fields, timezone.now() - timedelta(hours=1))


class TestAsking:
    def test_selected_genres_are_handed_over_and_their_progress_is_shown(
        self, broker: Path, admin_client: Client, admin_user: User
    ) -> None:
        genres = genres_of("trip hop", "skiffle")
        GenreFactory(name="not selected")
        response = run_action(admin_client, "recluster_selected", genres)

        job = ReclusterJob.objects.get()
        assert (response.status_code, response.url) == (302, page_of(ReclusterJob, "change", job.pk))
        assert job.created_by == admin_user
        assert [task.genre.name for task in job.tasks.all()] == ["skiffle", "trip hop"]
        assert messages(broker) == 2
        assert not Run.objects.exists()
        page = admin_client.get(response.url)
        assert summary(page) == "Waits for a worker: 0 of 2 genres done."
        assert lines(page) == ["skiffle: waits for a worker.", "trip hop: waits for a worker."]

    def test_without_a_broker_an_error_says_so_and_nothing_waits(
        self, settings: LazySettings, admin_client: Client, tmp_path: Path
    ) -> None:
        use(settings, f"filesystem://{tmp_path}/nowhere")
        response = run_action(admin_client, "recluster_selected", genres_of("trip hop"))

        ((level, message),) = messages_of(response)
        assert level == "error"
        assert message.startswith("The workers' broker cannot be reached: ")
        assert message.endswith(" Nothing was reclustered, and nothing waits.")
        assert not ReclusterJob.objects.exists()
        assert not Run.objects.exists()

    def test_only_who_may_add_runs_asks(self, broker: Path) -> None:
        run_action(editor("view_genre", "change_genre", "view_run"), "recluster_selected", genres_of("trip hop"))
        assert not ReclusterJob.objects.exists()
        assert messages(broker) == 0


class TestProgress:
    def test_from_the_first_genre_to_the_last(self, broker: Path, admin_client: Client) -> None:
        genres = genres_of("<house>", "jazz", "skiffle")
        GenreClustering.objects.create(genre=genres[1], requires_review=True)
        for track in genres[2].tracks.all()[:3]:
            track.delete()
        job = enqueue(genres, Params(clusters=2))
        address = page_of(ReclusterJob, "change", job.pk)
        assert run_next("one")
        assert claim_next("celery@two") is not None

        page = admin_client.get(address)
        assert summary(page) == "At work: 1 of 3 genres done (1 published), 1 being worked on."
        assert '<progress id="bar" max="3" value="1" aria-labelledby="summary"></progress>' in page.text
        assert REFRESH.format(2) in page.text
        assert SCRIPT in page.text
        assert lines(page) == [
            "&lt;house&gt;: 8 tracks in 2 clusters, none left out. Run of &lt;house&gt;",
            "jazz: being worked on by celery@two.",
            "skiffle: waits for a worker.",
        ]
        assert f'href="{page_of(Run, "change", genres[0].runs.get().pk)}"' in page.text

        ReclusterTask.objects.filter(state="running").update(state="pending")
        assert [run_next("one"), run_next("one")] == [True, True]
        page = admin_client.get(address)
        assert summary(page) == "Done: 3 of 3 genres done (1 skipped, 1 waiting for review, 1 published)."
        assert lines(page)[1:] == [
            "jazz: a run waits for your review: look at it. Run of jazz",
            "skiffle: skipped: 5 tracks have all features, and 6 are needed. What visitors see has not changed.",
        ]
        assert reverse("admin:clusters_run_compare", args=[genres[1].runs.get().pk]) in page.text
        assert "http-equiv" not in page.text
        assert SCRIPT not in page.text
        assert "data-refresh-seconds" not in page.text
        assert ">Cancel<" not in page.text

    def test_a_worker_that_stopped_is_not_at_work(self, broker: Path, admin_client: Client) -> None:
        job = enqueue(genres_of("jazz", "skiffle"), Params())
        assert claim_next("one") is not None
        ReclusterTask.objects.filter(state="running").update(**long_ago(heartbeat_at=True))
        heartbeat_at = ReclusterTask.objects.get(state="running").heartbeat_at

        page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert summary(page) == "The worker stopped: 0 of 2 genres done, 1 left by a worker that stopped."
        assert lines(page)[0] == f"jazz: the worker stopped; nothing was heard of it after {heartbeat_at:%H:%M:%S}."
        assert "The next worker that is free takes it up." in page.text
        assert "<code>celery -A musicdb worker</code>" in page.text
        assert REFRESH.format(15) in page.text
        assert claim_next("two") is not None
        page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert lines(page)[0] == "jazz: being worked on by two, again, since a worker stopped."
        assert "<code>" not in page.text

    @pytest.mark.parametrize("finished", [0, 1])
    def test_where_no_worker_comes_it_says_how_to_start_one(
        self, broker: Path, admin_client: Client, finished: int
    ) -> None:
        job = enqueue(genres_of("jazz", "skiffle"), Params())
        for _ in range(finished):
            assert run_next("one")
        address = page_of(ReclusterJob, "change", job.pk)
        assert "<code>" not in admin_client.get(address).text
        ReclusterJob.objects.update(**long_ago(created_at=True))
        ReclusterTask.objects.filter(state="finished").update(**long_ago(finished_at=True))

        page = admin_client.get(address)
        assert summary(page).startswith(f"Waits for a worker: {finished} of 2 genres done")
        assert "No worker has been heard of for a while." in page.text
        assert "<code>celery -A musicdb worker</code>" in page.text

    def test_a_failure_and_a_deleted_genre(self, broker: Path, admin_client: Client) -> None:
        genres = genres_of("jazz")
        job = enqueue(genres, Params())
        genres[0].delete()
        assert run_next("one")

        page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert summary(page) == "Done, but not all of it: 1 of 1 genres done (1 failed)."
        assert lines(page) == [
            "jazz: failed: the genre was deleted before its task. What visitors see has not changed."
        ]

    @pytest.mark.parametrize("genres", [1, 3])
    def test_queries(self, broker: Path, admin_client: Client, django_assert_num_queries: Any, genres: int) -> None:
        job = enqueue(genres_of(*map(str, range(genres))), Params())
        for _ in range(genres):
            run_next("one")
        with django_assert_num_queries(4):  # Session, user, job, tasks with their genres.
            page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert len(lines(page)) == genres

    def test_there_is_no_such_one(self, admin_client: Client) -> None:
        for key in ("7", "x", "9" * 30):
            assert admin_client.get(page_of(ReclusterJob, "change", key)).status_code == 302


class TestStopping:
    def test_what_waits_is_not_begun(self, broker: Path, admin_client: Client) -> None:
        job = enqueue(genres_of("jazz", "skiffle"), Params())
        assert run_next("one")
        address = page_of(ReclusterJob, "change", job.pk)
        cancel = page_of(ReclusterJob, "cancel", job.pk)
        assert f'<form id="cancel" class="run-tools" method="post" action="{cancel}">' in admin_client.get(address).text
        assert admin_client.get(cancel).status_code == 405
        response = admin_client.post(cancel)

        assert response.url == address
        assert messages_of(response) == [
            ("success", "Stopped: 1 of its genres will not be begun. What was begun is finished.")
        ]
        page = admin_client.get(address)
        assert summary(page) == "Stopped: 1 of 2 genres done (1 published), 1 not begun."
        assert lines(page)[1] == "skiffle: not begun, since this was stopped."
        assert "http-equiv" not in page.text
        assert not run_next("one")
        assert messages_of(admin_client.post(cancel)) == [
            ("info", "There was nothing left to cancel: every genre was begun.")
        ]

    def test_only_who_may_ask_may_stop(self, broker: Path) -> None:
        job = enqueue(genres_of("jazz"), Params())
        reader = editor("view_run")
        page = reader.get(page_of(ReclusterJob, "change", job.pk))
        assert (page.status_code, ">Cancel<" in page.text) == (200, False)
        assert reader.post(page_of(ReclusterJob, "cancel", job.pk)).status_code == 403
        assert ReclusterTask.objects.get().state == "pending"


class TestList:
    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, broker: Path, admin_client: Client, django_assert_num_queries: Any, number: int) -> None:
        for name in range(number):
            enqueue(genres_of(f"a{name}", f"b{name}"), Params())
        assert run_next("one")
        with django_assert_num_queries(5):  # Session, user, keys, rows; the views of the list.
            page = admin_client.get(page_of(ReclusterJob))
        assert len(listed(page)) == number
        oldest = '<progress max="2" value="1" aria-label="Genres done"></progress> 1 of 2'
        assert oldest in page.text

    def test_states_and_filter(self, broker: Path, admin_client: Client) -> None:
        done, waits = (enqueue(genres_of(name), Params()) for name in ("jazz", "skiffle"))
        assert run_next("one")
        page = admin_client.get(page_of(ReclusterJob))
        assert re.findall('<td class="field-state">(.*?)</td>', page.text) == ["waits for a worker", "done"]
        assert listed(admin_client.get(page_of(ReclusterJob, over="no"))) == [waits]
        assert listed(admin_client.get(page_of(ReclusterJob, over="yes"))) == [done]

    def test_it_is_to_read(self, broker: Path, admin_client: Client) -> None:
        job = enqueue(genres_of("jazz"), Params())
        assert admin_client.get(page_of(ReclusterJob, "add")).status_code == 403
        assert admin_client.post(page_of(ReclusterJob, "delete", job.pk), {"post": "yes"}).status_code == 403
        assert ReclusterJob.objects.exists()

    def test_not_for_everybody(self, broker: Path) -> None:
        job = enqueue(genres_of("jazz"), Params())
        stranger = editor("view_genre")
        for address in (page_of(ReclusterJob), page_of(ReclusterJob, "change", job.pk)):
            assert stranger.get(address).status_code == 403
            assert Client().get(address).status_code == 302
        assert page_of(ReclusterJob) not in stranger.get(reverse("admin:index")).text

    @pytest.mark.parametrize("permission", ["view_run", "add_run"])
    def test_for_who_may_see_or_add_runs(self, broker: Path, permission: str) -> None:
        job = enqueue(genres_of("jazz"), Params())
        client = editor(permission)
        for address in (page_of(ReclusterJob), page_of(ReclusterJob, "change", job.pk)):
            assert client.get(address).status_code == 200


def test_the_first_page_names_those_at_work_above_the_last_runs(
    broker: Path, admin_client: Client, django_assert_num_queries: Any
) -> None:
    job = enqueue(genres_of("jazz", "skiffle"), Params())
    assert run_next("one")
    admin_client.get(reverse("admin:index"))
    with django_assert_num_queries(6):  # Session, user, imports, at work, runs, and Django's own recent actions.
        page = admin_client.get(reverse("admin:index")).text
    address = page_of(ReclusterJob, "change", job.pk)
    row = f'<a href="{address}">{job}: waits for a worker</a> <span>1 of 2 genres done</span>'
    assert page.index(row) < page.index(page_of(Run, "change", Run.objects.get().pk))
    assert run_next("one")
    assert address not in admin_client.get(reverse("admin:index")).text
