"""Functions for constraints that every client of the database can evaluate.

Django's own look-ups of the parts of a date, and by regular expression, call functions that only Django's SQLite
connection defines. The plain ``sqlite3`` program could neither check nor dump a table whose constraint calls them.
"""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import CharField, Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler


class DayOfMonth(Func):
    """The day of a date, from 1 to 31."""

    template = "EXTRACT(DAY FROM (%(expressions)s)::date)"
    output_field = IntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        # SQLite keeps a date as text: 1983-05-12.
        return self.as_sql(compiler, connection, template="CAST(SUBSTR(%(expressions)s, 9, 2) AS integer)", **context)


class MonthOfYear(Func):
    """The month of a date, from 1 to 12."""

    template = "EXTRACT(MONTH FROM (%(expressions)s)::date)"
    output_field = IntegerField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, template="CAST(SUBSTR(%(expressions)s, 6, 2) AS integer)", **context)


class DigitsTrimmed(Func):
    """A text without the digits at its two ends: empty where it has nothing but digits."""

    template = "BTRIM(%(expressions)s, '0123456789')"
    output_field = CharField()

    def as_sqlite(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, tuple[str | int, ...]]:
        return self.as_sql(compiler, connection, template="TRIM(%(expressions)s, '0123456789')", **context)
