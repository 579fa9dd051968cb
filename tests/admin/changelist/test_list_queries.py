"""How many queries each list of the admin needs, as a curator sees it: with saved filters, for one row and for more.

Every registered model is here, also those whose lists have tests of their own. A new one fails the first test until it
is added.
"""

from typing import Any

import pytest
from axes.models import AccessAttempt
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from clusters.models import Cluster, Collection, ExcludedTrack, Membership, MisplacedTrack, ReclusterJob, Run
from musicdb.models import (
    Album,
    Artist,
    Genre,
    GroupedChange,
    Import,
    Label,
    Playlist,
    SavedFilter,
    SiteSettings,
    Track,
)
from musicdb.models.history import ChangeType
from tests.admin.helpers import listed, page_of, rich_track
from tests.db.shared import once_for_the_module
from tests.factories import GenreFactory, PlaylistFactory, stored_run

pytestmark = pytest.mark.django_db

# Session, user, the user's own permissions and those of the groups; keys, rows, saved filters.
LIST = 7
QUERIES: dict[Any, int] = {
    Genre: LIST,
    Artist: LIST,
    Label: LIST,
    Album: LIST + 1,  # labels
    Playlist: LIST,
    Track: LIST + 1 + 1,  # artists; genres to filter by
    Import: LIST + 1,  # large imports and exports of the user
    GroupedChange: LIST + 1,  # models to filter by
    SavedFilter: LIST,
    Collection: LIST,
    Run: LIST + 1,  # how many wait for review
    Cluster: LIST,
    Membership: LIST,
    ExcludedTrack: LIST,
    MisplacedTrack: LIST + 1 + 1,  # artists; when they were found
    ReclusterJob: LIST,
    User: LIST + 1 + 1,  # how many there are in all; groups to filter by
    Group: LIST + 1,  # how many there are in all
    AccessAttempt: LIST + 1,  # how many there are in all
}


def fill(rows: int) -> None:
    owner = User.objects.create_user("curator", is_staff=True)
    owner.user_permissions.set(Permission.objects.all())
    for number in range(rows):
        track = rich_track(GenreFactory())
        PlaylistFactory(tracks=[track])
        PlaylistFactory(rule="liked=true")
        run = stored_run(track.genres.get(), {1: [track]}, is_published=True)
        ExcludedTrack.objects.create(run=run, track=track, reason="no tempo")
        MisplacedTrack.objects.create(
            track=track,
            genre=track.genres.get(),
            sounds_like=GenreFactory(),
            own_distance=3,
            other_distance=1,
            rate=0.01,
            found_at=run.finished_at,
        )
        counts = {"Track": {"created": 1, "updated": 0, "unchanged": 0}}
        Import.objects.create(file_name=f"{number}.csv", rows=1, user=owner, counts=counts)
        ReclusterJob.objects.create(created_by=owner, parameters={})
        summary = f"Merged {number}"
        GroupedChange.objects.create(kind=ChangeType.MERGE, model_name="track", summary=summary, made_by=owner)
        Group.objects.create(name=f"group {number}")
        AccessAttempt.objects.create(username=f"user {number}", ip_address="192.0.2.1", failures_since_start=1)
        User.objects.create_user(f"user {number}")
        for model in QUERIES:
            SavedFilter.objects.create(
                owner=owner, model_label=model._meta.label_lower, name=f"Filter {number}", query="q=x", is_shared=True
            )


rows = once_for_the_module(fill, 1, 4)


def test_every_list_is_counted() -> None:
    # The site settings have one page and no list.
    assert set(QUERIES) | {SiteSettings} == set(admin.site._registry)


@pytest.mark.parametrize("model", QUERIES, ids=lambda model: model._meta.label_lower)
def test_a_list_needs_a_constant_number_of_queries(django_assert_num_queries: Any, model: Any, rows: int) -> None:
    client = Client()
    client.force_login(User.objects.get(username="curator"))
    with django_assert_num_queries(QUERIES[model]):
        response = client.get(page_of(model))
    assert len(listed(response)) >= rows
    assert response.text.count("Filter ") >= rows
