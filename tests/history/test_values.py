"""Values as people read them: lengths and times as everywhere, and what differs never looks the same."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User

from musicdb import history
from musicdb.editing import Edit, bulk_edit, plan_edit_undo
from musicdb.history.diff import Names, ValueChange, differences, versions_of
from musicdb.imports import ImportOptions, preview
from musicdb.imports.report import changed_values, first_values
from musicdb.models import Track
from tests.factories import TrackFactory
from tests.imports.files import net_file, net_row
from tests.imports.library import run

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _berlin(settings: LazySettings) -> None:
    settings.TIME_ZONE = "Europe/Berlin"


def changed(track: Track, **values: Any) -> list[ValueChange]:
    """Return what the history says after ``values`` were set."""
    history.baseline(Track, [track.pk])
    for name, value in values.items():
        setattr(track, name, value)
    track.save()
    after, before, *_ = versions_of(Track, track.pk)
    return differences(before, after, Names([before, after]))


def test_the_history_has_lengths_as_a_clock_and_times_in_the_zone_of_the_site() -> None:
    track = TrackFactory(duration_ms=185_200, added_at=datetime(2024, 5, 1, 12, 0, 5, tzinfo=UTC))
    assert changed(track, duration_ms=187_600, added_at=datetime(2024, 5, 1, 22, 30, tzinfo=UTC)) == [
        ValueChange("added", "1 May 2024, 14:00", "2 May 2024, 00:30"),
        ValueChange("duration", "3:05", "3:08"),
    ]


def test_a_change_that_would_look_like_none_is_shown_in_full() -> None:
    track = TrackFactory(duration_ms=185_200, added_at=datetime(2024, 5, 1, 12, 0, 5, tzinfo=UTC))
    assert changed(track, duration_ms=185_300, added_at=datetime(2024, 5, 1, 12, 0, 6, tzinfo=UTC)) == [
        ValueChange("added", "2024-05-01 14:00:05+02:00", "2024-05-01 14:00:06+02:00"),
        ValueChange("duration", "3:05.200", "3:05.300"),
    ]


def test_the_preview_of_an_undo_has_them_too() -> None:
    track = TrackFactory(duration_ms=185_200)
    change = bulk_edit(Track.objects.all(), Edit(columns={"duration_ms": 200_000}), User.objects.create(username="u"))
    assert change.change is not None
    ((name, changes),) = plan_edit_undo(change.change).shown
    assert (name, changes) == (track.title, [ValueChange("duration", "3:20", "3:05")])


def test_the_preview_of_an_import_has_them_too() -> None:
    def cells(milliseconds: int, added: str, number: int = 1) -> list[str]:
        return net_row(number, **{"Duration (ms)": str(milliseconds), "Added At": added})

    run(net_file(cells(185_200, "2024-05-01T12:00:05Z")))
    outcome = preview(
        [net_file(cells(185_300, "2024-05-01T22:30:00Z"), cells(200_000, "2024-12-01T23:30:00Z", 2))], ImportOptions()
    )
    (old,), (new,) = outcome.plan.changed[Track], outcome.plan.created[Track]
    assert ValueChange("duration", "3:05.200", "3:05.300") in list(changed_values(old))
    said = {change.what: change.new for change in first_values(new)}
    assert (said["duration"], said["added"]) == ("3:20", "2 Dec 2024, 00:30")
