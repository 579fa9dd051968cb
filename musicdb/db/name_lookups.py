"""Look-ups of search keys that an index answers, however many rows there are.

They take what a person types, which the field folds as it folds names.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models.lookups import Contains

from musicdb.db.text_search import has_trigrams
from musicdb.db.trigrams import SHORTEST, SYLLABLES, has_syllables, parts_of

# So many words are looked for. More only make a search slower.
MAX_WORDS = 8
# SQLite reads no more rows than this of all that have the trigrams.
MAX_ROWS = 1_000
_LAST_CHARACTER = "\U0010ffff"


class Begins(Contains):
    """Whether a search key begins with the text."""

    prepare_rhs = True

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        # Unlike LIKE, which ignores case, a range can be read from an index.
        lhs, params = self.process_lhs(compiler, connection)
        return f"({lhs} >= %s AND {lhs} < %s)", [*params, self.rhs, *params, f"{self.rhs}{_LAST_CHARACTER}"]

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        lhs, params = self.process_lhs(compiler, connection)
        return f"{lhs} LIKE %s", [*params, f"{connection.ops.prep_for_like_query(self.rhs)}%"]


class Holds(Contains):
    """Whether a search key contains every word of the text, in any order.

    One of them needs three characters (on PostgreSQL three letters or digits in a row), or a syllable of Hangul, kana
    or Han; else it finds nothing. No index finds fewer letters inside a name, and every name has some of them.
    """

    prepare_rhs = True

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        words = self._words()
        long = [word for word in words if len(word) >= SHORTEST]
        others = [word for word in words if len(word) < SHORTEST]
        conditions: list[str] = []
        params: list[Any] = []
        if long:
            table, alias = self.lhs.target.model._meta.db_table, self.lhs.alias
            parts = parts_of(table)
            # What other words leave of the rows is not known, so they all are read then.
            limit = "" if others else f" LIMIT {MAX_ROWS}"
            key = f'"{alias}"."{self.lhs.target.model._meta.pk.column}"'
            conditions.append(f"{key} IN (SELECT rowid FROM {parts} WHERE {parts} MATCH %s{limit})")  # noqa: S608
            params.append(" ".join('"{}"'.format(word.replace('"', '""')) for word in long))
        elif has_syllables(str(self.rhs)):
            conditions.append(f"{lhs} GLOB '*{SYLLABLES}*'")
            params.extend(lhs_params)
        else:
            raise EmptyResultSet
        for word in others:
            conditions.append(f"{lhs} LIKE %s ESCAPE '\\'")
            params.extend([*lhs_params, f"%{connection.ops.prep_for_like_query(word)}%"])
        return f"({' AND '.join(conditions)})", params

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        lhs, lhs_params = self.process_lhs(compiler, connection)
        words = self._words()
        conditions: list[str] = []
        params: list[Any] = []
        if not any(map(has_trigrams, words)):
            characters = sorted({one for word in words for one in word if has_syllables(one)})
            if not characters:
                raise EmptyResultSet
            # As the partial index of ``musicdb.search.indexes`` is written.
            conditions += [f"({lhs})::text ~ '{SYLLABLES}'", f"string_to_array(({lhs})::text, NULL) @> %s::text[]"]
            params += [*lhs_params, *lhs_params, characters]
        for word in words:
            # The planner expects a trigram index to find few rows for a short word, and it would find all of them.
            text = f"({lhs})::text" if has_trigrams(word) else f"({lhs} || '')"
            conditions.append(f"{text} LIKE %s")
            params += [*lhs_params, f"%{connection.ops.prep_for_like_query(word)}%"]
        return f"({' AND '.join(conditions)})", params

    def _words(self) -> list[str]:
        return list(dict.fromkeys(str(self.rhs).split()))[:MAX_WORDS]


class HoldsAmongFew(Holds):
    """As ``Holds``, for a table that has no such index, since few of its rows are searched."""

    def as_sqlite(self, compiler: Any, connection: Any) -> Any:
        words = self._words()
        if not has_syllables(str(self.rhs)) and not any(len(word) >= SHORTEST for word in words):
            raise EmptyResultSet
        lhs, lhs_params = self.process_lhs(compiler, connection)
        terms = [f"%{connection.ops.prep_for_like_query(word)}%" for word in words]
        condition = " AND ".join(f"{lhs} LIKE %s ESCAPE '\\'" for _ in words)
        return f"({condition})", [value for term in terms for value in (*lhs_params, term)]

    as_postgresql = as_sqlite
