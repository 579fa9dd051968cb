"""Links that sort a list: in the head of its table, or above its names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.http import QueryDict

from musicdb.search import OrderingFilter

# A reader expects names from A to Z, and of amounts and dates the most first.
_ASCENDING_FIRST = ("name", "title")


@dataclass(frozen=True)
class SortLink:
    """A link that sorts by one thing. ``direction`` is how the list is sorted by it now: "" if it is not."""

    words: str
    query: str
    direction: str = ""


def sort_links(orders: OrderingFilter, current: Sequence[str], parameters: QueryDict) -> Mapping[str, SortLink]:
    """Return a link for each of ``orders``. The one that the list is sorted by first turns the order round.

    ``current`` is the order of the list. ``parameters``: the query of the list's address, which the links keep.
    """
    sorted_by = current[0] if current else ""
    links = {}
    for name in orders.param_map:
        direction = {name: "ascending", f"-{name}": "descending"}.get(sorted_by, "")
        is_ascending = direction == "descending" if direction else name in _ASCENDING_FIRST
        query = parameters.copy()
        query["ordering"] = name if is_ascending else f"-{name}"
        links[name] = SortLink(name.replace("_", " "), query.urlencode(), direction)
    return links
