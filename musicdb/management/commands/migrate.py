"""``manage.py migrate``, one at a time: several machines that start at once wait for each other."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections, transaction

from musicdb.db import migration_lock, trigrams
from musicdb.management.base import BaseCommand
from musicdb.search.indexes import NAMED_TABLES


class Command(BaseCommand, migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        with migration_lock(connection):
            super().handle(*args, **options)
            if connection.vendor == "sqlite":
                # A migration that alters a column makes the table anew, without its triggers.
                with transaction.atomic(using=connection.alias):
                    trigrams.repair(connection, NAMED_TABLES)
