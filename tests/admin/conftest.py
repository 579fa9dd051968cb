"""Fixtures of all tests of the admin."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _clear_content_types() -> None:
    """Counts of queries must not depend on the tests before."""
    ContentType.objects.clear_cache()


@pytest.fixture(autouse=True)
def _clear_cache() -> None:
    cache.clear()
