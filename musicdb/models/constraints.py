"""Conditions that several constraints of the database share."""

from typing import Any

from django.db.models import Q


def null_or(**condition: Any) -> Q:
    """Return "unknown, or ``condition``" for a condition on one column."""
    (lookup,) = condition
    return Q(**{f"{lookup.split('__')[0]}__isnull": True}) | Q(**condition)


def is_web_url_or_empty(column: str) -> Q:
    """Return the condition that ``column`` is empty or an address on the web."""
    return Q(**{column: ""}) | Q(**{f"{column}__startswith": "https://"}) | Q(**{f"{column}__startswith": "http://"})
