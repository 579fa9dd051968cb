"""``manage.py indexsearch``: make the indexes for searching that a migration was not allowed to make."""

from typing import Any

from django.core.management.base import CommandError
from django.db import connection

from musicdb.management.base import BaseCommand
from musicdb.search.indexes import EXTENSION, add_extension, create, missing


class Command(BaseCommand):
    help = (
        "Make the indexes that searching uses on PostgreSQL, where they are missing. The site can go on meanwhile: "
        "nothing is locked for writing. Run again after an interruption, it takes up where it was."
    )
    interrupted_message = "Interrupted: run it again to make the indexes that are still missing."

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            self.stdout.write("Only PostgreSQL has indexes for searching: there is nothing to do.")
            return
        if not (wanted := missing(connection)):
            self.stdout.write("Every index for searching is there.")
            return
        if refusal := add_extension(connection):
            raise CommandError(
                f"The extension {EXTENSION} could not be added: {refusal}. Let an administrator of the database server "
                f"run CREATE EXTENSION {EXTENSION} in this database, then try again."
            )
        for index in wanted:
            create(connection, index, concurrently=True)
            self.stdout.write(f"Made {index.name}.")
