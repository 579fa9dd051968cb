"""Find out what a find and replace would do: which rows change, how, and which cannot, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet

from musicdb.db import in_batches
from musicdb.editing.bulk_edit import MAX_ROWS, BulkEditError, label_of
from musicdb.editing.replace.search import MAX_LENGTH, Search, replaced
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.aggregates import aggregate_of

# What an editor types into a form, the name first. Addresses, ids and codes are not for this.
TEXT_FIELDS: Mapping[Any, tuple[str, ...]] = {
    Genre: ("name", "description"),
    Artist: ("name",),
    Label: ("name",),
    Album: ("title", "copyrights", "image_url"),
    Track: ("title", "preview_url", "features_source"),
    Playlist: ("name", "description", "source"),
}

# The form refuses it, but a regular expression can write it as an escape.
_refuse_null = ProhibitNullCharactersValidator()


@dataclass(frozen=True)
class Replacement:
    """A row whose texts change: ``before`` and ``after`` by the field. ``problem`` says why it cannot, or is empty."""

    key: int
    name: str
    before: Mapping[str, str]
    after: Mapping[str, str]
    problem: str = ""

    @property
    def digest(self) -> str:
        """What tells this change from another one of the row."""
        return blake2b(repr((self.before, self.after)).encode(), digest_size=5).hexdigest()


@dataclass(frozen=True)
class ReplacePlan:
    """What becomes of ``number`` rows of ``model``: ``possible`` ones change, ``refused`` ones match but cannot."""

    model: Any
    search: Search
    fields: Sequence[str]
    number: int
    possible: list[Replacement] = field(default_factory=list)
    refused: list[Replacement] = field(default_factory=list)


def plan_replacements(queryset: QuerySet[Any], fields: Sequence[str], search: Search) -> ReplacePlan:
    """Return what ``search`` changes in ``fields`` of the rows, in the order of a list. It writes nothing.

    One query reads all values; others look for the owners of new names. Raises SearchError, and BulkEditError for more
    than MAX_ROWS rows that change.
    """
    model = queryset.model
    rows = list(
        queryset.order_by("sort_key", "pk").values_list("pk", aggregate_of(model).name_field, *fields).distinct()
    )
    texts = [text for _, _, *of_row in rows for text in of_row]
    results = replaced(search, texts)
    changing = sorted({place // len(fields) for place in results})
    if len(changing) > MAX_ROWS:
        kinds = model._meta.verbose_name_plural
        raise BulkEditError(
            f"You can change at most {MAX_ROWS:,} {kinds} at once, and this finds {len(changing):,}. Narrow the list "
            "with a filter, select all that it finds, and replace there."
        )
    plan = ReplacePlan(model, search, fields, len(rows))
    found = []
    for place in changing:
        key, name, *before = rows[place]
        after = {one: results.get(place * len(fields) + step) for step, one in enumerate(fields)}
        if row := _checked(model, key, name, dict(zip(fields, before, strict=True)), after):
            found.append(row)
    twins = dict(_twins(model, [row for row in found if not row.problem]))
    for row in found:
        problem = row.problem or twins.get(row.key, "")
        (plan.refused if problem else plan.possible).append(replace(row, problem=problem))
    return plan


def _checked(
    model: Any, key: int, name: str, before: Mapping[str, str], results: Mapping[str, str | None]
) -> Replacement | None:
    """Return a row as its fields take the results, and None where they are stored as they were."""
    after, problems = {}, []
    for one, result in results.items():
        if result is None:
            continue
        column = model._meta.get_field(one)
        after[one] = result
        if len(result) > MAX_LENGTH:
            problems.append(f"{label_of(model, one)}: It would be longer than {MAX_LENGTH:,} characters.")
            continue
        try:
            _refuse_null(result)
            after[one] = column.clean(result, None)
        except ValidationError as error:
            after[one] = column.to_python(result)
            problems.append(f"{label_of(model, one)}: {' '.join(error.messages)}")
        if after[one] == before[one]:
            del after[one]
    if not after:
        return None
    return Replacement(key, name, {one: before[one] for one in after}, after, " ".join(problems))


def _twins(model: Any, rows: Sequence[Replacement]) -> Iterator[tuple[int, str]]:
    """Yield the rows that would get the name of another one, with a sentence that says so.

    Albums and tracks may share a title. Artists may share a name, too, but two that this makes alike are likely one.
    """
    aggregate = aggregate_of(model)
    column = aggregate.unique_name or ("name_key" if model is Artist else None)
    if column is None:
        return
    name_field, kind = aggregate.name_field, model._meta.verbose_name
    compared: Any = model._meta.get_field(column)
    renamed = [(row.key, compared.get_prep_value(row.after[name_field])) for row in rows if name_field in row.after]
    taken: dict[str, list[tuple[int, str, str]]] = {}
    for batch in in_batches({name for _, name in renamed}):
        holders = model._default_manager.filter(**{f"{column}__in": batch}).order_by("pk")
        for key, value, name, slug in holders.values_list("pk", column, name_field, "slug"):
            taken.setdefault(value, []).append((key, name, slug))
    names = {row.key: row.name for row in rows}
    getting: dict[str, int] = {}
    for key, name in renamed:
        if others := [(one, slug) for holder, one, slug in taken.get(name, ()) if holder != key]:
            other, slug = others[0]
            yield key, f"There is {_article(kind)} {kind} “{other}” ({slug}). Merge the two instead."
        elif name in getting:
            yield key, f"“{names[getting[name]]}” gets the same name. Merge the two instead."
        else:
            getting[name] = key


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"
