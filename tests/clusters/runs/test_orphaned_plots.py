"""Plots that nobody owns go; everything else stays."""

from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from clusters.core.params import Params
from clusters.models import Run
from clusters.runs import Options, recluster
from clusters.runs.plot_files import delete_orphaned_plots, new_plot_names
from musicdb.models import Genre
from tests.factories import clustered_genre, collection_of

pytestmark = pytest.mark.django_db


def files() -> set[str]:
    root = Path(default_storage.location)
    return {str(path.relative_to(root)) for path in root.rglob("*") if path.is_file()}


def leave_behind(genre: Genre) -> list[str]:
    return [default_storage.save(name, ContentFile(b"half a pic")) for name in new_plot_names(collection_of(genre))]


def test_no_plots_yet() -> None:
    assert delete_orphaned_plots() == 0


def test_what_no_run_owns_is_deleted_and_no_more() -> None:
    genre, run = clustered_genre(name="a-1 & b")
    owned = {run.plot_png.name, run.plot_svg.name}
    leave_behind(genre)
    strangers = {
        default_storage.save(name, ContentFile(b"not ours"))
        for name in ("plots/README.txt", "plots/old/1-x.png", "plots/.hidden", "art.png", "plots/1-korean-pop.png")
    }

    assert delete_orphaned_plots() == 2
    assert files() == owned | strangers
    assert delete_orphaned_plots() == 0


def test_those_of_a_genre_that_was_deleted_too() -> None:
    genre, _ = clustered_genre()
    Genre.objects.filter(pk=genre.pk).delete()
    assert len(files()) == 2

    assert delete_orphaned_plots() == 2
    assert files() == set()


def test_the_next_run_cleans_whatever_genre_it_is_of_even_where_nothing_changed() -> None:
    genre, _ = clustered_genre()
    other, _ = clustered_genre()
    before = files()
    leave_behind(other)
    (outcome,) = recluster([collection_of(genre)], Params(), Options())

    assert outcome.status == "unchanged"
    assert files() == before


def test_a_dry_run_does_not() -> None:
    genre, _ = clustered_genre()
    left = leave_behind(genre)
    list(recluster([collection_of(genre)], Params(), Options(dry_run=True)))

    assert set(left) <= files()


def test_plots_that_cannot_be_listed_stop_nobody(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    genre, _ = clustered_genre()

    def refused(path: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(default_storage, "listdir", refused)
    (outcome,) = recluster([collection_of(genre)], Params(), Options(force=True))

    assert outcome.status == "published"
    assert [record.getMessage() for record in caplog.records] == ["Plots that no run owns could not be deleted"]
    assert Run.objects.count() == 2
