"""What each list of the admin asks the database, as a curator sees it: with views above it, for one row and for more.

The lists that tests of their own look at in detail, as the superuser, are here too: whoever registers another finds
that it is missing.
"""

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission, User
from django.test import Client

from clusters.models import Cluster, ExcludedTrack, Membership, ReclusterJob, Run
from musicdb.models import Album, Artist, Genre, Import, Label, SavedFilter, Track
from tests.admin.helpers import listed, page_of, rich_track
from tests.factories import GenreFactory, stored_run

pytestmark = pytest.mark.django_db

# Session, user, his own permissions and those of his groups; keys, rows, views.
LIST = 7
QUERIES: dict[Any, int] = {
    Genre: LIST,
    Artist: LIST,
    Label: LIST,
    Album: LIST + 1,  # labels
    Track: LIST + 1 + 1,  # artists; genres to filter by
    Import: LIST,
    SavedFilter: LIST,
    Run: LIST,
    Cluster: LIST,
    Membership: LIST,
    ExcludedTrack: LIST,
    ReclusterJob: LIST,
    User: LIST + 1 + 1,  # how many there are in all; groups to filter by
    Group: LIST + 1,  # how many there are in all
}


def fill(rows: int, owner: User) -> None:
    for number in range(rows):
        track = rich_track(GenreFactory())
        run = stored_run(track.genres.get(), {1: [track]}, is_published=True)
        ExcludedTrack.objects.create(run=run, track=track, reason="no tempo")
        counts = {"Track": {"created": 1, "updated": 0, "unchanged": 0}}
        Import.objects.create(file_name=f"{number}.csv", rows=1, user=owner, counts=counts)
        ReclusterJob.objects.create(created_by=owner, parameters={})
        Group.objects.create(name=f"group {number}")
        User.objects.create_user(f"user {number}")
        for model in QUERIES:
            SavedFilter.objects.create(
                owner=owner, listing=model._meta.label_lower, name=f"View {number}", query="q=x", is_shared=True
            )


def test_every_list_is_counted() -> None:
    assert set(QUERIES) == set(admin.site._registry)


@pytest.mark.parametrize("rows", [1, 4])
@pytest.mark.parametrize("model", QUERIES, ids=lambda model: model._meta.label_lower)
def test_a_list_asks_as_much_for_many_rows_as_for_one(django_assert_num_queries: Any, model: Any, rows: int) -> None:
    curator = User.objects.create_user("curator", is_staff=True)
    curator.user_permissions.set(Permission.objects.all())
    client = Client()
    client.force_login(curator)
    fill(rows, owner=curator)
    with django_assert_num_queries(QUERIES[model]):
        response = client.get(page_of(model))
    assert len(listed(response)) >= rows
    assert response.text.count("View ") >= rows
