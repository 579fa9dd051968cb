"""Find out what a find and replace would do: which texts change, how, and which cannot, and why."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.db.models import QuerySet

from musicdb.editing.bulk_edit import MAX_ROWS, BulkEditError, label_of
from musicdb.editing.replace.clashes import name_clashes
from musicdb.editing.replace.replacement import Replacement
from musicdb.editing.replace.search import MAX_LENGTH, Search, replaced
from musicdb.models import Album, Artist, Genre, Label, Playlist, Track
from musicdb.models.aggregates import Aggregate, aggregate_of

# In place of a field: the names of the aliases of a row. Joint names of artists stay, because each must be the same on
# all of its artists.
ALIASES = "aliases"
# What an editor types into a form, the name first. Codes have a prefix that can be wrong in many rows. Addresses never
# change, and of a Spotify id no part means anything.
TEXT_FIELDS: Mapping[Any, tuple[str, ...]] = {
    Genre: ("name", "description", ALIASES),
    Artist: ("name", ALIASES),
    Label: ("name", ALIASES),
    Album: ("title", "copyrights", "image_url", "upc", ALIASES),
    Track: ("title", "preview_url", "features_source", "isrc", ALIASES),
    Playlist: ("name", "description", "source", ALIASES),
}

# The form refuses it, but a regular expression can write it as an escape.
_refuse_null = ProhibitNullCharactersValidator()


@dataclass(frozen=True)
class ReplacePlan:
    """What becomes of ``number`` rows of ``model``: ``possible`` texts change, ``refused`` ones match but cannot.

    ``columns`` of the rows and ``alias_columns`` of their aliases were searched.
    """

    model: Any
    search: Search
    columns: Sequence[str]
    alias_columns: Sequence[str]
    number: int
    possible: list[Replacement] = field(default_factory=list)
    refused: list[Replacement] = field(default_factory=list)


def plan_replacements(queryset: QuerySet[Any], fields: Sequence[str], search: Search) -> ReplacePlan:
    """Return what ``search`` changes in ``fields`` of the rows, in the order of a list. It writes nothing.

    A code is also searched for in the aliases. One query reads all values, another those of the aliases; others look
    for the owners of new names. Raises SearchError, and BulkEditError for more than MAX_ROWS texts that change.
    """
    aggregate = aggregate_of(queryset.model)
    columns = [name for name in fields if name != ALIASES]
    alias_columns = [name for name in columns if name in aggregate.key_columns]
    if ALIASES in fields:
        alias_columns.insert(0, "name")
    rows = list(queryset.order_by("sort_key", "pk").values_list("pk", aggregate.name_field, *columns).distinct())
    plan = ReplacePlan(aggregate.model, search, columns, alias_columns, len(rows))
    found = [
        replacement
        for (key, name, *_), before, after in _changing(search, columns, rows)
        if (replacement := _checked(aggregate.model, columns, Replacement(key, name, before, after)))
    ]
    if alias_columns:
        order = {key: place for place, (key, *_) in enumerate(rows)}
        found += [
            replacement
            for (row, key, name, *_), before, after in _changing(
                search, alias_columns, _aliases(aggregate, queryset, alias_columns)
            )
            if (
                replacement := _checked(
                    aggregate.alias, alias_columns, Replacement(row, name, before, after, alias=key)
                )
            )
        ]
        # Each alias after its row.
        found.sort(key=lambda one: order[one.row])
    _refuse_too_many(aggregate, found)
    problems = name_clashes(aggregate, [one for one in found if not one.problem])
    for one in found:
        problem = one.problem or problems.get(one.key, "")
        (plan.refused if problem else plan.possible).append(replace(one, problem=problem))
    return plan


def _aliases(aggregate: Aggregate, queryset: QuerySet[Any], columns: Sequence[str]) -> list[tuple[Any, ...]]:
    """Return of each alias of the rows the key of the row, its own, its name, and ``columns``."""
    aliases: Any = aggregate.alias
    found = aliases._default_manager.filter(target__in=queryset.order_by().values("pk"))
    if aggregate.model is Artist:
        found = found.filter(joint_position=None)
    return list(found.order_by("sort_key", "pk").values_list("target_id", "pk", "name", *columns))


def _changing(
    search: Search, columns: Sequence[str], rows: Sequence[tuple[Any, ...]]
) -> Iterator[tuple[tuple[Any, ...], dict[str, str], dict[str, str]]]:
    """Yield those of ``rows`` whose last values, which are ``columns``, change: with the values before and after."""
    width = len(columns)
    if not width:
        return
    results = replaced(search, [text for row in rows for text in row[-width:]])
    for place in dict.fromkeys(place // width for place in sorted(results)):
        before = dict(zip(columns, rows[place][-width:], strict=True))
        after = {name: results.get(place * width + step) for step, name in enumerate(columns)}
        yield rows[place], before, {name: text for name, text in after.items() if text is not None}


def _refuse_too_many(aggregate: Aggregate, found: Sequence[Replacement]) -> None:
    if len(found) > MAX_ROWS:
        kinds = aggregate.model._meta.verbose_name_plural
        if any(one.alias for one in found):
            kinds = f"{kinds} and aliases"
        raise BulkEditError(
            f"You can change at most {MAX_ROWS:,} {kinds} at once, and this finds {len(found):,}. Narrow the list "
            "with a filter, select all that it finds, and replace there."
        )


def _checked(model: Any, columns: Sequence[str], found: Replacement) -> Replacement | None:
    """Return a replacement as its columns take the results, and None where they are stored as they were."""
    after, problems = {}, []
    for one in columns:
        if (result := found.after.get(one)) is None:
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
        if after[one] == found.before[one]:
            del after[one]
    if not after:
        return None
    return replace(found, before={one: found.before[one] for one in after}, after=after, problem=" ".join(problems))
