"""What all tests of the admin share."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _content_types_are_unread() -> None:
    """Whoever came before, the counts of queries are the same."""
    ContentType.objects.clear_cache()


@pytest.fixture(autouse=True)
def _nothing_is_remembered() -> None:
    cache.clear()
