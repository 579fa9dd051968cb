"""``manage.py namekeys``: make the keys by which names are searched for and sorted anew."""

from typing import Any

from django.db import transaction

from musicdb.management.base import BaseCommand
from musicdb.search import keyed_models, refresh_keys


class Command(BaseCommand):
    help = (
        "Bring up to date the keys by which names are compared, searched for and sorted. This is needed after a change "
        "of the setting SORT_ARTICLES, and can be repeated."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        for model in keyed_models():
            with transaction.atomic():
                number = refresh_keys(model)
            if number:
                self.stdout.write(f"{model._meta.verbose_name_plural}: {number:,} brought up to date.")
        self.stdout.write("All keys are up to date.")
