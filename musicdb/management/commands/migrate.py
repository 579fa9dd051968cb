"""``manage.py migrate``, one at a time: several machines that start at once wait for each other."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction

from musicdb.db import library_version, migration_lock, trigrams
from musicdb.management.base import BaseCommand
from musicdb.models.public_tables import public_tables
from musicdb.search.indexes import NAMED_TABLES


class Command(BaseCommand, migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with migration_lock(connection):
            super().handle(*args, **options)
            # A new table has no triggers yet. One that a migration altered has lost them: SQLite makes it anew.
            with transaction.atomic(using=connection.alias):
                library_version.ensure(connection, public_tables())
                if connection.vendor == "sqlite":
                    trigrams.repair(connection, NAMED_TABLES)
