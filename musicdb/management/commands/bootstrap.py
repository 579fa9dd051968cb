"""``manage.py bootstrap``: make a fresh database ready to look at. On one that is in use it changes no data."""

import secrets
from typing import Any

from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import transaction

from musicdb.management.base import BaseCommand
from musicdb.models import Album, Artist, Genre, Label, Track

SAMPLE = "seed_library.json"
EDITOR = "editor"


class Command(BaseCommand):
    help = "Create the tables; into an empty database also load the sample library and create a first editor."

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", verbosity=0)
        if any(model.objects.exists() for model in (Genre, Artist, Label, Album, Track)):
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
        self.stdout.write(f"It is shown this once. To set another: manage.py changepassword {EDITOR}")
        if self.output_is_lost:
            # An editor whose password nobody has read could not log in, and the next bootstrap would make no other.
            transaction.set_rollback(True)
