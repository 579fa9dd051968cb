"""Find names of every kind by what a visitor types: the best first, in bounded time however large the library is.

A name that equals the text comes before one that begins with it, and that one before a name that has all its words
somewhere inside; aliases count as names. Those that match alike are sorted by their number of tracks. Accents, case,
width and apostrophes do not count (``musicdb.music.search_key``).

An index finds each kind of match, and reading stops at ``Group.candidates`` rows for each. So the number of tracks
decides among these, not among all rows of a large library that begin with one letter.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connections
from django.db.models import F
from django.db.models.lookups import Exact

from musicdb.db.name_lookups import Begins
from musicdb.music import normalise_name, search_key
from musicdb.search.filters import MAX_QUERY
from musicdb.search.groups import Group, Hit, Way


@dataclass(frozen=True)
class Found:
    """What was found of one group. ``has_more``: more rows match than are among ``hits``."""

    group: Group
    hits: Sequence[Hit]
    has_more: bool


def cut_query(typed: str) -> str:
    """Return what was typed as it is searched for: on one line, without what nobody sees, of at most MAX_QUERY."""
    return normalise_name(typed[: 2 * MAX_QUERY])[:MAX_QUERY].strip()


def search_everywhere(typed: str, groups: Sequence[Group], most: int) -> list[Found]:
    """Return up to ``most`` rows of each of ``groups``; groups without a match are left out.

    One query for each group, and those that read its rows.
    """
    key = search_key(cut_query(typed))
    found = (_search(key, group, most) for group in groups) if key else ()
    return [one for one in found if one.hits]


def _search(key: str, group: Group, most: int) -> Found:
    connection = connections[group.model.objects.db]
    pieces: list[str] = []
    params: list[Any] = []
    for sql, values in _pieces(key, group, connection.alias):
        pieces.append(sql)
        params += values
    table = group.model._meta.db_table
    visible = ""
    if group.visible:
        condition, values = _unmatched(group.visible, connection.alias)
        visible = f'WHERE EXISTS ({condition} AND "{table}"."id" = t.id) '
        params += values
    # Counted and sorted are the candidates alone.
    statement = (
        f"SELECT t.id, {group.size} AS size FROM "  # noqa: S608
        f"(SELECT found, MIN(place) AS place FROM ({' UNION ALL '.join(pieces)}) AS pieces "
        f"GROUP BY found ORDER BY place LIMIT {group.candidates}) AS best "
        f"JOIN {table} t ON t.id = best.found {visible}ORDER BY best.place, size DESC, {group.order} LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*params, most + 1])
        sizes = dict(cursor.fetchall())
    shown = list(sizes)[:most]
    rows = {row.pk: row for row in group.read().filter(pk__in=shown)} if shown else {}
    # A row that has just been deleted is not there any more.
    hits = [group.hit(rows[key], sizes[key]) for key in shown if key in rows]
    return Found(group, hits, len(sizes) > most)


def _pieces(key: str, group: Group, using: str) -> Iterator[tuple[str, Sequence[Any]]]:
    """Yield a query for each way to the rows of the group and each kind of match, with its parameters."""
    for way in group.ways:
        begin, begin_params = _unmatched(way, using)
        rows = way.rows()
        column = rows.model._meta.get_field(way.column).get_col(rows.model._meta.db_table)
        compiler = rows.query.get_compiler(using)
        # Best first.
        matches: tuple[Any, ...] = (Exact, Begins, way.inside)
        for place, match in enumerate(matches):
            try:
                condition, params = compiler.compile(match(column, key))
            except EmptyResultSet:
                # Nothing can match in this way.
                continue
            sql = f"{begin} AND {condition} LIMIT {group.candidates}"
            yield f"SELECT found, {place} AS place FROM ({sql}) AS piece", [*begin_params, *params]  # noqa: S608


@lru_cache(maxsize=100)
def _unmatched(way: Way, using: str) -> tuple[str, Sequence[Any]]:
    """Return the query for the rows of ``way``, to whose end a condition can be added, and its parameters.

    Django takes milliseconds to write the conditions of what is visible, and they are always the same.
    """
    rows = way.rows().using(using).order_by().filter(pk__isnull=False)
    query = rows.annotate(found=F(way.owner)).values_list("found").query
    sql, params = query.get_compiler(using).as_sql()
    return sql, params
