"""``manage.py indexsearch``: create the search indexes that a migration was not allowed to create."""

from typing import Any

from django.core.management.base import CommandError
from django.db import connection

from musicdb.management.base import BaseCommand
from musicdb.search.indexes import EXTENSION, add_extension, create, missing


class Command(BaseCommand):
    help = (
        "Create the search indexes that are missing on PostgreSQL. The site can go on meanwhile, since no table is "
        "locked for writing. After an interruption, run it again to create the rest."
    )
    interrupted_message = "Interrupted: run it again to make the indexes that are still missing."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write("Only PostgreSQL has search indexes, so there is nothing to do.")
            return
        if not (wanted := missing(connection)):
            self.stdout.write("No search index is missing.")
            return
        if refusal := add_extension(connection):
            raise CommandError(
                f"The extension {EXTENSION} could not be added: {refusal}. Ask an administrator of the database server "
                f"to run CREATE EXTENSION {EXTENSION} in this database, then try again."
            )
        for index in wanted:
            create(connection, index, concurrently=True)
            self.stdout.write(f"Created {index.name}.")
