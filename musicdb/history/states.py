"""The state of rows as they are now, as versions that are not saved."""

from collections.abc import Iterable
from typing import Any

from musicdb.history.write_back import present_aliases
from musicdb.models.aggregates import Aggregate, aggregate_of


def current_state(row: Any) -> Any:
    """Return what a version of ``row`` would state now."""
    return current_states(aggregate_of(type(row)), [row])[row.pk]


def current_states(aggregate: Aggregate, rows: Iterable[Any]) -> dict[int, Any]:
    """Return what a version of each of ``rows`` would state now, by the row's key. One query for each of its tables."""
    columns = ["id", *(field.attname for field in aggregate.columns)]
    states = {row.pk: aggregate.versions.model(**{name: getattr(row, name) for name in columns}) for row in rows}
    for relation in aggregate.child_relations:
        for key, children in relation.children(states).items():
            setattr(states[key], relation.name, relation.state(children))
    if aggregate.alias:
        for key, aliases in present_aliases(aggregate, states).items():
            states[key].aliases = [columns for _, columns in aliases]
    return states
