"""The tables whose rows visitors see, in pages, files or over REST."""

from django.apps import apps


def public_tables() -> list[str]:
    """Return all tables of the apps that say which of their models are private, but for the tables of those."""
    return [
        model._meta.db_table
        for config in apps.get_app_configs()
        if hasattr(config, "private_models")
        for model in config.get_models(include_auto_created=True)
        if model.__name__ not in config.private_models
    ]
