"""Find and replace in the texts of the catalogue: say first what changes and what cannot, then do it."""

from musicdb.editing.replace.apply import Replaced, count_replacements, find_replace
from musicdb.editing.replace.highlight import Part, marked
from musicdb.editing.replace.plan import TEXT_FIELDS, ReplacePlan, plan_replacements
from musicdb.editing.replace.replacement import Replacement, is_alias, row_of
from musicdb.editing.replace.search import Search, SearchError

__all__ = [
    "TEXT_FIELDS",
    "Part",
    "ReplacePlan",
    "Replaced",
    "Replacement",
    "Search",
    "SearchError",
    "count_replacements",
    "find_replace",
    "is_alias",
    "marked",
    "plan_replacements",
    "row_of",
]
