"""Brokers and workers for the tests of recluster jobs."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings

from tests.clusters.jobs.brokers import folder_broker, use
from tests.clusters.jobs.workers import Environment, Worker, workers


@pytest.fixture
def broker(settings: LazySettings, tmp_path: Path) -> Path:
    """Workers are configured, and none is running. Return the folder of their broker."""
    use(settings, folder_broker(tmp_path))
    return tmp_path


@pytest.fixture
def start(environment: Environment, tmp_path: Path) -> Iterator[Callable[..., list[Worker]]]:
    """Start workers. The jobs of earlier tests are not looked at."""
    environment["SINCE"] = str(time.time())
    with workers(environment, tmp_path) as start:
        yield start
