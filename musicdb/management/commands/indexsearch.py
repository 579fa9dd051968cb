"""``manage.py indexsearch``: create the search indexes that are missing."""

from typing import Any

from django.core.management.base import CommandError
from django.db import connection, transaction

from musicdb.db import trigrams
from musicdb.management.base import BaseCommand
from musicdb.search.indexes import EXTENSION, NAMED_TABLES, add_extension, create, missing


class Command(BaseCommand):
    help = (
        "Create the search indexes that are missing. On PostgreSQL, the site can go on meanwhile, since no table is "
        "locked for writing. After an interruption, run it again to create the rest."
    )
    interrupted_message = "Interrupted: run it again to make the indexes that are still missing."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            with transaction.atomic():
                made = trigrams.ensure(connection, NAMED_TABLES)
            self.stdout.write("\n".join(f"Indexed {table}." for table in made) or "No search index is missing.")
            return
        if not (wanted := missing(connection)):
            self.stdout.write("No search index is missing.")
            return
        refusal = add_extension(connection) if any(index.needs_extension for index in wanted) else ""
        for index in wanted:
            if not (refusal and index.needs_extension):
                create(connection, index, concurrently=True)
                self.stdout.write(f"Created {index.name}.")
        if refusal:
            raise CommandError(
                f"The extension {EXTENSION} could not be added: {refusal}. Ask an administrator of the database server "
                f"to run CREATE EXTENSION {EXTENSION} in this database, then try again."
            )
