"""What ``benchmarks.search`` measures inside one process with Django set up. Prints JSON, and plans before it."""

import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any

import django

ROUNDS = 3
# A page of the baseline that takes so many seconds is asked for once more, not ROUNDS times.
SLOW = 2.0


@dataclass(frozen=True)
class Case:
    """A page that an editor asks for."""

    name: str
    model: str
    query: str


CASES = (
    Case("first", "track", ""),
    Case("deep", "track", "p=9000"),
    Case("rare", "track", "q=zugzwang"),
    Case("uncommon", "track", "q=quixotic"),
    Case("common", "track", "q=love"),
    Case("short", "track", "q=bu"),
    Case("two_terms", "track", "q=love+quixotic"),
    Case("artist_name", "track", "q=legomenon"),
    Case("isrc", "track", "q=qzabc0001234"),
    Case("korean", "track", "q=밤하늘"),
    Case("genre", "track", "genre=genre-1"),
    Case("genre_common", "track", "genre=genre-1&q=love"),
    Case("artists", "artist", "p=1000"),
    Case("artist_alias", "artist", "q=nonce"),
    Case("album", "album", "q=syzygy"),
)


def measure() -> dict[str, Any]:
    from django.contrib.admin import site as ours

    from benchmarks.stock_admin import stock_site

    stock, user = stock_site(), _editor()
    found: dict[str, Any] = {}
    for case in CASES:
        pages = {
            "ours": _page_of(ours, case.model, case.query, user),
            "stock": _page_of(stock, case.model, case.query, user),
        }
        shown, seconds = {}, {name: [] for name in pages}
        for name, page in pages.items():
            began = time.perf_counter()
            shown[name] = page()
            found_first = time.perf_counter() - began
        # What a search found is sorted by relevance here, and by title there.
        same = (lambda page: page[0]) if "q=" in case.query else (lambda page: page)
        if same(shown["ours"]) != same(shown["stock"]):
            raise RuntimeError(f"{case.name}: {shown['ours'][0]} hits, and {shown['stock'][0]} of the baseline's")
        for turn in range(ROUNDS):
            for name, page in pages.items():
                if name == "stock" and turn and found_first > SLOW:
                    continue
                began = time.perf_counter()
                page()
                seconds[name].append(time.perf_counter() - began)
        statements = _statements(pages["ours"])
        walks = _walks(case.name, [sql for sql in statements if sql[0].startswith("SELECT") and "auth_" not in sql[0]])
        found[case.name] = {
            **{name: median(taken) for name, taken in seconds.items()},
            "hits": shown["ours"][0],
            "queries": len(statements),
            "walks": walks,
        }
    return found


def deleting() -> dict[str, Any]:
    """Ask for the page on which an editor confirms that 50 tracks, then that a genre be deleted."""
    from django.contrib.admin import site

    from musicdb.models import Genre, Track

    user, found = _editor(), {}
    for name, model, keys in (
        ("tracks", Track, list(Track.objects.order_by("pk").values_list("pk", flat=True)[1_000:1_050])),
        ("genre", Genre, [Genre.objects.get(slug="genre-150").pk]),
    ):
        selected = model.objects.filter(pk__in=keys)

        def page(selected: Any = selected, model: Any = model) -> None:
            site.get_model_admin(model).get_deleted_objects(selected, _request("", user))

        statements = _statements(page)
        found[name] = {"queries": len(statements), "walks": _walks(f"delete_{name}", statements, shown=False)}
    return found


def _page_of(site: Any, model: str, query: str, user: Any) -> Callable[[], tuple[int, list[Any]]]:
    from django.apps import apps

    model_admin = site.get_model_admin(apps.get_model("musicdb", model))

    def page() -> tuple[int, list[Any]]:
        response = model_admin.changelist_view(_request(query, user))
        response.render()
        changes = response.context_data["cl"]
        return changes.result_count, [row.pk for row in changes.result_list]

    return page


def _request(query: str, user: Any) -> Any:
    from django.test import RequestFactory

    request = RequestFactory().get(f"/?{query}")
    request.user = user
    return request


def _editor() -> Any:
    from django.contrib.auth.models import User

    return User(pk=1, username="editor", is_staff=True, is_active=True, is_superuser=True)


def _statements(page: Callable[[], Any]) -> list[tuple[str, Any]]:
    from django.db import connection

    asked: list[tuple[str, Any]] = []

    def note(execute: Any, sql: str, parameters: Any, *more: Any) -> Any:
        asked.append((sql, parameters))
        return execute(sql, parameters, *more)

    with connection.execute_wrapper(note):
        page()
    return asked


def _walks(case: str, statements: list[tuple[str, Any]], *, shown: bool = True) -> int:
    """Print how the database goes about ``statements``; return how often it reads every row of the tracks whole."""
    from django.db import connection

    postgresql = connection.vendor == "postgresql"
    walks = 0
    for number, (sql, parameters) in enumerate(statements, 1):
        if not sql.startswith("SELECT"):
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"{'EXPLAIN' if postgresql else 'EXPLAIN QUERY PLAN'} {sql}", parameters)
            plan = [str(row[-1]) for row in cursor.fetchall()]
        walks += sum("Seq Scan on musicdb_track " in line for line in plan)
        walks += sum(line.startswith("SCAN musicdb_track") and "COVERING" not in line for line in plan)
        if shown and "musicdb_" in sql and ("LIKE" in sql or "GLOB" in sql or "LIMIT" in sql):
            for line in plan:
                print(f"plan {connection.vendor}.{case}.{number} {line}")
    return walks


if __name__ == "__main__":
    from django.conf import settings

    # Nobody looks at these pages: their style sheets need not have been collected.
    settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
    django.setup()
    print(json.dumps({"pages": measure(), "deleting": deleting()}))
