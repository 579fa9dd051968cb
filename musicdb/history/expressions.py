"""What a version states, as expressions that the database evaluates: for the row as it is, and for its last version."""

from collections.abc import Mapping
from typing import Any

from django.db import models
from django.db.models import BooleanField, ExpressionWrapper, F, Func, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce, JSONObject

from musicdb.models.aggregates import Aggregate, ChildRelation
from musicdb.models.history import DELETED


def last_version_matches(aggregate: Aggregate, **lookups: Any) -> Coalesce:
    """Return whether the last version of a row states what the row states. ``lookups`` narrow the versions.

    The query that uses this annotates ``belonging_columns``. The expression is a subquery for one value, which the
    database evaluates row by row: an index leads to the version, whatever the statistics of the database say. Written
    as a join, or as the condition that such a version exists, the planner may choose to read all versions.
    """
    equal_columns = (_NotDistinct(F(field.name), OuterRef(field.name)) for field in aggregate.columns)
    equal_belongings = (
        _NotDistinct(_NormalisedJson(F(name)), OuterRef(f"belonging_{name}")) for name in belongings_of(aggregate)
    )
    matches = Q(*equal_columns, *equal_belongings) & ~Q(history_type=DELETED)
    versions = aggregate.versions.filter(id=OuterRef("pk"), **lookups).order_by("-history_id")
    last = versions.annotate(matches=ExpressionWrapper(matches, BooleanField())).values("matches")[:1]
    return Coalesce(Subquery(last), Value(False))


def belonging_columns(belongings: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``belongings`` by names that no column of a row has."""
    return {f"belonging_{name}": expression for name, expression in belongings.items()}


def belongings_of(aggregate: Aggregate) -> dict[str, Any]:
    """Return, by the version's column, what belongs to a row: the keys of its members, and its aliases."""
    found: dict[str, Any] = {
        relation.name: _json_array(relation.through, relation.owner, _child(relation), relation.order)
        for relation in aggregate.child_relations
    }
    if aggregate.alias:
        alias = JSONObject(**{name: name for name in aggregate.alias_columns})
        aliases: Any = aggregate.alias
        rows = aliases.objects.filter(target=OuterRef("pk")).order_by("name", "pk")
        found["aliases"] = _JsonArray(rows.annotate(element=alias).values("element"))
    return found


def lost_rows(use: ChildRelation) -> "_JsonArray":
    """Return what a deletion takes from the owners of a row: their keys or, where rows are ordered, the rows."""
    owner = f"{use.owner}_id"
    lost: Any = F(owner)
    if use.is_ordered:
        lost = JSONObject(**{use.owner: owner, "position": "position", **{name: name for name in use.columns}})
    return _json_array(use.through, use.member, lost, owner, *(["position"] if use.is_ordered else []))


def _child(relation: ChildRelation) -> Any:
    """Return what a version states of a child row: the key of its member, or an object with the other columns too."""
    member = f"{relation.member}_id"
    if not relation.columns:
        return F(member)
    return JSONObject(**{relation.member: member, **{name: name for name in relation.columns}})


def _json_array(rows: type[models.Model], key: str, element: Any, *order: str) -> "_JsonArray":
    found = rows._default_manager.filter(**{key: OuterRef("pk")}).order_by(*order)
    return _JsonArray(found.annotate(element=element).values("element"))


class _JsonArray(Subquery):
    """The ``element`` of each row of a query, as a JSON array in the order of the query."""

    output_field = models.JSONField()
    template = "(SELECT json_group_array(json(element)) FROM (%(subquery)s) AS elements)"

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = "(SELECT coalesce(jsonb_agg(element), '[]') FROM (%(subquery)s) AS elements)"
        return self.as_sql(compiler, connection, template=template, **context)


class _NormalisedJson(Func):
    """JSON as the database writes it, so that JSON of other origin compares equal."""

    function = "JSON"
    arity = 1

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s", **context)


class _NotDistinct(Func):
    """Whether two values are equal, or both unknown."""

    template = "(%(expressions)s)"
    arg_joiner = " IS NOT DISTINCT FROM "
    arity = 2
    output_field = models.BooleanField()

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, arg_joiner=" IS ", **context)
