"""``manage.py bootstrap``: fill an empty database with the sample library. It changes no data of one that is in use."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import CommandParser, call_command
from django.db import transaction

from musicdb.management.base import BaseCommand
from musicdb.models import Album, Artist, Genre, Label, Track

SAMPLE = "seed_library.json"
EDITOR = "editor"


class Command(BaseCommand):
    help = "Create the tables. If the database is empty, also load the sample library and create a first editor."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--without-sample", action="store_true", help="Leave the sample library out.")

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if options["without_sample"]:
            self.stdout.write("The tables are ready. The sample library was left out.")
        elif any(model.objects.exists() for model in (Genre, Artist, Label, Album, Track)):
            self.stdout.write("The database has a library already: nothing was loaded.")
        else:
            call_command("loaddata", SAMPLE, verbosity=0)
            self.stdout.write(f"Loaded the sample library: {Track.objects.count()} tracks.")
        self._create_editor()

    @transaction.atomic
    def _create_editor(self) -> None:
        users = get_user_model()._default_manager
        if users.exists():
            return
        password = secrets.token_urlsafe(12)
        users.create_superuser(username=EDITOR, password=password)
        self.stdout.write(self.style.SUCCESS(f"Editor for /admin/: name “{EDITOR}”, password “{password}”"))
        self.stdout.write(f"The password is not shown again. To set another one: manage.py changepassword {EDITOR}")
        if self.output_is_lost:
            # Nobody has read the password, and the next bootstrap would create no other editor.
            transaction.set_rollback(True)
