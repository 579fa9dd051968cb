"""Finding rows by words, so that a large library stays quick: by keys, column by column, never by a join.

A queryset says in ``searched`` what is looked through, as the admin's ``search_fields`` do: ``title`` is looked for
a term anywhere in it, whatever the case; ``=isrc`` must be the term, whatever the case; ``album__title`` and
``artists__name`` are columns of what the row points at, ``artists__aliases__name`` of its other spellings.

Two shapes, for both databases:

- *by keys*: the union of what each column's own query finds. PostgreSQL answers each with a trigram index
  (``musicdb.search.indexes``), SQLite by reading one narrow index.
- *along the list*: alternatives that are tried on each row in the list's order, until the page is full. For short
  terms: they are in so many rows that the walk soon ends, and a trigram index has nothing for them.
"""

import operator
import re
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import Any, ClassVar, Self

from django.core.exceptions import ValidationError
from django.db import connections, models
from django.db.models import Q, QuerySet
from django.db.models.lookups import IContains
from django.utils.text import smart_split, unescape_string_literal


class IContainsUnicode(IContains):
    """As ``icontains``, and on SQLite too whatever the case: its LIKE knows that of ASCII only."""

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        term = str(self.rhs)
        if term.isascii() or _is_caseless(term):
            return super().as_sql(compiler, connection)
        lhs, params = self.process_lhs(compiler, connection)
        # Most titles are ASCII and need no more than a look at their length in bytes: GLOB takes five times as long.
        sql = f"(LENGTH({lhs}) < LENGTH(CAST({lhs} AS BLOB)) AND {lhs} GLOB %s)"
        return sql, [*params, *params, *params, f"*{as_glob(term)}*"]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        term = str(self.rhs)
        if has_trigrams(term):
            return super().as_sql(compiler, connection)
        # The planner thinks that the index knows few such rows, when it would have to hand out all of them.
        lhs, params = self.process_lhs(compiler, connection)
        text = lhs if _is_caseless(term) else f"(UPPER({lhs} || ''))"
        return f"{text} LIKE UPPER(%s)", [*params, f"%{connection.ops.prep_for_like_query(term)}%"]


models.CharField.register_lookup(IContainsUnicode, "mentions")


def has_trigrams(term: str) -> bool:
    """Return whether a trigram index of PostgreSQL can be asked for ``term``: three letters or digits in a row."""
    return re.search(r"[^\W_]{3}", term) is not None


def as_glob(text: str) -> str:
    """Return the GLOB of SQLite that matches ``text`` in capitals and small letters alike."""
    return "".join(_glob_of(character) for character in text)


def _glob_of(character: str) -> str:
    forms = {character, character.lower(), character.upper(), character.upper().lower()}
    single = sorted(form for form in forms if len(form) == 1)
    return f"[{''.join(single)}]" if len(single) > 1 or character in "*?[" else character


def _is_caseless(term: str) -> bool:
    return term.lower() == term.upper()


class SearchMixin:
    """Querysets whose rows are found by words."""

    searched: ClassVar[Sequence[str]]

    def search(self, terms: str) -> Self:
        """Keep the rows in which each of ``terms`` is found; what is in quotes is one term. All of them if none is."""
        rows: Any = self
        words = split_terms(terms)
        return rows.filter(_found_by_all(rows.model, self.searched, words, rows.db)) if words else rows


class AliasSearchMixin(SearchMixin):
    """What has other spellings: found by its name or by one of those, but not by a bit of each."""

    def search(self, terms: str) -> Self:
        rows: Any = self
        if not (words := split_terms(terms)):
            return rows
        # Other spellings have the columns that are searched under the same names.
        spellings = rows.model.aliases.rel.related_model
        named = _found_by_all(rows.model, self.searched, words, rows.db)
        spelt = _keys(spellings, rows.db, "target").filter(_found_by_all(spellings, self.searched, words, rows.db))
        by_keys = any(_by_keys(word, rows.db) for word in words)
        return rows.filter(_any_of(rows.model, [named, spelt], rows.db, by_keys=by_keys))


def split_terms(terms: str) -> list[str]:
    """Return the single terms, as Django's admin reads them."""
    return [
        unescape_string_literal(term) if term.startswith(('"', "'")) and term[0] == term[-1] else term
        for term in smart_split(terms)
    ]


def _found_by_all(model: type[models.Model], specs: Sequence[str], terms: Sequence[str], using: str) -> Q:
    def ways(term: str) -> list[Q | QuerySet[Any]]:
        return [way for spec in specs for way in _ways(model, spec, term, using)]

    return Q(*(_any_of(model, ways(term), using, by_keys=_by_keys(term, using)) for term in terms))


def _by_keys(term: str, using: str) -> bool:
    """Return which of the two shapes is likely the quicker for ``term``."""
    return has_trigrams(term) if connections[using].vendor == "postgresql" else len(term.encode()) > 2


def _any_of(model: type[models.Model], ways: Sequence[Q | QuerySet[Any]], using: str, *, by_keys: bool) -> Q:
    """Return the condition that any of ``ways`` holds: each is one on the row itself, or the keys of such rows."""
    if by_keys and len(ways) > 1:
        first, *others = (_keys(model, using).filter(way) if isinstance(way, Q) else way for way in ways)
        return Q(pk__in=first.union(*others, all=True))
    return reduce(operator.or_, (way if isinstance(way, Q) else Q(pk__in=way) for way in ways))


def _ways(model: type[models.Model], spec: str, term: str, using: str) -> Iterator[Q | QuerySet[Any]]:
    """Yield how ``term`` is looked for by one of ``searched``: not at all where it cannot be found."""
    if spec.startswith("="):
        name = spec.removeprefix("=")
        if _is_possible(model._meta.get_field(name), term):
            # By keys, though it is the row's own: the walk along the list then needs no other column.
            yield _keys(model, using).filter(**{f"{name}__iexact": term})
        return
    name, _, column = spec.partition("__")
    if not column:
        yield Q(**{f"{name}__mentions": term})
        return
    field: Any = model._meta.get_field(name)
    pointed_at = _pointed_at(field.related_model, column, term, using)
    if field.many_to_many:
        through = _keys(field.remote_field.through, using, field.m2m_field_name())
        yield through.filter(**{f"{field.m2m_reverse_field_name()}__in": pointed_at})
    else:
        yield _keys(model, using).filter(**{f"{name}__in": pointed_at})


def _pointed_at(model: Any, column: str, term: str, using: str) -> QuerySet[Any]:
    """Return the keys of the rows of ``model`` that have ``term`` in ``column``, or in that of an other spelling."""
    if column.startswith("aliases__"):
        spellings = _keys(model.aliases.rel.related_model, using, "target")
        return spellings.filter(**{f"{column.removeprefix('aliases__')}__mentions": term})
    return _keys(model, using).filter(**{f"{column}__mentions": term})


def _keys(model: type[models.Model], using: str, column: str = "pk") -> QuerySet[Any]:
    return model._base_manager.using(using).order_by().values(column)


def _is_possible(field: Any, term: str) -> bool:
    """Return whether ``field`` takes ``term``, or would in capitals: most words are not worth a look among ids."""
    return any(_is_valid(field, form) for form in {term, term.upper()})


def _is_valid(field: Any, term: str) -> bool:
    try:
        field.run_validators(term)
    except ValidationError:
        return False
    return True
