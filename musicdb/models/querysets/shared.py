"""What several of these querysets are made of."""

from typing import Any, TypeVar

from django.db import models
from django.db.models import Count, Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from musicdb.models.visibility import with_page_state

Owners = TypeVar("Owners", bound="QuerySet[Any]")


def rows_with(
    owner: type[models.Model], rows: str, member: str, prefix: str = "", *, with_pages: bool = False
) -> "Prefetch[Any]":
    """Return a prefetch of ``rows`` of ``owner``, each joined with its ``member``. ``prefix`` is the path to the owner.

    ``with_pages`` also finds out which of the members have a page, for links.

    The members are joined, not prefetched. A second prefetch would cost another query, and SQLite would refuse it for
    more than a thousand members, because Django writes such a prefetch as a chain of ORs.
    """
    through: Any = owner._meta.get_field(rows).related_model
    joined = through.objects.select_related(member)
    return Prefetch(f"{prefix}{rows}", queryset=with_page_state(joined, member) if with_pages else joined)


def count_related(rows: "QuerySet[Any]", column: str, counted: str = "*") -> Coalesce:
    """Return an annotation that counts the ``rows`` whose ``column`` points at the annotated row.

    It is a subquery. The database counts only for the rows of a page, and the joins of a search do not inflate the
    count. ``counted`` can name a relation of ``rows`` whose rows are counted instead.
    """
    groups = rows.filter(**{column: OuterRef("pk")}).order_by().values(column)
    return Coalesce(Subquery(groups.annotate(rows=Count(counted)).values("rows")), 0)


def used_in(rows: Any, column: str) -> Exists:
    """Return the condition that the ``column`` of one of ``rows`` points at the row."""
    return Exists(rows.objects.filter(**{column: OuterRef("pk")}))


def most_used(owners: Owners, rows: "QuerySet[Any]", owner: str, counted: str, limit: int) -> Owners:
    """Return those of ``owners`` with the most ``counted`` of ``rows``, with ``track_count`` and ``has_page``.

    The keys are found first. Otherwise the database would look up the rest for each of the others too.
    """
    counts = rows.order_by().values(owner).annotate(count=Count(counted))
    most = counts.order_by("-count", f"{owner}__sort_key", owner)[:limit]
    found = with_page_state(owners.filter(pk__in=most.values(owner)))
    with_count: Owners = found.annotate(track_count=count_related(rows, owner, counted))
    return with_count.order_by("-track_count", "sort_key", "pk")


class NaturalKeyMixin:
    """Rows that fixtures name by their slug."""

    def get_by_natural_key(self, slug: str) -> models.Model:
        rows: Any = self
        found: models.Model = rows.get(slug=slug)
        return found
