"""The catalogue's admin: where editors spend their day."""

from musicdb.admin import catalogue  # noqa: F401 (which registers the models)
