"""``manage.py migrate``, one at a time: several machines that start at once wait for each other."""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from musicdb.db import migration_lock
from musicdb.management.base import BaseCommand


class Command(BaseCommand, migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        with migration_lock(connections[options["database"]]):
            super().handle(*args, **options)
