"""Search rows by words, quickly in a large library too: by keys, column by column, never by a join.

The ``search_fields`` of a queryset say where a term is looked for, as the admin's do. ``search_key`` must contain it,
and ``=isrc`` must equal it in upper or lower case. A search key ignores case, accents and more (``musicdb.music``).
``album__search_key`` and ``artists__search_key`` are columns of related rows, and ``artists__aliases__search_key`` is a
column of the aliases of these.

A term is searched for in one of two ways, on both databases:

- *By keys*: the union of the keys that a query for each column finds. PostgreSQL answers these queries from trigram
  indexes (``musicdb.search.indexes``), SQLite by reading one narrow index.
- *Along the list*: conditions that are tried on each row in the order of the list, until the page is full. Short terms
  are searched for in this way. So many rows contain them that the page is full soon, and a trigram index cannot find
  them.
"""

import operator
import re
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any, ClassVar, Self, cast

from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.db.models.lookups import Contains
from django.utils.text import smart_split, unescape_string_literal

from musicdb.music import search_key


class Mentions(Contains):
    """Whether a search key contains a term, which is folded as the key is."""

    prepare_rhs = True

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        term = str(self.rhs)
        if has_trigrams(term):
            return super().as_sql(compiler, connection)
        # The planner expects the trigram index to return few rows for such a term, and it would return all of them.
        lhs, params = self.process_lhs(compiler, connection)
        return f"({lhs} || '') LIKE %s", [*params, f"%{connection.ops.prep_for_like_query(term)}%"]


def has_trigrams(term: str) -> bool:
    """Return whether a trigram index can find ``term``: it needs three letters or digits in a row."""
    return re.search(r"[^\W_]{3}", term) is not None


class SearchMixin:
    """A queryset that can be searched by words."""

    search_fields: ClassVar[Sequence[str]]
    # Whether rows that a short term finds are sorted by relevance, too. For that, all of them are read.
    ranks_short_terms: ClassVar[bool] = True

    def search(self, terms: str) -> Self:
        """Keep the rows that contain every term. Words in quotes are one term. Without terms, keep all rows."""
        rows: Any = self
        if words := split_terms(terms):
            rows = rows.filter(_found_by_all(rows.model, self.search_fields, words, rows.db))
        return cast(Self, rows)

    def by_relevance(self, typed: str) -> Self:
        """Sort rows that a search for ``typed`` found: by name those that equal it, then those that begin with it.

        Among equals, those with the most tracks come first, then the order that the rows have.
        """
        rows: Any = self
        key = search_key(typed)
        if not key or not (self.ranks_short_terms or _by_keys(key, rows.db)):
            return self
        rank = Case(*self._ranks(key), default=Value(9))
        return cast(
            Self, rows.order_by(rank, *self._largest_first(), *(rows.query.order_by or rows.model._meta.ordering))
        )

    def _ranks(self, key: str) -> list[When]:
        return [When(search_key=key, then=Value(0)), When(search_key__startswith=key, then=Value(2))]

    def _largest_first(self) -> Sequence[Any]:
        """Return the order of rows by how much of the library they stand for."""
        return ()


class AliasSearchMixin(SearchMixin):
    """A queryset of rows with aliases. All terms must be found in the name, or all of them in one alias."""

    def search(self, terms: str) -> Self:
        rows: Any = self
        if not (words := split_terms(terms)):
            return self
        # The columns of an alias have the same names as those of its row.
        alias = rows.model.aliases.rel.related_model
        by_name = _found_by_all(rows.model, self.search_fields, words, rows.db)
        by_alias = _keys(alias, rows.db, "target").filter(_found_by_all(alias, self.search_fields, words, rows.db))
        by_keys = any(_by_keys(word, rows.db) for word in words)
        return cast(Self, rows.filter(_any_of(rows.model, [by_name, by_alias], rows.db, by_keys=by_keys)))

    def _ranks(self, key: str) -> list[When]:
        rows: Any = self
        aliases = _keys(rows.model.aliases.rel.related_model, rows.db).filter(target=OuterRef("pk"), search_key=key)
        exact, *others = super()._ranks(key)
        return [exact, When(Exists(aliases), then=Value(1)), *others]


def split_terms(terms: str) -> list[str]:
    """Return the terms in a query, split as Django's admin splits them. None is without a visible character."""
    words = (
        unescape_string_literal(term) if term.startswith(('"', "'")) and term[0] == term[-1] else term
        for term in smart_split(terms)
    )
    return [word for word in words if search_key(word)]


def _found_by_all(model: type[models.Model], specs: Sequence[str], terms: Sequence[str], using: str) -> Q:
    def ways(term: str) -> list[Q | QuerySet[Any]]:
        return [way for spec in specs for way in _ways(model, spec, term, using)]

    return Q(*(_any_of(model, ways(term), using, by_keys=_by_keys(term, using)) for term in terms))


def _by_keys(term: str, using: str) -> bool:
    """Return whether searching by keys is likely quicker for ``term`` than along the list."""
    key = search_key(term)
    return has_trigrams(key) if connections[using].vendor == "postgresql" else len(key.encode()) > 2


def _any_of(model: type[models.Model], ways: Sequence[Q | QuerySet[Any]], using: str, *, by_keys: bool) -> Q:
    """Return the condition that any of ``ways`` holds. Each is a condition on the row, or the keys of the rows."""
    if by_keys and len(ways) > 1:
        first, *others = (_keys(model, using).filter(way) if isinstance(way, Q) else way for way in ways)
        return Q(pk__in=first.union(*others, all=True))
    return reduce(operator.or_, (way if isinstance(way, Q) else Q(pk__in=way) for way in ways))


def _ways(model: type[models.Model], spec: str, term: str, using: str) -> Iterator[Q | QuerySet[Any]]:
    """Yield how to search for ``term`` in one of the ``search_fields``: nothing if the field cannot hold it."""
    if spec.startswith("="):
        field: Any = model._meta.get_field(spec.removeprefix("="))
        if _is_possible(field, term):
            # By keys, although it is a column of the row: the walk along the list then reads no other column.
            yield _keys(model, using).filter(**{f"{field.name}__iexact": field.to_python(term)})
        return
    name, _, column = spec.partition("__")
    if not column:
        yield Q(**{f"{name}__mentions": term})
        return
    field = model._meta.get_field(name)
    related = _related_keys(field.related_model, column, term, using)
    if field.many_to_many:
        through = _keys(field.remote_field.through, using, field.m2m_field_name())
        yield through.filter(**{f"{field.m2m_reverse_field_name()}__in": related})
    else:
        yield _keys(model, using).filter(**{f"{name}__in": related})


def _related_keys(model: Any, column: str, term: str, using: str) -> QuerySet[Any]:
    """Return the keys of the rows of ``model`` with ``term`` in ``column``, which may be a column of their aliases."""
    if column.startswith("aliases__"):
        aliases = _keys(model.aliases.rel.related_model, using, "target")
        return aliases.filter(**{f"{column.removeprefix('aliases__')}__mentions": term})
    return _keys(model, using).filter(**{f"{column}__mentions": term})


def _keys(model: type[models.Model], using: str, column: str = "pk") -> QuerySet[Any]:
    return model._base_manager.using(using).order_by().values(column)


def _is_possible(field: Any, term: str) -> bool:
    """Return whether ``term``, as it is or in upper case, is valid for ``field``. Most words cannot be ids."""
    return any(_is_valid(field, form) for form in {term, term.upper()})


def _is_valid(field: Any, term: str) -> bool:
    try:
        field.run_validators(field.to_python(term))
    except ValidationError:
        return False
    return True
