"""Statements that the ORM compiles once, to run them many times with other values.

For a single row, Django takes far longer to compile a large query than the database takes to run it.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection, models
from django.db.models import Expression


class Parameter(Expression):
    """A value that a prepared statement is given by its ``name``. It is a value of the field ``output_field``."""

    def __init__(self, name: str, output_field: Any) -> None:
        super().__init__(output_field=output_field)
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> Any:
        return "%s", [self]

    def prepare(self, values: Mapping[str, Any]) -> Any:
        """Return the value for this parameter as the database stores it."""
        return self.output_field.get_db_prep_value(values[self.name], connection)


class PreparedInsert:
    """Insert what a query selects, which has a column for each of ``fields``. The rows stay within the database."""

    def __init__(self, model: type[models.Model], fields: Sequence[str], rows: models.QuerySet[Any, Any]) -> None:
        quote = connection.ops.quote_name
        columns = ", ".join(quote(str(model._meta.get_field(name).column)) for name in fields)  # type: ignore[union-attr]
        selecting, self._values = rows.query.get_compiler(connection=connection).as_sql()
        self._statement = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) {selecting}"

    def run(self, values: Mapping[str, Any]) -> None:
        """Run the statement with ``values`` for its parameters."""
        given = [value.prepare(values) if isinstance(value, Parameter) else value for value in self._values]
        with connection.cursor() as cursor:
            cursor.execute(self._statement, given)
