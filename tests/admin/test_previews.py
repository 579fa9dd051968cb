"""The preview of numbers of clusters: who sees it, what it says, and what is published from it."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client

from clusters.core.params import Params
from clusters.jobs.heartbeats import record_worker
from clusters.models import Collection, Preview, PreviewPlot, ReclusterJob, ReclusterTask, Run
from clusters.runs import Options, preview, previews, recluster
from musicdb.models import Genre
from tests.admin.helpers import editor, messages_of, page_of, run_action
from tests.clusters.jobs.brokers import folder_broker, messages, use
from tests.clusters.jobs.rows import run_next
from tests.clusters.runs.helpers import files
from tests.factories import GenreFactory, TrackFactory, clustered_genre, grouped_tracks

pytestmark = pytest.mark.django_db


@pytest.fixture
def collection() -> Collection:
    """Of a genre of 48 tracks in four clear groups, which is published in two clusters."""
    genre, _ = clustered_genre(tracks=48, clusters=2, groups=4, name="dub")
    preview(genre.collection, Params())
    return Collection.objects.get()


@pytest.fixture
def broker(settings: LazySettings, tmp_path: Path) -> Path:
    use(settings, folder_broker(tmp_path))
    record_worker("one")
    return tmp_path


def page(collection: Collection) -> str:
    return page_of(Collection, "preview", collection.pk)


def publish(client: Client, collection: Collection, clusters: str) -> Any:
    return client.post(page_of(Collection, "preview_publish", collection.pk), {"clusters": clusters})


class TestPage:
    def test_it_says_what_each_number_would_be(self, admin_client: Client, collection: Collection) -> None:
        response = admin_client.get(page(collection))
        assert "Preview numbers of clusters: Dub" in response.text
        assert "The data choose 4 clusters" in response.text
        found = {each.found["clusters"]: each for each in response.context["cards"]}
        assert list(found) == list(range(2, 11))
        assert found[2].labels == ("published",)
        assert found[4].labels == ("chosen by the data",)
        assert [each["size"] for each in found[4].found["summaries"]] == [12, 12, 12, 12]
        assert found[2].found["moved"] == 0
        assert found[4].found["moved"] == 24
        assert "24 tracks (50&nbsp;%)" in response.text
        assert "Publish 4 clusters" in response.text
        assert "Keep 2 clusters" in response.text

    def test_a_number_that_is_impossible_says_why_and_cannot_be_published(
        self, admin_client: Client, collection: Collection
    ) -> None:
        stored = Preview.objects.get()
        (impossible,) = [number["clusters"] for number in stored.numbers if number["reason"]][:1] or (None,)
        if impossible is None:
            stored.numbers[-1] = {**stored.numbers[-1], "reason": "1 of 10 clusters would have only 2 of 48 tracks"}
            stored.save()
            impossible = 10
        response = admin_client.get(page(collection))
        assert "Not possible: " in response.text
        assert f"Publish {impossible} clusters" not in response.text
        answer = publish(admin_client, collection, str(impossible))
        assert messages_of(answer) == [("error", "This number of clusters is not possible. Nothing has changed.")]
        assert Collection.objects.get().clusters is None
        assert Run.objects.count() == 1

    def test_tracks_that_changed_put_it_out_of_date_until_it_is_computed_again(
        self, admin_client: Client, collection: Collection
    ) -> None:
        assert "Out of date" not in admin_client.get(page(collection)).text
        TrackFactory(genres=[collection.genre])
        response = admin_client.get(page(collection))
        assert "Out of date" in response.text
        assert "Publish 4 clusters" not in response.text
        assert messages_of(publish(admin_client, collection, "4"))[0][1].endswith("Nothing has changed.")
        assert Collection.objects.get().clusters is None
        admin_client.post(page_of(Collection, "preview_compute", collection.pk))
        assert "Out of date" not in admin_client.get(page(collection)).text
        assert Preview.objects.get().track_count == 49

    def test_its_pictures_are_for_those_who_see_the_page(self, admin_client: Client, collection: Collection) -> None:
        (picture, *_) = re.findall(r'<img src="([^"]+)"', admin_client.get(page(collection)).text)
        response = admin_client.get(picture)
        assert (response.headers["Content-Type"], response.content[:4]) == ("image/png", b"\x89PNG")
        assert "private" in response.headers["Cache-Control"]
        assert Client().get(picture).status_code == 302
        assert editor("view_collection", "change_collection", "view_run").get(picture).status_code == 403
        assert len([name for name in files() if name.startswith("plots/")]) == 2  # Those of the run, for everybody.

    def test_its_queries_are_as_many_as_before(
        self, admin_client: Client, collection: Collection, django_assert_num_queries: Any
    ) -> None:
        # session, user, collection, preview with its run, published run, newest task, hash of the tracks
        with django_assert_num_queries(7):
            admin_client.get(page(collection))

    def test_it_goes_with_its_collection(self, collection: Collection) -> None:
        collection.genre.delete()
        assert not Preview.objects.exists()
        assert not PreviewPlot.objects.exists()


class TestPublishing:
    @pytest.mark.parametrize("clusters", [3, 4])
    def test_what_is_published_is_what_was_shown(
        self, admin_client: Client, collection: Collection, clusters: int
    ) -> None:
        shown = Preview.objects.get().numbers[clusters - 2]
        assert publish(admin_client, collection, str(clusters)).url == page(collection)
        run = Run.objects.published().get()
        found = [
            {"number": each.number, "size": each.size, "description": each.description}
            for each in run.clusters.order_by("number")
        ]
        assert found == shown["summaries"]
        assert run.silhouette == shown["silhouette"]

    def test_a_plain_run_does_not_undo_it(self, admin_client: Client, collection: Collection) -> None:
        publish(admin_client, collection, "3")
        collection = Collection.objects.get()
        assert collection.clusters == 3
        (outcome,) = recluster([collection], Params(), Options())
        assert outcome.status == "unchanged"
        TrackFactory(genres=[collection.genre], group=(0, 4))
        recluster([collection], Params(), Options())
        assert Run.objects.published().get().cluster_count == 3

    def test_the_data_choose_again(self, admin_client: Client, collection: Collection) -> None:
        publish(admin_client, collection, "3")
        assert "Let the data choose" in admin_client.get(page(collection)).text
        publish(admin_client, collection, "")
        assert Collection.objects.get().clusters is None
        assert Run.objects.published().get().cluster_count == 4

    def test_a_run_that_waits_for_review_is_not_published(self, admin_client: Client, collection: Collection) -> None:
        Collection.objects.update(requires_review=True)
        assert "Recluster into 4" in admin_client.get(page(collection)).text
        publish(admin_client, collection, "4")
        assert Run.objects.published().get().cluster_count == 2
        assert Run.objects.waiting().get().cluster_count == 4

    def test_after_it_the_page_says_that_another_run_is_published(
        self, admin_client: Client, collection: Collection
    ) -> None:
        publish(admin_client, collection, "4")
        response = admin_client.get(page(collection))
        assert "Another run is published than when this was computed." in response.text
        assert "Keep 4 clusters" not in response.text

    def test_without_a_broker_the_setting_stays_as_it_was(
        self, admin_client: Client, collection: Collection, settings: LazySettings, tmp_path: Path
    ) -> None:
        use(settings, f"filesystem://{tmp_path}/nowhere")
        ((level, text),) = messages_of(publish(admin_client, collection, "4"))
        assert (level, text.endswith("Nothing was reclustered.")) == ("error", True)
        assert Collection.objects.get().clusters is None

    @pytest.mark.parametrize("asked", ["1", "11", "x", "-2", "²"])
    def test_a_number_that_was_not_shown_is_refused(
        self, admin_client: Client, collection: Collection, asked: str
    ) -> None:
        assert messages_of(publish(admin_client, collection, asked))[0][0] == "error"
        assert Run.objects.count() == 1


class TestPermissions:
    def test_only_those_who_may_recluster_see_it(self, collection: Collection) -> None:
        reader = editor("view_collection", "change_collection", "view_genre", "view_run")
        for view in ("preview", "preview_compute", "preview_publish"):
            address = page_of(Collection, view, collection.pk)
            send = reader.get if view == "preview" else reader.post
            assert send(address).status_code == 403
        assert page(collection) not in reader.get(page_of(Collection, "change", collection.pk)).text
        assert page(collection) not in reader.get(page_of(Collection)).text

    def test_those_who_may_not_change_settings_look_only(self, collection: Collection) -> None:
        runner = editor("view_collection", "add_run")
        response = runner.get(page(collection))
        assert "Only those who may change the settings of collections" in response.text
        assert "Publish 4 clusters" not in response.text
        assert publish(runner, collection, "4").status_code == 403
        assert Run.objects.count() == 1

    def test_a_link_changes_nothing(self, admin_client: Client, collection: Collection) -> None:
        for view in ("preview_compute", "preview_publish"):
            assert admin_client.get(page_of(Collection, view, collection.pk)).status_code == 405


class TestComputing:
    def test_it_is_linked_from_the_form_the_list_and_the_action(
        self, admin_client: Client, collection: Collection
    ) -> None:
        assert page(collection) in admin_client.get(page_of(Collection, "change", collection.pk)).text
        assert page(collection) in admin_client.get(page_of(Collection)).text
        assert run_action(admin_client, "preview_selected", [collection.genre]).url == page(collection)

    def test_it_is_of_one_collection(self, admin_client: Client) -> None:
        genres = [GenreFactory(), GenreFactory()]
        expected = [("error", "Select only one row to preview its numbers of clusters.")]
        assert messages_of(run_action(admin_client, "preview_selected", genres)) == expected

    def test_too_few_tracks_are_a_message(self, admin_client: Client) -> None:
        grouped_tracks(4, genres=[GenreFactory(name="dub")])
        collection = Collection.objects.of(Genre.objects.get())
        assert "No preview of" in admin_client.get(page(collection)).text
        answer = admin_client.post(page_of(Collection, "preview_compute", collection.pk))
        (level, text), _ = messages_of(answer)
        assert level == "warning"
        assert "skipped: " in text
        assert "6 are needed" in text
        assert not Preview.objects.exists()

    def test_what_fails_is_a_message_and_loses_nothing(
        self, admin_client: Client, collection: Collection, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(*_: Any) -> None:
            raise MemoryError("too much")

        monkeypatch.setattr(previews, "computed_preview", fail)
        answer = admin_client.post(page_of(Collection, "preview_compute", collection.pk))
        (level, text), _ = messages_of(answer)
        assert level == "error"
        assert "MemoryError: too much" in text
        assert Preview.objects.exists()


class TestJobs:
    def test_workers_compute_it_and_the_job_leads_to_it(
        self, admin_client: Client, collection: Collection, broker: Path
    ) -> None:
        compute = page_of(Collection, "preview_compute", collection.pk)
        before = Preview.objects.get().pk
        progress = admin_client.post(compute).url
        job = ReclusterJob.objects.get()
        assert progress == page_of(ReclusterJob, "change", job.pk)
        assert f"Preview job {job.pk}" in admin_client.get(progress).text
        assert "A preview is on its way" in admin_client.get(page(collection)).text
        # A second press leads to the same job.
        assert admin_client.post(compute).url == progress
        assert len(messages(broker)) == 1

        assert run_next("one")
        response = admin_client.get(progress)
        assert "Finished: 1 of 1 collections finished (1 previewed)." in response.text
        assert page(collection) in response.text
        assert "A preview is on its way" not in admin_client.get(page(collection)).text
        assert Preview.objects.get().pk != before
        assert Run.objects.count() == 1

    def test_the_page_says_why_the_last_job_gave_none(
        self, admin_client: Client, collection: Collection, broker: Path
    ) -> None:
        for track in collection.genre.tracks.all()[:45]:
            track.delete()
        admin_client.post(page_of(Collection, "preview_compute", collection.pk))
        assert run_next("one")
        outcome = ReclusterTask.objects.get().outcome
        assert outcome["status"] == "skipped"
        assert "6 are needed" in outcome["reason"]
        assert f"The last attempt gave no preview: {outcome['reason']}." in admin_client.get(page(collection)).text

    def test_without_a_broker_an_error_says_so(
        self, admin_client: Client, collection: Collection, settings: LazySettings, tmp_path: Path
    ) -> None:
        use(settings, f"filesystem://{tmp_path}/nowhere")
        answer = admin_client.post(page_of(Collection, "preview_compute", collection.pk))
        assert messages_of(answer)[0][1].endswith("No preview was computed.")
        assert not ReclusterJob.objects.exists()
