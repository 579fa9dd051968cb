"""Recluster jobs in the admin: created, followed, cancelled, listed."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from clusters.core.params import Params
from clusters.jobs import enqueue
from clusters.jobs.heartbeats import record_worker
from clusters.jobs.worker import claim, run
from clusters.models import Collection, ReclusterJob, ReclusterTask, Run
from musicdb.models import Genre
from tests.admin.helpers import editor, listed, messages_of, page_of, run_action
from tests.clusters.jobs.brokers import folder_broker, messages, use
from tests.clusters.jobs.rows import claim_next, make_worker_dead, run_next, stall
from tests.factories import GenreFactory, collections_of, grouped_tracks, runs_of

pytestmark = pytest.mark.django_db
REFRESH = '<noscript><meta http-equiv="refresh" content="{}"></noscript>'
SCRIPT = '<script src="/static/musicdb/progress.js" defer></script>'


@pytest.fixture
def broker(settings: LazySettings, tmp_path: Path) -> Path:
    """Workers are configured, and one is running. Return the folder of their broker."""
    use(settings, folder_broker(tmp_path))
    record_worker("one")
    return tmp_path


def genres_of(*names: str, tracks: int = 8) -> list[Genre]:
    genres = [GenreFactory(name=name) for name in names]
    for genre in genres:
        grouped_tracks(tracks, genres=[genre])
    return genres


def lines(response: Any) -> list[str]:
    """Return the line of each genre on the page, without tags."""
    return [re.sub("<[^>]+>", "", line) for line in re.findall('<li class="[a-z]+">(.*?)</li>', response.text)]


def summary(response: Any) -> str:
    (found,) = re.findall('<p id="summary" data-live role="status" aria-live="polite">(.*?)</p>', response.text)
    return str(found)


class TestCreating:
    def test_selected_genres_are_enqueued_and_their_progress_is_shown(
        self, broker: Path, admin_client: Client, admin_user: User
    ) -> None:
        genres = genres_of("trip hop", "skiffle")
        GenreFactory(name="not selected")
        response = run_action(admin_client, "recluster_selected", genres)

        job = ReclusterJob.objects.get()
        assert (response.status_code, response.url) == (302, page_of(ReclusterJob, "change", job.pk))
        assert job.created_by == admin_user
        assert [task.collection.genre.name for task in job.tasks.all()] == ["skiffle", "trip hop"]
        assert len(messages(broker)) == 2
        assert not Run.objects.exists()
        page = admin_client.get(response.url)
        assert summary(page) == "Waiting for a worker: 0 of 2 collections finished."
        assert lines(page) == ["skiffle: waiting for a worker.", "trip hop: waiting for a worker."]

    def test_without_a_broker_an_error_says_so_and_no_job_is_created(
        self, settings: LazySettings, admin_client: Client, tmp_path: Path
    ) -> None:
        use(settings, f"filesystem://{tmp_path}/nowhere")
        response = run_action(admin_client, "recluster_selected", genres_of("trip hop"))

        ((level, message),) = messages_of(response)
        assert level == "error"
        assert message.startswith("The workers' broker cannot be reached: ")
        assert message.endswith(" Nothing was reclustered.")
        assert not ReclusterJob.objects.exists()
        assert not Run.objects.exists()

    def test_only_those_who_may_add_runs_create_jobs(self, broker: Path) -> None:
        run_action(editor("view_genre", "change_genre", "view_run"), "recluster_selected", genres_of("trip hop"))
        assert not ReclusterJob.objects.exists()
        assert messages(broker) == []


class TestProgress:
    def test_from_the_first_genre_to_the_last(self, broker: Path, admin_client: Client) -> None:
        genres = genres_of("<house>", "jazz", "skiffle")
        Collection.objects.create(genre=genres[1], requires_review=True)
        for track in genres[2].tracks.all()[:3]:
            track.delete()
        job = enqueue(collections_of(genres), Params(clusters=2))
        address = page_of(ReclusterJob, "change", job.pk)
        assert run_next("one")
        claim_next("celery@two")

        page = admin_client.get(address)
        assert summary(page) == "Running: 1 of 3 collections finished (1 published), 1 running."
        assert '<progress id="bar" max="3" value="1" aria-labelledby="summary"></progress>' in page.text
        assert REFRESH.format(2) in page.text
        assert SCRIPT in page.text
        assert lines(page) == [
            "&lt;house&gt;: 8 tracks in 2 clusters, none excluded. Run of &lt;house&gt;",
            "jazz: running on celery@two.",
            "skiffle: waiting for a worker.",
        ]
        assert f'href="{page_of(Run, "change", runs_of(genres[0]).get().pk)}"' in page.text

        stall(ReclusterTask.objects.get(state="running"))
        assert [run(task.pk, "one") for task in job.tasks.claimable()] == [True, True]
        page = admin_client.get(address)
        assert summary(page) == "Finished: 3 of 3 collections finished (1 skipped, 1 waiting for review, 1 published)."
        assert lines(page)[1:] == [
            "jazz: a run waits for your review: look at it. Run of jazz",
            "skiffle: skipped: 5 tracks have all features, and 6 are needed. What visitors see has not changed.",
        ]
        assert reverse("admin:clusters_run_compare", args=[runs_of(genres[1]).get().pk]) in page.text
        assert "http-equiv" not in page.text
        assert SCRIPT not in page.text
        assert "data-refresh-seconds" not in page.text
        assert ">Cancel<" not in page.text

    def test_a_task_whose_worker_stopped_is_stalled(self, broker: Path, admin_client: Client) -> None:
        job = enqueue(collections_of(genres_of("jazz", "skiffle")), Params())
        task = claim_next("one")
        stall(task)
        task.refresh_from_db()

        page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert summary(page) == "Stalled: 0 of 2 collections finished, 1 stalled because a worker stopped."
        assert lines(page)[0] == f"jazz: stalled; its worker sent the last heartbeat at {task.heartbeat_at:%H:%M:%S}."
        assert "The next worker that is free starts the stalled collections again." in page.text
        assert "<code>" not in page.text
        assert REFRESH.format(15) in page.text
        make_worker_dead("one")
        page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert summary(page) == "No worker is running: 0 of 2 collections finished, 1 stalled because a worker stopped."
        assert "Start one with <code>celery -A musicdb worker</code>" in page.text
        assert claim(task.pk, "two") is not None
        page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert lines(page)[0] == "jazz: running on two, attempt 2, because a worker stopped."
        assert "<code>" not in page.text

    @pytest.mark.parametrize("finished", [0, 1])
    def test_without_a_worker_it_says_at_once_how_to_start_one(
        self, broker: Path, admin_client: Client, finished: int
    ) -> None:
        job = enqueue(collections_of(genres_of("jazz", "skiffle")), Params())
        for _ in range(finished):
            assert run_next("one")
        address = page_of(ReclusterJob, "change", job.pk)
        page = admin_client.get(address)
        assert "<code>" not in page.text
        assert REFRESH.format(2) in page.text
        make_worker_dead("one")

        page = admin_client.get(address)
        assert summary(page).startswith(f"No worker is running: {finished} of 2 collections finished")
        assert "<title>Recluster job" in page.text
        assert "no worker is running" in page.text
        assert "Start one with <code>celery -A musicdb worker</code>" in page.text
        assert REFRESH.format(15) in page.text

    def test_a_deleted_genre_is_skipped(self, broker: Path, admin_client: Client) -> None:
        genres = genres_of("jazz")
        job = enqueue(collections_of(genres), Params())
        genres[0].delete()
        assert run_next("one")

        page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert summary(page) == "Finished: 1 of 1 collections finished (1 skipped)."
        assert lines(page) == ["jazz: skipped: it has been deleted. What visitors see has not changed."]

    @pytest.mark.parametrize("genres", [1, 3])
    def test_queries(self, broker: Path, admin_client: Client, django_assert_num_queries: Any, genres: int) -> None:
        job = enqueue(collections_of(genres_of(*map(str, range(genres)))), Params())
        for _ in range(genres):
            run_next("one")
        with django_assert_num_queries(4):  # Session, user, job, tasks with their genres.
            page = admin_client.get(page_of(ReclusterJob, "change", job.pk))
        assert len(lines(page)) == genres

    def test_there_is_no_such_job(self, admin_client: Client) -> None:
        for key in ("7", "x", "9" * 30):
            assert admin_client.get(page_of(ReclusterJob, "change", key)).status_code == 302


class TestCancelling:
    def test_what_waits_does_not_start(self, broker: Path, admin_client: Client) -> None:
        job = enqueue(collections_of(genres_of("jazz", "skiffle")), Params())
        assert run_next("one")
        address = page_of(ReclusterJob, "change", job.pk)
        cancel = page_of(ReclusterJob, "cancel", job.pk)
        assert f'<form id="cancel" class="run-tools" method="post" action="{cancel}">' in admin_client.get(address).text
        assert admin_client.get(cancel).status_code == 405
        response = admin_client.post(cancel)

        assert response.url == address
        assert messages_of(response) == [
            ("success", "Cancelled: 1 collection will not start. Those that are running will finish.")
        ]
        page = admin_client.get(address)
        assert summary(page) == "Cancelled: 1 of 2 collections finished (1 published), 1 not started."
        assert lines(page)[1] == "skiffle: cancelled before it started."
        assert "http-equiv" not in page.text
        assert not run_next("one")
        assert messages_of(admin_client.post(cancel)) == [
            ("info", "Nothing was cancelled: every collection has already started.")
        ]

    def test_only_those_who_may_create_jobs_may_cancel_them(self, broker: Path) -> None:
        job = enqueue(collections_of(genres_of("jazz")), Params())
        reader = editor("view_run")
        page = reader.get(page_of(ReclusterJob, "change", job.pk))
        assert (page.status_code, ">Cancel<" in page.text) == (200, False)
        assert reader.post(page_of(ReclusterJob, "cancel", job.pk)).status_code == 403
        assert ReclusterTask.objects.get().state == "pending"


class TestList:
    @pytest.mark.parametrize("number", [1, 3])
    def test_queries(self, broker: Path, admin_client: Client, django_assert_num_queries: Any, number: int) -> None:
        for name in range(number):
            enqueue(collections_of(genres_of(f"a{name}", f"b{name}")), Params())
        assert run_next("one")
        with django_assert_num_queries(5):  # Session, user, keys, rows; the views of the list.
            page = admin_client.get(page_of(ReclusterJob))
        assert len(listed(page)) == number
        oldest = '<progress max="2" value="1" aria-label="Collections finished"></progress> 1 of 2'
        assert oldest in page.text

    def test_states_and_filter(self, broker: Path, admin_client: Client) -> None:
        done, waits = (enqueue(collections_of(genres_of(name)), Params()) for name in ("jazz", "skiffle"))
        assert run_next("one")
        page = admin_client.get(page_of(ReclusterJob))
        assert re.findall('<td class="field-state">(.*?)</td>', page.text) == ["waiting for a worker", "finished"]
        assert listed(admin_client.get(page_of(ReclusterJob, finished="no"))) == [waits]
        assert listed(admin_client.get(page_of(ReclusterJob, finished="yes"))) == [done]

    def test_jobs_cannot_be_added_or_deleted(self, broker: Path, admin_client: Client) -> None:
        job = enqueue(collections_of(genres_of("jazz")), Params())
        assert admin_client.get(page_of(ReclusterJob, "add")).status_code == 403
        assert admin_client.post(page_of(ReclusterJob, "delete", job.pk), {"post": "yes"}).status_code == 403
        assert ReclusterJob.objects.exists()

    def test_is_not_for_everybody(self, broker: Path) -> None:
        job = enqueue(collections_of(genres_of("jazz")), Params())
        stranger = editor("view_genre")
        for address in (page_of(ReclusterJob), page_of(ReclusterJob, "change", job.pk)):
            assert stranger.get(address).status_code == 403
            assert Client().get(address).status_code == 302
        assert page_of(ReclusterJob) not in stranger.get(reverse("admin:index")).text

    @pytest.mark.parametrize("permission", ["view_run", "add_run"])
    def test_is_for_those_who_may_view_or_add_runs(self, broker: Path, permission: str) -> None:
        job = enqueue(collections_of(genres_of("jazz")), Params())
        client = editor(permission)
        for address in (page_of(ReclusterJob), page_of(ReclusterJob, "change", job.pk)):
            assert client.get(address).status_code == 200


def test_the_first_page_names_unfinished_jobs_above_the_last_runs(
    broker: Path, admin_client: Client, django_assert_num_queries: Any
) -> None:
    job = enqueue(collections_of(genres_of("jazz", "skiffle")), Params())
    assert run_next("one")
    admin_client.get(reverse("admin:index"))
    # Session, user, transfers, imports, at work, runs, those for review, tracks, Django's recent actions.
    with django_assert_num_queries(9):
        page = admin_client.get(reverse("admin:index")).text
    address = page_of(ReclusterJob, "change", job.pk)
    row = f'<a href="{address}">{job}: waiting for a worker</a> <span>1 of 2 collections finished</span>'
    assert page.index(row) < page.index(page_of(Run, "change", Run.objects.get().pk))
    make_worker_dead("one")
    page = admin_client.get(reverse("admin:index")).text
    detail = "1 of 2 collections finished. Start one with celery -A musicdb worker"
    assert f'<a href="{address}">{job}: no worker is running</a> <span>{detail}</span>' in page
    assert run_next("one")
    assert address not in admin_client.get(reverse("admin:index")).text
