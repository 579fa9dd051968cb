"""How the tests of the API ask."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

Get = Callable[..., tuple[int, Any]]


@pytest.fixture
def get(client: Client, db: None) -> Get:
    """Ask for an address below /api/v1/, with query parameters; return the status and the JSON."""

    def ask(path: str, **query: Any) -> tuple[int, Any]:
        response = client.get(f"/api/v1/{path}", query)
        assert response.headers["Content-Type"] == "application/json"
        return response.status_code, response.json()

    return ask
