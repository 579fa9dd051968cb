"""Fixtures of all tests of the admin."""

import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache
from django.test import Client

from tests.admin.screens import login


@pytest.fixture(autouse=True)
def _clear_content_types() -> None:
    """Counts of queries must not depend on the tests before."""
    ContentType.objects.clear_cache()


@pytest.fixture(autouse=True)
def _clear_cache() -> None:
    cache.clear()


@pytest.fixture
def mina(db: None) -> Client:
    return login("mina")


@pytest.fixture
def otto(db: None) -> Client:
    return login("otto")
