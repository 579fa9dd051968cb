"""Saving while something else, such as an import, holds SQLite's write lock: wait, else keep what was typed."""

import json
import textwrap
from pathlib import Path
from typing import Any

import pytest
from django.db import connection  # noqa: F401 (the condition of skipif reads it)

from tests.processes import own_database, python

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.slow,
    pytest.mark.skipif("connection.vendor != 'sqlite'", reason="PostgreSQL locks rows, and readers and writers go on"),
]

PREPARE = """
import json, sqlite3, threading
import django
from django.conf import settings
settings.ALLOWED_HOSTS, settings.DATABASES["default"]["OPTIONS"]["timeout"] = ["*"], 2
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
settings.SECURE_SSL_REDIRECT = False
django.setup()
from musicdb.models import Playlist, Track
from tests.admin.changelist.test_list_editing import Screen as ListScreen
from tests.admin.helpers import page_of, track_data
from tests.admin.screens import Screen, login
from tests.factories import TrackFactory
client, track = login("mina"), TrackFactory(title="Old", score=1)
screen, listed = Screen(client, track), ListScreen(client)
holder = sqlite3.connect(settings.DATABASES["default"]["NAME"], isolation_level=None, check_same_thread=False)
holder.execute("BEGIN IMMEDIATE")
found = {}
"""


def run(folder: Path, script: str) -> dict[str, Any]:
    with own_database(folder) as environment:
        printed = python(environment, "-c", PREPARE + textwrap.dedent(script) + "\nprint(json.dumps(found))")
    found: dict[str, Any] = json.loads(printed.splitlines()[-1])
    return found


def test_a_save_waits_until_the_lock_is_free(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
        threading.Timer(0.8, holder.rollback).start()
        found["status"] = screen.type(title="New").save().status_code
        found["title"] = Track.objects.get().title
        """,
    )
    assert found == {"status": 302, "title": "New"}


def test_a_form_comes_back_filled_in_with_the_reason_and_can_be_saved_later(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
        found["status"] = screen.type(title="New").save().status_code
        found["says"] = "the database was busy with another change" in screen.page.text
        found["typed"], found["title"] = screen.shown("title"), Track.objects.get().title
        added = client.post(page_of(Track, "add"), track_data(title="Added"))
        found["add"] = [added.status_code, 'value="Added"' in added.content.decode()]
        holder.rollback()
        found["later"] = [screen.save().status_code, Track.objects.get().title]
        """,
    )
    assert found == {
        "status": 200,
        "says": True,
        "typed": ["New"],
        "title": "Old",
        "add": [200, True],
        "later": [302, "New"],
    }


def test_a_list_comes_back_filled_in(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
        listed.type_in(track, score="9")
        found["status"] = listed.save().status_code
        found["says"] = "the database was busy with another change" in listed.page.text
        found["typed"], found["score"] = listed.sent["form-0-score"], Track.objects.get().score
        holder.rollback()
        found["later"] = [listed.save().status_code, Track.objects.get().score]
        """,
    )
    assert found == {"status": 200, "says": True, "typed": "9", "score": 1, "later": [302, 9]}


def test_what_has_no_form_to_show_again_says_what_to_do(tmp_path: Path) -> None:
    found = run(
        tmp_path,
        """
        client.raise_request_exception = False
        answers = [
            client.post(page_of(Track, "delete", track.pk), {"post": "yes"}),
            client.post(page_of(Track), {"action": "like", "_selected_action": [track.pk], "index": 0}),
        ]
        found["answers"] = [
            [answer.status_code, answer["Retry-After"], "Nothing of yours was saved" in answer.content.decode()]
            for answer in answers
        ]
        found["liked"] = Track.objects.get().liked
        """,
    )
    assert found == {"answers": [[503, "10", True]] * 2, "liked": False}
