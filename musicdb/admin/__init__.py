"""The catalogue's admin: where editors spend their day."""

from musicdb.admin import catalogue, imports, saved_filters  # noqa: F401 (which register the models)
