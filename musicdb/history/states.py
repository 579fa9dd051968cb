"""The state of many rows at once, as versions that are not saved."""

from collections.abc import Sequence
from typing import Any

from musicdb.history.write_back import present_aliases
from musicdb.models.aggregates import Aggregate


def current_states(aggregate: Aggregate, rows: Sequence[Any]) -> dict[int, Any]:
    """Return what a version of each of ``rows`` would state now, by the row's key. One query for each of its tables."""
    keys = [row.pk for row in rows]
    columns = ["id", *(field.attname for field in aggregate.columns)]
    states = {row.pk: aggregate.versions.model(**{name: getattr(row, name) for name in columns}) for row in rows}
    for relation in aggregate.child_relations:
        for key, children in relation.children(keys).items():
            setattr(states[key], relation.name, relation.state(children))
    for key, aliases in present_aliases(aggregate, keys).items():
        states[key].aliases = [columns for _, columns in aliases]
    return states
